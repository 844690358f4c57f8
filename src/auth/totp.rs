//! One-time codes of an authenticator app (RFC 6238).
//!
//! What is sealed as `totp` is the whole `otpauth://totp/…` URI: it says which algorithm, how many digits and how many seconds, so
//! that secrets of other systems come over as they are. Issuer and account in it are labels for the app and mean nothing here.
//!
//! A code is good once. [`Totp::check`] says which step it belongs to; the caller takes that step in the store, and whoever comes
//! second with it is refused.
//!
//! ```
//! use dockspace::auth::totp::Totp;
//!
//! let totp = Totp::generate("Example", "alice@example.org").unwrap();
//! let read = Totp::parse(&totp.uri()).unwrap();
//! assert_eq!(read.check("12345", jiff::Timestamp::UNIX_EPOCH), None);
//! ```

use std::fmt;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use totp_rs::Builder;

use crate::random;
use crate::seal::Secret;

/// Length of a new secret in bytes: 160 bits, as RFC 4226 section 4 recommends.
const SECRET: usize = 20;
/// Seconds a code is shown for; nearly everybody uses 30.
const PERIOD: RangeInclusive<u64> = 15..=120;
/// Codes of that many steps before and after the current one are taken (RFC 6238 section 5.2).
const SKEW: u16 = 1;

/// Why there is no TOTP secret.
#[derive(Debug, thiserror::Error)]
pub enum TotpError {
    /// Not an `otpauth://totp/…` URI with a secret of at least 128 bits, 6 to 8 digits and 15 to 120 seconds.
    #[error("this is not a usable otpauth://totp/ URI")]
    Uri,
    /// Issuer or account is empty.
    #[error("an authenticator app needs a name for the organisation and the account")]
    Label,
    /// No secret to be had.
    #[error(transparent)]
    Random(#[from] random::Unavailable),
}

impl TotpError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Uri => "set the second factor up again: `dockspace user totp`",
            Self::Label => "set `[organisation] name` in dockspace.toml",
            Self::Random(_) => "check the operating system's random source",
        }
    }
}

/// The number of a time step since 1970: what is taken when a code has been used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(pub u64);

/// A shared secret with the way codes are made from it.
pub struct Totp(totp_rs::Totp);

impl Totp {
    /// A new secret: SHA-1, six digits, thirty seconds, which every app can do. A `:` in the labels is left out, because
    /// the URI separates them by one.
    ///
    /// # Errors
    /// [`TotpError::Label`] for an empty label, [`TotpError::Random`] when there is no randomness.
    pub fn generate(issuer: &str, account: &str) -> Result<Self, TotpError> {
        let label = |text: &str| text.replace(':', "").trim().to_owned();
        let (issuer, account) = (label(issuer), label(account));
        if issuer.is_empty() || account.is_empty() {
            return Err(TotpError::Label);
        }
        Builder::new()
            .with_skew(SKEW)
            .with_secret(random::bytes::<SECRET>()?)
            .with_issuer(Some(issuer))
            .with_account_name(account)
            .build()
            .map(Self)
            .map_err(|_| TotpError::Label)
    }

    /// Reads the URI.
    ///
    /// # Errors
    /// [`TotpError::Uri`] for anything that makes no codes, or codes that protect little.
    pub fn parse(uri: &Secret<String>) -> Result<Self, TotpError> {
        let totp = totp_rs::Totp::from_url(uri.expose()).map_err(|_| TotpError::Uri)?;
        if !PERIOD.contains(&totp.step()) || totp.skew() != SKEW || totp.account_name().is_empty() {
            return Err(TotpError::Uri);
        }
        Ok(Self(totp))
    }

    /// The URI: what is sealed, and what the QR code holds.
    #[must_use]
    pub fn uri(&self) -> Secret<String> {
        // Fails for an empty account alone, and there is none.
        Secret::new(self.0.to_url().unwrap_or_default())
    }

    /// The bare secret in base32, for those who type it.
    #[must_use]
    pub fn secret(&self) -> Secret<String> {
        Secret::new(self.0.secret().to_base32())
    }

