//! Sites behind forward-auth: through a real nginx and a real Caddy, and asked as Traefik and Caddy ask.

mod asked;
mod front;

use std::collections::BTreeMap;

use axum_extra::extract::cookie::Cookie;
use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, redirect};

use crate::support::browser::{Browser, Page};
use crate::support::server::Server;

const SITE: &str = "https://heating.example.org";
const PASS: &str = "__Host-dockspace-pass";
const WAY: &str = "__Host-dockspace-way";
/// A member of `engineering`.
const GRACE: (&str, &str) = ("grace", "tall maps hide small towns");
/// A member of no group that may.
const ANN: (&str, &str) = ("ann", "green ladders never sleep");

/// What a browser keeps of the site's host.
#[derive(Clone, Default)]
struct Cookies(BTreeMap<String, String>);

impl Cookies {
    fn take(&mut self, headers: &HeaderMap) {
        for value in headers.get_all("set-cookie") {
            let text = value.to_str().unwrap().to_owned();
            assert!(
                text.contains("Secure") && text.contains("HttpOnly") && !text.contains("Domain"),
                "{text}"
            );
            let cookie = Cookie::parse(text).unwrap();
            if cookie.max_age().is_some_and(|age| age.is_zero()) {
                self.0.remove(cookie.name());
            } else {
                self.0.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }

    fn header(&self) -> String {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}

/// An answer to a web server, or through one.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    #[track_caller]
    fn location(&self) -> &str {
        self.headers
            .get("location")
            .unwrap_or_else(|| panic!("{self:?}"))
            .to_str()
            .unwrap()
    }

    fn header(&self, name: &'static str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| std::str::from_utf8(value.as_bytes()).unwrap())
    }
}

fn client() -> reqwest::ClientBuilder {
    Client::builder().redirect(redirect::Policy::none()).no_proxy()
}

/// Goes where a site sent the browser, signs in if need be, and gives where it is sent back.
async fn sign_in(server: &Server, browser: &mut Browser, location: &str, who: (&str, &str)) -> Page {
    let start = location
        .strip_prefix(&server.url)
        .expect("to the sign-in server")
        .to_owned();
    let mut page = browser.get(&start).await;
    if browser.target(&page).starts_with("/login") {
        let form = browser.follow(&page).await;
        let done = browser.submit(&form, &[("username", who.0), ("password", who.1)]).await;
        page = browser.follow(&done).await;
    }
    page
}
