//! One example of each thing that is offered.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::super::app::{
    API, Answer, App, BLOG, BOARD, BOB, GAUGE, GRACE, PHONE, SAFE, SHOP, WIKI, claims, get, part, post, userinfo, with,
};
use super::super::foreign::verified;
use super::super::logout::{self, BYE, listening, notice, told};
use super::claims;
use crate::support::browser::Browser;
use crate::support::server::Server;
use crate::web::alice_code;

/// The server that everything is shown at.
pub(super) struct Stage<'s> {
    server: &'s Server,
}

impl<'s> Stage<'s> {
    pub(super) const fn new(server: &'s Server) -> Self {
        Self { server }
    }

    /// Shows that `word`, offered as `member`, is true.
    pub(super) async fn show(&self, member: &str, word: &str) {
        match member {
            "issuer" | "claim_types_supported" | "subject_types_supported" => self.statement(word).await,
            "authorization_endpoint"
            | "response_types_supported"
            | "authorization_response_iss_parameter_supported" => {
                self.code_by_query(member, word).await;
            }
            "response_modes_supported" => self.response_mode(word).await,
            "token_endpoint" | "grant_types_supported" | "code_challenge_methods_supported" => {
                self.grant(member, word).await;
            }
            "userinfo_endpoint" => self.userinfo_endpoint(word).await,
            "jwks_uri" | "id_token_signing_alg_values_supported" => self.signed(word).await,
            "introspection_endpoint" => self.introspects(API, word).await,
            "introspection_endpoint_auth_methods_supported" => {
                let app = if word == "client_secret_basic" { API } else { GAUGE };
                self.introspects(app, "/oidc/introspect").await;
            }
            "revocation_endpoint" => self.revokes("client_secret_basic", word).await,
            "revocation_endpoint_auth_methods_supported" => self.revokes(word, "/oidc/revoke").await,
            "token_endpoint_auth_methods_supported" => drop(self.by_method(word).await),
            "end_session_endpoint" => self.end_session(word).await,
            "scopes_supported" => self.scope(word).await,
            "acr_values_supported" => self.acr(word).await,
            "claims_supported" => claims::show(self.server, &mut self.signed_in(GRACE).await, word).await,
            "claims_parameter_supported" => claims::show(self.server, &mut self.signed_in(GRACE).await, "name").await,
            "request_parameter_supported" | "request_uri_parameter_supported" => self.refused(member, word).await,
            "prompt_values_supported" => self.prompt(word).await,
            "display_values_supported" | "ui_locales_supported" => self.sign_in_page(member, word).await,
            "backchannel_logout_supported" | "backchannel_logout_session_supported" => self.backchannel().await,
            _ => panic!("nothing here shows {member}"),
        }
    }

    /// A browser in which a person is signed in.
    async fn signed_in(&self, who: (&str, &str)) -> Browser {
        let mut browser = self.server.browser();
        WIKI.tokens_in(self.server, &mut browser, who, "openid").await;
        browser
    }

    /// What is the same in every ID token: the issuer, and one subject for all apps.
    async fn statement(&self, _word: &str) {
        let (wiki, blog) = (
            WIKI.tokens(self.server, BOB, "openid").await,
            BLOG.tokens(self.server, BOB, "openid").await,
        );
        assert_eq!(claims(&wiki)["iss"], self.server.url);
        assert_eq!(claims(&wiki)["sub"], claims(&blog)["sub"]);
        let info = userinfo(self.server, wiki.text("access_token")).await.json;
        assert!(info.get("_claim_names").is_none() && info.get("_claim_sources").is_none());
    }

    async fn code_by_query(&self, member: &str, word: &str) {
        let request = match member {
            "response_types_supported" => with(WIKI.request("openid"), &[("response_type", word)]),
            _ => WIKI.request("openid"),
        };
        let page = WIKI.sign_in(&mut self.server.browser(), BOB, &request).await;
        // This looks at `iss`, too.
        WIKI.code(self.server, &page);
        if member == "authorization_endpoint" {
            assert_eq!(super::super::app::path(&request).split('?').next(), Some(word));
        }
    }

