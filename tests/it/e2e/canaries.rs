//! Recognisable secrets are planted wherever secrets may stand, and looked for in everything the program says and writes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use dockspace::model::{Dialect, Domain, Relay};
use dockspace::seal::{Identity, Owner};
use jiff::Timestamp;

use super::organisation::Organisation;
use crate::support::repo::Run;
use crate::support::text;

/// What stands in every planted secret.
const CANARY: &str = "Canary4711";
const ZOE: &str = "users/second.test/zoe.sealed.toml";

/// A hash that nobody's password has, with the canary for its salt and all over its body.
fn hash() -> String {
    format!("{{SHA512-CRYPT}}$6${CANARY}${}", CANARY.repeat(9)[..86].to_owned())
}

/// The organisation with secrets of every kind; committed.
fn planted() -> Organisation {
    let organisation = Organisation::new(Dialect::Dms16);
    let zoe = Owner::User("id-zoe".to_owned());
    let sealed = |field: &str, value: &str| organisation.sealed(&zoe, field, value);
    let lines = [
        ("password", hash()),
        ("totp", format!("otpauth://totp/x?secret={CANARY}")),
        ("recovery_codes", format!("[\"{CANARY}\"]")),
    ];
    let lines: String = lines
        .iter()
        .map(|(field, value)| format!("{field} = \"{}\"\n", sealed(field, value)))
        .collect();
    organisation.repo.write(ZOE, lines);
    let profile = sealed("recovery_email", &format!("{CANARY}@elsewhere.test"));
    organisation.repo.write(
        "users/second.test/zoe.profile.toml",
        format!("recovery_email = \"{profile}\"\n"),
    );
    let mail = organisation.repo.read("mail.sealed.toml");
    let relay = organisation.sealed(
        &Owner::Mail,
        &Relay::field(&Domain::parse("example.test").unwrap()),
        CANARY,
    );
    let mail = mail.lines().map(|line| match line.strip_prefix("password = ") {
        Some(_) if !mail[..mail.find(line).unwrap()].contains("masters") => format!("password = \"{relay}\"\n"),
        _ => format!("{line}\n"),
    });
    organisation.repo.write("mail.sealed.toml", mail.collect::<String>());
    let settings = organisation.repo.read("dockspace.toml");
    organisation
        .repo
        .write("dockspace.toml", settings + "\n[domains.\"probe.test\"]\ntest = true\n");
    organisation.repo.write(
        "users/probe.test/probe.toml",
        format!("id = \"id-probe\"\nusername = \"probe\"\nname = \"Probe\"\nclass = \"test\"\nexpires = 2099-01-31\npassword = \"{CANARY}\"\n"),
    );
    organisation.repo.commit("Secrets");
    organisation
}

/// Runs it, and looks for the canary in what it says.
#[track_caller]
fn quiet(run: Run, codes: &[i32]) {
    let output = run.env("RUST_BACKTRACE", "1").run();
    let code = output.code.unwrap();
    assert!(codes.contains(&code), "{output:?}");
    for said in [&output.stdout, &output.stderr] {
        assert!(!said.contains(CANARY), "{said}");
        // Nor in the form of base64, as a sealed value has it.
        assert!(!said.contains("Q2FuYXJ5NDcx"), "{said}");
    }
}

