//! A store in a SQLite file of this host.
//!
//! One connection writes at a time, as SQLite wants it; readers neither wait for it nor it for them (WAL). What *closes*
//! something – a code used, a session ended, a recovery code claimed – is on the disk before its caller goes on, because a power
//! cut that lost it would open it again. Waiting for the disk is by far the dearest part, so all who wait share one wait. What
//! *opens* something isn't waited for: lost, somebody signs in once more. A crash of the program alone loses nothing.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::OFlags;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};

use super::error::{Reason, StoreError};
use super::{StoreUrl, sql};

const READERS: usize = 2;
const WAIT_FOR_OTHER_PROCESS: Duration = Duration::from_secs(5);

/// The connections to one SQLite database. Each is a thread of its own; a pool would add a task to every use.
#[derive(Clone)]
pub(super) struct Sqlite {
    /// Empty for a database in memory, which only its one connection sees.
    readers: Arc<[Mutex<SqliteConnection>]>,
    writer: Arc<Mutex<SqliteConnection>>,
    /// None for a database in memory.
    log: Option<Arc<Log>>,
}

/// The write-ahead log, where a commit is before anywhere else: once it is on the disk, so are all commits in it.
struct Log {
    file: Arc<File>,
    /// How many commits asked for the disk.
    asked: AtomicU64,
    /// How many of them are on it.
    kept: Mutex<u64>,
}

impl Log {
    /// Returns when all that was committed before is on the disk. Who comes while another waits finds it done, mostly.
    async fn keep(&self) -> io::Result<()> {
        let mine = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        let mut kept = self.kept.lock().await;
        if *kept >= mine {
            return Ok(());
        }
        let asked = self.asked.load(Ordering::Acquire);
        let file = Arc::clone(&self.file);
        tokio::task::spawn_blocking(move || file.sync_data()).await??;
        *kept = asked;
        Ok(())
    }
}

impl Sqlite {
    pub(super) async fn memory() -> Result<Self, StoreError> {
        let mut writer = SqliteConnectOptions::new()
            .in_memory(true)
            .disable_statement_logging()
            .connect()
            .await?;
        prepare(&mut writer).await?;
        Ok(Self::new(Vec::new(), writer, None))
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
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(WAIT_FOR_OTHER_PROCESS)
            .disable_statement_logging();
        let connect = async |options: SqliteConnectOptions| options.connect().await.map_err(|error| refused(&error));
        let mut writer = connect(options.clone()).await?;
        prepare(&mut writer).await?;
        // SQLite makes the log when it can keep one: not on a file system of the network.
        let log =
            open_plain(&Utf8PathBuf::from(format!("{path}-wal")), Missing::Refuse).map_err(|error| refused(&error))?;
        let mut readers = Vec::new();
        for _ in 0..READERS {
            readers.push(Mutex::new(connect(options.clone().pragma("query_only", "on")).await?));
        }
        let log = Log {
            file: Arc::new(log),
            asked: AtomicU64::new(0),
            kept: Mutex::new(0),
        };
        Ok(Self::new(readers, writer, Some(Arc::new(log))))
    }

    fn new(readers: Vec<Mutex<SqliteConnection>>, writer: SqliteConnection, log: Option<Arc<Log>>) -> Self {
        Self {
            readers: readers.into(),
            writer: Arc::new(Mutex::new(writer)),
            log,
        }
    }

    /// For what changes nothing.
    pub(super) async fn reader(&self) -> MutexGuard<'_, SqliteConnection> {
        if let Some(free) = self.readers.iter().find_map(|reader| reader.try_lock().ok()) {
            return free;
        }
        self.readers.first().unwrap_or(&self.writer).lock().await
    }

    /// For what changes something.
    pub(super) async fn writer(&self) -> MutexGuard<'_, SqliteConnection> {
        self.writer.lock().await
    }

    /// After what must not be lost in a power cut.
    pub(super) async fn keep(&self) -> Result<(), StoreError> {
        match &self.log {
            Some(log) => log.keep().await.map_err(|error| StoreError::Failed(Reason::of(&error))),
            None => Ok(()),
        }
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
    for (end, missing) in [
        ("", Missing::Make),
        ("-wal", Missing::Refuse),
        ("-shm", Missing::Refuse),
    ] {
        let path = Utf8PathBuf::from(format!("{path}{end}"));
        let file = match open_plain(&path, missing) {
            Ok(file) => file,
            Err(error) if missing == Missing::Refuse && error.kind() == io::ErrorKind::NotFound => continue,
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

/// What to do about a file that isn't there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Make,
    Refuse,
}

fn open_plain(path: &Utf8Path, missing: Missing) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(missing == Missing::Make)
        .mode(0o600)
        .custom_flags(flags.cast_signed())
        .open(path)
}
