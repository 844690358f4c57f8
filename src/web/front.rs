//! What stands before every path: who sent the request, whether it came by https, and how long the answer took.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;
use tower::ServiceBuilder;

use super::peer::{self, Network, Peer, Way};
use crate::model::Issuer;
use crate::telemetry::{REQUEST_SECONDS, REQUESTS};

/// What the host says about the way to us.
#[derive(Clone, Debug)]
pub struct Front {
    /// The public URL.
    pub issuer: Issuer,
    /// The proxies in front of us.
    pub proxies: Arc<[Network]>,
    /// What our own listener speaks.
    pub speaks: Speaks,
}

/// What a listener speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// Plain http: fit for this machine, or behind a proxy.
    Http,
    /// https.
    Https,
}

/// Puts it before `router`.
pub fn before(router: Router, front: &Front) -> Router {
    // One stack: see [`super::layers::everything`]. The first is outermost.
    router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(
                Arc::clone(&front.proxies),
                peer::identify,
            ))
            .layer(middleware::from_fn_with_state(Arc::new(front.clone()), by_https))
            .layer(middleware::from_fn(measure)),
    )
}

/// Refuses what came in clear over the network though the public URL is https: a password in it has been seen already.
async fn by_https(State(front): State<Arc<Front>>, request: Request, next: Next) -> Response {
    let way = request.extensions().get::<Peer>().map(|peer| peer.way);
    let in_clear = match way {
        Some(Way::Proxy) => false,
        Some(Way::ProxyInClear) => true,
        Some(Way::Direct) | None => front.speaks == Speaks::Http,
    };
    if in_clear && front.issuer.url().scheme() == "https" {
        let text = format!("This site is at {} alone.\n", front.issuer.as_str());
        return (StatusCode::FORBIDDEN, [(header::CACHE_CONTROL, "no-store")], text).into_response();
    }
    next.run(request).await
}

/// Counts the answer and how long it took, by route: what else stands in a path is other people's.
async fn measure(request: Request, next: Next) -> Response {
    let method = known(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_str().to_owned();
    metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!(REQUEST_SECONDS, "method" => method, "route" => route).record(begun.elapsed().as_secs_f64());
    response
}

/// The methods we know; a made-up one must not make a new series.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
