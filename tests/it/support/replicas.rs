//! Two servers of one issuer on one PostgreSQL, as behind a balancer. The issuer is where the first one listens.

use std::iter;

use super::browser::Browser;
use super::host::{Host, Running};
use super::shared_postgres;

/// Two servers that run until they are dropped.
pub(crate) struct Replicas {
    /// The machines.
    pub(crate) hosts: [Host; 2],
    /// What runs on each.
    pub(crate) servers: [Running; 2],
    /// The URL of the database they share.
    pub(crate) database: String,
}

impl Replicas {
    /// Two servers of the example organisation, changed by `change`. They start at once, on an empty database.
    pub(crate) async fn start(change: impl FnOnce(&Host)) -> Self {
        let database = shared_postgres().database().await;
        let host = Host::with(&format!("store = {database:?}"));
        change(&host);
        let replica = host.replica();
        let servers = std::thread::scope(|scope| {
            let second = scope.spawn(|| replica.serve());
            [host.serve(), second.join().unwrap()]
        });
        Self {
            hosts: [host, replica],
            servers,
            database,
        }
    }

    /// Where both listen.
    pub(crate) fn doors(&self) -> [String; 2] {
        self.hosts.each_ref().map(Host::url)
    }

    /// A browser that has been nowhere, to be sent to either door.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.hosts[0].url())
    }

    /// One door after the other, for ever.
    pub(crate) fn alternately(&self) -> impl Iterator<Item = String> + use<> {
        let mut doors = self.doors().into_iter().cycle();
        iter::from_fn(move || doors.next())
    }
}
