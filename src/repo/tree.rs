//! Folders of a revision: git's tree objects, each looked up by its own id.

use camino::Utf8Path;

use super::vet::{Child, Raw, RawKind, Source};
use super::{Error, ObjectId};

/// The trees of a repository.
pub(super) struct Trees<'r>(pub(super) &'r git2::Repository);

impl Source for Trees<'_> {
    type Folder = ObjectId;

    fn children(&self, folder: &ObjectId, _at: &Utf8Path) -> Result<Vec<Raw>, Error> {
        Ok(children(&self.0.find_tree(folder.oid()?)?))
    }

    fn enter(&self, _folder: &ObjectId, path: &Utf8Path, child: &Child) -> Result<ObjectId, Error> {
        child.id.ok_or_else(|| Error::BadPath(path.into()))
    }
}

/// Looks up a tree, if there is one to look up.
pub(super) fn open(git: &git2::Repository, id: Option<ObjectId>) -> Result<Option<git2::Tree<'_>>, Error> {
    Ok(id.map(|id| git.find_tree(id.oid()?)).transpose()?)
}

/// All entries of a tree, in git's order.
pub(super) fn children(tree: &git2::Tree<'_>) -> Vec<Raw> {
    tree.iter().map(|entry| raw(&entry)).collect()
}

pub(super) fn raw(entry: &git2::TreeEntry<'_>) -> Raw {
    Raw {
        name: entry.name_bytes().to_vec(),
        kind: kind(entry),
        id: Some(entry.id().into()),
    }
}

/// The kind a git file mode stands for. Whether a file is executable doesn't matter here.
pub(super) fn kind(entry: &git2::TreeEntry<'_>) -> RawKind {
    match entry.filemode_raw() & 0o170_000 {
        0o100_000 => RawKind::File,
        0o040_000 => RawKind::Folder,
        0o120_000 => RawKind::Symlink,
        0o160_000 => RawKind::Submodule,
        _ => RawKind::Special,
    }
}
