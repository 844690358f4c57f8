//! Back-channel logout (OpenID Connect Back-Channel Logout 1.0): apps are told that a session has ended.
//!
//! A notice is a signed token, posted to the address in the client's file. It is sent beside the request that caused it, three
//! times at most, and what came of it is an audit line.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use url::Url;

use super::{Provider, Realm};
use crate::audit::{Event, Person};
use crate::model::{Client, ClientId, UserId};
use crate::outbound::Outbound;
use crate::random;

/// The waits before the second and the third attempt.
const WAITS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(10)];
/// How long a token is good for, in seconds (§4: at most two minutes).
const LIFE: i64 = 120;
/// How many are sent at once: a commit may sign thousands out, and connections are what people sign in by, too.
pub(super) const AT_ONCE: usize = 32;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// One app to be told of one session.
#[derive(Debug)]
pub struct Notice {
    url: Url,
    token: String,
    user: UserId,
    client: ClientId,
}

impl Notice {
    /// A notice to `client` that `user` is signed out of the session that it knows as `sid`. `None` when the client doesn't
    /// want any, or when nothing can be signed.
    #[must_use]
    pub fn new(realm: &Realm, client: &Client, user: &str, sid: &str, now: i64) -> Option<Self> {
        let url = client.backchannel_logout_uri.clone()?;
        let key = realm.keyring.signing(client.id_token_alg)?;
        let claims = claims(realm, client, user, sid, now)?;
        Some(Self {
            url,
            token: key.jwt("logout+jwt", &claims).ok()?,
            user: UserId::parse(user).ok()?,
            client: client.id.clone(),
        })
    }
}

/// §2.4. No `nonce`, so that it can't be taken for an ID token.
fn claims(realm: &Realm, client: &Client, user: &str, sid: &str, now: i64) -> Option<Value> {
    let jti: [u8; 16] = random::bytes().ok()?;
    let jti: String = jti.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(json!({
        "iss": realm.issuer.as_str(), "aud": client.id.as_str(), "sub": user, "sid": sid,
        "iat": now, "exp": now + LIFE, "jti": jti, "events": { EVENT: {} },
    }))
}

impl Provider {
    /// Sends notices, each in a task of its own.
    pub fn notify(&self, notices: Vec<Notice>) {
        for notice in notices {
            let (outbound, audit) = (self.parts.outbound.clone(), self.parts.audit.clone());
            let turns = Arc::clone(&self.notices);
            tokio::spawn(async move {
                let delivered = deliver(&outbound, &notice, &turns).await;
                let (user, client) = (Person::from(&notice.user), &notice.client);
                let event = if delivered {
                    Event::LogoutDelivered { user, client }
                } else {
                    Event::LogoutUndelivered { user, client }
                };
                audit.record(None, &event);
            });
        }
    }
}

async fn deliver(outbound: &Outbound, notice: &Notice, turns: &Semaphore) -> bool {
    let form = [("logout_token", notice.token.as_str())];
    let mut waits = WAITS.into_iter();
    loop {
        let turn = turns.acquire().await;
        // What the app answers besides its status does not matter (§2.8).
        if outbound
            .post_form(&notice.url, &form)
            .await
            .is_ok_and(|answer| answer.is_success())
        {
            return true;
        }
        drop(turn);
        let Some(wait) = waits.next() else { return false };
        tokio::time::sleep(wait).await;
    }
}
