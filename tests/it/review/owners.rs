//! `dockspace owners`: the files of the example are what it writes, and one that is out of date is found.

use std::{fs, path::Path};

use crate::{example::example, support::repo::TestRepo};

const FORGES: [(&str, &str); 3] = [
    ("github", ".github/CODEOWNERS"),
    ("gitlab", ".gitlab/CODEOWNERS"),
    ("forgejo", ".forgejo/CODEOWNERS"),
];

/// The example for one forge.
fn example_for(forge: &str) -> TestRepo {
    let repo = example();
    for (other, path) in FORGES {
        if other != forge {
            repo.git(["rm", "--quiet", path]);
        }
    }
    repo
}

#[test]
fn the_example_carries_what_is_written() {
    let repo = example();
    for (forge, path) in FORGES {
        let text = repo
            .dockspace(["owners", "--format", forge])
            .run()
            .expect_code(0)
            .stdout;
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("example-repo").join(path);
        if std::env::var_os("DOCKSPACE_BLESS").is_some() {
            fs::create_dir_all(kept.parent().unwrap()).unwrap();
            fs::write(&kept, &text).unwrap();
        }
        let kept = fs::read_to_string(kept).unwrap_or_default();
        assert!(
            kept == text,
            "{path} of the example is out of date: DOCKSPACE_BLESS=1 writes it anew"
        );
    }
}

#[test]
fn a_file_out_of_date_is_found_and_written_anew() {
    for (forge, path) in FORGES {
        let repo = example_for(forge);
        let _ = repo.dockspace(["owners", "--check"]).run().expect_code(0);
        let set = ["user", "set", "niaj@example.net", "--protected", "--forge", "Niaj-net"];
        let _ = repo.dockspace(set).run().expect_code(0);
        let late = repo.dockspace(["owners", "--check"]).run().expect_code(2);
        assert!(late.stderr.contains(path), "{}", late.stderr);
        let _ = repo.dockspace(["owners", "--write"]).run().expect_code(0);
        let _ = repo.dockspace(["owners", "--check"]).run().expect_code(0);
        assert!(repo.read(path).contains("niaj"), "{forge}");
    }
}

#[test]
fn an_account_that_is_written_down_goes_before_an_address() {
    let repo = example_for("github");
    let set = ["user", "set", "alice@example.org", "--forge", "wonder-alice"];
    let _ = repo.dockspace(set).run().expect_code(0);
    let text = repo.dockspace(["owners"]).run().expect_code(0).stdout;
    assert!(
        text.contains("\n* @wonder-alice\n") && !text.contains("alice@"),
        "{text}"
    );
    let refused = repo
        .dockspace(["user", "set", "alice@example.org", "--forge", "@alice team"])
        .run()
        .expect_code(3);
    assert!(refused.stderr.contains("DS-U018"), "{}", refused.stderr);
}

#[test]
fn a_repository_for_no_forge_or_several_has_to_be_told() {
    let repo = example();
    for remove in [false, true] {
        if remove {
            for (_, path) in FORGES {
                repo.git(["rm", "--quiet", path]);
            }
        }
        let asked = repo.dockspace(["owners"]).run().expect_code(1);
        assert!(asked.stderr.contains("--format"), "{}", asked.stderr);
    }
}
