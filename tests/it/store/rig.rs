//! A store of one engine with a clock moved by hand, and a second way into its database.

use std::time::Duration;

use dockspace::clock::{Clock, Hand};
use dockspace::store::{Key, Kind, Record, Store, StoreError, StoreUrl, Token};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;

use crate::support::shared_postgres;

pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// A payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note(pub(super) String);

impl Kind for Note {
    const NAME: &'static str = "note";
}

/// A payload of another kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) count: u32,
}

impl Kind for Tally {
    const NAME: &'static str = "tally";
}

/// An empty database, and the time.
pub(super) struct Rig {
    url: String,
    clock: Clock,
    pub(super) hand: Hand,
    directory: TempDir,
}

impl Rig {
    fn new(url: impl FnOnce(&TempDir) -> String) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (clock, hand) = Clock::by_hand(start());
        Self {
            url: url(&directory),
            clock,
            hand,
            directory,
        }
    }

    pub(super) fn file() -> Self {
        Self::new(|directory| format!("sqlite:{}/store.sqlite", directory.path().display()))
    }

    pub(super) fn memory() -> Self {
        Self::new(|_| "sqlite::memory:".to_owned())
    }

    pub(super) async fn postgresql() -> Self {
        let url = shared_postgres().database().await;
        Self::new(|_| url)
    }

    /// Opens the store, again each time: a restart, or one more replica. One in memory is another each time.
    pub(super) async fn open(&self) -> Store {
        self.try_open()
            .await
            .unwrap_or_else(|error| panic!("{error}: {}", error.hint()))
    }

    pub(super) async fn try_open(&self) -> Result<Store, StoreError> {
        Store::open(&StoreUrl::parse(&self.url).unwrap(), self.clock.clone()).await
    }

    /// Whether another connection reaches the same database.
    pub(super) fn is_shared(&self) -> bool {
        self.url != "sqlite::memory:"
    }

    /// Whether it is PostgreSQL.
    pub(super) fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Opens another database of the same server.
    pub(super) async fn elsewhere(&self, database: &str) -> Result<Store, StoreError> {
        let (before, rest) = self.url.split_once("/test_").unwrap();
        let (_, socket) = rest.split_once('?').unwrap();
        let url = StoreUrl::parse(&format!("{before}/{database}?{socket}")).unwrap();
        Store::open(&url, self.clock.clone()).await
    }

    /// The directory of the SQLite file.
    pub(super) fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// Runs a statement behind the store's back.
    pub(super) async fn execute(&self, sql: &str) {
        if self.is_postgres() {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            let sql = AssertSqlSafe(sql.to_owned());
            sqlx::query(sql).execute(&mut connection).await.unwrap();
        } else {
            self.sqlite().execute(sql, ()).unwrap();
        }
    }

    /// A number asked for behind the store's back.
    pub(super) async fn number(&self, sql: &str) -> i64 {
        if self.is_postgres() {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            let sql = AssertSqlSafe(sql.to_owned());
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        } else {
            self.sqlite().query_row(sql, (), |row| row.get(0)).unwrap()
        }
    }

    fn sqlite(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.directory().join("store.sqlite")).unwrap()
    }
}

/// When every test starts.
pub(super) fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// A key that no other is.
pub(super) fn key() -> Key {
    Token::random().unwrap().key()
}

/// A note that counts for a minute from the start.
pub(super) fn note(key: Key, text: &str) -> Record<Note> {
    Record::new(key, Note(text.to_owned()), start() + MINUTE)
}

/// What the notes say.
pub(super) fn texts(records: &[Record<Note>]) -> Vec<&str> {
    records.iter().map(|record| record.payload.0.as_str()).collect()
}
