//! The lock of the program that reads the live directory: while we hold it, that program waits with taking changes.
//!
//! It is a file that either side creates if it isn't there. docker-mailserver's is `check-for-changes.sh.lock`, holds a UUID,
//! and counts as left behind after a minute (its `helpers/lock.sh`).

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::time::Duration;

use camino::Utf8PathBuf;
use jiff::Timestamp;
use rustix::fs::{self, AtFlags, Mode, OFlags};
use rustix::io::Errno;
use uuid::Builder;

use super::live::Live;
use super::{ApplyError, Holder};
use crate::clock::Clock;
use crate::random;

/// How often the lock file is looked at while it exists.
const STEP: Duration = Duration::from_millis(250);

/// A lock file that another program honours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderLock {
    /// Name of the file in the live directory.
    pub file: Utf8PathBuf,
    /// Age from which the other program, and so do we, takes it for left behind by a crash.
    pub stale_after: Duration,
    /// How long to wait for it.
    pub patience: Duration,
}

/// The lock, held until the value goes away.
#[derive(Debug)]
pub(super) struct Held<'a> {
    folder: &'a OwnedFd,
    lock: &'a ReaderLock,
    content: String,
}

impl ReaderLock {
    /// Takes the lock, waiting for it as long as its patience lasts.
    pub(super) fn take<'a>(&'a self, live: &'a Live, clock: &Clock) -> Result<Held<'a>, ApplyError> {
        let fail = |error: std::io::Error| ApplyError::io(live.absolute(&self.file))(error);
        let bytes = random::bytes().map_err(|error| fail(std::io::Error::other(error)))?;
        let content = format!("{}\n", Builder::from_random_bytes(bytes).into_uuid());
        let mut waited = Duration::ZERO;
        loop {
            match self.create(live.root(), &content) {
                Ok(()) => {
                    return Ok(Held {
                        folder: live.root(),
                        lock: self,
                        content,
                    });
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(fail(error)),
            }
            if self
                .is_left_behind(live.root(), clock.now())
                .map_err(|error| fail(error.into()))?
            {
                self.remove(live.root()).map_err(|error| fail(error.into()))?;
            } else if waited >= self.patience {
                return Err(ApplyError::Locked(Holder::Reader(live.absolute(&self.file))));
            } else {
                clock.sleep(STEP);
            }
            // Counted even when nothing was waited for, so that a program that takes it again and again can't hold us for ever.
            waited += STEP;
        }
    }

    fn create(&self, folder: &OwnedFd, content: &str) -> std::io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mut file = File::from(fs::openat(
            folder,
            self.file.as_str(),
            flags,
            Mode::from_raw_mode(0o644),
        )?);
        file.write_all(content.as_bytes()).inspect_err(|_| {
            // A lock without our content would never be taken for ours again.
            let _ = self.remove(folder);
        })
    }

    fn is_left_behind(&self, folder: &OwnedFd, now: Timestamp) -> rustix::io::Result<bool> {
        let found = match fs::statat(folder, self.file.as_str(), AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(false),
            other => other?,
        };
        let age = now.as_second().saturating_sub(found.st_mtime);
        Ok(u64::try_from(age).is_ok_and(|age| age > self.stale_after.as_secs()))
    }

    fn remove(&self, folder: &OwnedFd) -> rustix::io::Result<()> {
        match fs::unlinkat(folder, self.file.as_str(), AtFlags::empty()) {
            Err(Errno::NOENT) => Ok(()),
            other => other,
        }
    }

    fn content(&self, folder: &OwnedFd) -> std::io::Result<String> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(fs::openat(folder, self.file.as_str(), flags, Mode::empty())?);
        let mut content = String::new();
        file.take(256).read_to_string(&mut content)?;
        Ok(content)
    }
}

impl Drop for Held<'_> {
    /// Releases the lock, unless somebody took it for left behind and made it theirs. A failure leaves it to go stale.
    fn drop(&mut self) {
        if self
            .lock
            .content(self.folder)
            .is_ok_and(|content| content == self.content)
        {
            let _ = self.lock.remove(self.folder);
        }
    }
}
