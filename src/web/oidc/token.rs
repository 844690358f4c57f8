//! What apps post on their own account: `/oidc/token`, `/oidc/introspect`, `/oidc/revoke`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::answer::{Challenge, error, json};
use super::input::{Form, presented};
use crate::web::app::Shared;
use crate::web::extract::Address;

/// `POST /oidc/token`.
pub(super) async fn token(
    State(app): State<Shared>,
    Address(from): Address,
    headers: HeaderMap,
    Form(form): Form,
) -> Response {
    let answer = match &form {
        Ok(params) => app.desk(Some(from)).token(presented(&headers, params)).await,
        Err(fault) => Err(*fault),
    };
    answer.map_or_else(|fault| error(&app, fault, Challenge::Basic), |tokens| json(&tokens))
}

/// `POST /oidc/introspect`.
pub(super) async fn introspect(
    State(app): State<Shared>,
    Address(from): Address,
    headers: HeaderMap,
    Form(form): Form,
) -> Response {
    let answer = match &form {
        Ok(params) => app.desk(Some(from)).introspect(presented(&headers, params)).await,
        Err(fault) => Err(*fault),
    };
    answer.map_or_else(|fault| error(&app, fault, Challenge::Basic), |facts| json(&facts))
}

/// `POST /oidc/revoke`.
pub(super) async fn revoke(
    State(app): State<Shared>,
    Address(from): Address,
    headers: HeaderMap,
    Form(form): Form,
) -> Response {
    let answer = match &form {
        Ok(params) => app.desk(Some(from)).give_back(presented(&headers, params)).await,
        Err(fault) => Err(*fault),
    };
    answer.map_or_else(
        |fault| error(&app, fault, Challenge::Basic),
        |()| StatusCode::OK.into_response(),
    )
}
