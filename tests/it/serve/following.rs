//! Commits and the server.

use super::ready;
use crate::support::host::Host;

#[tokio::test]
async fn a_commit_counts_a_bad_one_does_not_and_a_restart_changes_nothing() {
    let host = Host::new();
    let mut server = host.serve();
    host.edit("dockspace.toml", "Example Housing", "Exemplary Housing");
    let good = host.repo.commit("A better name");
    server.wait_for(|line| line["event"] == "revision_in_force" && line["revision"] == *good);

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
