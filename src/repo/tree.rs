//! Folders of a revision: git's tree objects, each looked up by its own id.

use camino::Utf8Path;

use super::vet::{Child, Raw, RawKind, Source};
use super::{Error, ObjectId};

/// The trees of a repository.
pub(super) struct Trees<'r>(pub(super) &'r git2::Repository);

impl Source for Trees<'_> {
    type Folder = ObjectId;

    fn children(&self, folder: &ObjectId, _at: &Utf8Path) -> Result<Vec<Raw>, Error> {
        let tree = self.0.find_tree(folder.oid()?)?;
        let raw = |entry: git2::TreeEntry<'_>| Raw {
            name: entry.name_bytes().to_vec(),
            kind: kind(entry.filemode_raw()),
            id: Some(entry.id().into()),
        };
        Ok(tree.iter().map(raw).collect())
    }

    fn enter(&self, _folder: &ObjectId, path: &Utf8Path, child: &Child) -> Result<ObjectId, Error> {
        child.id.ok_or_else(|| Error::BadPath(path.into()))
    }
}

/// The kind a git file mode stands for. Whether a file is executable doesn't matter here.
fn kind(mode: i32) -> RawKind {
    match mode & 0o170_000 {
        0o100_000 => RawKind::File,
        0o040_000 => RawKind::Folder,
        0o120_000 => RawKind::Symlink,
        0o160_000 => RawKind::Submodule,
        _ => RawKind::Special,
    }
}
