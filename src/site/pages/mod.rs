//! One file per page: the view that its template is filled in with, and how it is made.

pub(super) mod access;
pub(super) mod app;
pub(super) mod apps;
pub(super) mod findings;
pub(super) mod formats;
pub(super) mod group;
pub(super) mod groups;
pub(super) mod history;
pub(super) mod mail;
pub(super) mod overview;
pub(super) mod people;
pub(super) mod person;
pub(super) mod plan;
pub(super) mod setup;

use super::Site;
use super::page::Name;
use crate::model::access::Kind;
use crate::model::{Address, AnyOf, Client, ClientKind, GroupName, State};

/// The state as a word; the usual one goes without saying.
pub(super) const fn state(state: State) -> Option<&'static str> {
    match state {
        State::Active => None,
        State::Locked | State::Suspended | State::Absent => Some(state.as_str()),
    }
}

/// The kind as a word; the usual one goes without saying.
pub(super) const fn kind(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Person => None,
        Kind::Shared => Some("shared mailbox"),
        Kind::Test => Some("test user"),
    }
}

/// How an app proves to be the app, in words.
const fn kind_of_app(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Confidential => "OpenID Connect, with a secret",
        ClientKind::Public => "OpenID Connect, public",
        ClientKind::ForwardAuth => "web server that asks for each request",
    }
}

/// A person by address; an address that is nobody's stays one.
fn person<'a>(site: &Site<'a>, address: &'a Address) -> Name<'a> {
    match site.people.get(address) {
        Some(row) => Name {
            name: &row.name,
            address: row.address.as_str(),
        },
        None => Name {
            name: address.as_str(),
            address: "",
        },
    }
}

/// An address, which leads to a person if it is somebody's. Without the name: a page of one person must not change because
/// another goes by another name.
fn addressed<'a>(site: &Site<'a>, address: &'a Address) -> Name<'a> {
    let text = address.as_str();
    Name {
        name: text,
        address: if site.people.get(address).is_some() { text } else { "" },
    }
}

/// Who may sign in to an app, as its file says it.
#[derive(serde::Serialize)]
pub(super) struct Gate<'a> {
    everyone: bool,
    any: Vec<&'a str>,
    all: Vec<&'a str>,
    none: Vec<&'a str>,
}

impl<'a> Gate<'a> {
    fn of(client: &'a Client) -> Self {
        let names = |groups: &'a [GroupName]| groups.iter().map(GroupName::as_str).collect();
        Self {
            everyone: client.gate.any == AnyOf::Everyone,
            any: match &client.gate.any {
                AnyOf::Everyone => Vec::new(),
                AnyOf::Groups(groups) => names(groups),
            },
            all: names(&client.gate.all),
            none: names(&client.gate.none),
        }
    }
}
