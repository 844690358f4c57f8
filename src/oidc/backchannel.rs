//! Back-channel logout (OpenID Connect Back-Channel Logout 1.0): apps are told that a session has ended.
//!
//! A [`Notice`] stands in the store before the session ends, so no restart loses it, and any replica may deliver it. Whoever
//! tries first moves the time of the next attempt, by compare-and-swap: of several replicas one sends, and if that one dies
//! meanwhile, another takes its turn when that time comes. After the last attempt an audit line says that the app was not told.
//!
//! The token is signed for the attempt, because it is good for two minutes (§4), under a `jti` of its own: an app that took the
//! token before, but whose answer was lost, would have to refuse the same one as a replay (§2.6), while to be signed out
//! already is a success (§2.7).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::records::{self, Participation, life, time};
use super::{Desk, Error, Parts, Provider, Realm};
use crate::audit::{Event, Person};
use crate::model::{Client, ClientId, UserId};
use crate::outbound::TIME_LIMIT;
use crate::random;
use crate::snapshot::SnapshotFeed;
use crate::store::{Key, Kind, Record, StoreError, Token};

/// The waits after the first attempts; when they are used up, one more attempt is the last.
const WAITS: [SignedDuration; 7] = [
    SignedDuration::from_secs(10),
    SignedDuration::from_secs(40),
    SignedDuration::from_mins(3),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(40),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
];
// Nobody may think that an attempt is over while it still goes on.
const _: () = assert!(WAITS[0].as_secs().unsigned_abs() > TIME_LIMIT.as_secs());
/// How often we look for notices whose time has come, or that another replica left.
const LOOK: Duration = Duration::from_secs(1);
/// How long a token is good for, in seconds (§4: at most two minutes).
const LIFE: i64 = 120;
/// How many are sent at once: a commit may sign thousands out, and connections are what people sign in by, too.
const AT_ONCE: usize = 32;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// One app to be told of one session.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Notice {
    client: String,
    user: String,
    /// The session as the app knows it.
    sid: String,
    /// How many attempts were begun.
    attempts: usize,
    /// When the next one may begin.
    #[serde(with = "time")]
    due: Timestamp,
}

impl Kind for Notice {
    const NAME: &'static str = "logout-notice";
}

/// What all notices hang on, to be found together.
fn outbox() -> Key {
    Key::of_name(&["logout-notices"])
}

impl Desk<'_> {
    /// Puts down that the app of `part` is to be told, if it wants to be.
    pub(super) async fn tell_app(&self, user: &str, part: &Participation) -> Result<(), Error> {
        let client = self.realm.client(&part.client);
        if client.is_none_or(|client| client.backchannel_logout_uri.is_none()) {
            return Ok(());
        }
        let notice = Notice {
            client: part.client.clone(),
            user: user.to_owned(),
            sid: part.sid.clone(),
            attempts: 0,
            due: self.now(),
        };
        let record = Record::new(
            Token::random()?.key(),
            notice,
            records::after(self.now(), life::LOGOUT_NOTICE),
        );
        self.store().put(&record.about(user).under(outbox())).await?;
        self.provider.notices.notify_one();
        Ok(())
    }
}

impl Provider {
    /// Delivers notices for ever: those of this process at once, and those that were left or failed when their time comes.
    pub async fn deliver(&self, feed: SnapshotFeed) {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let (mut sending, mut under_way) = (JoinSet::new(), HashSet::new());
        loop {
            let due = self.due_notices().await.unwrap_or_else(|error| {
                tracing::error!(%error, "who is to be told of a logout cannot be read");
                Vec::new()
            });
            for key in due {
                if under_way.insert(key) {
                    let courier = Courier {
                        parts: self.parts.clone(),
                        realm: self.realm(&feed.current()),
                        turns: Arc::clone(&turns),
                    };
                    sending.spawn(courier.deliver(key));
                }
            }
            let later = tokio::time::sleep(LOOK);
            tokio::pin!(later);
            loop {
                tokio::select! {
                    () = self.notices.notified() => break,
                    () = &mut later => break,
                    Some(Ok(key)) = sending.join_next() => { under_way.remove(&key); }
                }
            }
        }
    }

