//! `grant_type=refresh_token` (RFC 6749 §6, RFC 9700 §4.14.2): each refresh token is good once and has one successor.
//!
//! Tokens that follow one another are a family, kept as one record; a token is the family's handle and a secret. Each use
//! replaces the secret by compare-and-swap, so of two at once one wins, and the other finds itself to be the previous token. For
//! [`life::GRACE`] the previous token gives the same successor again, because answers get lost and browsers have two tabs. It can:
//! the successor is made from the token itself and a salt, so the store alone, without the token, has no successor to give.
//! Any other secret with the handle of a family has been used before: it was stolen, or its successor was. The family ends.

use super::{Issue, Tokens, bearer};
use crate::audit::{Event, GrantRefusal};
use crate::digest;
use crate::model::Client;
use crate::oidc::records::{self, AccessToken, Family, Grant, Previous, life};
use crate::oidc::{Desk, Error, Params, Scope, Scopes};
use crate::store::{Key, Record, Token};

/// A refresh token as it is sent: `handle.secret`.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    handle: Token,
    secret: Token,
}

impl RefreshToken {
    /// The first of a family.
    pub(super) fn random() -> Result<Self, Error> {
        Ok(Self {
            handle: Token::random()?,
            secret: Token::random()?,
        })
    }

    /// Reads what an app presents.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (handle, secret) = text.split_once('.')?;
        Some(Self {
            handle: Token::parse(handle)?,
            secret: Token::parse(secret)?,
        })
    }

    /// Where the family stands.
    #[must_use]
    pub fn family(&self) -> Key {
        self.handle.key()
    }

    /// Whether it is the one that is good.
    #[must_use]
    pub fn is_current(&self, family: &Family) -> bool {
        family.current == self.secret.key()
    }

    pub(super) fn expose(&self) -> String {
        format!("{}.{}", self.handle.expose(), self.secret.expose())
    }

    /// The successor that this token has with `salt`.
    fn successor(&self, salt: &str) -> Self {
        let secret = digest::hmac_sha256(self.secret.expose_bytes(), salt.as_bytes());
        Self {
            handle: self.handle.clone(),
            secret: Token::from_bytes(*secret.as_bytes()),
        }
    }
}

/// What a presented token is to its family.
enum Standing {
    Current,
    Previous { salt: String },
    Spent,
}

fn standing(family: &Family, token: &RefreshToken, now: jiff::Timestamp) -> Standing {
    let key = token.secret.key();
    match &family.previous {
        _ if family.current == key => Standing::Current,
        Some(previous) if previous.token == key && now < previous.until => Standing::Previous {
            salt: previous.salt.clone(),
        },
        Some(_) | None => Standing::Spent,
    }
}

