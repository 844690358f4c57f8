//! Whom values are sealed to.

use std::fmt;

use age::x25519;

/// Points whose shared secret with any key is zero (<https://cr.yp.to/ecdh.html>, "validate"), as recipients begin: all but the
/// last bits, one of which doesn't count. Sealing to one would protect nothing, and the `age` crate panics.
const LOW_ORDER: [&str; 7] = [
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
    "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fh",
    "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz",
    "age1anlllllllllllllllllllllllllllllllllllllllllllllll",
    "age1ahlllllllllllllllllllllllllllllllllllllllllllllll",
    "age1amlllllllllllllllllllllllllllllllllllllllllllllll",
];

/// A public key, `age1…`, as `[secrets] recipients` lists it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Recipient(x25519::Recipient);

/// Why a text is not a recipient. Shows nothing of the text, which may be a private key put in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// An `AGE-SECRET-KEY-…`.
    #[error("this is a private key, not a recipient")]
    PrivateKey,
    /// An SSH public key.
    #[error("an SSH key can't be a recipient here")]
    Ssh,
    /// A hardware, plugin or post-quantum recipient: `age1<name>1…`.
    #[error("only X25519 recipients are supported, not those of plugins or newer kinds of keys")]
    OtherKind,
    /// Not `age1…` in lower case with a right checksum.
    #[error("this is not an age recipient, or it has a typing mistake")]
    Invalid,
    /// One of the few keys that would protect nothing.
    #[error("this recipient is a degenerate key that protects nothing")]
    Weak,
    /// An empty list.
    #[error("there is no recipient to seal to")]
    Empty,
}

impl RecipientError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::PrivateKey => {
                "take it out of the repository, treat it as leaked, and list the line `# public key: age1…`"
            }
            Self::Ssh | Self::OtherKind => "make a key with `age-keygen` and list its public key, age1…",
            Self::Invalid => "copy the public key again: `age-keygen -y identity.txt` prints it",
            Self::Weak => "make a key with `age-keygen`",
            Self::Empty => "list at least one public key under `[secrets] recipients` in dockspace.toml",
        }
    }
}

impl Recipient {
    /// Reads `age1…`, in lower case as `age-keygen` writes it.
    ///
    /// # Errors
    /// A [`RecipientError`] that says what the text is instead, where that can be told.
    pub fn parse(text: &str) -> Result<Self, RecipientError> {
        if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY") {
            return Err(RecipientError::PrivateKey);
        }
        if text.starts_with("ssh-") {
            return Err(RecipientError::Ssh);
        }
        match text.parse::<x25519::Recipient>() {
            Ok(_) if LOW_ORDER.iter().any(|start| text.starts_with(start)) => Err(RecipientError::Weak),
            Ok(recipient) if recipient.to_string() == text => Ok(Self(recipient)),
            Err("incorrect HRP") if text.starts_with("age1") => Err(RecipientError::OtherKind),
            _ => Err(RecipientError::Invalid),
        }
    }

    pub(super) const fn from_key(key: x25519::Recipient) -> Self {
        Self(key)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Everybody a value is sealed to: at least one, each once, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// The list without repetitions.
    ///
    /// # Errors
    /// [`RecipientError::Empty`].
    pub fn new(list: impl IntoIterator<Item = Recipient>) -> Result<Self, RecipientError> {
        let mut all = Vec::new();
        for recipient in list {
            if !all.contains(&recipient) {
                all.push(recipient);
            }
        }
        if all.is_empty() {
            return Err(RecipientError::Empty);
        }
        Ok(Self(all))
    }

    pub(super) fn one(recipient: Recipient) -> Self {
        Self(vec![recipient])
    }

    /// The recipients, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Recipient> {
        self.0.iter()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &dyn age::Recipient> {
        self.0.iter().map(|recipient| &recipient.0 as &dyn age::Recipient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

    #[test]
    fn a_recipient_reads_back() {
        let recipient = Recipient::parse(ALICE).unwrap();
        assert_eq!(recipient.to_string(), ALICE);
        assert_eq!(format!("{recipient:?}"), ALICE);
    }

    #[test]
    fn everything_else_is_refused_with_the_reason() {
        let check = |text: &str, expect| assert_eq!(Recipient::parse(text).unwrap_err(), expect, "{text}");
        let private = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
        check(private, RecipientError::PrivateKey);
        check(&private.to_lowercase(), RecipientError::PrivateKey);
        check("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", RecipientError::Ssh);
        check(
            "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t",
            RecipientError::OtherKind,
        );
        check("", RecipientError::Invalid);
        check(&ALICE.replace("7pa", "7pq"), RecipientError::Invalid);
        check(&ALICE.to_uppercase(), RecipientError::Invalid);
        check(&format!("{ALICE} "), RecipientError::Invalid);
    }

    #[test]
    fn keys_of_low_order_are_refused() {
        let tails = [
            ("qqqq5cu47z", "zqqsuwj9m"),
            ("qqqqj7vrya", "zqqk67yly"),
            ("qqqzyt4v9", "zqqxqejhu"),
            ("9ts6wm9s8", "8ts72fzt7"),
            ("als4n2t7m", "lls3hcv9z"),
            ("alsn46ayy", "llsh3g6la"),
            ("alselrwrv", "llsam3fc4"),
        ];
        for (start, (clear, set)) in LOW_ORDER.iter().zip(tails) {
            for tail in [clear, set] {
                let text = format!("{start}{}", &tail[tail.len() - 9..]);
                assert!(text.parse::<x25519::Recipient>().is_ok(), "{text}");
                assert_eq!(Recipient::parse(&text), Err(RecipientError::Weak), "{text}");
            }
        }
    }

    #[test]
    fn a_list_has_each_once_and_at_least_one() {
        let alice = Recipient::parse(ALICE).unwrap();
        let list = Recipients::new([alice.clone(), alice.clone()]).unwrap();
        assert_eq!(list.iter().collect::<Vec<_>>(), [&alice]);
        assert_eq!(Recipients::new([]), Err(RecipientError::Empty));
    }
}
