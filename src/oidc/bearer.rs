//! Access tokens as apps present them (RFC 6750), and userinfo (OpenID Connect Core §5.3).

use serde_json::{Map, Value, json};

use super::claims::Wanted;
use super::records::AccessToken;
use super::{Desk, Error, Params, Scope, Scopes};
use crate::store::Token;

/// Where a request may bring an access token.
#[derive(Clone, Copy, Debug)]
pub struct Carrier<'a> {
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
    /// The query, which is no place for it.
    pub query: &'a Params,
    /// The form in the body; empty when there is none.
    pub body: &'a Params,
}

impl<'a> Carrier<'a> {
    /// The access token, from the one place where it stands.
    ///
    /// # Errors
    /// When there is none or more than one, or when it stands in the URL, where logs and histories keep it (RFC 9700 §4.3.2).
    pub fn access_token(self) -> Result<&'a str, Error> {
        if self.query.get("access_token").is_some() {
            return Err(Error::TokenInQuery);
        }
        if let Some(fault) = self.query.fault().or_else(|| self.body.fault()) {
            return Err(fault);
        }
        let header = self.authorization.and_then(|header| header.split_once(' '));
        let header = header.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        match (header, self.body.get("access_token")) {
            (Some(_), Some(_)) => Err(Error::TokenTwice),
            (Some((_, token)), None) => Ok(token.trim()),
            (None, Some(token)) => Ok(token),
            (None, None) => Err(Error::BearerMissing),
        }
    }
}

impl Desk<'_> {
    /// What the app of this access token may know about its person.
    ///
    /// # Errors
    /// When the token is no good, or the person may no longer use the app.
    pub async fn userinfo(&self, access_token: &str) -> Result<Map<String, Value>, Error> {
        let key = Token::parse(access_token).ok_or(Error::BearerInvalid)?.key();
        let record = self
            .store()
            .get::<AccessToken>(&key)
            .await?
            .ok_or(Error::BearerInvalid)?;
        let token = record.payload;
        let subject = record
            .subject
            .filter(|_| token.scopes.contains(Scope::OpenId))
            .ok_or(Error::NotForUserinfo)?;
        let person = self.realm.user(&subject).zip(self.realm.client(&token.client));
        let (user, client) = person.ok_or(Error::BearerInvalid)?;
        if !self.realm.admits(user, client, token.acr) {
            return Err(Error::BearerInvalid);
        }
        let mut claims = Map::new();
        claims.insert("sub".to_owned(), json!(subject));
        // The file of the app counts as it is now, not as it was when the token was made.
        let listed = Scopes::of_client(client);
        let wanted = Wanted {
            scopes: token.scopes.intersection(listed),
            named: &token.userinfo.within(listed),
        };
        self.realm.claims(user, wanted, &mut claims);
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_14_a_token_stands_in_one_place_and_never_in_the_url() {
        let check = |authorization: Option<&str>, query: &str, body: &str, expect: Result<&str, Error>| {
            let (query, body) = (Params::parse(query.as_bytes()), Params::parse(body.as_bytes()));
            let carrier = Carrier {
                authorization,
                query: &query,
                body: &body,
            };
            assert_eq!(carrier.access_token(), expect, "{authorization:?}");
        };
        check(Some("Bearer x"), "", "", Ok("x"));
        check(Some("bearer x"), "a=b", "", Ok("x"));
        check(None, "", "access_token=x", Ok("x"));
        check(Some("Basic x"), "", "access_token=x", Ok("x"));
        check(None, "access_token=x", "", Err(Error::TokenInQuery));
        check(Some("Bearer x"), "access_token=x", "", Err(Error::TokenInQuery));
        check(Some("Bearer x"), "", "access_token=x", Err(Error::TokenTwice));
        check(None, "", "access_token=x&access_token=x", Err(Error::RepeatedParameter));
        check(
            Some("Bearer x"),
            "access_token=x&access_token=x",
            "",
            Err(Error::RepeatedParameter),
        );
        check(None, "", "", Err(Error::BearerMissing));
        check(Some("Bearer"), "", "", Err(Error::BearerMissing));
        check(Some("Basic eDp5"), "", "", Err(Error::BearerMissing));
    }
}