impl Desk<'_> {
    /// The family of which `first` is the first.
    pub(super) fn family(&self, first: &RefreshToken, grant: &Grant) -> Record<Family> {
        let family = Family {
            grant: grant.clone(),
            current: first.secret.key(),
            previous: None,
        };
        let record = Record::new(first.family(), family, records::after(self.now(), life::REFRESH_TOKEN));
        record.about(grant.login.user.clone()).under(grant.login.session)
    }

    pub(super) async fn refresh(&self, client: &Client, params: &Params) -> Result<Tokens, Error> {
        let text = params.get("refresh_token").ok_or(Error::NoRefreshToken)?;
        let found = match RefreshToken::parse(text) {
            Some(token) => self
                .store()
                .get::<Family>(&token.family())
                .await?
                .map(|record| (token, record)),
            None => None,
        };
        let Some((token, record)) = found else {
            return Err(self.refused(client, None, GrantRefusal::Unknown, Error::RefreshSpent));
        };
        let grant = &record.payload.grant.as_of_now(client);
        if grant.client != client.id.as_str() {
            let user = Some(grant.login.user.as_str());
            return Err(self.refused(client, user, GrantRefusal::OtherClient, Error::RefreshSpent));
        }
        let scopes = match narrowed(grant.scopes, params.get("scope")) {
            Ok(scopes) => scopes,
            Err(error) => return Err(self.refused(client, Some(&grant.login.user), GrantRefusal::Scope, error)),
        };
        let grant = grant.clone();
        let user = match self.still_entitled(&grant, client).await {
            Ok(user) => user,
            Err(error) => {
                self.end_family(&record.key, &grant).await?;
                return Err(error);
            }
        };
        let access_token = Token::random()?;
        let issued = self.access_token(client, &access_token, scopes, Some(&grant));
        let successor = self.rotate(client, &token, record, &issued).await?;
        let mut tokens = bearer(&access_token, scopes);
        tokens.refresh_token = Some(successor.expose());
        tokens.id_token = self.id_token(&Issue {
            grant: &grant,
            client,
            user,
            nonce: None,
            access_token: &tokens.access_token,
            code: None,
        })?;
        let (user, client) = (user.into(), &client.id);
        self.record(Some(Event::TokensRefreshed { user, client }));
        Ok(tokens)
    }

    /// Spends `token` and gives its successor; for a token that was just spent, the same one again. The access token is issued
    /// in the same moment, in which the family is there: what ends the family afterwards finds it.
    async fn rotate(
        &self,
        client: &Client,
        token: &RefreshToken,
        mut record: Record<Family>,
        issued: &Record<AccessToken>,
    ) -> Result<RefreshToken, Error> {
        let now = self.now();
        // Another turn is for who lost the swap to another request of the family, which has got on by it.
        loop {
            let successor = match standing(&record.payload, token, now) {
                Standing::Spent => break,
                Standing::Previous { salt } => token.successor(&salt),
                Standing::Current => {
                    let salt = Token::random()?.expose();
                    let successor = token.successor(&salt);
                    let until = records::after(now, life::GRACE);
                    record.payload.previous = Some(Previous {
                        token: record.payload.current,
                        salt,
                        until,
                    });
                    record.payload.current = successor.secret.key();
                    record.expires = records::after(now, life::REFRESH_TOKEN);
                    successor
                }
            };
            if self.store().exchange(&record, &[issued]).await? {
                return Ok(successor);
            }
            let Some(newer) = self.store().get::<Family>(&record.key).await? else {
                return Err(Error::RefreshSpent);
            };
            record = newer;
        }
        self.end_family(&record.key, &record.payload.grant).await?;
        let user = self.person(&record.payload.grant.login.user);
        let client = &client.id;
        self.record(user.map(|user| Event::RefreshReused { user, client }));
        Err(Error::RefreshSpent)
    }

    /// Ends a family, and the access tokens that its app got in the same session.
    pub(in crate::oidc) async fn end_family(&self, family: &Key, grant: &Grant) -> Result<(), Error> {
        self.store().delete::<Family>(family).await?;
        for token in self.store().list_by_grant::<AccessToken>(&grant.login.session).await? {
            if token.payload.client == grant.client {
                self.store().delete::<AccessToken>(&token.key).await?;
            }
        }
        Ok(())
    }

    /// The gate, and for tokens that are not for offline use, whether the person is still signed in.
    async fn still_entitled<'a>(&'a self, grant: &Grant, client: &'a Client) -> Result<&'a crate::model::User, Error> {
        let user = self.entitled(grant, client)?;
        if !grant.scopes.contains(Scope::OfflineAccess) && !self.is_signed_in(&grant.login).await? {
            return Err(Error::SignedOut);
        }
        Ok(user)
    }

    fn refused(&self, client: &Client, user: Option<&str>, why: GrantRefusal, error: Error) -> Error {
        let user = user.and_then(|user| self.person(user));
        let client = &client.id;
        self.record(Some(Event::GrantRefused { user, client, why }));
        error
    }
}

/// The scopes of the new access token: as granted, or fewer (RFC 6749 §6).
fn narrowed(granted: Scopes, asked: Option<&str>) -> Result<Scopes, Error> {
    let Some(asked) = asked else { return Ok(granted) };
    let asked = Scopes::read(asked)?;
    if asked.is_within(granted) {
        Ok(asked)
    } else {
        Err(Error::ScopeWidened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_rubbish_does_not() {
        let token = RefreshToken::random().unwrap();
        let text = token.expose();
        let read = RefreshToken::parse(&text).unwrap();
        assert_eq!((read.family(), read.secret.key()), (token.family(), token.secret.key()));
        for text in [
            "",
            ".",
            &text[1..],
            &text[..86],
            &text.replace('.', ""),
            &format!("{text}.x"),
        ] {
            assert!(RefreshToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn row_11_the_successor_hangs_on_the_token_and_the_salt() {
        let token = RefreshToken::random().unwrap();
        let other = RefreshToken {
            handle: token.handle.clone(),
            secret: Token::random().unwrap(),
        };
        let key = |token: &RefreshToken, salt: &str| token.successor(salt).secret.key();
        assert_eq!(key(&token, "a"), key(&token, "a"));
        assert_ne!(key(&token, "a"), key(&token, "b"));
        assert_ne!(key(&token, "a"), key(&other, "a"));
        assert_eq!(token.successor("a").family(), token.family());
    }

    #[test]
    fn b37_a_refresh_may_ask_for_less_and_not_for_more() {
        let granted = Scopes::read("openid email").unwrap();
        let check = |asked: Option<&str>, expect: Result<&str, Error>| {
            assert_eq!(
                narrowed(granted, asked).map(|scopes| scopes.to_string()),
                expect.map(str::to_owned)
            );
        };
        check(None, Ok("openid email"));
        check(Some("email"), Ok("email"));
        check(Some("openid email"), Ok("openid email"));
        check(Some("openid groups"), Err(Error::ScopeWidened));
    }
}
