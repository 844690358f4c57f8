//! Every endpoint there is, with parameters given twice, nested, too long, broken or hostile: each is refused, and none is
//! reflected, obeyed or answered by a fault of ours.

mod broken;
mod hostile;
mod refused;

use super::app::{API, SECRET, VERIFIER, WIKI, basic};
use crate::support::browser::{Browser, Page};

const FORM: &str = "application/x-www-form-urlencoded";
/// What a mail server is told of a token that is no good.
const INACTIVE: &str = "{\"active\":false,\"email\":\"\"}";
const ID: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// An endpoint with a request that is good as far as its parameters go.
#[derive(Clone, Copy)]
struct Endpoint {
    method: &'static str,
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    /// What answers a fault: an app is told, a browser is shown a page.
    says: Says,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// An error by JSON.
    Json,
    /// An error page.
    Page,
    /// An error in a redirect to the app.
    Redirect,
    /// A page, after a redirect to ourselves with what was posted.
    PageAfter,
    /// That no mailbox is opened: Dovecot takes anything else for a breakdown.
    Inactive,
}

const AUTHORIZE: &[(&str, &str)] = &[
    ("client_id", "wiki"),
    ("redirect_uri", "https://wiki.example.org/cb"),
    ("response_type", "code"),
    ("scope", "openid"),
    ("state", "s"),
    ("nonce", "n"),
    ("prompt", "none"),
    ("max_age", "100"),
    ("claims", "{}"),
    ("display", "page"),
    ("login_hint", "bob"),
    ("ui_locales", "en"),
    ("acr_values", "1"),
    ("response_mode", "query"),
];
const END_SESSION: &[(&str, &str)] = &[
    ("client_id", "wiki"),
    ("id_token_hint", "x"),
    ("post_logout_redirect_uri", "https://wiki.example.org/bye"),
    ("state", "s"),
    ("logout_hint", "bob"),
    ("ui_locales", "en"),
];
const TOKEN: &[(&str, &str)] = &[
    ("grant_type", "authorization_code"),
    ("code", ID),
    ("redirect_uri", "https://wiki.example.org/cb"),
    ("code_verifier", VERIFIER),
    ("refresh_token", "x"),
    ("scope", "openid"),
    ("client_id", "wiki"),
];
const ONE_TOKEN: &[(&str, &str)] = &[("token", ID), ("token_type_hint", "access_token")];
const WAITING: &[(&str, &str)] = &[("request", ID)];

const fn endpoint(
    method: &'static str,
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    says: Says,
) -> Endpoint {
    Endpoint {
        method,
        path,
        fields,
        says,
    }
}

const ENDPOINTS: [Endpoint; 21] = [
    endpoint("GET", "/oidc/authorize", AUTHORIZE, Says::Redirect),
    endpoint("POST", "/oidc/authorize", AUTHORIZE, Says::PageAfter),
    endpoint("GET", "/oidc/authorize/resume", WAITING, Says::Page),
    endpoint("GET", "/oidc/authorize/turn-away", WAITING, Says::Page),
    endpoint("GET", "/oidc/end-session", END_SESSION, Says::Page),
    endpoint("POST", "/oidc/end-session", END_SESSION, Says::PageAfter),
    endpoint("POST", "/oidc/token", TOKEN, Says::Json),
    endpoint("GET", "/oidc/userinfo", &[("access_token", ID)], Says::Json),
    endpoint("POST", "/oidc/userinfo", &[("access_token", ID)], Says::Json),
    endpoint("POST", "/oidc/introspect", ONE_TOKEN, Says::Json),
    endpoint("POST", "/oidc/revoke", ONE_TOKEN, Says::Json),
    endpoint("POST", "/oidc/mail-token", ONE_TOKEN, Says::Inactive),
    endpoint("GET", "/login", WAITING, Says::Page),
    endpoint("POST", "/login", &[("username", "x"), ("password", "x")], Says::Page),
    endpoint("POST", "/login/totp", &[("code", "123456")], Says::Page),
    endpoint("POST", "/login/recovery", &[("code", "x")], Says::Page),
    endpoint("GET", "/consent", WAITING, Says::Page),
    endpoint("POST", "/consent", &[("decision", "allow")], Says::Page),
    endpoint("GET", "/logout", WAITING, Says::Page),
    endpoint("POST", "/logout", &[("where", "x")], Says::Page),
    endpoint(
        "GET",
        "/forward-auth/start",
        &[("url", "https://heating.example.org/"), ("way", ID)],
        Says::Page,
    ),
];

fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

impl Endpoint {
    /// Sends what was written by hand.
    async fn send(self, browser: &mut Browser, text: &str) -> Page {
        let app = if self.path == "/oidc/introspect" { API } else { WIKI };
        let is_of_an_app = matches!(self.path, "/oidc/token" | "/oidc/introspect" | "/oidc/revoke");
        let path = match self.method {
            "GET" => format!("{}?{text}", self.path),
            _ => self.path.to_owned(),
        };
        let mut request = browser.request(self.method.parse().unwrap(), &path);
        if is_of_an_app {
            request = request.header("authorization", basic(app.id, SECRET));
        }
        if self.method == "POST" {
            request = request.header("content-type", FORM).body(text.to_owned());
        }
        browser.send(&path, request).await
    }

    /// That the answer is a refusal, in the way of this endpoint.
    #[track_caller]
    fn is_refused(self, page: &Page, what: &str) {
        let what = format!("{} {}: {what}: {page:?}", self.method, self.path);
        match self.says {
            Says::Json => {
                assert_eq!(
                    (page.status, page.header("content-type")),
                    (400, "application/json"),
                    "{what}"
                );
                assert!(page.body.contains("\"invalid_request\""), "{what}");
            }
            Says::Page | Says::PageAfter => {
                assert_eq!((page.status, page.header("location")), (400, ""), "{what}");
            }
            Says::Redirect if page.status == 400 => assert_eq!(page.header("location"), "", "{what}"),
            Says::Redirect => {
                let to = page.location();
                assert!(
                    to.starts_with("https://wiki.example.org/cb?error=invalid_request"),
                    "{what}"
                );
            }
            Says::Inactive => assert_eq!((page.status, page.body.as_str()), (200, INACTIVE), "{what}"),
        }
    }
}

/// Sends it, and follows to where what was posted is judged.
async fn judged(endpoint: Endpoint, browser: &mut Browser, text: &str) -> Page {
    let page = endpoint.send(browser, text).await;
    if endpoint.says == Says::PageAfter && page.status == 303 {
        return browser.follow(&page).await;
    }
    page
}
