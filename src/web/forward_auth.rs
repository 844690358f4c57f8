//! `/forward-auth`: a web server asks who stands at the door of a site, in the words of nginx, Traefik or Caddy.
//!
//! nginx (`auth_request`) asks beside the request and names the URL in `X-Original-URL`; it takes 2xx, 401 and 403 for an answer
//! and redirects by itself, to the `Location` of a 401. Traefik (`forwardAuth`) and Caddy (`forward_auth`) name the URL in
//! `X-Forwarded-Proto`, `-Host` and `-Uri` and hand any answer but 2xx on to the browser. Requests to our own paths on a site's
//! host come here too, and are answered to the browser itself. Who asks is a listed proxy: from anybody else those headers never
//! get here. But a proxy hands on what the browser sent, and knows the headers of its own kind alone: a question that names one
//! host in the words of nginx and another in those of Traefik is answered by nobody.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::app::Shared;
use super::cookie;
use super::error::PageError;
use super::extract::{Address, Query, SignedIn};
use super::oidc::{login, show};
use super::view::see_other;
use crate::model::User;
use crate::oidc::forward_auth::{Arrival, CALLBACK, Door, OURS, SIGN_OUT, Wanted};
use crate::oidc::{Login, Params};
use crate::store::{Key, Token};

/// The cookie that opens a site, on the site's host.
const PASS: &str = "__Host-dockspace-pass";
/// The cookie of a browser that is on its way to the sign-in server, on the site's host.
const WAY: &str = "__Host-dockspace-way";
/// How long a browser may be on its way, in seconds.
const WAY_SECONDS: u32 = 30 * 60;
/// Where the way begins, on our own host.
pub(super) const START: &str = "/forward-auth/start";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// nginx, beside the request.
    Beside,
    /// Traefik or Caddy, in place of it.
    InPlace,
}

/// What a web server asks about.
#[derive(Debug)]
struct Question {
    asks: Asks,
    wanted: Wanted,
    /// Whether a person would see the answer: a page is to be loaded. An image or a script can't sign in.
    is_page: bool,
    pass: Option<Token>,
    way: Option<Token>,
}

impl Question {
    fn read(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let deciding = ["x-original-url", "x-forwarded-host", "x-forwarded-proto"];
        if deciding
            .iter()
            .any(|name| headers.get_all(*name).iter().nth(1).is_some())
        {
            return None;
        }
        let (asks, url, method) = match text("x-original-url") {
            Some(url) => (Asks::Beside, url.to_owned(), text("x-original-method")),
            None => {
                let (scheme, host) = (text("x-forwarded-proto")?, text("x-forwarded-host")?);
                let url = format!("{scheme}://{host}{}", text("x-forwarded-uri")?);
                (Asks::InPlace, url, text("x-forwarded-method"))
            }
        };
        let loads = match text("sec-fetch-mode") {
            Some(mode) => mode == "navigate",
            None => text("accept").is_some_and(|accept| accept.contains("text/html")),
        };
        let token = |name| cookie::named(headers, name).and_then(Token::parse);
        let wanted = Wanted::read(&url)?;
        if text("x-forwarded-host").is_some_and(|host| !host.eq_ignore_ascii_case(wanted.host())) {
            return None;
        }
        Some(Self {
            asks,
            wanted,
            is_page: loads && method.is_none_or(|method| matches!(method, "GET" | "HEAD")),
            pass: token(PASS),
            way: token(WAY),
        })
    }
}

/// `/forward-auth`, by any method: nginx asks with that of the request.
pub(super) async fn ask(
    State(app): State<Shared>,
    Address(from): Address,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let Some(question) = Question::read(&headers) else {
        return Ok(say(
            StatusCode::BAD_REQUEST,
            "This is for web servers to ask, about an https URL.\n",
        ));
    };
    let desk = app.desk(Some(from));
    let host = question.wanted.host();
    if desk.site(host).is_none() {
        return Ok(say(StatusCode::FORBIDDEN, "No site of this name is known here.\n"));
    }
    if question.wanted.path().starts_with(OURS) {
        return own_path(&app, &desk, &question).await;
    }
    match desk
        .at_door(host, question.pass.as_ref())
        .await
        .map_err(PageError::internal)?
    {
        Door::In(user) => Ok(welcome(user)),
        Door::Out => send_away(&app, &question),
    }
}

