//! Guards as JSON.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fact::SubjectView;
use crate::model::guard::{Found, Guard, Loss};

/// Something to look at twice.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct GuardView<'a> {
    /// The word of the guard: `empty`, `recipients`, `admins`, `privileged-credential`, `issuer`, `removals`, `domains`, `id`,
    /// `protected`, `redirect`, `vanished` or `policy`.
    code: Cow<'a, str>,
    /// What it is, in a few words.
    title: Cow<'a, str>,
    /// What may acknowledge it: `never` nothing, `administrator` only an administrator for this very plan, `merge` also whoever
    /// merges.
    acknowledgement: Cow<'a, str>,
    /// How many things it found.
    count: usize,
    /// What it found.
    found: Vec<FoundView<'a>>,
    /// Of `removals`: the collections that lose too much.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    losses: Vec<LossView<'a>>,
}

/// One thing that a guard found.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FoundView<'a> {
    /// What it is about.
    subject: SubjectView<'a>,
    /// What happens to it.
    what: Cow<'a, str>,
    /// The value or field in question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<Cow<'a, str>>,
    /// The fact it rests on: its index in `facts`.
    fact: usize,
}

/// A collection that loses too much.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LossView<'a> {
    /// The kind of thing.
    kind: Cow<'a, str>,
    /// How many go.
    gone: usize,
    /// Of how many.
    of: usize,
    /// How many may go at once.
    limit: usize,
}

impl<'a> GuardView<'a> {
    pub(super) fn new(guard: &'a Guard) -> Self {
        Self {
            code: guard.code.as_str().into(),
            title: guard.code.rule().title.into(),
            acknowledgement: guard.code.acknowledgement().as_str().into(),
            count: guard.found.len(),
            found: guard.found.iter().map(FoundView::new).collect(),
            losses: guard.losses.iter().map(LossView::new).collect(),
        }
    }
}

impl<'a> FoundView<'a> {
    fn new(found: &'a Found) -> Self {
        Self {
            subject: SubjectView::new(&found.subject),
            what: found.what.into(),
            item: found.item.as_deref().map(Cow::from),
            fact: found.fact,
        }
    }
}

impl LossView<'_> {
    fn new(loss: &Loss) -> Self {
        let Loss { kind, gone, of, limit } = *loss;
        Self {
            kind: kind.into(),
            gone,
            of,
            limit,
        }
    }
}
