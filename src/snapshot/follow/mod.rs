//! Follows the organisation repository and decides which revision is in force.
//!
//! A new head comes in force when it loads without errors and descends from the revision in force before. Otherwise that one
//! stays, and the [`Status`] says what is wrong: a bad commit takes nothing down and opens nothing up. What is in force is
//! written in the store and in the mirror, each by compare-and-swap, so that replicas agree and a restart with a bad head comes
//! back on the last good one. What the mail server could not take doesn't count here: it holds back that target alone, since a
//! lost mail host must not stop a suspension.
//!
//! ```no_run
//! # async fn example(mirror: dockspace::repo::Mirror, store: dockspace::store::Store) -> Result<(), dockspace::snapshot::StartError> {
//! use std::time::Duration;
//! use dockspace::{clock::Clock, snapshot::Follower};
//!
//! let follower = Follower::start(mirror, store, Clock::system()).await?;
//! let (feed, status) = (follower.feed(), follower.status());
//! tokio::spawn(follower.run(Duration::from_secs(30)));
//! assert_eq!(status.current().trouble, None);
//! # Ok(())
//! # }
//! ```

mod judge;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use self::judge::{Judge, Verdict};
use super::feed::{Feed, Publisher, SnapshotFeed};
use super::{Pictures, Snapshot};
use crate::clock::Clock;
use crate::repo::{Mirror, Revision, Watch};
use crate::store::Store;

/// How following goes.
pub type StatusFeed = Feed<Status>;

/// What is in force, what the branch says, and what is between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The revision in force.
    pub in_force: Revision,
    /// Where the branch stood when it was last fetched.
    pub head: Option<Revision>,
    /// Why they differ, or why nobody knows; `None` when all is well.
    pub trouble: Option<Trouble>,
    /// Since when the three above have been so.
    pub since: Timestamp,
}

/// Why the head of the branch is not in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The repository can't be fetched: what git said.
    Unreachable(String),
    /// The revision has errors: their number, and the worst as `path: message`.
    Invalid {
        /// The revision.
        revision: Revision,
        /// How many errors.
        errors: usize,
        /// The worst, at most a few.
        worst: Vec<String>,
    },
    /// The revision doesn't descend from the one in force: history was rewritten.
    Rewritten(Revision),
    /// The store says that another revision is in force, which the repository doesn't have.
    Unknown(String),
    /// The store or the mirror failed.
    Failed(String),
}

/// Why nothing can be in force at all.
#[derive(Debug, thiserror::Error)]
#[error("no revision can be in force: {0}")]
pub struct StartError(pub Trouble);

/// The one who follows.
pub struct Follower {
    judge: Judge,
    clock: Clock,
    snapshots: Publisher<Snapshot>,
    status: Publisher<Status>,
    watch: Option<Watch>,
}

impl Follower {
    /// Fetches, and puts the first revision in force: the head if it may be, else the one that was before.
    ///
    /// # Errors
    /// [`StartError`] when there is neither.
    pub async fn start(mirror: Mirror, store: Store, clock: Clock) -> Result<Self, StartError> {
        let judge = Judge::new(mirror, store, clock.clone());
        // Watched first: what moves while we look wakes us again.
        let watch = judge.mirror().watch().await.ok().flatten();
        let Verdict {
            snapshot,
            head,
            trouble,
        } = judge.look(None).await;
        let Some((snapshot, in_force)) = snapshot else {
            return Err(StartError(
                trouble.unwrap_or_else(|| Trouble::Failed("the branch has no commit".into())),
            ));
        };
        let status = Status {
            in_force,
            head,
            trouble,
            since: clock.now(),
        };
        Ok(Self {
            judge,
            clock,
            snapshots: Feed::new(snapshot).0,
            status: Feed::new(status).0,
            watch,
        })
    }

    /// The snapshot in force, from now on.
    #[must_use]
    pub fn feed(&self) -> SnapshotFeed {
        self.snapshots.feed()
    }

    /// The pictures of the repository that is followed.
    #[must_use]
    pub fn pictures(&self) -> Pictures {
        Pictures::of(self.judge.mirror().clone())
    }

    /// How following goes, from now on.
    #[must_use]
    pub fn status(&self) -> StatusFeed {
        self.status.feed()
    }

    /// Follows for ever: looks when the watch says so, and every `poll` anyway.
    pub async fn run(mut self, poll: Duration) {
        loop {
            let woken = tokio::time::timeout(poll, moved(self.watch.as_ref())).await.is_ok();
            let found_new = self.look().await;
            // A watch that missed something watches a folder that isn't there any more, or isn't one that tells.
            if !woken && (found_new || self.watch.is_none()) {
                self.watch = self.judge.mirror().watch().await.ok().flatten();
            }
        }
    }

    /// Looks once; whether the branch has moved.
    async fn look(&self) -> bool {
        let before = self.status.feed().current();
        let Verdict {
            snapshot,
            head,
            trouble,
        } = self.judge.look(Some(&before.in_force)).await;
        let in_force = match snapshot {
            Some((snapshot, revision)) => {
                self.snapshots.publish(snapshot);
                revision
            }
            None => before.in_force.clone(),
        };
        let found_new = head != before.head;
        let after = Status {
            in_force,
            head,
            trouble,
            since: before.since,
        };
        if after != *before {
            self.status.publish(Status {
                since: self.clock.now(),
                ..after
            });
        }
        found_new
    }
}

/// Waits for the watch; for ever when there is none.
async fn moved(watch: Option<&Watch>) {
    match watch {
        Some(watch) => watch.moved().await,
        None => std::future::pending().await,
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(said) => write!(f, "the repository cannot be fetched: {said}"),
            Self::Invalid {
                revision,
                errors,
                worst,
            } => {
                write!(
                    f,
                    "revision {revision} has {errors} error{}",
                    if *errors == 1 { "" } else { "s" }
                )?;
                worst.iter().try_for_each(|problem| write!(f, "; {problem}"))
            }
            Self::Rewritten(revision) => write!(
                f,
                "history was rewritten: revision {revision} does not descend from the one in force"
            ),
            Self::Unknown(id) => write!(
                f,
                "the store says that {id} is in force, which the repository does not have"
            ),
            Self::Failed(said) => f.write_str(said),
        }
    }
}

impl Trouble {
    /// All that [`Trouble::code`] may be.
    pub const CODES: [&'static str; 5] = ["unreachable", "invalid", "rewritten", "unknown", "failed"];

    /// One word for metrics and machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Invalid { .. } => "invalid",
            Self::Rewritten(_) => "rewritten",
            Self::Unknown(_) => "unknown",
            Self::Failed(_) => "failed",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => {
                "`remote` of the host file names the repository; try `git ls-remote` with it on this host, as this user"
            }
            Self::Invalid { .. } => "run `dockspace check` in a clone, and commit a correction",
            Self::Rewritten(_) => "push the branch so that it contains the revision in force again",
            Self::Unknown(_) => "push that revision again, or start with the store that belongs to this repository",
            Self::Failed(_) => "look at the disk, the database and the state directory",
        }
    }
}
