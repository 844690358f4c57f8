//! Who somebody is, proven: which ways were used, and when.
//!
//! A [`Proof`] is made by [`super::signin`] alone, when nothing is missing any more; starting a session takes one. So there is no
//! way to a session around the second factor.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::model::UserId;

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The password.
    Password,
    /// A code of the authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
}

/// The ways that were used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amr(Vec<Method>);

impl Amr {
    /// The password alone.
    #[must_use]
    pub fn password() -> Self {
        Self(vec![Method::Password])
    }

    /// These and `method`.
    #[must_use]
    pub fn and(mut self, method: Method) -> Self {
        if !self.0.contains(&method) {
            self.0.push(method);
        }
        self
    }

    /// Whether `method` was used.
    #[must_use]
    pub fn has(&self, method: Method) -> bool {
        self.0.contains(&method)
    }

    /// Whether there was a second factor besides the password.
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        self.has(Method::Totp) || self.has(Method::RecoveryCode)
    }

    /// The words of the claim `amr` (RFC 8176 section 2). It knows none for a recovery code but `mfa`.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        let words = [
            (self.has(Method::Password), "pwd"),
            (self.has(Method::Totp), "otp"),
            (self.has(Method::Password) && self.has_second_factor(), "mfa"),
        ];
        words
            .into_iter()
            .filter_map(|(used, word)| used.then_some(word))
            .collect()
    }
}

/// Proof of who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub(super) user: UserId,
    pub(super) methods: Amr,
    pub(super) at: Timestamp,
    pub(super) epoch: Digest,
}

impl Proof {
    /// Whom it is of.
    #[must_use]
    pub const fn user(&self) -> &UserId {
        &self.user
    }

    /// The ways that were used.
    #[must_use]
    pub const fn methods(&self) -> &Amr {
        &self.methods
    }

    /// When the last of them was used.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_46_the_words_tell_what_was_used() {
        let check = |amr: Amr, words: &[&str]| assert_eq!(amr.words(), words);
        check(Amr::password(), &["pwd"]);
        check(
            Amr::password().and(Method::Totp).and(Method::Totp),
            &["pwd", "otp", "mfa"],
        );
        check(Amr::password().and(Method::RecoveryCode), &["pwd", "mfa"]);
        check(Amr::default().and(Method::Totp), &["otp"]);
    }
}
