//! A store in a SQLite file of this host.
//!
//! One connection writes at a time, as SQLite wants it; readers neither wait for it nor it for them (WAL). SQLite is called on
//! the thread of whoever asks: a statement takes less time than the way to another thread and back. What would hold that thread
//! up is kept away from it: the disk is waited for on other threads ([`log`]), and a database that another process is writing
//! to is asked again later.

mod file;
mod log;

use std::sync::Arc;
use std::time::Duration;

use camino::Utf8Path;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::{Mutex, MutexGuard};

use self::log::Log;
use super::error::{Reason, StoreError};
use super::{StoreUrl, sql};

const READERS: usize = 2;
/// How long another process may write.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long until it is asked again.
const AGAIN: Duration = Duration::from_millis(1);
/// The most that the writer, which mostly reads as well, keeps of the database in memory, in KB. A page that isn't there is asked
/// of the system each time.
const KNOWN_PAGES: u32 = 8 * 1024;
/// More than there are statements.
const STATEMENTS: usize = 32;

/// The connections to one SQLite database.
#[derive(Clone)]
pub(super) struct Sqlite {
    /// None for a database in memory, which only its one connection sees.
    readers: Arc<[Mutex<Connection>]>,
    writer: Arc<Mutex<Connection>>,
    /// None for a database in memory.
    log: Option<Arc<Log>>,
}

impl Sqlite {
    pub(super) fn memory() -> Result<Self, StoreError> {
        let writer = Connection::open_in_memory()?;
        prepare(&writer)?;
        Ok(Self::new(writer, Vec::new(), None))
    }

    /// Opens the file, on a thread where it may take its time.
    pub(super) async fn open(path: &Utf8Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || Self::open_here(&path)).await;
        opened.map_err(|error| StoreError::Failed(Reason::of(&error)))?
    }

    fn open_here(path: &Utf8Path) -> Result<Self, StoreError> {
        let refused = |error: &dyn std::error::Error| StoreError::Open {
            url: StoreUrl::file(path),
            reason: Reason::of(error),
        };
        file::keep_to_owner(path, &refused)?;
        // An absolute path is never one of SQLite's own `file:` URLs.
        let absolute = std::path::absolute(path).map_err(|error| refused(&error))?;
        let connect = || connect(&absolute).map_err(|error| refused(&error));
        let writer = connect()?;
        writer.pragma_update(None, "cache_size", -i64::from(KNOWN_PAGES))?;
        prepare(&writer)?;
        // SQLite makes the log when it can keep one: not on a file system of the network.
        let log = Log::open(path).map_err(|error| refused(&error))?;
        let mut readers = Vec::new();
        for _ in 0..READERS {
            let reader = connect()?;
            reader.pragma_update(None, "query_only", true)?;
            readers.push(reader);
        }
        for connection in readers.iter().chain([&writer]) {
            connection.busy_timeout(Duration::ZERO)?;
        }
        Ok(Self::new(writer, readers, Some(log)))
    }

    fn new(writer: Connection, readers: Vec<Connection>, log: Option<Log>) -> Self {
        Self {
            readers: readers.into_iter().map(Mutex::new).collect(),
            writer: Arc::new(Mutex::new(writer)),
            log: log.map(Arc::new),
        }
    }

    /// Asks for what changes nothing.
    pub(super) async fn read<T>(&self, ask: impl Fn(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        patiently(self.reader().await, ask).await
    }

    /// Changes something: in one statement, or in [`together`].
    pub(super) async fn write<T>(&self, change: impl Fn(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let changed = patiently(self.writer.lock().await, change).await?;
        if let Some(log) = &self.log {
            log.grew(&self.writer);
        }
        Ok(changed)
    }

    /// After what must not be lost in a power cut.
    pub(super) async fn keep(&self) -> Result<(), StoreError> {
        match &self.log {
            Some(log) => log.keep().await.map_err(|error| StoreError::Failed(Reason::of(&error))),
            None => Ok(()),
        }
    }

    /// After what need not be waited for, but must not stay away from the disk for long.
    pub(super) fn keep_soon(&self) {
        if let Some(log) = &self.log {
            log.keep_soon();
        }
    }

    /// The writer if it is idle, because it knows the pages it wrote; else a reader.
    async fn reader(&self) -> MutexGuard<'_, Connection> {
        let mut all = std::iter::once(&*self.writer).chain(&*self.readers);
        if let Some(free) = all.find_map(|connection| connection.try_lock().ok()) {
            return free;
        }
        self.readers.first().unwrap_or(&self.writer).lock().await
    }
}

/// All that `change` does, or nothing of it: when it fails, and when it says `None`.
pub(super) fn together<T>(
    connection: &Connection,
    change: impl Fn(&Connection) -> rusqlite::Result<Option<T>>,
) -> rusqlite::Result<Option<T>> {
    // Prepared once, unlike those of rusqlite's own transaction.
    let run = |sql| connection.prepare_cached(sql)?.execute(());
    run("BEGIN IMMEDIATE")?;
    let changed = match change(connection) {
        Ok(Some(changed)) => run("COMMIT").map(|_| Some(changed)),
        nothing => nothing,
    };
    if !connection.is_autocommit() {
        run("ROLLBACK")?;
    }
    changed
}

/// Asks again while another process writes. SQLite would wait on this thread, and stop all that goes on beside.
async fn patiently<T>(
    connection: MutexGuard<'_, Connection>,
    act: impl Fn(&Connection) -> rusqlite::Result<T>,
) -> Result<T, StoreError> {
    let mut waited = Duration::ZERO;
    loop {
        match act(&connection) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && waited < PATIENCE => {
                tokio::time::sleep(AGAIN).await;
                waited += AGAIN;
            }
            done => return Ok(done?),
        }
    }
}

fn connect(path: &std::path::Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    // The log is emptied by us, on another thread.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

/// Makes the tables if they are missing.
fn prepare(connection: &Connection) -> Result<(), StoreError> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    for statement in sql::SCHEMA_SQLITE {
        transaction.execute(statement, ())?;
    }
    let found: Option<i64> = transaction
        .prepare(sql::VERSION)?
        .query_map((), |row| row.get(0))?
        .next()
        .transpose()?;
    match found {
        None => {
            transaction.execute(sql::SET_VERSION, (sql::SCHEMA_VERSION,))?;
        }
        Some(found) if found > sql::SCHEMA_VERSION => return Err(StoreError::Newer { found }),
        Some(_) => {}
    }
    forget_brief(&transaction)?;
    Ok(transaction.commit()?)
}

/// After the host started, forgets what must be gone if it was used before: see [`super::BRIEF`].
fn forget_brief(connection: &Connection) -> rusqlite::Result<()> {
    // Where Linux doesn't say, each start of the program counts as one of the host.
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let is_new = connection.execute(sql::SET_BOOT, (&boot,))? == 1;
    if is_new || boot.is_empty() {
        connection.execute(sql::FORGET_BOOTS, (&boot,))?;
        let brief = i64::try_from(super::BRIEF.as_millis()).unwrap_or(i64::MAX);
        connection.execute(sql::FORGET_BRIEF, (brief,))?;
    }
    Ok(())
}
