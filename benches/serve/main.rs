//! What the sign-in server costs: CPU of its process for each operation, latency and memory, beside node's oidc-provider.
//!
//! `cargo bench --bench serve` starts the built program on SQLite and on PostgreSQL, and node when `benches/serve/node` is
//! installed (`npm install` in it); each is driven by the same code over keep-alive connections. `-- 10` does a tenth of it, and
//! `-- refresh SQLite` that row of that column alone.
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
const PASSWORDS: &str = "password checks";
const COLUMNS: [&str; 3] = ["SQLite", "PostgreSQL", "node"];
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

/// What is asked for on the command line.
struct Chosen {
    /// One part in so many of the load.
    share: usize,
    /// Parts of the names of rows and columns; of rows all are done when none is named, and of columns.
    words: Vec<String>,
}

impl Chosen {
    fn of(arguments: impl Iterator<Item = String>, all: usize) -> Self {
        let words: Vec<String> = arguments.filter(|argument| !argument.starts_with('-')).collect();
        let share = words.iter().find_map(|word| word.parse().ok());
        Self {
            share: share.unwrap_or(all),
            words: words
                .into_iter()
                .filter(|word| word.parse::<usize>().is_err())
                .collect(),
        }
    }

    fn has(&self, name: &str, among: &[&str]) -> bool {
        let is_named = |name: &str| self.words.iter().any(|word| name.contains(word.as_str()));
        is_named(name) || !among.iter().copied().any(is_named)
    }

    fn row(&self, name: &str) -> bool {
        let names: Vec<&str> = ROWS.iter().map(|(name, ..)| *name).chain([PASSWORDS]).collect();
        self.has(name, &names)
    }

    fn column(&self, name: &str) -> bool {
        self.has(name, &COLUMNS)
    }
}

/// What one server did.
struct Column {
    name: &'static str,
    rows: Vec<(&'static str, Outcome)>,
    idle: f64,
    loaded: f64,
}

fn main() {
    // `cargo test --benches` runs this too: a few operations prove that it works.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let chosen = Chosen::of(std::env::args().skip(1), if quick { 1_000 } else { 1 });
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
        let mut columns = Vec::new();
        if chosen.column("SQLite") {
            columns.push(on_sqlite(&place("sqlite"), &chosen, quick).await);
        }
        if chosen.column("PostgreSQL") {
            columns.push(on_postgres(&place("postgres"), &chosen).await);
        }
        if chosen.column("node") {
            match Process::node(directory.path()) {
                Some(server) => columns.push(column("node", &server, &chosen).await),
                None => println!("no node: `npm install` in benches/serve/node"),
            }
        }
        print(&columns);
    });
}

async fn on_sqlite(place: &Path, chosen: &Chosen, quick: bool) -> Column {
    let file = format!("sqlite:{}", place.join("store.sqlite").display());
    let server = Process::dockspace(place, &file, load::PEOPLE);
    let column = column("SQLite", &server, chosen).await;
    if chosen.row(PASSWORDS) {
        passwords::measure(&server, quick).await;
    }
    column
}

async fn on_postgres(place: &Path, chosen: &Chosen) -> Column {
    let database = postgres::Postgres::start("on");
    let server = Process::dockspace(place, &database.database().await, load::PEOPLE);
    column("PostgreSQL", &server, chosen).await
}

async fn column(name: &'static str, server: &Process, chosen: &Chosen) -> Column {
    Endpoints::of(&server.url).await;
    let idle = server.resident();
    let mut rows = Vec::new();
    for (row, operation, times) in ROWS.into_iter().filter(|(row, ..)| chosen.row(row)) {
        // Signed in anew for each: node's memory adapter keeps the last thousand or two of everything.
        let mut apps = load::apps(server).await;
        let outcome = load::run(server, &mut apps, operation, times / chosen.share).await;
        rows.push((row, outcome));
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
    let done = columns.first().map_or(&[][..], |column| &column.rows);
    for (n, (name, _)) in done.iter().enumerate() {
        print!("\n| {name} |");
        for column in columns {
            let (_, Outcome { cpu, p99 }) = column.rows[n];
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
