//! The organisation as pages: who is who, who may sign in where and why, where mail goes.
//!
//! Pure: a loaded revision in, pages out; who writes them is [`crate::target`]. A page is a function of a small view, which
//! stands beside it in `pages`; no template sees the organisation itself, so no secret, hash or sealed value can reach one. A
//! page whose view is the same as last time is the same page, which is what makes building incremental: see [`Changes`].
//!
//! What lists say about people is a [`Row`] each. Rows are kept from build to build, so that one changed person means that one
//! file of the repository is read.
//!
//! ```
//! use dockspace::site::Page;
//!
//! assert_eq!(Page::People(None).path(), "internal/people.html");
//! ```

mod build;
mod drawing;
mod finding;
mod history;
mod page;
mod pages;
mod people;
mod record;
mod search;

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

pub use build::{Change, Changes, RenderError, Renderer};
pub use finding::Finding;
pub use history::{Commit, History};
pub use page::{Letter, Page};
pub use people::{People, Row};
pub use record::{Record, RecordError};

use crate::mailserver::Routing;
use crate::model::access::Standing;
use crate::model::{Address, AliasTarget, Desired};
use crate::plan::Plan;

/// What a site is made of.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// The organisation.
    pub desired: &'a Desired,
    /// Which of its users it holds.
    pub held: Held,
    /// Everybody.
    pub people: &'a People,
    /// The commit; `None` for a work tree with changes that aren't committed.
    pub commit: Option<&'a str>,
    /// The commits behind it.
    pub history: &'a History,
    /// The warnings about it.
    pub findings: &'a [Finding],
    /// The change to preview: then every page shows what would be.
    pub preview: Option<Preview<'a>>,
}

/// A change, to be looked at before it is made.
#[derive(Clone, Copy)]
pub struct Preview<'a> {
    /// The plan that leads to this revision.
    pub plan: &'a Plan,
}

/// Which users an organisation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// All of them.
    Everybody,
    /// Those who differ from what stands, in nothing that mail routes or another person's page could show.
    Touched,
}

/// A revision, as pages look at it.
pub struct Site<'a> {
    /// Where it may hold only some people, whoever needs everybody asks [`Self::people`].
    desired: &'a Desired,
    held: Held,
    people: &'a People,
    commit: Option<&'a str>,
    history: &'a History,
    findings: &'a [Finding],
    preview: Option<Preview<'a>>,
    by_name: Vec<&'a Row>,
    members: BTreeMap<&'a str, Vec<&'a Row>>,
    standings: Vec<(Standing<'a>, Vec<&'a Row>)>,
    /// The shared aliases that have an address, or a group, among their targets.
    led: HashMap<&'a AliasTarget, Vec<&'a Address>>,
    routing: OnceCell<Routing<'a>>,
}

impl<'a> Site<'a> {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts<'a>) -> Self {
        let Parts {
            desired,
            held,
            people,
            commit,
            history,
            findings,
            preview,
        } = parts;
        let by_name = people.by_name();
        let mut members: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        for row in &by_name {
            for group in row.groups.iter() {
                members.entry(group.as_str()).or_default().push(row);
            }
        }
        let mut led: HashMap<&AliasTarget, Vec<&Address>> = HashMap::new();
        for (address, alias) in &desired.aliases {
            for target in &alias.targets {
                led.entry(target).or_default().push(address);
            }
        }
        Self {
            desired,
            held,
            people,
            commit,
            history,
            findings,
            preview,
            standings: pages::access::standings(&by_name),
            by_name,
            members,
            led,
            routing: OnceCell::new(),
        }
    }

    /// The members of a group, by name.
    fn members(&self, group: &str) -> &[&'a Row] {
        self.members.get(group).map_or(&[], Vec::as_slice)
    }

    /// Where mail goes; only for an organisation that holds everybody.
    fn routing(&self) -> &Routing<'a> {
        self.routing.get_or_init(|| Routing::of(self.desired))
    }

    /// The shared aliases that lead to any of `targets`, step by step, by address.
    fn led_to(&self, targets: Vec<AliasTarget>) -> Vec<&'a Address> {
        let mut found: Vec<&'a Address> = Vec::new();
        let mut next = targets;
        while let Some(target) = next.pop() {
            for alias in self.led.get(&target).into_iter().flatten() {
                if !found.contains(alias) {
                    found.push(alias);
                    next.push(AliasTarget::Address((*alias).clone()));
                }
            }
        }
        found.sort_unstable();
        found
    }
}
