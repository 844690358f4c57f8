//! The organisation's files, listed and read from a revision or from the work tree alike.
//!
//! What can't be read safely is refused file by file, so that one bad file is one problem and not the end.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::layout::{self, Kind};
use super::tree::Trees;
use super::vet::{self, Source, Vetter};
use super::worktree::WorkTree;
use super::{Error, ObjectId, Repo, Revision};

/// The organisation's files as they stand in one place.
pub struct Files<'r>(Place<'r>);

enum Place<'r> {
    Revision {
        trees: Trees<'r>,
        odb: git2::Odb<'r>,
        root: ObjectId,
    },
    WorkTree(WorkTree<'r>),
}

/// A file that may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path inside the repository.
    pub path: Utf8PathBuf,
    /// The blob's id in a revision: the same id is the same content. Not known in a work tree.
    pub blob: Option<ObjectId>,
}

/// All files of one place.
#[derive(Debug, Default)]
pub struct Listing {
    /// What may be read, in the order of the paths' bytes.
    pub entries: Vec<Entry>,
    /// What may not.
    pub refused: Vec<Refused>,
}

/// A file or folder that isn't read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` {reason}")]
pub struct Refused {
    /// Path inside the repository; bytes that aren't UTF-8 are shown as `�`.
    pub path: Utf8PathBuf,
    /// Why.
    pub reason: Reason,
}

/// Why a file or folder isn't read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It could point anywhere on the machine that reads it.
    #[error("is a symbolic link")]
    Symlink,
    /// Another repository, with reviews of its own.
    #[error("is a submodule")]
    Submodule,
    /// A folder, pipe or device where a file belongs.
    #[error("is not a regular file")]
    NotAFile,
    /// A file where a folder belongs.
    #[error("is not a folder")]
    NotAFolder,
    /// Larger than any sensible file of its kind.
    #[error("is larger than {limit} bytes")]
    TooLarge {
        /// The largest size allowed.
        limit: u64,
    },
    /// Deeper than any path of the format.
    #[error("lies too deep")]
    TooDeep,
    /// Not UTF-8, or with control characters or backslashes.
    #[error("has a name with characters that are not allowed")]
    BadName,
    /// On macOS and Windows the two would be the same file.
    #[error("differs from `{0}` in upper and lower case only")]
    CaseClash(String),
    /// The rest of the repository isn't looked at.
    #[error("is one entry more than {limit}, the most that is read")]
    TooMany {
        /// The most files and folders.
        limit: usize,
    },
}

impl Repo {
    /// The files of a revision, straight from git's objects.
    ///
    /// # Errors
    /// A damaged repository.
    pub fn files(&self, revision: &Revision) -> Result<Files<'_>, Error> {
        let place = Place::Revision {
            trees: Trees(&self.git),
            odb: self.git.odb()?,
            root: revision.tree,
        };
        Ok(Files(place))
    }

    /// The files of the work tree as they are now: tracked ones, and new ones that git doesn't ignore.
    ///
    /// # Errors
    /// [`Error::Bare`]; the work tree or git's index can't be read.
    pub fn work_tree(&self) -> Result<Files<'_>, Error> {
        Ok(Files(Place::WorkTree(WorkTree::open(&self.git)?)))
    }

    /// The ids of what stands in the root of a revision, by name: a folder with the same id holds the same files.
    ///
    /// # Errors
    /// A damaged repository.
    pub fn tree_ids(&self, revision: &Revision) -> Result<BTreeMap<Utf8PathBuf, ObjectId>, Error> {
        let root = Utf8Path::new("");
        let children = Vetter::default().vet(root, Trees(&self.git).children(&revision.tree, root)?);
        Ok(children
            .into_iter()
            .filter_map(|child| Some((child.name.into(), child.id?)))
            .collect())
    }

    /// The content of one file of a revision; `None` when it isn't there.
    ///
    /// # Errors
    /// [`Error::Refused`] for a file that is too large; a damaged repository.
    pub fn read_at(&self, revision: &Revision, path: &Utf8Path) -> Result<Option<Vec<u8>>, Error> {
        let tree = self.git.find_tree(revision.tree.oid()?)?;
        let entry = match tree.get_path(path.as_std_path()) {
            Ok(entry) => entry,
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        read_blob(&self.git.odb()?, path, entry.id().into()).map(Some)
    }
}

