//! The page after signing in.

use super::{BOB, signed_in};
use crate::support::server::{Files, Server, edit};

fn bob_administers(files: &mut Files) {
    edit(
        files,
        "users/example.org/bob.toml",
        "groups = [",
        "groups = [\"admins\", ",
    );
}

#[tokio::test]
async fn administrators_see_what_is_in_force_and_nobody_else_does() {
    const IN_FORCE: &str = "010101010101 The example (Alice, 2026-11-23 09:00 UTC)";
    let mut server = Server::start().await;
    let mut browser = signed_in(&server, BOB).await;
    assert!(!browser.get("/").await.body.contains("In force"));
    server.change(bob_administers);
    let page = browser.get("/").await;
    assert!(page.body.contains(IN_FORCE), "{}", page.body);
    assert!(!page.body.contains("Not in force"), "{}", page.body);
}

#[tokio::test]
async fn administrators_see_that_another_issuer_takes_a_restart() {
    let mut server = Server::start_with(bob_administers).await;
    let mut browser = signed_in(&server, BOB).await;
    let (serving, other) = (server.url.clone(), "http://localhost:4711");
    assert!(!browser.get("/").await.body.contains("restart"));
    server.change(|files| edit(files, "dockspace.toml", &serving, other));
    let page = browser.get("/").await;
    let said = format!("names the issuer {other}; {serving} stays in force until the server is restarted");
    let text = page.body.replace("&#x2f;", "/");
    assert!(text.contains(&said), "{}", page.body);
    server.change(|files| edit(files, "dockspace.toml", other, &serving));
    assert!(!browser.get("/").await.body.contains("restart"));
}
