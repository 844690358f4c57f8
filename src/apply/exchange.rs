//! One staged file takes the place of one live file, and gives it back.

use std::fs::File;
use std::os::fd::OwnedFd;

use camino::Utf8PathBuf;
use rustix::fs::{self, AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::{Errno, Result};

use super::live;
use crate::digest::Digest;
use crate::record::HostKey;

/// How files trade places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// `renameat2` with `RENAME_EXCHANGE`: no moment without a file.
    Exchange,
    /// A second name for the old file in the stage, then a plain rename over it; for file systems without the above.
    Aside,
}

/// A staged file and where it belongs.
pub(super) struct Staged {
    /// Path inside the live directory.
    pub(super) path: Utf8PathBuf,
    /// The folder it belongs in, and its name there.
    pub(super) folder: OwnedFd,
    pub(super) name: String,
    /// Its name in the stage.
    pub(super) staged: String,
    /// Digest of the live file it replaces; `None` for a new file.
    pub(super) replaces: Option<Digest>,
}

impl Staged {
    /// The name in the stage under which the old file is found after [`Method::Aside`].
    fn aside(&self) -> String {
        format!("{}.old", self.staged)
    }

    /// Puts the staged file in its place, by `method` or, where that is unknown, aside. On an error nothing has changed.
    pub(super) fn put(&self, stage: &OwnedFd, method: Method) -> Result<Method> {
        match self.put_by(stage, method) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if method == Method::Exchange => {
                self.put_by(stage, Method::Aside).map(|()| Method::Aside)
            }
            other => other.map(|()| method),
        }
    }

    fn put_by(&self, stage: &OwnedFd, method: Method) -> Result<()> {
        match (method, self.replaces.is_some()) {
            (Method::Exchange, true) => self.rename(stage, RenameFlags::EXCHANGE),
            (Method::Exchange, false) => self.rename(stage, RenameFlags::NOREPLACE),
            (Method::Aside, true) => {
                fs::linkat(&self.folder, &*self.name, stage, self.aside(), AtFlags::empty())?;
                fs::renameat(stage, &*self.staged, &self.folder, &*self.name)
            }
            (Method::Aside, false) => {
                fs::linkat(stage, &*self.staged, &self.folder, &*self.name, AtFlags::empty())?;
                fs::unlinkat(stage, &*self.staged, AtFlags::empty())
            }
        }
    }

    /// Undoes [`Staged::put`].
    pub(super) fn take_back(&self, stage: &OwnedFd, method: Method) -> Result<()> {
        match (method, self.replaces.is_some()) {
            (Method::Exchange, true) => self.rename(stage, RenameFlags::EXCHANGE),
            (Method::Aside, true) => fs::renameat(stage, self.aside(), &self.folder, &*self.name),
            (_, false) => fs::renameat(&self.folder, &*self.name, stage, &*self.staged),
        }
    }

    /// Whether the file that was displaced is the one that was meant to be: somebody may have written in the last moment.
    pub(super) fn displaced_the_right_file(
        &self,
        stage: &OwnedFd,
        method: Method,
        key: &HostKey,
    ) -> std::io::Result<bool> {
        let Some(expected) = self.replaces else { return Ok(true) };
        let name = if method == Method::Exchange {
            self.staged.clone()
        } else {
            self.aside()
        };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(fs::openat(stage, name, flags, Mode::empty())?);
        Ok(file.metadata()?.is_file() && live::digest(&file, &self.path, key)? == expected)
    }

    fn rename(&self, stage: &OwnedFd, flags: RenameFlags) -> Result<()> {
        fs::renameat_with(stage, &*self.staged, &self.folder, &*self.name, flags)
    }
}
