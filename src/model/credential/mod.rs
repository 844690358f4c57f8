//! Password hashes, by their form alone: which scheme, and what checking one costs. Nothing here hashes or checks a password.
//!
//! Whatever is a [`PasswordHash`] can stand in `postfix-accounts.cf` and in a Dovecot passwd-file as it is, and checking a
//! password against it takes a bounded time.
//!
//! ```
//! use dockspace::model::credential::{HashError, HashScheme};
//!
//! assert_eq!(HashScheme::of("{PLAIN}hunter2"), Err(HashError::Clear));
//! ```

mod scheme;

use std::fmt;

use crate::seal::Secret;

pub use scheme::{HashError, HashScheme, SHA_CRYPT_DEFAULT_ROUNDS, SHA_CRYPT_ROUNDS};

/// A password hash that Dovecot and the sign-in accept, kept letter by letter as it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    text: Secret<String>,
    scheme: HashScheme,
}

impl PasswordHash {
    /// Reads `{SCHEME}value` or a bare `$6$…`.
    ///
    /// # Errors
    /// A [`HashError`] for what is not accepted.
    pub fn parse(text: &str) -> Result<Self, HashError> {
        let scheme = HashScheme::of(text)?;
        Ok(Self {
            text: text.into(),
            scheme,
        })
    }

    /// How it was hashed.
    #[must_use]
    pub const fn scheme(&self) -> HashScheme {
        self.scheme
    }

    /// The hash as Dovecot reads it. Not to be shown to anybody: it can be attacked offline.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.text.expose().as_str()
    }

    /// The hash without its `{SCHEME}`, as `crypt(3)` and other programs write it.
    #[must_use]
    pub fn untagged(&self) -> &str {
        self.as_str().rsplit('}').next().unwrap_or_default()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({:?}, …)", self.scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the SHA-crypt specification.
    const BARE: &str =
        "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";

    #[test]
    fn the_text_is_kept_and_can_be_had_without_its_tag() {
        for text in [BARE, &format!("{{SHA512-CRYPT}}{BARE}")] {
            let hash = PasswordHash::parse(text).unwrap();
            assert_eq!(hash.as_str(), text);
            assert_eq!(hash.untagged(), BARE);
            assert_eq!(hash.scheme(), HashScheme::Sha512Crypt { rounds: 5000 });
        }
        assert_eq!(PasswordHash::parse("{SHA512-CRYPT}!"), Err(HashError::Form));
    }

    #[test]
    fn debug_shows_the_scheme_alone() {
        let hash = PasswordHash::parse(BARE).unwrap();
        assert_eq!(format!("{hash:?}"), "PasswordHash(Sha512Crypt { rounds: 5000 }, …)");
    }
}
