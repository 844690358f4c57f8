//! The pipelines: the example and a new organisation carry them as they are in `ci/forge/`, they take no more rights than they
//! need, and their steps do what they say when they are run.

use serde_json::{Value, json};

use super::proposal::Project;
use super::workflow::{Event, Job, parse, run_gitlab, template};
use crate::example::example;
use crate::support::repo::TestRepo;
use crate::support::text;

/// Where each file of `ci/forge/` stands in a repository.
const PLACES: [(&str, &str, &str); 9] = [
    ("all", "gitattributes", ".gitattributes"),
    ("all", "pre-commit", ".dockspace/hooks/pre-commit"),
    ("any", "review", ".dockspace/review"),
    ("any", "program", ".dockspace/program"),
    ("github", "github/dockspace.yml", ".github/workflows/dockspace.yml"),
    (
        "github",
        "github/dockspace-comment.yml",
        ".github/workflows/dockspace-comment.yml",
    ),
    ("gitlab", "gitlab/gitlab-ci.yml", ".gitlab-ci.yml"),
    ("forgejo", "forgejo/dockspace.yml", ".forgejo/workflows/dockspace.yml"),
    (
        "forgejo",
        "forgejo/dockspace-comment.yml",
        ".forgejo/workflows/dockspace-comment.yml",
    ),
];

const ACTIONS: [&str; 4] = [
    "github/dockspace.yml",
    "github/dockspace-comment.yml",
    "forgejo/dockspace.yml",
    "forgejo/dockspace-comment.yml",
];

#[test]
fn the_example_carries_them() {
    let repo = example();
    for (_, from, to) in PLACES {
        assert!(
            repo.read(to) == template(from),
            "copy ci/forge/{from} to example-repo/{to}"
        );
    }
}

#[test]
fn a_new_organisation_gets_those_of_its_forge() {
    for forge in ["github", "gitlab", "forgejo", "none"] {
        let repo = TestRepo::new();
        let org = text(&repo.beside("org")).to_owned();
        let init = [
            "init",
            &org,
            "--domain",
            "example.org",
            "--admin",
            "alice",
            "--forge",
            forge,
        ];
        let _ = repo.dockspace(init).run().expect_code(0);
        for (of, from, to) in PLACES {
            let there = std::fs::read_to_string(repo.beside("org").join(to)).ok();
            let expected = (of == forge || of == "all" || (of == "any" && forge != "none")).then(|| template(from));
            assert_eq!(there, expected, "{forge}: {to}");
        }
        let _ = repo.dockspace(["-C", &org, "owners", "--check"]).run().expect_code(0);
        assert_eq!(repo.git(["-C", &org, "status", "--porcelain"]), "");
    }
}

#[test]
fn no_step_says_what_a_stranger_wrote_and_no_action_can_change() {
    for path in ACTIONS {
        for (job, step) in parse(path).steps() {
            if let Some(script) = step["run"].as_str() {
                assert!(!script.contains("${{"), "{path}, {job}: an expression in a script");
            }
            if let Some(action) = step["uses"].as_str() {
                let (name, revision) = action.split_once('@').unwrap();
                assert!(name.ends_with("/upload-artifact"), "{path}, {job}: {action}");
                assert!(
                    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{action}"
                );
            }
        }
    }
}

#[test]
fn what_runs_with_rights_checks_out_nothing_that_is_proposed() {
    for path in ["github/dockspace-comment.yml", "forgejo/dockspace-comment.yml"] {
        let pipeline = parse(path);
        assert_eq!(pipeline.0["on"], json!({ "pull_request_target": null }), "{path}");
        for (_, step) in pipeline.steps() {
            let script = step["run"].as_str().unwrap();
            let checks_out = script.contains("checkout");
            assert!(
                !checks_out || script.contains("\"refs/heads/$REVIEW_BASE\""),
                "{path}: {script}"
            );
            assert!(!script.contains("PROPOSED"), "{path}: {script}");
        }
    }
    assert!(
        !template("review").contains("checkout"),
        "the script merges without touching a file"
    );
}

