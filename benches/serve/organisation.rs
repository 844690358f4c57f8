//! The organisation that signs in: the example with more people, and one app that may do everything.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use dockspace::auth::password;
use dockspace::digest;
use dockspace::model::credential::PasswordHash;
use dockspace::seal::{Identity, Owner, Secret, seal};

use crate::app::{CLIENT, CLIENT_SECRET, PASSWORD, REDIRECT_URI};

/// What the example says of its issuer.
const EXAMPLE_ISSUER: &str = "http://localhost:8000";
/// As the example's `policy.password` says.
const ROUNDS: u32 = 5000;

/// What person `n` signs in with.
pub(crate) fn username(n: usize) -> String {
    format!("load-{n}")
}

/// The hash of everybody's password.
pub(crate) fn password_hash() -> PasswordHash {
    password::hash(&Secret::from(PASSWORD), ROUNDS).expect("a password that can be hashed")
}

/// Makes a repository at `path` with `people` of them, and the identity that opens it at `identity`.
pub(crate) fn make(path: &Path, identity: &Path, issuer: &str, people: usize) {
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("example-repo"), path);
    fs::rename(path.join("identity.txt"), identity).expect("the example has an identity");
    owner_only(identity);
    let settings = path.join("dockspace.toml");
    let text = fs::read_to_string(&settings).expect("the example has settings");
    fs::write(settings, text.replace(EXAMPLE_ISSUER, issuer)).expect("written");
    fs::write(path.join(format!("clients/{CLIENT}.toml")), client()).expect("written");
    write_people(path, identity, people);
    git(path, &["init", "--quiet", "--initial-branch=main"]);
    git(path, &["add", "--all"]);
    git(path, &["commit", "--quiet", "--message", "The example"]);
}

fn client() -> String {
    let secret = digest::sha256(CLIENT_SECRET.as_bytes());
    format!(
        "name = \"Load\"\nkind = \"confidential\"\nsecret_sha256 = [\"{secret}\"]\nredirect_uris = [\"{REDIRECT_URI}\"]\n\
         groups = [\"*\"]\nconsent = \"skip\"\ngrants = [\"authorization_code\", \"refresh_token\", \"client_credentials\"]\n\
         refresh = \"always\"\nscopes = [\"openid\", \"profile\", \"email\"]\nintrospect = true\n"
    )
}

fn write_people(path: &Path, identity: &Path, people: usize) {
    let identity = fs::read_to_string(identity).expect("an identity");
    let identity = Identity::parse(&identity).expect("an identity");
    let hash = Secret::from(password_hash().as_str());
    for n in 0..people {
        let (name, id) = (username(n), format!("0193c6f4-0000-7000-8000-{n:012x}"));
        let file = path.join(format!("users/example.org/{name}.toml"));
        let text =
            format!("id = \"{id}\"\nusername = \"{name}\"\nname = \"Person Number {n}\"\ngroups = [\"members\"]\n");
        fs::write(file, text).expect("written");
        let sealed = seal(identity.recipients(), &Owner::User(id), "password", 1, &hash).expect("sealed");
        let file = path.join(format!("users/example.org/{name}.sealed.toml"));
        fs::write(file, format!("password = \"{}\"\n", sealed.as_str())).expect("written");
    }
}

fn owner_only(file: &Path) {
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("its owner may");
}

fn git(path: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .arg("-C")
        .arg(path)
        .args(["-c", "user.name=Bench", "-c", "user.email=bench@example.org"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .status()
        .expect("git runs");
    assert!(status.success(), "git {arguments:?}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("copied");
        }
    }
}
