//! Why an apply didn't happen.

use std::fmt;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

/// The live files are as they were, except after [`ApplyError::Torn`].
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A live file isn't what the plan saw.
    #[error("`{0}` has changed since the plan was made")]
    Stale(Utf8PathBuf),
    /// Somebody else is at work in the directory.
    #[error("{0}")]
    Locked(Holder),
    /// Writing there could harm something that isn't ours.
    #[error("`{path}` {hazard}")]
    Unsafe {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What is wrong with it.
        hazard: Hazard,
    },
    /// The operating system refused. What was exchanged before was exchanged back.
    #[error("`{path}`: {source}")]
    Io {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// An exchange failed, and exchanging back failed, too: some live files are new and some are old.
    #[error("`{path}` could not be put back, the old files are kept in `{kept}`: {source}")]
    Torn {
        /// The live file.
        path: Utf8PathBuf,
        /// The folder with what was displaced.
        kept: Utf8PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Another run of dockspace.
    Process(u32),
    /// Another run of dockspace that has not said its process id.
    Unknown,
    /// The program that reads the directory, by its lock file.
    Reader(Utf8PathBuf),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(id) => write!(f, "another dockspace is at work here: process {id}"),
            Self::Unknown => f.write_str("another dockspace is at work here"),
            Self::Reader(file) => write!(f, "the mail server is still taking the last change: `{file}` exists"),
        }
    }
}

/// Why a file or folder is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hazard {
    /// Not on the target's closed list of paths.
    #[error("is not one of the target's files")]
    NotOwned,
    /// It could point anywhere.
    #[error("is a symbolic link, or lies behind one")]
    Symlink,
    /// A folder, pipe or device.
    #[error("is not a regular file")]
    NotAFile,
    /// A file mounted by itself keeps showing its old content after a replacement.
    #[error("is mounted by itself")]
    MountedAlone,
    /// Files can be exchanged within one file system only.
    #[error("lies on another file system than the live files")]
    OtherFileSystem,
    /// A key that others can read, or of the wrong size.
    #[error("is not a key of 32 bytes that only its owner can read")]
    BadKey,
}

impl ApplyError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Stale(_) => "make a new plan, look at it, and apply that".into(),
            Self::Locked(Holder::Reader(file)) => {
                format!("wait a minute and try again; a lock left behind by a crash: remove `{file}`")
            }
            Self::Locked(_) => "wait for it to end and try again".into(),
            Self::Unsafe { path, hazard } => hazard.hint(path),
            Self::Torn { .. } => {
                "look at the live files, and copy what is missing back from there before the next apply".into()
            }
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied => "run as the owner of the files or as root".into(),
                io::ErrorKind::StorageFull => "free some space and try again".into(),
                io::ErrorKind::ReadOnlyFilesystem => "mount the directory writable".into(),
                _ => "see what the operating system says, then try again".into(),
            },
        }
    }

    /// For `map_err` on what the operating system says about `path`.
    pub(super) fn io<E: Into<io::Error>>(path: impl Into<Utf8PathBuf>) -> impl FnOnce(E) -> Self {
        let path = path.into();
        |source| Self::Io {
            path,
            source: source.into(),
        }
    }

    pub(super) fn hazard(path: impl Into<Utf8PathBuf>, hazard: Hazard) -> Self {
        Self::Unsafe {
            path: path.into(),
            hazard,
        }
    }
}

impl Hazard {
    fn hint(self, path: &Utf8Path) -> String {
        let name = path.file_name().unwrap_or_default();
        match self {
            Self::NotOwned => "this is a fault of dockspace: please report it".into(),
            Self::Symlink => "put the file itself there instead of the link".into(),
            Self::NotAFile => "move it away".into(),
            Self::MountedAlone => format!(
                "in the compose file, mount the whole folder and not `{name}` alone: replace the line `…/{name}:…/{name}` by `…/config/:/tmp/docker-mailserver/`"
            ),
            Self::OtherFileSystem => "put it on the file system of the live files".into(),
            Self::BadKey => format!("chmod 600 '{path}', or restore it from the backup"),
        }
    }
}
