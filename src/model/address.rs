//! Mail addresses and domains, in the subset that docker-mailserver, Dovecot and Postfix all read alike.
//!
//! Lower case and ASCII throughout: a mixed-case account can never log in, and two keys that differ in case alone make a
//! whole Postfix table unavailable. The characters allowed are those that mean nothing in any of the rendered files.

use std::{fmt, str::FromStr};

/// Why a text is not an address or a domain, with what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is no `@`, or more than one.
    #[error("an address is `name@domain`, with one `@`")]
    At,
    /// Upper-case letters.
    #[error("write it in lower case: docker-mailserver looks addresses up in lower case only")]
    UpperCase,
    /// A character that means something else in one of the files.
    #[error("{0:?} may not stand in it: only {1} may")]
    Character(char, &'static str),
    /// Starts or ends with punctuation, or has two dots in a row.
    #[error("the name must start and end with a letter or digit, without two dots in a row")]
    Shape,
    /// Not a host name of two or more labels (RFC 1123 §2.1).
    #[error("the domain must be two or more labels of lower-case letters, digits and inner `-`, such as `example.org`")]
    Domain,
    /// Over 64 bytes of name or 254 of address (RFC 5321 §4.5.3.1).
    #[error("it is too long: at most 64 characters before the `@` and 254 in all")]
    Length,
}

/// A mail domain, lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(Box<str>);

impl Domain {
    /// Takes a host name of two or more labels (RFC 1123 §2.1), lower case.
    ///
    /// # Errors
    /// [`AddressError`] when it is anything else.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        check_domain(text)?;
        Ok(Self(text.into()))
    }

    /// The domain as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Domain {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// `name@domain`, lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    text: Box<str>,
    at: u8,
}

/// What may stand before the `@`, by what the address is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Local {
    Mailbox,
    Alias,
    External,
}

impl Local {
    const fn allows(self, byte: u8) -> bool {
        byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'.' | b'_' | b'-')
            || match self {
                Self::Mailbox => false,
                Self::Alias => byte == b'+',
                Self::External => matches!(byte, b'+' | b'=' | b'~' | b'\'' | b'&' | b'/'),
            }
    }

    const fn allowed(self) -> &'static str {
        match self {
            Self::Mailbox => "lower-case letters, digits, `.`, `_` and `-`",
            Self::Alias => "lower-case letters, digits, `.`, `_`, `-` and `+`",
            Self::External => "lower-case letters, digits, `.`, `_`, `-`, `+`, `=`, `~`, `'`, `&` and `/`",
        }
    }
}

impl Address {
    /// An address that can be a mailbox: `[a-z0-9._-]` before the `@`. A `+` would be taken for a sub-address.
    ///
    /// # Errors
    /// [`AddressError`], the first fault found.
    pub fn mailbox(text: &str) -> Result<Self, AddressError> {
        Self::parse(text, Local::Mailbox)
    }

    /// An address that can be an alias or the target of one: a mailbox's characters and `+`.
    ///
    /// # Errors
    /// [`AddressError`], the first fault found.
    pub fn alias(text: &str) -> Result<Self, AddressError> {
        Self::parse(text, Local::Alias)
    }

    /// An address elsewhere, which mail may be forwarded to.
    ///
    /// # Errors
    /// [`AddressError`], the first fault found.
    pub fn external(text: &str) -> Result<Self, AddressError> {
        Self::parse(text, Local::External)
    }

    fn parse(text: &str, kind: Local) -> Result<Self, AddressError> {
        let (local, domain) = text.split_once('@').ok_or(AddressError::At)?;
        if domain.contains('@') {
            return Err(AddressError::At);
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(AddressError::UpperCase);
        }
        if let Some(bad) = local.chars().find(|c| !c.is_ascii() || !kind.allows(*c as u8)) {
            return Err(AddressError::Character(bad, kind.allowed()));
        }
        let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        if !edge(local.as_bytes().first()) || !edge(local.as_bytes().last()) || local.contains("..") {
            return Err(AddressError::Shape);
        }
        let at = u8::try_from(local.len())
            .ok()
            .filter(|at| *at <= 64)
            .ok_or(AddressError::Length)?;
        if text.len() > 254 {
            return Err(AddressError::Length);
        }
        check_domain(domain)?;
        Ok(Self { text: text.into(), at })
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.text[..usize::from(self.at)]
    }

