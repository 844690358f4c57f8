//! Sealed values and the stock `age` program (Debian package `age`) understand each other.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use dockspace::seal::{Identity, Owner, Recipient, Sealed, seal};
use jiff::Timestamp;

/// Runs a program and returns what it printed; its failure is the test's.
fn run(command: &mut Command, input: &[u8]) -> Vec<u8> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; install the Debian package `age`"));
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", output.status);
    output.stdout
}

fn write_identity(directory: &Path, identity: &Identity) -> String {
    let path = directory.join("identity.txt");
    fs::write(&path, identity.to_file(Timestamp::UNIX_EPOCH).expose()).unwrap();
    path.to_str().unwrap().into()
}

#[test]
fn the_documented_pipeline_opens_what_we_sealed() {
    let directory = tempfile::tempdir().unwrap();
    let identity = Identity::generate();
    let key = write_identity(directory.path(), &identity);
    let owner = Owner::User("0193c6f4".into());
    let sealed = seal(
        identity.recipients(),
        &owner,
        "password",
        17,
        &"{SHA512-CRYPT}$6$x".into(),
    )
    .unwrap();

    let pipeline = "set -o pipefail; cut -d: -f4 | base64 -d | age -d -i \"$1\"";
    let plaintext = run(
        Command::new("bash").args(["-c", pipeline, "bash", &key]),
        sealed.as_str().as_bytes(),
    );
    let plaintext = String::from_utf8(plaintext).unwrap();
    assert_eq!(plaintext.len() % 256, 0);
    assert_eq!(
        plaintext.trim_end_matches(' '),
        r#"{"v":1,"owner":"user:0193c6f4","field":"password","n":17,"value":"{SHA512-CRYPT}$6$x"}"#
    );
}

#[test]
fn we_open_what_age_sealed_for_a_key_of_age_keygen() {
    let file = run(&mut Command::new("age-keygen"), b"");
    let identity = Identity::parse(std::str::from_utf8(&file).unwrap()).unwrap();
    let recipient = identity.recipients().iter().next().unwrap().to_string();

    let json = br#"{"v":1,"owner":"mail","field":"masters.migration","n":2,"value":"secret"}"#;
    let pipeline = "set -o pipefail; age -r \"$1\" | base64 -w0";
    let body = run(Command::new("bash").args(["-c", pipeline, "bash", &recipient]), json);
    let sealed = Sealed::parse(&format!("age:1:2:{}", String::from_utf8(body).unwrap())).unwrap();
    let opened = identity.open(&sealed, &Owner::Mail, "masters.migration").unwrap();
    assert_eq!(opened.expose(), "secret");
}

#[test]
fn age_keygen_reads_our_identity_files() {
    let directory = tempfile::tempdir().unwrap();
    let identity = Identity::generate();
    let key = write_identity(directory.path(), &identity);
    let public = run(Command::new("age-keygen").args(["-y", &key]), b"");
    let recipient = Recipient::parse(std::str::from_utf8(&public).unwrap().trim()).unwrap();
    assert_eq!(identity.recipients().iter().collect::<Vec<_>>(), [&recipient]);
}
