//! `/login`: name and password.

use std::net::IpAddr;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use super::onward::Onward;
use super::problem::{Asked, Problem};
use super::sign_out;
use crate::audit::SignOutScope;
use crate::auth::identity::Proof;
use crate::auth::signin::{self, Step};
use crate::web::app::{App, Shared};
use crate::web::cookie::{self, Name};
use crate::web::error::PageError;
use crate::web::extract::{Address, Form, Query, SignedIn};
use crate::web::view::{Forms, View, see_other};

const PATH: &str = "/login";

/// One answer for everything that can be wrong: it tells nobody which names there are.
const ASKED: Asked = Asked {
    field: "password",
    wrong: "Username and password do not belong together.",
    advice: "Check both and try again.",
};

#[derive(Serialize)]
struct Page {
    action: String,
    app: String,
    username: String,
    again: bool,
    problem: Option<Problem>,
}

impl View for Page {
    const TEMPLATE: &'static str = "pages/sign_in.html";
    const FORMS: Forms = Forms::Onward;
}

/// `GET /login`.
pub async fn show(
    State(app): State<Shared>,
    Query(query): Query,
    signed_in: Option<SignedIn>,
) -> Result<Response, PageError> {
    let onward = Onward::read(&query)?;
    if signed_in.is_some() && onward.request().is_none() {
        return Ok(see_other(&app.config.path("/")));
    }
    app.page(&page(&app, &onward, signed_in.as_ref()).await)
}

async fn page(app: &App, onward: &Onward, signed_in: Option<&SignedIn>) -> Page {
    let (name, hint) = asking(app, onward).await;
    Page {
        action: onward.path(&app.config, PATH),
        app: name,
        username: signed_in.map_or(hint, |signed_in| signed_in.user.username.to_string()),
        again: signed_in.is_some(),
        problem: None,
    }
}

/// The name of the app that the sign-in is for, and whom it expects; empty where there is none.
async fn asking(app: &App, onward: &Onward) -> (String, String) {
    let desk = app.desk(None);
    let Some(id) = onward.request() else {
        return (String::new(), String::new());
    };
    let Ok(interaction) = desk.interaction(&id.expose()).await else {
        return (String::new(), String::new());
    };
    let request = interaction.request;
    let client = desk.realm.client(&request.to.client);
    (
        client.map(|client| client.name.clone()).unwrap_or_default(),
        request.login_hint.unwrap_or_default(),
    )
}

/// `POST /login`.
pub async fn submit(
    State(app): State<Shared>,
    Query(query): Query,
    Address(from): Address,
    signed_in: Option<SignedIn>,
    Form(form): Form,
) -> Result<Response, PageError> {
    let onward = Onward::read(&query)?;
    let name = form.get("username").unwrap_or_default();
    let people = &app.desk(None).realm.directory;
    let problem = if name.is_empty() {
        Problem::of("username", "Type your username or mail address.")
    } else if form.get("password").is_none() {
        Problem::of("password", "Type your password.")
    } else {
        match app.sign_in.password(people, name, form.secret("password"), from).await {
            Ok(Step::Complete(proof)) => return finish(&app, &onward, from, &proof, signed_in.as_ref()).await,
            Ok(Step::SecondFactor(token)) => {
                let mut response = see_other(&onward.path(&app.config, "/login/totp"));
                let value = token.expose().as_str().into();
                cookie::set(
                    response.headers_mut(),
                    &app.config,
                    Name::SignIn,
                    &value,
                    signin::PATIENCE,
                );
                return Ok(response);
            }
            Err(error) => Problem::from_auth(error, ASKED)?,
        }
    };
    let view = Page {
        username: name.to_owned(),
        problem: Some(problem.clone()),
        ..page(&app, &onward, signed_in.as_ref()).await
    };
    problem.page(&app, &view)
}

/// Starts the session that `proof` is good for, under a new cookie, and goes on.
pub(super) async fn finish(
    app: &App,
    onward: &Onward,
    from: IpAddr,
    proof: &Proof,
    before: Option<&SignedIn>,
) -> Result<Response, PageError> {
    // Whose browser it was until now is signed out like anybody who signs out.
    if let Some(before) = before.filter(|before| !before.session.goes_on(proof)) {
        sign_out::end(app, from, before, SignOutScope::ByAnother).await?;
    }
    let life = app.feed.current().desired.policy.session;
    let before = before.map(|before| &before.session);
    let (token, _) = app.sessions.start(proof, before, life).await?;
    let mut response = see_other(&onward.after(&app.config));
    set_session(app, response.headers_mut(), &token);
    cookie::clear(response.headers_mut(), &app.config, Name::SignIn);
    Ok(response)
}

/// The cookie of a session lives as long as the session may at most.
pub(super) fn set_session(app: &App, headers: &mut HeaderMap, token: &crate::store::Token) {
    let life = app.feed.current().desired.policy.session.absolute;
    cookie::set(
        headers,
        &app.config,
        Name::Session,
        &token.expose().as_str().into(),
        life,
    );
}