    /// What stands behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.text[usize::from(self.at) + 1..]
    }

    /// The same address without `+tag` (RFC 5233): Postfix and Dovecot deliver a tagged address like the plain one.
    #[must_use]
    pub fn without_tag(&self) -> Self {
        match self.local().split_once('+') {
            Some((name, _)) if !name.is_empty() => {
                let text = format!("{name}@{}", self.domain());
                Self {
                    at: u8::try_from(name.len()).unwrap_or(self.at),
                    text: text.into(),
                }
            }
            _ => self.clone(),
        }
    }
}

fn check_domain(text: &str) -> Result<(), AddressError> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(AddressError::UpperCase);
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels = text.split('.').count();
    let numeric = text
        .rsplit('.')
        .next()
        .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if labels < 2 || numeric || text.len() > 253 || !text.split('.').all(label) {
        return Err(AddressError::Domain);
    }
    Ok(())
}

impl std::borrow::Borrow<str> for Address {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::alias(text)
    }
}

macro_rules! show {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }
    )*};
}
show!(Address, Domain);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_by_use() {
        // text, mailbox, alias, external
        let table = [
            ("alice@example.org", true, true, true),
            ("a.b-c_d@mail.example.org", true, true, true),
            ("alice+tag@example.org", false, true, true),
            ("prvs=x@example.org", false, false, true),
            ("alice", false, false, false),
            ("alice@", false, false, false),
            ("@example.org", false, false, false),
            ("a@b@example.org", false, false, false),
            ("Alice@example.org", false, false, false),
            ("alice@Example.org", false, false, false),
            ("alice@example", false, false, false),
            ("alice@127.0.0.1", false, false, false),
            ("alice@-x.org", false, false, false),
            (".alice@example.org", false, false, false),
            ("a..b@example.org", false, false, false),
            ("al ice@example.org", false, false, false),
            ("alice@example.org\n", false, false, false),
            ("al\tice@example.org", false, false, false),
            ("al|ice@example.org", false, false, false),
            ("al:ice@example.org", false, false, false),
            ("#alice@example.org", false, false, false),
            ("al*ice@example.org", false, false, false),
            ("al,ice@example.org", false, false, false),
            ("al%ice@example.org", false, false, false),
            ("../x@example.org", false, false, false),
            ("\u{430}lice@example.org", false, false, false),
        ];
        for (text, mailbox, alias, external) in table {
            assert_eq!(Address::mailbox(text).is_ok(), mailbox, "{text:?} as mailbox");
            assert_eq!(Address::alias(text).is_ok(), alias, "{text:?} as alias");
            assert_eq!(Address::external(text).is_ok(), external, "{text:?} as external");
        }
    }

    #[test]
    fn parts_and_tag() {
        let address = Address::alias("alice+x+y@example.org").unwrap();
        assert_eq!((address.local(), address.domain()), ("alice+x+y", "example.org"));
        assert_eq!(address.without_tag(), Address::mailbox("alice@example.org").unwrap());
    }

    #[test]
    fn lengths_are_those_of_rfc_5321() {
        assert!(Address::mailbox(&format!("{}@example.org", "a".repeat(64))).is_ok());
        assert_eq!(
            Address::mailbox(&format!("{}@example.org", "a".repeat(65))),
            Err(AddressError::Length)
        );
        assert_eq!(
            Address::mailbox(&format!("{}@example.org", "a".repeat(300))),
            Err(AddressError::Length)
        );
    }
}
