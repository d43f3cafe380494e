//! Behind the walls: each way out is tried from inside.
//!
//! A test starts this program again with [`PROBE`] set; [`inside`] puts up the walls and tries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use worker::sandbox::{self, Mode, Walls};

/// Which way out is tried.
const PROBE: &str = "MAPPALE_PROBE";
/// The folder of the test.
const FOLDER: &str = "MAPPALE_PROBE_FOLDER";

fn probe(name: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, text) in [
        ("in/a.shp", "geometry"),
        ("in/a.dbf", "values"),
        ("in/other.shp", "canary"),
        ("beside.txt", "canary"),
    ] {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::create_dir_all(folder.path().join("out")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("in/a.prj")).expect("a link");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["inside", "--exact", "--nocapture"])
        .env(PROBE, name)
        .env(FOLDER, folder.path())
        .output()
        .expect("it starts");
    answer(&output)
}

/// Returns what the probe printed.
fn answer(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .find_map(|line| line.split_once("probe: ").map(|(_, rest)| rest.to_owned()))
        .unwrap_or_else(|| format!("{} {text}", output.status))
}

#[test]
#[allow(
    clippy::print_stdout,
    reason = "its output is what the other tests read"
)]
fn inside() {
    let Ok(name) = std::env::var(PROBE) else {
        return;
    };
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("set likewise"));
    let mut walls = Walls {
        mode: Mode::Require,
        memory: 4 << 30,
        cpu: 20,
        file_bytes: 1_000,
        read: sandbox::input(&folder.join("in/a.shp"), true),
        write: Some(folder.join("out")),
    };
    let standing = sandbox::enter(&walls).expect("the walls stand");
    assert!(standing.files && standing.calls, "{standing:?}");
    let result = if name.starts_with("again") {
        if name == "again_best_effort" {
            walls.mode = Mode::BestEffort;
        }
        sandbox::enter(&walls)
            .map(drop)
            .map_err(|error| std::io::Error::other(error.to_string()))
    } else {
        attempt(&name, &folder)
    };
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::Other => println!("\nprobe: {error}"),
        Ok(()) => println!("\nprobe: done"),
        Err(error) => println!("\nprobe: {:?}", error.kind()),
    }
}

fn attempt(name: &str, folder: &Path) -> std::io::Result<()> {
    let read = |path: PathBuf| fs::read(path).map(drop);
    match name {
        "own" => read(folder.join("in/a.shp")),
        "sibling" => read(folder.join("in/a.dbf")),
        "names" => fs::read_dir(folder.join("in")).map(drop),
        "proj" => read("/usr/share/proj/proj.db".into()),
        "write" => fs::write(folder.join("out/new"), "x"),
        "thread" => std::thread::Builder::new().spawn(|| {}).map(drop),
        "passwd" => read("/etc/passwd".into()),
        "neighbour" => read(folder.join("in/other.shp")),
        "link" => read(folder.join("in/a.prj")),
        "above" => read(folder.join("in/../beside.txt")),
        "environ" => read("/proc/self/environ".into()),
        "write_beside" => fs::write(folder.join("in/new"), "x"),
        "write_large" => fs::write(folder.join("out/large"), vec![0; 2_000]),
        "remove" => fs::remove_file(folder.join("in/a.shp")),
        "link_out" => std::os::unix::fs::symlink("/etc", folder.join("out/etc")),
        "tcp" => std::net::TcpStream::connect("127.0.0.1:9").map(drop),
        "listen" => std::net::TcpListener::bind("127.0.0.1:0").map(drop),
        "udp" => std::net::UdpSocket::bind("127.0.0.1:0").map(drop),
        "unix" => std::os::unix::net::UnixStream::pair().map(drop),
        "exec" => Command::new("/usr/bin/true").status().map(drop),
        "kill" => {
            let this = rustix::process::getpid();
            rustix::process::kill_process(this, rustix::process::Signal::TERM).map_err(Into::into)
        }
        other => panic!("{other} is no probe"),
    }
}

#[test]
fn what_a_reader_needs_is_open() {
    for name in ["own", "sibling", "names", "proj", "write", "thread"] {
        assert_eq!(probe(name), "done", "{name}");
    }
}

