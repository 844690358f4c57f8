//! `/login/totp` and `/login/recovery`: the second step, of a sign-in that waits for it or of a session that has none yet.

use std::net::IpAddr;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::onward::Onward;
use super::problem::{Asked, Problem};
use super::sign_in;
use crate::auth::AuthError;
use crate::auth::identity::Proof;
use crate::auth::signin::Code;
use crate::store::Token;
use crate::web::app::{App, Shared};
use crate::web::cookie::{self, Name};
use crate::web::error::PageError;
use crate::web::extract::{Address, Form, Parameters, Query, SignedIn};
use crate::web::view::{Forms, View, see_other, with_status};

/// Which of the two pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Totp,
    Recovery,
}

impl Way {
    const fn path(self) -> &'static str {
        match self {
            Self::Totp => "/login/totp",
            Self::Recovery => "/login/recovery",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Totp => Self::Recovery,
            Self::Recovery => Self::Totp,
        }
    }

    const fn asked(self) -> Asked {
        let (wrong, advice) = match self {
            Self::Totp => (
                "This code is not right, or it was used before.",
                "Wait for the next one. If none is taken, check the clock of your phone.",
            ),
            Self::Recovery => (
                "This is none of your recovery codes, or it was used before.",
                "Try the next one on your list.",
            ),
        };
        Asked {
            field: "code",
            wrong,
            advice,
        }
    }
}

#[derive(Serialize)]
struct Page {
    action: String,
    other: String,
    restart: String,
    account: String,
    problem: Option<Problem>,
}

/// The page of the authenticator app.
#[derive(Serialize)]
#[serde(transparent)]
struct TotpPage(Page);

impl View for TotpPage {
    const TEMPLATE: &'static str = "pages/totp.html";
    const FORMS: Forms = Forms::Onward;
}

/// The page of the recovery codes.
#[derive(Serialize)]
#[serde(transparent)]
struct RecoveryPage(Page);

impl View for RecoveryPage {
    const TEMPLATE: &'static str = "pages/recovery.html";
    const FORMS: Forms = Forms::Onward;
}

/// The page of somebody who needs a second step and has none set up.
#[derive(Serialize)]
struct MissingPage {
    account: String,
}

impl View for MissingPage {
    const TEMPLATE: &'static str = "pages/no_second_factor.html";
}

/// Whose second step it is.
enum Whose {
    /// Of a sign-in whose password was right.
    SignIn(Token, String),
    /// Of a session that has the password alone.
    Session(Box<SignedIn>),
    /// Nobody's: this is what to answer instead.
    Nobody(Response),
}

impl Whose {
    async fn find(
        app: &App,
        onward: &Onward,
        headers: &HeaderMap,
        signed_in: Option<SignedIn>,
    ) -> Result<Self, PageError> {
        let cookie = cookie::read(headers, &app.config, Name::SignIn);
        if let Some(token) = cookie.and_then(|cookie| Token::parse(cookie.expose()))
            && let Some(given) = app.sign_in.waiting(&token).await?
            && let Some(user) = app.desk(None).realm.user(given.user.as_str())
        {
            return Ok(Self::SignIn(token, user.address.to_string()));
        }
        let Some(signed_in) = signed_in else {
            return Ok(Self::Nobody(see_other(&onward.path(&app.config, "/login"))));
        };
        if signed_in.session.methods.has_second_factor() {
            return Ok(Self::Nobody(see_other(&onward.after(&app.config))));
        }
        if signed_in.user.credentials.totp.is_none() {
            let account = signed_in.user.address.to_string();
            let page = app.page(&MissingPage { account })?;
            return Ok(Self::Nobody(with_status(StatusCode::FORBIDDEN, page)));
        }
        Ok(Self::Session(Box::new(signed_in)))
    }

    fn account(&self) -> String {
        match self {
            Self::SignIn(_, account) => account.clone(),
            Self::Session(signed_in) => signed_in.user.address.to_string(),
            Self::Nobody(_) => String::new(),
        }
    }
}

/// `GET /login/totp`.
pub async fn show_totp(
    State(app): State<Shared>,
    Query(query): Query,
    headers: HeaderMap,
    signed_in: Option<SignedIn>,
) -> Result<Response, PageError> {
    show(&app, Way::Totp, &Onward::read(&query)?, &headers, signed_in).await
}