/// What is asked of our own paths on the site's host.
async fn own_path(app: &Shared, desk: &crate::oidc::Desk<'_>, question: &Question) -> Result<Response, PageError> {
    match question.wanted.path() {
        CALLBACK => {
            let params = Params::parse(question.wanted.query().as_bytes());
            let state = params.get("state").unwrap_or_default();
            let host = question.wanted.host();
            Ok(
                match desk
                    .arrive(host, state, params.get("code"), question.way.as_ref())
                    .await
                {
                    Ok(Arrival::In { pass, to }) => {
                        let mut response = see_other(&to);
                        // Without an age: it ends with the browser, and before that with the sign-in.
                        set_cookie(&mut response, &format!("{PASS}={}", pass.expose()));
                        set_cookie(&mut response, &format!("{WAY}=; Max-Age=0"));
                        response
                    }
                    Ok(Arrival::Again(to)) => see_other(&to),
                    Ok(Arrival::Out) => say(StatusCode::FORBIDDEN, "You may not use this site.\n"),
                    Err(refusal) => say(StatusCode::BAD_REQUEST, &format!("It did not work: {refusal}.\n")),
                },
            )
        }
        SIGN_OUT => {
            if let Some(pass) = &question.pass {
                desk.leave_site(pass).await.map_err(PageError::internal)?;
            }
            let mut response = see_other(&format!("{}/logout", app.config.issuer.as_str()));
            set_cookie(&mut response, &format!("{PASS}=; Max-Age=0"));
            Ok(response)
        }
        _ => Ok(say(StatusCode::NOT_FOUND, "There is no such page.\n")),
    }
}

/// In, with the person's name in headers for the site.
fn welcome(user: &User) -> Response {
    let groups: Vec<&str> = user.groups.iter().map(|group| group.as_str()).collect();
    let identity = [
        ("remote-user", user.username.as_str().to_owned()),
        ("remote-name", user.name.clone()),
        ("remote-email", user.address.to_string()),
        ("remote-groups", groups.join(",")),
    ];
    let mut response = StatusCode::OK.into_response();
    for (name, value) in identity {
        // A name may be any text; what no header may carry is left out.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Out: a page is sent to sign in; anything else is only refused.
fn send_away(app: &Shared, question: &Question) -> Result<Response, PageError> {
    if !question.is_page {
        // nginx would redirect at a 401.
        let status = match question.asks {
            Asks::Beside => StatusCode::FORBIDDEN,
            Asks::InPlace => StatusCode::UNAUTHORIZED,
        };
        return Ok(say(status, "Sign in first.\n"));
    }
    // One that is under way keeps its mark, so that two pages loading at once don't take it from each other.
    let way = match &question.way {
        Some(way) => way.clone(),
        None => Token::random().map_err(PageError::internal)?,
    };
    let start = form_urlencoded(&[("url", &question.wanted.url()), ("way", &way.key().to_text())]);
    let mut response = see_other(&format!("{}{START}?{start}", app.config.issuer.as_str()));
    if question.asks == Asks::Beside {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
    }
    set_cookie(&mut response, &format!("{WAY}={}; Max-Age={WAY_SECONDS}", way.expose()));
    Ok(response)
}

/// `GET /forward-auth/start`, on our own host: from here it is a sign-in like any other.
pub(super) async fn start(
    State(app): State<Shared>,
    Address(from): Address,
    signed_in: Option<SignedIn>,
    Query(query): Query,
) -> Result<Response, PageError> {
    let wanted = query.get("url").and_then(Wanted::read);
    let way = query.get("way").and_then(Key::from_text);
    let (Some(wanted), Some(way)) = (wanted, way) else {
        return Err(PageError::Malformed("it names no site"));
    };
    let login: Option<Login> = login(signed_in.as_ref());
    show(&app, app.desk(Some(from)).depart(&wanted, way, login.as_ref()).await)
}

fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Sets a cookie of the site's host: [`PASS`] or [`WAY`]. A site is only ever at an https host.
fn set_cookie(response: &mut Response, cookie: &str) {
    let text = format!("{cookie}; Path=/; Secure; HttpOnly; SameSite=Lax");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// A line of text: our style sheet isn't on the site's host.
fn say(status: StatusCode, text: &str) -> Response {
    (status, text.to_owned()).into_response()
}
