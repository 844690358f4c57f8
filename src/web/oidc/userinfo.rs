//! `/oidc/userinfo`: what an app may know about a person.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer::{Challenge, error, json};
use super::input::{Form, Query, authorization};
use crate::oidc::{Carrier, Params};
use crate::web::app::Shared;

/// `GET /oidc/userinfo`.
pub(super) async fn get(State(app): State<Shared>, headers: HeaderMap, Query(query): Query) -> Response {
    answer(&app, &headers, &query, &Params::default()).await
}

/// `POST /oidc/userinfo`.
pub(super) async fn post(
    State(app): State<Shared>,
    headers: HeaderMap,
    Query(query): Query,
    Form(form): Form,
) -> Response {
    match form {
        Ok(body) => answer(&app, &headers, &query, &body).await,
        Err(fault) => error(&app, fault, Challenge::Bearer),
    }
}

async fn answer(app: &Shared, headers: &HeaderMap, query: &Params, body: &Params) -> Response {
    let carrier = Carrier {
        authorization: authorization(headers),
        query,
        body,
    };
    let claims = match carrier.access_token() {
        Ok(token) => app.desk(None).userinfo(token).await,
        Err(fault) => Err(fault),
    };
    claims.map_or_else(|fault| error(app, fault, Challenge::Bearer), |claims| json(&claims))
}
