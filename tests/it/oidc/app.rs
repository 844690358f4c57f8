//! Apps as tests need them: what stands in their files, and what they send.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dockspace::digest;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::support::browser::{Browser, Page};
use crate::support::server::{Files, Server};

/// What every secret in these tests is.
pub(super) const SECRET: &str = "Kq3v8y-B_E)H+MbQeThWmZq4t7w!z%C*";
/// RFC 7636 appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// 128 characters with all that is unreserved.
pub(super) const STATE: &str = "-._~abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
/// 43 characters.
pub(super) const NONCE: &str = "n-._~0123456789abcdefghijklmnopqrstuvwxyz01";

/// A person of the example who signs in with a password alone.
pub(super) const BOB: (&str, &str) = ("bob", "paper boats cross rivers");
pub(super) const CAROL: (&str, &str) = ("carol", "warm pipes hum all winter");
pub(super) const GRACE: (&str, &str) = ("grace", "tall maps hide small towns");

/// One app.
#[derive(Clone, Copy)]
pub(super) struct App {
    pub(super) id: &'static str,
    pub(super) redirect_uri: &'static str,
    auth: Auth,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Auth {
    Basic,
    Post,
    None,
}

const fn app(id: &'static str, redirect_uri: &'static str, auth: Auth) -> App {
    App { id, redirect_uri, auth }
}

/// Asks for consent never, may refresh, and hears of logouts at an address the test gives.
pub(super) const WIKI: App = app("wiki", "https://wiki.example.org/cb", Auth::Basic);
/// Like it, but another.
pub(super) const BLOG: App = app("blog", "https://blog.example.org/cb", Auth::Basic);
/// Sends its secret in the body; asks for consent once.
pub(super) const SHOP: App = app("shop", "https://shop.example.org/cb", Auth::Post);
/// Has no secret; asks for consent once.
pub(super) const PHONE: App = app("phone", "http://127.0.0.1/cb", Auth::None);
/// A resource server: it may introspect.
pub(super) const API: App = app("api", "", Auth::Basic);
/// A resource server that sends its secret in the body.
pub(super) const GAUGE: App = app("gauge", "", Auth::Post);
/// For the members of `board`.
pub(super) const BOARD: App = app("board", "https://board.example.org/cb", Auth::Basic);
/// Asks for a second factor.
pub(super) const SAFE: App = app("safe", "https://safe.example.org/cb", Auth::Basic);

/// The files of all of them.
pub(super) fn apps(files: &mut Files) {
    let secret = format!("secret_sha256 = [\"{}\"]", digest::sha256(SECRET.as_bytes()));
    let scopes = r#"scopes = ["openid", "profile", "email", "address", "phone", "groups", "offline_access", "mail"]"#;
    let refresh = r#"grants = ["authorization_code", "refresh_token"]"#;
    let mut add = |id: &str, kind: &str, more: &[&str]| {
        let text = format!("name = \"The {id}\"\nkind = \"{kind}\"\n{}\n", more.join("\n"));
        files.insert(format!("clients/{id}.toml").as_str().into(), text);
    };
    for (id, bye) in [
        ("wiki", "https://wiki.example.org/bye"),
        ("blog", "https://blog.example.org/bye"),
    ] {
        let uri = format!("redirect_uris = [\"https://{id}.example.org/cb\"]");
        let bye = format!("post_logout_redirect_uris = [\"{bye}\"]");
        let more = [
            &secret,
            &uri,
            &bye,
            r#"groups = ["*"]"#,
            r#"consent = "skip""#,
            r#"pkce = "optional""#,
            scopes,
            refresh,
        ];
        add(id, "confidential", &more);
    }
    add(
        "shop",
        "confidential",
        &[
            &secret,
            r#"redirect_uris = ["https://shop.example.org/cb"]"#,
            r#"auth = ["client_secret_post"]"#,
            r#"groups = ["*"]"#,
            scopes,
            refresh,
            r#"refresh = "always""#,
        ],
    );
    add(
        "phone",
        "public",
        &[
            r#"redirect_uris = ["http://127.0.0.1/cb"]"#,
            r#"groups = ["*"]"#,
            scopes,
            refresh,
        ],
    );
    let own = r#"grants = ["client_credentials"]"#;
    add(
        "api",
        "confidential",
        &[&secret, "introspect = true", r#"groups = ["*"]"#, own],
    );
    for (id, gate) in [
        ("board", r#"groups = ["board"]"#),
        ("safe", "groups = [\"*\"]\nrequire_totp = true"),
    ] {
        let uri = format!("redirect_uris = [\"https://{id}.example.org/cb\"]");
        add(
            id,
            "confidential",
            &[&secret, &uri, gate, r#"consent = "skip""#, scopes, refresh],
        );
    }
}

/// The file of [`GAUGE`], which only some tests need.
pub(super) fn gauge(files: &mut Files) {
    let api = files[camino::Utf8Path::new("clients/api.toml")].clone();
    let text = format!("{api}auth = [\"client_secret_post\"]\n").replace("The api", "The gauge");
    files.insert("clients/gauge.toml".into(), text);
}

/// A server with all of them.
pub(super) async fn server() -> Server {
    Server::start_with(apps).await
}

/// Parameters by name.
pub(super) type Form = BTreeMap<String, String>;

/// What came back by JSON.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) json: Value,
}

impl Answer {
    /// The text of a member.
    #[track_caller]
    pub(super) fn text(&self, name: &str) -> &str {
        self.json[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// That it is this error, in the form that RFC 6749 §5.2 asks for.
    #[track_caller]
    pub(super) fn is_error(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.json["error"].as_str()),
            (status, Some(code)),
            "{self:?}"
        );
        assert_eq!(self.headers["content-type"], "application/json");
        assert_eq!(self.headers["cache-control"], "no-store");
        let legal = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
        assert!(self.text("error_description").chars().all(legal), "{self:?}");
    }
}

impl App {
    /// An authorization request for `scope`.
    pub(super) fn request(self, scope: &str) -> Form {
        let pairs = [
            ("client_id", self.id),
            ("redirect_uri", self.redirect_uri),
            ("response_type", "code"),
            ("scope", scope),
            ("state", STATE),
            ("nonce", NONCE),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        form(&pairs)
    }

    /// Goes to the authorization endpoint.
    pub(super) async fn authorize(self, browser: &mut Browser, request: &Form) -> Page {
        browser.get(&path(request)).await
    }

    /// Signs `who` in for `request`; the last page is the answer to the app, or what stands in its way.
    pub(super) async fn sign_in(self, browser: &mut Browser, who: (&str, &str), request: &Form) -> Page {
        let page = self.authorize(browser, request).await;
        let page = browser.follow(&page).await;
        let page = browser.submit(&page, &[("username", who.0), ("password", who.1)]).await;
        browser.follow(&page).await
    }

    /// Signs `who` in in a new browser and redeems the code.
    pub(super) async fn tokens(self, server: &Server, who: (&str, &str), scope: &str) -> Answer {
        let mut browser = server.browser();
        self.tokens_in(server, &mut browser, who, scope).await
    }

    /// Signs `who` in and redeems the code.
    pub(super) async fn tokens_in(
        self,
        server: &Server,
        browser: &mut Browser,
        who: (&str, &str),
        scope: &str,
    ) -> Answer {
        let page = self.sign_in(browser, who, &self.request(scope)).await;
        let answer = self.redeem(server, &self.code(server, &page)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    /// Says yes to the consent page that `page` leads to; what comes then.
    pub(super) async fn allow(self, browser: &mut Browser, page: &Page) -> Page {
        assert!(page.location().contains("/consent?request="), "{page:?}");
        let page = browser.follow(page).await;
        browser.submit(&page, &[("decision", "allow")]).await
    }

    /// Signs `who` in, who is asked and agrees, and redeems the code.
    pub(super) async fn agreed_tokens(self, server: &Server, who: (&str, &str), scope: &str) -> Answer {
        let mut browser = server.browser();
        let request = with(self.request(scope), &[("prompt", "consent")]);
        let page = self.sign_in(&mut browser, who, &request).await;
        let page = self.allow(&mut browser, &page).await;
        let answer = self.redeem(server, &self.code(server, &page)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    /// The code in the answer, which is checked for what every answer has.
    #[track_caller]
    pub(super) fn code(self, server: &Server, page: &Page) -> String {
        let answer = self.answer(page);
        assert_eq!(answer.keys().collect::<Vec<_>>(), ["code", "iss", "state"], "{page:?}");
        assert_eq!(
            (answer["iss"].as_str(), answer["state"].as_str()),
            (server.url.as_str(), STATE)
        );
        answer["code"].clone()
    }

    /// The error in the answer, which is checked for what every answer has.
    #[track_caller]
    pub(super) fn error(self, server: &Server, page: &Page) -> String {
        let answer = self.answer(page);
        let names: Vec<_> = answer.keys().map(String::as_str).collect();
        assert_eq!(names, ["error", "error_description", "iss", "state"], "{page:?}");
        assert_eq!(
            (answer["iss"].as_str(), answer["state"].as_str()),
            (server.url.as_str(), STATE)
        );
        answer["error"].clone()
    }

    /// The parameters of the answer in the query of the redirect URI.
    #[track_caller]
    pub(super) fn answer(self, page: &Page) -> Form {
        let (uri, query) = page.location().split_once('?').unwrap_or_else(|| panic!("{page:?}"));
        assert_eq!(uri, self.redirect_uri);
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// Posts `fields` to `path`, authenticated as this app is.
    pub(super) async fn post(self, server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        let mut authorization = None;
        match self.auth {
            Auth::Basic => authorization = Some(basic(self.id, SECRET)),
            Auth::Post => fields.extend([("client_id", self.id), ("client_secret", SECRET)]),
            Auth::None => fields.push(("client_id", self.id)),
        }
        post(server, path, authorization.as_deref(), &fields).await
    }

    /// Redeems a code.
    pub(super) async fn redeem(self, server: &Server, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        self.post(server, "/oidc/token", &fields).await
    }

    /// Uses a refresh token.
    pub(super) async fn refresh(self, server: &Server, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post(server, "/oidc/token", &fields).await
    }
}

/// `Authorization: Basic …` (RFC 6749 §2.3.1).
pub(super) fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", encode(id), encode(secret)))
    )
}

/// Posts a form as an app does: without a browser.
pub(super) async fn post(server: &Server, path: &str, authorization: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    let mut request = reqwest::Client::new()
        .post(format!("{}{path}", server.url))
        .form(fields);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    send(request).await
}

/// Gets a document as an app does.
pub(super) async fn get(server: &Server, path: &str, bearer: Option<&str>) -> Answer {
    let mut request = reqwest::Client::new().get(format!("{}{path}", server.url));
    if let Some(token) = bearer {
        request = request.bearer_auth(token);
    }
    send(request).await
}

/// Sends what an app has prepared.
pub(super) async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer {
        status,
        headers,
        json: serde_json::from_str(&text).unwrap_or(Value::Null),
    }
}

/// The claims of a person by an access token.
pub(super) async fn userinfo(server: &Server, access_token: &str) -> Answer {
    get(server, "/oidc/userinfo", Some(access_token)).await
}

/// A form of pairs.
pub(super) fn form(pairs: &[(&str, &str)]) -> Form {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// `request` with other values; an empty one takes the parameter out.
pub(super) fn with(mut request: Form, changes: &[(&str, &str)]) -> Form {
    for (name, value) in changes {
        if value.is_empty() {
            request.remove(*name);
        } else {
            request.insert((*name).to_owned(), (*value).to_owned());
        }
    }
    request
}

/// The path of an authorization request.
pub(super) fn path(request: &Form) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(request)
        .finish();
    format!("/oidc/authorize?{query}")
}

/// A part of a JWT: 0 is the header, 1 the claims.
#[track_caller]
pub(super) fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The claims of an ID token.
#[track_caller]
pub(super) fn claims(answer: &Answer) -> Value {
    part(answer.text("id_token"), 1)
}
