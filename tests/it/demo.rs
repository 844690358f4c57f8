//! `dockspace demo`: what it leaves, what it prints, and that the commands it names work.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use camino::Utf8Path;
use dockspace::settings::Settings;

use crate::support::{repo::TestRepo, stdout_of, text};

struct Demo {
    /// A home and a git of its own; the repository in it plays no part.
    machine: TestRepo,
    folder: PathBuf,
    printed: String,
}

impl Demo {
    fn new() -> Self {
        let machine = TestRepo::new();
        let folder = machine.beside("demo of 'ours'");
        let output = machine
            .dockspace(["demo", "--no-serve", "--dir", text(&folder)])
            .run()
            .expect_code(0);
        Self {
            machine,
            folder,
            printed: output.stdout + &output.stderr,
        }
    }

    #[track_caller]
    fn dockspace(&self, args: &[&str], code: i32) -> String {
        let (organisation, host) = (self.folder.join("organisation"), self.folder.join("host.toml"));
        let place = ["-C", text(&organisation), "--config", text(&host)];
        let output = self
            .machine
            .dockspace([&place[..], args].concat())
            .run()
            .expect_code(code);
        output.stdout + &output.stderr
    }
}

#[test]
fn it_leaves_a_host_on_which_nothing_is_to_do() {
    let demo = Demo::new();
    demo.dockspace(&["check", "--strict"], 0);
    assert!(
        demo.dockspace(&["plan", "--detailed-exitcode"], 0)
            .starts_with("Nothing to change")
    );
    let accounts = fs::read_to_string(demo.folder.join("live/postfix-accounts.cf")).unwrap();
    assert!(accounts.contains("alice@example.org|{SHA512-CRYPT}$6$"), "{accounts}");
    assert!(accounts.contains("frank@example.org|{SHA512-CRYPT}!"), "{accounts}");
    let identity = fs::metadata(demo.folder.join("identity.txt")).unwrap();
    assert_eq!(identity.permissions().mode() & 0o777, 0o600);
}

#[test]
fn everything_is_committed_and_pushed() {
    let demo = Demo::new();
    let git = |folder: &str, args: &[&str]| {
        let folder = demo.folder.join(folder);
        stdout_of("git", &[&["-C", text(&folder)], args].concat())
    };
    assert_eq!(git("organisation", &["status", "--porcelain"]), "");
    let head = git("organisation", &["rev-parse", "HEAD"]);
    assert_eq!(git("organisation.git", &["rev-parse", "main"]), head);
    assert_eq!(git("organisation", &["rev-list", "--count", "HEAD"]), "3\n");
    assert_eq!(
        git("organisation", &["config", "--local", "user.email"]),
        "demo@example.org\n"
    );
}

#[test]
fn the_issuer_is_the_address_of_the_host_file() {
    let demo = Demo::new();
    let host = demo.folder.join("host.toml");
    let settings = Settings::load(Utf8Path::from_path(&host), std::iter::empty()).unwrap();
    let port = settings.serve().unwrap().listen.port().to_string();
    let organisation = fs::read_to_string(demo.folder.join("organisation/dockspace.toml")).unwrap();
    assert!(
        organisation.contains(&format!("issuer = \"http://127.0.0.1:{port}\"")),
        "{organisation}"
    );
}

#[test]
fn the_commands_it_names_can_be_pasted_into_a_shell() {
    let demo = Demo::new();
    let commands: Vec<&str> = demo
        .printed
        .lines()
        .filter(|line| line.contains(" --config "))
        .collect();
    assert!(commands.len() >= 4, "{}", demo.printed);
    let script = format!("set -e\n{}\n", commands.join("\n").replace(" apply", " apply --yes"));
    let said = stdout_of("bash", &["-c", &script]);
    assert!(
        said.contains("~ user frank@example.org  state locked → active"),
        "{said}"
    );
}

#[test]
fn nothing_is_written_over() {
    let machine = TestRepo::new();
    machine.write("kept.txt", "mine");
    let output = machine.dockspace(["demo", "--dir", "."]).run().expect_code(1);
    assert!(output.stderr.contains("is not empty"), "{}", output.stderr);
    let output = machine
        .dockspace(["demo"])
        .env("DOCKSPACE_TARGETS_MAIL_DIRECTORY", machine.path())
        .run()
        .expect_code(1);
    assert!(
        output.stderr.contains("DOCKSPACE_TARGETS_MAIL_DIRECTORY is set"),
        "{}",
        output.stderr
    );
    assert_eq!(machine.git(["status", "--porcelain"]), "?? kept.txt\n");
}