#[test]
fn github_gives_each_job_the_rights_it_needs() {
    let rights = |path: &str| -> Vec<(String, Value)> {
        let pipeline = parse(path);
        assert_eq!(pipeline.0["permissions"], json!({}), "{path}");
        let jobs = pipeline.0["jobs"].as_object().unwrap().iter();
        jobs.map(|(name, job)| (name.clone(), job["permissions"].clone()))
            .collect()
    };
    for (job, rights) in rights("github/dockspace.yml") {
        assert_eq!(rights, json!({ "contents": "read" }), "{job}");
    }
    let comment = rights("github/dockspace-comment.yml");
    assert_eq!(
        comment,
        [
            (
                "comment".to_owned(),
                json!({ "contents": "read", "pull-requests": "write" })
            ),
            ("plan".to_owned(), json!({ "contents": "read" })),
        ]
    );
}

#[test]
fn gitlab_has_the_token_in_its_schedule_alone() {
    let text = template("gitlab/gitlab-ci.yml");
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect();
    assert!(!code.contains("TOKEN") || code.matches("TOKEN").count() == code.matches("CI_JOB_TOKEN").count());
}

fn quota(repo: &TestRepo) {
    let _ = repo
        .dockspace(["user", "set", "bob@example.org", "--quota", "3G"])
        .run()
        .expect_code(0);
}

fn broken(repo: &TestRepo) {
    repo.write(
        "users/example.org/bob.toml",
        "id = \"bob\"\nusername = \"bob\"\nname = \"Bob\"\nqouta = \"3G\"\n",
    );
}

/// What the jobs of one forge made of a request.
struct Reviewed {
    check: Job,
    comments: Vec<String>,
}

fn review(project: &Project, request: u64) -> Reviewed {
    let event = |name| Event { name, request };
    let check = match project.kind {
        "gitlab" => {
            let pipeline = parse("gitlab/gitlab-ci.yml");
            let mut jobs = run_gitlab(&pipeline, project, Some(request));
            let _ = run_gitlab(&pipeline, project, None);
            jobs.remove("check").unwrap()
        }
        kind => {
            let mut jobs = parse(&format!("{kind}/dockspace.yml")).run(project, &event("pull_request"));
            let comment = parse(&format!("{kind}/dockspace-comment.yml")).run(project, &event("pull_request_target"));
            assert_eq!(comment["comment"].code(), 0, "{comment:?}");
            jobs.remove("check").unwrap()
        }
    };
    let comments = project
        .forge
        .comments(request)
        .into_iter()
        .map(|comment| comment.body)
        .collect();
    Reviewed { check, comments }
}

#[test]
fn a_request_is_checked_and_gets_one_comment_that_follows_it() {
    for kind in ["github", "gitlab", "forgejo"] {
        let project = Project::new(kind);
        project.proposes(7, quota);
        // Whoever is not the pipeline may say the same, and it stays as it is.
        project
            .forge
            .says(7, "mallory", "<!-- dockspace plan -->\n### Nothing to change\n");
        let first = review(&project, 7);
        assert_eq!(first.check.code(), 0, "{kind}: {}", first.check.stderr());
        let [forged, comment] = first.comments.as_slice() else {
            panic!("{kind}: {:?}", first.comments)
        };
        assert!(forged.contains("Nothing to change"));
        assert!(
            comment.contains("user `bob@example.org`") && comment.contains("`3G`"),
            "{kind}: {comment}"
        );
        assert_eq!(project.forge.writes(), ["create 7"], "{kind}");

        // Nothing new, then something new, while the branch moves on.
        let _ = review(&project, 7);
        assert_eq!(project.forge.writes(), [""; 0], "{kind}");
        project.merges(|repo| {
            let _ = repo
                .dockspace(["group", "set", "board", "--description", "The board"])
                .run()
                .expect_code(0);
        });
        project.proposes(7, |repo| {
            quota(repo);
            repo.write("notes.md", "of no interest\n");
        });
        let later = review(&project, 7);
        assert_eq!(later.comments.len(), 2, "{kind}");
        assert!(
            !later.comments[1].contains("board"),
            "{kind}: what main has already is no change"
        );
        assert_eq!(project.forge.writes(), ["update 2"], "{kind}");
    }
}

