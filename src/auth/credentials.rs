//! What people prove themselves with, opened from its sealed form when it is needed.
//!
//! Opening takes a key exchange, so what was opened is kept in memory, found by the digest of its ciphertext: a commit that
//! changes a password changes the digest, and the old value is never asked for again. Everything kept is wiped when it goes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::password;
use super::recovery::RecoveryCodes;
use super::totp::Totp;
use crate::digest::{self, Digest};
use crate::model::credential::PasswordHash;
use crate::model::{Password, User};
use crate::seal::{Identity, OpenError, Owner, Sealed, Secret};

/// How many opened values are kept. When they are that many, all go, and are opened again as they are needed.
const KEPT: usize = 16 * 1024;

/// Opens credentials. There is one per process; it is shared behind an [`Arc`].
pub struct Vault {
    identity: Arc<Identity>,
    opened: Mutex<HashMap<Digest, Arc<Secret<String>>>>,
}

/// A credential that is there but of no use.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// It can't be opened.
    #[error(transparent)]
    Sealed(#[from] OpenError),
    /// What was sealed is not what should stand there.
    #[error("the sealed `{0}` is not one")]
    Content(&'static str),
}

impl Vault {
    /// A vault that opens with `identity`.
    #[must_use]
    pub fn new(identity: Arc<Identity>) -> Self {
        Self {
            identity,
            opened: Mutex::default(),
        }
    }

    /// Whether this is `user`'s password: exactly one hash, also for nobody and for somebody without a password. To be run by
    /// [`Hashing`](super::hashing::Hashing).
    ///
    /// # Errors
    /// When the password can't be opened; one hash was made all the same.
    pub fn is_password(
        &self,
        user: Option<&User>,
        typed: &Secret<String>,
        rounds: u32,
    ) -> Result<bool, CredentialError> {
        let password = user.and_then(|user| Some((user, user.credentials.password.as_ref()?)));
        let (user, sealed) = match password {
            None => return Ok(password::verify_nobody(typed, rounds)),
            Some((_, Password::Test(clear))) => {
                let same = clear == typed;
                return Ok(password::verify_nobody(typed, rounds) | same);
            }
            Some((user, Password::Sealed(sealed))) => (user, sealed),
        };
        match self.hash(user, sealed) {
            Ok(hash) => Ok(password::verify(typed, &hash)),
            Err(error) => {
                let _ = password::verify_nobody(typed, rounds);
                Err(error)
            }
        }
    }

    fn hash(&self, user: &User, sealed: &Sealed) -> Result<PasswordHash, CredentialError> {
        let text = self.open(user, sealed, "password")?;
        PasswordHash::parse(text.expose()).map_err(|_| CredentialError::Content("password"))
    }

    /// `user`'s TOTP secret, if there is one.
    ///
    /// # Errors
    /// When it can't be opened or read.
    pub fn totp(&self, user: &User) -> Result<Option<Totp>, CredentialError> {
        let Some(sealed) = &user.credentials.totp else {
            return Ok(None);
        };
        let uri = self.open(user, sealed, "totp")?;
        Totp::parse(&uri)
            .map(Some)
            .map_err(|_| CredentialError::Content("totp"))
    }

    /// `user`'s recovery codes, if there are any.
    ///
    /// # Errors
    /// When they can't be opened or read.
    pub fn recovery_codes(&self, user: &User) -> Result<Option<RecoveryCodes>, CredentialError> {
        let Some(sealed) = &user.credentials.recovery_codes else {
            return Ok(None);
        };
        let text = self.open(user, sealed, "recovery_codes")?;
        let codes = RecoveryCodes::parse(&text).map_err(|_| CredentialError::Content("recovery_codes"))?;
        Ok(Some(codes))
    }

    fn open(&self, user: &User, sealed: &Sealed, field: &str) -> Result<Arc<Secret<String>>, CredentialError> {
        // Owner and field are part of the key: a ciphertext that was copied to somebody else must not be found here.
        let place = format!("{}\n{field}\n{}", user.id, sealed.digest());
        let key = digest::sha256(place.as_bytes());
        if let Some(found) = self.opened().get(&key) {
            return Ok(Arc::clone(found));
        }
        let owner = Owner::User(user.id.as_str().to_owned());
        let value = Arc::new(self.identity.open(sealed, &owner, field)?);
        let mut opened = self.opened();
        if opened.len() >= KEPT {
            opened.clear();
        }
        opened.insert(key, Arc::clone(&value));
        Ok(value)
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, Arc<Secret<String>>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which password somebody has, without saying anything about it. It changes when the password is changed, and not when it is
/// only sealed anew: what hangs on the old password ends with it.
#[must_use]
pub fn password_epoch(user: &User) -> Digest {
    let text = match &user.credentials.password {
        None => format!("none\n{}", user.id),
        Some(Password::Sealed(sealed)) => format!("sealed\n{}\n{}", user.id, sealed.counter()),
        // It stands in clear in the repository: its digest gives nothing away.
        Some(Password::Test(clear)) => format!("test\n{}\n{}", user.id, clear.expose()),
    };
    digest::sha256(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;
    use crate::seal;

    fn sealed(identity: &Identity, user: &User, field: &str, n: u64, value: &str) -> Sealed {
        let owner = Owner::User(user.id.as_str().to_owned());
        seal::seal(identity.recipients(), &owner, field, n, &value.into()).unwrap()
    }

    fn alice(identity: &Identity) -> User {
        let mut user = testing::user("alice@example.org");
        let hash = password::hash(&"kettles".into(), 1000).unwrap();
        user.credentials.password = Some(Password::Sealed(sealed(identity, &user, "password", 1, hash.as_str())));
        user
    }

    #[test]
    fn a_password_is_checked_against_what_was_sealed() {
        let identity = Identity::generate();
        let mut user = alice(&identity);
        let vault = Vault::new(Arc::new(identity));
        for _ in 0..2 {
            assert!(vault.is_password(Some(&user), &"kettles".into(), 1000).unwrap());
            assert!(!vault.is_password(Some(&user), &"cattle".into(), 1000).unwrap());
        }
        assert_eq!(vault.opened().len(), 1, "it is opened once");
        user.credentials.password = Some(Password::Test("in clear".into()));
        assert!(vault.is_password(Some(&user), &"in clear".into(), 1000).unwrap());
        assert!(!vault.is_password(Some(&user), &"kettles".into(), 1000).unwrap());
        user.credentials.password = None;
        assert!(!vault.is_password(Some(&user), &"".into(), 1000).unwrap());
    }

    #[test]
    fn what_was_sealed_for_somebody_else_opens_for_nobody() {
        let identity = Identity::generate();
        let user = alice(&identity);
        let mut mallory = testing::user("mallory@example.org");
        mallory.credentials.password = user.credentials.password.clone();
        let vault = Vault::new(Arc::new(identity));
        assert!(vault.is_password(Some(&user), &"kettles".into(), 1000).unwrap());
        let error = vault.is_password(Some(&mallory), &"kettles".into(), 1000).unwrap_err();
        assert!(matches!(error, CredentialError::Sealed(OpenError::Owner)), "{error}");
    }

    #[test]
    fn second_factors_are_opened_and_must_be_what_they_say() {
        let identity = Identity::generate();
        let mut user = testing::user("alice@example.org");
        let totp = Totp::generate("Example", "alice").unwrap();
        let (_, codes) = RecoveryCodes::generate().unwrap();
        user.credentials.totp = Some(sealed(&identity, &user, "totp", 1, totp.uri().expose()));
        user.credentials.recovery_codes = Some(sealed(&identity, &user, "recovery_codes", 1, codes.to_text().expose()));
        let mut broken = user.clone();
        broken.credentials.totp = Some(sealed(&identity, &user, "totp", 2, "https://example.org"));
        let vault = Vault::new(Arc::new(identity));
        assert_eq!(vault.totp(&user).unwrap().unwrap().uri(), totp.uri());
        assert_eq!(vault.recovery_codes(&user).unwrap(), Some(codes));
        assert!(matches!(vault.totp(&broken), Err(CredentialError::Content("totp"))));
        assert!(vault.totp(&testing::user("bob@example.org")).unwrap().is_none());
    }

    #[test]
    fn the_epoch_changes_with_the_password_alone() {
        let identity = Identity::generate();
        let user = alice(&identity);
        let mut resealed = user.clone();
        resealed.credentials.password = Some(Password::Sealed(sealed(&identity, &user, "password", 1, "other")));
        assert_eq!(password_epoch(&user), password_epoch(&resealed));
        let mut changed = user.clone();
        changed.credentials.password = Some(Password::Sealed(sealed(&identity, &user, "password", 2, "other")));
        let mut none = user.clone();
        none.credentials.password = None;
        let mut test = user.clone();
        test.credentials.password = Some(Password::Test("x".into()));
        for other in [changed, none, test] {
            assert_ne!(password_epoch(&user), password_epoch(&other));
        }
    }
}
