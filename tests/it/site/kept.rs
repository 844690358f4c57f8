//! The site as a target: told by `plan`, written by `apply`, shown by the server to those who may read it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::files;
use crate::example::example;
use crate::support::host::Host;
use crate::support::repo::TestRepo;

/// The example on a host that keeps a site.
fn host() -> (TestRepo, String) {
    let repo = crate::example::example();
    let host = repo.beside("host.toml");
    let identity = concat!(env!("CARGO_MANIFEST_DIR"), "/example-repo/identity.txt");
    let path = |name: &str| repo.beside(name).to_str().unwrap().to_owned();
    fs::create_dir(repo.beside("live")).unwrap();
    let text = format!(
        "state_dir = {:?}\nidentity = {identity:?}\n[site]\ndirectory = {:?}\n[targets.mail]\ndirectory = {:?}\n",
        path("state"),
        path("site"),
        path("live")
    );
    fs::write(&host, text).unwrap();
    let host = host.to_str().unwrap().to_owned();
    (repo, host)
}

#[test]
fn plan_counts_the_pages_and_apply_writes_them() {
    let (repo, host) = host();
    let run = |args: &[&str]| {
        let args = ["--config", &host].iter().chain(args).copied().collect::<Vec<_>>();
        repo.dockspace(args).run().expect_code(0)
    };
    let plan = run(&["plan"]).stdout;
    assert!(
        plan.contains("site: files 46 created") || plan.contains("site: files"),
        "{plan}"
    );
    assert!(!repo.beside("site").exists(), "a plan writes nothing");
    let _ = run(&["apply", "--yes"]);
    let site = repo.beside("site");
    assert!(files(&site).contains_key("internal/people/alice@example.org.html"));
    assert!(run(&["plan"]).stdout.contains("Nothing to change"));

    let ann = repo
        .read("users/example.org/ann.toml")
        .replace("Ann Perkins", "Anne Perkins");
    repo.write("users/example.org/ann.toml", ann);
    repo.commit("Her name");
    let plan = run(&["plan"]).stdout;
    let lines: Vec<&str> = plan.lines().filter(|line| line.contains("site:")).collect();
    assert!(lines.len() == 1 && lines[0].contains("updated"), "{plan}");
    let applied = run(&["apply", "--yes"]);
    assert!(
        !applied.stderr.contains("internal/"),
        "pages are counted, not named: {}",
        applied.stderr
    );
    assert!(files(&site)["internal/people.html"].contains("Anne Perkins"));
}

#[tokio::test]
async fn the_server_shows_it_to_those_who_are_signed_in() {
    let host = Host::new();
    let mut server = host.serve();
    server.wait_for(|line| {
        line["message"]
            .as_str()
            .is_some_and(|text| text.contains("the site shows"))
    });
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    for (path, leads) in [
        ("site/", "/site/internal/index.html"),
        ("site/internal/index.html", "/login"),
    ] {
        let answer = client
            .get(format!("http://127.0.0.1:{}/{path}", host.port))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 303, "{path}");
        assert!(
            answer.headers()["location"].to_str().unwrap().ends_with(leads),
            "{path}"
        );
    }
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn an_edit_is_seen_by_loading_the_page_again() {
    let repo = example();
    let mut child = Command::new(env!("CARGO_BIN_EXE_dockspace"))
        .arg("-C")
        .arg(repo.path())
        .args(["site", "serve"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    let url = said.split_whitespace().last().unwrap().to_owned();
    let people = async || {
        let answer = reqwest::get(format!("{url}internal/people.html")).await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    };
    assert!(people().await.contains("Ann Perkins"));
    let ann = repo.read("users/example.org/ann.toml");
    repo.write("users/example.org/ann.toml", ann.replace("Ann Perkins", "Anne Perkins"));
    assert!(people().await.contains("Anne Perkins"));
    repo.write("users/example.org/ann.toml", "name = 1\n");
    assert!(
        people().await.contains("Anne Perkins"),
        "what cannot be used changes nothing"
    );
    assert_eq!(
        reqwest::get(format!("{url}.dockspace/record")).await.unwrap().status(),
        404
    );
    child.kill().unwrap();
    child.wait().unwrap();
}
