//! Small organisations for tests, built value by value.

use camino::Utf8Path;

use super::Secrets;
use crate::{
    diagnostic::{Place, Span},
    model::{
        Access, AccessAction, AccessKey, Address, Alias, AliasTarget, Credentials, Desired, Domain, DomainSettings,
        GroupName, LocalName, Master, Origin, Password, Regexp, Relay, Service, Set, User, credential::PasswordHash,
        testing,
    },
    seal::Sealed,
};

pub(super) struct Sample {
    pub(super) desired: Desired,
}

/// Any address that mail may go to.
pub(super) fn address(text: &str) -> Address {
    Address::external(text).unwrap()
}

pub(super) fn place() -> Place {
    Place {
        path: "mail.toml".into(),
        span: Span::new(3, 7),
    }
}

/// A hash that belongs to `address` and to nobody else.
pub(super) fn hash(address: &str) -> PasswordHash {
    let sum: u64 = address
        .bytes()
        .fold(5381, |sum, byte| sum.wrapping_mul(33) ^ u64::from(byte));
    PasswordHash::parse(&format!("{{SHA512-CRYPT}}$6${sum:016x}${}", "a".repeat(86))).unwrap()
}

fn sealed() -> Sealed {
    Sealed::parse("age:1:1:YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==").unwrap()
}

fn access(action: AccessAction) -> Access {
    Access { action, place: place() }
}

fn access_key(key: &str) -> AccessKey {
    if key.contains('@') {
        AccessKey::Address(address(key))
    } else {
        AccessKey::Domain(Domain::parse(key).unwrap())
    }
}

impl Sample {
    pub(super) fn new() -> Self {
        let mut desired = testing::organisation();
        desired.domains.clear();
        Self { desired }
    }

    pub(super) fn domain(&mut self, domain: &str) -> &mut DomainSettings {
        self.desired.domains.entry(Domain::parse(domain).unwrap()).or_default()
    }

    /// An active user with a mailbox and a password.
    pub(super) fn user(&mut self, mailbox: &str) -> &mut User {
        let address = Address::mailbox(mailbox).unwrap();
        self.domain(address.domain());
        let path = format!("users/{}/{}.toml", address.domain(), address.local());
        let user = User {
            services: Set::from([Service::parse("mail").unwrap()]),
            credentials: Credentials {
                password: Some(Password::Test("hunter2".into())),
                ..Credentials::default()
            },
            origin: Origin::new(
                Utf8Path::new(&path),
                vec![("forward", Span::new(1, 2)), ("aliases", Span::new(2, 3))],
            ),
            ..testing::user(mailbox)
        };
        self.desired.users.entry(address).or_insert(Box::new(user))
    }

    fn shared(to: &[&str]) -> Alias {
        let target = |to: &&str| match to.strip_prefix("group:") {
            Some(group) => AliasTarget::Group(GroupName::parse(group).unwrap()),
            None => AliasTarget::Address(address(to)),
        };
        Alias {
            targets: to.iter().map(target).collect(),
            place: place(),
        }
    }

    pub(super) fn alias(&mut self, key: &str, to: &[&str]) {
        let key = Address::alias(key).unwrap();
        self.domain(key.domain());
        self.desired.aliases.insert(key, Self::shared(to));
    }

    pub(super) fn catch_all(&mut self, domain: &str, to: &[&str]) {
        self.domain(domain);
        let domain = Domain::parse(domain).unwrap();
        self.desired.catch_alls.insert(domain, Self::shared(to));
    }

    pub(super) fn regexp(&mut self, pattern: &str, to: &[&str]) {
        self.desired.mail.regexp.push(Regexp {
            pattern: pattern.into(),
            to: to.iter().map(|to| address(to)).collect(),
            place: place(),
        });
    }

    pub(super) fn master(&mut self, name: &str) -> &mut Master {
        let master = Master {
            password: Some(sealed()),
            place: place(),
        };
        self.desired
            .mail
            .masters
            .entry(LocalName::parse(name).unwrap())
            .or_insert(master)
    }

    /// A relay; with a password if it has a user.
    pub(super) fn relay(&mut self, domain: &str, host: Option<&str>, user: Option<&str>) -> &mut Relay {
        let relay = Relay {
            host: host.map(str::to_owned),
            user: user.map(str::to_owned),
            password: user.map(|_| sealed()),
            place: place(),
        };
        self.desired
            .mail
            .relay
            .entry(Domain::parse(domain).unwrap())
            .or_insert(relay)
    }

    pub(super) fn send(&mut self, key: &str, action: AccessAction) {
        self.desired.mail.send.insert(access_key(key), access(action));
    }

    pub(super) fn receive(&mut self, key: &str, action: AccessAction) {
        self.desired.mail.receive.insert(access_key(key), access(action));
    }

    /// Everybody who has a mailbox.
    pub(super) fn holders(&self) -> Vec<&User> {
        self.desired
            .users
            .values()
            .map(Box::as_ref)
            .filter(|user| user.has_mailbox())
            .collect()
    }

    /// A password for everybody and every master.
    pub(super) fn secrets(&self) -> Secrets {
        let name = |name: &LocalName| (name.clone(), hash(name.as_str()));
        Secrets {
            passwords: self
                .desired
                .users
                .keys()
                .map(|address| (address.clone(), hash(address.as_str())))
                .collect(),
            masters: self.desired.mail.masters.keys().map(name).collect(),
            relays: self
                .desired
                .mail
                .relay
                .keys()
                .map(|domain| (domain.clone(), "se cret:1".into()))
                .collect(),
        }
    }
}
