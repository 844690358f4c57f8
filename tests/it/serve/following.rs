//! Commits and the server.

use super::{get, ready};
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
