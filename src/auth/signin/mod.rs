//! Signing in: from a name and a password to a [`Proof`], step by step.
//!
//! Where a sign-in stands is a value that holds what is known there and nothing else. Nothing at all becomes [`PasswordGiven`]
//! or, where no second factor is set up, a [`Proof`]; `PasswordGiven` becomes a `Proof` by a code. It is no session: the
//! store keeps it under a kind of its own, so nothing that asks for a session can take it for one.
//!
//! ```text
//! name + password ──┬── no second factor ──────────────────────┬─► Proof ─► Sessions::start
//!                   └── PasswordGiven ── code of app or paper ──┘
//! Session of the password alone ── code of app or paper ──────────► Proof ─► Sessions::step_up
//! ```
//!
//! Whoever fails is told one and the same, after one hash: unknown, locked, without a password, or wrong.

mod second_factor;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::AuthError;
use super::credentials::{Vault, password_epoch};
use super::hashing::Hashing;
use super::identity::{Amr, Proof};
use super::people::{self, Directory};
use super::throttle::{Attempt, Throttle};
use crate::audit::{Event, Factors, Person, SignInRefusal, Trail};
use crate::clock::Clock;
use crate::digest::Digest;
use crate::model::{Desired, User, UserId};
use crate::seal::Secret;
use crate::store::{Kind, Record, Store, Token};

pub use second_factor::Code;

/// How long somebody may take from the password to the second factor.
pub const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Everything that signing in takes. One per process; clones share it.
#[derive(Clone)]
pub struct SignIn {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    hashing: Hashing,
    throttle: Throttle,
    trail: Trail,
}

/// Where a sign-in stands after the password.
#[derive(Debug)]
pub enum Step {
    /// Nothing is missing.
    Complete(Proof),
    /// The second factor is. The token finds the rest of the sign-in again.
    SecondFactor(Token),
}

/// Somebody whose password was right, and whose second factor is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordGiven {
    /// Who.
    pub user: UserId,
    epoch: Digest,
    /// The name that was typed, as attempts are counted.
    name: String,
}

/// What the store keeps of it.
#[derive(Serialize, Deserialize)]
struct Kept {
    user: String,
    epoch: String,
    name: String,
}

impl Kind for Kept {
    const NAME: &'static str = "sign-in";
}

impl SignIn {
    /// Signing in with credentials from `vault`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, vault: Arc<Vault>, trail: Trail) -> Self {
        Self {
            throttle: Throttle::new(store.clone(), clock.clone()),
            hashing: Hashing::new(),
            store,
            clock,
            vault,
            trail,
        }
    }

    /// The first step: a name and a password, typed at `from`.
    ///
    /// # Errors
    /// [`AuthError::Wrong`] whatever is wrong; [`AuthError::Wait`] and [`AuthError::Busy`] when nothing was checked.
    pub async fn password(
        &self,
        people: &Directory,
        name: &str,
        typed: Secret<String>,
        from: IpAddr,
    ) -> Result<Step, AuthError> {
        let user = people.by_name(name);
        let canonical = people::canonical(name);
        let attempt = Attempt {
            account: &canonical,
            address: from,
        };
        let admitted = self.throttle.password(attempt).await;
        self.counted(admitted, user, from)?;
        self.check(people.desired(), user, typed, from).await?;
        let user = user.ok_or(AuthError::Wrong)?;
        if user.credentials.totp.is_some() {
            return self
                .wait_for_second_factor(user, &canonical)
                .await
                .map(Step::SecondFactor);
        }
        self.throttle.signed_in(attempt).await?;
        let proof = self.proof(user, Amr::password());
        self.record(
            from,
            &Event::SignedIn {
                user: user.into(),
                factors: Factors::Password,
            },
        );
        Ok(Step::Complete(proof))
    }

    /// One hash, whoever it is.
    async fn check(
        &self,
        desired: &Desired,
        user: Option<&User>,
        typed: Secret<String>,
        from: IpAddr,
    ) -> Result<(), AuthError> {
        let rounds = desired.policy.password.sha512_rounds;
        let candidate = user.filter(|user| people::barred(user, &self.clock).is_none()).cloned();
        let vault = Arc::clone(&self.vault);
        let checked = self
            .hashing
            .run(move || vault.is_password(candidate.as_ref(), &typed, rounds))
            .await?;
        let right = checked.unwrap_or_else(|error| {
            // Told to the log alone: a page that says so would tell that there is such an account.
            tracing::error!(user = user.map(|user| user.id.as_str()), %error, "a password can't be opened");
            false
        });
        if right {
            return Ok(());
        }
        let why = match user {
            None => SignInRefusal::UnknownUser,
            Some(user) if people::barred(user, &self.clock).is_some() => SignInRefusal::Barred,
            Some(user) if user.credentials.password.is_none() => SignInRefusal::NoPassword,
            Some(_) => SignInRefusal::WrongPassword,
        };
        Err(self.refuse(user, why, from))
    }

    async fn wait_for_second_factor(&self, user: &User, name: &str) -> Result<Token, AuthError> {
        let token = Token::random()?;
        let kept = Kept {
            user: user.id.as_str().to_owned(),
            epoch: password_epoch(user).to_string(),
            name: name.to_owned(),
        };
        let expires = self.clock.now().saturating_add(PATIENCE).unwrap_or(Timestamp::MAX);
        let record = Record::new(token.key(), kept, expires).about(user.id.as_str());
        self.store.put(&record).await?;
        Ok(token)
    }

    /// The sign-in that `token` finds, as long as it waits for its second factor.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn waiting(&self, token: &Token) -> Result<Option<PasswordGiven>, AuthError> {
        let record = self.store.get::<Kept>(&token.key()).await?;
        Ok(record.and_then(|record| read(&record.payload)))
    }

    /// Gives up a sign-in that waits.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn give_up(&self, token: &Token) -> Result<(), AuthError> {
        self.store.delete::<Kept>(&token.key()).await?;
        Ok(())
    }

    /// How many passwords were hashed so far.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.hashing.done()
    }

    fn proof(&self, user: &User, methods: Amr) -> Proof {
        Proof {
            user: user.id.clone(),
            methods,
            at: self.clock.now(),
            epoch: password_epoch(user),
        }
    }

    fn refuse(&self, user: Option<&User>, why: SignInRefusal, from: IpAddr) -> AuthError {
        let user = user.map(Person::from);
        self.record(from, &Event::SignInRefused { user, why });
        AuthError::Wrong
    }

    fn record(&self, from: IpAddr, event: &Event<'_>) {
        self.trail.record(Some(from), event);
    }
}

fn read(kept: &Kept) -> Option<PasswordGiven> {
    Some(PasswordGiven {
        user: UserId::parse(&kept.user).ok()?,
        epoch: Digest::from_hex(&kept.epoch)?,
        name: kept.name.clone(),
    })
}
