//! Recovery codes: for the day the authenticator app is lost.
//!
//! Ten codes of 80 bits, shown once and never again. What is sealed as `recovery_codes` is the SHA-256 of each, one a line in hex:
//! enough for random codes of that length, where a password would need a slow hash. A code is good once: the caller takes the
//! digest that [`RecoveryCodes::find`] returns in the store.
//!
//! ```
//! use dockspace::auth::recovery::RecoveryCodes;
//!
//! let (shown, kept) = RecoveryCodes::generate().unwrap();
//! let read = RecoveryCodes::parse(&kept.to_text()).unwrap();
//! assert!(read.find(&shown[3].expose().to_uppercase()).is_some());
//! assert!(read.find("0000-0000-0000-0000").is_none());
//! ```

use zeroize::Zeroizing;

use crate::digest::{self, Digest};
use crate::random;
use crate::seal::Secret;

/// How many codes there are.
const CODES: usize = 10;
/// Random bytes in one: 80 bits.
const BYTES: usize = 10;
/// Characters in one, without hyphens.
const LENGTH: usize = 16;
/// Crockford's base32: no letter that looks like a digit, and no `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The kept text isn't a list of digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recovery codes are not a list of SHA-256 digests in hex, one a line")]
pub struct NotDigests;

impl NotDigests {
    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        "make new recovery codes"
    }
}

/// What is kept of somebody's recovery codes: their digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryCodes(Vec<Digest>);

impl RecoveryCodes {
    /// New codes, as they are shown to the person (`7k3m-…`, four groups of four), and what is kept of them.
    ///
    /// # Errors
    /// [`random::Unavailable`].
    pub fn generate() -> Result<(Vec<Secret<String>>, Self), random::Unavailable> {
        let mut shown = Vec::with_capacity(CODES);
        for _ in 0..CODES {
            shown.push(code(random::bytes::<BYTES>()?));
        }
        let digests = shown.iter().filter_map(|code| digest_of(code.expose())).collect();
        Ok((shown, Self(digests)))
    }

    /// Reads what [`Self::to_text`] wrote.
    ///
    /// # Errors
    /// [`NotDigests`].
    pub fn parse(text: &Secret<String>) -> Result<Self, NotDigests> {
        let digests: Option<Vec<_>> = text.expose().lines().map(Digest::from_hex).collect();
        digests
            .filter(|digests| !digests.is_empty())
            .map(Self)
            .ok_or(NotDigests)
    }

    /// The text that is sealed: one digest a line.
    #[must_use]
    pub fn to_text(&self) -> Secret<String> {
        let lines: Vec<_> = self.0.iter().map(Digest::to_string).collect();
        Secret::new(lines.join("\n"))
    }

    /// The digest of the code that was typed, if it is one of these. Case, blanks and hyphens don't matter, `o` is read as `0`,
    /// `i` and `l` as `1`.
    #[must_use]
    pub fn find(&self, typed: &str) -> Option<Digest> {
        let typed = digest_of(typed)?;
        let same = |kept: &&Digest| digest::equal(kept.as_bytes(), typed.as_bytes());
        self.0.iter().find(same).copied()
    }
}

fn code(bytes: [u8; BYTES]) -> Secret<String> {
    let number = bytes
        .iter()
        .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let mut text = String::with_capacity(LENGTH + 3);
    for at in 0..LENGTH {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        let digit = (number >> (5 * (LENGTH - 1 - at)) & 31) as usize;
        text.push(char::from(ALPHABET[digit]));
    }
    Secret::new(text)
}

/// The digest of a code in its plain form; `None` for what can't be one.
fn digest_of(typed: &str) -> Option<Digest> {
    let mut plain = Zeroizing::new(String::with_capacity(LENGTH));
    for c in typed.chars().filter(|c| *c != '-' && !c.is_whitespace()) {
        let c = match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        };
        let known = u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte));
        if !known || plain.len() == LENGTH {
            return None;
        }
        plain.push(c);
    }
    (plain.len() == LENGTH).then(|| digest::sha256(plain.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_groups_of_an_alphabet_without_lookalikes() {
        assert_eq!(code([0; BYTES]).expose(), "0000-0000-0000-0000");
        assert_eq!(code([0xff; BYTES]).expose(), "zzzz-zzzz-zzzz-zzzz");
        assert_eq!(code([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).expose(), "000g-40r4-0m30-e209");
    }

    #[test]
    fn ten_different_codes_are_made_and_none_is_kept() {
        let (shown, kept) = RecoveryCodes::generate().unwrap();
        let different: BTreeSet<_> = shown.iter().map(|code| code.expose().clone()).collect();
        assert_eq!(different.len(), 10);
        let text = kept.to_text();
        assert_eq!(text.expose().lines().count(), 10);
        for code in &shown {
            assert_eq!(code.expose().len(), 19);
            assert!(!text.expose().contains(&code.expose().replace('-', "")));
        }
        assert_eq!(RecoveryCodes::parse(&text), Ok(kept));
    }

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let kept = RecoveryCodes(vec![
            digest::sha256(b"000g40r40m30e209"),
            digest::sha256(b"1111111111111111"),
        ]);
        let check = |typed: &str, expect: bool| assert_eq!(kept.find(typed).is_some(), expect, "{typed:?}");
        check("000g-40r4-0m30-e209", true);
        check("000G40R40M30E209", true);
        check(" ooog 40r4 Om3o e209\n", true);
        check("ilIL-1111-1111-1111", true);
        check("000g-40r4-0m30-e208", false);
        check("000g-40r4-0m30-e20", false);
        check("000g-40r4-0m30-e2099", false);
        check("000g-40r4-0m30-e20ü", false);
        check("", false);
    }

    #[test]
    fn each_code_has_its_own_digest_to_be_taken() {
        let (shown, kept) = RecoveryCodes::generate().unwrap();
        let digests: BTreeSet<_> = shown.iter().filter_map(|code| kept.find(code.expose())).collect();
        assert_eq!(digests.len(), 10);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "x", "000g-40r4-0m30-e209", &format!("{}\n\n", digest::sha256(b""))] {
            assert_eq!(RecoveryCodes::parse(&text.into()), Err(NotDigests), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_make_a_code_that_is_recognised(bytes in any::<[u8; BYTES]>()) {
            let code = code(bytes);
            let plain = code.expose().replace('-', "");
            prop_assert_eq!(digest_of(code.expose()), Some(digest::sha256(plain.as_bytes())));
        }
    }
}
