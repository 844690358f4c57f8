//! What a page can fail with. The one place that turns a failure into an answer, and the only one that logs a fault of our own.
//!
//! A handler returns a [`PageError`]; the layer [`super::layers::show_failures`] makes a page of it at the URL that was asked for.

use std::error::Error;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::view::{View, see_other};

/// Why there is no page.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PageError {
    /// There is nothing at this path.
    #[error("there is no such page")]
    NotFound,
    /// The path is right, the method isn't.
    #[error("this page takes no such request")]
    Method,
    /// Something about the request is wrong in a way that no page of ours produces.
    #[error("this request is not one that our pages make: {0}")]
    Malformed(&'static str),
    /// More than [`super::layers::BODY_LIMIT`].
    #[error("this request is too large")]
    TooLarge,
    /// Another site sent the form.
    #[error("this form was sent from another site")]
    CrossOrigin,
    /// What the link or form belongs to has ended.
    #[error("this sign-in has ended")]
    Expired,
    /// Nobody is signed in, and somebody has to be. Holds where to sign in.
    #[error("nobody is signed in")]
    SignInFirst(String),
    /// Somebody is signed in, and this is not for them.
    #[error("this page is for others")]
    NotYours,
    /// Too much to do at once.
    #[error("the server is busy")]
    Busy,
    /// A fault of ours.
    #[error("something failed")]
    Internal(#[source] Arc<dyn Error + Send + Sync>),
}

impl PageError {
    /// A fault of ours, whatever it is.
    pub fn internal(source: impl Error + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(source))
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed(_) | Self::Expired => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::CrossOrigin | Self::NotYours => StatusCode::FORBIDDEN,
            Self::SignInFirst(_) => StatusCode::SEE_OTHER,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the page says.
    #[must_use]
    pub const fn view(&self) -> Failure {
        let (title, text, advice) = match self {
            Self::NotFound => (
                "Nothing here",
                "There is no page at this address.",
                "If you followed a link from an app, go back and try again from there.",
            ),
            Self::Method | Self::Malformed(_) | Self::TooLarge => (
                "That did not work",
                "This request is not one that our pages make.",
                "Go back to the app and start again.",
            ),
            Self::CrossOrigin => (
                "Stopped for your safety",
                "This form was sent from another site.",
                "Open the sign-in page yourself, or start again from the app.",
            ),
            Self::NotYours => (
                "Not for this account",
                "You are signed in, but this page is open to other groups only.",
                "If you need it, ask your administrators to add you to one of them.",
            ),
            Self::SignInFirst(_) | Self::Expired => (
                "This sign-in has ended",
                "It was open for too long, or it is already finished.",
                "Go back to the app and start again.",
            ),
            Self::Busy => (
                "One moment",
                "Many people are signing in right now.",
                "Wait a few seconds, then try again.",
            ),
            Self::Internal(_) => (
                "Something failed",
                "That is our fault, not yours. It has been written down.",
                "Try again in a few minutes. If it still fails, tell your administrators.",
            ),
        };
        Failure { title, text, advice }
    }
}

/// An error page.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Failure {
    title: &'static str,
    text: &'static str,
    advice: &'static str,
}

impl View for Failure {
    const TEMPLATE: &'static str = "pages/error.html";
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if let Self::Internal(source) = &self {
            tracing::error!(error = chain(source.as_ref()), "a page failed");
        }
        if let Self::SignInFirst(path) = &self {
            return see_other(path);
        }
        let mut response = self.status().into_response();
        if matches!(self, Self::Busy) {
            let seconds = HeaderValue::from_static("5");
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// An error and what it came from. Errors hold no secret, so none gets into the log.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text.push_str(": ");
        text.push_str(&error.to_string());
        next = error.source();
    }
    text
}
