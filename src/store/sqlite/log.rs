//! The write-ahead log: where a commit is before it is anywhere else. Once the log is on the disk, so are all commits in it.
//!
//! What *closes* something – a session ended, a recovery code claimed – is on the disk before its caller goes on, because a power
//! cut that lost it would open it again. Waiting for the disk is by far the dearest part, so all who wait share one wait. What
//! *opens* something isn't waited for: lost, somebody signs in once more. A crash of the program alone loses nothing: what was
//! committed is with the operating system.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::Connection;
use tokio::sync::Mutex;

use super::file::{Missing, open_plain};

/// What nobody waits for is on the disk this long after, and the time that the disk takes.
const SOON: Duration = Duration::from_millis(50);
/// After so many commits the log is emptied into the database. Each writes some pages of 4 KB, most of them the same again.
const EMPTIED_AFTER: u32 = 1000;

/// The log of one database.
pub(super) struct Log {
    file: Arc<File>,
    /// How many commits asked for the disk.
    asked: AtomicU64,
    /// How many of them are on it.
    kept: Mutex<u64>,
    /// Whether somebody sees to it that it is kept soon.
    soon: AtomicBool,
    /// How many commits there were since the log was emptied.
    commits: AtomicU32,
}

impl Log {
    /// The log beside the database at `path`.
    pub(super) fn open(path: &Utf8Path) -> io::Result<Self> {
        let file = open_plain(&Utf8PathBuf::from(format!("{path}-wal")), Missing::Refuse)?;
        Ok(Self {
            file: Arc::new(file),
            asked: AtomicU64::new(0),
            kept: Mutex::new(0),
            soon: AtomicBool::new(false),
            commits: AtomicU32::new(0),
        })
    }

    /// Returns when all that was committed before is on the disk. Who comes while another waits finds it done, mostly.
    pub(super) async fn keep(&self) -> io::Result<()> {
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

    /// Sees to it that what was committed gets to the disk.
    pub(super) fn keep_soon(self: &Arc<Self>) {
        if self.soon.swap(true, Ordering::AcqRel) {
            return;
        }
        let log = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(SOON).await;
            log.soon.store(false, Ordering::Release);
            if let Err(error) = log.keep().await {
                tracing::error!(%error, "the store cannot be written to the disk");
            }
        });
    }

    /// One more commit. When there are many, the log is emptied, beside what else goes on.
    pub(super) fn grew(&self, writer: &Arc<Mutex<Connection>>) {
        if self.commits.fetch_add(1, Ordering::Relaxed) + 1 != EMPTIED_AFTER {
            return;
        }
        self.commits.store(0, Ordering::Relaxed);
        let writer = Arc::clone(writer);
        tokio::spawn(async move {
            // Nobody writes meanwhile: only then is the log empty afterwards, and begins anew instead of growing.
            let writer = writer.lock_owned().await;
            let emptied = tokio::task::spawn_blocking(move || writer.pragma_query(None, "wal_checkpoint", |_| Ok(())));
            if let Ok(Err(error)) = emptied.await {
                tracing::warn!(%error, "the log of the store cannot be emptied");
            }
        });
    }
}
