//! The page for somebody whom the gate of an app keeps out: which app, why, and what to do.
//!
//! It has no path of its own: whoever asked the gate shows it where the question was asked.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use crate::model::access::{Rule, Verdict};
use crate::model::{Client, User};
use crate::web::app::App;
use crate::web::error::PageError;
use crate::web::view::{View, with_status};

#[derive(Serialize)]
struct Page {
    app: String,
    address: String,
    reason: &'static str,
    groups: Vec<String>,
    advice: &'static str,
    back: String,
}

impl View for Page {
    const TEMPLATE: &'static str = "pages/no_access.html";
}

/// The page. `back` leads to the app with its error, if there is a safe way there.
///
/// # Errors
/// [`PageError::Internal`] when its template is at fault.
pub fn show(
    app: &App,
    user: &User,
    client: &Client,
    verdict: &Verdict<'_>,
    back: Option<&str>,
) -> Result<Response, PageError> {
    let (reason, groups) = verdict.rule.to_the_person();
    let page = app.page(&Page {
        app: client.name.clone(),
        address: user.address.to_string(),
        reason,
        groups: groups.iter().map(ToString::to_string).collect(),
        advice: advice(verdict.rule),
        back: back.unwrap_or_default().to_owned(),
    })?;
    Ok(with_status(StatusCode::FORBIDDEN, page))
}

const fn advice(rule: Rule<'_>) -> &'static str {
    match rule {
        Rule::NoneOf(_) | Rule::Lacks(_) => {
            "If you should have access, ask an owner of the group or one of your administrators to add you. Then try again: you need not sign in once more."
        }
        Rule::Excluded(_) | Rule::Nobody => "If you should have access, ask one of your administrators.",
        Rule::State(_) | Rule::NoLogin | Rule::Shared | Rule::TestUser | Rule::Everyone(_) | Rule::Member(..) => {
            "Sign in with another account, or ask one of your administrators."
        }
    }
}
