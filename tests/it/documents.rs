//! What people read: links lead somewhere, files that are named are there, and the commands in the guides work as they stand.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{example::example, support::repo::TestRepo};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Everything written by hand, with its path.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths = vec![
        root().join("README.md"),
        root().join("CHANGELOG.md"),
        root().join("example-repo/README.md"),
    ];
    for folder in ["docs", "docs/guides"] {
        let files = fs::read_dir(root().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path());
        paths.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// What stands between each `open` and the `close` after it.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    text.split(open)
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(close)?.0))
        .collect()
}

#[test]
fn every_link_leads_to_a_file() {
    for (path, text) in documents() {
        for target in between(&text, "](", ")") {
            if !target.contains("://") {
                let file = path.parent().unwrap().join(target.split('#').next().unwrap());
                assert!(file.exists(), "{}: {target} is not there", path.display());
            }
        }
    }
}

#[test]
fn every_file_of_the_code_that_is_named_is_there() {
    for (path, text) in documents() {
        let named = between(&text, "`", "`").into_iter().filter(|word| {
            let is_place = ["src/", "tests/", "docs/", "ci/", "example-repo/"]
                .iter()
                .any(|folder| word.starts_with(folder));
            is_place && !word.contains(' ') && !word.contains(|c: char| c.is_ascii_uppercase())
        });
        for word in named {
            assert!(root().join(word).exists(), "{}: {word} is not there", path.display());
        }
    }
}

#[test]
fn lines_are_short_enough_to_read() {
    for (path, text) in documents() {
        let mut in_code = false;
        for (number, line) in text.lines().enumerate() {
            in_code ^= line.starts_with("```");
            let is_prose = !in_code && !line.starts_with('|');
            let length = line.chars().count();
            assert!(
                !is_prose || length <= 130,
                "{}:{}: {length} characters",
                path.display(),
                number + 1
            );
        }
    }
}

/// Runs every command of a document that stands behind `$ `, in order; gives what they printed.
#[track_caller]
fn typed(repo: &TestRepo, document: &str) -> String {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(!commands.is_empty(), "{document} has no commands");
    let script = repo.beside("typed.sh");
    fs::write(&script, format!("set -eu -o pipefail\n{}\n", commands.join("\n"))).unwrap();
    repo.shell(&script).run().expect_code(0).stdout
}

#[test]
fn the_guide_to_people_works_on_the_example() {
    let repo = example();
    typed(&repo, "docs/guides/people.md");
    let _ = repo.dockspace(["check", "--strict"]).run().expect_code(0);
    assert!(
        repo.read("users/example.org/ivan.toml")
            .contains("i.petrov@example.org")
    );
    assert!(repo.read("users/example.org/anna.toml").contains("ann@example.org"));
}

#[test]
fn the_tour_of_the_readme_ends_with_nothing_to_do() {
    let place = TestRepo::new();
    let printed = typed(&place, "README.md");
    let last = printed.lines().last().unwrap();
    assert!(last.starts_with("Nothing to change"), "{printed}");
    let aliases = fs::read_to_string(place.path().join("live/postfix-virtual.cf")).unwrap();
    assert!(
        aliases.contains("office@our-house.example bob@our-house.example"),
        "{aliases}"
    );
}

#[test]
fn the_first_steps_lead_to_a_comment_for_a_pull_request() {
    let printed = typed(&TestRepo::new(), "docs/guides/first-steps.md");
    assert!(printed.contains("state `active` → `locked`"), "{printed}");
}