    async fn response_mode(&self, word: &str) {
        let mut browser = self.server.browser();
        let request = with(WIKI.request("openid"), &[("response_mode", word)]);
        let page = WIKI.sign_in(&mut browser, BOB, &request).await;
        let code = match word {
            "query" => WIKI.code(self.server, &page),
            _ => {
                let (action, fields) = browser.fill(&page, &[]);
                assert_eq!(action, WIKI.redirect_uri);
                let code = fields.into_iter().find(|(name, _)| name == "code");
                code.expect("a field with the code").1
            }
        };
        assert_eq!(WIKI.redeem(self.server, &code).await.status, 200);
    }

    async fn grant(&self, member: &str, word: &str) {
        let answer = match (member, word) {
            (_, "client_credentials") => {
                let fields = [("grant_type", word)];
                API.post(self.server, "/oidc/token", &fields).await
            }
            (_, "refresh_token") => {
                let answer = WIKI.tokens(self.server, BOB, "openid offline_access").await;
                WIKI.refresh(self.server, answer.text("refresh_token")).await
            }
            // By a code that is bound by S256.
            (_, "authorization_code" | "S256" | "/oidc/token") => WIKI.tokens(self.server, BOB, "openid").await,
            _ => panic!("{member}: {word}"),
        };
        assert_eq!(answer.status, 200, "{member}: {word}: {answer:?}");
        assert_eq!(answer.text("token_type"), "Bearer");
    }

    async fn userinfo_endpoint(&self, path: &str) {
        let answer = WIKI.tokens(self.server, BOB, "openid").await;
        let info = get(self.server, path, Some(answer.text("access_token"))).await;
        assert_eq!((info.status, &info.json["sub"]), (200, &claims(&answer)["sub"]));
    }

    /// A foreign program verifies the ID token by the published keys.
    async fn signed(&self, word: &str) {
        let app = match word {
            "EdDSA" => BLOG,
            "ES256" => BOARD,
            _ => WIKI,
        };
        let answer = app.tokens(self.server, BOB, "openid").await;
        let header = part(answer.text("id_token"), 0);
        if !word.starts_with('/') {
            assert_eq!(header["alg"], word);
        }
        verified(self.server, app.id, answer.text("id_token")).await;
        let jwks = get(self.server, "/oidc/jwks", None).await.json;
        let named = |key: &&Value| key["kid"] == header["kid"];
        assert_eq!(jwks["keys"].as_array().unwrap().iter().filter(named).count(), 1);
    }

    async fn introspects(&self, app: App, path: &str) {
        let own = [("grant_type", "client_credentials")];
        let answer = app.post(self.server, "/oidc/token", &own).await;
        let facts = app
            .post(self.server, path, &[("token", answer.text("access_token"))])
            .await;
        assert_eq!(
            (facts.status, &facts.json["active"]),
            (200, &Value::Bool(true)),
            "{facts:?}"
        );
    }

    /// Tokens of an app that authenticates like this.
    async fn by_method(&self, method: &str) -> (App, Answer) {
        match method {
            "client_secret_basic" => (WIKI, WIKI.tokens(self.server, BOB, "openid").await),
            "client_secret_post" => (SHOP, SHOP.agreed_tokens(self.server, BOB, "openid").await),
            "none" => (PHONE, PHONE.agreed_tokens(self.server, BOB, "openid").await),
            _ => panic!("no app authenticates by {method}"),
        }
    }

    async fn revokes(&self, method: &str, path: &str) {
        let (app, answer) = self.by_method(method).await;
        let token = answer.text("access_token");
        assert_eq!(app.post(self.server, path, &[("token", token)]).await.status, 200);
        assert_eq!(userinfo(self.server, token).await.status, 401, "{method}");
    }

    async fn end_session(&self, path: &str) {
        let (mut browser, answer) = logout::signed_in(self.server).await;
        let request = logout::path(&logout::request(&answer, &[("post_logout_redirect_uri", BYE)]));
        assert!(request.starts_with(&format!("{path}?")));
        assert_eq!(browser.get(&request).await.location(), BYE);
    }

