//! A set of files as one value: what a target should contain, or does contain.
//!
//! Everything Dockspace renders is a [`FileSet`]; everything it compares or writes is one too. It is ordered, so that equal
//! sets print and hash alike.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

/// One file: its bytes and its permission bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The whole content.
    pub content: Vec<u8>,
    /// Permission bits a *new* file gets, such as `0o640`; a file that exists keeps its own.
    pub mode: u32,
}

/// Files by their path relative to the target's directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSet(BTreeMap<Utf8PathBuf, File>);

impl FileSet {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces the file at `path`.
    pub fn insert(&mut self, path: impl Into<Utf8PathBuf>, content: Vec<u8>, mode: u32) {
        self.0.insert(path.into(), File { content, mode });
    }

    /// The file at `path`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&File> {
        self.0.get(camino::Utf8Path::new(path))
    }

    /// All files, ordered by path.
    pub fn iter(&self) -> impl Iterator<Item = (&Utf8PathBuf, &File)> {
        self.0.iter()
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Utf8PathBuf, File)> for FileSet {
    fn from_iter<I: IntoIterator<Item = (Utf8PathBuf, File)>>(files: I) -> Self {
        Self(files.into_iter().collect())
    }
}
