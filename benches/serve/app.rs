//! An app with a person at it: what each operation sends, and that the answer is the right one.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde::Deserialize;
use serde_json::Value;

pub(crate) const CLIENT: &str = "load";
pub(crate) const CLIENT_SECRET: &str = "Kq3v8y-BnEdHxMbQeThWmZq4t7wGzACt";
pub(crate) const REDIRECT_URI: &str = "https://load.example.org/cb";
pub(crate) const PASSWORD: &str = "paper boats cross rivers";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Discovery,
    Jwks,
    ClientCredentials,
    Introspection,
    Userinfo,
    Refresh,
    /// Authorize with a live session, then redeem the code: two requests.
    CodeFlow,
    /// A new browser: authorize, page, form with the password, and on to the code: four requests.
    FreshLogin,
    /// The form with the password alone, of dockspace.
    Password,
}

/// Where the server has its endpoints, as it says itself (OpenID Connect Discovery 1.0 section 3).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Endpoints {
    issuer: String,
    jwks_uri: String,
    authorization_endpoint: String,
    token_endpoint: String,
    introspection_endpoint: String,
    userinfo_endpoint: String,
}

impl Endpoints {
    /// Asks the server at `issuer`.
    pub(crate) async fn of(issuer: &str) -> Self {
        let url = format!("{issuer}/.well-known/openid-configuration");
        answer(client().get(url)).await.0.json().await.expect("a document")
    }
}

/// One keep-alive connection, one browser, and the tokens that came last.
pub(crate) struct App {
    client: Client,
    endpoints: Endpoints,
    cookies: BTreeMap<String, String>,
    access_token: String,
    refresh_token: String,
}

impl App {
    /// One where nobody has signed in.
    pub(crate) fn new(endpoints: &Endpoints) -> Self {
        Self {
            client: client(),
            endpoints: endpoints.clone(),
            cookies: BTreeMap::new(),
            access_token: String::new(),
            refresh_token: String::new(),
        }
    }

    /// Signs person `n` in.
    pub(crate) async fn signed_in(endpoints: &Endpoints, username: &str, n: usize) -> Self {
        let mut app = Self::new(endpoints);
        let code = app.sign_in(username, n).await;
        app.redeem(&code).await;
        app
    }

    /// Does `operation` once; a new sign-in is of person `n`.
    pub(crate) async fn perform(&mut self, operation: Operation, username: &str, n: usize) {
        let Endpoints {
            issuer,
            jwks_uri,
            userinfo_endpoint,
            introspection_endpoint,
            ..
        } = &self.endpoints;
        match operation {
            Operation::Discovery => {
                let url = format!("{issuer}/.well-known/openid-configuration");
                has(self.client.get(url), "issuer").await;
            }
            Operation::Jwks => has(self.client.get(jwks_uri), "keys").await,
            Operation::Userinfo => {
                has(
                    self.client.get(userinfo_endpoint).bearer_auth(&self.access_token),
                    "email",
                )
                .await;
            }
            Operation::Introspection => {
                let form = [("token", self.access_token.as_str())];
                let request = self.client.post(introspection_endpoint).form(&form);
                has(request.basic_auth(CLIENT, Some(CLIENT_SECRET)), "client_id").await;
            }
            Operation::ClientCredentials => {
                self.token(&[("grant_type", "client_credentials")]).await;
            }
            Operation::Refresh => {
                let token = std::mem::take(&mut self.refresh_token);
                let tokens = self
                    .token(&[("grant_type", "refresh_token"), ("refresh_token", &token)])
                    .await;
                self.keep(&tokens);
            }
            Operation::CodeFlow => {
                let code = self.authorize().await.expect("a live session needs no page");
                self.redeem(&code).await;
            }
            Operation::FreshLogin => {
                self.cookies.clear();
                self.sign_in(username, n).await;
            }
            Operation::Password => {
                self.cookies.clear();
                let url = format!("{issuer}/login");
                let (_, headers) = self.submit(&url, username, n).await;
                assert!(headers.contains_key(LOCATION), "{username} is signed in");
            }
        }
    }

