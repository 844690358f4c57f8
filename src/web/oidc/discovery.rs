//! The two documents that apps read before anything else.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::oidc::discovery::Document;
use crate::web::app::Shared;

/// `GET /.well-known/openid-configuration`.
pub(super) async fn configuration(State(app): State<Shared>, headers: HeaderMap) -> Response {
    send(&app.desk(None).realm.discovery, &headers, "application/json")
}

/// `GET /oidc/jwks`.
pub(super) async fn jwks(State(app): State<Shared>, headers: HeaderMap) -> Response {
    send(&app.desk(None).realm.jwks, &headers, "application/jwk-set+json")
}

/// The document, unless the app has it already. It may be kept for five minutes: as long as a new key is published before it
/// signs.
fn send(document: &Document, headers: &HeaderMap, media_type: &'static str) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|tags| {
        tags.split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == document.etag)
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = Bytes::from_owner(std::sync::Arc::clone(&document.body));
        Response::new(Body::from(body))
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    if let Ok(etag) = HeaderValue::from_str(&document.etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}
