//! `init`: a new organisation is whole, valid and committed, and its key lies outside of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use dockspace::auth::password;
use dockspace::model::credential::PasswordHash;

use super::age_opens;
use crate::support::repo::{Output, TestRepo};
use crate::support::text;

/// Runs `init` in a place of its own; the new organisation is `org` beside the work tree.
struct Place(TestRepo);

impl Place {
    fn new() -> Self {
        Self(TestRepo::new())
    }

    fn path(&self, name: &str) -> String {
        text(&self.0.beside(name)).to_owned()
    }

    fn init(&self, more: &[&str], stdin: &str) -> Output {
        let org = self.path("org");
        let args = [&["init", &org, "--domain", "example.org", "--admin", "alice"], more].concat();
        self.0.dockspace(&args).stdin(stdin).run()
    }

    fn run(&self, args: &[&str]) -> Output {
        let org = self.path("org");
        self.0.dockspace([&["-C", &org], args].concat()).run()
    }

    fn git(&self, args: &[&str]) -> String {
        let org = self.path("org");
        self.0.git([&["-C", &org], args].concat())
    }
}

#[test]
fn a_new_organisation_is_valid_canonical_and_committed() {
    let new = Place::new();
    let output = new.init(&["--organisation", "Wonderland"], "").expect_code(0);
    assert!(
        output.stderr.contains("user passwd alice@example.org"),
        "{}",
        output.stderr
    );
    let output = new.run(&["check"]).expect_code(0);
    assert!(
        output.stderr.contains("1 warning") && output.stderr.contains("has no password"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("1 user, 2 shared aliases, 1 group"),
        "{}",
        output.stderr
    );
    let _ = new.run(&["fmt", "--check"]).expect_code(0);
    assert_eq!(new.git(&["status", "--porcelain"]), "");
    assert_eq!(
        new.git(&["log", "--format=%s"]),
        "Start example.org with alice@example.org\n"
    );
    assert_eq!(new.git(&["branch", "--show-current"]), "main\n");

    let identity = new.path("org.identity.txt");
    assert_eq!(fs::metadata(&identity).unwrap().permissions().mode() & 0o777, 0o600);
    let key = fs::read_to_string(&identity).unwrap();
    let private = key.lines().last().unwrap();
    assert!(!output.stderr.contains(private) && !new.git(&["show", "HEAD"]).contains(private));
    let output = new.run(&["secrets", "check", "--identity", &identity]).expect_code(0);
    assert!(
        output.stdout.contains("private  ok"),
        "the signing key: {}",
        output.stdout
    );
    let _ = new
        .run(&["user", "passwd", "alice@example.org", "--generate", "--commit"])
        .expect_code(0);
}

#[test]
fn the_first_password_can_come_from_standard_input() {
    let new = Place::new();
    let weak = new.init(&["--password-stdin"], "alice12345\n").expect_code(1);
    assert!(weak.stderr.contains("not good enough"), "{}", weak.stderr);
    assert!(!fs::exists(new.path("org")).unwrap() && !fs::exists(new.path("org.identity.txt")).unwrap());

    let _ = new
        .init(&["--password-stdin"], "quartz lamp under nine bridges\n")
        .expect_code(0);
    let _ = new.run(&["check", "--strict"]).expect_code(0);
    let sealed = fs::read_to_string(new.path("org/users/example.org/alice.sealed.toml")).unwrap();
    let inside = age_opens(sealed.split('"').nth(1).unwrap(), &new.path("org.identity.txt"));
    let hash = PasswordHash::parse(inside["value"].as_str().unwrap()).unwrap();
    assert!(password::verify(&"quartz lamp under nine bridges".into(), &hash));
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_behind() {
    let new = Place::new();
    fs::create_dir(new.path("org")).unwrap();
    fs::write(new.path("org/mine.txt"), "mine").unwrap();
    let output = new.init(&[], "").expect_code(1);
    assert!(output.stderr.contains("not empty"), "{}", output.stderr);
    fs::remove_file(new.path("org/mine.txt")).unwrap();

    let output = new
        .init(&["--identity", &new.path("org/identity.txt")], "")
        .expect_code(1);
    assert!(output.stderr.contains("soon be committed"), "{}", output.stderr);
    for (option, value) in [
        ("--issuer", "http://id.example.org"),
        ("--domain", "Example"),
        ("--admin", "a b"),
        ("--organisation", " "),
    ] {
        let org = new.path("other");
        let mut args = vec!["init", &org];
        for (name, default) in [("--domain", "example.org"), ("--admin", "alice")] {
            args.extend([name, if name == option { value } else { default }]);
        }
        if !args.contains(&option) {
            args.extend([option, value]);
        }
        let output = new.0.dockspace(&args).run();
        assert!(matches!(output.code, Some(1 | 3)), "{args:?}: {output:?}");
        assert!(
            !fs::exists(&org).unwrap() && !fs::exists(format!("{org}.identity.txt")).unwrap(),
            "{args:?}"
        );
    }

    fs::write(new.path("org.identity.txt"), "mine").unwrap();
    let output = new.init(&[], "").expect_code(1);
    assert!(output.stderr.contains("name it with --identity"), "{}", output.stderr);
    assert_eq!(fs::read_to_string(new.path("org.identity.txt")).unwrap(), "mine");
}

#[test]
fn an_identity_that_exists_is_used_and_stays() {
    let new = Place::new();
    let file = new.path("mine.txt");
    let key = crate::support::stdout_of("age-keygen", &[]);
    fs::write(&file, &key).unwrap();
    let _ = new.init(&["--identity", &file], "").expect_code(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), key);
    let public = crate::support::stdout_of("age-keygen", &["-y", &file]);
    let settings = fs::read_to_string(new.path("org/dockspace.toml")).unwrap();
    assert!(settings.contains(public.trim_end()), "{settings}");
}

#[test]
fn without_a_name_for_git_the_files_are_there_and_not_committed() {
    let new = Place::new();
    let org = new.path("org");
    let mut run = new
        .0
        .dockspace(["init", &org, "--domain", "example.org", "--admin", "alice"]);
    for variable in [
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
    ] {
        run = run.env(variable, "");
    }
    let output = run.run().expect_code(0);
    assert!(
        output.stderr.contains("git config --global user.name"),
        "{}",
        output.stderr
    );
    let _ = new.run(&["check"]).expect_code(0);
}
