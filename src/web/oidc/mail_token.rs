//! `/oidc/mail-token`: Dovecot asks which mailbox an access token opens.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer::{Challenge, error, json};
use super::input::{Form, authorization};
use crate::oidc::Params;
use crate::web::app::Shared;
use crate::web::extract::Address;

/// `GET /oidc/mail-token`, with the token as Bearer (`introspection_mode = auth`).
pub(super) async fn get(State(app): State<Shared>, Address(from): Address, headers: HeaderMap) -> Response {
    answer(&app, from, &headers, &Params::default()).await
}

/// `POST /oidc/mail-token`, with `token=` in the form (`introspection_mode = post`). A token in the URL counts nowhere.
pub(super) async fn post(
    State(app): State<Shared>,
    Address(from): Address,
    headers: HeaderMap,
    Form(form): Form,
) -> Response {
    answer(&app, from, &headers, &form.unwrap_or_default()).await
}

async fn answer(app: &Shared, from: std::net::IpAddr, headers: &HeaderMap, form: &Params) -> Response {
    let bearer = authorization(headers).and_then(|header| header.split_once(' '));
    let bearer = bearer
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let told = app
        .desk(Some(from))
        .mail_token(bearer.or_else(|| form.get("token")))
        .await;
    told.map_or_else(|fault| error(app, fault, Challenge::Bearer), |answer| json(&answer))
}
