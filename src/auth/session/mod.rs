//! Sessions: that a browser is somebody's, for a while.
//!
//! A session is found by a random token in a cookie, of which the store keeps the hash. It ends when it isn't used, when it is
//! old, when the password changes, when the person signs out, and when the person may not sign in any more (which is for whoever
//! holds the organisation to see: [`Session::epoch`]).
//!
//! The token is new after each sign-in and each step-up, so that one planted in a browser before is worth nothing after. What
//! hangs on a session (tokens of apps, their logout addresses) hangs on its [grant](Session::grant), which stays.

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::AuthError;
use super::identity::{Amr, Proof};
use crate::clock::Clock;
use crate::digest::Digest;
use crate::model::{self, UserId};
use crate::store::{Key, Kind, Record, Store, Token};

/// A session that isn't used for less than this is not written again for it.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// Somebody's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What the store finds it by.
    pub key: Key,
    /// What hangs on this session hangs on this: it stays when the token is renewed, and ends with the session.
    pub grant: Key,
    /// Whose it is.
    pub user: UserId,
    /// When the person last proved who they are: `auth_time`.
    pub authenticated_at: Timestamp,
    /// How.
    pub methods: Amr,
    /// The password it was made with: see [`password_epoch`](super::credentials::password_epoch).
    pub epoch: Digest,
    /// When it began.
    pub started: Timestamp,
    /// When it was last used, to a minute.
    pub seen: Timestamp,
}

impl Session {
    /// Whether a sign-in in the same browser goes on with it. One of somebody else doesn't, nor one with another password.
    #[must_use]
    pub fn goes_on(&self, proof: &Proof) -> bool {
        self.user == proof.user && self.epoch == proof.epoch
    }
}

/// What the store keeps of a session. Times in milliseconds since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    user: String,
    grant: Key,
    authenticated_at: i64,
    methods: Amr,
    epoch: String,
    started: i64,
    seen: i64,
}

impl Kind for Kept {
    const NAME: &'static str = "session";
}

/// All sessions.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
}

