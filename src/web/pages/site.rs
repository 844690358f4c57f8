//! `/site/`: the static site of the revision in force, for those who may read it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::model::access;
use crate::web::app::{Shared, SiteReader};
use crate::web::error::PageError;
use crate::web::extract::SignedIn;
use crate::web::view::see_other;

/// What its pages may load: their style sheet and their search, both from here.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /site/`: on to the first page.
pub async fn first(State(app): State<Shared>) -> Response {
    see_other(&app.config.path("/site/internal/index.html"))
}

/// `GET /site/{path}`: a file of the site.
pub async fn show(
    State(app): State<Shared>,
    signed_in: SignedIn,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    if !access::may_read_site(&app.feed.current().desired, &signed_in.user) {
        return Err(PageError::NotYours);
    }
    file(app.site.clone().ok_or(PageError::NotFound)?, path).await
}

/// A look at a site on this machine, for whoever builds it: no sign-in, nothing else.
pub fn look(site: Arc<dyn SiteReader>) -> Router {
    Router::new()
        .route("/", get(|| async { see_other("/internal/index.html") }))
        .route("/{*path}", get(|State(site), Path(path)| file(site, path)))
        .with_state(site)
}

async fn file(site: Arc<dyn SiteReader>, path: String) -> Result<Response, PageError> {
    let media_type = media_type(&path).ok_or(PageError::NotFound)?;
    // Files of an organisation of any size are small, but a disk may be slow.
    let found = tokio::task::spawn_blocking(move || site.read(&path)).await;
    let content = found.map_err(PageError::internal)?.map_err(PageError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    Ok((headers, content.ok_or(PageError::NotFound)?).into_response())
}

fn media_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "xml" => "application/xml",
        "mobileconfig" => "application/x-apple-aspen-config",
        _ => return None,
    })
}
