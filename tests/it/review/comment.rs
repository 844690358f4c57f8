//! `dockspace forge`: comments and requests through each forge's API.

use super::forge_server::{ForgeServer, TOKEN};
use crate::support::repo::{Output, TestRepo};

const TEXT: &str = "<!-- dockspace plan -->\n### Plan\n";

fn forge(server: &ForgeServer, kind: &str, more: &[&str], stdin: &str) -> Output {
    TestRepo::new()
        .dockspace([&["forge"], more].concat())
        .env("REVIEW_FORGE", kind)
        .env("REVIEW_API", server.api())
        .env("REVIEW_PROJECT", "example/organisation")
        .env("REVIEW_TOKEN", TOKEN)
        .stdin(stdin)
        .run()
}

#[test]
fn the_comment_is_found_among_hundreds() {
    for kind in ["github", "gitlab", "forgejo"] {
        let server = ForgeServer::start(kind);
        for n in 0..230 {
            server.says(7, "alice", &format!("{n}"));
        }
        server.says(7, server.own_name(), "something else, by the same pipeline");
        server.says(7, server.own_name(), TEXT.trim_end());
        for n in 0..30 {
            server.says(7, "mallory", &format!("{TEXT}{n}"));
        }
        let comment = ["comment", "-", "--request", "7"];
        let same = forge(&server, kind, &comment, TEXT).expect_code(0);
        assert!(same.stderr.contains("says so already"), "{}", same.stderr);
        assert!(server.writes().is_empty());
        let _ = forge(&server, kind, &comment, &format!("{TEXT}more\n")).expect_code(0);
        assert_eq!(server.writes(), ["update 232"], "{kind}");
        assert_eq!(server.comments(7).len(), 262);
    }
}

#[test]
fn another_account_may_write_it() {
    let server = ForgeServer::start("github");
    server.says(7, "reviewer", TEXT);
    let comment = ["comment", "-", "--request", "7", "--author", "reviewer"];
    let _ = forge(&server, "github", &comment, &format!("{TEXT}more\n")).expect_code(0);
    assert_eq!(server.writes(), ["update 1"]);
}

#[test]
fn open_requests_for_the_branch_are_listed() {
    for kind in ["github", "gitlab", "forgejo"] {
        let server = ForgeServer::start(kind);
        for request in 1..=120 {
            server.opens(request);
        }
        let list = forge(&server, kind, &["requests"], "").expect_code(0).stdout;
        let numbers: Vec<u64> = list.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(numbers, (1..=120).collect::<Vec<u64>>(), "{kind}");
        let old = forge(&server, kind, &["requests", "--branch", "old"], "").expect_code(0);
        assert_eq!(old.stdout, "99\n");
    }
}

#[test]
fn what_is_refused_says_why_and_never_the_token() {
    let server = ForgeServer::start("github");
    let comment = ["comment", "-", "--request", "7"];
    let absent = forge(&server, "github", &comment, TEXT).expect_code(1);
    assert!(
        absent.stderr.contains("404") && absent.stderr.contains("no such project or request"),
        "{}",
        absent.stderr
    );
    server.opens(7);
    let base = |token: &str| {
        let repo = TestRepo::new();
        let run = repo.dockspace(["forge", "comment", "-", "--request", "7", "--forge", "github"]);
        let run = run.env("REVIEW_PROJECT", "example/organisation").stdin(TEXT);
        run.env("REVIEW_API", server.api()).env("REVIEW_TOKEN", token).run()
    };
    let wrong = base("ghs_wrong").expect_code(1);
    assert!(
        wrong.stderr.contains("401") && !wrong.stderr.contains("ghs_wrong"),
        "{}",
        wrong.stderr
    );
    let none = base("").expect_code(1);
    assert!(none.stderr.contains("REVIEW_TOKEN"), "{}", none.stderr);
    for text in [
        "### Plan\n",
        "<!-- dockspace plan -->\n/merge\n",
        &format!("{TEXT}{}", "x".repeat(65_000)),
    ] {
        let refused = forge(&server, "github", &comment, text).expect_code(1);
        assert!(refused.stderr.contains("plan --format markdown"), "{}", refused.stderr);
    }
    assert!(server.writes().is_empty());
}
