//! What a commit closes, in every way in which an app could still come to a person; and who a person is through all of them.

use serde_json::Value;

use super::app::{Answer, BOB, GRACE, SHOP, WIKI, apps, claims, post, server, userinfo, with};
use crate::support::browser::Browser;
use crate::support::server::{Files, Server, edit, set_password};

const PERSON: &str = "users/example.org/bob.toml";
const APP: &str = "clients/wiki.toml";

/// A server whose wiki may introspect its own tokens.
async fn with_introspection() -> Server {
    Server::start_with(|files| {
        apps(files);
        edit(files, APP, "kind =", "introspect = true\nkind =");
    })
    .await
}

/// What an app and a browser hold of a person: each is a way in.
struct Held {
    browser: Browser,
    code: String,
    tokens: Answer,
}

impl Held {
    async fn new(server: &Server, who: (&str, &str)) -> Self {
        let mut browser = server.browser();
        let tokens = WIKI
            .tokens_in(server, &mut browser, who, "openid email mail offline_access")
            .await;
        let page = WIKI.authorize(&mut browser, &WIKI.request("openid")).await;
        let code = WIKI.code(server, &page);
        Self { browser, code, tokens }
    }

    /// Each way, and whether it is open. A code and a refresh token are spent by it.
    async fn ways(mut self, server: &Server) -> Vec<(&'static str, bool)> {
        let access = [("token", self.tokens.text("access_token"))];
        let refresh = [("token", self.tokens.text("refresh_token"))];
        let none = with(WIKI.request("openid"), &[("prompt", "none")]);
        let page = WIKI.authorize(&mut self.browser, &none).await;
        let is_active = |answer: &Answer| {
            let active = answer.json["active"] == true;
            assert!(active || answer.json.get("sub").is_none(), "{answer:?}");
            active
        };
        vec![
            ("userinfo", userinfo(server, access[0].1).await.status == 200),
            (
                "introspection",
                is_active(&WIKI.post(server, "/oidc/introspect", &access).await),
            ),
            (
                "its refresh token",
                is_active(&WIKI.post(server, "/oidc/introspect", &refresh).await),
            ),
            (
                "mail token",
                is_active(&post(server, "/oidc/mail-token", None, &access).await),
            ),
            ("prompt=none", WIKI.answer(&page).contains_key("code")),
            ("code", WIKI.redeem(server, &self.code).await.status == 200),
            ("refresh", WIKI.refresh(server, refresh[0].1).await.status == 200),
        ]
    }
}

fn all(open: bool) -> Vec<(&'static str, bool)> {
    [
        "userinfo",
        "introspection",
        "its refresh token",
        "mail token",
        "prompt=none",
        "code",
        "refresh",
    ]
    .map(|way| (way, open))
    .to_vec()
}

#[tokio::test]
async fn row_12_row_49_what_a_commit_closes_is_closed_in_every_way_at_once() {
    let server = with_introspection().await;
    assert_eq!(Held::new(&server, BOB).await.ways(&server).await, all(true));
    for (what, path, from, to) in [
        ("another group", APP, "groups = [\"*\"]", "groups = [\"admins\"]"),
        ("no group", APP, "groups = [\"*\"]", "groups = []"),
        (
            "kept out",
            APP,
            "groups = [\"*\"]",
            "groups = [\"*\"]\ngroups_none = [\"board\"]",
        ),
        (
            "a second factor",
            APP,
            "groups = [\"*\"]",
            "groups = [\"*\"]\nrequire_totp = true",
        ),
        ("locked", PERSON, "\nname =", "\nstate = \"locked\"\nname ="),
        ("suspended", PERSON, "\nname =", "\nstate = \"suspended\"\nname ="),
        ("no login", PERSON, "\nname =", "\nservices = [\"mail\"]\nname ="),
    ] {
        let mut server = with_introspection().await;
        let held = Held::new(&server, BOB).await;
        server.change(|files| edit(files, path, from, to));
        assert_eq!(held.ways(&server).await, all(false), "{what}");
    }
}

