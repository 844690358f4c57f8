//! What a revision would do to what is in force: facts, file changes, effects and guards, as one value shown in several ways.
//!
//! Pure: a plan is computed from two loaded revisions and, where the host's identity is at hand, from the rendered and the live
//! files. It writes nothing and decides nothing. `apply` acts on the same value that a reviewer read.
//!
//! Facts come first because they are the same everywhere: [`Plan::id`] is computed from them alone, so the plan of a pull
//! request and the plan on the host have one name. Files and effects follow from the facts and the host.
//!
//! ```text
//! let plan = Plan::new(Some(Revision { version: &base, desired: &in_force }), Revision { .. }, files, Sessions::Dropped);
//! print!("{}", text::plain(&plan, &lines));
//! ```

pub mod effects;
pub mod files;
mod id;
pub mod json;
pub mod markdown;
mod phrase;
pub mod saved;
pub mod text;
pub mod told;
mod visible;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

pub use effects::{Effect, Sessions};
pub use files::{Action, Entries, FileChange, Uptake};
pub use id::PlanId;

use crate::diagnostic::Place;
use crate::model::Desired;
use crate::model::change::{self, Fact, Side};
use crate::model::guard::{self, Guard};

/// What would change, and what that does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What stands now; `None` when nothing was ever applied.
    pub base: Option<Version>,
    /// What would stand.
    pub head: Version,
    /// What differs between the two.
    pub facts: Vec<Fact>,
    /// Which live files would change; `None`: not compared, because rendering them needs the host's identity.
    pub files: Option<Vec<FileChange>>,
    /// What comes with it.
    pub effects: Vec<Effect>,
    /// What of it somebody has to look at twice, the riskiest first.
    pub guards: Vec<Guard>,
}

/// A version of the repository's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// The commit, in hexadecimal; `None` for a work tree with changes that aren't committed.
    pub commit: Option<Box<str>>,
    /// git's ids of what stands in the root of the repository, by name.
    pub trees: BTreeMap<Utf8PathBuf, String>,
}

/// A version and what it says.
#[derive(Clone, Copy, Debug)]
pub struct Revision<'a> {
    /// Which.
    pub version: &'a Version,
    /// Its content.
    pub desired: &'a Desired,
}

/// Finds line and column of a place, both counted from 1: it needs the text of the file in that revision.
pub type Lines<'a> = &'a dyn Fn(Side, &Place) -> Option<(usize, usize)>;

impl Plan {
    /// Compares two revisions. Without a `base` everything is new.
    #[must_use]
    pub fn new(
        base: Option<Revision<'_>>,
        head: Revision<'_>,
        files: Option<Vec<FileChange>>,
        sessions: Sessions,
    ) -> Self {
        let before = base.map(|base| base.desired);
        let facts = change::facts(before, head.desired);
        let effects = effects::effects(before, head.desired, &facts, files.as_deref(), sessions);
        // What a change may do is what stood before it: it lifts no limit that it breaks.
        let limits = before.unwrap_or(head.desired).policy.guards;
        let guards = guard::guards(before, head.desired, &facts, &limits);
        Self {
            base: base.map(|base| base.version.clone()),
            head: head.version.clone(),
            facts,
            files,
            effects,
            guards,
        }
    }

    /// Whether applying it would do nothing. Files that weren't compared count as equal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.files.as_ref().is_none_or(Vec::is_empty)
    }

    /// The name of this change: the same for the same facts, wherever and whenever they are found.
    #[must_use]
    pub fn id(&self) -> PlanId {
        PlanId::of(&self.facts)
    }
}
