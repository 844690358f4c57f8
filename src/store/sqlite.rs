//! A store in a SQLite file of this host.
//!
//! One connection writes at a time, as SQLite wants it; readers neither wait for it nor it for them (WAL). What *closes*
//! something – a code used, a session ended, a recovery code claimed – is on the disk before the answer, because a power cut
//! that lost it would open it again. What *opens* something may be lost: then somebody signs in once more. A crash of the program alone loses nothing.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::OFlags;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use super::error::{Reason, StoreError};
use super::{StoreUrl, sql};

const READERS: u32 = 4;
const WAIT_FOR_OTHER_PROCESS: Duration = Duration::from_secs(5);

/// The connections to one SQLite database.
#[derive(Clone)]
pub(super) struct Sqlite {
    /// None for a database in memory, which only its one connection sees.
    readers: Option<SqlitePool>,
    writers: Arc<Mutex<Writers>>,
}

struct Writers {
    /// Doesn't wait for the disk.
    opening: SqliteConnection,
    /// Waits for the disk. None for a database in memory.
    closing: Option<SqliteConnection>,
}

/// A connection for one statement.
pub(super) enum Lane<'a> {
    Reader(PoolConnection<sqlx::Sqlite>),
    Writer(MappedMutexGuard<'a, SqliteConnection>),
}

impl Deref for Lane<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Reader(connection) => connection,
            Self::Writer(connection) => connection,
        }
    }
}

impl DerefMut for Lane<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Reader(connection) => connection,
            Self::Writer(connection) => connection,
        }
    }
}

impl Sqlite {
    pub(super) async fn memory() -> Result<Self, StoreError> {
        let mut opening = SqliteConnectOptions::new()
            .in_memory(true)
            .disable_statement_logging()
            .connect()
            .await?;
        prepare(&mut opening).await?;
        let writers = Writers { opening, closing: None };
        Ok(Self {
            readers: None,
            writers: Arc::new(Mutex::new(writers)),
        })
    }

    pub(super) async fn open(path: &Utf8Path) -> Result<Self, StoreError> {
        let refused = |error: &dyn std::error::Error| StoreError::Open {
            url: StoreUrl::file(path),
            reason: Reason::of(error),
        };
        keep_to_owner(path, &refused)?;
        // An absolute path is never one of SQLite's own `file:` URLs.
        let absolute = std::path::absolute(path).map_err(|error| refused(&error))?;
        let options = SqliteConnectOptions::new()
            .filename(absolute)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(WAIT_FOR_OTHER_PROCESS)
            .foreign_keys(false)
            .disable_statement_logging();
        let connect = |synchronous| options.clone().synchronous(synchronous);
        let mut closing = connect(SqliteSynchronous::Full)
            .connect()
            .await
            .map_err(|error| refused(&error))?;
        prepare(&mut closing).await?;
        let opening = connect(SqliteSynchronous::Normal)
            .connect()
            .await
            .map_err(|error| refused(&error))?;
        // A connection to a file doesn't break, so it isn't tried before each use.
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options.pragma("query_only", "on"));
        let writers = Writers {
            opening,
            closing: Some(closing),
        };
        Ok(Self {
            readers: Some(readers),
            writers: Arc::new(Mutex::new(writers)),
        })
    }

    /// For what changes nothing.
    pub(super) async fn reading(&self) -> Result<Lane<'_>, sqlx::Error> {
        match &self.readers {
            Some(pool) => Ok(Lane::Reader(pool.acquire().await?)),
            None => self.opening().await,
        }
    }

    /// For what may be lost in a power cut.
    pub(super) async fn opening(&self) -> Result<Lane<'_>, sqlx::Error> {
        let writers = self.writers.lock().await;
        Ok(Lane::Writer(MutexGuard::map(writers, |writers| &mut writers.opening)))
    }

    /// For what must not be lost in a power cut.
    pub(super) async fn closing(&self) -> Result<Lane<'_>, sqlx::Error> {
        let writers = self.writers.lock().await;
        Ok(Lane::Writer(MutexGuard::map(writers, |writers| {
            writers.closing.as_mut().unwrap_or(&mut writers.opening)
        })))
    }
}

/// Makes the tables if they are missing.
async fn prepare(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for statement in sql::SCHEMA_SQLITE {
        sqlx::query(*statement).execute(&mut *transaction).await?;
    }
    match sqlx::query_as::<_, (i64,)>(sql::VERSION)
        .fetch_optional(&mut *transaction)
        .await?
    {
        None => {
            sqlx::query(sql::SET_VERSION)
                .bind(sql::SCHEMA_VERSION)
                .execute(&mut *transaction)
                .await?;
        }
        Some((found,)) if found > sql::SCHEMA_VERSION => return Err(StoreError::Newer { found }),
        Some(_) => {}
    }
    Ok(transaction.commit().await?)
}

/// Makes the file if it is missing, and sees that nobody but its owner reads it or what SQLite keeps beside it. SQLite gives
/// the files beside it the mode of the file itself.
fn keep_to_owner(path: &Utf8Path, refused: &dyn Fn(&dyn std::error::Error) -> StoreError) -> Result<(), StoreError> {
    for (end, create) in [("", true), ("-wal", false), ("-shm", false)] {
        let path = Utf8PathBuf::from(format!("{path}{end}"));
        let file = match open_plain(&path, create) {
            Ok(file) => file,
            Err(error) if !create && error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(StoreError::NotPlain(path));
            }
            Err(error) => return Err(refused(&error)),
        };
        let metadata = file.metadata().map_err(|error| refused(&error))?;
        if !metadata.is_file() || metadata.nlink() != 1 {
            return Err(StoreError::NotPlain(path));
        }
        if metadata.mode() & 0o777 != 0o600 {
            file.set_permissions(Permissions::from_mode(0o600))
                .map_err(|error| refused(&error))?;
        }
    }
    Ok(())
}

fn open_plain(path: &Utf8Path, create: bool) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(create)
        .mode(0o600)
        .custom_flags(flags.cast_signed())
        .open(path)
}
