//! Names and ids: newtypes that can only hold what their grammar allows.

use std::{borrow::Borrow, fmt};

/// A name that its grammar refuses; says what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {grammar}")]
pub struct NameError {
    what: &'static str,
    grammar: &'static str,
}

/// What a kind of name may look like.
struct Grammar {
    what: &'static str,
    text: &'static str,
    length: std::ops::RangeInclusive<usize>,
    first: fn(u8) -> bool,
    rest: fn(u8) -> bool,
}

impl Grammar {
    fn check(&self, text: &str) -> Result<(), NameError> {
        let fits = self.length.contains(&text.len())
            && text
                .bytes()
                .enumerate()
                .all(|(i, byte)| if i == 0 { (self.first)(byte) } else { (self.rest)(byte) });
        if fits {
            Ok(())
        } else {
            Err(NameError {
                what: self.what,
                grammar: self.text,
            })
        }
    }
}

const fn lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

const fn lower_rest(byte: u8) -> bool {
    lower(byte) || matches!(byte, b'.' | b'_' | b'-')
}

const fn alnum(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

const fn alnum_rest(byte: u8) -> bool {
    alnum(byte) || matches!(byte, b'.' | b'_' | b'-')
}

const fn id_rest(byte: u8) -> bool {
    alnum_rest(byte) || byte == b':'
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $what:literal, $text:literal, $length:expr, $first:expr, $rest:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            const GRAMMAR: Grammar =
                Grammar { what: $what, text: $text, length: $length, first: $first, rest: $rest };

            /// Takes `text` if the grammar allows it.
            ///
            /// # Errors
            /// [`NameError`], which says what is allowed.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                Self::GRAMMAR.check(text)?;
                Ok(Self(text.into()))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

names! {
    /// A person's lasting identifier: the `sub` of OpenID Connect (Core §2), byte for byte. Never reused.
    UserId = "an id", "1 to 128 letters, digits, `.`, `_`, `:` or `-`, starting with a letter or digit", 1..=128, alnum, id_rest;
    /// The name a person signs in with: `preferred_username`.
    UserName = "a username", "2 to 64 lower-case letters, digits, `.`, `_` or `-`, starting with a letter or digit", 2..=64, lower, lower_rest;
    /// A person's account at the forge that keeps the repository: GitHub, GitLab or Forgejo.
    ForgeAccount = "an account at a forge", "1 to 64 letters, digits, `.`, `_` or `-`, starting with a letter or digit, without `@`", 1..=64, alnum, alnum_rest;
    /// A group: the name of its file in `groups/`.
    GroupName = "a group name", "1 to 64 lower-case letters, digits, `.`, `_` or `-`, starting with a letter or digit", 1..=64, lower, lower_rest;
    /// An OpenID Connect client: its `client_id` and the name of its file in `clients/`.
    ClientId = "a client id", "1 to 128 letters, digits, `.`, `_` or `-`, starting with a letter or digit", 1..=128, alnum, alnum_rest;
    /// A signing key: its `kid` (RFC 7517 §4.5) and the name of its file in `keys/`.
    KeyId = "a key id", "1 to 64 letters, digits, `.`, `_` or `-`, starting with a letter or digit", 1..=64, alnum, alnum_rest;
    /// A target: the key of its table in `dockspace.toml`.
    TargetName = "a target name", "1 to 32 lower-case letters, digits, `.`, `_` or `-`, starting with a letter or digit", 1..=32, lower, lower_rest;
    /// A service a person may use: `mail`, `login`, or an entitlement of one's own.
    Service = "a service", "1 to 32 lower-case letters, digits, `.`, `_` or `-`, starting with a letter or digit", 1..=32, lower, lower_rest;
    /// A quota class: the key in `[quota_classes]`.
    QuotaClass = "a quota class", "1 to 32 lower-case letters, digits, `.`, `_` or `-`, starting with a letter or digit", 1..=32, lower, lower_rest;
    /// A rule of the organisation: the key of its table in `[policy.rules]`.
    RuleName = "the name of a rule", "1 to 32 lower-case letters, digits, `.`, `_` or `-`, starting with a letter or digit", 1..=32, lower, lower_rest;
    /// A Dovecot master user, and a local name in the system aliases: no `@`, `*` or `:`, which mean something there.
    LocalName = "a local name", "1 to 64 lower-case letters, digits, `.`, `_` or `-`, starting with a letter or digit", 1..=64, lower, lower_rest;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_their_grammar() {
        for good in ["al", "a.b-c_d", "0x", &"a".repeat(64)] {
            assert_eq!(UserName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a", "-a", "Al", "a b", "a\n", "é1", "a|b", "a:b", &"a".repeat(65)] {
            assert!(UserName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(UserId::parse("0193c6f4-5c1e-7000-8000-000000000001").is_ok());
        assert!(UserId::parse("auth0:17").is_ok());
        assert!(UserId::parse("a/b").is_err());
    }

    #[test]
    fn the_error_says_what_is_allowed() {
        let error = GroupName::parse("A B").unwrap_err().to_string();
        assert!(
            error.starts_with("a group name must be 1 to 64 lower-case letters"),
            "{error}"
        );
    }
}
