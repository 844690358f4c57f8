//! What a record is found by: a random secret that its holder presents, or a name. The store keeps the SHA-256 alone.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::ZeroizeOnDrop;

use crate::digest::sha256;
use crate::random;

/// 256 random bits that open something: a session, a code, a token. It has no `Display` and its `Debug` shows nothing; whoever
/// sends it says so with [`Token::expose`].
#[derive(Clone, ZeroizeOnDrop)]
pub struct Token([u8; 32]);

impl Token {
    /// A fresh one.
    ///
    /// # Errors
    /// [`random::Unavailable`] when the operating system has no randomness to give.
    pub fn random() -> Result<Self, random::Unavailable> {
        random::bytes().map(Self)
    }

    /// The token of these bytes, which must be as hard to guess: they come from another token and a key derivation.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads what a client presents: 43 characters of base64url without padding (RFC 4648 §5). `None` for anything else, so
    /// that rubbish never reaches the store.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // Decoding in place needs a little more room than 32 bytes while it runs.
        let mut bytes = zeroize::Zeroizing::new([0; 36]);
        let length = URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()).ok()?;
        bytes[..length].try_into().ok().map(Self)
    }

    /// The text that is sent to its holder; [`Token::parse`] reads it back.
    #[must_use]
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The raw bytes, for a key derived from the token.
    #[must_use]
    pub const fn expose_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the store finds its record by.
    #[must_use]
    pub fn key(&self) -> Key {
        Key(*sha256(&self.0).as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Where a record stands within its kind: a SHA-256. It can't be turned back into the [`Token`] it is of, but one of a name
/// that can be guessed is not shown either.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub(super) [u8; 32]);

impl Key {
    /// The key of something that has a name of several parts, such as the consent of a user to a client. `["a", "bc"]` and
    /// `["ab", "c"]` differ.
    #[must_use]
    pub fn of_name(parts: &[&str]) -> Self {
        let mut name = Vec::new();
        for part in parts {
            name.extend_from_slice(&(part.len() as u64).to_be_bytes());
            name.extend_from_slice(part.as_bytes());
        }
        Self(*sha256(&name).as_bytes())
    }

    /// As text that can stand in a payload: 43 characters of base64url.
    #[must_use]
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads [`Key::to_text`].
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Some(Self(Token::parse(text)?.0))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl serde::Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| serde::de::Error::custom("not a key of the store"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_keeps_its_key() {
        let token = Token::random().unwrap();
        let text = token.expose();
        assert_eq!(text.len(), 43);
        assert_eq!(Token::parse(&text).unwrap().key(), token.key());
    }

    #[test]
    fn rubbish_is_no_token() {
        let good = Token([7; 32]).expose();
        let longer = format!("{good}A");
        let padded = format!("{good}=");
        let last_bits_set = format!("{}d", &good[..42]);
        for text in [
            "",
            "AAAA",
            &good[1..],
            &longer,
            &padded,
            &last_bits_set,
            &"+".repeat(43),
            &"é".repeat(43),
            &"A".repeat(9999),
        ] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn neither_shows_what_it_holds() {
        let token = Token([7; 32]);
        assert_eq!(format!("{token:?} {:?}", token.key()), "Token(…) Key(…)");
    }

    #[test]
    fn the_parts_of_a_name_stay_apart() {
        let all = [
            Key::of_name(&["a", "bc"]),
            Key::of_name(&["ab", "c"]),
            Key::of_name(&["abc"]),
            Key::of_name(&["abc", ""]),
            Key::of_name(&[]),
        ];
        for (at, key) in all.iter().enumerate() {
            assert!(!all[..at].contains(key));
        }
    }

    #[test]
    fn a_key_stands_in_a_payload() {
        let key = Key::of_name(&["session"]);
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<Key>(&json).unwrap(), key);
        assert!(serde_json::from_str::<Key>("\"short\"").is_err());
    }
}
