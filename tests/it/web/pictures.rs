//! Every page as people see it: what holds for all of them, and their text for the pictures of the documentation.
//!
//! `ci/pictures` sets `DOCKSPACE_PAGES` to a folder, and the pages are written there, to be opened without a server.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dockspace::model::access::access;
use dockspace::web::pages::{consent, no_access};

use super::{ALICE, BOB, alice_half_way, signed_in, type_password};
use crate::support::browser::Page;
use crate::support::server::Server;

/// Every page by the name of its picture.
async fn pages(server: &Server) -> Vec<(&'static str, Page)> {
    let mut pages = Vec::new();
    let mut stranger = server.browser();
    pages.push(("sign-in", stranger.get("/login").await));
    pages.push(("error", stranger.get("/nothing").await));
    pages.push(("sign-in-wrong", type_password(&mut stranger, (BOB.0, "mistaken")).await));
    for _ in 0..6 {
        type_password(&mut stranger, (ALICE.0, "mistaken")).await;
    }
    pages.push((
        "sign-in-wait",
        type_password(&mut stranger, (ALICE.0, "mistaken")).await,
    ));
    server.advance(std::time::Duration::from_secs(3600));

    let (mut alice, second_step) = alice_half_way(server).await;
    pages.push(("totp", second_step.clone()));
    pages.push(("totp-wrong", alice.submit(&second_step, &[("code", "000000")]).await));
    pages.push(("recovery-code", alice.get("/login/recovery").await));

    let mut bob = signed_in(server, BOB).await;
    pages.push(("home", bob.get("/").await));
    pages.push(("second-step-needed", bob.get("/login/totp").await));
    pages.push(("sign-out", bob.get("/logout").await));
    pages.push(("signed-out", server.browser().get("/logout/done").await));
    pages.push(("consent", consent_page(server).await));
    pages.push(("no-access", no_access_page(server).await));
    pages
}

async fn consent_page(server: &Server) -> Page {
    let desired = server.app.feed.current().desired.clone();
    let scopes = ["openid", "profile", "email", "groups", "offline_access"].map(str::to_owned);
    let question = consent::Question {
        action: "/consent",
        app: "Notice board",
        redirect_host: "board.example.org",
        scopes: &scopes,
    };
    let user = &desired.users["bob@example.org"];
    Page::read(consent::show(&server.app, user, &question).unwrap()).await
}

async fn no_access_page(server: &Server) -> Page {
    let desired = server.app.feed.current().desired.clone();
    let (user, client) = (&desired.users["ann@example.org"], &desired.clients["grafana"]);
    let verdict = access(&desired, user, client);
    let back = Some("https://grafana.example.org/login/generic_oauth?error=access_denied");
    Page::read(no_access::show(&server.app, user, client, &verdict, back).unwrap()).await
}

#[tokio::test]
async fn every_page_can_be_read_by_eye_and_by_ear() {
    let server = Server::start().await;
    let pages = pages(&server).await;
    for (name, page) in &pages {
        let html = &page.body;
        let count = |text: &str| html.matches(text).count();
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{name}");
        assert_eq!((count("<h1>"), count("<main"), count("<title>")), (1, 1, 1), "{name}");
        assert!(
            count("<script") == 0 && count(" style=") == 0 && count("http-equiv") == 0,
            "{name}"
        );
        for id in values(html, " for=\"") {
            assert!(
                html.contains(&format!("<input id=\"{id}\"")) || html.contains(&format!(" id=\"{id}\" ")),
                "{name}: {id}"
            );
        }
        assert_eq!(count("<input "), count("<label "), "{name}: each field has a label");
        let ids = values(html, " id=\"");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: {ids:?}");
        for described in values(html, " aria-describedby=\"") {
            assert!(described.split(' ').all(|id| ids.contains(&id)), "{name}: {described}");
        }
        assert_eq!(
            page.status >= 400,
            html.contains("<title>Error") || ["error", "second-step-needed", "no-access"].contains(name),
            "{name}"
        );
    }
    if let Some(folder) = std::env::var_os("DOCKSPACE_PAGES") {
        write(&server, Path::new(&folder), &pages);
    }
}

/// What stands between `before` and the next quote, each time.
fn values<'h>(html: &'h str, before: &str) -> Vec<&'h str> {
    html.split(before)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect()
}

fn write(server: &Server, folder: &Path, pages: &[(&str, Page)]) {
    let style = server.app.templates.style();
    fs::write(folder.join(&style.name), style.content).unwrap();
    for (name, page) in pages {
        let text = page.body.replace("href=\"/assets/", "href=\"");
        fs::write(folder.join(format!("{name}.html")), text).unwrap();
    }
}
