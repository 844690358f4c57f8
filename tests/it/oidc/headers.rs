//! What stands around the answers: cross-origin rules, caches, frames, referrers, redirects.

use reqwest::Method;

use super::app::{API, BOARD, BOB, CAROL, SAFE, SHOP, WIKI, form, post, server, with};
use crate::support::browser::{Browser, Page};
use crate::support::server::Server;
use crate::web::ALICE;

#[tokio::test]
async fn row_27_pages_of_apps_may_read_four_endpoints_and_no_others() {
    let server = server().await;
    let client = reqwest::Client::new();
    for (path, open) in [
        ("/.well-known/openid-configuration", true),
        ("/oidc/jwks", true),
        ("/oidc/token", true),
        ("/oidc/userinfo", true),
        ("/oidc/authorize", false),
        ("/oidc/introspect", false),
        ("/oidc/revoke", false),
        ("/oidc/mail-token", false),
        ("/oidc/end-session", false),
        ("/login", false),
        ("/consent", false),
    ] {
        let request = client
            .request(Method::OPTIONS, format!("{}{path}", server.url))
            .header("origin", "https://app.example.org");
        let request = request
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization");
        let headers = request.send().await.unwrap().headers().clone();
        let origin = headers
            .get("access-control-allow-origin")
            .map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(origin.as_deref(), open.then_some("*"), "{path}");
        assert!(headers.get("access-control-allow-credentials").is_none(), "{path}");
        for method in [Method::GET, Method::POST] {
            let request = client.request(method, format!("{}{path}", server.url));
            let request = request.header("origin", "https://app.example.org").send();
            let headers = request.await.unwrap().headers().clone();
            let origin = headers.get("access-control-allow-origin");
            assert_eq!(
                origin.map(|value| value.to_str().unwrap()),
                open.then_some("*"),
                "{path}"
            );
            assert!(headers.get("access-control-allow-credentials").is_none(), "{path}");
        }
    }
}

#[tokio::test]
async fn row_23_row_25_answers_are_not_kept_and_send_no_referrer() {
    let server = server().await;
    let mut browser = server.browser();
    let page = WIKI.authorize(&mut browser, &WIKI.request("openid")).await;
    assert_eq!((page.status, page.header("referrer-policy")), (303, "no-referrer"));
    let page = WIKI.sign_in(&mut server.browser(), BOB, &WIKI.request("openid")).await;
    assert_eq!(
        (
            page.status,
            page.header("referrer-policy"),
            page.header("cache-control")
        ),
        (303, "no-referrer", "no-store")
    );
    let answer = WIKI.redeem(&server, &WIKI.code(&server, &page)).await;
    let info = super::app::userinfo(&server, answer.text("access_token")).await;
    for answer in [&answer, &info] {
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    }
}

#[tokio::test]
async fn row_25_no_answer_to_an_app_is_kept_good_or_bad() {
    let server = server().await;
    let answer = WIKI.tokens(&server, BOB, "openid mail offline_access").await;
    let (access, refresh) = (answer.text("access_token"), answer.text("refresh_token"));
    let own = API
        .post(&server, "/oidc/token", &[("grant_type", "client_credentials")])
        .await;
    let mut answers = Vec::new();
    for token in ["x", access] {
        answers.push(super::app::userinfo(&server, token).await);
        answers.push(post(&server, "/oidc/mail-token", None, &[("token", token)]).await);
    }
    for token in ["x", own.text("access_token")] {
        answers.push(API.post(&server, "/oidc/introspect", &[("token", token)]).await);
    }
    for token in ["x", refresh] {
        answers.push(WIKI.refresh(&server, token).await);
        answers.push(WIKI.post(&server, "/oidc/revoke", &[("token", token)]).await);
    }
    for path in ["/oidc/token", "/oidc/introspect", "/oidc/revoke"] {
        answers.push(post(&server, path, None, &[]).await);
    }
    answers.extend([answer, own]);
    for answer in answers {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.headers[name], value, "{answer:?}");
        }
    }
}

