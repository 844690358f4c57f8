//! The protocol over HTTP: the endpoints of [`crate::oidc`], one file each, and nothing that decides.
//!
//! A handler takes the parameters as they came, asks the [`Desk`] and writes down the answer. Browsers come to `authorize` and
//! `end-session`; what is posted there is repeated as a GET, so that the cookie comes along and no form acts on it by itself.

mod answer;
mod authorize;
pub(super) mod consent;
mod discovery;
mod end_session;
mod input;
mod mail_token;
mod token;
mod userinfo;

use std::net::IpAddr;

use axum::Router;
use axum::http::{Method, header};
use axum::routing::{get, post};
use tower_http::cors::{Any, CorsLayer};

pub(super) use answer::show;
pub(super) use input::login;

use super::app::{App, Shared};
use crate::oidc::Desk;
use crate::oidc::discovery::path;

/// The endpoints.
pub(super) fn routes() -> Router<Shared> {
    // Apps in browsers call these from their own pages. No cookie counts here, so any origin may (RFC 9700 §2.6).
    let anywhere = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::WWW_AUTHENTICATE]);
    let from_pages = Router::new()
        .route(path::DISCOVERY, get(discovery::configuration))
        .route(path::JWKS, get(discovery::jwks))
        .route(path::TOKEN, post(token::token))
        .route(path::USERINFO, get(userinfo::get).post(userinfo::post))
        .layer(anywhere);
    Router::new()
        .route(path::AUTHORIZE, get(authorize::get).post(authorize::post))
        .route(path::RESUME, get(authorize::resume))
        .route(path::TURN_AWAY, get(authorize::turn_away))
        .route(path::INTROSPECT, post(token::introspect))
        .route(path::REVOKE, post(token::revoke))
        .route(path::MAIL_TOKEN, get(mail_token::get).post(mail_token::post))
        .route(path::END_SESSION, get(end_session::get).post(end_session::post))
        .merge(from_pages)
}

impl App {
    /// The desk for a request, on the revision that is in force.
    pub(in crate::web) fn desk(&self, from: Option<IpAddr>) -> Desk<'_> {
        self.provider.desk(&self.feed.current(), from)
    }
}