    async fn scope(&self, word: &str) {
        let scope = if word == "openid" {
            word.to_owned()
        } else {
            format!("openid {word}")
        };
        let answer = WIKI.tokens(self.server, GRACE, &scope).await;
        assert_eq!(answer.text("scope"), scope);
        let token = answer.text("access_token");
        let brings = match word {
            "openid" => "sub",
            "profile" => "family_name",
            "phone" => "phone_number",
            "offline_access" => {
                let again = WIKI.refresh(self.server, answer.text("refresh_token")).await;
                assert_eq!(again.status, 200);
                "sub"
            }
            "mail" => {
                let mailbox = post(self.server, "/oidc/mail-token", None, &[("token", token)]).await;
                assert_eq!(mailbox.text("email"), "grace@example.org");
                "sub"
            }
            named => named,
        };
        let info = userinfo(self.server, token).await.json;
        assert!(info.get(brings).is_some(), "{word}: {info}");
    }

    async fn acr(&self, word: &str) {
        let request = with(SAFE.request("openid"), &[("acr_values", word)]);
        let claims = if word.ends_with(":mfa") {
            let mut browser = self.server.browser();
            let page = SAFE.sign_in(&mut browser, crate::web::ALICE, &request).await;
            let page = browser.submit(&page, &[("code", &alice_code(self.server))]).await;
            let page = browser.follow(&page).await;
            claims(&SAFE.redeem(self.server, &SAFE.code(self.server, &page)).await)
        } else {
            claims(&WIKI.tokens(self.server, BOB, "openid").await)
        };
        assert_eq!(claims["acr"], word);
    }

    /// What is offered as not supported is refused, by its own error.
    async fn refused(&self, member: &str, word: &str) {
        assert_eq!(word, "false");
        let unsigned = format!(
            "{}.{}.",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
            URL_SAFE_NO_PAD.encode("{}")
        );
        let (changes, error) = match member {
            "request_parameter_supported" => ([("request", unsigned.as_str())], "request_not_supported"),
            _ => (
                [("request_uri", "https://wiki.example.org/r")],
                "request_uri_not_supported",
            ),
        };
        let request = with(WIKI.request("openid"), &changes);
        let page = WIKI.authorize(&mut self.server.browser(), &request).await;
        assert_eq!(WIKI.error(self.server, &page), error);
    }

    async fn prompt(&self, word: &str) {
        let mut browser = self.server.browser();
        let first = with(SHOP.request("openid"), &[("prompt", "consent")]);
        let first = SHOP.sign_in(&mut browser, BOB, &first).await;
        let first = SHOP.allow(&mut browser, &first).await;
        SHOP.code(self.server, &first);
        self.server.advance(std::time::Duration::from_secs(1));
        let request = with(SHOP.request("openid"), &[("prompt", word)]);
        let page = SHOP.authorize(&mut browser, &request).await;
        let page_of = |path: &str| page.location().starts_with(path);
        match word {
            "none" => drop(SHOP.code(self.server, &page)),
            "login" | "select_account" => assert!(page_of("/login?request="), "{page:?}"),
            "consent" => assert!(page_of("/consent?request="), "{page:?}"),
            _ => panic!("prompt={word} is not shown here"),
        }
    }

    async fn sign_in_page(&self, member: &str, word: &str) {
        let parameter = member.strip_suffix("_supported").unwrap();
        let parameter = parameter.strip_suffix("_values").unwrap_or(parameter);
        let mut browser = self.server.browser();
        let request = with(WIKI.request("openid"), &[(parameter, word)]);
        let page = WIKI.authorize(&mut browser, &request).await;
        let page = browser.follow(&page).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("<html lang=\"en\""), "{}", page.body);
        let page = browser.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await;
        WIKI.code(self.server, &browser.follow(&page).await);
    }

    /// The notice that a session has ended names the session.
    async fn backchannel(&self) {
        let (url, mut notices) = listening(0).await;
        let server = told(&url).await;
        let (mut browser, answer) = logout::signed_in(&server).await;
        browser.get(&logout::path(&logout::request(&answer, &[]))).await;
        notice(&server, &notices.recv().await.unwrap(), &answer);
    }
}
