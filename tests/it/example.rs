//! `example-repo/`: valid without a remark, in canonical form, and what its README says is true.

use std::{fs, path::Path};

use camino::Utf8Path;
use dockspace::{
    auth::{password, policy, recovery::RecoveryCodes, totp::Totp},
    clock::Clock,
    digest::sha256,
    document::{DEMO_RECIPIENT, Loader},
    model::{Claim, ClaimValue, Desired, Password, State, User, credential::PasswordHash},
    oidc::keys,
    seal::{Identity, Owner, Secret},
};

use crate::support::repo::TestRepo;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/example-repo"))
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// A repository with the example in it, committed.
pub(crate) fn example() -> TestRepo {
    let repo = TestRepo::new();
    copy(folder(), folder(), &repo);
    repo.commit("The example");
    repo
}

fn copy(root: &Path, from: &Path, repo: &TestRepo) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            copy(root, &path, repo);
        } else if !path.ends_with("identity.txt") {
            repo.write(path.strip_prefix(root).unwrap(), fs::read(&path).unwrap());
        }
    }
}

fn desired() -> Desired {
    let mut loader = Loader::new(&Clock::system());
    load(folder(), &mut loader);
    loader.finish().desired.unwrap()
}

fn load(from: &Path, loader: &mut Loader) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            load(&path, loader);
        } else {
            let inside = Utf8Path::from_path(path.strip_prefix(folder()).unwrap()).unwrap();
            loader.file(inside, &fs::read(&path).unwrap());
        }
    }
}

fn identity() -> Identity {
    Identity::parse(&read("identity.txt")).unwrap()
}

/// The cells of the rows of all tables in the README.
fn rows() -> Vec<Vec<String>> {
    let readme = read("README.md");
    let cells = |line: &str| {
        let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?.to_owned();
        Some(inner.split('|').map(|cell| cell.trim().to_owned()).collect())
    };
    readme.lines().filter_map(cells).collect()
}

/// The second cell of the row that begins with `name`.
#[track_caller]
fn said(name: &str) -> String {
    let row = rows().into_iter().find(|row| row[0] == name);
    row.unwrap_or_else(|| panic!("the README says nothing of {name}"))[1].clone()
}

fn owner(user: &User) -> Owner {
    Owner::User(user.id.as_str().to_owned())
}

#[test]
fn it_is_valid_without_a_remark_and_canonical() {
    let repo = example();
    let check = repo.dockspace(["check", "--strict"]).run().expect_code(0);
    assert_eq!(check.stdout, "");
    assert!(check.stderr.starts_with("Valid: 15 users"), "{}", check.stderr);
    let _ = repo.dockspace(["fmt", "--check"]).run().expect_code(0);
}

#[test]
fn the_identity_is_that_of_the_demonstration() {
    let identity = identity();
    let recipients: Vec<String> = identity.recipients().iter().map(ToString::to_string).collect();
    assert_eq!(recipients, [DEMO_RECIPIENT]);
}

#[test]
fn everybody_has_the_password_of_the_readme_and_it_is_good() {
    let (desired, identity) = (desired(), identity());
    for user in desired.users.values() {
        let expected = Secret::new(said(user.address.as_str()));
        match user.credentials.password.as_ref().unwrap() {
            Password::Test(clear) => assert_eq!(clear.expose(), expected.expose()),
            Password::Sealed(sealed) => {
                let opened = identity.open(sealed, &owner(user), "password").unwrap();
                let hash = PasswordHash::parse(opened.expose()).unwrap();
                assert!(password::verify(&expected, &hash), "{}", user.address);
            }
        }
        let known = [
            user.name.as_str(),
            user.username.as_str(),
            user.address.as_str(),
            &desired.organisation.name,
        ];
        let weak = policy::weaknesses(&desired.policy.password, &expected, &known);
        assert!(weak.is_empty(), "{}: {weak:?}", user.address);
    }
    let people = rows().into_iter().filter(|row| row[0].contains('@')).count();
    assert_eq!(
        people,
        desired.users.len(),
        "the README lists somebody who is not there"
    );
}

