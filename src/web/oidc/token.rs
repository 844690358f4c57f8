//! What apps post on their own account: `/oidc/token`, `/oidc/introspect`, `/oidc/revoke`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::answer::{Challenge, error, json};
use super::input::Call;
use crate::oidc::Error;
use crate::web::app::{App, Shared};

/// `POST /oidc/token`.
pub(super) async fn token(State(app): State<Shared>, call: Call) -> Response {
    let tokens = app.desk(Some(call.from)).token(call.presented()).await;
    answer(&app, tokens.map(|tokens| json(&tokens)))
}

/// `POST /oidc/introspect`.
pub(super) async fn introspect(State(app): State<Shared>, call: Call) -> Response {
    let facts = app.desk(Some(call.from)).introspect(call.presented()).await;
    answer(&app, facts.map(|facts| json(&facts)))
}

/// `POST /oidc/revoke`.
pub(super) async fn revoke(State(app): State<Shared>, call: Call) -> Response {
    let revoked = app.desk(Some(call.from)).give_back(call.presented()).await;
    answer(&app, revoked.map(|()| StatusCode::OK.into_response()))
}

fn answer(app: &App, answer: Result<Response, Error>) -> Response {
    answer.unwrap_or_else(|fault| error(app, fault, Challenge::Basic))
}
