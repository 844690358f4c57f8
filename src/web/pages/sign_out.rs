//! `/logout`: here or everywhere, and what is shown after.

use std::net::IpAddr;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::onward::Onward;
use crate::audit::{Event, Person, SignOutScope};
use crate::web::app::{App, Shared};
use crate::web::cookie::{self, Name};
use crate::web::error::PageError;
use crate::web::extract::{Address, Form, Query, SignedIn};
use crate::web::view::{Forms, View, see_other};

const PATH: &str = "/logout";

#[derive(Serialize)]
struct Page {
    action: String,
    address: String,
    app: String,
    others: usize,
    stay: String,
}

impl View for Page {
    const TEMPLATE: &'static str = "pages/sign_out.html";
    const FORMS: Forms = Forms::Onward;
}

/// What is shown when it is done.
#[derive(Serialize)]
struct DonePage {
    everywhere: bool,
}

impl View for DonePage {
    const TEMPLATE: &'static str = "pages/signed_out.html";
}

/// `GET /logout`: asks. A link that somebody was made to follow signs nobody out.
pub async fn show(
    State(app): State<Shared>,
    Query(query): Query,
    signed_in: Option<SignedIn>,
) -> Result<Response, PageError> {
    let onward = Onward::read(&query)?;
    let Some(signed_in) = signed_in else {
        return Ok(see_other(&app.config.path("/logout/done")));
    };
    let asking = asking(&app, &onward).await;
    let life = app.feed.current().desired.policy.session;
    let all = app.sessions.list(&signed_in.session.user, life).await?;
    app.page(&Page {
        action: onward.path(&app.config, PATH),
        address: signed_in.user.address.to_string(),
        app: asking,
        others: all.iter().filter(|other| other.key != signed_in.session.key).count(),
        stay: app.config.path("/"),
    })
}

/// The name of the app that sends the person here; empty when there is none.
async fn asking(app: &App, onward: &Onward) -> String {
    let desk = app.desk(None);
    let Some(id) = onward.request() else {
        return String::new();
    };
    let request = desk.logout_request(&id.expose()).await.ok();
    let client = request.and_then(|request| request.client);
    let client = client.and_then(|id| desk.realm.client(&id).map(|client| client.name.clone()));
    client.unwrap_or_default()
}

/// `POST /logout`.
pub async fn submit(
    State(app): State<Shared>,
    Address(from): Address,
    signed_in: Option<SignedIn>,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let onward = Onward::read(&query)?;
    let scope = match form.get("where") {
        Some("here") => SignOutScope::Here,
        Some("everywhere") => SignOutScope::Everywhere,
        _ => return Err(PageError::Malformed("it doesn't say where")),
    };
    if let Some(signed_in) = signed_in {
        end(&app, from, &signed_in, scope).await?;
    }
    let done = match scope {
        SignOutScope::Everywhere => "/logout/done?everywhere=yes",
        SignOutScope::Here | SignOutScope::ByApp | SignOutScope::ByAnother => "/logout/done",
    };
    let back = match onward.request() {
        Some(id) => app.desk(None).take_logout_request(&id.expose()).await.ok(),
        None => None,
    };
    let back = back.and_then(|request| request.return_to);
    let mut response = see_other(&back.unwrap_or_else(|| app.config.path(done)));
    for name in [Name::Session, Name::SignIn] {
        cookie::clear(response.headers_mut(), &app.config, name);
    }
    Ok(response)
}

/// Signs somebody out, by way of [`Desk::sign_out`](crate::oidc::Desk::sign_out): the apps are told.
pub(super) async fn end(app: &App, from: IpAddr, signed_in: &SignedIn, scope: SignOutScope) -> Result<(), PageError> {
    let desk = app.desk(Some(from));
    let ended = match scope {
        SignOutScope::Everywhere => desk.sign_out_everywhere(&signed_in.user.id).await,
        SignOutScope::Here | SignOutScope::ByApp | SignOutScope::ByAnother => desk.sign_out(&signed_in.session).await,
    };
    ended.map_err(PageError::internal)?;
    let user = Person::from(&signed_in.user);
    app.trail.record(Some(from), &Event::SignedOut { user, scope });
    Ok(())
}

/// `GET /logout/done`.
pub async fn done(State(app): State<Shared>, Query(query): Query) -> Result<Response, PageError> {
    app.page(&DonePage {
        everywhere: query.get("everywhere").is_some(),
    })
}
