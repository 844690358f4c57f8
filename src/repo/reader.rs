//! Files of a revision by name, many of them one after the other.

use std::cell::RefCell;
use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::files::read_blob;
use super::{Error, Repo, Revision};

/// Reads files of one revision by their path. A folder is looked up once: one with a hundred thousand files takes a while.
pub struct Reader<'r> {
    git: &'r git2::Repository,
    odb: git2::Odb<'r>,
    folders: RefCell<HashMap<Utf8PathBuf, Option<git2::Tree<'r>>>>,
}

impl Repo {
    /// Reads files of `revision` by their path.
    ///
    /// # Errors
    /// A damaged repository.
    pub fn reader(&self, revision: &Revision) -> Result<Reader<'_>, Error> {
        let root = self.git.find_tree(revision.tree.oid()?)?;
        Ok(Reader {
            git: &self.git,
            odb: self.git.odb()?,
            folders: RefCell::new(HashMap::from([(Utf8PathBuf::new(), Some(root))])),
        })
    }
}

impl Reader<'_> {
    /// The content of a file; `None` when it isn't there.
    ///
    /// # Errors
    /// [`Error::Refused`] for a file that is too large; a damaged repository.
    pub fn read(&self, path: &Utf8Path) -> Result<Option<Vec<u8>>, Error> {
        match self.id(path)? {
            Some(blob) => read_blob(&self.odb, path, blob.into()).map(Some),
            None => Ok(None),
        }
    }

    /// The id of what stands at `path`.
    fn id(&self, path: &Utf8Path) -> Result<Option<git2::Oid>, Error> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Ok(None);
        };
        if !self.folders.borrow().contains_key(folder) {
            let tree = match self.id(folder)? {
                Some(id) => self.git.find_tree(id).ok(),
                None => None,
            };
            self.folders.borrow_mut().insert(folder.to_owned(), tree);
        }
        let folders = self.folders.borrow();
        let tree = folders.get(folder).and_then(Option::as_ref);
        Ok(tree.and_then(|tree| tree.get_name(name)).map(|entry| entry.id()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::clock::Clock;
    use crate::repo::{Author, Edits, Message};

    #[test]
    fn files_are_found_in_every_folder_and_missing_ones_are_not() {
        let directory = tempfile::tempdir().unwrap();
        let repo = Repo::init(Utf8Path::from_path(directory.path()).unwrap()).unwrap();
        let author = Author {
            name: "Test".to_owned(),
            email: "test@example.org".to_owned(),
        };
        repo.set_identity(&author).unwrap();
        let files = ["dockspace.toml", "users/example.org/a.toml", "users/example.org/b.toml"];
        let edits: Edits = files
            .iter()
            .map(|path| ((*path).into(), Some(path.as_bytes().to_vec())))
            .collect();
        let message = Message {
            subject: "files".to_owned(),
            body: String::new(),
            trailers: Vec::new(),
        };
        let revision = repo
            .commit(&edits, &message, &Clock::fixed(Timestamp::UNIX_EPOCH))
            .unwrap();
        let reader = repo.reader(&revision).unwrap();
        for path in files {
            assert_eq!(reader.read(path.into()).unwrap().as_deref(), Some(path.as_bytes()));
        }
        for path in [
            "",
            "users",
            "none.toml",
            "users/example.net/a.toml",
            "dockspace.toml/x",
            "users/example.org/c.toml",
        ] {
            assert!(!matches!(reader.read(path.into()), Ok(Some(_))), "{path}");
        }
    }
}
