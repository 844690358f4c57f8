//! The page for somebody whom the gate of an app keeps out: which app, why, and what to do.
//!
//! It has no path of its own: whoever asked the gate shows it where the question was asked.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use crate::model::access::{Rule, Verdict};
use crate::model::{Client, GroupName, User};
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
    let (reason, groups) = reason(verdict.rule);
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

/// The rule in words, and the groups that they are about.
fn reason(rule: Rule<'_>) -> (&'static str, &[GroupName]) {
    match rule {
        Rule::NoneOf([_]) => (
            "It is for the members of this group, and you are not one of them:",
            groups(rule),
        ),
        Rule::NoneOf(_) => (
            "It is for the members of one of these groups, and you are in none of them:",
            groups(rule),
        ),
        Rule::Lacks(_) => ("It takes membership of this group, too:", groups(rule)),
        Rule::Excluded(_) => ("It is closed to the members of this group:", groups(rule)),
        Rule::Nobody => ("It is open to nobody right now.", &[]),
        Rule::TestUser => ("This is an account for tests, and it is not listed for this app.", &[]),
        Rule::State(_) | Rule::NoLogin | Rule::Shared => ("This account may not sign in to apps.", &[]),
        Rule::Everyone(_) | Rule::Member(..) => ("", &[]),
    }
}

const fn groups<'a>(rule: Rule<'a>) -> &'a [GroupName] {
    match rule {
        Rule::NoneOf(groups) => groups,
        Rule::Lacks(group) | Rule::Excluded(group) => std::slice::from_ref(group),
        _ => &[],
    }
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
