//! Commands that seal: whatever they write, the stock `age` program opens, and whatever they print shows no secret.

mod canary;
mod guide;
mod init;
mod keyholders;
mod signing_keys;
mod user;
mod values;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use dockspace::seal::Identity;
use jiff::Timestamp;

use crate::support::repo::{Run, TestRepo};
use crate::support::text;

/// A small organisation with a host's key beside it.
struct Organisation {
    repo: TestRepo,
}

const ALICE: &str = "0193c6f4-0000-7000-8000-000000000001";

impl Organisation {
    /// Alice and Bob at example.org, a test user, nothing sealed yet; committed.
    fn new() -> Self {
        let repo = TestRepo::new();
        let identity = Identity::generate();
        let recipient = identity.recipients().iter().next().unwrap().to_string();
        fs::write(
            repo.beside("identity.txt"),
            identity.to_file(Timestamp::UNIX_EPOCH).expose(),
        )
        .unwrap();
        repo.write(
            "dockspace.toml",
            format!(
                "format = 1\n\n[organisation]\nname = \"Wonderland\"\n\n[domains.\"example.org\"]\n\n[domains.\"test.example.org\"]\ntest = true\n\n\
                 [oidc]\nissuer = \"https://id.example.org\"\n\n[secrets]\nrecipients = [\"{recipient}\"] # the host\n\n[policy]\npassword = {{ min_length = 10, sha512_rounds = 1000 }}\n"
            ),
        );
        repo.write("groups/admins.toml", "description = \"Who runs this\"\n");
        repo.write(
            "users/example.org/alice.toml",
            format!("id = \"{ALICE}\"\nusername = \"alice\"\nname = \"Alice Liddell\"\ngroups = [\"admins\"]\n"),
        );
        repo.write(
            "users/example.org/bob.toml",
            "id = \"0193c6f4-0000-7000-8000-000000000002\"\nusername = \"bob\"\nname = \"Bob Hatter\"\n",
        );
        repo.write(
            "users/test.example.org/probe.toml",
            "id = \"0193c6f4-0000-7000-8000-000000000003\"\nusername = \"probe\"\nname = \"Probe\"\nclass = \"test\"\nexpires = 2099-01-31\npassword = \"clear-canary-55\"\n",
        );
        repo.write(
            "aliases/example.org.toml",
            "[aliases]\nabuse = [\"alice@example.org\"]\npostmaster = [\"alice@example.org\"]\n",
        );
        repo.commit("Start");
        Self { repo }
    }

    /// The program in the work tree.
    fn dockspace(&self, args: &[&str]) -> Run {
        self.repo.dockspace(args)
    }

    /// The identity file.
    fn identity(&self) -> String {
        text(&self.repo.beside("identity.txt")).to_owned()
    }

    /// The sealed text at a dotted key of a file.
    #[track_caller]
    fn sealed(&self, path: &str, key: &str) -> String {
        let table: toml::Table = toml::from_str(&self.repo.read(path)).unwrap();
        let first = toml::Value::Table(table);
        let value = key.split('.').fold(&first, |value, step| &value[step]);
        value.as_str().unwrap().to_owned()
    }

    /// What the stock `age` program finds in the value at a dotted key.
    #[track_caller]
    fn opened(&self, path: &str, key: &str) -> serde_json::Value {
        age_opens(&self.sealed(path, key), &self.identity())
    }

    fn status(&self) -> String {
        self.repo.git(["status", "--porcelain"])
    }
}

/// The documented pipeline.
#[track_caller]
fn age_opens(sealed: &str, identity: &str) -> serde_json::Value {
    let pipeline = "set -o pipefail; cut -d: -f4 | base64 -d | age -d -i \"$1\"";
    let mut child = Command::new("bash")
        .args(["-c", pipeline, "bash", identity])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(sealed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "age (Debian package `age`) does not open {sealed}"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}