impl Sessions {
    /// The sessions of `store`.
    #[must_use]
    pub const fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Begins a session. `before` is the session that the same browser had: it is renewed if it [goes on](Session::goes_on).
    /// If it doesn't, it is for the caller to end, who knows what hangs on it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn start(
        &self,
        proof: &Proof,
        before: Option<&Session>,
        life: model::Session,
    ) -> Result<(Token, Session), AuthError> {
        let kept = before.filter(|before| before.goes_on(proof));
        let grant = match kept {
            Some(before) => before.grant,
            None => Token::random()?.key(),
        };
        let token = Token::random()?;
        let session = Session {
            key: token.key(),
            grant,
            user: proof.user.clone(),
            authenticated_at: proof.at,
            methods: proof.methods.clone(),
            epoch: proof.epoch,
            started: self.clock.now(),
            seen: self.clock.now(),
        };
        self.store.put(&record(&session, life)).await?;
        if let Some(before) = kept {
            self.store.delete::<Kept>(&before.key).await?;
        }
        Ok((token, session))
    }

    /// The session that `token` opens, if it still counts. Using it keeps it alive.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(&self, token: &Token, life: model::Session) -> Result<Option<Session>, AuthError> {
        let found = self.store.get::<Kept>(&token.key()).await?;
        match found.and_then(|record| self.living(record, life)) {
            Some((record, session)) => self.touch(record, session, life).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether the session of `user` with this grant still counts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_alive(&self, user: &UserId, grant: &Key, life: model::Session) -> Result<bool, AuthError> {
        Ok(self.of_grant(user, grant, life).await?.is_some())
    }

    /// The same, by who uses the session without its token. Using it keeps it alive.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_alive(&self, user: &UserId, grant: &Key, life: model::Session) -> Result<bool, AuthError> {
        let Some((record, session)) = self.of_grant(user, grant, life).await? else {
            return Ok(false);
        };
        self.touch(record, session, life).await?;
        Ok(true)
    }

    async fn of_grant(
        &self,
        user: &UserId,
        grant: &Key,
        life: model::Session,
    ) -> Result<Option<(Record<Kept>, Session)>, AuthError> {
        let records = self.store.list_by_subject::<Kept>(user.as_str()).await?;
        let mut living = records.into_iter().filter_map(|record| self.living(record, life));
        Ok(living.find(|(_, session)| session.grant == *grant))
    }

    /// The session, if it still counts: by the policy of today, not by the one under which the record was written.
    fn living(&self, record: Record<Kept>, life: model::Session) -> Option<(Record<Kept>, Session)> {
        let session = read(&record)?;
        (ends(&session, life) > self.clock.now()).then_some((record, session))
    }

    /// Notes that the session is used, if that was not noted just before.
    async fn touch(
        &self,
        mut record: Record<Kept>,
        mut session: Session,
        life: model::Session,
    ) -> Result<Session, AuthError> {
        let now = self.clock.now();
        if session.seen.duration_until(now) >= signed(touch_every(life)) {
            session.seen = now;
            record.payload.seen = now.as_millisecond();
            record.expires = ends(&session, life);
            // Whoever wrote it at the same time saw it used, too; if it ended meanwhile, it stays so.
            let _ = self.store.replace(&record).await?;
        }
        Ok(session)
    }

    /// Adds what `proof` proves to a session, under a new token. The session doesn't get longer by it.
    ///
    /// # Errors
    /// When the store fails; [`AuthError::Ended`] when the session ended meanwhile.
    pub async fn step_up(
        &self,
        session: &Session,
        proof: &Proof,
        life: model::Session,
    ) -> Result<(Token, Session), AuthError> {
        if proof.user != session.user {
            return Err(AuthError::Ended);
        }
        let token = Token::random()?;
        let renewed = Session {
            key: token.key(),
            methods: proof.methods.clone(),
            authenticated_at: proof.at,
            seen: self.clock.now(),
            ..session.clone()
        };
        // The new one is there before the old one is gone: an app that asks meanwhile finds the person signed in, and who signs
        // out meanwhile ends both.
        self.store.put(&record(&renewed, life)).await?;
        if self.store.take::<Kept>(&session.key).await?.is_none() {
            self.store.delete::<Kept>(&renewed.key).await?;
            return Err(AuthError::Ended);
        }
        Ok((token, renewed))
    }

    /// Ends a session and all that hangs on it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end(&self, session: &Session) -> Result<(), AuthError> {
        self.store.delete::<Kept>(&session.key).await?;
        self.store.delete_by_grant(&session.grant).await?;
        Ok(())
    }

    /// Ends all sessions of a person and all that hangs on them; says how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_all_of(&self, user: &UserId) -> Result<usize, AuthError> {
        let records = self.store.list_by_subject::<Kept>(user.as_str()).await?;
        let sessions: Vec<_> = records.iter().filter_map(read).collect();
        for session in &sessions {
            self.end(session).await?;
        }
        Ok(sessions.len())
    }

    /// The sessions of a person that still count, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, user: &UserId, life: model::Session) -> Result<Vec<Session>, AuthError> {
        let records = self.store.list_by_subject::<Kept>(user.as_str()).await?;
        let living = records.into_iter().filter_map(|record| self.living(record, life));
        Ok(living.map(|(_, session)| session).collect())
    }
}

/// When a session ends if it isn't used any more.
fn ends(session: &Session, life: model::Session) -> Timestamp {
    let after = |start: Timestamp, life: Duration| start.saturating_add(life).unwrap_or(Timestamp::MAX);
    after(session.seen, life.idle).min(after(session.started, life.absolute))
}

fn touch_every(life: model::Session) -> Duration {
    TOUCH_EVERY.min(life.idle / 10)
}

fn signed(duration: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(duration).unwrap_or(jiff::SignedDuration::MAX)
}

fn record(session: &Session, life: model::Session) -> Record<Kept> {
    let kept = Kept {
        user: session.user.as_str().to_owned(),
        grant: session.grant,
        authenticated_at: session.authenticated_at.as_millisecond(),
        methods: session.methods.clone(),
        epoch: session.epoch.to_string(),
        started: session.started.as_millisecond(),
        seen: session.seen.as_millisecond(),
    };
    Record::new(session.key, kept, ends(session, life))
        .about(session.user.as_str())
        .under(session.grant)
}

/// A record that doesn't say what it should is no session.
fn read(record: &Record<Kept>) -> Option<Session> {
    let kept = &record.payload;
    let time = |milliseconds| Timestamp::from_millisecond(milliseconds).ok();
    Some(Session {
        key: record.key,
        grant: kept.grant,
        user: UserId::parse(&kept.user).ok()?,
        authenticated_at: time(kept.authenticated_at)?,
        methods: kept.methods.clone(),
        epoch: Digest::from_hex(&kept.epoch)?,
        started: time(kept.started)?,
        seen: time(kept.seen)?,
    })
}
