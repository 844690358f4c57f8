//! The pages, over real HTTP with a browser's manners.

mod fuzz;
mod home;
mod layers;
mod pictures;
mod second_factor;
mod session;
mod sign_in;
mod sign_out;
mod site;

use std::time::Duration;

use dockspace::auth::totp::Totp;

use crate::support::browser::{Browser, Page};
use crate::support::server::Server;

/// Passwords of the example, as its README says.
pub(crate) const BOB: (&str, &str) = ("bob@example.org", "paper boats cross rivers");
pub(crate) const ALICE: (&str, &str) = ("alice@example.org", "seven kettles sing at dawn");

/// alice's authenticator app, from the same README.
pub(crate) const ALICE_TOTP: &str = "otpauth://totp/Example%20Housing%20Co-operative:alice%40example.org?secret=TDZLLMTV5BXKJO3CL7C3LACHPTBIKZTS&issuer=Example%20Housing%20Co-operative";

/// The name of the session's cookie on a server without https.
const SESSION: &str = "dockspace";

/// Types name and password into the sign-in page.
pub(crate) async fn type_password(browser: &mut Browser, (name, password): (&str, &str)) -> Page {
    let page = browser.get("/login").await;
    assert_eq!(page.status, 200, "{}", page.body);
    browser
        .submit(&page, &[("username", name), ("password", password)])
        .await
}

/// Somebody without a second factor, signed in.
async fn signed_in(server: &Server, who: (&str, &str)) -> Browser {
    let mut browser = server.browser();
    let page = type_password(&mut browser, who).await;
    assert_eq!(browser.target(&page), "/");
    browser
}

/// alice after her password, on the page of the second step.
async fn alice_half_way(server: &Server) -> (Browser, Page) {
    let mut browser = server.browser();
    let page = type_password(&mut browser, ALICE).await;
    assert_eq!(browser.target(&page), "/login/totp");
    let page = browser.follow(&page).await;
    assert_eq!(page.status, 200, "{}", page.body);
    (browser, page)
}

/// What alice's app shows now.
pub(crate) fn alice_code(server: &Server) -> String {
    let totp = Totp::parse(&ALICE_TOTP.into()).unwrap();
    totp.code(server.app.clock.now()).expose().clone()
}

/// A later code than any before.
fn next_code(server: &Server) -> String {
    server.advance(Duration::from_secs(90));
    alice_code(server)
}
