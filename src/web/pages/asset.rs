//! Style sheets, by a name that changes with their content.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::web::app::Shared;
use crate::web::error::PageError;

/// `GET /assets/{name}`: what browsers may keep for a year.
pub async fn show(State(app): State<Shared>, Path(name): Path<String>) -> Result<Response, PageError> {
    let all = [app.templates.style(), app.templates.script()];
    let asset = all
        .into_iter()
        .find(|asset| asset.name == name)
        .ok_or(PageError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.content).into_response())
}
