//! A PostgreSQL of this process's own, which ends with it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// A server on a socket in its own directory. It stops when this is dropped, or when this process ends in any way.
pub(crate) struct Postgres {
    directory: String,
    databases: AtomicU32,
    keeper: Child,
}

impl Postgres {
    /// Starts one. `fsync` is PostgreSQL's setting: `off` for tests, `on` to measure.
    pub(crate) fn start(fsync: &str) -> Self {
        let mut keeper = Command::new("sh")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/postgres.sh"))
            .arg(fsync)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut directory = String::new();
        let read = BufReader::new(keeper.stdout.as_mut().expect("piped")).read_line(&mut directory);
        if read.is_err() || directory.is_empty() {
            let output = keeper.wait_with_output().expect("it ended");
            panic!(
                "no PostgreSQL (ci/install installs it): {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        // Nobody reads what it says from here on.
        drop(keeper.stderr.take());
        Self {
            directory: directory.trim_end().to_owned(),
            databases: AtomicU32::new(0),
            keeper,
        }
    }

    /// The URL of a new, empty database.
    pub(crate) async fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url("postgres"))
            .await
            .expect("the server answers");
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut connection)
            .await
            .expect("a new database");
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://dockspace@localhost/{database}?host={}", self.directory)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ended = self.keeper.wait();
    }
}
