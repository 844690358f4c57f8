//! `grant_type=authorization_code` (RFC 6749 §4.1.3): a code for tokens, once.
//!
//! A redeemed code is kept a while with what it was redeemed for: it comes a second time only when somebody has copied it, and then
//! all that was issued for it ends (§4.1.2).

use super::refresh::RefreshToken;
use super::{Issue, Tokens, bearer, is_refreshable};
use crate::audit::{Event, GrantRefusal, TokenGrant};
use crate::model::{Client, User};
use crate::oidc::records::{self, AccessToken, Code, Spent, life};
use crate::oidc::{Desk, Error, Params, pkce};
use crate::store::{AnyRecord, Key, Record, Token};

impl Desk<'_> {
    pub(super) async fn redeem(&self, client: &Client, params: &Params) -> Result<Tokens, Error> {
        let text = params.get("code").ok_or(Error::NoCode)?;
        let redirect_uri = params.get("redirect_uri").ok_or(Error::NoRedirectUri)?;
        let found = match Token::parse(text) {
            Some(code) => self.store().get::<Code>(&code.key()).await?,
            None => None,
        };
        let Some(record) = found else {
            let (user, client, why) = (None, &client.id, GrantRefusal::Unknown);
            self.record(Some(Event::GrantRefused { user, client, why }));
            return Err(Error::CodeSpent);
        };
        if let Some(spent) = &record.payload.spent {
            return Err(self.reused(client, &record.payload, spent).await?);
        }
        if let Err((error, why)) = fits(client, &record.payload, redirect_uri, params.get("code_verifier")) {
            // Somebody knows the code who shouldn't: it is burnt.
            self.store().delete::<Code>(&record.key).await?;
            let (user, client) = (self.person(&record.payload.grant.login.user), &client.id);
            self.record(Some(Event::GrantRefused { user, client, why }));
            return Err(error);
        }
        self.exchange(client, record, text).await
    }

    async fn exchange(&self, client: &Client, mut record: Record<Code>, text: &str) -> Result<Tokens, Error> {
        let grant = record.payload.grant.clone();
        let user = self.entitled(&grant, client)?;
        let access_token = Token::random()?;
        let family = is_refreshable(client, grant.scopes)
            .then(RefreshToken::random)
            .transpose()?;
        let spent = Spent {
            access_token: access_token.key(),
            family: family.as_ref().map(RefreshToken::family),
        };
        let issued = self.access_token(client, &access_token, grant.scopes, Some(&grant));
        let founded = family.as_ref().map(|first| self.family(first, &grant));
        record.payload.spent = Some(spent);
        record.expires = records::after(self.now(), life::ACCESS_TOKEN);
        let mut tokens: Vec<&dyn AnyRecord> = vec![&issued];
        tokens.extend(founded.as_ref().map(|family| family as &dyn AnyRecord));
        // Of several at once, one gets past here; whoever finds the code spent finds the tokens, and a server that dies before
        // has spent nothing.
        if !self.store().exchange(&record, &tokens).await? {
            return Err(self.came_second(client, &record.key).await?);
        }
        let mut tokens = bearer(&access_token, grant.scopes);
        tokens.refresh_token = family.as_ref().map(RefreshToken::expose);
        tokens.id_token = self.id_token(&Issue {
            grant: &grant,
            client,
            user,
            nonce: record.payload.nonce.as_deref(),
            access_token: &tokens.access_token,
            code: Some(text),
        })?;
        self.issued(client, user);
        Ok(tokens)
    }

    fn issued(&self, client: &Client, user: &User) {
        let (user, client, grant) = (Some(user.into()), &client.id, TokenGrant::AuthorizationCode);
        self.record(Some(Event::TokensIssued { user, client, grant }));
    }

    /// For who lost a code to another request at the same moment.
    async fn came_second(&self, client: &Client, code: &Key) -> Result<Error, Error> {
        let code = self.store().get::<Code>(code).await?.map(|record| record.payload);
        match code.as_ref().and_then(|code| Some((code, code.spent.as_ref()?))) {
            Some((code, spent)) => self.reused(client, code, spent).await,
            None => Ok(Error::CodeSpent),
        }
    }

    async fn reused(&self, client: &Client, code: &Code, spent: &Spent) -> Result<Error, Error> {
        self.store().delete::<AccessToken>(&spent.access_token).await?;
        if let Some(family) = &spent.family {
            self.end_family(family, &code.grant).await?;
        }
        let client = &client.id;
        let user = self.person(&code.grant.login.user);
        self.record(user.map(|user| Event::CodeReused { user, client }));
        Ok(Error::CodeSpent)
    }
}

/// Whether who redeems a code is who it was issued for.
fn fits(client: &Client, code: &Code, redirect_uri: &str, verifier: Option<&str>) -> Result<(), (Error, GrantRefusal)> {
    if code.grant.client != client.id.as_str() {
        return Err((Error::CodeElsewhere, GrantRefusal::OtherClient));
    }
    if code.redirect_uri != redirect_uri {
        return Err((Error::CodeElsewhere, GrantRefusal::RedirectUri));
    }
    pkce::verify(code.challenge.as_ref(), verifier).map_err(|error| (error, GrantRefusal::Verifier))
}