    /// The step that `code` belongs to, when it is the code of now, of the step before or of the step after. Blanks are ignored:
    /// apps show them.
    #[must_use]
    pub fn check(&self, code: &str, now: Timestamp) -> Option<Step> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let now = u64::try_from(now.as_second()).ok()?;
        self.0.check(&code, now).map(Step)
    }

    /// The code of `now`, as the app shows it: what a command for test users prints.
    #[must_use]
    pub fn code(&self, now: Timestamp) -> Secret<String> {
        let now = u64::try_from(now.as_second()).unwrap_or_default();
        Secret::new(self.0.generate(now).to_string())
    }
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Totp(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `12345678901234567890` and its longer forms, the secrets of RFC 6238 appendix B, in base32.
    const SHA1: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    const SHA256: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA";
    const SHA512: &str =
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA";

    fn parse(query: &str) -> Result<Totp, TotpError> {
        Totp::parse(&Secret::new(format!("otpauth://totp/Example:alice?{query}")))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        let check = |algorithm: &str, secret: &str, second: i64, code: &str| {
            let totp = parse(&format!("secret={secret}&algorithm={algorithm}&digits=8")).unwrap();
            assert_eq!(totp.code(at(second)).expose(), code, "{algorithm} {second}");
            let step = u64::try_from(second / 30).unwrap();
            assert_eq!(totp.check(code, at(second)), Some(Step(step)), "{algorithm} {second}");
        };
        for (second, sha1, sha256, sha512) in [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ] {
            check("SHA1", SHA1, second, sha1);
            check("SHA256", SHA256, second, sha256);
            check("SHA512", SHA512, second, sha512);
        }
    }

    #[test]
    fn a_code_is_good_for_one_step_before_and_after() {
        let totp = parse(&format!("secret={SHA1}")).unwrap();
        let code = totp.code(at(3000));
        let step = |second| totp.check(code.expose(), at(second));
        for second in [2970, 2999, 3000, 3029, 3030, 3059] {
            assert_eq!(step(second), Some(Step(100)), "{second}");
        }
        for second in [2969, 3060, 0, -3000] {
            assert_eq!(step(second), None, "{second}");
        }
    }

    #[test]
    fn codes_may_be_grouped_but_must_be_complete() {
        let totp = parse(&format!("secret={SHA1}")).unwrap();
        let code = totp.code(at(59)).expose().clone();
        assert_eq!(code, "287082");
        assert_eq!(totp.check(" 287 082\n", at(59)), Some(Step(1)));
        for wrong in [
            "",
            "x",
            "28708",
            "2870820",
            "+87082",
            "28708x",
            "２８７０８２",
            "94287082",
        ] {
            assert_eq!(totp.check(wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn a_new_secret_is_what_every_app_can_do() {
        let totp = Totp::generate("Example: Ltd", "alice@example.org").unwrap();
        let uri = totp.uri();
        let secret = totp.secret();
        assert_eq!(secret.expose().len(), 32);
        assert_eq!(
            uri.expose().replace(secret.expose(), "SECRET"),
            "otpauth://totp/Example%20Ltd:alice%40example.org?secret=SECRET&issuer=Example%20Ltd"
        );
        assert_ne!(Totp::generate("a", "b").unwrap().secret(), secret);
        assert!(matches!(Totp::generate(" : ", "b"), Err(TotpError::Label)));
        assert!(matches!(Totp::generate("a", ""), Err(TotpError::Label)));
        assert_eq!(format!("{totp:?}"), "Totp(…)");
    }

    #[test]
    fn other_uris_are_refused() {
        for query in [
            "",
            "secret=",
            "secret=GEZDGNBV",
            "secret=0189",
            &format!("secret={SHA1}&digits=5"),
            &format!("secret={SHA1}&digits=9"),
            &format!("secret={SHA1}&period=0"),
            &format!("secret={SHA1}&period=121"),
            &format!("secret={SHA1}&period=18446744073709551615"),
            &format!("secret={SHA1}&algorithm=MD5"),
            &format!("secret={SHA1}&issuer=Other"),
        ] {
            assert!(matches!(parse(query), Err(TotpError::Uri)), "{query}");
        }
        for uri in [
            SHA1,
            &format!("otpauth://hotp/alice?secret={SHA1}&counter=1"),
            &format!("https://totp/alice?secret={SHA1}"),
            &format!("otpauth://totp/?secret={SHA1}"),
        ] {
            assert!(matches!(Totp::parse(&uri.into()), Err(TotpError::Uri)), "{uri}");
        }
    }

    proptest! {
        #[test]
        fn what_was_generated_reads_back(issuer in ".{0,30}[a-z]", account in "[a-z].{0,30}", second in 0..4_000_000_000_i64) {
            let totp = Totp::generate(&issuer, &account).unwrap();
            let read = Totp::parse(&totp.uri()).unwrap();
            prop_assert_eq!(read.uri(), totp.uri());
            let code = totp.code(at(second));
            prop_assert!(read.check(code.expose(), at(second)).is_some());
        }
    }
}
