//! The text of a sealed value, as it stands in the repository.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::digest::{self, Digest};

/// Format and its version; what follows is the counter.
const PREFIX: &str = "age:1:";
/// `age-encryption.org/v1`, the first line of every age file, in base64: 21 bytes, so no character depends on what follows.
const AGE_MAGIC: &str = "YWdlLWVuY3J5cHRpb24ub3JnL3Yx";
/// The longest text that is read: a private key for a dozen recipients has a tenth of it. In bytes.
const MAX_LENGTH: usize = 128 * 1024;

/// A sealed value: `age:1:<n>:<base64>`, with the change counter `n` in clear and a binary age file in standard base64.
///
/// Reading one checks its shape but decrypts and decodes nothing, so a hundred thousand of them load quickly. Whoever only
/// compares can let go of the ciphertext, which is nearly all of its size: see [`Sealed::without_ciphertext`].
///
/// ```
/// use dockspace::seal::Sealed;
///
/// let fault = Sealed::parse("age:1:01:YWdl").unwrap_err();
/// assert_eq!(fault.to_string(), "the counter of this sealed value is not a plain decimal number");
/// ```
#[derive(Clone)]
pub struct Sealed {
    digest: Digest,
    counter: u64,
    text: Option<Box<str>>,
}

impl PartialEq for Sealed {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Sealed {}

/// Why a text is not a sealed value. Shows nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// It doesn't start with `age:`.
    #[error("this is not a sealed value: one starts with `age:1:`")]
    NotSealed,
    /// It starts with `age:` and another version than 1.
    #[error("this sealed value has a format version this program does not know")]
    UnknownVersion,
    /// The part between the second and third colon is not a `u64` in plain decimal.
    #[error("the counter of this sealed value is not a plain decimal number")]
    Counter,
    /// The last part is not canonical base64 (RFC 4648 section 4, with padding).
    #[error("the last part of this sealed value is not standard base64 with padding")]
    Base64,
    /// The base64 doesn't start with the first line of an age file.
    #[error("the last part of this sealed value is not a binary age file")]
    NotAge,
    /// Longer than 128 KiB.
    #[error("this sealed value is longer than 128 KiB")]
    TooLong,
}

impl ParseError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::NotSealed => "let `dockspace` seal it (`user passwd`, `user totp`); never commit a secret in clear",
            Self::UnknownVersion => "use the program version that wrote it, or set the value again",
            Self::Counter | Self::Base64 | Self::TooLong => {
                "take the line from the last good commit, or set the value again"
            }
            Self::NotAge => "use age's binary output, not `--armor`, and `base64 -w0`",
        }
    }
}

impl Sealed {
    /// Reads `age:1:<n>:<base64>`.
    ///
    /// # Errors
    /// A [`ParseError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_LENGTH {
            return Err(ParseError::TooLong);
        }
        if !text.starts_with("age:") {
            return Err(ParseError::NotSealed);
        }
        let rest = text.strip_prefix(PREFIX).ok_or(ParseError::UnknownVersion)?;
        let (counter, body) = rest.split_once(':').ok_or(ParseError::Counter)?;
        let counter = check_counter(counter)?;
        check_base64(body)?;
        if !body.starts_with(AGE_MAGIC) {
            return Err(ParseError::NotAge);
        }
        Ok(Self {
            digest: digest::sha256(text.as_bytes()),
            counter,
            text: Some(text.into()),
        })
    }

    /// The same value, to be compared but not opened any more.
    #[must_use]
    pub fn without_ciphertext(self) -> Self {
        Self { text: None, ..self }
    }

    /// Puts the text together and reads it, so that what is written can be read.
    pub(super) fn from_ciphertext(n: u64, ciphertext: &[u8]) -> Result<Self, ParseError> {
        Self::parse(&format!("{PREFIX}{n}:{}", STANDARD.encode(ciphertext)))
    }

    /// The text as it stands in the repository; empty without the ciphertext.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// The change counter: grows by one with every new value.
    #[must_use]
    pub const fn counter(&self) -> u64 {
        self.counter
    }

    /// SHA-256 of the whole text. Sealing is randomised, so it tells two sealings of one value apart and says nothing about the
    /// value; it covers the counter, so a counter edited by hand counts as a change.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The binary age file.
    pub(super) fn ciphertext(&self) -> Result<Vec<u8>, ParseError> {
        let (_, body) = self.as_str().rsplit_once(':').unwrap_or_default();
        STANDARD.decode(body).map_err(|_| ParseError::Base64)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}:…", self.counter)
    }
}

