//! From a decision to HTTP: JSON and its errors for apps, redirects and pages for browsers.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::oidc::authorize::Back;
use crate::oidc::discovery::path;
use crate::oidc::{Code, Error, NoAccess, Page, Refusal, Response as Answer, ResponseMode, Step};
use crate::web::app::App;
use crate::web::error::PageError;
use crate::web::pages::no_access;
use crate::web::view::{Forms, View, see_other, with_status};

/// The JSON of an error (RFC 6749 §5.2).
#[derive(Serialize)]
struct Fault {
    error: &'static str,
    error_description: &'static str,
}

/// An error for an app.
pub(super) fn error(app: &App, error: Error, challenge: Challenge) -> Response {
    let body = Json(Fault {
        error: error.code().as_str(),
        error_description: error.description(),
    });
    let mut response = (status(error.code()), body).into_response();
    let challenge = challenge.text(app, error);
    if let Some(value) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

/// How the sender could have authenticated (RFC 9110 §11.6.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Challenge {
    /// As a client.
    Basic,
    /// With an access token (RFC 6750 §3).
    Bearer,
}

impl Challenge {
    fn text(self, app: &App, error: Error) -> Option<String> {
        let realm = app.config.issuer.as_str();
        let (code, description) = (error.code().as_str(), error.description());
        match (self, error.code()) {
            (Self::Basic, Code::InvalidClient) => Some(format!("Basic realm=\"{realm}\"")),
            // Who brought no token is told nothing else (RFC 6750 §3.1).
            (Self::Bearer, _) if error == Error::BearerMissing => Some(format!("Bearer realm=\"{realm}\"")),
            (Self::Bearer, Code::InvalidToken | Code::InsufficientScope | Code::InvalidRequest) => Some(format!(
                "Bearer realm=\"{realm}\", error=\"{code}\", error_description=\"{description}\""
            )),
            _ => None,
        }
    }
}

const fn status(code: Code) -> StatusCode {
    match code {
        Code::InvalidClient | Code::InvalidToken => StatusCode::UNAUTHORIZED,
        Code::InsufficientScope => StatusCode::FORBIDDEN,
        Code::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        Code::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// JSON for an app. Nobody keeps it: RFC 6749 §5.1.
pub(super) fn json(value: &impl Serialize) -> Response {
    const PRAGMA: (HeaderName, HeaderValue) = (header::PRAGMA, HeaderValue::from_static("no-cache"));
    ([PRAGMA], Json(value)).into_response()
}

/// What a browser is to do next.
///
/// # Errors
/// When a page cannot be made.
pub(in crate::web) fn show(app: &App, step: Result<Step, Refusal>) -> Result<Response, PageError> {
    match step {
        Ok(Step::Respond(answer)) => to_app(app, &answer),
        Ok(Step::Page(page, id)) => Ok(see_other(&app.config.path(&format!("{}?request={id}", path_of(page))))),
        Ok(Step::NoAccess(why)) => no_access(app, &why),
        Err(refusal) => refuse(app, refusal),
    }
}

/// The pages are those of people; see [`crate::web::pages`].
const fn path_of(page: Page) -> &'static str {
    match page {
        Page::SignIn => "/login",
        Page::StepUp => "/login/totp",
        Page::Consent => "/consent",
    }
}

fn to_app(app: &App, answer: &Answer) -> Result<Response, PageError> {
    match answer.mode {
        ResponseMode::Query => Ok(see_other(&answer.location())),
        ResponseMode::FormPost => app.page(&FormPost {
            action: &answer.redirect_uri,
            fields: fields(answer),
            script: &app.templates.script().name,
        }),
    }
}

fn fields(answer: &Answer) -> Vec<Field<'_>> {
    let field = |(name, value): &'_ (&'static str, String)| Field {
        name,
        value: value.clone().into(),
    };
    answer.params.iter().map(field).collect()
}

/// A page that never redirects, at the URL that was asked for.
pub(super) fn refuse(app: &App, refusal: Refusal) -> Result<Response, PageError> {
    let status = match refusal {
        Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let page = app.page(&Refused {
        title: "That did not work",
        text: capital(refusal.sentence()),
        advice: advice(refusal),
    })?;
    Ok(with_status(status, page))
}

const fn advice(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownClient | Refusal::RedirectUri | Refusal::Malformed => {
            "This is for whoever set the app up: what it sends and its file in the repository differ."
        }
        Refusal::Expired => "Go back to the app and start again.",
        Refusal::Unavailable => "Try again in a few minutes.",
    }
}

fn capital(sentence: &str) -> String {
    let mut rest = sentence.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).chain(['.']).collect()
}

fn no_access(app: &App, kept_out: &NoAccess) -> Result<Response, PageError> {
    let realm = app.desk(None).realm;
    let back = match &kept_out.back {
        Back::Link(url) => url.clone(),
        Back::Request(id) => app.config.path(&format!("{}?request={id}", path::TURN_AWAY)),
    };
    match (realm.user(&kept_out.user), realm.app(&kept_out.client)) {
        (Some(user), Some(client)) => {
            let verdict = realm.access(user, client);
            no_access::show(app, user, client, &verdict, Some(&back))
        }
        _ => refuse(app, Refusal::UnknownClient),
    }
}

/// A hidden field.
#[derive(Serialize)]
struct Field<'a> {
    name: &'static str,
    value: std::borrow::Cow<'a, str>,
}

/// The page that posts an answer to an app (OAuth 2.0 Form Post Response Mode).
#[derive(Serialize)]
struct FormPost<'a> {
    action: &'a str,
    fields: Vec<Field<'a>>,
    script: &'a str,
}

impl View for FormPost<'_> {
    const TEMPLATE: &'static str = "pages/form_post.html";
    const FORMS: Forms = Forms::AtOnce;
}

/// The page for a request that nobody can be told about.
#[derive(Serialize)]
struct Refused {
    title: &'static str,
    text: String,
    advice: &'static str,
}

impl View for Refused {
    const TEMPLATE: &'static str = "pages/error.html";
}
