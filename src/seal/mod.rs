//! Sealed values: secrets that may stand in a repository.

use std::fmt;

/// A sealed value as it stands in the repository: `age:1:<n>:<base64>`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Sealed(Box<str>);

impl Sealed {
    /// The text as it stands in the repository.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}
