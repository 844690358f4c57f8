//! The preview of a plan: what changes, for whom, and who gains or loses access.

use std::fs;
use std::path::PathBuf;

use super::{build, files};
use crate::example::example;
use crate::support::repo::TestRepo;

/// Saves the plan of the last commit and builds its preview in the folder `name` beside the repository.
#[track_caller]
pub(crate) fn preview(repo: &TestRepo, name: &str) -> PathBuf {
    let plan = repo.beside("preview.plan");
    let saved = repo
        .dockspace(["plan", "--base", "HEAD~1", "--rev", "HEAD", "--format", "json"])
        .run()
        .expect_code(0);
    fs::write(&plan, saved.stdout).unwrap();
    let folder = repo.beside(name);
    let args = [
        "site",
        "build",
        "--out",
        folder.to_str().unwrap(),
        "--plan",
        plan.to_str().unwrap(),
    ];
    let built = repo.dockspace(args).run().expect_code(0);
    assert!(built.stderr.contains("internal/plan.html"), "{}", built.stderr);
    folder
}

#[test]
fn a_preview_says_who_gains_and_who_loses_and_what_to_look_at_first() {
    let repo = example();
    let carol = repo.read("users/example.org/carol.toml");
    repo.write(
        "users/example.org/carol.toml",
        carol.replace("[\"engineering\"]", "[\"board\"]").replace("20G", "30G"),
    );
    fs::remove_file(repo.path().join("clients/heating.toml")).unwrap();
    repo.write(
        "dockspace.toml",
        repo.read("dockspace.toml")
            .replace("min_length = 12", "min_length = 10"),
    );
    repo.commit("Carol joins the board");
    let files = files(&preview(&repo, "site"));
    let page = &files["internal/plan.html"];
    assert!(
        page.contains("To look at twice") && page.contains(">policy</span>"),
        "{page}"
    );
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}\n{page}"));
    assert!(at("To look at twice") < at("<h2>Access</h2>"));
    assert!(at("<h2>Access</h2>") < at("Look at these first"));
    assert!(at("Look at these first") < at("Who may what") && at("Who may what") < at("All else"));
    let grafana = page.split("apps/grafana.html\">Grafana</a>").nth(1).unwrap();
    let grafana = grafana.split("</div>").next().unwrap();
    assert!(
        grafana.contains("closed to 1") && grafana.contains("people/carol@example.org.html"),
        "{grafana}"
    );
    assert!(
        page.contains("<code>policy.password.min_length</code>") || page.contains("min_length"),
        "{page}"
    );
    assert!(page.contains("30G"), "{page}");
    assert!(
        files["internal/index.html"].contains("href=\"plan.html\""),
        "each page leads to the preview"
    );

    // The same folder shows what is in the repository again, without a word of the preview.
    let (folder, _) = build(&repo, "site");
    assert!(!folder.join("internal/plan.html").exists());
    assert!(!super::files(&folder)["internal/index.html"].contains("plan.html"));
}

#[test]
fn a_plan_that_no_longer_holds_is_refused() {
    let repo = example();
    repo.write("groups/new.toml", "description = \"New\"\n");
    let plan = repo.beside("later.plan");
    let saved = repo.dockspace(["plan", "--format", "json"]).run().expect_code(0);
    fs::write(&plan, saved.stdout).unwrap();
    repo.write("groups/newer.toml", "description = \"Newer\"\n");
    let out = repo.beside("site");
    let args = [
        "site",
        "build",
        "--out",
        out.to_str().unwrap(),
        "--plan",
        plan.to_str().unwrap(),
    ];
    let refused = repo.dockspace(args).run().expect_code(4);
    assert!(refused.stderr.contains("no longer holds"), "{}", refused.stderr);
    assert!(!out.exists());

    fs::write(&plan, "{}").unwrap();
    let _ = repo.dockspace(args).run().expect_code(1);
}
