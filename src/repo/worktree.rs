//! The work tree: files as they are on disk, committed or not.
//!
//! Every path is walked folder by folder from the root without following a link, so a link put there between two steps
//! leads nowhere either.

use std::cell::RefCell;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags};

use super::files::{Reason, Refused};
use super::layout::{self, AREAS};
use super::vet::{self, Child, Raw, RawKind, Source};
use super::{Error, Repo};

/// The work tree of a repository, with git's index at hand to tell tracked files.
pub(super) struct WorkTree<'r> {
    git: &'r git2::Repository,
    index: git2::Index,
    path: Utf8PathBuf,
    root: Rc<OwnedFd>,
    /// The folder read from last.
    last: RefCell<Option<(Utf8PathBuf, Rc<OwnedFd>)>>,
}

impl Repo {
    /// The managed files whose content in the work tree or index isn't that of `HEAD`: new, changed and removed ones.
    ///
    /// # Errors
    /// The work tree or git's index can't be read. A bare repository has no such files.
    pub fn uncommitted(&self) -> Result<Vec<Utf8PathBuf>, Error> {
        if self.git.is_bare() {
            return Ok(Vec::new());
        }
        let mut options = git2::StatusOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .disable_pathspec_match(true);
        for area in &AREAS {
            options.pathspec(area.name);
        }
        let statuses = self.git.statuses(Some(&mut options))?;
        let path = |entry: git2::StatusEntry<'_>| String::from_utf8_lossy(entry.path_bytes()).into_owned().into();
        let mut uncommitted: Vec<_> = statuses.iter().map(path).collect();
        uncommitted.extend(self.unwatched()?);
        Ok(uncommitted)
    }

    /// Managed files that git was told not to compare with the work tree (`git update-index --assume-unchanged`, `--skip-worktree`):
    /// nobody knows whether they differ, and what is read of a work tree is what stands there.
    fn unwatched(&self) -> Result<Vec<Utf8PathBuf>, Error> {
        let is_unwatched = |entry: &git2::IndexEntry| {
            entry.flags & git2::IndexEntryFlag::VALID.bits() != 0
                || entry.flags_extended & git2::IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0
        };
        let is_managed = |path: &Utf8PathBuf| path.iter().next().is_some_and(|name| layout::area_of(name).is_some());
        let path = |entry: git2::IndexEntry| Utf8PathBuf::from(String::from_utf8_lossy(&entry.path).into_owned());
        let index = self.git.index()?;
        Ok(index.iter().filter(is_unwatched).map(path).filter(is_managed).collect())
    }
}

impl<'r> WorkTree<'r> {
    pub(super) fn open(git: &'r git2::Repository) -> Result<Self, Error> {
        let path = root(git)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = fs::open(path.as_std_path(), flags, Mode::empty()).map_err(|e| Error::io(&*path)(e.into()))?;
        Ok(Self {
            git,
            index: git.index()?,
            path,
            root: Rc::new(root),
            last: RefCell::new(None),
        })
    }

    /// The root folder.
    pub(super) fn root(&self) -> &Rc<OwnedFd> {
        &self.root
    }

    /// Reads a regular file of at most its area's limit.
    pub(super) fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, Error> {
        let refuse = |reason| {
            Err(Refused {
                path: path.into(),
                reason,
            }
            .into())
        };
        let (parent, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        let folder = self.folder(parent.into()).map_err(|e| Error::io(path)(e.into()))?;
        // Without NONBLOCK a pipe would hold us until somebody writes to it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match fs::openat(&folder, name, flags, Mode::empty()) {
            Err(rustix::io::Errno::LOOP) => return refuse(Reason::Symlink),
            other => std::fs::File::from(other.map_err(|e| Error::io(path)(e.into()))?),
        };
        let metadata = file.metadata().map_err(Error::io(path))?;
        let limit = layout::limit(path);
        if !metadata.is_file() {
            return refuse(Reason::NotAFile);
        }
        let mut content = Vec::with_capacity(usize::try_from(metadata.len().min(limit)).unwrap_or_default());
        file.take(limit + 1)
            .read_to_end(&mut content)
            .map_err(Error::io(path))?;
        if content.len() as u64 > limit {
            return refuse(Reason::TooLarge { limit });
        }
        Ok(content)
    }

