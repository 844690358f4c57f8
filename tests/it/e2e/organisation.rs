//! An organisation with somebody of every kind, as an organisation repository with real sealed values, and the directory and
//! keys of the host that it is applied on.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use dockspace::clock::Clock;
use dockspace::fileset::FileSet;
use dockspace::model::{Desired, Dialect, Domain, LocalName, Master, Relay, State, User};
use dockspace::repo::Repo;
use dockspace::seal::{Identity, Owner, seal};
use dockspace::snapshot::{Snapshot, Source};
use dockspace::target::{MailTarget, Opener};

use crate::support::repo::{Run, TestRepo};
use crate::support::text;

/// The key of the host. Everybody may know it: it seals nothing but what stands in this file.
const IDENTITY: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

/// What stands in clear, as files behind `-- PATH --` lines.
const FILES: &str = include_str!("organisation.repo");

/// Of `secret`, each made by `doveadm pw` with another scheme.
const HASHES: [&str; 4] = [
    "{SHA512-CRYPT}$6$n.Y213N8s7nrG1Bo$KQry63y0wKCMlVCwVLIAVA/fCEJ39njrsV7HzW3hU7F181BNkX0k1bx0flXSDzzoU.x4ss9K6TeE.Fflu7ZCb0",
    "{SHA256-CRYPT}$5$H1JibiZyo0MQmgUa$dArrENQcVpYYp4xon4hTOULRFEBFrTuuGsjRsWw4js3",
    "{BLF-CRYPT}$2y$05$V0RckMP/vdKV8GFv/SrUOuCFkDzPJLjXFdDOUrR7Dqxm.JfEQJ0TG",
    "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$JvI7MuAPoCNcdvrzrlyxeg$DBr7J7mU6LMjQtJwKwPXp3MaPAKLP8Rpw1WpkojS02Y",
];

/// Who has that password, by the scheme of the hash.
const SCHEMES: [&str; 4] = ["alice", "bob", "carol", "dave"];

/// What opens the mailbox of every active user but `henry@example.test`.
pub(super) fn password(user: &User) -> String {
    if SCHEMES.contains(&user.username.as_str()) {
        "secret".to_owned()
    } else {
        format!("password-of-{}", user.username)
    }
}

/// The password of the master user.
pub(super) const MASTER_PASSWORD: &str = "master-password";

/// What the relay wants, in clear.
pub(super) const RELAY_PASSWORD: &str = "relay password";

/// The repository, and the host.
pub(super) struct Organisation {
    pub(super) repo: TestRepo,
    pub(super) identity: Identity,
}

impl Organisation {
    /// Written and committed, nothing applied.
    pub(super) fn new(dialect: Dialect) -> Self {
        let organisation = Self {
            repo: TestRepo::new(),
            identity: Identity::parse(IDENTITY).unwrap(),
        };
        let recipient = organisation.identity.recipients().iter().next().unwrap().to_string();
        for (path, content) in files() {
            let content = content.replace("@DIALECT@", &dialect.number().to_string());
            organisation
                .repo
                .write(path, content.replace("@RECIPIENT@", &recipient));
        }
        fs::write(organisation.repo.beside("identity.txt"), IDENTITY).unwrap();
        fs::create_dir(organisation.live()).unwrap();
        organisation.seal_passwords();
        organisation.repo.commit("Start");
        organisation
    }

    /// Where docker-mailserver has its files.
    pub(super) fn live(&self) -> PathBuf {
        self.repo.beside("live")
    }

    /// A file there.
    #[track_caller]
    pub(super) fn live_file(&self, name: &str) -> String {
        fs::read_to_string(self.live().join(name)).unwrap()
    }

    /// The program in the work tree, on a host that has the directory and its state but no key.
    pub(super) fn dockspace(&self, args: &[&str]) -> Run {
        self.repo
            .dockspace(args)
            .env("DOCKSPACE_STATE_DIR", self.repo.beside("state"))
            .env("DOCKSPACE_TARGETS_MAIL_DIRECTORY", self.live())
    }

    /// The same on a host that has the key too.
    pub(super) fn on_the_host(&self, args: &[&str]) -> Run {
        self.dockspace(args)
            .env("DOCKSPACE_IDENTITY", self.repo.beside("identity.txt"))
    }

    /// Seals `value` for a field.
    pub(super) fn sealed(&self, owner: &Owner, field: &str, value: &str) -> String {
        let sealed = seal(self.identity.recipients(), owner, field, 1, &value.into()).unwrap();
        sealed.as_str().to_owned()
    }

    /// What the program reads in the work tree.
    pub(super) fn desired(&self) -> Arc<Desired> {
        let repo = Repo::open(Utf8Path::new(text(&self.repo.path()))).unwrap();
        let loaded = Snapshot::load(&repo, Source::WorkTree, &Clock::system()).unwrap();
        let report: Vec<_> = loaded.report.sorted().into_iter().map(|found| found.message).collect();
        loaded.snapshot.unwrap_or_else(|| panic!("{report:#?}")).desired
    }

    /// What the live directory should hold.
    pub(super) fn rendered(&self, desired: &Desired, dialect: Dialect) -> FileSet {
        let target = MailTarget {
            name: desired.targets.keys().next().unwrap().clone(),
            directory: Utf8PathBuf::from(text(&self.live())),
            dialect,
        };
        target
            .render(desired, Opener::Identity(&self.identity), std::iter::empty())
            .unwrap()
    }

    fn seal_passwords(&self) {
        let relay = Relay::field(&Domain::parse("example.test").unwrap());
        let relay = self.sealed(&Owner::Mail, &relay, RELAY_PASSWORD);
        let master = Master::field(&LocalName::parse("migration").unwrap());
        let master = self.sealed(&Owner::Mail, &master, &hash(MASTER_PASSWORD));
        self.repo.write(
            "mail.sealed.toml",
            format!(
                "[relay.\"example.test\"]\npassword = \"{relay}\"\n\n[masters.migration]\npassword = \"{master}\"\n"
            ),
        );
        for user in self
            .desired()
            .users
            .values()
            .filter(|user| user.username.as_str() != "henry")
        {
            let known = SCHEMES.iter().position(|name| *name == user.username.as_str());
            let hash = match known {
                Some(scheme) => HASHES[scheme].to_owned(),
                None => hash(&password(user)),
            };
            let owner = Owner::User(user.id.as_str().to_owned());
            let line = format!("password = \"{}\"\n", self.sealed(&owner, "password", &hash));
            self.repo.write(user.sealed_path().as_str(), line);
        }
    }
}

/// A cheap one: nothing here is about its strength.
fn hash(password: &str) -> String {
    let hash = dockspace::auth::password::hash(&password.into(), 1000).unwrap();
    hash.as_str().to_owned()
}

/// The files in clear, by path.
pub(super) fn files() -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut path = "";
    for line in FILES.lines() {
        match line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            Some(marker) => path = marker,
            None => *files.entry(path.to_owned()).or_default() += &format!("{line}\n"),
        }
    }
    files
}

/// Whether a password opens the mailbox.
pub(super) fn may_log_in(user: &User) -> bool {
    user.state == State::Active && user.credentials.password.is_some()
}