/// Every kind of page on the way to an app and away from it.
async fn pages(server: &Server) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut browser = server.browser();
    let page = SHOP.authorize(&mut browser, &SHOP.request("openid")).await;
    let sign_in = browser.follow(&page).await;
    pages.push(
        browser
            .submit(&sign_in, &[("username", BOB.0), ("password", "wrong")])
            .await,
    );
    pages.push(sign_in);
    let page = SHOP.sign_in(&mut browser, BOB, &SHOP.request("openid")).await;
    pages.push(browser.follow(&page).await);
    let by_form = with(WIKI.request("openid"), &[("response_mode", "form_post")]);
    pages.push(WIKI.authorize(&mut browser, &by_form).await);
    pages.push(SAFE.authorize(&mut browser, &SAFE.request("openid")).await);
    let waiting = browser.follow(&pages.pop().unwrap()).await;
    pages.push(waiting);
    for path in [
        "/oidc/authorize",
        "/oidc/authorize/resume?request=x",
        "/oidc/authorize/turn-away?request=x",
        "/oidc/end-session?a[b]=c",
        "/consent?request=x",
        "/forward-auth/start",
        "/nothing",
        "/logout",
        "/",
        "/logout/done",
    ] {
        pages.push(browser.get(path).await);
    }
    let mut carol = server.browser();
    pages.push(BOARD.sign_in(&mut carol, CAROL, &BOARD.request("openid")).await);
    let mut alice = server.browser();
    let page = SAFE.authorize(&mut alice, &SAFE.request("openid")).await;
    let page = alice.follow(&page).await;
    let page = alice
        .submit(&page, &[("username", ALICE.0), ("password", ALICE.1)])
        .await;
    pages.push(alice.follow(&page).await);
    pages.push(alice.get("/login/recovery").await);
    pages
}

#[tokio::test]
async fn row_24_row_25_row_26_no_page_on_the_way_is_framed_kept_or_runs_what_is_not_ours() {
    let server = server().await;
    for page in pages(&server).await {
        let what = format!("{}: {:?}", page.path, page.headers);
        assert!(page.body.contains("<html"), "{what}: {}", page.body);
        let policy = page.header("content-security-policy");
        for needed in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(needed), "{needed}: {what}");
        }
        let by_form = page.body.contains("form_post") || page.body.contains("name=\"code\" value=");
        assert_eq!(policy.contains("script-src"), by_form, "{what}");
        for word in ["unsafe", "data:", "https:", "*"] {
            assert!(!policy.contains(word), "{word}: {what}");
        }
        assert!(!page.body.contains("<script>") && !page.body.contains(" style=") && !page.body.contains(" onclick="));
        assert_eq!(page.header("cache-control"), "no-store", "{what}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{what}");
        assert!(
            ["same-origin", "no-referrer"].contains(&page.header("referrer-policy")),
            "{what}"
        );
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{what}");
    }
}

/// Posts from another site, as apps may.
async fn from_elsewhere(browser: &mut Browser, path: &str, fields: &super::app::Form) -> Page {
    let request = browser.request(Method::POST, path);
    let request = request.header("origin", "https://wiki.example.org").form(fields);
    browser.send(path, request).await
}

#[tokio::test]
async fn row_23_every_form_moves_on_by_303() {
    let server = server().await;
    let mut browser = server.browser();
    let mut moved = vec![from_elsewhere(&mut browser, "/oidc/authorize", &SHOP.request("openid")).await];
    let page = SHOP.authorize(&mut browser, &SHOP.request("openid")).await;
    let page = browser.follow(&page).await;
    moved.push(browser.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await);
    for decision in ["deny", "allow"] {
        let page = SHOP.authorize(&mut browser, &SHOP.request("openid")).await;
        let page = browser.follow(&page).await;
        moved.push(browser.submit(&page, &[("decision", decision)]).await);
    }
    moved.push(from_elsewhere(&mut browser, "/oidc/end-session", &form(&[("state", "s")])).await);
    let page = browser.get("/logout").await;
    moved.push(browser.submit(&page, &[("where", "everywhere")]).await);
    for page in moved {
        assert_eq!(page.status, 303, "{}", page.path);
    }
}
