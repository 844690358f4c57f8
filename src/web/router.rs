//! Every path on one screen, by whom it is for.

use axum::Router;
use axum::routing::{any, get};

use super::app::Shared;
use super::error::PageError;
use super::{forward_auth, layers, oidc, pages};

/// The whole server, for the public URL of `app`.
pub fn router(app: &Shared) -> Router {
    // People. These act on a cookie, so no form from elsewhere reaches them.
    let pages = Router::new()
        .route("/", get(pages::home::show))
        .route("/login", get(pages::sign_in::show).post(pages::sign_in::submit))
        .route(
            "/login/totp",
            get(pages::second_factor::show).post(pages::second_factor::submit),
        )
        .route(
            "/login/recovery",
            get(pages::second_factor::show).post(pages::second_factor::submit),
        )
        .route("/logout", get(pages::sign_out::show).post(pages::sign_out::submit))
        .route("/logout/done", get(pages::sign_out::done))
        .route("/consent", get(oidc::consent::show).post(oidc::consent::submit))
        .route("/site", get(pages::site::first))
        .route("/site/", get(pages::site::first))
        .route("/site/{*path}", get(pages::site::show))
        .route("/assets/{name}", get(pages::asset::show))
        .route("/account/pictures/{name}", get(pages::picture::show))
        .fallback(|| async { PageError::NotFound })
        .method_not_allowed_fallback(|| async { PageError::Method });

    // Web servers, and browsers on the way from a site to which they guard the door.
    let asked = Router::new()
        .route("/forward-auth", any(forward_auth::ask))
        .route(forward_auth::START, get(forward_auth::start));

    // Apps, and browsers on the way from one.
    let paths = layers::pages(pages, app)
        .merge(layers::protocol(asked))
        .merge(layers::protocol(oidc::routes()));
    let whole = match app.config.base() {
        "" => paths,
        base => Router::new()
            .nest(base, paths)
            .fallback(|| async { PageError::NotFound }),
    };
    layers::everything(whole.with_state(Shared::clone(app)), app)
}