impl Files<'_> {
    /// Lists every file and everything refused.
    ///
    /// # Errors
    /// A damaged repository; a folder of the work tree that can't be read.
    pub fn list(&self) -> Result<Listing, Error> {
        let mut walk = Walk {
            entries: Vec::new(),
            vetter: Vetter::default(),
        };
        match &self.0 {
            Place::Revision { trees, root, .. } => walk.folder(trees, root, "".into())?,
            Place::WorkTree(work_tree) => walk.folder(work_tree, work_tree.root(), "".into())?,
        }
        Ok(Listing {
            entries: walk.entries,
            refused: walk.vetter.refused,
        })
    }

    /// The files outside of the area `left_out`, and in it those of `paths` that are there. Nothing is refused in the area: what
    /// is asked for by name was listed before.
    ///
    /// # Errors
    /// As for [`Files::list`].
    pub fn list_some(&self, left_out: &str, paths: &BTreeSet<Utf8PathBuf>) -> Result<Listing, Error> {
        let mut walk = Walk {
            entries: Vec::new(),
            vetter: Vetter::default(),
        };
        match &self.0 {
            Place::Revision { trees, root, .. } => walk.some(trees, root, left_out, paths)?,
            Place::WorkTree(work_tree) => walk.some(work_tree, work_tree.root(), left_out, paths)?,
        }
        Ok(Listing {
            entries: walk.entries,
            refused: walk.vetter.refused,
        })
    }

    /// The content of a listed file.
    ///
    /// # Errors
    /// [`Error::Refused`] for a file that is too large or, in a work tree, stopped being a regular file; else as for
    /// [`Files::list`].
    pub fn read(&self, entry: &Entry) -> Result<Vec<u8>, Error> {
        match (&self.0, entry.blob) {
            (Place::Revision { odb, .. }, Some(blob)) => read_blob(odb, &entry.path, blob),
            (Place::Revision { .. }, None) => Err(Error::BadPath(entry.path.clone())),
            (Place::WorkTree(work_tree), _) => work_tree.read(&entry.path),
        }
    }
}

/// Reads one blob, after a look at its size: a small pack can hold a blob larger than all memory.
pub(super) fn read_blob(odb: &git2::Odb<'_>, path: &Utf8Path, blob: ObjectId) -> Result<Vec<u8>, Error> {
    let limit = layout::limit(path);
    let (size, kind) = odb.read_header(blob.oid()?)?;
    if kind != git2::ObjectType::Blob {
        return Err(Refused {
            path: path.into(),
            reason: Reason::NotAFile,
        }
        .into());
    }
    if size as u64 > limit {
        return Err(Refused {
            path: path.into(),
            reason: Reason::TooLarge { limit },
        }
        .into());
    }
    Ok(odb.read(blob.oid()?)?.data().to_vec())
}

/// One walk through all folders.
struct Walk {
    entries: Vec<Entry>,
    vetter: Vetter,
}

impl Walk {
    fn some<S: Source>(
        &mut self,
        source: &S,
        root: &S::Folder,
        left_out: &str,
        paths: &BTreeSet<Utf8PathBuf>,
    ) -> Result<(), Error> {
        for child in self.vetter.vet("".into(), source.children(root, "".into())?) {
            let path = Utf8PathBuf::from(child.name.clone());
            match child.kind {
                Kind::File => self.entries.push(Entry { path, blob: child.id }),
                Kind::Folder if child.name == left_out => {
                    let folder = source.enter(root, &path, &child)?;
                    self.named(source, &folder, &path, paths)?;
                }
                Kind::Folder => self.folder(source, &source.enter(root, &path, &child)?, &path)?,
            }
        }
        Ok(())
    }

    /// The files of `paths` below `at`; other folders are not even opened.
    fn named<S: Source>(
        &mut self,
        source: &S,
        folder: &S::Folder,
        at: &Utf8Path,
        paths: &BTreeSet<Utf8PathBuf>,
    ) -> Result<(), Error> {
        // The names to look for, so that a folder with a hundred thousand files is gone through quickly.
        let below = paths.range(at.to_owned()..).take_while(|path| path.starts_with(at));
        let names: HashSet<&[u8]> = below
            .filter_map(|path| path.strip_prefix(at).ok()?.iter().next())
            .map(str::as_bytes)
            .collect();
        let mut raw = source.children(folder, at)?;
        raw.retain(|raw| names.contains(raw.name.as_slice()));
        for child in self.vetter.vet(at, raw) {
            let path = vet::join(at, &child.name);
            match child.kind {
                Kind::File => self.entries.push(Entry { path, blob: child.id }),
                Kind::Folder => self.named(source, &source.enter(folder, &path, &child)?, &path, paths)?,
            }
        }
        Ok(())
    }

    fn folder<S: Source>(&mut self, source: &S, folder: &S::Folder, at: &Utf8Path) -> Result<(), Error> {
        for child in self.vetter.vet(at, source.children(folder, at)?) {
            let path = vet::join(at, &child.name);
            match child.kind {
                Kind::File => self.entries.push(Entry { path, blob: child.id }),
                Kind::Folder => self.folder(source, &source.enter(folder, &path, &child)?, &path)?,
            }
        }
        Ok(())
    }
}