fn check_counter(text: &str) -> Result<u64, ParseError> {
    let plain = text == "0" || (text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0'));
    match text.parse() {
        Ok(counter) if plain => Ok(counter),
        _ => Err(ParseError::Counter),
    }
}

/// Alphabet, length and the last group, which alone may hold padding. That is all there is to canonical base64.
fn check_base64(text: &str) -> Result<(), ParseError> {
    let (groups, last) = text
        .len()
        .checked_sub(4)
        .and_then(|at| text.split_at_checked(at))
        .ok_or(ParseError::Base64)?;
    // Without a way out of the loop, the compiler looks at many bytes at once.
    let alphabet = |byte: u8| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/');
    let is_plain = groups.bytes().fold(true, |all, byte| all & alphabet(byte));
    if groups.len().is_multiple_of(4) && is_plain && STANDARD.decode(last).is_ok() {
        Ok(())
    } else {
        Err(ParseError::Base64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with_body(body: &str) -> String {
        format!("age:1:7:{body}")
    }

    #[test]
    fn it_reads_what_it_wrote_and_nothing_else() {
        let good = format!("{AGE_MAGIC}Cg==");
        let sealed = Sealed::parse(&with_body(&good)).unwrap();
        assert_eq!(sealed.counter(), 7);
        assert_eq!(sealed.as_str(), with_body(&good));
        assert_eq!(sealed.ciphertext().unwrap(), b"age-encryption.org/v1\n");
        assert_eq!(format!("{sealed:?}"), "age:1:7:…");

        let check = |text: &str, expect| assert_eq!(Sealed::parse(text).unwrap_err(), expect, "{text}");
        check("", ParseError::NotSealed);
        check("hunter2", ParseError::NotSealed);
        check(&format!(" age:1:7:{good}"), ParseError::NotSealed);
        check(&format!("age:2:7:{good}"), ParseError::UnknownVersion);
        check("age:1", ParseError::UnknownVersion);
        check("age:1:7", ParseError::Counter);
        for counter in ["", "07", "00", "+7", "-7", "7 ", "0x7", "٧", "18446744073709551616"] {
            check(&format!("age:1:{counter}:{good}"), ParseError::Counter);
        }
        for body in [
            "",
            "YWd",
            "YWdlL",
            "Cg==YWdl",
            "YWdlCg=",
            "YWdlCh==",
            "YWdlC===",
            "YWdl====",
            "YWdl\nCg==",
            "YW-_",
            "YWdé",
            "YWdéxx",
        ] {
            check(&with_body(body), ParseError::Base64);
        }
        check(&with_body("YWdlCg=="), ParseError::NotAge);
        check(&with_body(&"A".repeat(MAX_LENGTH)), ParseError::TooLong);
    }

    #[test]
    fn counters_span_all_of_u64() {
        for n in [0, 1, 10, u64::MAX] {
            let sealed = Sealed::from_ciphertext(n, b"age-encryption.org/v1\n").unwrap();
            assert_eq!(sealed.counter(), n);
        }
    }

    #[test]
    fn the_digest_covers_the_counter() {
        let seal = |n| Sealed::from_ciphertext(n, b"age-encryption.org/v1\n").unwrap().digest();
        assert_eq!(seal(1), seal(1));
        assert_ne!(seal(1), seal(2));
    }

    proptest! {
        #[test]
        fn the_cheap_base64_check_says_what_a_real_decoder_says(text in "[A-Za-d0-1+/=\\-é]{0,13}") {
            let whole = !text.is_empty() && STANDARD.decode(&text).is_ok();
            prop_assert_eq!(check_base64(&text).is_ok(), whole);
        }
    }
}
