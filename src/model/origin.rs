//! Where in the repository a fact stands.

use camino::{Utf8Path, Utf8PathBuf};

use crate::diagnostic::{Place, Span};

/// The file a thing was read from and where in it each of its keys stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    path: Box<str>,
    keys: Box<[(&'static str, Span)]>,
}

impl Origin {
    /// The file `path`, whose keys have their values at `keys`.
    #[must_use]
    pub fn new(path: &Utf8Path, keys: Vec<(&'static str, Span)>) -> Self {
        Self {
            path: path.as_str().into(),
            keys: keys.into(),
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        Utf8Path::new(&*self.path)
    }

    /// Where the value of `key` stands; the start of the file for a key that is not written down.
    #[must_use]
    pub fn of(&self, key: &str) -> Place {
        let span = self
            .keys
            .iter()
            .find(|(name, _)| *name == key)
            .map_or_else(Span::default, |(_, span)| *span);
        Place {
            path: Utf8PathBuf::from(&*self.path),
            span,
        }
    }
}
