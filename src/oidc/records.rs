//! What the provider remembers between two requests. Ids of records are secrets of whoever presents them; the store has hashes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::authorize::Request;
use super::claims_request::Named;
use super::pkce::Challenge;
use super::{Acr, Scopes};
use crate::auth::session::Session;
use crate::model::Client;
use crate::store::{Key, Kind};

/// How long the parts of the protocol live.
pub mod life {
    #![expect(missing_docs, reason = "each is the life of the record of that name")]
    use jiff::SignedDuration;

    /// RFC 6749 §4.1.2 wants at most ten minutes; an app redeems it at once. A spent code must be brief for the store.
    pub const CODE: SignedDuration = SignedDuration::from_secs(60);
    const _: () = assert!(CODE.as_millis() <= crate::store::BRIEF.as_millis() as i128);
    pub const ACCESS_TOKEN: SignedDuration = SignedDuration::from_mins(10);
    pub const INTERACTION: SignedDuration = SignedDuration::from_mins(30);
    pub const POSTED: SignedDuration = SignedDuration::from_mins(5);
    pub const LOGOUT: SignedDuration = SignedDuration::from_mins(30);
    /// Unused. Each use begins it anew.
    pub const REFRESH_TOKEN: SignedDuration = SignedDuration::from_hours(30 * 24);
    /// How long a spent refresh token gives its successor again: an answer may be lost on the way.
    pub const GRACE: SignedDuration = SignedDuration::from_secs(30);
    /// Then a person is asked again.
    pub const CONSENT: SignedDuration = SignedDuration::from_hours(365 * 24);
    /// The longest a session may last is for the policy; logout tokens are sent for sign-ins of the last half year.
    pub const PARTICIPATION: SignedDuration = SignedDuration::from_hours(180 * 24);
    /// All attempts take eight hours; the rest is for a server that stands still.
    pub const LOGOUT_NOTICE: SignedDuration = SignedDuration::from_hours(7 * 24);
}

/// Times in a payload: milliseconds since 1970, as everywhere in the store.
pub(super) mod time {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::oidc) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.as_millisecond())
    }

    pub(in crate::oidc) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let milliseconds = i64::deserialize(deserializer)?;
        Timestamp::from_millisecond(milliseconds).map_err(serde::de::Error::custom)
    }
}

/// Who is signed in, as far as an app is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The session's grant: the same for as long as the person stays signed in, and what all hangs on that comes of it.
    pub session: Key,
    /// The id of the person.
    pub user: String,
    /// When the person last proved to be the person.
    #[serde(with = "time")]
    pub at: Timestamp,
    /// How: RFC 8176.
    pub amr: Vec<String>,
    /// The password it was done with: [`crate::auth::credentials::password_epoch`].
    pub epoch: String,
}

impl From<&Session> for Login {
    fn from(session: &Session) -> Self {
        Self {
            session: session.grant,
            user: session.user.as_str().to_owned(),
            at: session.authenticated_at,
            amr: session.methods.words().into_iter().map(str::to_owned).collect(),
            epoch: session.epoch.to_string(),
        }
    }
}

impl Login {
    /// How well.
    #[must_use]
    pub fn acr(&self) -> Acr {
        if self.amr.iter().any(|method| method == "mfa") {
            Acr::SecondFactor
        } else {
            Acr::Password
        }
    }

    /// The session as `client` knows it: random, and another at each app.
    #[must_use]
    pub fn sid(&self, client: &str) -> String {
        Key::of_name(&["sid", &self.session.to_text(), client]).to_text()
    }
}

/// An authorization request that waits for a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interaction {
    /// The request, checked.
    pub request: Request,
    /// Who has agreed to it.
    pub agreed: Option<String>,
}

impl Kind for Interaction {
    const NAME: &'static str = "interaction";
}

/// The parameters of a request that came by POST: it is repeated as a GET, which brings the cookie along.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Posted {
    /// As a query.
    pub query: String,
}

impl Kind for Posted {
    const NAME: &'static str = "posted";
}

/// What a person has agreed to at one app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Consent {
    /// The scopes.
    pub scopes: Scopes,
}

impl Kind for Consent {
    const NAME: &'static str = "consent";
}

/// What came of a sign-in at an app: all that its tokens stand on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// The app.
    pub client: String,
    /// What it may learn and do.
    pub scopes: Scopes,
    /// Single claims for userinfo.
    pub userinfo: Named,
    /// Single claims for ID tokens.
    pub id_token: Named,
    /// Who is signed in.
    pub login: Login,
    /// How well, in the app's own words.
    pub acr: Acr,
}

impl Grant {
    /// What of it the file of `client` still lists.
    #[must_use]
    pub fn as_of_now(&self, client: &Client) -> Self {
        let listed = Scopes::of_client(client);
        Self {
            scopes: self.scopes.intersection(listed),
            userinfo: self.userinfo.within(listed),
            id_token: self.id_token.within(listed),
            ..self.clone()
        }
    }
}

/// An authorization code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Code {
    /// What it is good for.
    pub grant: Grant,
    /// Where it was sent.
    pub redirect_uri: String,
    /// The `nonce` of the request.
    pub nonce: Option<String>,
    /// Who may redeem it (RFC 7636).
    pub challenge: Option<Challenge>,
    /// What it was redeemed for; kept, to be ended when the code comes a second time.
    pub spent: Option<Spent>,
}

/// What a code was redeemed for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Spent {
    /// The access token.
    pub access_token: Key,
    /// The family of refresh tokens.
    pub family: Option<Key>,
}

impl Kind for Code {
    const NAME: &'static str = "code";
}

/// An access token. It is about a person, its subject, unless an app got it for itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessToken {
    /// The app that got it.
    pub client: String,
    /// What it is good for.
    pub scopes: Scopes,
    /// Single claims for userinfo.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub userinfo: Named,
    /// Who may ask what it is good for (RFC 7662 §4).
    pub audience: Vec<String>,
    /// How well its person had signed in: the app may ask for more by now.
    #[serde(default = "least")]
    pub acr: Acr,
    /// Seconds since 1970.
    pub issued: i64,
}

const fn least() -> Acr {
    Acr::Password
}

impl Kind for AccessToken {
    const NAME: &'static str = "access-token";
}

/// Refresh tokens that follow one another: one is good at a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Family {
    /// What they are good for.
    pub grant: Grant,
    /// The token that is good.
    pub current: Key,
    /// The one before, for as long as it may ask again.
    pub previous: Option<Previous>,
}

impl Kind for Family {
    const NAME: &'static str = "refresh";
}

/// A refresh token that was just spent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Previous {
    /// Which.
    pub token: Key,
    /// What, together with it, makes its successor.
    pub salt: String,
    /// Until when it may ask again.
    #[serde(with = "time")]
    pub until: Timestamp,
}

/// That an app wants to hear of the end of a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Participation {
    /// The app.
    pub client: String,
    /// The session as the app knows it.
    pub sid: String,
}

impl Kind for Participation {
    const NAME: &'static str = "participation";
}

/// A request to log out that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutRequest {
    /// The app that asks, if that is certain.
    pub client: Option<String>,
    /// Where to go afterwards, with the `state`.
    pub return_to: Option<String>,
}

impl Kind for LogoutRequest {
    const NAME: &'static str = "logout";
}

/// `now` and then some.
pub(super) fn after(now: Timestamp, life: SignedDuration) -> Timestamp {
    now.checked_add(life).unwrap_or(Timestamp::MAX)
}
