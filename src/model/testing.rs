//! Small organisations for tests: valid values to start from, changed by plain assignment.
//!
//! ```text
//! let mut desired = testing::organisation();
//! testing::add(&mut desired, testing::user("alice@example.org"));
//! ```

use std::collections::BTreeMap;

use super::{
    Address, Alias, AliasTarget, AnyOf, Class, Client, ClientAuth, ClientId, ClientKind, Consent, Credentials, Desired,
    Domain, DomainSettings, Gate, Grant, Group, GroupName, Mail, Organisation, Origin, Pkce, Policy, Profile, Refresh,
    Service, Set, SigningAlg, State, User, UserId, UserName,
};
use crate::diagnostic::{Place, Span};
use crate::seal::Sealed;

/// An organisation with the domain `example.org` and nothing in it.
pub(crate) fn organisation() -> Desired {
    Desired {
        organisation: Organisation {
            name: "Example".into(),
            admin_group: group_name("admins"),
        },
        domains: BTreeMap::from([(domain("example.org"), DomainSettings::default())]),
        targets: BTreeMap::new(),
        recipients: Vec::new(),
        issuer: None,
        signers: Vec::new(),
        policy: Policy::default(),
        quota_classes: BTreeMap::new(),
        quota_shares: BTreeMap::new(),
        users: BTreeMap::new(),
        groups: BTreeMap::new(),
        aliases: BTreeMap::new(),
        catch_alls: BTreeMap::new(),
        mail: Mail::default(),
        clients: BTreeMap::new(),
        keys: BTreeMap::new(),
        retired: Vec::new(),
        origin: Origin::new("dockspace.toml".into(), Vec::new()),
    }
}

/// An active person; id, username and name are made from the address.
pub(crate) fn user(address: &str) -> User {
    let address = mailbox(address);
    let path = format!("users/{}/{}.toml", address.domain(), address.local());
    User {
        id: UserId::parse(&format!("id-{}", address.as_str().replace('@', "-"))).unwrap(),
        username: UserName::parse(&format!("{}.{}", address.local(), address.domain())).unwrap(),
        name: address.local().to_uppercase(),
        groups: Set::new(),
        aliases: Vec::new(),
        forward: Vec::new(),
        keep_copy: false,
        quota: None,
        class: Class::Person,
        state: State::Active,
        services: services(&["mail", "login"]),
        protected: false,
        forge: None,
        dovecot: Vec::new(),
        profile: Profile::default(),
        credentials: Credentials::default(),
        origin: Origin::new(path.as_str().into(), Vec::new()),
        address,
    }
}

/// Puts a user in, over whoever has the address.
pub(crate) fn add(desired: &mut Desired, user: impl Into<Box<User>>) {
    let user = user.into();
    desired.users.insert(user.address.clone(), user);
}

/// A group without requirements.
pub(crate) fn group(name: &str) -> Group {
    Group {
        name: group_name(name),
        description: String::new(),
        owners: Vec::new(),
        require_totp: false,
        origin: Origin::new(format!("groups/{name}.toml").as_str().into(), Vec::new()),
    }
}

/// A confidential client that nobody may sign in to.
pub(crate) fn client(id: &str) -> Client {
    Client {
        id: ClientId::parse(id).unwrap(),
        name: id.to_uppercase(),
        kind: ClientKind::Confidential,
        auth: vec![ClientAuth::SecretBasic],
        secret_sha256: Vec::new(),
        redirect_uris: vec![format!("https://{id}.example.org/callback")],
        post_logout_redirect_uris: Vec::new(),
        backchannel_logout_uri: None,
        gate: Gate {
            any: AnyOf::default(),
            ..Gate::default()
        },
        require_totp: false,
        consent: Consent::Remember,
        pkce: Pkce::Required,
        grants: vec![Grant::AuthorizationCode],
        refresh: Refresh::OfflineAccess,
        scopes: vec!["openid".into()],
        id_token_alg: SigningAlg::Rs256,
        id_token_claims: Vec::new(),
        introspect: false,
        audiences: Vec::new(),
        hosts: Vec::new(),
        launch_url: None,
        origin: Origin::new(format!("clients/{id}.toml").as_str().into(), Vec::new()),
    }
}

/// An alias that goes to these mailboxes.
pub(crate) fn alias(to: &[&str]) -> Alias {
    Alias {
        targets: to.iter().map(|to| AliasTarget::Address(mailbox(to))).collect(),
        place: place("aliases/example.org.toml"),
    }
}

/// The start of a file.
pub(crate) fn place(path: &str) -> Place {
    Place {
        path: path.into(),
        span: Span::default(),
    }
}

/// A well-formed sealed value that nobody can open; another `n`, another value.
pub(crate) fn sealed(n: u64) -> Sealed {
    Sealed::parse(&format!("age:1:{n}:YWdlLWVuY3J5cHRpb24ub3JnL3YxAAAA")).unwrap()
}

/// Any day.
pub(crate) fn date() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 30)
}

pub(crate) fn mailbox(address: &str) -> Address {
    Address::mailbox(address).unwrap()
}

pub(crate) fn domain(name: &str) -> Domain {
    Domain::parse(name).unwrap()
}

pub(crate) fn group_name(name: &str) -> GroupName {
    GroupName::parse(name).unwrap()
}

pub(crate) fn services(names: &[&str]) -> Set<Service> {
    names.iter().map(|name| Service::parse(name).unwrap()).collect()
}
