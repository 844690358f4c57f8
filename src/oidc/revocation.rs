//! Token revocation (RFC 7009): an app gives back what it needs no more.

use super::client_auth::Presented;
use super::records::{AccessToken, Family};
use super::token::RefreshToken;
use super::{Desk, Error};
use crate::audit::Event;
use crate::model::Client;
use crate::store::Token;

impl Desk<'_> {
    /// Revokes a token of the client. A token that isn't there, or isn't the client's, is as good as revoked (§2.2), and
    /// `token_type_hint` is not needed: the two kinds of tokens look different.
    ///
    /// # Errors
    /// When the client isn't known or the request is malformed.
    pub async fn give_back(&self, presented: Presented<'_>) -> Result<(), Error> {
        if let Some(fault) = presented.params.fault() {
            return Err(fault);
        }
        let client = self.client(presented)?;
        let text = presented.params.get("token").ok_or(Error::NoToken)?;
        if let Some(token) = Token::parse(text) {
            self.revoke_access_token(client, &token).await
        } else if let Some(token) = RefreshToken::parse(text) {
            self.revoke_family(client, &token).await
        } else {
            Ok(())
        }
    }

    async fn revoke_access_token(&self, client: &Client, token: &Token) -> Result<(), Error> {
        let key = token.key();
        let record = self.store().get::<AccessToken>(&key).await?;
        let Some(record) = record.filter(|record| record.payload.client == client.id.as_str()) else {
            return Ok(());
        };
        self.store().delete::<AccessToken>(&key).await?;
        self.revoked(client, record.subject.as_deref());
        Ok(())
    }

    /// The family ends with all its access tokens (§2.1), whichever of its tokens is given back.
    async fn revoke_family(&self, client: &Client, token: &RefreshToken) -> Result<(), Error> {
        let record = self.store().get::<Family>(&token.family()).await?;
        let Some(record) = record.filter(|record| record.payload.grant.client == client.id.as_str()) else {
            return Ok(());
        };
        self.end_family(&record.key, &record.payload.grant).await?;
        self.revoked(client, record.subject.as_deref());
        Ok(())
    }

    fn revoked(&self, client: &Client, subject: Option<&str>) {
        let user = subject.and_then(|subject| self.person(subject));
        let client = &client.id;
        self.record(Some(Event::TokenRevoked { user, client }));
    }
}