#[test]
fn the_second_factor_is_that_of_the_readme() {
    let (desired, identity) = (desired(), identity());
    let alice = &desired.users["alice@example.org"];
    let open = |sealed: &Option<_>, field| identity.open(sealed.as_ref().unwrap(), &owner(alice), field).unwrap();
    let readme = read("README.md");
    let uri = readme.lines().find(|line| line.starts_with("otpauth://")).unwrap();
    let totp = Totp::parse(&open(&alice.credentials.totp, "totp")).unwrap();
    assert_eq!(totp.uri().expose(), uri);
    let kept = RecoveryCodes::parse(&open(&alice.credentials.recovery_codes, "recovery_codes")).unwrap();
    let codes = readme
        .lines()
        .filter(|line| line.len() == 19 && line.matches('-').count() == 3);
    assert_eq!(codes.filter(|code| kept.find(code).is_some()).count(), 10);
}

#[test]
fn the_other_secrets_are_those_of_the_readme() {
    let (desired, identity) = (desired(), identity());
    for id in ["grafana", "nextcloud"] {
        let secret = said(&format!("client {id}"));
        assert_eq!(desired.clients[id].secret_sha256, [sha256(secret.as_bytes())]);
    }
    let relay = desired.mail.relay["example.net"].password.as_ref().unwrap();
    let opened = identity
        .open(relay, &Owner::Mail, "relay.example.net.password")
        .unwrap();
    assert_eq!(*opened.expose(), said("relay example.net"));
    for key in desired.keys.values() {
        let owner = Owner::Key(key.id.as_str().to_owned());
        let private = identity.open(&key.private, &owner, "private").unwrap();
        assert_eq!(keys::public_jwk(key.alg, &key.id, &private).unwrap(), key.public_jwk);
    }
    let claims = [
        ("alice@example.org", Claim::RecoveryEmail, "recovery address of alice"),
        ("grace@example.org", Claim::PhoneNumber, "phone of grace"),
        ("grace@example.org", Claim::Birthdate, "birthdate of grace"),
    ];
    for (address, claim, row) in claims {
        let user = &desired.users[address];
        let ClaimValue::Sealed(sealed) = &user.profile.claims[&claim] else {
            panic!("{row} stands in clear")
        };
        let opened = identity.open(sealed, &owner(user), claim.as_str()).unwrap();
        assert_eq!(*opened.expose(), said(row));
    }
}

#[test]
fn it_shows_every_state_and_class() {
    let desired = desired();
    let users = |state| desired.users.values().filter(|user| user.state == state).count();
    assert_eq!([State::Locked, State::Suspended, State::Absent].map(users), [1, 2, 0]);
    assert!(!desired.retired.is_empty());
    let classes: std::collections::BTreeSet<_> = desired.users.values().map(|user| user.class.as_str()).collect();
    assert_eq!(classes.into_iter().collect::<Vec<_>>(), ["person", "shared", "test"]);
}

#[test]
fn its_recipient_is_refused_where_it_could_do_harm() {
    for (from, to, code) in [
        ("http://localhost:8000", "http://127.0.0.1:1234", 0),
        ("http://localhost:8000", "https://id.example.org", 3),
        (
            "[domains.\"example.net\"]",
            "[domains.\"demo.test\"]\n[domains.\"example.net\"]",
            0,
        ),
        (
            "[domains.\"example.net\"]",
            "[domains.\"our-house.org\"]\n[domains.\"example.net\"]",
            3,
        ),
    ] {
        let repo = example();
        let settings = repo.read("dockspace.toml");
        assert!(settings.contains(from));
        repo.write("dockspace.toml", settings.replace(from, to));
        let check = repo.dockspace(["check"]).run().expect_code(code);
        assert_eq!(check.stderr.contains("DS-S005"), code == 3, "{to}: {}", check.stderr);
    }
}
