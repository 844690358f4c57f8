//! What an endpoint takes from a request: the query, the form, and who sends them. Nothing is judged here.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::oidc::{Error, Login, Params, Presented};
use crate::web::app::Shared;
use crate::web::extract::{SignedIn, is_form};

/// The query.
pub(in crate::web) struct Query(pub(super) Params);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(Params::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// The form in the body; without a body, an empty one.
pub(in crate::web) struct Form(pub(super) Result<Params, Error>);

impl FromRequest<Shared> for Form {
    type Rejection = Infallible;

    async fn from_request(request: Request<Body>, state: &Shared) -> Result<Self, Infallible> {
        let is_form = is_form(request.headers());
        Ok(Self(match Bytes::from_request(request, state).await {
            Ok(body) if body.is_empty() => Ok(Params::default()),
            Ok(body) if is_form => Ok(Params::parse(&body)),
            Ok(_) | Err(_) => Err(Error::NotAForm),
        }))
    }
}

/// The header `Authorization`. One that is there twice or isn't ASCII proves nothing, but is there: it reads as empty.
pub(super) fn authorization(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let first = all.next()?;
    let is_alone = all.next().is_none();
    Some(first.to_str().ok().filter(|_| is_alone).unwrap_or_default())
}

/// What a request says about its sender.
pub(super) fn presented<'a>(headers: &'a HeaderMap, params: &'a Params) -> Presented<'a> {
    Presented {
        authorization: authorization(headers),
        params,
    }
}

/// Who is signed in, as apps know it.
pub(in crate::web) fn login(signed_in: Option<&SignedIn>) -> Option<Login> {
    signed_in.map(|signed_in| Login::from(&signed_in.session))
}
