//! From a view to an answer: the content policy of a page, and redirects.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What a page is shown with. It stands beside its handler and holds what the template says, and nothing else.
pub trait View: Serialize {
    /// The template, below `templates/`.
    const TEMPLATE: &'static str;
    /// Where its forms lead.
    const FORMS: Forms = Forms::Here;
}

/// Where the forms of a page lead in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forms {
    /// To a page of this server.
    Here,
    /// Through this server back to an app. Browsers hold redirects after a form against `form-action` too, those of the app
    /// itself included, so it can't be given.
    Onward,
    /// To an app, at once: the one page with a script, which presses the button.
    AtOnce,
}

/// What a page may load: the style sheet, and nothing that runs.
const POLICY_ONWARD: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The same, and forms stay on this server.
const POLICY_HERE: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// The same, and our own script may run.
const POLICY_AT_ONCE: &str =
    "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// An HTML page with its content policy. The other headers are for the layers.
pub(super) fn html(text: String, forms: Forms) -> Response {
    let policy = match forms {
        Forms::Here => POLICY_HERE,
        Forms::Onward => POLICY_ONWARD,
        Forms::AtOnce => POLICY_AT_ONCE,
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
    ];
    (headers, text).into_response()
}

/// `303 See Other`: the next request is a GET and doesn't carry the form along (RFC 9700 section 4.12).
pub fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// The same answer with another status.
pub(super) fn with_status(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    response
}
