//! Makes the files of a live directory equal to what a plan says: atomically, and only where they are still what the plan saw.
//!
//! It knows paths, bytes and rights, and nothing of what the files mean. It doesn't decide what to write, nor does it log in to
//! see whether the result works.
//!
//! ```no_run
//! use std::collections::BTreeSet;
//!
//! use dockspace::apply::{Lock, Place, Seen, Swap, host_key};
//! use dockspace::clock::Clock;
//! use dockspace::fileset::FileSet;
//! use dockspace::record::Record;
//!
//! let lock = Lock::take(Place::inside("/srv/mail/config"))?;
//! let key = host_key("/var/lib/dockspace/targets/mail".into())?;
//! let mut changed = FileSet::new();
//! changed.insert("postfix-virtual.cf", b"al@example.org alice@example.org\n".to_vec(), 0o644);
//! let swap = Swap {
//!     changed: &changed,
//!     owned: &BTreeSet::from(["postfix-virtual.cf".into()]),
//!     seen: &Seen::from([("postfix-virtual.cf".into(), None)]),
//!     key: &key,
//!     record: &Record::new("1b2c3d4e", &key, &changed),
//!     reader: None,
//! };
//! swap.run(&lock, &Clock::system())?;
//! # Ok::<(), dockspace::apply::ApplyError>(())
//! ```

mod error;
mod exchange;
mod host_key;
mod live;
mod lock;
mod reader_lock;
mod stage;
mod swap;

#[cfg(test)]
mod tests;

pub use error::{ApplyError, Hazard, Holder};
pub use host_key::host_key;
pub use lock::{Lock, Place, WORK};
pub use reader_lock::ReaderLock;
pub use swap::{Seen, Swap};
