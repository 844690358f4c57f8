//! The live directory: what stands there now, reached without following a link.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, fchown};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{self, AtFlags, Mode, OFlags, StatxAttributes, StatxFlags};
use rustix::io::Errno;

use super::{ApplyError, Hazard};
use crate::digest::Digest;
use crate::record::HostKey;

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// An open live directory.
pub(super) struct Live {
    path: Utf8PathBuf,
    root: OwnedFd,
}

/// A regular file as it stands.
pub(super) struct Found {
    /// Keyed digest of the content.
    pub(super) digest: Digest,
    /// Permission bits and owner, for the file that takes its place.
    pub(super) rights: Rights,
}

/// Permission bits and owner.
#[derive(Clone, Copy)]
pub(super) struct Rights {
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Rights {
    /// Gives them to a file of ours. The owner first: changing it clears some mode bits.
    pub(super) fn give(self, file: &File) -> std::io::Result<()> {
        let found = file.metadata()?;
        if (found.uid(), found.gid()) != (self.uid, self.gid) {
            fchown(file, Some(self.uid), Some(self.gid))?;
        }
        Ok(fs::fchmod(file, Mode::from_raw_mode(self.mode))?)
    }
}

impl Live {
    pub(super) fn open(path: &Utf8Path) -> Result<Self, ApplyError> {
        let root = fs::open(path.as_std_path(), FOLDER, Mode::empty()).map_err(ApplyError::io(path))?;
        Ok(Self {
            path: path.to_owned(),
            root,
        })
    }

    pub(super) fn root(&self) -> &OwnedFd {
        &self.root
    }

    /// Where `path` stands on this machine.
    pub(super) fn absolute(&self, path: &Utf8Path) -> Utf8PathBuf {
        self.path.join(path)
    }

    /// What a new file gets: its own mode, and the owner of the directory.
    pub(super) fn rights_of_new(&self, mode: u32) -> Result<Rights, ApplyError> {
        let found = fs::fstat(&self.root).map_err(ApplyError::io(&*self.path))?;
        Ok(Rights {
            mode,
            uid: found.st_uid,
            gid: found.st_gid,
        })
    }

    /// Opens the folder a file stands in; `None` where it isn't there.
    pub(super) fn folder_of(&self, path: &Utf8Path) -> Result<Option<OwnedFd>, ApplyError> {
        self.walk(path, |_, _| Ok(false))
    }

    /// Opens the folder a file is going to stand in. Missing ones are made, with the owner of the directory.
    pub(super) fn make_folder_of(&self, path: &Utf8Path) -> Result<OwnedFd, ApplyError> {
        let make = |parent: &OwnedFd, name: &str| {
            fs::mkdirat(parent, name, Mode::from_raw_mode(0o755)).map_err(ApplyError::io(self.absolute(path)))?;
            let folder = fs::openat(parent, name, FOLDER | OFlags::NOFOLLOW, Mode::empty());
            let folder = File::from(folder.map_err(ApplyError::io(self.absolute(path)))?);
            self.rights_of_new(0o755)?
                .give(&folder)
                .map_err(ApplyError::io(self.absolute(path)))?;
            Ok(true)
        };
        self.walk(path, make)?
            .ok_or_else(|| ApplyError::hazard(self.absolute(path), Hazard::NotAFile))
    }

    /// Walks to the folder of `path`; `missing` may make a folder that isn't there and says whether it did.
    fn walk(
        &self,
        path: &Utf8Path,
        mut missing: impl FnMut(&OwnedFd, &str) -> Result<bool, ApplyError>,
    ) -> Result<Option<OwnedFd>, ApplyError> {
        let mut folder = self.root.try_clone().map_err(ApplyError::io(&*self.path))?;
        for name in path.parent().into_iter().flat_map(Utf8Path::components) {
            let open = |folder: &OwnedFd| fs::openat(folder, name.as_str(), FOLDER | OFlags::NOFOLLOW, Mode::empty());
            let next = match open(&folder) {
                Err(Errno::NOENT) if missing(&folder, name.as_str())? => open(&folder),
                Err(Errno::NOENT) => return Ok(None),
                other => other,
            };
            folder = match next {
                // A link shows as "not a directory" where a directory was asked for.
                Err(Errno::LOOP | Errno::NOTDIR) => {
                    return Err(ApplyError::hazard(self.absolute(path), Hazard::Symlink));
                }
                other => other.map_err(ApplyError::io(self.absolute(path)))?,
            };
        }
        Ok(Some(folder))
    }

    /// The file at `path`, if there is one; anything else there is refused.
    pub(super) fn find(&self, path: &Utf8Path, key: &HostKey) -> Result<Option<Found>, ApplyError> {
        match (self.folder_of(path)?, path.file_name()) {
            (Some(folder), Some(name)) => self.find_in(&folder, name, path, key),
            _ => Ok(None),
        }
    }

    fn find_in(
        &self,
        folder: &OwnedFd,
        name: &str,
        path: &Utf8Path,
        key: &HostKey,
    ) -> Result<Option<Found>, ApplyError> {
        let refuse = |hazard| Err(ApplyError::hazard(self.absolute(path), hazard));
        // Without NONBLOCK a pipe would hold us until somebody writes to it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match fs::openat(folder, name, flags, Mode::empty()) {
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => return refuse(Hazard::Symlink),
            Err(Errno::NXIO) => return refuse(Hazard::NotAFile),
            other => File::from(other.map_err(ApplyError::io(self.absolute(path)))?),
        };
        let metadata = file.metadata().map_err(ApplyError::io(self.absolute(path)))?;
        if !metadata.is_file() {
            return refuse(Hazard::NotAFile);
        }
        let digest = digest(&file, path, key).map_err(ApplyError::io(self.absolute(path)))?;
        let rights = Rights {
            mode: metadata.mode() & 0o7777,
            uid: metadata.uid(),
            gid: metadata.gid(),
        };
        Ok(Some(Found { digest, rights }))
    }

    /// Whether a file is a mount of its own, such as one line of a compose file for one file. Replacing such a file is refused
    /// by the kernel or, seen from the other side of the mount, without effect.
    pub(super) fn is_mounted_alone(&self, path: &Utf8Path) -> Result<bool, ApplyError> {
        let (Some(folder), Some(name)) = (self.folder_of(path)?, path.file_name()) else {
            return Ok(false);
        };
        let found = match fs::statx(&folder, name, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::BASIC_STATS) {
            Err(Errno::NOENT) => return Ok(false),
            other => other.map_err(ApplyError::io(self.absolute(path)))?,
        };
        let around = fs::statx(&folder, "", AtFlags::EMPTY_PATH, StatxFlags::BASIC_STATS);
        let around = around.map_err(ApplyError::io(self.absolute(path)))?;
        let device = |found: &fs::Statx| (found.stx_dev_major, found.stx_dev_minor);
        Ok(found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT) || device(&found) != device(&around))
    }
}

/// Keyed digest of a whole file.
pub(super) fn digest(mut file: &File, path: &Utf8Path, key: &HostKey) -> std::io::Result<Digest> {
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    Ok(key.file(path, &content))
}
