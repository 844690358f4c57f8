//! Signing out (OpenID Connect RP-Initiated Logout 1.0): an app sends the person here, and the session ends.
//!
//! A link to this endpoint can stand on any page. So the person is asked, unless the request proves with an ID token of ours that
//! it comes from an app at which this very person is signed in. The browser returns to the app only where the app is certain and
//! has registered the address.

use super::records::{self, AccessToken, Code, Family, LogoutRequest, Participation, life};
use super::redirect::{may_return_after_logout, with_query};
use super::{Desk, Error, Params, Refusal};
use crate::audit::{Event, SignOutScope};
use crate::auth::session::Session;
use crate::model::UserId;
use crate::store::{Record, Token};

/// What the browser is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Ask the person, for the request of this id.
    Ask(String),
    /// The person is signed out: go there, or to the page that says so.
    Gone(Option<String>),
}

impl Desk<'_> {
    /// Answers a request to end `session`. It has ended when the answer is [`Leave::Gone`].
    ///
    /// # Errors
    /// A [`Refusal`] when the request is malformed or the store fails.
    pub async fn end_session(&self, params: &Params, session: Option<&Session>) -> Result<Leave, Refusal> {
        if params.fault().is_some() {
            return Err(Refusal::Malformed);
        }
        let request = self.read(params);
        let Some(session) = session else {
            return Ok(Leave::Gone(request.return_to.filter(|_| request.proven.is_some())));
        };
        let user = session.user.as_str();
        if request.proven.as_deref() == Some(user) {
            self.sign_out(session).await?;
            let scope = SignOutScope::ByApp;
            self.record(self.person(user).map(|user| Event::SignedOut { user, scope }));
            return Ok(Leave::Gone(request.return_to));
        }
        let id = Token::random()?;
        let payload = LogoutRequest {
            client: request.client,
            return_to: request.return_to,
        };
        let record = Record::new(id.key(), payload, records::after(self.now(), life::LOGOUT));
        self.store().put(&record).await?;
        Ok(Leave::Ask(id.expose()))
    }

    fn read(&self, params: &Params) -> Asked {
        let hint = params.get("id_token_hint");
        let read = hint.and_then(|hint| self.realm.hint(hint));
        let named = params.get("client_id");
        let contradicts = read
            .as_ref()
            .zip(named)
            .is_some_and(|(hint, named)| hint.client != named);
        if (hint.is_some() && read.is_none()) || contradicts {
            return Asked::default();
        }
        let client = read.as_ref().map_or(named, |hint| Some(&hint.client));
        let client = client.and_then(|id| self.realm.client(id));
        let uri = params.get("post_logout_redirect_uri");
        let registered = client
            .zip(uri)
            .filter(|(client, uri)| may_return_after_logout(client, uri));
        let state = params.get("state").map(|state| ("state", state));
        Asked {
            return_to: registered.map(|(_, uri)| with_query(uri, state)),
            client: client.map(|client| client.id.as_str().to_owned()),
            proven: read.map(|hint| hint.subject),
        }
    }

    /// A request to sign out that waits for the person.
    ///
    /// # Errors
    /// [`Refusal::Expired`] when it was answered or took too long.
    pub async fn logout_request(&self, id: &str) -> Result<LogoutRequest, Refusal> {
        let key = Token::parse(id).ok_or(Refusal::Expired)?.key();
        Ok(self
            .store()
            .get::<LogoutRequest>(&key)
            .await?
            .ok_or(Refusal::Expired)?
            .payload)
    }

    /// The request, answered: it is there once.
    ///
    /// # Errors
    /// [`Refusal::Expired`] when it was answered or took too long.
    pub async fn take_logout_request(&self, id: &str) -> Result<LogoutRequest, Refusal> {
        let key = Token::parse(id).ok_or(Refusal::Expired)?.key();
        Ok(self
            .store()
            .take::<LogoutRequest>(&key)
            .await?
            .ok_or(Refusal::Expired)?
            .payload)
    }

    /// Ends a session and all that hangs on it; the apps that take part in it are told.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, session: &Session) -> Result<(), Error> {
        // Before it ends: with the session goes what says who takes part.
        let parts = self.store().list_by_grant::<Participation>(&session.grant).await?;
        for part in &parts {
            self.tell_app(session.user.as_str(), &part.payload).await?;
        }
        Ok(self.sessions().end(session).await?)
    }

    /// Ends all sessions of a person and all that apps hold, also what outlives a session; the apps are told.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out_everywhere(&self, user: &UserId) -> Result<(), Error> {
        self.end_at_apps(user.as_str(), |_| true).await?;
        self.sessions().end_all_of(user).await?;
        Ok(())
    }

    /// Ends what apps hold of a person, where `which` says so of the app, and tells those that want to know.
    pub(super) async fn end_at_apps(&self, user: &str, which: impl Fn(&str) -> bool) -> Result<(), Error> {
        let store = self.store();
        for code in store.list_by_subject::<Code>(user).await? {
            if which(&code.payload.grant.client) {
                store.delete::<Code>(&code.key).await?;
            }
        }
        for family in store.list_by_subject::<Family>(user).await? {
            if which(&family.payload.grant.client) {
                store.delete::<Family>(&family.key).await?;
            }
        }
        for token in store.list_by_subject::<AccessToken>(user).await? {
            if which(&token.payload.client) {
                store.delete::<AccessToken>(&token.key).await?;
            }
        }
        for part in store.list_by_subject::<Participation>(user).await? {
            if which(&part.payload.client) {
                self.tell_app(user, &part.payload).await?;
                store.delete::<Participation>(&part.key).await?;
            }
        }
        Ok(())
    }
}

/// What a request to sign out says, as far as it is to be believed.
#[derive(Default)]
struct Asked {
    /// Where to go afterwards.
    return_to: Option<String>,
    /// Which app asks.
    client: Option<String>,
    /// Whom an ID token of ours proves it to be about.
    proven: Option<String>,
}
