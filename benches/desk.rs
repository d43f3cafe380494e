//! The front desk under load: form pages, submissions, the queue, clocks, and verification.
//!
//! `cargo bench --bench desk -- [--practices N] [--events N] [--submissions N]` prints one line for
//! each figure of `benches/README.md`. The sample is loaded into a private database of its own, made
//! anew each time, with `fsync` as in use; everything that is filed is invented here.

#![allow(clippy::print_stdout, reason = "what a bench prints is what it is for")]

#[path = "../tests/it/submission/applicant.rs"]
mod applicant;
#[path = "setup/desk_rows.rs"]
mod rows;

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mappale::config::Config;
use mappale::db::{Databases, DbRole};
use mappale::practice::clock_of;
use mappale::procedure::{Procedures, scopes_of};
use sqlx::{AssertSqlSafe, PgConnection};

use applicant::{Applicant, FORM, client};

/// Clients that submit at the same time.
const CLIENTS: usize = 8;

/// Pages asked for, one after the other.
const PAGES: usize = 400;

/// How much is done.
struct Sizes {
    practices: usize,
    events: usize,
    submissions: usize,
}

fn sizes() -> Sizes {
    let mut sizes = Sizes {
        practices: 100_000,
        events: 1_000_000,
        submissions: 2_000,
    };
    let arguments: Vec<String> = std::env::args().collect();
    for pair in arguments.windows(2) {
        let Ok(number) = pair[1].parse() else {
            continue;
        };
        match pair[0].as_str() {
            "--practices" => sizes.practices = number,
            "--events" => sizes.events = number,
            "--submissions" => sizes.submissions = number,
            _ => {}
        }
    }
    sizes
}

/// Times in milliseconds, told by their middle, 99th percentile and end.
fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index of a short list"
        )]
        let index = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1;
        times[index].as_secs_f64() * 1000.0
    };
    println!(
        "{what}: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms, of {}",
        at(0.5),
        at(0.99),
        at(1.0),
        times.len()
    );
}

/// The program on a database of this bench.
struct Program {
    var: PathBuf,
}

impl Program {
    fn new() -> Self {
        let var = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-desk-var");
        let program = Self { var };
        if program.var.exists() {
            program.run(&["db", "stop"]);
            std::fs::remove_dir_all(&program.var).expect("is ours");
        }
        program.run(&["demo", "load"]);
        program
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mappale"));
        command
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("MAPPALE_VAR", &self.var)
            .env("MAPPALE_LOG", "warn,sqlx=error")
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end and returns what it said.
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().expect("runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said} {wrong}");
        said
    }

    fn serve(&self) -> Server {
        let mut child = self
            .command()
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut line = String::new();
        let output = child.stdout.take().expect("is a pipe");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("is text");
        let port = line.trim().rsplit(':').next().and_then(|p| p.parse().ok());
        let port = port.unwrap_or_else(|| panic!("the server said: {line}"));
        Server {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            child,
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // What is left is stopped by the next run.
        let _ = self.command().args(["db", "stop"]).output();
    }
}

struct Server {
    address: SocketAddr,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() {
    let sizes = sizes();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let program = Program::new();
        let mut config = Config::from_env().expect("the settings are in order");
        config.var.clone_from(&program.var);
        let databases = Databases::open(&config).await.expect("opens");
        let mut owner = databases.address.connect(DbRole::Owner).await.expect("may");
        let server = program.serve();
        let applicant = Applicant::new(server.address, client(CLIENTS)).await;
        forms(&server, &applicant).await;
        submissions(&server, &applicant, &mut owner, sizes.submissions).await;
        drop(server);
        execute(
            &mut owner,
            "update practice.outbox set done_at = now() where done_at is null",
        )
        .await;

        let began = Instant::now();
        rows::fill(&mut owner, sizes.practices, sizes.events).await;
        println!(
            "{} practices and {} events made in {:.0} s",
            sizes.practices,
            sizes.events,
            began.elapsed().as_secs_f64()
        );
        let began = Instant::now();
        let said = program.run(&["verify"]);
        println!(
            "verify: {:.1} s: {}",
            began.elapsed().as_secs_f64(),
            said.trim()
        );
        clocks(&config, &mut owner).await;
        let began = Instant::now();
        let server = program.serve();
        println!(
            "server with these practices starts in {:.1} s",
            began.elapsed().as_secs_f64()
        );
        queue(&server).await;
        drop(server);
        databases.close().await;
    });
}

