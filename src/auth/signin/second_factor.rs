//! The second step: a code of the authenticator app, or one of the recovery codes on paper.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

use super::{Kept, SignIn};
use crate::audit::{Event, Factors, SignInRefusal, ThrottledBy};
use crate::auth::AuthError;
use crate::auth::credentials::password_epoch;
use crate::auth::identity::{Amr, Method, Proof};
use crate::auth::people::{self, Directory};
use crate::auth::session::Session;
use crate::auth::throttle::{Attempt, Subject, ThrottleError};
use crate::model::{Desired, User};
use crate::store::{Key, Token};

/// A one-time code is good for three steps of at most two minutes; the claim outlives them all.
const STEP_KEPT: Duration = Duration::from_secs(15 * 60);

/// The name under which void recovery codes are kept.
const VOID: &str = "recovery-void";

/// A code, and of which kind the person says it is.
#[derive(Clone, Copy, Debug)]
pub enum Code<'a> {
    /// Of the authenticator app.
    Totp(&'a str),
    /// From the paper.
    Recovery(&'a str),
}

impl SignIn {
    /// The second step of the sign-in that `token` finds. It may be tried again after a wrong code.
    ///
    /// # Errors
    /// [`AuthError::Wrong`] for a code that is wrong or was used; [`AuthError::Ended`] when the sign-in doesn't wait any more.
    pub async fn second_factor(
        &self,
        people: &Directory,
        token: &Token,
        code: Code<'_>,
        from: IpAddr,
    ) -> Result<Proof, AuthError> {
        let given = self.waiting(token).await?.ok_or(AuthError::Ended)?;
        let user = people
            .by_id(given.user.as_str())
            .filter(|user| people::barred(user, &self.clock).is_none() && password_epoch(user) == given.epoch)
            .ok_or(AuthError::Ended)?;
        let method = self.code(user, code, from).await?;
        let attempt = Attempt {
            account: &given.name,
            address: from,
        };
        self.throttle.signed_in(attempt).await?;
        // Two answers to one sign-in at the same time: one of them finishes it.
        self.store.take::<Kept>(&token.key()).await?.ok_or(AuthError::Ended)?;
        self.record(
            from,
            &Event::SignedIn {
                user: user.into(),
                factors: factors(method),
            },
        );
        Ok(self.proof(user, Amr::password().and(method)))
    }

    /// A second factor within a session that has none yet.
    ///
    /// # Errors
    /// As [`Self::second_factor`].
    pub async fn step_up(
        &self,
        people: &Directory,
        session: &Session,
        code: Code<'_>,
        from: IpAddr,
    ) -> Result<Proof, AuthError> {
        let user = people
            .by_id(session.user.as_str())
            .filter(|user| people::barred(user, &self.clock).is_none() && password_epoch(user) == session.epoch)
            .ok_or(AuthError::Ended)?;
        let method = self.code(user, code, from).await?;
        self.record(
            from,
            &Event::SteppedUp {
                user: user.into(),
                factors: factors(method),
            },
        );
        Ok(self.proof(user, session.methods.clone().and(method)))
    }

    async fn code(&self, user: &User, code: Code<'_>, from: IpAddr) -> Result<Method, AuthError> {
        let admitted = self.throttle.second_factor(&user.id).await;
        self.counted(admitted, Some(user), from)?;
        let method = match code {
            Code::Totp(typed) => self.totp(user, typed, from).await?,
            Code::Recovery(typed) => self.recovery_code(user, typed, from).await?,
        };
        self.throttle.second_factor_given(&user.id).await?;
        Ok(method)
    }

    /// Each step is claimed once, so a code that somebody looked at over a shoulder is worth nothing (RFC 6238 section 5.2).
    async fn totp(&self, user: &User, typed: &str, from: IpAddr) -> Result<Method, AuthError> {
        let now = self.clock.now();
        let step = self.vault.totp(user)?.and_then(|totp| totp.check(typed, now));
        let Some(step) = step else {
            return Err(self.refuse(Some(user), SignInRefusal::WrongTotp, from));
        };
        let key = Key::of_name(&[user.id.as_str(), &step.0.to_string()]);
        let expires = now.saturating_add(STEP_KEPT).unwrap_or(Timestamp::MAX);
        if self.store.claim("totp-step", &key, expires).await? {
            Ok(Method::Totp)
        } else {
            Err(self.refuse(Some(user), SignInRefusal::UsedTotp, from))
        }
    }

    /// A code on paper is claimed for ever: it stays in the repository until new ones are made.
    async fn recovery_code(&self, user: &User, typed: &str, from: IpAddr) -> Result<Method, AuthError> {
        let found = self.vault.recovery_codes(user)?.and_then(|codes| codes.find(typed));
        if let Some(digest) = found
            && !self.is_void(user).await?
        {
            let key = Key::of_name(&[user.id.as_str(), &digest.to_string()]);
            if self.store.claim("recovery-code", &key, Timestamp::MAX).await? {
                return Ok(Method::RecoveryCode);
            }
        }
        Err(self.refuse(Some(user), SignInRefusal::WrongRecoveryCode, from))
    }

    /// Voids all recovery codes that stand in the organisation; says whose. For a store that was lost: which of the codes were
    /// used went with it. Codes that are made anew are good.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn void_recovery_codes(&self, desired: &Desired) -> Result<usize, AuthError> {
        let mut voided = 0;
        for key in desired.users.values().filter_map(|user| generation(user)) {
            self.store.count_up(VOID, &key, Duration::MAX).await?;
            voided += 1;
        }
        Ok(voided)
    }

    async fn is_void(&self, user: &User) -> Result<bool, AuthError> {
        match generation(user) {
            None => Ok(false),
            Some(key) => Ok(self.store.count(VOID, &key).await?.is_some()),
        }
    }

    /// Tells the audit trail when an attempt wasn't looked at.
    pub(super) fn counted(
        &self,
        admitted: Result<(), ThrottleError>,
        user: Option<&User>,
        from: IpAddr,
    ) -> Result<(), AuthError> {
        if let Err(ThrottleError::Wait(subject, _)) = &admitted {
            let by = match subject {
                Subject::Account => ThrottledBy::Account,
                Subject::Address => ThrottledBy::Address,
            };
            self.record(
                from,
                &Event::Throttled {
                    user: user.map(Into::into),
                    by,
                },
            );
        }
        Ok(admitted?)
    }
}

/// Which codes somebody has: new ones have another counter, the same ones sealed anew have not.
fn generation(user: &User) -> Option<Key> {
    let sealed = user.credentials.recovery_codes.as_ref()?;
    Some(Key::of_name(&[user.id.as_str(), &sealed.counter().to_string()]))
}

const fn factors(method: Method) -> Factors {
    match method {
        Method::Password => Factors::Password,
        Method::Totp => Factors::Totp,
        Method::RecoveryCode => Factors::RecoveryCode,
    }
}
