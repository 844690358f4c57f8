//! `/oidc/end-session`: an app sends a person here to sign out.

use axum::extract::State;
use axum::response::Response;

use super::answer::refuse;
use super::authorize::repeat;
use super::input::{Form, Visit};
use crate::oidc::Leave;
use crate::oidc::discovery::path;
use crate::web::app::Shared;
use crate::web::cookie::{self, Name};
use crate::web::error::PageError;
use crate::web::extract::Address;
use crate::web::view::see_other;

/// `GET /oidc/end-session`.
pub(super) async fn get(State(app): State<Shared>, visit: Visit) -> Result<Response, PageError> {
    let session = visit.signed_in.as_ref().map(|signed_in| &signed_in.session);
    let desk = app.desk(Some(visit.from));
    let to = match desk.end_session(&visit.params, session).await {
        Ok(Leave::Ask(id)) => return Ok(see_other(&app.config.path(&format!("/logout?request={id}")))),
        Ok(Leave::Gone(to)) => to,
        Err(refusal) => return refuse(&app, refusal),
    };
    let mut response = see_other(&to.unwrap_or_else(|| app.config.path("/logout/done")));
    if session.is_some() {
        cookie::clear(response.headers_mut(), &app.config, Name::Session);
    }
    Ok(response)
}

/// `POST /oidc/end-session`: the same as a GET, after one.
pub(super) async fn post(
    State(app): State<Shared>,
    Address(from): Address,
    Form(form): Form,
) -> Result<Response, PageError> {
    repeat(&app, from, path::END_SESSION, form.ok()).await
}