    /// Opens a folder; files are read in order, so it mostly is the one of the file before.
    fn folder(&self, path: &Utf8Path) -> rustix::io::Result<Rc<OwnedFd>> {
        if let Some((last, folder)) = &*self.last.borrow()
            && last == path
        {
            return Ok(Rc::clone(folder));
        }
        let mut folder = Rc::clone(&self.root);
        for name in path.as_str().split('/').filter(|name| !name.is_empty()) {
            folder = Rc::new(open_folder(&folder, name)?);
        }
        *self.last.borrow_mut() = Some((path.to_owned(), Rc::clone(&folder)));
        Ok(folder)
    }

    fn is_ignored(&self, at: &Utf8Path, name: &[u8]) -> Result<bool, Error> {
        let path = at.as_std_path().join(std::ffi::OsStr::from_bytes(name));
        let is_tracked = self.index.get_path(&path, 0).is_some();
        Ok(!is_tracked && self.git.is_path_ignored(&path)?)
    }
}

impl Source for WorkTree<'_> {
    type Folder = Rc<OwnedFd>;

    fn children(&self, folder: &Rc<OwnedFd>, at: &Utf8Path) -> Result<Vec<Raw>, Error> {
        let fail = |error: rustix::io::Errno| Error::io(self.path.join(at))(error.into());
        let mut children = Vec::new();
        for entry in Dir::read_from(folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") || is_foreign(at, name) {
                continue;
            }
            let kind = match entry.file_type() {
                // Some file systems don't tell without a closer look.
                FileType::Unknown => kind_of(folder, entry.file_name()).map_err(fail)?,
                known => known,
            };
            if kind != FileType::Directory && self.is_ignored(at, name)? {
                continue;
            }
            children.push(Raw {
                name: name.into(),
                kind: raw_kind(kind),
                id: None,
            });
        }
        children.sort_by(|a, b| {
            let key = |raw: &'_ Raw| raw.kind == RawKind::Folder;
            vet::order((&a.name, key(a)), (&b.name, key(b)))
        });
        Ok(children)
    }

    fn enter(&self, folder: &Rc<OwnedFd>, path: &Utf8Path, child: &Child) -> Result<Rc<OwnedFd>, Error> {
        open_folder(folder, &child.name)
            .map(Rc::new)
            .map_err(|error| Error::io(self.path.join(path))(error.into()))
    }
}

/// The root of the work tree.
pub(super) fn root(git: &git2::Repository) -> Result<Utf8PathBuf, Error> {
    let path = git.workdir().ok_or(Error::Bare)?;
    Utf8Path::from_path(path)
        .map(Utf8Path::to_owned)
        .ok_or_else(|| Error::BadPath(path.to_string_lossy().into_owned().into()))
}

/// In the root, everything that is no area of ours: not worth a question to git's ignore rules.
fn is_foreign(at: &Utf8Path, name: &[u8]) -> bool {
    let is_ours = |name| layout::area_of(name).or_else(|| layout::misspelt_area(name)).is_some();
    at.as_str().is_empty() && !std::str::from_utf8(name).is_ok_and(is_ours)
}

fn open_folder(folder: &OwnedFd, name: &str) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    fs::openat(folder, Path::new(name), flags, Mode::empty())
}

fn kind_of(folder: &OwnedFd, name: &std::ffi::CStr) -> rustix::io::Result<FileType> {
    let stat = fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(stat.st_mode))
}

fn raw_kind(kind: FileType) -> RawKind {
    match kind {
        FileType::RegularFile => RawKind::File,
        FileType::Directory => RawKind::Folder,
        FileType::Symlink => RawKind::Symlink,
        _ => RawKind::Special,
    }
}