#[tokio::test]
async fn row_39_who_leaves_and_an_app_that_leaves_take_everything_along() {
    type Leaving<'a> = (&'a str, (&'a str, &'a str), fn(&mut Files));
    let leave: [Leaving<'_>; 3] = [
        ("the person", GRACE, |files| {
            files.retain(|path, _| !path.as_str().starts_with("users/example.org/grace."));
        }),
        ("the password", BOB, |files| {
            set_password(files, "users/example.org/bob", "silver spoons never rust");
        }),
        ("no password", BOB, |files| {
            files.remove(camino::Utf8Path::new("users/example.org/bob.sealed.toml"));
        }),
    ];
    for (what, who, change) in leave {
        let mut server = with_introspection().await;
        let held = Held::new(&server, who).await;
        let mut browser = held.browser.clone();
        server.change(change);
        ended(&server).await;
        assert_eq!(held.ways(&server).await, all(false), "{what}");
        assert_eq!(browser.get("/").await.status, 303, "{what}");
    }
    let mut server = server().await;
    let tokens = WIKI.tokens(&server, BOB, "openid").await;
    server.change(|files| {
        files.remove(camino::Utf8Path::new(APP));
    });
    userinfo(&server, tokens.text("access_token"))
        .await
        .is_error(401, "invalid_token");
    WIKI.refresh(&server, "x").await.is_error(401, "invalid_client");
    let page = WIKI.authorize(&mut server.browser(), &WIKI.request("openid")).await;
    assert_eq!(page.status, 400);
}

/// Waits until the server has said that sessions ended.
async fn ended(server: &Server) {
    for _ in 0..500 {
        if server
            .audit
            .lines()
            .iter()
            .any(|line| line.contains("\"session_ended\""))
        {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{:?}", server.audit.lines());
}

async fn subject(server: &Server, who: (&str, &str)) -> Value {
    claims(&WIKI.tokens(server, who, "openid").await)["sub"].clone()
}

#[tokio::test]
async fn row_50_a_person_keeps_the_subject_and_nobody_gets_that_of_another() {
    let mut server = server().await;
    let mut browser = server.browser();
    let before = subject(&server, GRACE).await;
    // An app that asks has been agreed to.
    let page = SHOP.sign_in(&mut browser, GRACE, &SHOP.request("openid")).await;
    SHOP.code(&server, &SHOP.allow(&mut browser, &page).await);
    // Another name and another address.
    server.change(|files| {
        edit(
            files,
            "users/example.org/grace.toml",
            "username = \"grace\"",
            "username = \"ghopper\"",
        );
        for kind in ["toml", "sealed.toml", "profile.toml"] {
            let old = files.remove(camino::Utf8Path::new(&format!("users/example.org/grace.{kind}")));
            files.insert(format!("users/example.org/hopper.{kind}").into(), old.unwrap());
        }
    });
    assert_eq!(subject(&server, ("ghopper", GRACE.1)).await, before);
    assert_eq!(subject(&server, ("hopper@example.org", GRACE.1)).await, before);
    assert!(!before.as_str().unwrap().contains('@'));
    // Gone, and somebody else by that name.
    server.change(|files| {
        files.retain(|path, _| !path.as_str().starts_with("users/example.org/hopper."));
        let text = "id = \"0193c6f4-5c1e-7a10-8000-0000000f00d5\"\nusername = \"ghopper\"\nname = \"Grace Hopper\"\n";
        files.insert("users/example.org/hopper.toml".into(), text.to_owned());
        set_password(files, "users/example.org/hopper", GRACE.1);
    });
    assert_ne!(subject(&server, ("hopper@example.org", GRACE.1)).await, before);
    let mut other = server.browser();
    let page = SHOP
        .sign_in(&mut other, ("ghopper", GRACE.1), &SHOP.request("openid"))
        .await;
    assert!(
        page.location().contains("/consent?request="),
        "what another agreed to is not hers: {page:?}"
    );
    assert_eq!(browser.get("/").await.status, 303, "the session of who is gone");
}

#[tokio::test]
async fn row_49_an_app_that_lists_no_group_is_open_to_nobody() {
    let server = Server::start_with(|files| {
        apps(files);
        edit(files, "clients/blog.toml", "groups = [\"*\"]\n", "");
    })
    .await;
    let request = super::app::BLOG.request("openid");
    let page = super::app::BLOG.sign_in(&mut server.browser(), BOB, &request).await;
    assert_eq!(page.status, 403);
}
