//! One person: addresses, groups, and each app with the rule that decides about it.

use serde::Serialize;

use super::super::Site;
use super::super::page::Name;
use crate::model::access::{SecondFactor, Standing};
use crate::model::{Address, AliasTarget, Claim, ClaimValue, Class, Client, State, User};

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    name: &'a str,
    address: &'a str,
    username: &'a str,
    kind: Option<&'static str>,
    state: Option<&'static str>,
    /// What the state means.
    meaning: Option<&'static str>,
    quota: Option<String>,
    protected: bool,
    expires: Option<String>,
    owners: Vec<Name<'a>>,
    aliases: Vec<&'a str>,
    /// Shared aliases that lead here, with the domain whose page tells how.
    shared: Vec<(&'a str, &'a str)>,
    forward: Vec<Name<'a>>,
    keep_copy: bool,
    groups: Vec<Group<'a>>,
    apps: Vec<App<'a>>,
    claims: Vec<(&'static str, &'a str)>,
    file: &'a str,
}

#[derive(Serialize)]
struct Group<'a> {
    name: &'a str,
    description: &'a str,
}

/// An app, and why it is open or closed.
#[derive(Serialize)]
struct App<'a> {
    id: &'a str,
    name: &'a str,
    allowed: bool,
    why: String,
    second_factor: Option<String>,
}

/// The claims that the site shows, when they stand in clear: who somebody is at work, and nothing about the private life.
const CLAIMS: [(Claim, &str); 7] = [
    (Claim::GivenName, "Given name"),
    (Claim::MiddleName, "Middle name"),
    (Claim::FamilyName, "Family name"),
    (Claim::Nickname, "Nickname"),
    (Claim::Website, "Website"),
    (Claim::Zoneinfo, "Time zone"),
    (Claim::Locale, "Language"),
];

pub(in crate::site) fn view<'a>(site: &Site<'a>, user: &'a User) -> View<'a> {
    let desired = site.desired;
    let standing = Standing::of(user);
    View {
        name: &user.name,
        address: user.address.as_str(),
        username: user.username.as_str(),
        kind: super::kind(standing.kind),
        state: super::state(user.state),
        meaning: meaning(user.state),
        quota: desired
            .quota(user)
            .filter(|_| user.has_service("mail"))
            .map(|quota| quota.to_string()),
        protected: user.protected,
        expires: match &user.class {
            Class::Test { expires } => Some(expires.to_string()),
            Class::Person | Class::Shared { .. } => None,
        },
        owners: match &user.class {
            Class::Shared { owners } => owners.iter().map(|owner| super::addressed(site, owner)).collect(),
            Class::Person | Class::Test { .. } => Vec::new(),
        },
        aliases: user.aliases.iter().map(Address::as_str).collect(),
        shared: shared(site, user),
        forward: user.forward.iter().map(|to| super::addressed(site, to)).collect(),
        keep_copy: user.keep_copy,
        groups: groups(site, user),
        apps: desired.clients.values().map(|client| app(site, user, client)).collect(),
        claims: claims(user),
        file: user.origin.path().as_str(),
    }
}

const fn meaning(state: State) -> Option<&'static str> {
    match state {
        State::Active => None,
        State::Locked => Some("Mail is delivered; no password and no sign-in is accepted."),
        State::Suspended => Some("As if the mailbox did not exist: mail is refused, and everything is kept."),
        State::Absent => Some("Gone; the file remains until it is purged."),
    }
}

/// The shared aliases that lead to the mailbox: by its addresses, or by a group.
fn shared<'a>(site: &Site<'a>, user: &'a User) -> Vec<(&'a str, &'a str)> {
    if !user.has_mailbox() {
        return Vec::new();
    }
    let own = std::iter::once(&user.address)
        .chain(&user.aliases)
        .cloned()
        .map(AliasTarget::Address);
    let targets = own.chain(user.groups.iter().cloned().map(AliasTarget::Group));
    let aliases = site.led_to(targets.collect()).into_iter();
    aliases.map(|address| (address.as_str(), address.domain())).collect()
}

fn groups<'a>(site: &Site<'a>, user: &'a User) -> Vec<Group<'a>> {
    let group = |name: &'a crate::model::GroupName| Group {
        name: name.as_str(),
        description: site.desired.groups.get(name).map_or("", |group| &group.description),
    };
    user.groups.iter().map(group).collect()
}

fn app<'a>(site: &Site<'a>, user: &'a User, client: &'a Client) -> App<'a> {
    let decision = Standing::of(user).decide(site.desired, client);
    App {
        id: client.id.as_str(),
        name: &client.name,
        allowed: decision.allowed,
        why: decision.rule.to_string(),
        second_factor: match decision.second_factor {
            SecondFactor::NotRequired => None,
            asked @ (SecondFactor::ByClient | SecondFactor::ByGroup(_)) => decision.allowed.then(|| asked.to_string()),
        },
    }
}

fn claims(user: &User) -> Vec<(&'static str, &str)> {
    let clear = |(claim, label): &(Claim, &'static str)| match user.profile.claims.get(claim)? {
        ClaimValue::Clear(text) => Some((*label, text.as_str())),
        ClaimValue::Sealed(_) => None,
    };
    CLAIMS.iter().filter_map(clear).collect()
}
