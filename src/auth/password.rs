//! Making and checking password hashes.
//!
//! New hashes are SHA512-CRYPT, which every Dovecot can check; hashes that imports bring are checked as they are. A password is
//! the bytes of its UTF-8, as mail programs send them to Dovecot: nothing is normalised and nothing is cut off.

use argon2::Argon2;
use sha_crypt::{Algorithm, CustomizedPasswordHasher, Params, PasswordVerifier, ShaCrypt};

use crate::digest;
use crate::model::credential::{HashError, HashScheme, PasswordHash, SHA_CRYPT_DEFAULT_ROUNDS};
use crate::random;
use crate::seal::Secret;

/// The longest password, in bytes: the time SHA-crypt takes grows with the square of the length.
pub const MAX_BYTES: usize = 1024;
/// Salt in bytes: 16 characters, as `doveadm pw` makes them.
const SALT: usize = 12;
/// What generated passwords are made of: 32 characters that nobody takes for one another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Why a password can't be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Longer than [`MAX_BYTES`].
    #[error("a password has at most {MAX_BYTES} bytes")]
    TooLong,
    /// Rounds out of [`SHA_CRYPT_ROUNDS`](crate::model::credential::SHA_CRYPT_ROUNDS).
    #[error(
        "a password hash of this organisation has rounds that are out of bounds: set `[policy] password.sha512_rounds`"
    )]
    Rounds(#[source] HashError),
    /// No salt to be had.
    #[error(transparent)]
    Random(#[from] random::Unavailable),
}

/// Hashes a password with a new salt, as `{SHA512-CRYPT}$6$…`.
///
/// # Errors
/// A [`PasswordError`] when the password is too long, the rounds are out of bounds, or there is no randomness.
pub fn hash(password: &Secret<String>, rounds: u32) -> Result<PasswordHash, PasswordError> {
    hash_with_salt(password, &random::bytes::<SALT>()?, rounds)
}

/// Hashes the clear-text password of a `class = "test"` user, always to the same text: its salt is HMAC-SHA-256(id, password).
///
/// For test users alone. Such a salt lets passwords be tried without the rounds, which costs nothing where the password itself
/// stands in the repository.
///
/// # Errors
/// A [`PasswordError`] when the password is too long or the rounds are out of bounds.
pub fn hash_for_test_user(id: &str, password: &Secret<String>, rounds: u32) -> Result<PasswordHash, PasswordError> {
    let mac = digest::hmac_sha256(id.as_bytes(), password.expose().as_bytes());
    let mut salt = [0; SALT];
    salt.copy_from_slice(&mac.as_bytes()[..SALT]);
    hash_with_salt(password, &salt, rounds)
}

fn hash_with_salt(password: &Secret<String>, salt: &[u8; SALT], rounds: u32) -> Result<PasswordHash, PasswordError> {
    let password = password.expose().as_bytes();
    if password.len() > MAX_BYTES {
        return Err(PasswordError::TooLong);
    }
    let out_of_bounds = || PasswordError::Rounds(HashError::Cost);
    let params = Params::new(rounds).map_err(|_| out_of_bounds())?;
    let hash = ShaCrypt::new(Algorithm::Sha512Crypt, params)
        .hash_password_customized(password, salt, None, None, params)
        .map_err(|_| out_of_bounds())?;
    // `doveadm pw` and `crypt(3)` leave the default out.
    let default = format!("rounds={SHA_CRYPT_DEFAULT_ROUNDS}$");
    let text = format!("{{SHA512-CRYPT}}{}", hash.as_str().replacen(&default, "", 1));
    PasswordHash::parse(&text).map_err(PasswordError::Rounds)
}

/// A new random password of at least `min_length` characters and 100 bits, in groups of five that can be read out and typed.
///
/// # Errors
/// [`random::Unavailable`].
pub fn generate(min_length: u16) -> Result<Secret<String>, random::Unavailable> {
    const GROUP: usize = 5;
    let groups = (usize::from(min_length) + 1).div_ceil(GROUP + 1).max(4);
    let mut password = String::with_capacity(groups * (GROUP + 1));
    for group in 0..groups {
        if group > 0 {
            password.push('-');
        }
        for byte in random::bytes::<GROUP>()? {
            password.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        }
    }
    Ok(Secret::new(password))
}

/// Whether this is the password. Compares in constant time; a password longer than [`MAX_BYTES`] is never right.
#[must_use]
pub fn verify(password: &Secret<String>, hash: &PasswordHash) -> bool {
    let password = password.expose().as_bytes();
    if password.len() > MAX_BYTES {
        return false;
    }
    let hash_text = hash.untagged();
    match hash.scheme() {
        HashScheme::Sha512Crypt { .. } | HashScheme::Sha256Crypt { .. } => {
            ShaCrypt::default().verify_password(password, hash_text).is_ok()
        }
        HashScheme::BlfCrypt { .. } => bcrypt::verify(password, hash_text).unwrap_or(false),
        HashScheme::Argon2id { .. } => Argon2::default().verify_password(password, hash_text).is_ok(),
    }
}

/// Takes as long as [`verify`] of a hash with `rounds` and says no: for names that don't exist, so that the time of an answer
/// doesn't tell which do.
#[must_use]
pub fn verify_nobody(password: &Secret<String>, rounds: u32) -> bool {
    let password = password.expose().as_bytes();
    if password.len() <= MAX_BYTES {
        let params = Params::new(rounds).unwrap_or_default();
        std::hint::black_box(sha_crypt::sha512_crypt(password, b"nobodynobodynobo", params));
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::auth::policy::weaknesses;
    use crate::model::PasswordRules;

    fn secret(text: &str) -> Secret<String> {
        text.into()
    }

    #[test]
    fn hashes_look_as_docker_mailserver_writes_them() {
        let text = hash(&secret("pw"), 5000).unwrap().as_str().to_owned();
        let parts: Vec<_> = text.split('$').collect();
        assert_eq!(parts[..2], ["{SHA512-CRYPT}", "6"]);
        assert_eq!(parts[2..].iter().map(|part| part.len()).collect::<Vec<_>>(), [16, 86]);

        let other = hash(&secret("pw"), 1234).unwrap();
        assert!(other.as_str().starts_with("{SHA512-CRYPT}$6$rounds=1234$"));
        assert_ne!(
            hash(&secret("pw"), 5000).unwrap().as_str(),
            text,
            "the salt is new each time"
        );
    }

    #[test]
    fn generated_passwords_are_long_good_and_never_the_same() {
        let rules = |min_length| PasswordRules {
            min_length,
            sha512_rounds: 5000,
        };
        for min_length in [8, 12, 23, 24, 64, 128] {
            let password = generate(min_length).unwrap();
            assert!(
                password.expose().len() >= 23.max(usize::from(min_length)),
                "{min_length}"
            );
            assert!(weaknesses(&rules(min_length), &password, &["alice@example.org"]).is_empty());
            assert_ne!(password, generate(min_length).unwrap());
        }
    }

    #[test]
    fn rounds_and_length_are_bounded() {
        for rounds in [0, 999, 1_000_001, u32::MAX] {
            assert!(
                matches!(hash(&secret("pw"), rounds), Err(PasswordError::Rounds(_))),
                "{rounds}"
            );
        }
        let longest = secret(&"x".repeat(MAX_BYTES));
        let hashed = hash(&longest, 1000).unwrap();
        assert!(verify(&longest, &hashed));
        assert!(
            !verify(&secret(&"x".repeat(MAX_BYTES - 1)), &hashed),
            "nothing is cut off"
        );
        let too_long = secret(&"x".repeat(MAX_BYTES + 1));
        assert!(matches!(hash(&too_long, 1000), Err(PasswordError::TooLong)));
        assert!(!verify(&too_long, &hashed));
    }

    #[test]
    fn published_vectors_verify() {
        let check = |hash: &str, password: &str| {
            let hash = PasswordHash::parse(hash).unwrap();
            assert!(verify(&secret(password), &hash), "{hash:?}");
            assert!(!verify(&secret(&format!("{password}x")), &hash), "{hash:?}");
            assert!(!verify(&secret(""), &hash), "{hash:?}");
        };
        // SHA-crypt specification (Drepper), one of each kind.
        check(
            "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
            "Hello world!",
        );
        check(
            "{SHA512-CRYPT}$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
            "Hello world!",
        );
        check(
            "{SHA256-CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
            "Hello world!",
        );
        // crypt_blowfish's own tests.
        check(
            "{BLF-CRYPT}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "U*U",
        );
        // Tests of the Argon2 reference implementation.
        check(
            "{ARGON2ID}$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "password",
        );
    }

    #[test]
    fn a_test_user_always_gets_the_same_hash() {
        let of = |id: &str, password: &str| {
            let hash = hash_for_test_user(id, &secret(password), 1000).unwrap();
            assert!(verify(&secret(password), &hash));
            hash.as_str().to_owned()
        };
        assert_eq!(of("1", "password1"), of("1", "password1"));
        assert_ne!(of("1", "password1"), of("2", "password1"));
        assert_ne!(of("1", "password1"), of("1", "password2"));
    }

    #[test]
    fn nobody_has_no_password() {
        assert!(!verify_nobody(&secret("pw"), 1000));
        assert!(!verify_nobody(&secret(&"x".repeat(MAX_BYTES + 1)), 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_password_matches_its_own_hash_alone(right in ".{0,80}", wrong in ".{0,80}") {
            let hash = hash(&secret(&right), 1000).unwrap();
            prop_assert!(verify(&secret(&right), &hash));
            prop_assert_eq!(verify(&secret(&wrong), &hash), right == wrong);
        }
    }
}