async fn execute(owner: &mut PgConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(owner)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// Asks for a page as a browser does; time and bytes of the body as they were sent.
async fn fetch(
    asking: &reqwest::Client,
    server: &Server,
    cookie: &str,
    path: &str,
) -> (Duration, Vec<u8>) {
    let began = Instant::now();
    let answer = asking
        .get(format!("http://{}{path}", server.address))
        .header("cookie", cookie)
        .header("accept-encoding", "gzip, br")
        .header("accept-language", "it")
        .send()
        .await
        .expect("answers");
    assert_eq!(answer.status(), 200, "{path}");
    let body = answer.bytes().await.expect("comes whole").to_vec();
    (began.elapsed(), body)
}

/// The pages of a form with all its answers, and what a browser loads with the largest.
async fn forms(server: &Server, applicant: &Applicant) {
    let asking = client(1);
    let draft = format!("/pratiche/bozze/{}", applicant.template);
    let paths: Vec<String> = (1..=5).map(|step| format!("{draft}/{step}")).collect();
    let (mut times, mut largest) = (Vec::new(), (0, String::new()));
    for round in 0..PAGES {
        let path = &paths[round % paths.len()];
        let (time, body) = fetch(&asking, server, &applicant.cookie, path).await;
        // The first of each may have to read what is kept afterwards.
        if round >= paths.len() {
            times.push(time);
        }
        if body.len() > largest.0 {
            largest = (body.len(), path.clone());
        }
    }
    tell("form page", times);
    let html = applicant.page(server.address, &largest.1).await;
    let mut assets: Vec<&str> = html
        .split('"')
        .filter(|text| text.starts_with("/assets/"))
        .collect();
    assets.sort_unstable();
    assets.dedup();
    let mut with = largest.0;
    for asset in &assets {
        let path = asset.split('#').next().unwrap_or(asset);
        with += fetch(&asking, server, &applicant.cookie, path)
            .await
            .1
            .len();
    }
    println!(
        "form page: at most {} bytes; {with} with the {} files it names, on the first visit",
        largest.0,
        assets.len()
    );
}

/// Submissions of complete drafts, each with its own key, as fast as the clients go.
async fn submissions(
    server: &Server,
    applicant: &Applicant,
    owner: &mut PgConnection,
    count: usize,
) {
    let filings = applicant.drafts(owner, count).await;
    let share = count.div_ceil(CLIENTS).max(1);
    let began = Instant::now();
    let clients: Vec<_> = filings
        .chunks(share)
        .map(|chunk| {
            let sends: Vec<_> = chunk
                .iter()
                .map(|filing| applicant.send(server.address, *filing))
                .collect();
            tokio::spawn(async move {
                let mut times = Vec::new();
                for send in sends {
                    let began = Instant::now();
                    send.await.expect("is filed");
                    times.push(began.elapsed());
                }
                times
            })
        })
        .collect();
    let mut all = Vec::new();
    for sent in clients {
        all.extend(sent.await.expect("has sent"));
    }
    let seconds = began.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a count of thousands")]
    let rate = count as f64 / seconds;
    let settings: Vec<String> = sqlx::query_scalar(
        "select name || ' ' || setting from pg_settings
          where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by name",
    )
    .fetch_all(&mut *owner)
    .await
    .expect("answers");
    let due: i64 = sqlx::query_scalar("select count(*) from practice.outbox where done_at is null")
        .fetch_one(owner)
        .await
        .expect("answers");
    println!(
        "submissions: {rate:.0} a second, {CLIENTS} clients, {}; {due} receipts still to print",
        settings.join(", ")
    );
    tell("submission", all);
}

/// The officers' queue with everything that was made.
async fn queue(server: &Server) {
    let asking = client(1);
    let signed = asking
        .post(format!("http://{}/demo/accedi", server.address))
        .header("content-type", FORM)
        .body("ruolo=officer&ritorno=/")
        .send()
        .await
        .expect("answers");
    let cookie = signed.headers().get("set-cookie").expect("a session");
    let cookie = cookie.to_str().expect("is text").split(';').next();
    let cookie = cookie.unwrap_or_default().to_owned();
    let mut times = Vec::new();
    let mut bytes = 0;
    for round in 0..PAGES / 2 {
        let (time, body) = fetch(&asking, server, &cookie, "/ufficio").await;
        bytes = body.len();
        if round == 0 {
            println!(
                "queue, the first time: {:.0} ms",
                time.as_secs_f64() * 1000.0
            );
        } else {
            times.push(time);
        }
    }
    tell("queue", times);
    println!("queue: {bytes} bytes");
}

/// The clocks of all practices: with reading their events, and without.
async fn clocks(config: &Config, owner: &mut PgConnection) {
    let procedures = Procedures::load(&config.procedures).expect("are in order");
    let today = jiff::Zoned::now().date();
    let code = "X001";
    let scopes = scopes_of(code, None);
    let procedure = procedures.get("UR-CDU", &scopes, today);
    let procedure = procedure.expect("is offered").clone();
    let began = Instant::now();
    let all = rows::events(owner).await;
    let read = began.elapsed();
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let began = Instant::now();
    let mut running = 0;
    for events in all.values() {
        let clock = clock_of(&procedure, events, &procedures.law, &scopes, code, today);
        running += usize::from(matches!(clock, Ok(Some(Ok(_)))));
    }
    let computed = began.elapsed();
    println!(
        "clocks of {running} practices: {:.2} s, {:.2} s with reading their events",
        computed.as_secs_f64(),
        (read + computed).as_secs_f64()
    );
    assert_eq!(running, all.len(), "every practice has its clock");
}
