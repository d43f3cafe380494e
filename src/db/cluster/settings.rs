//! How the cluster is made and set.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::process;
use super::{Cluster, Error, file};
use crate::db::DbRole;
use crate::db::address::{SOCKET_PORT, SUPERUSER};

/// Settings of the cluster besides its socket. The last one given wins, so what an
/// administrator sets with `alter system` goes before these.
const SETTINGS: &str = "\
# No network: processes of this machine reach the socket, nobody else anything.
listen_addresses = ''
max_connections = 120

# A small server, shared with the program itself.
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 256MB
random_page_cost = 1.1
jit = off

# What is committed is on disk. Loads write much at once, hence the room for the log.
fsync = on
full_page_writes = on
synchronous_commit = on
wal_compression = on
max_wal_size = 2GB
checkpoint_timeout = 15min

# A query whose client is gone ends soon.
client_connection_check_interval = 2s

timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = off
log_min_messages = warning
log_line_prefix = '%m [%p] %q%u@%d '
log_lock_waits = on
log_checkpoints = off
";

/// Makes a new cluster, in a folder of its own that takes its name only when it is complete:
/// what a killed process leaves is no cluster, and is cleared away here.
pub(super) fn initialise(cluster: &Cluster) -> Result<(), Error> {
    let data = cluster.data();
    if data.exists() && fs::remove_dir(&data).is_err() {
        return Err(Error::Folder {
            path: data,
            reason: "is neither empty nor a cluster of PostgreSQL; move it away".to_owned(),
        });
    }
    clear_half_done(cluster)?;
    let new = format!("data.new-{}", uuid::Uuid::new_v4().simple());
    // Sorting by code point is the same on every machine and version; C.UTF-8 also knows
    // upper and lower case.
    if let Err(first) = initdb(cluster, &new, "C.UTF-8") {
        clear_half_done(cluster)?;
        initdb(cluster, &new, "C").map_err(|_| first)?;
    }
    write_file(
        cluster,
        &format!("{new}/postgresql.conf"),
        &format!("{}\ninclude = 'mappale.conf'\n", read(cluster, &new)?),
    )?;
    write_file(cluster, &format!("{new}/mappale.conf"), SETTINGS)?;
    let mut rename = cluster.program("/bin/mv");
    process::run(rename.arg("-T").arg(&new).arg("data"))
}

fn read(cluster: &Cluster, new: &str) -> Result<String, Error> {
    let path = cluster.folder.join(new).join("postgresql.conf");
    fs::read_to_string(&path).map_err(file("read", &path))
}

fn clear_half_done(cluster: &Cluster) -> Result<(), Error> {
    let mut clear = cluster.program("/bin/sh");
    // The programs of a killed process may still be writing there; what they leave goes
    // the next time.
    process::run(clear.args(["-c", "rm -rf data.new-* 2>&1; true"]))
}

fn initdb(cluster: &Cluster, folder: &str, locale: &str) -> Result<(), Error> {
    let mut command = cluster.program("initdb");
    command
        .args(["-D", folder, "--username", SUPERUSER])
        .args(["--data-checksums", "--encoding=UTF8", "--auth=peer"])
        .arg(format!("--locale={locale}"));
    process::run(&mut command)
}

/// Writes the settings, and who may enter, before each start.
pub(super) fn write(cluster: &Cluster) -> Result<(), Error> {
    let mut settings = SETTINGS.to_owned();
    let _ = write!(
        settings,
        "\nport = {SOCKET_PORT}\nunix_socket_directories = {}\n",
        folder_list(&cluster.socket)?
    );
    if cfg!(target_os = "linux") {
        // After a crash: one call for each file system instead of one for each file.
        settings.push_str("recovery_init_sync_method = syncfs\n");
    }
    write_file(cluster, "data/mappale.conf", &settings)?;
    write_file(
        cluster,
        "data/pg_hba.conf",
        "# Written by Mappale at each start. The operating system says who calls.\n\
         local all all peer map=mappale\n\
         local replication postgres peer map=mappale\n",
    )?;
    write_file(cluster, "data/pg_ident.conf", &identities(cluster))
}

/// Which users of the operating system may sign in as which roles: those who could read
/// the files of the cluster anyway.
fn identities(cluster: &Cluster) -> String {
    let mut text = "# Written by Mappale at each start.\n".to_owned();
    let mut users = vec!["root", &cluster.runner.name, &cluster.user.name];
    users.sort_unstable();
    users.dedup();
    for user in users {
        let roles = DbRole::ALL.map(DbRole::name);
        for role in [SUPERUSER].into_iter().chain(roles) {
            let _ = writeln!(text, "mappale \"{}\" {role}", user.replace('"', "\"\""));
        }
    }
    text
}

/// A folder as a value of `unix_socket_directories`, which is a list in a quoted string.
fn folder_list(folder: &Path) -> Result<String, Error> {
    let wrong = |reason: &str| Error::Folder {
        path: folder.to_owned(),
        reason: reason.to_owned(),
    };
    let text = folder.to_str().ok_or_else(|| wrong("is not UTF-8"))?;
    if text.contains(['\n', '\r', '\\']) {
        return Err(wrong("has a line break or a backslash in its name"));
    }
    let in_list = text.replace('"', "\"\"");
    Ok(format!("'\"{}\"'", in_list.replace('\'', "''")))
}

/// Writes a file of the cluster, whole or not at all, as its user: root follows no link
/// that the user of the cluster may have laid.
fn write_file(cluster: &Cluster, path: &str, text: &str) -> Result<(), Error> {
    const WRITE: &str = r#"umask 077 && printf %s "$2" > "$1.new" && mv -f "$1.new" "$1""#;
    let mut write = cluster.program("/bin/sh");
    process::run(write.args(["-c", WRITE, "sh", path, text]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_quotes_and_commas_is_one_folder() {
        let list = |text: &str| folder_list(Path::new(text)).expect("can be written");
        assert_eq!(list("/srv/var/pg/socket"), "'\"/srv/var/pg/socket\"'");
        assert_eq!(list("/srv/d'Oro, a"), "'\"/srv/d''Oro, a\"'");
        assert!(folder_list(Path::new("/a\nb")).is_err());
    }
}
