//! What handlers take from a request, checked before they run.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::app::{App, Shared};
use super::cookie::{self, Name};
use super::error::PageError;
use super::peer::Peer;
use crate::auth::credentials::password_epoch;
use crate::auth::people;
use crate::auth::session::Session;
use crate::model::User;
use crate::seal::Secret;
use crate::store::Token;

/// The most parameters in one request.
const MAX_PARAMETERS: usize = 64;
/// The longest name, and the longest value, in bytes.
const MAX_LENGTH: usize = 4096;

/// Parameters of a query or of a form: each at most once, of a bounded length, and text.
///
/// Arrays (`a[]=`, `a[b]=`) are nothing we know, and a repeated parameter is a way to show one value to one reader and another to
/// the next (RFC 6749 section 3.1). Values are wiped when they are dropped: a form may hold a password.
#[derive(Default)]
pub struct Parameters(BTreeMap<String, Zeroizing<String>>);

/// Why there are no [`Parameters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// The same name twice.
    #[error("a parameter is given twice")]
    Twice,
    /// `a[…]`.
    #[error("a parameter has brackets in its name")]
    Array,
    /// Too long a name or value, or too many of them.
    #[error("a parameter is too long, or there are too many")]
    TooMuch,
    /// Not UTF-8.
    #[error("a parameter is not UTF-8")]
    Encoding,
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// A [`ParameterError`] for the first fault.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParameterError> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            let (name, value) = (name.into_owned(), Zeroizing::new(value.into_owned()));
            if name.len() > MAX_LENGTH || value.len() > MAX_LENGTH || parameters.len() == MAX_PARAMETERS {
                return Err(ParameterError::TooMuch);
            }
            // What bytes that are no UTF-8 are read as.
            if name.contains(char::REPLACEMENT_CHARACTER) || value.contains(char::REPLACEMENT_CHARACTER) {
                return Err(ParameterError::Encoding);
            }
            if name.contains(['[', ']']) {
                return Err(ParameterError::Array);
            }
            if parameters.insert(name, value).is_some() {
                return Err(ParameterError::Twice);
            }
        }
        Ok(Self(parameters))
    }

    /// The value of `name`; `None` when it is not there or empty, which RFC 6749 section 3.1 says is the same.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|value| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The value of `name` as a secret; empty when it is not there.
    #[must_use]
    pub fn secret(&self, name: &str) -> Secret<String> {
        self.get(name).unwrap_or_default().into()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl From<ParameterError> for PageError {
    fn from(error: ParameterError) -> Self {
        Self::Malformed(match error {
            ParameterError::Twice => "a parameter is given twice",
            ParameterError::Array => "a parameter has brackets in its name",
            ParameterError::TooMuch => "a parameter is too long, or there are too many",
            ParameterError::Encoding => "a parameter is not UTF-8",
        })
    }
}

/// The parameters of the query.
pub struct Query(pub Parameters);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, PageError> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Parameters::parse(query.as_bytes())?))
    }
}

/// The parameters of a form that was posted.
pub struct Form(pub Parameters);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = PageError;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, PageError> {
        if !is_form(request.headers()) {
            return Err(PageError::Malformed("it is not a form"));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
                _ => PageError::Malformed("it broke off"),
            }
        })?;
        Ok(Self(Parameters::parse(&body)?))
    }
}

/// Somebody who is signed in, and may be: a handler that takes it shows nothing to anybody else.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Whose it is, as the organisation says now.
    pub user: User,
}

impl App {
    /// Who is signed in, by the cookie in `headers`. Nobody is whose account was locked or removed, or got another password,
    /// since: that holds from the moment the commit is in force.
    ///
    /// # Errors
    /// [`PageError::Internal`] when the store fails.
    pub async fn signed_in(&self, headers: &HeaderMap) -> Result<Option<SignedIn>, PageError> {
        let cookie = cookie::read(headers, &self.config, Name::Session);
        let Some(token) = cookie.and_then(|cookie| Token::parse(cookie.expose())) else {
            return Ok(None);
        };
        let realm = self.provider.realm(&self.feed.current());
        let Some(session) = self.sessions.find(&token, realm.desired.policy.session).await? else {
            return Ok(None);
        };
        let user = realm
            .user(session.user.as_str())
            .filter(|user| people::barred(user, &self.clock).is_none() && password_epoch(user) == session.epoch)
            .cloned();
        Ok(user.map(|user| SignedIn { session, user }))
    }
}

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, PageError> {
        let signed_in = app.signed_in(&parts.headers).await?;
        signed_in.ok_or_else(|| PageError::SignInFirst(app.config.path("/login")))
    }
}

impl OptionalFromRequestParts<Shared> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Option<Self>, PageError> {
        app.signed_in(&parts.headers).await
    }
}

/// Where a request comes from.
pub struct Address(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, PageError> {
        let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Ok(Self(
            parts.extensions.get::<Peer>().map_or(unknown, |peer| peer.address),
        ))
    }
}

/// Whether the body is `application/x-www-form-urlencoded`.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parameters_are_read_once_each() {
        let parameters = Parameters::parse(b"a=1&b=two+words&c=%C3%A9&d=&e").unwrap();
        assert_eq!(parameters.get("a"), Some("1"));
        assert_eq!(parameters.get("b"), Some("two words"));
        assert_eq!(parameters.get("c"), Some("é"));
        assert_eq!(
            (parameters.get("d"), parameters.get("e"), parameters.get("f")),
            (None, None, None)
        );
        assert_eq!(parameters.iter().count(), 5);
    }

    #[test]
    fn row_29_repeated_nested_long_and_broken_parameters_are_refused() {
        let check =
            |text: &str, expect| assert_eq!(Parameters::parse(text.as_bytes()).err(), Some(expect), "{text:.40}");
        check("a=1&b=2&a=1", ParameterError::Twice);
        check("a=&a=", ParameterError::Twice);
        check("a[]=1", ParameterError::Array);
        check("a%5Bb%5D=1", ParameterError::Array);
        check("a=%FF", ParameterError::Encoding);
        check("%C3%28=a", ParameterError::Encoding);
        check(&format!("a={}", "x".repeat(MAX_LENGTH + 1)), ParameterError::TooMuch);
        check(&format!("{}=1", "x".repeat(MAX_LENGTH + 1)), ParameterError::TooMuch);
        let many: Vec<_> = (0..=MAX_PARAMETERS).map(|n| format!("p{n}=")).collect();
        check(&many.join("&"), ParameterError::TooMuch);
        assert!(Parameters::parse(format!("a={}", "x".repeat(MAX_LENGTH)).as_bytes()).is_ok());
    }

    #[test]
    fn a_form_is_known_by_its_media_type() {
        let check = |media_type: &str, expect| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, media_type.parse().unwrap());
            assert_eq!(is_form(&headers), expect, "{media_type}");
        };
        check("application/x-www-form-urlencoded", true);
        check("Application/X-WWW-Form-URLEncoded ; charset=utf-8", true);
        check("application/json", false);
        check("multipart/form-data; boundary=x", false);
        assert!(!is_form(&HeaderMap::new()));
    }

    proptest! {
        #[test]
        fn row_30_any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(parameters) = Parameters::parse(&bytes) {
                prop_assert!(parameters.iter().all(|(name, value)| name.len() <= MAX_LENGTH && value.len() <= MAX_LENGTH));
            }
        }
    }
}
