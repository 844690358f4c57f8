//! Files of the work tree as an editing command would leave them, before anything is written.
//!
//! A [`Draft`] reads a file when it is first asked for and keeps what becomes of it. It writes nothing: `edit` shows the result,
//! has the whole organisation checked with it, and only then touches the disk.
//!
//! ```text
//! let mut draft = Draft::new(repo.work_tree()?);
//! draft.edit("users/example.org/alice.toml".into(), |file| file.set(&["quota"], "10G"))?;
//! let edits = draft.into_edits();
//! ```

use std::{collections::BTreeMap, io::ErrorKind};

use camino::{Utf8Path, Utf8PathBuf};

use super::{exit::Exit, failure::Failure};
use crate::{
    document::{EditError, Editor, Kind},
    repo::{self, Edits, Entry, Files},
};

/// The work tree and what is to become of some of its files.
pub(super) struct Draft<'r> {
    files: Files<'r>,
    changed: BTreeMap<Utf8PathBuf, Option<String>>,
}

impl<'r> Draft<'r> {
    /// Nothing changed yet.
    pub(super) const fn new(files: Files<'r>) -> Self {
        Self {
            files,
            changed: BTreeMap::new(),
        }
    }

    /// The file as it would be; `None` when there would be none.
    pub(super) fn text(&self, path: &Utf8Path) -> Result<Option<String>, Failure> {
        if let Some(changed) = self.changed.get(path) {
            return Ok(changed.clone());
        }
        let entry = Entry {
            path: path.to_owned(),
            blob: None,
        };
        match self.files.read(&entry) {
            Ok(content) => String::from_utf8(content).map(Some).map_err(|_| not_utf8(path)),
            Err(repo::Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the file would be there.
    pub(super) fn has(&self, path: &Utf8Path) -> Result<bool, Failure> {
        Ok(self.text(path)?.is_some())
    }

    /// The file, ready to be edited; a new one where there is none.
    pub(super) fn editor(&self, path: &Utf8Path) -> Result<Editor, Failure> {
        let kind = Kind::of(path)
            .ok_or_else(|| Failure::message(Exit::Error, format!("`{path}` is no file of the organisation")))?;
        match self.text(path)? {
            Some(text) => Editor::open(kind, &text).map_err(|error| refused(path, error)),
            None => Ok(Editor::create(kind)),
        }
    }

    /// Takes what an editor made of the file.
    pub(super) fn put(&mut self, path: &Utf8Path, editor: Editor) {
        self.changed.insert(path.to_owned(), Some(editor.into_text()));
    }

    /// Edits the file in place, or makes it.
    pub(super) fn edit(
        &mut self,
        path: &Utf8Path,
        edit: impl FnOnce(&mut Editor) -> Result<&mut Editor, EditError>,
    ) -> Result<(), Failure> {
        let mut editor = self.editor(path)?;
        edit(&mut editor).map_err(|error| refused(path, error))?;
        self.put(path, editor);
        Ok(())
    }

    /// Removes the file, if there is one.
    pub(super) fn remove(&mut self, path: &Utf8Path) {
        self.changed.insert(path.to_owned(), None);
    }

    /// Moves the file, if there is one, byte for byte.
    pub(super) fn rename(&mut self, from: &Utf8Path, to: &Utf8Path) -> Result<(), Failure> {
        if let Some(text) = self.text(from)? {
            self.changed.insert(to.to_owned(), Some(text));
            self.remove(from);
        }
        Ok(())
    }

    /// The files that changed, for the repository to write.
    pub(super) fn into_edits(self) -> Edits {
        let bytes = |(path, text): (Utf8PathBuf, Option<String>)| (path, text.map(String::into_bytes));
        self.changed.into_iter().map(bytes).collect()
    }
}

/// A file that cannot be edited as text.
pub(super) fn not_utf8(path: &Utf8Path) -> Failure {
    Failure::message(Exit::Invalid, format!("`{path}` is not UTF-8")).hint("save it as UTF-8 first")
}

fn refused(path: &Utf8Path, error: EditError) -> Failure {
    Failure::new(Exit::Invalid, anyhow::Error::new(error).context(format!("`{path}`")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Repo;

    /// A repository with these files, not committed.
    fn repository(files: &[(&str, &str)]) -> (tempfile::TempDir, Repo) {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path()).unwrap();
        let repo = Repo::init(path).unwrap();
        for (file, text) in files {
            std::fs::create_dir_all(path.join(file).parent().unwrap()).unwrap();
            std::fs::write(path.join(file), text).unwrap();
        }
        (directory, repo)
    }

    #[test]
    fn edits_gather_and_the_disk_stays_as_it_is() {
        let (directory, repo) = repository(&[("groups/a.toml", "description = \"A\" # first\n"), ("mail.toml", "")]);
        let mut draft = Draft::new(repo.work_tree().unwrap());
        let (a, b) = (Utf8Path::new("groups/a.toml"), Utf8Path::new("groups/b.toml"));
        draft.edit(a, |file| file.set(&["require_totp"], true)).unwrap();
        draft
            .edit(a, |file| file.add(&["owners"], "alice@example.org"))
            .unwrap();
        draft.rename(a, b).unwrap();
        draft.rename("groups/none.toml".into(), "groups/c.toml".into()).unwrap();
        draft
            .edit("clients/new.toml".into(), |file| file.set(&["name"], "New"))
            .unwrap();
        draft.remove("mail.toml".into());
        assert!(draft.has(b).unwrap() && !draft.has(a).unwrap() && !draft.has("groups/c.toml".into()).unwrap());
        let edits = draft.into_edits();
        let text = |path: &str| {
            edits[Utf8Path::new(path)]
                .as_deref()
                .map(|bytes| std::str::from_utf8(bytes).unwrap())
        };
        let moved = "description = \"A\" # first\nowners = [\"alice@example.org\"]\nrequire_totp = true\n";
        assert_eq!(
            (text("groups/a.toml"), text("groups/b.toml"), text("mail.toml")),
            (None, Some(moved), None)
        );
        assert_eq!(text("clients/new.toml"), Some("name = \"New\"\n"));
        assert_eq!(edits.len(), 4);
        assert!(directory.path().join("groups/a.toml").exists());
    }

    #[test]
    fn what_cannot_be_edited_is_named() {
        let (_directory, repo) = repository(&[("groups/a.toml", "description = "), ("groups/b.toml", "owners = 1\n")]);
        let mut draft = Draft::new(repo.work_tree().unwrap());
        for (path, says) in [
            ("groups/a.toml", "not valid TOML"),
            ("groups/b.toml", "`owners` is no list"),
            ("groups/a.md", "no file of the organisation"),
        ] {
            let failure = draft.edit(path.into(), |file| file.add(&["owners"], "x")).unwrap_err();
            let error = format!("{:#}", failure.error.unwrap());
            assert!(error.contains(path) && error.contains(says), "{error}");
        }
        assert!(draft.into_edits().is_empty());
    }
}
