//! `/oidc/authorize`: where sign-in at an app begins.

use std::net::IpAddr;

use axum::extract::State;
use axum::response::Response;

use super::answer::{refuse, show};
use super::input::{Form, Query, Visit, login};
use crate::oidc::discovery::path;
use crate::oidc::{Params, Refusal};
use crate::web::app::Shared;
use crate::web::error::PageError;
use crate::web::extract::{Address, SignedIn};
use crate::web::view::see_other;

/// `GET /oidc/authorize`.
pub(super) async fn get(State(app): State<Shared>, visit: Visit) -> Result<Response, PageError> {
    let login = login(visit.signed_in.as_ref());
    let desk = app.desk(Some(visit.from));
    show(&app, desk.authorize(&visit.params, login.as_ref()).await)
}

/// `POST /oidc/authorize`: the same as a GET, after one.
pub(super) async fn post(
    State(app): State<Shared>,
    Address(from): Address,
    Form(form): Form,
) -> Result<Response, PageError> {
    repeat(&app, from, path::AUTHORIZE, form.ok()).await
}

/// `GET /oidc/authorize/resume?request=…`: back from a page.
pub(super) async fn resume(
    State(app): State<Shared>,
    Address(from): Address,
    signed_in: Option<SignedIn>,
    Query(query): Query,
) -> Result<Response, PageError> {
    let desk = app.desk(Some(from));
    let id = query.get("request").unwrap_or_default();
    let login = login(signed_in.as_ref());
    show(&app, desk.resume(id, login.as_ref()).await)
}

/// `GET /oidc/authorize/turn-away?request=…`: from the page that says no, back to an app that wants a form.
pub(super) async fn turn_away(State(app): State<Shared>, Query(query): Query) -> Result<Response, PageError> {
    let id = query.get("request").unwrap_or_default();
    show(&app, app.desk(None).turn_away(id).await)
}

/// Keeps what was posted and sends the browser to the same path by GET.
pub(super) async fn repeat(
    app: &Shared,
    from: IpAddr,
    path: &str,
    form: Option<Params>,
) -> Result<Response, PageError> {
    let Some(form) = form else {
        return refuse(app, Refusal::Malformed);
    };
    match app.desk(Some(from)).keep_posted(&form).await {
        Ok(id) => Ok(see_other(&app.config.path(&format!("{path}?posted={id}")))),
        Err(refusal) => refuse(app, refusal),
    }
}
