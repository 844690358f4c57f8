//! The private keys that open sealed values.

use std::fmt;

use age::secrecy::ExposeSecret;
use age::x25519;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Recipient, Recipients, Secret};

/// Private keys, in the file format of `age-keygen`: one key a line, `#` starts a comment.
///
/// ```
/// use dockspace::seal::Identity;
///
/// let identity = Identity::generate();
/// let file = identity.to_file(jiff::Timestamp::UNIX_EPOCH);
/// let read = Identity::parse(file.expose()).unwrap();
/// assert_eq!(read.recipients(), identity.recipients());
/// ```
pub struct Identity {
    keys: Vec<x25519::Identity>,
    recipients: Recipients,
}

/// Why an identity file can't be used. Shows nothing of the file but a line number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The file itself is encrypted.
    #[error("the identity file is protected by a passphrase")]
    Encrypted,
    /// A line holds a key of another kind than X25519.
    #[error("line {line} of the identity file is a key of a plugin or of SSH")]
    OtherKind {
        /// Counted from 1.
        line: usize,
    },
    /// A line is neither comment nor key.
    #[error("line {line} of the identity file is neither a comment nor an AGE-SECRET-KEY-1… with a right checksum")]
    Line {
        /// Counted from 1.
        line: usize,
    },
    /// Nothing but comments.
    #[error("the identity file has no key")]
    Empty,
}

impl IdentityError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Encrypted => {
                "decrypt it first, `age -d -o identity.txt identity.age`, and keep the result readable by its user alone"
            }
            Self::OtherKind { .. } => "use a key made by `age-keygen`",
            Self::Line { .. } => "restore the file from where it is kept, or remove that line",
            Self::Empty => "make one with `age-keygen -o identity.txt` and add its public key to the recipients",
        }
    }
}

impl Identity {
    /// A new key.
    #[must_use]
    pub fn generate() -> Self {
        let key = x25519::Identity::generate();
        Self {
            recipients: Recipients::one(Recipient::from_key(key.to_public())),
            keys: vec![key],
        }
    }

    /// Reads the text of an identity file.
    ///
    /// # Errors
    /// An [`IdentityError`] for the first line that isn't understood.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        if text.starts_with("age-encryption.org/") || text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----") {
            return Err(IdentityError::Encrypted);
        }
        let mut keys = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let entry = line.trim();
            if !entry.is_empty() && !entry.starts_with('#') {
                keys.push(parse_key(entry, index + 1)?);
            }
        }
        let recipients = keys.iter().map(|key| Recipient::from_key(key.to_public()));
        Ok(Self {
            recipients: Recipients::new(recipients).map_err(|_| IdentityError::Empty)?,
            keys,
        })
    }

    /// The public keys that belong to it, one for each key.
    #[must_use]
    pub const fn recipients(&self) -> &Recipients {
        &self.recipients
    }

    /// The text of an identity file, as `age-keygen` writes it. To be readable by its user alone.
    #[must_use]
    pub fn to_file(&self, created: Timestamp) -> Secret<String> {
        const KEY_LINES: usize = 160;
        let mut text = String::with_capacity(64 + KEY_LINES * self.keys.len());
        text.push_str(&format!("# created: {created:.0}\n"));
        for key in &self.keys {
            text.push_str(&format!("# public key: {}\n", key.to_public()));
            text.push_str(key.to_string().expose_secret());
            text.push('\n');
        }
        Secret::new(text)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &dyn age::Identity> {
        self.keys.iter().map(|key| key as &dyn age::Identity)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identity").field(&self.recipients).finish()
    }
}

fn parse_key(entry: &str, line: usize) -> Result<x25519::Identity, IdentityError> {
    entry.parse().map_err(|_| {
        let entry = Zeroizing::new(entry.to_ascii_uppercase());
        if entry.starts_with("AGE-PLUGIN-") || entry.starts_with("-----BEGIN OPENSSH") {
            IdentityError::OtherKind { line }
        } else {
            IdentityError::Line { line }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
    const PUBLIC: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

    #[test]
    fn a_file_may_have_comments_blank_lines_and_several_keys() {
        let other = Identity::generate();
        let text = format!(
            "# created: 2026\r\n# public key: x\r\n{KEY}\r\n\n  \n{}",
            other.to_file(Timestamp::UNIX_EPOCH).expose()
        );
        let identity = Identity::parse(&text).unwrap();
        let recipients: Vec<_> = identity.recipients().iter().map(ToString::to_string).collect();
        let theirs: Vec<_> = other.recipients().iter().map(ToString::to_string).collect();
        assert_eq!(recipients, [PUBLIC, &theirs[0]]);
    }

    #[test]
    fn the_file_looks_as_age_keygen_writes_it() {
        let identity = Identity::parse(KEY).unwrap();
        let file = identity.to_file("2026-11-21T22:48:00.123Z".parse().unwrap());
        assert_eq!(
            file.expose(),
            &format!("# created: 2026-11-21T22:48:00Z\n# public key: {PUBLIC}\n{KEY}\n")
        );
    }

    #[test]
    fn other_files_are_refused_without_showing_them() {
        let check = |text: &str, expect| {
            let error = Identity::parse(text).unwrap_err();
            assert_eq!(error, expect, "{text}");
            assert!(!error.to_string().contains("GQ9778"), "{error}");
        };
        check("", IdentityError::Empty);
        check("# nothing\n", IdentityError::Empty);
        check(&format!("{KEY}\n{KEY}X\n"), IdentityError::Line { line: 2 });
        check(PUBLIC, IdentityError::Line { line: 1 });
        check(&KEY.replace("J33", "J34"), IdentityError::Line { line: 1 });
        check("#\nAGE-PLUGIN-YUBIKEY-1QQQQQ", IdentityError::OtherKind { line: 2 });
        check(
            "-----BEGIN OPENSSH PRIVATE KEY-----\n",
            IdentityError::OtherKind { line: 1 },
        );
        check("age-encryption.org/v1\n-> scrypt", IdentityError::Encrypted);
        check("-----BEGIN AGE ENCRYPTED FILE-----\n", IdentityError::Encrypted);
    }

    #[test]
    fn debug_shows_public_keys_alone() {
        let shown = format!("{:?}", Identity::parse(KEY).unwrap());
        assert!(shown.contains(PUBLIC) && !shown.contains("SECRET"), "{shown}");
    }
}
