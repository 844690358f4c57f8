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

/// The commands of a document that stand behind `<!-- run -->`.
fn commands(document: &str) -> String {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let blocks = between(&text, "<!-- run -->\n```sh\n", "```");
    assert!(!blocks.is_empty(), "{document} has no commands");
    blocks.concat()
}

/// Runs commands in the repository, with `dockspace` as a command of the shell.
#[track_caller]
fn run(repo: &TestRepo, commands: &str) -> String {
    let script = format!(
        "set -eu\ndockspace() {{ {} \"$@\"; }}\n{commands}",
        env!("CARGO_BIN_EXE_dockspace")
    );
    let output = repo.program("bash", ["-c", &script]).run().expect_code(0);
    output.stdout + &output.stderr
}

#[test]
fn the_guide_to_people_works_on_the_example() {
    let repo = example();
    run(&repo, &commands("docs/guides/people.md"));
    let _ = repo.dockspace(["check", "--strict"]).run().expect_code(0);
    assert!(
        repo.read("users/example.org/ivan.toml")
            .contains("i.petrov@example.org")
    );
    assert!(repo.read("users/example.org/anna.toml").contains("ann@example.org"));
}
