//! Facts about users. A user is who has the id: the same id at a new address is a rename.

use std::collections::BTreeMap;

use super::collect::{Pair, Thing, added, changed, pairs, place, removed};
use super::{Change, Fact, Subject, sheet::Sheet};
use crate::diagnostic::Place;
use crate::digest;
use crate::model::{
    Address, Claim, ClaimValue, Class, Credentials, Desired, Origin, Password, Profile, State, User, UserId,
};

/// Adds the facts about all users, in the order of their addresses.
pub(super) fn users(before: Option<&Desired>, after: &Desired, facts: &mut Vec<Fact>) {
    let start = facts.len();
    let mut gone: BTreeMap<&UserId, &User> = BTreeMap::new();
    let mut come: Vec<&User> = Vec::new();
    for pair in pairs(before.map(|desired| &desired.users), &after.users) {
        match pair {
            Pair::Before(_, old) => {
                gone.insert(&old.id, old);
            }
            Pair::After(_, new) => come.push(new),
            Pair::Both(_, old, new) if old == new => {}
            Pair::Both(_, old, new) if old.id == new.id => changed(&subject(new), &**old, &**new, facts),
            Pair::Both(_, old, new) => {
                gone.insert(&old.id, old);
                come.push(new);
            }
        }
    }
    let come = renames(&mut gone, come, facts);
    rest(gone, come, facts);
    facts[start..].sort_by(|a, b| a.subject.cmp(&b.subject));
}

/// Takes those who have another address than before out of both sides; returns who is left of `come`.
fn renames<'a>(gone: &mut BTreeMap<&UserId, &User>, mut come: Vec<&'a User>, facts: &mut Vec<Fact>) -> Vec<&'a User> {
    come.retain(|new| {
        let Some(old) = gone.remove(&new.id) else { return true };
        facts.push(Fact {
            subject: subject(new),
            change: Change::Renamed {
                from: old.address.clone(),
            },
            place: new.place(None),
        });
        changed(&subject(new), old, new, facts);
        false
    });
    come
}

/// Whoever is left is new, or gone, or has another id at the same address.
fn rest(gone: BTreeMap<&UserId, &User>, come: Vec<&User>, facts: &mut Vec<Fact>) {
    let mut gone: BTreeMap<&Address, &User> = gone.into_values().map(|old| (&old.address, old)).collect();
    for new in come {
        match gone.remove(&new.address) {
            Some(old) => changed(&subject(new), old, new, facts),
            None => facts.push(added(subject(new), new)),
        }
    }
    facts.extend(gone.into_values().map(|old| removed(subject(old), old)));
}

fn subject(user: &User) -> Subject {
    Subject::User(user.address.clone())
}

impl Thing for User {
    fn describe(&self, to: &mut Sheet) {
        // The address is the subject, and where something stands is no fact about it.
        let Self {
            address: _,
            id,
            username,
            name,
            groups,
            aliases,
            forward,
            keep_copy,
            quota,
            class,
            state,
            services,
            protected,
            forge,
            dovecot,
            profile,
            credentials,
            origin: _,
        } = self;
        to.value("id", id);
        to.value("username", username);
        to.value("name", name);
        to.items("groups", groups);
        to.items("aliases", aliases);
        to.items("forward", forward);
        to.or_default("keep_copy", keep_copy, &false);
        to.optional("quota", quota.as_ref());
        describe_class(class, to);
        to.or_default("state", state, &State::Active);
        to.items("services", services);
        to.or_default("protected", protected, &false);
        to.optional("forge", forge.as_ref());
        to.items("dovecot", dovecot);
        describe_profile(profile, to);
        describe_credentials(credentials, to);
    }

    fn place(&self, field: Option<&str>) -> Place {
        place(self.origin_of(field.unwrap_or_default()), field)
    }
}

impl User {
    /// The file that has `field`.
    fn origin_of(&self, field: &str) -> &Origin {
        let table = field.split('.').next();
        let own = match table {
            Some("password" | "totp" | "recovery_codes" | "app_passwords") => &self.credentials.origin,
            _ if Claim::ALL.iter().any(|claim| claim.as_str() == field) => &self.profile.origin,
            _ => &self.origin,
        };
        if own.path() == "" { &self.origin } else { own }
    }
}

fn describe_class(class: &Class, to: &mut Sheet) {
    to.or_default("class", class, &Class::Person);
    match class {
        Class::Person => {}
        Class::Shared { owners } => to.items("owners", owners),
        Class::Test { expires } => to.value("expires", expires),
    }
}

fn describe_profile(profile: &Profile, to: &mut Sheet) {
    let Profile { claims, origin: _ } = profile;
    for (claim, value) in claims {
        match value {
            ClaimValue::Clear(text) => to.value(claim.as_str(), text),
            ClaimValue::Sealed(sealed) => to.sealed(claim.as_str(), Some(sealed)),
        }
    }
}

fn describe_credentials(credentials: &Credentials, to: &mut Sheet) {
    let Credentials {
        password,
        totp,
        recovery_codes,
        app_passwords,
        origin: _,
    } = credentials;
    match password {
        None => {}
        Some(Password::Sealed(sealed)) => to.sealed("password", Some(sealed)),
        Some(Password::Test(clear)) => to.hidden("password", digest::sha256(clear.expose().as_bytes())),
    }
    to.sealed("totp", totp.as_ref());
    to.sealed("recovery_codes", recovery_codes.as_ref());
    for (device, sealed) in app_passwords {
        to.sealed(format!("app_passwords.{device}"), Some(sealed));
    }
}
