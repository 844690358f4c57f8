//! What stands around the answers: cross-origin rules, caches, frames, referrers, redirects.

use reqwest::Method;

use super::app::{BOB, WIKI, server};

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
        ("/oidc/end-session", false),
        ("/login", false),
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
async fn row_24_row_26_no_page_on_the_way_may_be_framed() {
    let server = server().await;
    let mut browser = server.browser();
    let mut pages = Vec::new();
    let page = WIKI.authorize(&mut browser, &WIKI.request("openid")).await;
    pages.push(browser.follow(&page).await);
    pages.push(browser.get("/oidc/authorize").await);
    pages.push(browser.get("/oidc/authorize/resume?request=x").await);
    pages.push(browser.get("/consent?request=x").await);
    for page in pages {
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"),
            "{}: {policy}",
            page.path
        );
    }
}
