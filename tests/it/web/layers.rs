//! What holds for every answer.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use dockspace::web::layers;
use reqwest::Method;
use tokio::net::TcpListener;

use crate::support::browser::Browser;
use crate::support::server::Server;

#[tokio::test]
async fn rows_24_25_26_headers_stand_on_every_answer() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let style = format!("/assets/{}", server.app.templates.style().name);
    let paths = [
        ("/login", 200),
        ("/", 303),
        ("/login/totp", 303),
        ("/logout/done", 200),
        ("/nothing", 404),
        (style.as_str(), 200),
        ("/assets/other.css", 404),
    ];
    for (path, status) in paths {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains("script-src"),
            "{path}: {policy}"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        let kept = if path == style {
            "public, max-age=31536000, immutable"
        } else {
            "no-store"
        };
        assert_eq!(page.header("cache-control"), kept, "{path}");
    }
}

#[tokio::test]
async fn an_error_is_a_page_at_its_own_url() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let page = browser.get("/nothing").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.body.contains("There is no page at this address."), "{}", page.body);
    assert!(page.body.contains("Example Housing Co-operative"));

    let request = browser.request(Method::DELETE, "/assets/style.css");
    let page = browser.send("/assets/style.css", request).await;
    assert_eq!(page.status, 405);
    assert_eq!(page.header("allow"), "GET,HEAD");
    assert!(page.body.contains("<h1>"));
}

#[tokio::test]
async fn row_30_a_panic_is_a_page_and_the_server_goes_on() {
    async fn fails() -> &'static str {
        panic!("canary-4711")
    }
    let server = Server::start().await;
    let app = Arc::clone(&server.app);
    let router = layers::everything(Router::new().route("/", get(fails)), &app);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut browser = Browser::new(&format!("http://{}", listener.local_addr().unwrap()));
    let running = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    for _ in 0..2 {
        let page = browser.get("/").await;
        assert_eq!(page.status, 500);
        assert!(
            page.body.contains("That is our fault, not yours") && !page.body.contains("canary"),
            "{}",
            page.body
        );
        assert!(
            page.header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
    }
    running.abort();
}
