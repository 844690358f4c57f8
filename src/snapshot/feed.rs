//! The snapshot in force, for everybody who reads it while it may change.
//!
//! One [`Publisher`] puts a snapshot in force; any number of [`SnapshotFeed`]s see it. A reader takes the current one at the
//! start of its work and keeps it to the end, so that one request never sees two revisions.
//!
//! ```no_run
//! # async fn example(snapshot: dockspace::snapshot::Snapshot) {
//! use dockspace::snapshot::SnapshotFeed;
//!
//! let mut feed = SnapshotFeed::fixed(snapshot);
//! let people = feed.current().desired.users.len();
//! while let Some(next) = feed.changed().await {
//!     println!("{people} people before, {} now", next.desired.users.len());
//! }
//! # }
//! ```

use std::sync::Arc;

use tokio::sync::watch;

use super::Snapshot;

/// A view of the snapshot in force. Cloning is cheap; a clone has seen what its original has seen.
#[derive(Clone, Debug)]
pub struct SnapshotFeed(watch::Receiver<Arc<Snapshot>>);

/// What puts snapshots in force. There is one per process.
#[derive(Debug)]
pub struct Publisher(watch::Sender<Arc<Snapshot>>);

impl SnapshotFeed {
    /// A feed that begins with `first`, and what changes it.
    #[must_use]
    pub fn new(first: Snapshot) -> (Publisher, Self) {
        let (sender, receiver) = watch::channel(Arc::new(first));
        (Publisher(sender), Self(receiver))
    }

    /// A feed that never changes.
    #[must_use]
    pub fn fixed(snapshot: Snapshot) -> Self {
        Self::new(snapshot).1
    }

    /// The snapshot in force now.
    #[must_use]
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.borrow())
    }

    /// Waits for a snapshot that this feed has not waited for before, and gives the newest; those between are skipped.
    /// `None` when no further one can come.
    pub async fn changed(&mut self) -> Option<Arc<Snapshot>> {
        self.0.changed().await.ok()?;
        Some(Arc::clone(&self.0.borrow_and_update()))
    }
}

impl Publisher {
    /// Puts `snapshot` in force for every feed.
    pub fn publish(&self, snapshot: Snapshot) {
        self.0.send_replace(Arc::new(snapshot));
    }

    /// A further feed, which has seen the current snapshot.
    #[must_use]
    pub fn feed(&self) -> SnapshotFeed {
        SnapshotFeed(self.0.subscribe())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::testing, snapshot::Source};

    fn named(name: &str) -> Snapshot {
        let mut desired = testing::organisation();
        desired.organisation.name = name.to_owned();
        Snapshot {
            source: Source::WorkTree,
            desired: Arc::new(desired),
        }
    }

    fn name(snapshot: &Snapshot) -> &str {
        &snapshot.desired.organisation.name
    }

    #[tokio::test]
    async fn a_reader_waits_for_the_newest() {
        let (publisher, mut feed) = SnapshotFeed::new(named("first"));
        let kept = feed.current();
        publisher.publish(named("second"));
        publisher.publish(named("third"));
        assert_eq!(name(&feed.changed().await.unwrap()), "third");
        assert_eq!(name(&feed.current()), "third");
        assert_eq!(name(&kept), "first", "what is in use does not change");
    }

    #[tokio::test]
    async fn each_reader_waits_for_itself() {
        let (publisher, mut one) = SnapshotFeed::new(named("first"));
        let mut two = one.clone();
        publisher.publish(named("second"));
        assert!(one.changed().await.is_some());
        assert!(two.changed().await.is_some());
        assert_eq!(name(&publisher.feed().current()), "second");
    }

    #[tokio::test]
    async fn nothing_is_waited_for_that_cannot_come() {
        let mut feed = SnapshotFeed::fixed(named("only"));
        assert!(feed.changed().await.is_none());
        assert_eq!(name(&feed.current()), "only");
    }
}