    async fn due_notices(&self) -> Result<Vec<Key>, StoreError> {
        let now = self.parts.clock.now();
        let notices = self.parts.store.list_by_grant::<Notice>(&outbox()).await?;
        let due = notices.into_iter().filter(|record| record.payload.due <= now);
        Ok(due.map(|record| record.key).collect())
    }
}

/// Who delivers one notice.
struct Courier {
    parts: Parts,
    realm: Arc<Realm>,
    turns: Arc<Semaphore>,
}

/// What came of an attempt.
enum Outcome {
    Told,
    /// The app is gone, or wants no notices any more.
    Unwanted,
    Failed(String),
}

impl Courier {
    async fn deliver(self, key: Key) -> Key {
        let _turn = self.turns.acquire().await;
        if let Err(error) = self.attempt(&key).await {
            tracing::error!(%error, "an app may be told of a logout once more");
        }
        key
    }

    /// One attempt, unless another replica makes it.
    async fn attempt(&self, key: &Key) -> Result<(), StoreError> {
        let (store, now) = (&self.parts.store, self.parts.clock.now());
        let Some(mut record) = store.get::<Notice>(key).await? else {
            return Ok(());
        };
        if record.payload.due > now {
            return Ok(());
        }
        let wait = WAITS.get(record.payload.attempts);
        record.payload.attempts += 1;
        record.payload.due = records::after(now, *wait.unwrap_or(&WAITS[0]));
        if !store.replace(&record).await? {
            return Ok(());
        }
        match (self.send(&record.payload, now).await, wait) {
            (Outcome::Failed(why), Some(wait)) => {
                let client = &record.payload.client;
                tracing::warn!(client, why, "an app was not told of a logout, next attempt in {wait:#}");
            }
            (outcome, _) => {
                store.delete::<Notice>(key).await?;
                self.record(&record.payload, &outcome);
            }
        }
        Ok(())
    }

    async fn send(&self, notice: &Notice, now: Timestamp) -> Outcome {
        let client = self.realm.client(&notice.client);
        let Some((client, url)) = client.and_then(|client| Some((client, client.backchannel_logout_uri.as_ref()?)))
        else {
            return Outcome::Unwanted;
        };
        let Some(token) = token(&self.realm, client, notice, now.as_second()) else {
            return Outcome::Failed("nothing can be signed".to_owned());
        };
        match self.parts.outbound.post_form(url, &[("logout_token", &token)]).await {
            // What the app answers besides its status does not matter (§2.8).
            Ok(answer) if answer.is_success() => Outcome::Told,
            Ok(answer) => Outcome::Failed(format!("the answer is HTTP {}", answer.status)),
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }

    fn record(&self, notice: &Notice, outcome: &Outcome) {
        let (Ok(user), Ok(client)) = (UserId::parse(&notice.user), ClientId::parse(&notice.client)) else {
            return;
        };
        let (user, client) = (Person::from(&user), &client);
        match outcome {
            Outcome::Told => self.parts.audit.record(None, &Event::LogoutDelivered { user, client }),
            Outcome::Failed(_) => self
                .parts
                .audit
                .record(None, &Event::LogoutUndelivered { user, client }),
            Outcome::Unwanted => {}
        }
    }
}

/// §2.4. No `nonce`, so that it can't be taken for an ID token.
fn token(realm: &Realm, client: &Client, notice: &Notice, now: i64) -> Option<String> {
    let jti: [u8; 16] = random::bytes().ok()?;
    let jti: String = jti.iter().map(|byte| format!("{byte:02x}")).collect();
    let claims: Value = json!({
        "iss": realm.issuer.as_str(), "aud": client.id.as_str(), "sub": notice.user, "sid": notice.sid,
        "iat": now, "exp": now + LIFE, "jti": jti, "events": { EVENT: {} },
    });
    let key = realm.keyring.signing(client.id_token_alg)?;
    key.jwt("logout+jwt", &claims).ok()
}