    /// Authorizes: the code, or the page where the browser stops.
    async fn authorize(&mut self) -> Result<String, Page> {
        let query = [
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("state", "af0ifjsldkj"),
            ("nonce", "n-0S6_WzA2Mj"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let url = reqwest::Url::parse_with_params(&self.endpoints.authorization_endpoint, query).expect("a URL");
        self.follow(url.into()).await
    }

    /// Goes to `url` and wherever it leads.
    async fn follow(&mut self, mut url: String) -> Result<String, Page> {
        loop {
            let (response, headers) = self.browse(self.client.get(&url)).await;
            let Some(location) = location(&url, &headers) else {
                let text = response.text().await.expect("a page");
                return Err(Page { url, text });
            };
            if let Some(query) = location.strip_prefix(REDIRECT_URI) {
                return Ok(code(query));
            }
            url = location;
        }
    }

    async fn sign_in(&mut self, username: &str, n: usize) -> String {
        let page = self.authorize().await.expect_err("nobody is signed in");
        let form = page.form();
        let (_, headers) = self.submit(&form, username, n).await;
        let next = location(&form, &headers).expect("the password is right");
        self.follow(next).await.expect("nothing more is needed")
    }

    /// Sends the form of the sign-in page. Everybody has an address of their own.
    async fn submit(&mut self, url: &str, username: &str, n: usize) -> (reqwest::Response, HeaderMap) {
        let request = self
            .client
            .post(url)
            .header("origin", &self.endpoints.issuer)
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", format!("10.0.{}.{}", n / 256, n % 256))
            .form(&[("username", username), ("password", PASSWORD)]);
        self.browse(request).await
    }

    /// Sends with our cookies, and keeps those of the answer.
    async fn browse(&mut self, request: RequestBuilder) -> (reqwest::Response, HeaderMap) {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let (response, headers) = answer(request.header("cookie", cookies.join("; "))).await;
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let (name, value) = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a cookie");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        (response, headers)
    }

    async fn redeem(&mut self, code: &str) {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        let tokens = self.token(&form).await;
        assert!(tokens["id_token"].is_string(), "{tokens}");
        self.keep(&tokens);
    }

    async fn token(&self, form: &[(&str, &str)]) -> Value {
        let request = self.client.post(&self.endpoints.token_endpoint).form(form);
        let (response, _) = answer(request.basic_auth(CLIENT, Some(CLIENT_SECRET))).await;
        let tokens: Value = response.json().await.expect("JSON");
        assert!(tokens["access_token"].is_string(), "{tokens}");
        tokens
    }

    fn keep(&mut self, tokens: &Value) {
        let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        (self.access_token, self.refresh_token) = (text("access_token"), text("refresh_token"));
    }
}

/// Where a browser stopped.
#[derive(Debug)]
struct Page {
    url: String,
    text: String,
}

impl Page {
    /// Where its form goes.
    fn form(&self) -> String {
        let (_, rest) = self.text.split_once("method=\"post\" action=\"").expect("a form");
        let (action, _) = rest.split_once('"').expect("an action");
        // The template engine writes a slash so.
        join(&self.url, &action.replace("&#x2f;", "/").replace("&amp;", "&"))
    }
}

fn client() -> Client {
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy();
    client.build().expect("a client")
}

async fn has(request: RequestBuilder, member: &str) {
    let document: Value = answer(request).await.0.json().await.expect("JSON");
    assert!(!document[member].is_null(), "{document}");
}

/// Sends; an error ends the benchmark.
async fn answer(request: RequestBuilder) -> (reqwest::Response, HeaderMap) {
    let response = request.send().await.expect("an answer");
    if response.status() >= StatusCode::BAD_REQUEST {
        panic!(
            "{} of {}: {:?}",
            response.status(),
            response.url().clone(),
            response.text().await
        );
    }
    let headers = response.headers().clone();
    (response, headers)
}

fn location(url: &str, headers: &HeaderMap) -> Option<String> {
    let location = headers.get(LOCATION)?.to_str().expect("text");
    Some(join(url, location))
}

fn join(url: &str, reference: &str) -> String {
    let url = reqwest::Url::parse(url).expect("a URL");
    url.join(reference).expect("a URL").into()
}

fn code(query: &str) -> String {
    let url = format!("{REDIRECT_URI}{query}");
    let url = reqwest::Url::parse(&url).expect("a URL");
    let code = url.query_pairs().find(|(name, _)| name == "code");
    code.unwrap_or_else(|| panic!("no code: {url}")).1.into_owned()
}
