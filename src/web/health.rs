//! Whether the server lives, whether it can serve, and what it counts.
//!
//! `/livez` says that the process answers. `/readyz` says that it can serve, which needs the store; a head that is not in force,
//! or an issuer that takes a restart, doesn't make it unready, because people sign in all the same, but is named. Anybody may ask, so what is wrong is one word
//! there; the listener for `/metrics`, which is nobody else's, says it in full.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Serialize;

use super::app::Shared;
use crate::oidc::OtherIssuer;
use crate::snapshot::Status;
use crate::telemetry::Metrics;

/// How long the store may take to answer.
const STORE_WITHIN: Duration = Duration::from_secs(2);

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    Short,
    Full,
}

/// The answer of `/readyz`.
#[derive(Serialize)]
struct Ready {
    status: &'static str,
    in_force: Revision,
    head: Option<Revision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<Trouble>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restart: Option<Restart>,
    store: &'static str,
}

#[derive(Serialize)]
struct Revision {
    id: String,
    committed: String,
}

#[derive(Serialize)]
struct Trouble {
    code: &'static str,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

/// What takes a restart.
#[derive(Serialize)]
struct Restart {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

/// For everybody: `/livez` and `/readyz`.
pub fn public(app: Shared) -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(|app: State<Shared>| ready(app, Detail::Short)))
        .with_state(app)
}

/// For whoever runs the server: the same in full, and `/metrics`.
pub fn internal(app: Shared, metrics: Metrics) -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(|app: State<Shared>| ready(app, Detail::Full)))
        .with_state(app)
        .merge(Router::new().route("/metrics", get(show)).with_state(metrics))
}

async fn show(State(metrics): State<Metrics>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, metrics.render()).into_response()
}

async fn ready(State(app): State<Shared>, detail: Detail) -> Response {
    let asked = tokio::time::timeout(STORE_WITHIN, app.store.in_force()).await;
    let answers = matches!(asked, Ok(Ok(_)));
    let status = app.status.current();
    let other_issuer = app.other_issuer();
    let (code, word) = match (answers, status.trouble.is_some() || other_issuer.is_some()) {
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "unready"),
        (true, true) => (StatusCode::OK, "degraded"),
        (true, false) => (StatusCode::OK, "ready"),
    };
    let of = |id: &dyn ToString, time: Timestamp| Revision {
        id: id.to_string(),
        committed: time.to_string(),
    };
    let body = Ready {
        status: word,
        in_force: of(&status.in_force.id, status.in_force.time),
        head: status.head.as_ref().map(|head| of(&head.id, head.time)),
        trouble: trouble(&status, detail),
        restart: other_issuer.map(|other| restart(&other, detail)),
        store: if answers { "answers" } else { "does not answer" },
    };
    (code, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn trouble(status: &Status, detail: Detail) -> Option<Trouble> {
    let trouble = status.trouble.as_ref()?;
    let full = detail == Detail::Full;
    Some(Trouble {
        code: trouble.code(),
        since: status.since.to_string(),
        message: full.then(|| trouble.to_string()),
        hint: full.then(|| trouble.hint()),
    })
}

fn restart(other: &OtherIssuer, detail: Detail) -> Restart {
    let full = detail == Detail::Full;
    Restart {
        code: OtherIssuer::CODE,
        message: full.then(|| other.to_string()),
        hint: full.then(|| other.hint()),
    }
}
