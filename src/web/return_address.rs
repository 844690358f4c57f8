//! Where a browser comes back to an app on this machine: one path, heard once (RFC 8252 section 7.3).

use axum::Router;
use axum::routing::get;
use tokio::sync::mpsc::Sender;

use super::extract::Query;

/// What came back.
#[derive(Debug)]
pub struct Return {
    /// The code, if the person signed in.
    pub code: Option<String>,
    /// What the app sent along.
    pub state: String,
    /// Why not.
    pub error: Option<String>,
}

/// Tells `heard` what comes to `path`.
pub fn router(path: &str, heard: Sender<Return>) -> Router {
    let hear = move |Query(query): Query| async move {
        let text = |name: &str| query.get(name).map(str::to_owned);
        let came = Return {
            code: text("code"),
            state: text("state").unwrap_or_default(),
            error: text("error"),
        };
        // A second visit is nobody's business.
        let _ = heard.try_send(came);
        "That is all. You can close this window.\n"
    };
    Router::new().route(path, get(hear))
}
