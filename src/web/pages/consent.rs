//! The page that asks whether an app may know about somebody. What the answer means is decided by `oidc`.

use axum::response::Response;
use serde::Serialize;

use crate::model::User;
use crate::web::app::App;
use crate::web::error::PageError;
use crate::web::view::{Forms, View};

#[derive(Serialize)]
struct Page<'a> {
    action: &'a str,
    app: &'a str,
    person: &'a str,
    address: &'a str,
    redirect_host: &'a str,
    scopes: Vec<Scope<'a>>,
}

#[derive(Serialize)]
struct Scope<'a> {
    title: &'a str,
    text: &'a str,
}

impl View for Page<'_> {
    const TEMPLATE: &'static str = "pages/consent.html";
    const FORMS: Forms = Forms::Onward;
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Where the form goes. It brings `decision`, which is `allow` or `deny`.
    pub action: &'a str,
    /// The name of the app, from its file.
    pub app: &'a str,
    /// The host that the answer goes to.
    pub redirect_host: &'a str,
    /// The scopes that it asks for.
    pub scopes: &'a [String],
}

/// The page.
///
/// # Errors
/// [`PageError::Internal`] when its template is at fault.
pub fn show(app: &App, user: &User, question: &Question<'_>) -> Result<Response, PageError> {
    app.page(&Page {
        action: question.action,
        app: question.app,
        person: &user.name,
        address: user.address.as_str(),
        redirect_host: question.redirect_host,
        scopes: question.scopes.iter().map(|scope| in_words(scope)).collect(),
    })
}

/// A scope as people understand it.
fn in_words(scope: &str) -> Scope<'_> {
    let (title, text) = match scope {
        "openid" => (
            "That it is you",
            "An id that stays the same, so that it knows you again.",
        ),
        "profile" => (
            "Your profile",
            "Your name, username and what else you wrote into your profile.",
        ),
        "email" => ("Your mail address", "The address of your mailbox."),
        "phone" => ("Your phone number", "If you wrote it into your profile."),
        "address" => ("Your postal address", "If you wrote it into your profile."),
        "groups" => ("Your groups", "The names of the groups you are in."),
        "mail" => ("Your mailbox", "Read and send mail in your name."),
        "offline_access" => (
            "Access while you are away",
            "It may ask again for the above without you, until you sign out.",
        ),
        other => (other, "Something of the app’s own."),
    };
    Scope { title, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_48_each_scope_is_said_in_words_and_an_unknown_one_by_its_name() {
        for scope in [
            "openid",
            "profile",
            "email",
            "phone",
            "address",
            "groups",
            "mail",
            "offline_access",
        ] {
            assert_ne!(in_words(scope).title, scope);
        }
        assert_eq!(in_words("printers").title, "printers");
    }
}
