//! One revision, made ready to answer with: keys opened, documents written, people found by id.
//!
//! It is made once per revision and shared by all requests that began under it, so a request never sees two revisions.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::Acr;
use super::claims::{Person, Wanted};
use super::discovery::{self, Document};
use super::id_token::HintReader;
use super::keys::ring::Keyring;
use crate::auth::people::{self, Directory};
use crate::clock::Clock;
use crate::model::access::{SecondFactor, Verdict};
use crate::model::{Client, ClientKind, Desired, Issuer, KeyId, User, UserId};
use crate::seal::Identity;
use crate::snapshot::{Snapshot, Source};

/// A revision, ready.
#[derive(Debug)]
pub struct Realm {
    /// The organisation.
    pub desired: Arc<Desired>,
    /// What stands in `iss`.
    pub issuer: Issuer,
    /// The keys.
    pub keyring: Keyring,
    /// `/.well-known/openid-configuration`.
    pub discovery: Document,
    /// The public keys.
    pub jwks: Document,
    /// Active keys that could not be opened.
    pub shut: Vec<KeyId>,
    hints: Option<HintReader>,
    identity: Arc<Identity>,
    clock: Clock,
    /// Its people.
    pub directory: Directory,
    people: RwLock<HashMap<UserId, Arc<Person>>>,
    updated_at: Option<i64>,
}

/// Another issuer than the one that the server began with, which stays until a restart: apps compare it byte for byte, so it
/// can't change under them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherIssuer {
    /// What stands in `iss` as long as the server runs.
    pub serving: Issuer,
    /// What the revision in force names, if it names one.
    pub named: Option<Issuer>,
}

impl OtherIssuer {
    /// One word for metrics and machines.
    pub const CODE: &'static str = "issuer";

    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self.named {
            Some(_) => "restart the server when the apps are ready for the new issuer, or take the change back",
            None => "write `[oidc] issuer` again: without it the server will not start",
        }
    }
}

impl fmt::Display for OtherIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.named {
            Some(named) => write!(f, "the revision in force names the issuer {}", named.as_str())?,
            None => f.write_str("the revision in force names no issuer")?,
        }
        write!(
            f,
            "; {} stays in force until the server is restarted",
            self.serving.as_str()
        )
    }
}

impl Realm {
    /// Makes `snapshot` ready. The issuer is the server's own: what the revision says of it takes a restart.
    #[must_use]
    pub fn new(snapshot: &Snapshot, issuer: Issuer, identity: Arc<Identity>, clock: Clock) -> Self {
        let desired = Arc::clone(&snapshot.desired);
        let (keyring, shut) = Keyring::open(&desired, &identity);
        Self {
            discovery: Document::new(&discovery::document(&issuer, &keyring.algs())),
            jwks: Document::new(&keyring.jwks()),
            hints: HintReader::new(&issuer, &keyring),
            directory: Directory::new(Arc::clone(&desired)),
            people: RwLock::default(),
            updated_at: match &snapshot.source {
                Source::Revision(revision) => Some(revision.time.as_second()),
                Source::WorkTree => None,
            },
            desired,
            issuer,
            keyring,
            shut,
            identity,
            clock,
        }
    }

    /// What the revision says of the issuer, where it isn't what we began with: it takes a restart.
    #[must_use]
    pub fn other_issuer(&self) -> Option<OtherIssuer> {
        let named = &self.desired.issuer;
        (named.as_ref() != Some(&self.issuer)).then(|| OtherIssuer {
            serving: self.issuer.clone(),
            named: named.clone(),
        })
    }

    /// The person of that id.
    #[must_use]
    pub fn user(&self, id: &str) -> Option<&User> {
        self.directory.by_id(id)
    }

    /// The app of that id that people sign in to with OpenID Connect.
    #[must_use]
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.app(id).filter(|client| client.kind != ClientKind::ForwardAuth)
    }

    /// The app of that id, be it one behind forward-auth.
    #[must_use]
    pub fn app(&self, id: &str) -> Option<&Client> {
        self.desired.clients.get(id)
    }

    /// Whether `user` may use `client` today, and why.
    #[must_use]
    pub fn access<'a>(&'a self, user: &'a User, client: &'a Client) -> Verdict<'a> {
        people::access(&self.desired, user, client, &self.clock)
    }

    /// Whether `user` may use `client` today, signed in as well as `reached`.
    #[must_use]
    pub fn admits(&self, user: &User, client: &Client, reached: Acr) -> bool {
        let verdict = self.access(user, client);
        verdict.allowed && (verdict.second_factor == SecondFactor::NotRequired || reached >= Acr::SecondFactor)
    }

    /// Who and what an `id_token_hint` is about; `None` when it is not ours.
    #[must_use]
    pub fn hint(&self, text: &str) -> Option<super::id_token::Hint> {
        self.hints.as_ref()?.read(text)
    }

    /// Puts the wanted claims of `user` into `into`.
    pub fn claims(&self, user: &User, wanted: Wanted<'_>, into: &mut serde_json::Map<String, serde_json::Value>) {
        self.person(user).write(wanted, user, &self.identity, into);
    }

    fn person(&self, user: &User) -> Arc<Person> {
        let known = self
            .people
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&user.id)
            .cloned();
        known.unwrap_or_else(|| {
            let person = Arc::new(Person::new(user, &self.issuer, self.updated_at));
            let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(people.entry(user.id.clone()).or_insert(person))
        })
    }
}
