//! What holds for every answer: limits, headers, no cross-origin forms, and a page instead of a broken connection.
//!
//! [`pages`] is for what people see and what acts on a cookie; [`protocol`] is for endpoints of apps, which never act on a cookie
//! alone and must be reachable from elsewhere; [`everything`] goes around both.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use super::app::Shared;
use super::error::PageError;
use super::view::with_status;

/// The most bytes that a request may bring.
pub const BODY_LIMIT: usize = 64 * 1024;
/// How long a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// What an answer may load that says nothing else: nothing.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Layers of pages: forms from elsewhere are refused, the referrer stays here, failures are pages.
pub fn pages(router: Router<Shared>, app: &Shared) -> Router<Shared> {
    // Our own origin is trusted by name: a proxy that rewrites `Host` would have every form refused otherwise.
    let csrf = CsrfLayer::new();
    let csrf = csrf.clone().add_trusted_origin(app.config.origin()).unwrap_or(csrf);
    router
        .layer(csrf.with_rejection_response(|_: ProtectionError| PageError::CrossOrigin.into_response()))
        .layer(middleware::from_fn_with_state(Shared::clone(app), show_failures))
        .layer(unless_set(header::REFERRER_POLICY, "same-origin"))
}

/// Layers of endpoints of apps: the referrer, which may hold a code, is sent nowhere.
pub fn protocol(router: Router<Shared>) -> Router<Shared> {
    router.layer(unless_set(header::REFERRER_POLICY, "no-referrer"))
}

/// Layers around everything.
pub fn everything(router: Router, app: &Shared) -> Router {
    let https = app.config.is_https();
    // One stack: each layer that a router is given by itself costs every request a copy of all below it. The first is outermost.
    router.layer(
        ServiceBuilder::new()
            .option_layer(https.then(|| unless_set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")))
            .layer(unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(unless_set(header::CACHE_CONTROL, "no-store"))
            .layer(unless_set(header::REFERRER_POLICY, "no-referrer"))
            .layer(unless_set(header::CONTENT_SECURITY_POLICY, POLICY))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .layer(middleware::from_fn_with_state(Shared::clone(app), show_failures))
            .layer(CatchPanicLayer::custom(caught))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::SERVICE_UNAVAILABLE,
                TIME_LIMIT,
            )),
    )
}

fn unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// A panic ends one request and nothing else. What it said may hold anything, so it isn't logged here.
fn caught(_said: Box<dyn Any + Send + 'static>) -> Response {
    #[derive(Debug, thiserror::Error)]
    #[error("a handler panicked")]
    struct Panicked;
    PageError::internal(Panicked).into_response()
}

/// Makes a page of a [`PageError`], at the URL that was asked for.
pub async fn show_failures(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let Some(failure) = response.extensions_mut().remove::<PageError>() else {
        return response;
    };
    match app.page(&failure.view()) {
        Ok(page) => {
            let mut page = with_status(response.status(), page);
            for (name, value) in response.headers() {
                let about_the_body = name == header::CONTENT_LENGTH || name == header::CONTENT_TYPE;
                if !about_the_body {
                    page.headers_mut().append(name, value.clone());
                }
            }
            page
        }
        Err(_) => response,
    }
}
