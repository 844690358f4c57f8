//! Password hashes agree with other people's programs: OpenSSL, and `crypt(3)` of the C library, which Dovecot uses, through Perl.

use std::io::Write;
use std::process::{Command, Stdio};

use dockspace::auth::password;
use dockspace::model::credential::PasswordHash;
use dockspace::seal::Secret;

/// What a program prints when it reads the password from its standard input.
fn answer(program: &str, arguments: &[&str], password: &str) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().into()
}

/// `crypt(3)` with the settings of `hash`: prints `hash` itself when the password is right.
fn crypt(password: &str, hash: &str) -> String {
    answer(
        "perl",
        &["-e", "local $/; print crypt(<STDIN>, $ARGV[0])", hash],
        password,
    )
}

/// Short and long ones, around the block sizes of the hash, in several scripts.
fn passwords() -> Vec<String> {
    let mut all: Vec<String> = ["x", "correct horse battery staple", "pässwörd", "пароль", "密码🔑"]
        .map(Into::into)
        .into();
    all.extend([31, 32, 33, 63, 64, 65, 127, 128, 200].map(|length| "p".repeat(length)));
    all
}

#[test]
fn openssl_makes_the_same_hash() {
    for text in passwords() {
        for rounds in [1000, 5000] {
            let ours = password::hash(&text.as_str().into(), rounds).unwrap();
            let settings = ours.untagged().strip_prefix("$6$").unwrap().rsplit_once('$').unwrap().0;
            let theirs = answer("openssl", &["passwd", "-6", "-stdin", "-salt", settings], &text);
            assert_eq!(ours.untagged(), theirs, "{text:?}");
        }
    }
}

#[test]
fn we_verify_what_openssl_made() {
    for (kind, tag) in [("-6", "{SHA512-CRYPT}"), ("-5", "{SHA256-CRYPT}")] {
        let theirs = answer("openssl", &["passwd", kind, "-stdin"], "correct horse");
        let hash = PasswordHash::parse(&format!("{tag}{theirs}")).unwrap();
        assert!(password::verify(&"correct horse".into(), &hash));
        assert!(!password::verify(&"correct horsf".into(), &hash));
    }
}

#[test]
fn the_c_library_verifies_our_hashes() {
    for text in passwords().into_iter().chain(["p".repeat(500)]) {
        let ours = password::hash(&Secret::new(text.clone()), 1000).unwrap();
        assert_eq!(crypt(&text, ours.untagged()), ours.untagged(), "{text:?}");
    }
}

#[test]
fn we_verify_bcrypt_of_the_c_library() {
    for version in ["2a", "2b", "2y"] {
        let theirs = crypt("pässwörd", &format!("${version}$05$abcdefghijklmnopqrstuu"));
        let hash = PasswordHash::parse(&format!("{{BLF-CRYPT}}{theirs}")).unwrap();
        assert!(password::verify(&"pässwörd".into(), &hash), "{theirs}");
        assert!(!password::verify(&"passwort".into(), &hash), "{theirs}");
    }
}
