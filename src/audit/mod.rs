//! What happened, and who did it: one line for everything worth one.
//!
//! An [`Event`] is one of a closed set, and its fields are names, ids and words of fixed lists. None is free text, so neither a
//! password typed into the wrong field nor a token can end up in a line. A [`Trail`] is where events go; today that is the log,
//! under the target [`TARGET`], and it is the one place to change when they go to a table too. What is done to the
//! organisation itself is not told here: that stands in git.
//!
//! ```
//! use dockspace::audit::{Event, Factors, Person, Trail};
//! use dockspace::model::UserId;
//!
//! let (trail, kept) = Trail::kept();
//! let alice = UserId::parse("alice-1")?;
//! trail.record(Some([192, 0, 2, 7].into()), &Event::SignedIn { user: Person::from(&alice), factors: Factors::Password });
//! assert_eq!(
//!     kept.lines(),
//!     [r#"{"event":"signed_in","severity":"info","from":"192.0.2.7","user_id":"alice-1","why":"password"}"#]
//! );
//! # Ok::<(), dockspace::model::NameError>(())
//! ```

mod event;
mod line;
mod why;

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::telemetry::EVENTS;

pub use event::{Commit, Event, Person};
pub use line::Severity;
pub use why::{
    ClientRefusal, EndReason, Factors, GrantRefusal, MailRefusal, RevisionRefusal, SignInRefusal, SignOutScope,
    ThrottledBy, TokenGrant,
};

use line::Line;

/// The target of audit lines in the log. They are to be written whatever the level of the log is.
pub const TARGET: &str = "dockspace::audit";

/// Where events go. Clones share it.
#[derive(Clone, Debug)]
pub struct Trail(Sink);

#[derive(Clone, Debug)]
enum Sink {
    Log,
    Kept(Kept),
}

/// The lines that a [`Trail::kept`] was given.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<Mutex<Vec<String>>>);

impl Kept {
    /// All lines so far, oldest first.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Trail {
    /// Into the log.
    #[must_use]
    pub const fn log() -> Self {
        Self(Sink::Log)
    }

    /// Into memory, for tests.
    #[must_use]
    pub fn kept() -> (Self, Kept) {
        let kept = Kept::default();
        (Self(Sink::Kept(kept.clone())), kept)
    }

    /// Writes one line. `from` is the address of whoever asked, as the listed proxies give it; none when the server acted by
    /// itself.
    pub fn record(&self, from: Option<IpAddr>, event: &Event<'_>) {
        metrics::counter!(EVENTS, "event" => event.name()).increment(1);
        let line = Line::of(from, event);
        match &self.0 {
            Sink::Log => line.log(),
            Sink::Kept(kept) => kept
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line.to_json()),
        }
    }
}
