//! One apply at a time: the lock of a target.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

use camino::{Utf8Path, Utf8PathBuf};

use super::{ApplyError, Hazard, Holder};

/// The name of the folder for our own files in a live directory.
pub const WORK: &str = ".dockspace";

/// Where a target's files live, and where Dockspace keeps its own beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The live directory.
    pub directory: Utf8PathBuf,
    /// The folder for lock, staged files and applied record. On the file system of the live directory.
    pub work: Utf8PathBuf,
}

impl Place {
    /// A live directory with the work folder inside it.
    #[must_use]
    pub fn inside(directory: impl Into<Utf8PathBuf>) -> Self {
        let directory = directory.into();
        Self {
            work: directory.join(WORK),
            directory,
        }
    }

    /// The file of the applied record.
    #[must_use]
    pub fn record(&self) -> Utf8PathBuf {
        self.work.join("applied.json")
    }
}

/// The right to write to a target, held until the value goes away, however the process ends.
#[derive(Debug)]
pub struct Lock {
    place: Place,
    file: File,
}

impl Lock {
    /// Takes the lock of a place without waiting for it.
    ///
    /// # Errors
    /// [`ApplyError::Locked`] naming the process that holds it; [`ApplyError::Unsafe`] when the work folder is a link;
    /// [`ApplyError::Io`].
    pub fn take(place: Place) -> Result<Self, ApplyError> {
        private_folder(&place.work)?;
        let path = place.work.join("lock");
        let flags = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(flags);
        let mut file = options.open(&path).map_err(ApplyError::io(&*path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ApplyError::Locked(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(ApplyError::io(path)(error)),
        }
        sign(&mut file).map_err(ApplyError::io(path))?;
        Ok(Self { place, file })
    }

    /// What is locked.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }
}

impl Drop for Lock {
    /// Lets go by name. Closing would not do: a program that another thread is starting at this moment shares the open file until
    /// it runs, and the lock would live as long as that copy.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// Makes a folder that only its owner may enter, unless it is there.
pub(super) fn private_folder(path: &Utf8Path) -> Result<(), ApplyError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        other => return other.map_err(ApplyError::io(path)),
    }
    let found = fs::symlink_metadata(path).map_err(ApplyError::io(path))?;
    if found.is_symlink() {
        return Err(ApplyError::hazard(path, Hazard::Symlink));
    }
    if found.is_dir() {
        Ok(())
    } else {
        Err(ApplyError::io(path)(std::io::Error::from(ErrorKind::NotADirectory)))
    }
}

/// Leaves our process id for whoever finds the lock taken. What the one before left stays until then: it only informs.
fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> Holder {
    let mut text = String::new();
    let read = file.take(32).read_to_string(&mut text);
    read.ok()
        .and_then(|_| text.trim().parse().ok())
        .map_or(Holder::Unknown, Holder::Process)
}