#[test]
fn every_way_out_is_closed() {
    for name in [
        "passwd",
        "neighbour",
        "link",
        "above",
        "environ",
        "write_beside",
        "remove",
        "link_out",
        "tcp",
        "listen",
        "udp",
        "unix",
        "exec",
        "kill",
    ] {
        assert_eq!(probe(name), "PermissionDenied", "{name}");
    }
}

#[test]
fn written_files_are_bounded() {
    // SIGXFSZ ends the process.
    assert!(probe("write_large").contains("signal: 25"));
}

#[test]
fn without_a_wall_against_the_network_nothing_is_read() {
    // Behind the walls no second filter can be asked for, as where there is no seccomp.
    assert_eq!(probe("again_best_effort"), "done");
    let said = probe("again");
    assert!(said.starts_with("the network cannot be cut off"), "{said}");
}

#[test]
fn the_program_ends_with_71_where_there_is_no_seccomp() {
    // As on a system without: the thread that starts the worker has lost the calls for it.
    let rules = [libc::SYS_prctl, libc::SYS_seccomp].map(|call| (call, Vec::new()));
    let run = move |mode: &'static str| {
        let rules = rules.clone();
        let started = std::thread::spawn(move || {
            let filter = seccompiler::SeccompFilter::new(
                rules.into_iter().collect(),
                seccompiler::SeccompAction::Allow,
                seccompiler::SeccompAction::Errno(1),
                std::env::consts::ARCH.try_into().expect("a processor"),
            );
            let program: seccompiler::BpfProgram =
                filter.expect("a filter").try_into().expect("a program");
            seccompiler::apply_filter(&program).expect("it is installed");
            Command::new(env!("CARGO_BIN_EXE_mappale-worker"))
                .args(["geojson", "--sandbox", mode, "/none.geojson"])
                .env_clear()
                .output()
                .expect("the worker starts")
        });
        started.join().expect("it ends")
    };
    assert_eq!(run("best-effort").status.code(), Some(2));
    let interfaces = fs::read_to_string("/proc/self/net/dev").expect("a table");
    if interfaces
        .lines()
        .skip(2)
        .all(|line| line.trim_start().starts_with("lo:"))
    {
        return;
    }
    let output = run("require");
    assert_eq!(output.status.code(), Some(71));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the network cannot be cut off"), "{said}");
}

#[test]
fn the_mode_is_one_of_two() {
    let output = Command::new(env!("CARGO_BIN_EXE_mappale-worker"))
        .args(["geojson", "--sandbox", "perhaps", "x.geojson"])
        .output()
        .expect("the worker starts");
    assert_eq!(output.status.code(), Some(64));
}

/// Wraps the worker as the server does; the options up to `--` are those of the README.
fn wrapped(input: &Path, args: &[&str]) -> Output {
    Command::new("bwrap")
        .args([
            "--unshare-all",
            "--die-with-parent",
            "--new-session",
            "--clearenv",
        ])
        .args(["--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib"])
        .args(["--symlink", "usr/lib64", "/lib64", "--ro-bind-try"])
        .args([
            "/etc/alternatives",
            "/etc/alternatives",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
        ])
        .args([
            "--ro-bind",
            env!("CARGO_BIN_EXE_mappale-worker"),
            "/worker",
            "--ro-bind",
        ])
        .arg(input)
        .args(["/in", "--chdir", "/", "--", "/worker"])
        .args(args)
        .output()
        .expect("bubblewrap is installed")
}

#[test]
fn the_worker_works_inside_bubblewrap() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "{\"type\":\"Polygon\",\"coordinates\":[[[9.36,45.6],[9.37,45.6],[9.37,45.7],\
                [9.36,45.6]]]}";
    fs::write(folder.path().join("a.geojson"), text).expect("a file");
    let usable = wrapped(folder.path(), &["--help"]);
    if !usable.status.success() {
        // Where user namespaces are forbidden the server starts the worker without, and the
        // other tests of this file show that its own walls stand.
        return;
    }
    for command in ["geojson", "inspect", "vector"] {
        let output = wrapped(folder.path(), &[command, "--", "/in/a.geojson"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{command} {said}");
        assert!(output.stdout.len() > 100, "{command}");
    }
    let outside = wrapped(folder.path(), &["inspect", "--", "/etc/passwd"]);
    assert_eq!(outside.status.code(), Some(2));
}
