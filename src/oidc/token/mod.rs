//! The token endpoint (RFC 6749 §3.2): three grants, one file each for those that have rules of their own.

mod code;
mod refresh;

pub use refresh::RefreshToken;

use serde::Serialize;
use serde_json::Map;

use super::claims::{Wanted, known};
use super::claims_request::Named;
use super::client_auth::{Presented, authenticate};
use super::id_token::Statement;
use super::records::{self, AccessToken, Grant, life};
use super::{Acr, Desk, Error, Scope, Scopes};
use crate::audit::{Event, TokenGrant};
use crate::auth::credentials::password_epoch;
use crate::model::access::SecondFactor;
use crate::model::{Client, Grant as GrantType, Refresh, User};
use crate::store::{Record, Token};

/// A successful answer (RFC 6749 §5.1).
#[derive(Serialize)]
pub struct Tokens {
    /// The access token.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    /// What was granted.
    #[serde(skip_serializing_if = "Scopes::is_empty_ref")]
    pub scope: Scopes,
    /// The refresh token, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID token, if people sign in with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
}

impl Desk<'_> {
    /// Answers a token request.
    ///
    /// # Errors
    /// What the standard says; the client is known to be the client in all cases but [`Error::ClientUnknown`] and its like.
    pub async fn token(&self, presented: Presented<'_>) -> Result<Tokens, Error> {
        if let Some(fault) = presented.params.fault() {
            return Err(fault);
        }
        let client = self.client(presented)?;
        let grant = presented.params.get("grant_type").ok_or(Error::NoGrantType)?;
        let known = GrantType::ALL.iter().copied().find(|known| known.as_str() == grant);
        let grant = known.ok_or(Error::GrantType)?;
        if !client.grants.contains(&grant) {
            return Err(Error::GrantNotRegistered);
        }
        match grant {
            GrantType::AuthorizationCode => self.redeem(client, presented.params).await,
            GrantType::RefreshToken => self.refresh(client, presented.params).await,
            GrantType::ClientCredentials => self.for_itself(client, presented.params.get("scope")).await,
        }
    }

    /// The app that sent the request.
    pub(super) fn client(&self, presented: Presented<'_>) -> Result<&Client, Error> {
        authenticate(&self.realm.desired, presented).map_err(|unproven| {
            let (client, why) = (unproven.client.map(|client| &client.id), unproven.why);
            self.record(Some(Event::ClientRefused { client, why }));
            unproven.error
        })
    }

    /// Whether the person of `grant` may still use `client`, signed in as well as they are.
    pub(super) fn entitled<'a>(&'a self, grant: &Grant, client: &'a Client) -> Result<&'a User, Error> {
        let user = self.realm.user(&grant.login.user).ok_or(Error::AccessLost)?;
        let verdict = self.realm.access(user, client);
        if !verdict.allowed {
            let (rule, user) = (verdict.rule, user.into());
            self.record(Some(Event::Denied { user, client, rule }));
            return Err(Error::AccessLost);
        }
        if password_epoch(user).to_string() != grant.login.epoch {
            return Err(Error::SignedOut);
        }
        if verdict.second_factor != SecondFactor::NotRequired && grant.login.acr() < Acr::SecondFactor {
            return Err(Error::AccessLost);
        }
        Ok(user)
    }

    /// An access token for the client itself (RFC 6749 §4.4). It is about nobody, so no scope that is about a person fits.
    async fn for_itself(&self, client: &Client, scope: Option<&str>) -> Result<Tokens, Error> {
        if !Scopes::read(scope.unwrap_or_default())?.is_empty() {
            return Err(Error::ScopeNotRegistered);
        }
        let access_token = Token::random()?;
        let record = self.access_token(client, &access_token, Scopes::NONE, None);
        self.store().put(&record).await?;
        let (user, client, grant) = (None, &client.id, TokenGrant::ClientCredentials);
        self.record(Some(Event::TokensIssued { user, client, grant }));
        Ok(bearer(&access_token, Scopes::NONE))
    }

    /// The record of an access token on what a person has granted, or on the client's own account.
    fn access_token(
        &self,
        client: &Client,
        token: &Token,
        scopes: Scopes,
        grant: Option<&Grant>,
    ) -> Record<AccessToken> {
        let payload = AccessToken {
            client: client.id.as_str().to_owned(),
            audience: audience(client),
            scopes,
            userinfo: grant.map(|grant| grant.userinfo.clone()).unwrap_or_default(),
            acr: grant.map_or(Acr::Password, |grant| grant.login.acr()),
            issued: self.now().as_second(),
        };
        let record = Record::new(token.key(), payload, records::after(self.now(), life::ACCESS_TOKEN));
        match grant {
            Some(grant) => record.about(grant.login.user.clone()).under(grant.login.session),
            None => record,
        }
    }

    /// The ID token that goes with an access token, where one was asked for.
    fn id_token(&self, issue: &Issue<'_>) -> Result<Option<String>, Error> {
        let grant = issue.grant;
        if !grant.scopes.contains(Scope::OpenId) {
            return Ok(None);
        }
        let key = self
            .realm
            .keyring
            .signing(issue.client.id_token_alg)
            .ok_or(Error::NoSigningKey)?;
        let mut person = Map::new();
        let named = self.named(issue);
        let wanted = Wanted {
            scopes: Scopes::NONE,
            named: &named,
        };
        self.realm.claims(issue.user, wanted, &mut person);
        let sid = grant.login.sid(&grant.client);
        let statement = Statement {
            issuer: &self.realm.issuer,
            client: &grant.client,
            subject: &grant.login.user,
            nonce: issue.nonce,
            sid: Some(&sid),
            authenticated_at: grant.login.at,
            acr: grant.acr,
            amr: &grant.login.amr,
            person,
            issued: self.now(),
            access_token: issue.access_token,
            code: issue.code,
        };
        statement.sign(key).map(Some)
    }

    /// The claims that go into the ID token: those that the request named, and those of the client's file whose scope was
    /// granted. All others are for userinfo (OpenID Connect Core §5.4).
    fn named(&self, issue: &Issue<'_>) -> Named {
        let listed = issue.client.id_token_claims.iter().filter_map(|name| known(name));
        let granted = listed.filter(|(_, scope)| issue.grant.scopes.contains(*scope));
        issue.grant.id_token.with(granted.map(|(name, _)| name))
    }
}

/// What an ID token is issued on.
struct Issue<'a> {
    grant: &'a Grant,
    client: &'a Client,
    user: &'a User,
    nonce: Option<&'a str>,
    access_token: &'a str,
    code: Option<&'a str>,
}

/// Who may ask what an access token of `client` is good for.
pub(super) fn audience(client: &Client) -> Vec<String> {
    let all = std::iter::once(&client.id).chain(&client.audiences);
    all.map(|id| id.as_str().to_owned()).collect()
}

fn bearer(access_token: &Token, scope: Scopes) -> Tokens {
    Tokens {
        access_token: access_token.expose(),
        token_type: "Bearer",
        expires_in: life::ACCESS_TOKEN.as_secs(),
        scope,
        refresh_token: None,
        id_token: None,
    }
}

/// Whether a sign-in at `client` brings a refresh token.
fn is_refreshable(client: &Client, scopes: Scopes) -> bool {
    client.grants.contains(&GrantType::RefreshToken)
        && match client.refresh {
            Refresh::Always => true,
            Refresh::OfflineAccess => scopes.contains(Scope::OfflineAccess),
        }
}
