//! What an endpoint takes from a request: the query, the form, and who sends them. Nothing is judged here.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::answer::{Challenge, error, refuse};
use crate::oidc::{Error, Login, Params, Presented};
use crate::web::app::Shared;
use crate::web::extract::{Address, SignedIn, is_form};

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

/// What an app posts on its own account.
pub(super) struct Call {
    pub(super) from: IpAddr,
    headers: HeaderMap,
    form: Params,
}

impl Call {
    /// What it says about its sender.
    pub(super) fn presented(&self) -> Presented<'_> {
        Presented {
            authorization: authorization(&self.headers),
            params: &self.form,
        }
    }
}

impl FromRequest<Shared> for Call {
    type Rejection = Response;

    async fn from_request(request: Request<Body>, app: &Shared) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let from = address(&mut parts, app).await?;
        let headers = parts.headers.clone();
        let Ok(Form(form)) = Form::from_request(Request::from_parts(parts, body), app).await;
        let form = form.map_err(|fault| error(app, fault, Challenge::Basic))?;
        Ok(Self { from, headers, form })
    }
}

/// A browser that an app sends: what the app wants, by GET or by a POST before that, and who is signed in.
pub(super) struct Visit {
    pub(super) from: IpAddr,
    pub(super) params: Params,
    pub(super) signed_in: Option<SignedIn>,
}

impl FromRequestParts<Shared> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let from = address(parts, app).await?;
        let signed_in = app.signed_in(&parts.headers).await;
        let signed_in = signed_in.map_err(IntoResponse::into_response)?;
        let Ok(Query(query)) = Query::from_request_parts(parts, app).await;
        match app.desk(Some(from)).as_posted(query).await {
            Ok(params) => Ok(Self {
                from,
                params,
                signed_in,
            }),
            Err(refusal) => Err(refuse(app, refusal).into_response()),
        }
    }
}

async fn address(parts: &mut Parts, app: &Shared) -> Result<IpAddr, Response> {
    let Address(from) = Address::from_request_parts(parts, app)
        .await
        .map_err(IntoResponse::into_response)?;
    Ok(from)
}

/// Who is signed in, as apps know it.
pub(in crate::web) fn login(signed_in: Option<&SignedIn>) -> Option<Login> {
    signed_in.map(|signed_in| Login::from(&signed_in.session))
}
