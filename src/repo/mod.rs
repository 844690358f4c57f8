//! The organisation's git repository: revisions, the files in them, commits and remotes.
//!
//! The only module that knows git. It hands out bytes and ids and knows nothing of what the files mean; it does know which
//! paths are Dockspace's, so that the rest of a repository costs nothing. Objects are read and written with libgit2; what
//! crosses the network goes through the `git` program, so that credential helpers and ssh settings work as the user knows them.
//!
//! ```no_run
//! use dockspace::repo::Repo;
//!
//! let repo = Repo::open("organisation".into())?;
//! let head = repo.revision("HEAD")?;
//! let files = repo.files(&head)?;
//! for entry in files.list()?.entries {
//!     let content = files.read(&entry)?;
//!     assert!(content.len() <= 1 << 20, "{}", entry.path);
//! }
//! # Ok::<(), dockspace::repo::Error>(())
//! ```

mod changed;
mod commit;
mod error;
mod files;
mod layout;
mod merge;
mod message;
mod mirror;
mod range;
mod reader;
mod remote;
mod revision;
mod tree;
mod vet;
mod watch;
mod worktree;
mod write;

#[cfg(test)]
mod tests;

use camino::Utf8Path;

pub use changed::{Changed, Changes};
pub use commit::Edits;
pub use error::Error;
pub use files::{Entry, Files, Listing, Reason, Refused};
pub use merge::{MergedLines, merge_lines};
pub use message::Message;
pub use mirror::{Mirror, Remote};
pub use range::Step;
pub use reader::Reader;
pub use revision::{Author, ObjectId, Revision};
pub use watch::Watch;

/// An open repository.
pub struct Repo {
    git: git2::Repository,
}

impl Repo {
    /// Opens the repository at `path` or above it. It may be bare.
    ///
    /// # Errors
    /// [`Error::NotARepository`], [`Error::OtherOwner`], or a damaged repository.
    pub fn open(path: &Utf8Path) -> Result<Self, Error> {
        // Objects are checked when they arrive, and zlib's checksum finds what rots on disk. Hashing each again on every
        // read, which git itself doesn't do, costs a third of the time to read an organisation.
        git2::opts::strict_hash_verification(false);
        let no_ceiling: [&str; 0] = [];
        let git = git2::Repository::open_ext(path, git2::RepositoryOpenFlags::empty(), no_ceiling);
        git.map(|git| Self { git }).map_err(|error| match error.code() {
            git2::ErrorCode::NotFound => Error::NotARepository(path.into()),
            git2::ErrorCode::Owner => Error::OtherOwner(path.into()),
            _ => error.into(),
        })
    }

    /// The same repository through another handle. Dropping it gives back what was mapped and cached while it read.
    ///
    /// # Errors
    /// It can't be opened any more.
    pub fn reopened(&self) -> Result<Self, Error> {
        let git = git2::Repository::open(self.git.path())?;
        Ok(Self { git })
    }

    /// Makes a repository with a work tree at `path`, on the branch `main` without a commit.
    ///
    /// # Errors
    /// The folder can't be made or written.
    pub fn init(path: &Utf8Path) -> Result<Self, Error> {
        Self::init_with(path, &mut git2::RepositoryInitOptions::new())
    }

    /// Makes a repository without a work tree, to push to.
    ///
    /// # Errors
    /// The folder can't be made or written.
    pub fn init_bare(path: &Utf8Path) -> Result<Self, Error> {
        Self::init_with(path, git2::RepositoryInitOptions::new().bare(true))
    }

    fn init_with(path: &Utf8Path, options: &mut git2::RepositoryInitOptions) -> Result<Self, Error> {
        // Templates of the machine could bring hooks nobody asked for.
        options.mkpath(true).initial_head("main").external_template(false);
        Ok(Self {
            git: git2::Repository::init_opts(path, options)?,
        })
    }
}
