//! Who is this person: passwords, second factors, sign-in and sessions, and what makes a good password.
//!
//! [`password`], [`totp`], [`recovery`] and [`policy`] are pure decisions on values that are passed in. [`signin`] puts them
//! together for a server, with [`credentials`] opened as they are needed, attempts counted by [`throttle`] and hashes made on the
//! threads of [`hashing`]; what it proves is an [`identity::Proof`], which starts a [`session`]. Nothing here knows a page or
//! HTTP.
//!
//! ```
//! use dockspace::auth::password;
//!
//! let alice = password::hash(&"correct horse".into(), 1000).unwrap();
//! assert!(password::verify(&"correct horse".into(), &alice));
//! assert!(!password::verify(&"battery staple".into(), &alice));
//! ```

pub mod credentials;
pub mod hashing;
pub mod identity;
pub mod password;
pub mod people;
pub mod policy;
pub mod recovery;
pub mod session;
pub mod signin;
pub mod throttle;
pub mod totp;

use std::time::Duration;

use crate::random;
use crate::store::StoreError;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Something that was typed is wrong. Which, and whether there is such an account, isn't told.
    #[error("name, password or code is wrong")]
    Wrong,
    /// Too many attempts: nothing was checked.
    #[error("too many attempts")]
    Wait(Duration),
    /// The sign-in or the session that it belongs to has ended.
    #[error("this sign-in has ended")]
    Ended,
    /// Too many passwords are being checked.
    #[error(transparent)]
    Busy(#[from] hashing::Busy),
    /// A second factor can't be opened.
    #[error(transparent)]
    Credential(#[from] credentials::CredentialError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] random::Unavailable),
}

impl From<throttle::ThrottleError> for AuthError {
    fn from(error: throttle::ThrottleError) -> Self {
        match error {
            throttle::ThrottleError::Wait(_, wait) => Self::Wait(wait),
            throttle::ThrottleError::Store(error) => Self::Store(error),
        }
    }
}
