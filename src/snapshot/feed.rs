//! A value that may change, for everybody who reads it meanwhile: the snapshot in force, and how following goes.
//!
//! One [`Publisher`] changes it; any number of [`Feed`]s see it. A reader takes the current value at the start of its work and
//! keeps it to the end, so that one request never sees two revisions.
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

/// The snapshot in force.
pub type SnapshotFeed = Feed<Snapshot>;

/// A view of a value that may change. Cloning is cheap; a clone has seen what its original has seen.
#[derive(Debug)]
pub struct Feed<T>(watch::Receiver<Arc<T>>);

/// What changes the value. There is one for each.
#[derive(Debug)]
pub struct Publisher<T = Snapshot>(watch::Sender<Arc<T>>);

impl<T> Clone for Feed<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Feed<T> {
    /// A feed that begins with `first`, and what changes it.
    #[must_use]
    pub fn new(first: T) -> (Publisher<T>, Self) {
        let (sender, receiver) = watch::channel(Arc::new(first));
        (Publisher(sender), Self(receiver))
    }

    /// A feed that never changes.
    #[must_use]
    pub fn fixed(value: T) -> Self {
        Self::new(value).1
    }

    /// The value now.
    #[must_use]
    pub fn current(&self) -> Arc<T> {
        Arc::clone(&self.0.borrow())
    }

    /// Waits for a value that this feed has not waited for before, and gives the newest; those between are skipped. `None`
    /// when no further one can come.
    pub async fn changed(&mut self) -> Option<Arc<T>> {
        self.0.changed().await.ok()?;
        Some(Arc::clone(&self.0.borrow_and_update()))
    }
}

impl<T> Publisher<T> {
    /// Gives every feed another value.
    pub fn publish(&self, value: T) {
        self.0.send_replace(Arc::new(value));
    }

    /// A further feed, which has seen the current value.
    #[must_use]
    pub fn feed(&self) -> Feed<T> {
        Feed(self.0.subscribe())
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