#[test]
fn the_site_as_it_would_be_is_kept_for_reviewers() {
    for kind in ["github", "gitlab", "forgejo"] {
        let project = Project::new(kind);
        project.proposes(7, quota);
        let (jobs, folder) = match kind {
            "gitlab" => (
                run_gitlab(&parse("gitlab/gitlab-ci.yml"), &project, Some(7)),
                "gitlab-7-site",
            ),
            _ => {
                let event = Event {
                    name: "pull_request",
                    request: 7,
                };
                (
                    parse(&format!("{kind}/dockspace.yml")).run(&project, &event),
                    "pull_request-7-site",
                )
            }
        };
        assert_eq!(jobs["site"].code(), 0, "{kind}: {}", jobs["site"].stderr());
        let preview = project.left(folder, "out/site/internal/plan.html");
        assert!(preview.contains("bob@example.org") && preview.contains("3G"), "{kind}");
    }
}

#[test]
fn a_request_that_cannot_be_used_says_why() {
    for kind in ["github", "gitlab", "forgejo"] {
        let project = Project::new(kind);
        project.proposes(7, broken);
        let bad = review(&project, 7);
        assert_eq!(bad.check.code(), 3, "{kind}: {}", bad.check.stderr());
        let [comment] = bad.comments.as_slice() else {
            panic!("{kind}: {:?}", bad.comments)
        };
        assert!(
            comment.contains("### No plan") && comment.contains("`DS-F003`"),
            "{kind}: {comment}"
        );
        match kind {
            "github" => {
                let stdout = bad.check.stdout();
                let annotation = "::error file=users/example.org/bob.toml,line=4,col=1,title=DS-F003::";
                assert!(stdout.contains(annotation), "{stdout}");
            }
            "gitlab" => {
                let report = project.left("gitlab-7-check", "out/problems.json");
                let report: Value = serde_json::from_str(&report).unwrap();
                assert_eq!(report[0]["check_name"], "DS-F003");
            }
            _ => assert!(bad.check.stderr().contains("users/example.org/bob.toml:4:1")),
        }
    }
}

#[test]
fn a_request_that_conflicts_keeps_no_other_waiting() {
    let project = Project::new("gitlab");
    project.proposes(6, quota);
    project.proposes(7, quota);
    project.merges(|repo| {
        let _ = repo
            .dockspace(["user", "set", "bob@example.org", "--quota", "9G"])
            .run()
            .expect_code(0);
    });
    project.proposes(8, |repo| {
        let _ = repo
            .dockspace(["user", "set", "ann@example.org", "--quota", "9G"])
            .run()
            .expect_code(0);
    });
    project
        .clone
        .git(["push", "--quiet", text(&project.bare()), ":refs/merge-requests/6/head"]);
    let jobs = run_gitlab(&parse("gitlab/gitlab-ci.yml"), &project, None);
    let comment = &jobs["comment"];
    assert_eq!(comment.code(), 1);
    assert!(
        comment
            .stderr()
            .contains("conflicts with main: merge that into it first"),
        "{}",
        comment.stderr()
    );
    assert!(project.forge.comments(7).is_empty());
    assert!(project.forge.comments(8)[0].body.contains("`9G`"));
}

#[test]
fn without_the_program_it_says_where_to_name_it() {
    let repo = example();
    let script = repo.beside("step.sh");
    std::fs::write(&script, "PATH=/usr/bin:/bin\nsh .dockspace/review check\n").unwrap();
    let output = repo.shell(&script).run().expect_code(1);
    assert!(output.stderr.contains(".dockspace/program"), "{}", output.stderr);
    std::fs::write(&script, "sh .dockspace/review\n").unwrap();
    let output = repo.shell(&script).run().expect_code(1);
    assert!(
        output.stderr.contains("usage: sh .dockspace/review"),
        "{}",
        output.stderr
    );
}
