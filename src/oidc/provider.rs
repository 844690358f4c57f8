//! The provider as a whole, and the desk at which one request is answered.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::{Error, Login, Realm};
use crate::audit::{Event, Person, Trail};
use crate::auth::session::Sessions;
use crate::clock::Clock;
use crate::model::{Issuer, UserId};
use crate::outbound::Outbound;
use crate::seal::Identity;
use crate::snapshot::Snapshot;
use crate::store::Store;

/// What the provider is made of.
#[derive(Clone)]
pub struct Parts {
    /// Who it is. It never changes while the server runs.
    pub issuer: Issuer,
    /// What opens signing keys and sealed claims.
    pub identity: Arc<Identity>,
    /// What it remembers.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Where it tells what happened.
    pub audit: Trail,
    /// How it reaches apps.
    pub outbound: Outbound,
}

/// The provider: one for the life of the server.
pub struct Provider {
    pub(super) parts: Parts,
    /// That there are apps to be told of a logout.
    pub(super) notices: Notify,
    /// The revision that was asked about last, ready. There is one in force, and others only while old requests end.
    ready: RwLock<Option<(Arc<Snapshot>, Arc<Realm>)>>,
}

/// Where one request is answered: on one revision, for one caller.
pub struct Desk<'p> {
    pub(super) provider: &'p Provider,
    /// The revision.
    pub realm: Arc<Realm>,
    from: Option<IpAddr>,
}

impl Provider {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            notices: Notify::new(),
            ready: RwLock::new(None),
        }
    }

    /// A desk for a request from the address `from`, on `snapshot`.
    #[must_use]
    pub fn desk(&self, snapshot: &Arc<Snapshot>, from: Option<IpAddr>) -> Desk<'_> {
        Desk {
            provider: self,
            realm: self.realm(snapshot),
            from,
        }
    }

    /// `snapshot`, ready. Whoever puts one in force may call this first, so that no request has to wait for it.
    #[must_use]
    pub fn realm(&self, snapshot: &Arc<Snapshot>) -> Arc<Realm> {
        let is_it = |ready: &Option<(Arc<Snapshot>, Arc<Realm>)>| {
            let (of, realm) = ready.as_ref()?;
            Arc::ptr_eq(of, snapshot).then(|| Arc::clone(realm))
        };
        if let Some(realm) = is_it(&self.ready.read().unwrap_or_else(PoisonError::into_inner)) {
            return realm;
        }
        // Made under the lock: the others would only make the same.
        let mut ready = self.ready.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(realm) = is_it(&ready) {
            return realm;
        }
        let (issuer, identity) = (self.parts.issuer.clone(), Arc::clone(&self.parts.identity));
        let realm = Realm::new(snapshot, issuer, identity, self.parts.clock.clone());
        for kid in &realm.shut {
            tracing::error!(%kid, "a signing key cannot be opened with the identity of this host");
        }
        let realm = Arc::new(realm);
        *ready = Some((Arc::clone(snapshot), Arc::clone(&realm)));
        realm
    }
}

impl Desk<'_> {
    pub(super) fn store(&self) -> &Store {
        &self.provider.parts.store
    }

    pub(super) fn now(&self) -> Timestamp {
        self.provider.parts.clock.now()
    }

    pub(super) fn sessions(&self) -> Sessions {
        let parts = &self.provider.parts;
        Sessions::new(parts.store.clone(), parts.clock.clone())
    }

    /// Whether the session still goes on.
    pub(super) async fn is_signed_in(&self, login: &Login) -> Result<bool, Error> {
        let Ok(user) = UserId::parse(&login.user) else {
            return Ok(false);
        };
        let life = self.realm.desired.policy.session;
        Ok(self.sessions().is_alive(&user, &login.session, life).await?)
    }

    /// The same, for what counts as a use of the session.
    pub(super) async fn goes_on(&self, login: &Login) -> Result<bool, Error> {
        let Ok(user) = UserId::parse(&login.user) else {
            return Ok(false);
        };
        let life = self.realm.desired.policy.session;
        Ok(self.sessions().keep_alive(&user, &login.session, life).await?)
    }

    /// Tells what happened.
    pub(super) fn record(&self, event: Option<Event<'_>>) {
        if let Some(event) = event {
            self.provider.parts.audit.record(self.from, &event);
        }
    }

    /// The person of that id, for an audit line.
    pub(super) fn person(&self, id: &str) -> Option<Person<'_>> {
        self.realm.user(id).map(Person::from)
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider")
            .field("issuer", &self.parts.issuer)
            .finish_non_exhaustive()
    }
}
