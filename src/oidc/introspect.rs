//! Introspection (RFC 7662): a resource server asks what a token is good for.
//!
//! Only clients that their file allows may ask, and only about tokens that are meant for them: their own, and access tokens of
//! the apps that name them in `audiences`. About any other token, and about one whose person may no longer use the app, the
//! answer is `{"active":false}` and nothing else.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::claims::Wanted;
use super::claims_request::Named;
use super::client_auth::Presented;
use super::records::{AccessToken, Family};
use super::token::{RefreshToken, audience};
use super::{Acr, Desk, Error, Scope, Scopes};
use crate::audit::{ClientRefusal, Event};
use crate::model::Client;
use crate::store::Token;

/// What a token says.
struct Facts {
    client: String,
    audience: Vec<String>,
    subject: Option<String>,
    scopes: Scopes,
    acr: Acr,
    issued: i64,
    expires: Timestamp,
    token_type: &'static str,
}

impl Desk<'_> {
    /// Answers what a token is good for.
    ///
    /// # Errors
    /// When the client isn't known or may not ask, or the request is malformed. A bad token is an answer.
    pub async fn introspect(&self, presented: Presented<'_>) -> Result<Map<String, Value>, Error> {
        if let Some(fault) = presented.params.fault() {
            return Err(fault);
        }
        let client = self.client(presented)?;
        if !client.introspect {
            let (client, why) = (Some(&client.id), ClientRefusal::NotAllowed);
            self.record(Some(Event::ClientRefused { client, why }));
            return Err(Error::NotAllowedToIntrospect);
        }
        let token = presented.params.get("token").ok_or(Error::NoToken)?;
        let facts = self.facts(token).await?.filter(|facts| is_for(client, facts));
        Ok(facts.and_then(|facts| self.tell(&facts)).unwrap_or_else(inactive))
    }

    async fn facts(&self, token: &str) -> Result<Option<Facts>, Error> {
        if let Some(token) = Token::parse(token) {
            let record = self.store().get::<AccessToken>(&token.key()).await?;
            return Ok(record.map(|record| Facts {
                audience: self.audience_now(&record.payload),
                client: record.payload.client,
                subject: record.subject,
                scopes: record.payload.scopes,
                acr: record.payload.acr,
                issued: record.payload.issued,
                expires: record.expires,
                token_type: "Bearer",
            }));
        }
        let Some(token) = RefreshToken::parse(token) else {
            return Ok(None);
        };
        let record = self.store().get::<Family>(&token.family()).await?;
        Ok(record
            .filter(|record| token.is_current(&record.payload))
            .map(|record| Facts {
                issued: record.created().as_second(),
                audience: vec![record.payload.grant.client.clone()],
                client: record.payload.grant.client,
                subject: record.subject,
                scopes: record.payload.grant.scopes,
                acr: record.payload.grant.login.acr(),
                expires: record.expires,
                token_type: "refresh_token",
            }))
    }

    /// For whom a token was made, as far as the file of its app still says so.
    fn audience_now(&self, token: &AccessToken) -> Vec<String> {
        let now = self.realm.client(&token.client).map(audience).unwrap_or_default();
        let made = token.audience.iter();
        made.filter(|name| now.contains(name)).cloned().collect()
    }

    /// The answer for a token that is good; `None` when the person or the app has lost what it stands on.
    fn tell(&self, facts: &Facts) -> Option<Map<String, Value>> {
        let client = self.realm.desired.clients.get(facts.client.as_str())?;
        let mut answer = Map::new();
        let mut say = |name: &str, value: Value| answer.insert(name.to_owned(), value);
        say("active", json!(true));
        say("iss", json!(self.realm.issuer.as_str()));
        say("client_id", json!(facts.client));
        say("aud", json!(facts.audience));
        say("iat", json!(facts.issued));
        say("exp", json!(facts.expires.as_second()));
        say("token_type", json!(facts.token_type));
        let scopes = facts.scopes.intersection(Scopes::of_client(client));
        if !scopes.is_empty() {
            say("scope", json!(scopes));
        }
        let Some(subject) = &facts.subject else {
            say("sub", json!(facts.client));
            return Some(answer);
        };
        let user = self.realm.user(subject)?;
        if !self.realm.admits(user, client, facts.acr) {
            return None;
        }
        say("sub", json!(subject));
        say("username", json!(user.username.as_str()));
        let shared = [Scope::Groups, Scope::Email].into_iter().collect::<Scopes>();
        let wanted = Wanted {
            scopes: scopes.intersection(shared),
            named: &Named::default(),
        };
        self.realm.claims(user, wanted, &mut answer);
        Some(answer)
    }
}

fn is_for(client: &Client, facts: &Facts) -> bool {
    facts.audience.iter().any(|audience| audience == client.id.as_str())
}

fn inactive() -> Map<String, Value> {
    Map::from_iter([("active".to_owned(), json!(false))])
}
