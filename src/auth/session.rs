//! Sessions: that a browser is somebody's, for a while.
//!
//! A session is found by a random token in a cookie, of which the store keeps the hash. It ends when it isn't used, when it is
//! old, when the password changes, when the person signs out, and when the person may not sign in any more (which is for whoever
//! holds the organisation to see: [`Session::epoch`]).
//!
//! The token is new after each sign-in and each step-up, so that one planted in a browser before is worth nothing after. What
//! hangs on a session (tokens of apps, their logout addresses) hangs on its [grant](Session::grant), which stays.

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

    /// Begins a session. `before` is the session that the same browser had: of the same person it is renewed, of another one
    /// it ends.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn start(
        &self,
        proof: &Proof,
        before: Option<&Session>,
        life: model::Session,
    ) -> Result<(Token, Session), AuthError> {
        let kept = before.filter(|before| before.user == proof.user && before.epoch == proof.epoch);
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
        match (before, kept) {
            (Some(before), Some(_)) => {
                self.store.delete::<Kept>(&before.key).await?;
            }
            (Some(before), None) => self.end(before).await?,
            (None, _) => {}
        }
        Ok((token, session))
    }

    /// The session that `token` opens, if it still counts. Using it keeps it alive.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(&self, token: &Token, life: model::Session) -> Result<Option<Session>, AuthError> {
        let Some(mut record) = self.store.get::<Kept>(&token.key()).await? else {
            return Ok(None);
        };
        let Some(mut session) = read(&record) else {
            return Ok(None);
        };
        let now = self.clock.now();
        // The policy of today counts, not the one under which the record was written.
        if ends(&session, life) <= now {
            return Ok(None);
        }
        if session.seen.duration_until(now) >= signed(touch_every(life)) {
            session.seen = now;
            record.payload.seen = now.as_millisecond();
            record.expires = ends(&session, life);
            // Whoever wrote it at the same time saw it used, too; if it ended meanwhile, it stays so.
            let _ = self.store.replace(&record).await?;
        }
        Ok(Some(session))
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
        let sessions = self.list(user).await?;
        for session in &sessions {
            self.end(session).await?;
        }
        Ok(sessions.len())
    }

    /// The sessions of a person, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, user: &UserId) -> Result<Vec<Session>, AuthError> {
        let records = self.store.list_by_subject::<Kept>(user.as_str()).await?;
        Ok(records.iter().filter_map(read).collect())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::identity::Method;
    use crate::clock::Hand;
    use crate::digest;
    use crate::store::StoreUrl;

    const HOUR: Duration = Duration::from_secs(3600);
    const LIFE: model::Session = model::Session {
        idle: HOUR,
        absolute: Duration::from_secs(24 * 3600),
    };

    async fn sessions() -> (Sessions, Hand) {
        let (clock, hand) = Clock::by_hand("2026-11-23T09:00:00Z".parse().unwrap());
        let store = Store::open(&StoreUrl::memory(), clock.clone()).await.unwrap();
        (Sessions::new(store, clock), hand)
    }

    fn proof(sessions: &Sessions, user: &str) -> Proof {
        Proof {
            user: UserId::parse(user).unwrap(),
            methods: Amr::password(),
            at: sessions.clock.now(),
            epoch: digest::sha256(user.as_bytes()),
        }
    }

    impl Sessions {
        async fn is_there(&self, token: &Token) -> bool {
            self.find(token, LIFE).await.unwrap().is_some()
        }
    }

    #[tokio::test]
    async fn row_38_a_session_ends_when_it_is_not_used() {
        let (sessions, hand) = sessions().await;
        let (token, session) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
        assert_eq!(sessions.find(&token, LIFE).await.unwrap(), Some(session));
        for _ in 0..5 {
            hand.advance(HOUR - Duration::from_secs(1));
            assert!(sessions.is_there(&token).await, "it was used within the hour");
        }
        hand.advance(HOUR);
        assert!(!sessions.is_there(&token).await);
    }

    #[tokio::test]
    async fn row_38_a_session_ends_when_it_is_old_however_much_it_is_used() {
        let (sessions, hand) = sessions().await;
        let (mut token, mut session) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
        for _ in 0..47 {
            hand.advance(HOUR / 2);
            (token, session) = sessions
                .step_up(&session, &proof(&sessions, "alice"), LIFE)
                .await
                .unwrap();
        }
        assert!(sessions.is_there(&token).await);
        hand.advance(HOUR / 2);
        assert!(!sessions.is_there(&token).await);
    }

    #[tokio::test]
    async fn row_38_a_shorter_policy_counts_at_once() {
        let (sessions, hand) = sessions().await;
        let (token, _) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
        hand.advance(HOUR / 2);
        let shorter = |idle, absolute| model::Session { idle, absolute };
        assert!(
            sessions
                .find(&token, shorter(HOUR / 4, LIFE.absolute))
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            sessions
                .find(&token, shorter(LIFE.idle, HOUR / 4))
                .await
                .unwrap()
                .is_none()
        );
        assert!(sessions.is_there(&token).await);
    }

    #[tokio::test]
    async fn row_36_the_token_is_new_after_sign_in_and_step_up_and_what_hangs_on_the_session_stays() {
        let (sessions, _) = sessions().await;
        let (first, session) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
        let again = proof(&sessions, "alice");
        let (second, renewed) = sessions.start(&again, Some(&session), LIFE).await.unwrap();
        let stronger = Proof {
            methods: Amr::password().and(Method::Totp),
            ..again
        };
        let (third, stepped) = sessions.step_up(&renewed, &stronger, LIFE).await.unwrap();
        assert!(!sessions.is_there(&first).await && !sessions.is_there(&second).await);
        assert_eq!(sessions.find(&third, LIFE).await.unwrap(), Some(stepped.clone()));
        assert_eq!((session.grant, stepped.grant), (renewed.grant, renewed.grant));
        assert!(stepped.methods.has_second_factor());
        let late = sessions.step_up(&renewed, &stronger, LIFE).await;
        assert!(matches!(late, Err(AuthError::Ended)));
    }

    #[tokio::test]
    async fn row_36_another_person_in_the_same_browser_inherits_nothing() {
        let (sessions, _) = sessions().await;
        let (token, alice) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
        let (_, bob) = sessions
            .start(&proof(&sessions, "bob"), Some(&alice), LIFE)
            .await
            .unwrap();
        assert!(!sessions.is_there(&token).await);
        assert_ne!(alice.grant, bob.grant);
        let bob_proof = proof(&sessions, "bob");
        let (_, alice) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
        assert!(matches!(
            sessions.step_up(&alice, &bob_proof, LIFE).await,
            Err(AuthError::Ended)
        ));
    }

    #[tokio::test]
    async fn sessions_are_listed_and_ended_one_by_one_or_all() {
        let (sessions, _) = sessions().await;
        let user = UserId::parse("alice").unwrap();
        let mut tokens = Vec::new();
        for _ in 0..3 {
            tokens.push(sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap());
        }
        let (bob, _) = sessions.start(&proof(&sessions, "bob"), None, LIFE).await.unwrap();
        sessions.end(&tokens[0].1).await.unwrap();
        assert!(!sessions.is_there(&tokens[0].0).await);
        assert_eq!(sessions.list(&user).await.unwrap().len(), 2);
        assert_eq!(sessions.end_all_of(&user).await.unwrap(), 2);
        assert!(!sessions.is_there(&tokens[2].0).await);
        assert!(sessions.is_there(&bob).await);
    }
}
