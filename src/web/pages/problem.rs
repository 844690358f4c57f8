//! What is wrong with a form that was sent: said above the form, beside the field, and by the status.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use crate::auth::AuthError;
use crate::web::app::App;
use crate::web::error::PageError;
use crate::web::view::{View, with_status};

/// A problem with a form, in words for the person who filled it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The id of the field to look at; empty when none is at fault.
    pub field: &'static str,
    /// What is wrong.
    pub text: String,
    /// What to do about it, if the text doesn't say.
    pub advice: &'static str,
    #[serde(skip)]
    status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Wrong,
    Wait(Duration),
}

/// What a form asks for, when it is wrong.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The id of the field.
    pub field: &'static str,
    /// What is said when it isn't right.
    pub wrong: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

impl Problem {
    /// A field that is wrong or missing.
    #[must_use]
    pub fn of(field: &'static str, text: &str) -> Self {
        Self {
            field,
            text: text.to_owned(),
            advice: "",
            status: Status::Wrong,
        }
    }

    /// What to tell somebody whose sign-in failed.
    ///
    /// # Errors
    /// When it isn't the form that is at fault.
    pub fn from_auth(error: AuthError, asked: Asked) -> Result<Self, PageError> {
        match error {
            AuthError::Wrong => Ok(Self {
                advice: asked.advice,
                ..Self::of(asked.field, asked.wrong)
            }),
            AuthError::Wait(wait) => Ok(Self {
                field: "",
                text: format!("Too many attempts. Try again in {}.", in_words(wait)),
                advice: "Your account is not locked: this only slows down whoever guesses.",
                status: Status::Wait(wait),
            }),
            other => Err(other.into()),
        }
    }

    /// The page with the form once more, and this problem on it.
    ///
    /// # Errors
    /// [`PageError::Internal`] when its template is at fault.
    pub fn page<V: View>(&self, app: &App, view: &V) -> Result<Response, PageError> {
        let page = app.page(view)?;
        Ok(match self.status {
            Status::Wrong => with_status(StatusCode::UNPROCESSABLE_ENTITY, page),
            Status::Wait(wait) => {
                let mut page = with_status(StatusCode::TOO_MANY_REQUESTS, page);
                page.headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
                page
            }
        })
    }
}

impl From<AuthError> for PageError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Ended => Self::Expired,
            AuthError::Busy(_) => Self::Busy,
            other => Self::internal(other),
        }
    }
}

/// A wait as people say it, rounded up.
fn in_words(wait: Duration) -> String {
    match wait.as_secs().max(1) {
        1 => "a second".to_owned(),
        seconds @ 2..=90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_said_as_people_say_them() {
        let check = |seconds, expect| assert_eq!(in_words(Duration::from_secs(seconds)), expect);
        check(0, "a second");
        check(1, "a second");
        check(2, "2 seconds");
        check(90, "90 seconds");
        check(91, "2 minutes");
        check(900, "15 minutes");
    }
}