/// `GET /login/recovery`.
pub async fn show_recovery(
    State(app): State<Shared>,
    Query(query): Query,
    headers: HeaderMap,
    signed_in: Option<SignedIn>,
) -> Result<Response, PageError> {
    show(&app, Way::Recovery, &Onward::read(&query)?, &headers, signed_in).await
}

async fn show(
    app: &App,
    way: Way,
    onward: &Onward,
    headers: &HeaderMap,
    signed_in: Option<SignedIn>,
) -> Result<Response, PageError> {
    match Whose::find(app, onward, headers, signed_in).await? {
        Whose::Nobody(response) => Ok(response),
        whose => render(app, way, onward, whose.account(), None),
    }
}

fn render(
    app: &App,
    way: Way,
    onward: &Onward,
    account: String,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let page = Page {
        action: onward.path(&app.config, way.path()),
        other: onward.path(&app.config, way.other().path()),
        restart: onward.path(&app.config, "/login"),
        account,
        problem: problem.clone(),
    };
    match (way, problem) {
        (Way::Totp, None) => app.page(&TotpPage(page)),
        (Way::Totp, Some(problem)) => problem.page(app, &TotpPage(page)),
        (Way::Recovery, None) => app.page(&RecoveryPage(page)),
        (Way::Recovery, Some(problem)) => problem.page(app, &RecoveryPage(page)),
    }
}

/// `POST /login/totp`.
pub async fn submit_totp(
    State(app): State<Shared>,
    Query(query): Query,
    Address(from): Address,
    headers: HeaderMap,
    signed_in: Option<SignedIn>,
    Form(form): Form,
) -> Result<Response, PageError> {
    submit(
        &app,
        Way::Totp,
        &Onward::read(&query)?,
        (from, &headers),
        signed_in,
        &form,
    )
    .await
}

/// `POST /login/recovery`.
pub async fn submit_recovery(
    State(app): State<Shared>,
    Query(query): Query,
    Address(from): Address,
    headers: HeaderMap,
    signed_in: Option<SignedIn>,
    Form(form): Form,
) -> Result<Response, PageError> {
    submit(
        &app,
        Way::Recovery,
        &Onward::read(&query)?,
        (from, &headers),
        signed_in,
        &form,
    )
    .await
}

async fn submit(
    app: &App,
    way: Way,
    onward: &Onward,
    (from, headers): (IpAddr, &HeaderMap),
    signed_in: Option<SignedIn>,
    form: &Parameters,
) -> Result<Response, PageError> {
    let before = signed_in.clone();
    let whose = Whose::find(app, onward, headers, signed_in).await?;
    let Some(typed) = form.get("code") else {
        let problem = Problem::of("code", "Type a code.");
        return match whose {
            Whose::Nobody(response) => Ok(response),
            whose => render(app, way, onward, whose.account(), Some(problem)),
        };
    };
    let code = match way {
        Way::Totp => Code::Totp(typed),
        Way::Recovery => Code::Recovery(typed),
    };
    let realm = app.desk(None).realm;
    let people = &realm.directory;
    let account = whose.account();
    let proven = match &whose {
        Whose::Nobody(_) => Err(AuthError::Ended),
        Whose::SignIn(token, _) => app.sign_in.second_factor(people, token, code, from).await,
        Whose::Session(signed_in) => app.sign_in.step_up(people, &signed_in.session, code, from).await,
    };
    match (proven, whose) {
        (_, Whose::Nobody(response)) => Ok(response),
        (Ok(proof), Whose::SignIn(..)) => sign_in::finish(app, onward, from, &proof, before.as_ref()).await,
        (Ok(proof), Whose::Session(signed_in)) => step_up(app, onward, &proof, &signed_in).await,
        (Err(error), _) => {
            let problem = Problem::from_auth(error, way.asked())?;
            render(app, way, onward, account, Some(problem))
        }
    }
}

/// Gives the session a new token, and goes on.
async fn step_up(app: &App, onward: &Onward, proof: &Proof, signed_in: &SignedIn) -> Result<Response, PageError> {
    let life = app.feed.current().desired.policy.session;
    let (token, _) = app.sessions.step_up(&signed_in.session, proof, life).await?;
    let mut response = see_other(&onward.after(&app.config));
    sign_in::set_session(app, response.headers_mut(), &token);
    Ok(response)
}
