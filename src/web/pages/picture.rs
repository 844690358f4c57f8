//! Pictures of people, by the digest of their content, for apps that were given the URL as the claim `picture`.

use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};

use crate::web::app::Shared;
use crate::web::error::PageError;

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// `GET /account/pictures/{name}`: what anybody may keep for a year, who knows its name.
pub async fn show(State(app): State<Shared>, Path(name): Path<String>) -> Result<Response, PageError> {
    let (snapshot, pictures) = (app.feed.current(), app.pictures.clone());
    let read = tokio::task::spawn_blocking(move || pictures.read(&snapshot, &name)).await;
    let found = read.map_err(PageError::internal)?.map_err(PageError::internal)?;
    let picture = found.ok_or(PageError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, picture.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        // Apps show it on their own pages.
        (CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"),
    ];
    Ok((headers, picture.bytes).into_response())
}
