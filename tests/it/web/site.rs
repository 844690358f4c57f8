//! `/site/`: for those who are signed in and may read it.

use camino::Utf8Path;

use super::{BOB, signed_in};
use crate::support::server::Server;

#[tokio::test]
async fn the_site_is_for_its_groups_and_nothing_else_can_be_named() {
    let mut server = Server::start().await;
    let stranger = server.browser().get("/site/internal/index.html").await;
    assert_eq!((stranger.status, stranger.location()), (303, "/login"));

    let mut bob = signed_in(&server, BOB).await;
    let page = bob.get("/site/internal/index.html").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<title>Site</title>"));
    assert!(
        page.header("content-security-policy").contains("script-src 'self'"),
        "its search may run"
    );
    for path in [
        "/site/internal/none.html",
        "/site/internal/index.txt",
        "/site/.dockspace/record",
        "/site/internal/",
    ] {
        assert_eq!(bob.get(path).await.status, 404, "{path}");
    }
    assert_eq!(bob.get("/site/").await.status, 303);

    server.change(|files| {
        let settings = files.get_mut(Utf8Path::new("dockspace.toml")).unwrap();
        *settings = settings.replace("[policy]\n", "[policy]\nsite_groups = [\"admins\"]\n");
    });
    let refused = bob.get("/site/internal/index.html").await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("open to other groups only"), "{}", refused.body);
}
