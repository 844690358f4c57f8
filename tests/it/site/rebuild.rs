//! Building again: only what changed is written, and it comes to the same as building anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::{build, files};
use crate::example::example;

/// The files that differ between two sites.
fn differing<'f>(one: &'f BTreeMap<String, String>, other: &'f BTreeMap<String, String>) -> Vec<&'f str> {
    let paths: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let different = |path: &&String| one.get(*path) != other.get(*path);
    paths.into_iter().filter(different).map(String::as_str).collect()
}

#[test]
fn building_again_comes_to_the_same_as_building_anew() {
    let repo = example();
    let (folder, said) = build(&repo, "site");
    assert!(said.contains(" new") && !said.contains("changed"), "{said}");
    let (_, said) = build(&repo, "site");
    assert!(said.contains("none of which changed"), "{said}");

    let alice = repo.read("users/example.org/alice.toml");
    let admins = repo.read("groups/admins.toml");
    let carol = repo.read("users/example.org/carol.toml");
    let steps: [(&str, &str, Option<String>); 7] = [
        (
            "another name",
            "users/example.org/alice.toml",
            Some(alice.replace("Alice Liddell", "Zoë Liddell")),
        ),
        (
            "a locked account",
            "users/example.org/ann.toml",
            Some(repo.read("users/example.org/ann.toml") + "state = \"locked\"\n"),
        ),
        (
            "another group",
            "users/example.org/ann.toml",
            Some(
                repo.read("users/example.org/ann.toml")
                    .replace("members", "contractors"),
            ),
        ),
        (
            "a description",
            "groups/admins.toml",
            Some(admins.replace("Look after", "Care for")),
        ),
        (
            "a new person",
            "users/example.org/new.toml",
            Some("id = \"new\"\nusername = \"newcomer\"\nname = \"Nora New\"\ngroups = [\"board\"]\n".to_owned()),
        ),
        ("one person less", "users/example.org/new.toml", None),
        (
            "an alias less",
            "users/example.org/carol.toml",
            Some(carol.replace("aliases = [\"c.danvers@example.org\"]\n", "")),
        ),
    ];
    for (number, (what, path, text)) in steps.into_iter().enumerate() {
        match text {
            Some(text) => drop(repo.write(path, text)),
            None => fs::remove_file(repo.path().join(path)).unwrap(),
        }
        repo.commit(what);
        let (_, said) = build(&repo, "site");
        let anew = build(&repo, &format!("anew-{number}")).0;
        assert_eq!(differing(&files(&folder), &files(&anew)), [""; 0], "{what}: {said}");
        assert!(!said.contains("none of which"), "{what}: {said}");
    }
}

#[test]
fn few_files_are_written_for_a_small_change() {
    let repo = example();
    let (folder, _) = build(&repo, "site");
    let path = folder.join("internal/people/bob@example.org.html");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    let ann = repo
        .read("users/example.org/ann.toml")
        .replace("quota = \"2G\"", "quota = \"3G\"");
    repo.write("users/example.org/ann.toml", ann).commit("Room");
    let (_, said) = build(&repo, "site");
    assert!(said.contains(": 2 changed") || said.contains(": 3 changed"), "{said}");
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
}

#[test]
fn what_is_not_committed_is_shown_too_and_a_commit_follows_it() {
    let repo = example();
    let (folder, _) = build(&repo, "site");
    repo.write("groups/new.toml", "description = \"New\"\n");
    let (_, said) = build(&repo, "site");
    assert!(said.contains("1 new"), "{said}");
    assert!(files(&folder)["internal/index.html"].contains("not committed"));
    fs::remove_file(repo.path().join("groups/new.toml")).unwrap();
    let (_, said) = build(&repo, "site");
    assert!(said.contains("1 removed"), "{said}");
    assert!(!folder.join("internal/groups/new.html").exists());
}

#[test]
fn nothing_of_others_is_written_over_or_removed() {
    let repo = example();
    let folder = repo.beside("mine");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("thesis.txt"), "years of work").unwrap();
    let out = folder.to_str().unwrap();
    let refused = repo.dockspace(["site", "build", "--out", out]).run().expect_code(1);
    assert!(
        refused.stderr.contains("is not empty") && refused.stderr.contains("hint"),
        "{}",
        refused.stderr
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);

    let (site, _) = build(&repo, "site");
    fs::write(site.join("internal/people/notes.txt"), "mine").unwrap();
    fs::remove_file(repo.path().join("users/example.org/ann.toml")).unwrap();
    fs::remove_file(repo.path().join("users/example.org/ann.sealed.toml")).unwrap();
    repo.commit("Ann is gone");
    build(&repo, "site");
    assert!(site.join("internal/people/notes.txt").exists());
    assert!(!site.join("internal/people/ann@example.org.html").exists());
}

#[test]
fn a_build_that_was_interrupted_is_made_good() {
    let repo = example();
    let (site, _) = build(&repo, "site");
    let whole = files(&site);
    fs::write(site.join("internal/index.html"), "half a pa").unwrap();
    fs::write(site.join(".dockspace/writing"), "").unwrap();
    build(&repo, "site");
    assert_eq!(differing(&files(&site), &whole), [""; 0]);
    fs::write(site.join(".dockspace/record"), "no record").unwrap();
    fs::write(site.join("internal/index.html"), "half a pa").unwrap();
    build(&repo, "site");
    assert_eq!(differing(&files(&site), &whole), [""; 0]);
}