/// Every command that looks at the repository, in every format.
#[track_caller]
fn all_quiet(organisation: &Organisation, codes: &[i32]) {
    let out = organisation.repo.beside("canary-plan.json");
    let commands: [&[&str]; 14] = [
        &["check"],
        &["check", "--format", "json"],
        &["check", "--format", "github"],
        &["check", "--strict"],
        &["plan"],
        &["plan", "--format", "json"],
        &["plan", "--format", "markdown"],
        &["plan", "--base", "HEAD~1"],
        &["plan", "--out", text(&out)],
        &["fmt", "--check"],
        &["user", "list", "--format", "json"],
        &["user", "show", "zoe@second.test"],
        &["user", "show", "zoe@second.test", "--format", "json"],
        &["user", "set", "zoe@second.test", "--quota", "3G", "--dry-run"],
    ];
    for command in commands {
        quiet(organisation.on_the_host(command), codes);
        quiet(organisation.dockspace(command), codes);
    }
    if let Ok(saved) = fs::read_to_string(&out) {
        assert!(!saved.contains(CANARY), "{saved}");
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

/// Names of the files below a folder in which the canary stands, however deep.
fn with_canary(folder: &Path) -> Vec<String> {
    let found = files(folder).into_iter().filter(|path| {
        let content = fs::read(path).unwrap();
        content.windows(CANARY.len()).any(|part| part == CANARY.as_bytes())
    });
    let mut names: Vec<String> = found
        .map(|path| text(path.strip_prefix(folder).unwrap()).to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn no_secret_is_said_or_written_but_where_the_mail_server_reads_it() {
    let organisation = planted();
    all_quiet(&organisation, &[0, 1, 2, 3]);
    quiet(organisation.on_the_host(&["apply", "--yes"]), &[0]);
    all_quiet(&organisation, &[0, 1, 2, 3]);
    quiet(organisation.on_the_host(&["apply", "--yes"]), &[0]);

    let live = organisation.live();
    assert_eq!(with_canary(&live), ["postfix-accounts.cf", "postfix-sasl-password.cf"]);
    for name in with_canary(&live) {
        let mode = fs::metadata(live.join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640, "{name}");
    }
    assert_eq!(with_canary(&organisation.repo.beside("state")), Vec::<String>::new());
    assert_eq!(with_canary(&organisation.repo.beside("home")), Vec::<String>::new());
    // A test user's password stands in clear in the repository, and nothing else does.
    assert_eq!(with_canary(&organisation.repo.path()), ["users/probe.test/probe.toml"]);
    let history = organisation
        .repo
        .git(["log", "--all", "--patch", "--format=%B", "--", "."]);
    let lines = history.lines().filter(|line| line.contains(CANARY));
    assert!(
        lines.clone().all(|line| line.starts_with("+password = ")),
        "{:?}",
        lines.collect::<Vec<_>>()
    );
}

#[test]
fn a_sealed_value_that_cannot_be_opened_is_not_shown() {
    let organisation = planted();
    let sealed = organisation.repo.read(ZOE);
    let swapped = organisation.repo.read("users/example.test/ann.sealed.toml");
    let broken = sealed.replacen("==\"", "\"", 1).replacen("A", "B", 30);
    for content in [
        swapped,
        broken,
        sealed.replace("age:1:1:", "age:1:2:"),
        sealed.replace("age:1:1:", "age:2:1:"),
    ] {
        organisation.repo.write(ZOE, &content);
        organisation.repo.commit("Broken");
        quiet(organisation.on_the_host(&["apply", "--yes"]), &[3]);
        all_quiet(&organisation, &[0, 1, 2, 3]);
    }
    organisation.repo.write(ZOE, &sealed);
    organisation.repo.commit("Whole again");
    let other = organisation.repo.beside("other.txt");
    fs::write(&other, Identity::generate().to_file(Timestamp::UNIX_EPOCH).expose()).unwrap();
    quiet(
        organisation.on_the_host(&["apply", "--yes", "--identity", text(&other)]),
        &[3],
    );
    fs::write(&other, format!("AGE-SECRET-KEY-1{CANARY}\n")).unwrap();
    quiet(
        organisation.on_the_host(&["apply", "--yes", "--identity", text(&other)]),
        &[1],
    );
    assert!(!organisation.live().join("postfix-accounts.cf").exists());
}

#[test]
fn a_sealed_value_that_holds_no_hash_is_not_shown() {
    let organisation = planted();
    let zoe = Owner::User("id-zoe".to_owned());
    for value in [
        CANARY.to_owned(),
        format!("{{PLAIN}}{CANARY}"),
        format!("{{SHA512-CRYPT}}$6$x${CANARY}"),
    ] {
        let sealed = organisation.sealed(&zoe, "password", &value);
        organisation.repo.write(ZOE, format!("password = \"{sealed}\"\n"));
        organisation.repo.commit("No hash");
        quiet(organisation.on_the_host(&["apply", "--yes"]), &[3]);
    }
}

#[test]
fn a_secret_that_was_pasted_in_clear_is_not_repeated() {
    let organisation = planted();
    let paths = [
        "users/second.test/zoe.toml",
        ZOE,
        "users/second.test/zoe.profile.toml",
        "mail.sealed.toml",
        "dockspace.toml",
    ];
    for path in paths {
        let sound = organisation.repo.read(path);
        for line in [
            format!("password = \"{CANARY}\""),
            format!("pasword = \"{CANARY}\""),
            format!("passwd = '{CANARY}'"),
            format!("password = {CANARY}"),
            format!("password = \"{CANARY}"),
            format!("password \"{CANARY}\""),
            format!("password = \"\"\"\n{CANARY}\n\"\"\""),
            format!("password = [\n  \"{CANARY}\",\n]"),
            format!("totp = \"age:1:1:{CANARY}\""),
            format!("private = {{ d = \"{CANARY}\" }}"),
            format!("private.d = \"{CANARY}\""),
            format!("smtp.password = \"{CANARY}\""),
            format!("[private]\nd = \"{CANARY}\""),
            format!("[relay.\"second.test\"]\npassword = \"{CANARY}\""),
            format!("client_secret = \"{CANARY}\""),
        ] {
            organisation.repo.write(path, format!("{line}\n{sound}"));
            let formats: &[&str] = if path == ZOE {
                &["text", "json", "github"]
            } else {
                &["text"]
            };
            for format in formats {
                quiet(organisation.dockspace(&["check", "--format", format]), &[3]);
            }
            quiet(organisation.dockspace(&["fmt", "--check"]), &[1, 2, 3]);
        }
        organisation.repo.write(path, sound);
    }
}
