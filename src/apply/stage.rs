//! New files, complete and on disk, in a folder of their own before any live file is touched.
//!
//! After staging there are only renames left to do, so a full disk shows here, where nothing has happened yet.

use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{self, AtFlags, Mode, OFlags};

use super::ApplyError;
use super::live::Rights;
use super::lock::private_folder;

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// The folder `tx`, which goes away with the value.
pub(super) struct Stage {
    path: Utf8PathBuf,
    folder: OwnedFd,
    is_kept: bool,
}

impl Stage {
    /// Makes the folder anew in `work`; what an earlier run left there goes.
    pub(super) fn open(work: &Utf8Path) -> Result<Self, ApplyError> {
        let path = work.join("tx");
        private_folder(&path)?;
        let folder = fs::open(path.as_std_path(), FOLDER, Mode::empty()).map_err(ApplyError::io(&*path))?;
        let stage = Self {
            path,
            folder,
            is_kept: false,
        };
        stage.clear()?;
        Ok(stage)
    }

    pub(super) fn folder(&self) -> &OwnedFd {
        &self.folder
    }

    /// Writes a file under `name` and waits until it is on disk.
    pub(super) fn put(&self, name: &str, content: &[u8], rights: Rights) -> Result<(), ApplyError> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let write = || {
            let mut file = File::from(fs::openat(&self.folder, name, flags, Mode::from_raw_mode(0o600))?);
            file.write_all(content)?;
            rights.give(&file)?;
            file.sync_all()
        };
        write().map_err(ApplyError::io(self.path.join(name)))
    }

    /// Waits until the names are on disk, too.
    pub(super) fn sync(&self) -> Result<(), ApplyError> {
        fs::fsync(&self.folder).map_err(ApplyError::io(&*self.path))
    }

    /// Leaves the folder as it is, for somebody to look at; says where it is.
    pub(super) fn keep(&mut self) -> Utf8PathBuf {
        self.is_kept = true;
        self.path.clone()
    }

    fn clear(&self) -> Result<(), ApplyError> {
        let fail = |error: rustix::io::Errno| ApplyError::io(&*self.path)(error);
        for entry in fs::Dir::read_from(&self.folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
                fs::unlinkat(&self.folder, entry.file_name(), AtFlags::empty()).map_err(fail)?;
            }
        }
        Ok(())
    }
}

impl Drop for Stage {
    /// Whatever happened, nothing is left over; should that fail, the next run clears it.
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        let _ = self.clear();
        let _ = fs::rmdir(self.path.as_std_path());
    }
}
