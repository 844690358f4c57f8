//! What the sign-in server costs: CPU of its process for each operation, latency and memory, beside node's oidc-provider.
//!
//! `cargo bench --bench serve` starts the built program on SQLite and on PostgreSQL, and node when `benches/serve/node` is
//! installed (`npm install` in it); each is driven by the same code over keep-alive connections. `-- 10` does a tenth of it.
//! `docs/performance.md` says how to read the table. PostgreSQL's own CPU is not in the figures.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]
#![expect(clippy::panic, reason = "a benchmark that cannot run has nothing to say")]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod app;
mod load;
mod organisation;
mod passwords;
#[path = "../../tests/it/support/postgres.rs"]
mod postgres;
mod process;

use std::path::Path;

use app::{Endpoints, Operation};
use load::Outcome;
use process::Process;

/// The rows of the table, and how often each is done; together a hundred thousand.
const ROWS: [(&str, Operation, usize); 8] = [
    ("discovery", Operation::Discovery, 10_000),
    ("JWKS", Operation::Jwks, 10_000),
    ("client_credentials", Operation::ClientCredentials, 20_000),
    ("introspection", Operation::Introspection, 20_000),
    ("userinfo", Operation::Userinfo, 19_000),
    ("refresh", Operation::Refresh, 10_000),
    ("code flow with a session", Operation::CodeFlow, 10_000),
    ("fresh login", Operation::FreshLogin, 1_000),
];

/// What one server did.
struct Column {
    name: &'static str,
    rows: Vec<Outcome>,
    idle: f64,
    loaded: f64,
}

fn main() {
    // `cargo test --benches` runs this too: a few operations prove that it works.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let asked = std::env::args().find_map(|argument| argument.parse().ok());
    let share = asked.unwrap_or(if quick { 1_000 } else { 1 });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let place = |name: &str| {
            let place = directory.path().join(name);
            std::fs::create_dir(&place).expect("a directory");
            place
        };
        let sqlite = place("sqlite");
        let file = format!("sqlite:{}", sqlite.join("store.sqlite").display());
        let server = Process::dockspace(&sqlite, &file, load::PEOPLE);
        let mut columns = vec![column("SQLite", &server, share).await];
        passwords::measure(&server, quick).await;
        drop(server);
        columns.push(on_postgres(&place("postgres"), share).await);
        if let Some(server) = Process::node(directory.path()) {
            columns.push(column("node", &server, share).await);
        } else {
            println!("no node: `npm install` in benches/serve/node");
        }
        print(&columns);
    });
}

async fn on_postgres(place: &Path, share: usize) -> Column {
    let database = postgres::Postgres::start("on");
    let server = Process::dockspace(place, &database.database().await, load::PEOPLE);
    column("PostgreSQL", &server, share).await
}

async fn column(name: &'static str, server: &Process, share: usize) -> Column {
    Endpoints::of(&server.url).await;
    let idle = server.resident();
    let mut rows = Vec::new();
    for (_, operation, times) in ROWS {
        // Signed in anew for each: node's memory adapter keeps the last thousand or two of everything.
        let mut apps = load::apps(server).await;
        rows.push(load::run(server, &mut apps, operation, times / share).await);
    }
    Column {
        name,
        rows,
        idle,
        loaded: server.resident(),
    }
}

fn print(columns: &[Column]) {
    print!("\n| operation |");
    columns
        .iter()
        .for_each(|column| print!(" {}: CPU µs | p99 µs |", column.name));
    print!("\n| --- |");
    columns.iter().for_each(|_| print!(" --- | --- |"));
    for (n, (name, ..)) in ROWS.iter().enumerate() {
        print!("\n| {name} |");
        for column in columns {
            let Outcome { cpu, p99 } = column.rows[n];
            print!(" {:.0} | {:.0} |", cpu * 1e6, p99 * 1e6);
        }
    }
    for (name, of) in [
        (
            "resident, idle: MB",
            (|column: &Column| column.idle) as fn(&Column) -> f64,
        ),
        ("resident, after all of it: MB", |column| column.loaded),
    ] {
        print!("\n| {name} |");
        columns.iter().for_each(|column| print!(" {:.0} | |", of(column)));
    }
    println!();
}
