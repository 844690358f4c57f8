//! What the sign-in server remembers: sessions, codes, tokens, consents, throttling.
//!
//! It is one table of records on SQLite or PostgreSQL. A record has a kind, the hash of the secret that finds it, whom it is
//! about, what it hangs on, a payload, and an expiry. It knows no kind by name: whoever owns a payload struct implements
//! [`Kind`] for it. Nothing here is the organisation, which stands in git; who loses the store signs in again.
//!
//! What several replicas may do at once comes down to four promises, and each is one statement: a record is
//! [taken](Store::take) once, [replaced](Store::replace) only by who saw its last version, [claimed](Store::claim) by one, and
//! [counted](Store::count_up) without losing a count.
//!
//! ```
//! use std::time::Duration;
//! use dockspace::clock::Clock;
//! use dockspace::store::{Kind, Record, Store, StoreUrl, Token};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Code { client: String }
//!
//! impl Kind for Code {
//!     const NAME: &'static str = "code";
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = Clock::system();
//! let store = Store::open(&StoreUrl::memory(), clock.clone()).await?;
//! let code = Token::random()?;
//! let expires = clock.now() + Duration::from_secs(60);
//! let record = Record::new(code.key(), Code { client: "grafana".into() }, expires).about("alice");
//! store.put(&record).await?;
//!
//! let presented = Token::parse(&code.expose()).ok_or("not a token")?;
//! let taken = store.take::<Code>(&presented.key()).await?;
//! assert_eq!(taken.map(|record| record.payload.client).as_deref(), Some("grafana"));
//! assert!(store.take::<Code>(&presented.key()).await?.is_none(), "once only");
//! # Ok(())
//! # }
//! ```

/// A [`statement::Statement`]: its text, and a value for each parameter.
macro_rules! statement {
    ($sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::statement::Statement::new($sql, &[$($value.into()),*])
    };
}

mod counts;
mod error;
mod exchange;
mod force;
mod key;
mod postgres;
mod record;
mod records;
mod sql;
mod sqlite;
mod statement;
mod url;

use std::time::Duration;

use jiff::Timestamp;
use sqlx::PgPool;

use crate::clock::Clock;

pub use error::{Reason, StoreError};
pub use key::{Key, Token};
pub use record::{AnyRecord, Count, Kind, Record, Written};
pub use url::StoreUrl;

use sqlite::Sqlite;
use url::Place;

/// A record that is made to live no longer is forgotten when a store in a file is opened after its host started again: it may
/// have been used a moment before the power went, and SQLite may have lost that. See [`Store::exchange`].
pub const BRIEF: Duration = Duration::from_secs(60);

/// A store that is open. Clones share it.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    clock: Clock,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(PgPool),
}

impl Store {
    /// Opens the store, making its tables when they are missing. A SQLite file is made with the mode 0600.
    ///
    /// # Errors
    /// [`StoreError::Open`] when it can't be reached, [`StoreError::NotPlain`] when the file is a link, [`StoreError::Newer`]
    /// when a newer program made it.
    pub async fn open(url: &StoreUrl, clock: Clock) -> Result<Self, StoreError> {
        let engine = match &url.0 {
            Place::Memory => Engine::Sqlite(Sqlite::memory()?),
            Place::File(path) => Engine::Sqlite(Sqlite::open(path).await?),
            Place::Postgres(options) => Engine::Postgres(postgres::open(options).await?),
        };
        Ok(Self { engine, clock })
    }

    /// Whether the store answers, for a readiness check.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when it doesn't.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.find::<(i64,)>(statement!(sql::VERSION)).await.map(|_| ())
    }

    /// Deletes up to `limit` records that expired; answers how many. They were invisible all along: this gives their room
    /// back. Whoever calls it does so again soon when the answer is `limit`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        self.change(statement!(sql::SWEEP, self.now(), i64::from(limit))).await
    }

    /// Gives back how many rows changed when that is safe from a power cut. PostgreSQL sees to it before it answers.
    async fn kept<N: Default + PartialEq>(&self, changed: N) -> Result<N, StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) if changed != N::default() => sqlite.keep().await?,
            Engine::Sqlite(_) | Engine::Postgres(_) => {}
        }
        Ok(changed)
    }

    /// Milliseconds since 1970.
    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

/// A time the store wrote. One that no clock shows is as if it never came.
fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}
