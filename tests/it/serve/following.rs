//! Commits and the server.

use serde_json::Value;

use super::{client, get, ready};
use crate::support::host::Host;

#[tokio::test]
async fn row_51_a_commit_counts_a_bad_one_does_not_and_a_restart_changes_nothing() {
    let host = Host::new();
    let mut server = host.serve();
    host.edit("dockspace.toml", "Example Housing", "Exemplary Housing");
    let good = host.repo.commit("A better name");
    server.wait_for(|line| line["event"] == "revision_in_force" && line["revision"] == *good);

    // The good half of it would let everybody in.
    host.edit("clients/grafana.toml", "groups = [\"engineering\"]", "groups = [\"*\"]");
    host.edit("users/example.org/carol.toml", "name =", "nmae =");
    let bad = host.repo.commit("A slip");
    let refused = server.wait_for(|line| line["event"] == "revision_refused");
    assert_eq!(
        (&refused["revision"], &refused["why"]),
        (&bad.clone().into(), &"invalid".into())
    );
    server.wait_for(|line| {
        line["message"]
            .as_str()
            .is_some_and(|text| text.contains("users/example.org/carol.toml"))
    });
    let check = |said: serde_json::Value| {
        assert_eq!(said["status"], "degraded");
        assert_eq!(
            (&said["in_force"]["id"], &said["head"]["id"]),
            (&good.clone().into(), &bad.clone().into())
        );
        assert_eq!(said["trouble"]["code"], "invalid");
        said["trouble"]["message"].clone()
    };
    assert!(
        get(&format!("{}/login", host.url()))
            .await
            .1
            .contains("Exemplary Housing")
    );
    assert_eq!(
        check(ready(host.port).await),
        serde_json::Value::Null,
        "not for everybody"
    );
    let full = check(ready(host.metrics).await);
    assert!(full.as_str().unwrap().contains("carol.toml"), "{full}");
    assert_eq!(server.stop(), Some(0));

    let mut server = host.serve();
    let line = server.wait_for(|line| line["event"] == "revision_in_force");
    assert_eq!(line["revision"], good);
    check(ready(host.port).await);
    host.edit("users/example.org/carol.toml", "nmae =", "name =");
    let again = host.repo.commit("Corrected");
    server.wait_for(|line| line["event"] == "revision_in_force" && line["revision"] == *again);
    assert_eq!(ready(host.port).await["status"], "ready");
}

#[tokio::test]
async fn row_52_a_history_that_was_rewritten_is_not_followed() {
    let host = Host::new();
    let mut server = host.serve();
    host.edit("dockspace.toml", "Example Housing", "Exemplary Housing");
    let good = host.repo.commit("A better name");
    server.wait_for(|line| line["event"] == "revision_in_force" && line["revision"] == *good);
    host.repo.git(["reset", "--quiet", "--hard", "HEAD~"]);
    host.edit("dockspace.toml", "Example Housing", "Evil Housing");
    let other = host.repo.commit("Another past");
    let refused = server.wait_for(|line| line["event"] == "revision_refused" && line["revision"] == *other);
    assert_eq!(refused["why"], "history rewritten");
    let said = ready(host.port).await;
    assert_eq!(
        (&said["status"], &said["in_force"]["id"]),
        (&"degraded".into(), &good.into())
    );
    let page = get(&format!("{}/login", host.url())).await.1;
    assert!(page.contains("Exemplary Housing") && !page.contains("Evil"), "{page}");
}

#[tokio::test]
async fn another_issuer_takes_a_restart_and_everything_says_so() {
    const OTHER: &str = "http://localhost:4711";
    let host = Host::new();
    let mut server = host.serve();
    let before = ready(host.port).await;
    assert_eq!((&before["status"], &before["restart"]), (&"ready".into(), &Value::Null));
    host.edit("dockspace.toml", &host.url(), OTHER);
    host.repo.commit("Another issuer");
    let line = server.wait_for(|line| line["message"].as_str().is_some_and(|text| text.contains(OTHER)));
    assert_eq!(line["level"], "WARN", "{line}");

    let short = ready(host.port).await;
    assert_eq!(
        (&short["status"], &short["restart"]["code"]),
        (&"degraded".into(), &"issuer".into())
    );
    assert_eq!(short["restart"]["message"], Value::Null, "not for everybody");
    let full = ready(host.metrics).await;
    let message = full["restart"]["message"].as_str().unwrap();
    assert!(message.contains(OTHER) && message.contains(&host.url()), "{full}");
    let numbers = get(&format!("http://127.0.0.1:{}/metrics", host.metrics)).await.1;
    assert!(
        numbers.contains("dockspace_restart_needed{code=\"issuer\"} 1\n"),
        "{numbers}"
    );

    // The server is who it was.
    let discovery = get(&format!("{}/.well-known/openid-configuration", host.url())).await.1;
    let discovery: Value = serde_json::from_str(&discovery).unwrap();
    assert_eq!(discovery["issuer"], host.url());
    host.edit("dockspace.toml", OTHER, &host.url());
    let back = host.repo.commit("Not yet");
    server.wait_for(|line| line["event"] == "revision_in_force" && line["revision"] == *back);
    assert_eq!(ready(host.port).await["status"], "ready");
}

#[tokio::test]
async fn row_26_pictures_are_served_by_their_digest_from_the_revision_in_force() {
    let host = Host::new();
    let picture = b"\x89PNG\r\n\x1a\n and so on";
    let name = format!("{}.png", dockspace::digest::sha256(picture));
    host.repo.write(format!("pictures/{name}"), picture);
    let wrong = format!("{}.png", "0a".repeat(32));
    host.repo.write(format!("pictures/{wrong}"), picture);
    host.repo.commit("Two pictures, one under a wrong name");
    let mut server = host.serve();
    let url = |name: &str| format!("{}/account/pictures/{name}", host.url());

    let answer = client().get(url(&name)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    for (header, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(answer.headers()[header], value, "{header}");
    }
    assert!(
        answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert_eq!(answer.bytes().await.unwrap(), &picture[..]);

    for bad in [&wrong, "", "..%2fdockspace.toml", "%2e%2e/dockspace.toml", "alice.png"] {
        assert_eq!(get(&url(bad)).await.0, 404, "{bad}");
    }
    host.repo.git(["rm", "--quiet", &format!("pictures/{name}")]);
    let gone = host.repo.commit("One less");
    server.wait_for(|line| line["event"] == "revision_in_force" && line["revision"] == *gone);
    assert_eq!(get(&url(&name)).await.0, 404);
}
