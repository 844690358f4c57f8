//! Which files differ between two trees, without reading what is equal in both.

use std::cmp::Ordering;

use camino::{Utf8Path, Utf8PathBuf};

use super::files::Refused;
use super::layout::Kind;
use super::tree::Trees;
use super::vet::{self, Child, Source, Vetter};
use super::{Error, ObjectId, Repo};

/// One file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Path inside the repository.
    pub path: Utf8PathBuf,
    /// The blob before; `None` for a new file.
    pub old: Option<ObjectId>,
    /// The blob after; `None` for a removed file.
    pub new: Option<ObjectId>,
}

/// What differs between two trees.
#[derive(Debug, Default)]
pub struct Changes {
    /// The files, in the order of the paths' bytes.
    pub files: Vec<Changed>,
    /// What the newer tree has in a changed folder and may not be read.
    pub refused: Vec<Refused>,
}

impl Repo {
    /// The files that differ between two root trees (see [`super::Revision::tree`]). The cost follows the folders that differ.
    ///
    /// # Errors
    /// A tree that isn't in the repository, such as one of a commit that was never fetched.
    pub fn changed(&self, old: ObjectId, new: ObjectId) -> Result<Changes, Error> {
        let mut comparison = Comparison {
            trees: Trees(&self.git),
            before: Vetter::default(),
            after: Vetter::default(),
            files: Vec::new(),
        };
        if old != new {
            let root = Utf8Path::new("");
            let before = comparison.before.vet_root(comparison.trees.children(&old, root)?);
            let after = comparison.after.vet_root(comparison.trees.children(&new, root)?);
            comparison.children(root, before, after)?;
        }
        Ok(Changes {
            files: comparison.files,
            refused: comparison.after.refused,
        })
    }
}

struct Comparison<'r> {
    trees: Trees<'r>,
    before: Vetter,
    after: Vetter,
    files: Vec<Changed>,
}

impl Comparison<'_> {
    /// Walks the children of one folder on both sides at once: both lists are in the same order.
    fn children(&mut self, at: &Utf8Path, before: Vec<Child>, after: Vec<Child>) -> Result<(), Error> {
        let (mut before, mut after) = (before.into_iter().peekable(), after.into_iter().peekable());
        loop {
            let side = match (before.peek(), after.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => vet::order(key(a), key(b)),
            };
            let old = if side.is_le() { before.next() } else { None };
            let new = if side.is_ge() { after.next() } else { None };
            self.pair(at, old.as_ref(), new.as_ref())?;
        }
    }

    /// Compares what one name stands for on both sides; where both have it, it is of the same kind.
    fn pair(&mut self, at: &Utf8Path, old: Option<&Child>, new: Option<&Child>) -> Result<(), Error> {
        let (old_id, new_id) = (old.and_then(|child| child.id), new.and_then(|child| child.id));
        let Some(child) = old.or(new).filter(|_| old_id != new_id) else {
            return Ok(());
        };
        let path = vet::join(at, &child.name);
        match child.kind {
            Kind::File => self.files.push(Changed {
                path,
                old: old_id,
                new: new_id,
            }),
            Kind::Folder => {
                let before = read(&self.trees, &mut self.before, &path, old_id)?;
                let after = read(&self.trees, &mut self.after, &path, new_id)?;
                self.children(&path, before, after)?;
            }
        }
        Ok(())
    }
}

fn read(trees: &Trees<'_>, vetter: &mut Vetter, at: &Utf8Path, id: Option<ObjectId>) -> Result<Vec<Child>, Error> {
    let Some(id) = id else { return Ok(Vec::new()) };
    Ok(vetter.vet(at, trees.children(&id, at)?))
}

fn key(child: &Child) -> (&[u8], bool) {
    (child.name.as_bytes(), child.kind == Kind::Folder)
}
