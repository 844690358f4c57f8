//! `/login/totp` and `/login/recovery`: the second step, of a sign-in that waits for it or of a session that has none yet.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
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
use crate::web::extract::{Address, Form, Query, SignedIn};
use crate::web::view::{Forms, View, see_other, with_status};

/// Which of the two pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// That of the authenticator app.
    Totp,
    /// That of the recovery codes.
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

    const fn code(self, typed: &str) -> Code<'_> {
        match self {
            Self::Totp => Code::Totp(typed),
            Self::Recovery => Code::Recovery(typed),
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

/// Which page it is says its path.
impl<S: Sync> FromRequestParts<S> for Way {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, PageError> {
        let path = parts.uri.path();
        let way = [Self::Totp, Self::Recovery].into_iter().find(|way| way.path() == path);
        way.ok_or(PageError::NotFound)
    }
}

#[derive(Serialize)]
struct Page {
    recovery: bool,
    action: String,
    other: String,
    restart: String,
    account: String,
    problem: Option<Problem>,
}

impl View for Page {
    const TEMPLATE: &'static str = "pages/second_factor.html";
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

/// `GET /login/totp` and `GET /login/recovery`.
pub async fn show(
    State(app): State<Shared>,
    way: Way,
    Query(query): Query,
    headers: HeaderMap,
    signed_in: Option<SignedIn>,
) -> Result<Response, PageError> {
    let onward = Onward::read(&query)?;
    match Whose::find(&app, &onward, &headers, signed_in).await? {
        Whose::Nobody(response) => Ok(response),
        whose => render(&app, way, &onward, whose.account(), None),
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
        recovery: way == Way::Recovery,
        action: onward.path(&app.config, way.path()),
        other: onward.path(&app.config, way.other().path()),
        restart: onward.path(&app.config, "/login"),
        account,
        problem: problem.clone(),
    };
    match problem {
        None => app.page(&page),
        Some(problem) => problem.page(app, &page),
    }
}

/// `POST /login/totp` and `POST /login/recovery`.
pub async fn submit(
    State(app): State<Shared>,
    way: Way,
    Query(query): Query,
    Address(from): Address,
    headers: HeaderMap,
    signed_in: Option<SignedIn>,
    Form(form): Form,
) -> Result<Response, PageError> {
    let onward = Onward::read(&query)?;
    let before = signed_in.clone();
    let whose = Whose::find(&app, &onward, &headers, signed_in).await?;
    let account = whose.account();
    let Some(typed) = form.get("code") else {
        let problem = Problem::of("code", "Type a code.");
        return match whose {
            Whose::Nobody(response) => Ok(response),
            _ => render(&app, way, &onward, account, Some(problem)),
        };
    };
    let (realm, code) = (app.desk(Some(from)).realm, way.code(typed));
    let people = &realm.directory;
    let proven = match &whose {
        Whose::Nobody(_) => Err(AuthError::Ended),
        Whose::SignIn(token, _) => app.sign_in.second_factor(people, token, code, from).await,
        Whose::Session(signed_in) => app.sign_in.step_up(people, &signed_in.session, code, from).await,
    };
    match (proven, whose) {
        (_, Whose::Nobody(response)) => Ok(response),
        (Ok(proof), Whose::SignIn(..)) => sign_in::finish(&app, &onward, from, &proof, before.as_ref()).await,
        (Ok(proof), Whose::Session(signed_in)) => step_up(&app, &onward, &proof, &signed_in).await,
        (Err(error), _) => {
            let problem = Problem::from_auth(error, way.asked())?;
            render(&app, way, &onward, account, Some(problem))
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
