//! A plan as JSON, `dockspace.plan/1`, for other programs and for keeping.
//!
//! The structs here are the format: keys may be added, none changes its meaning. The keys of a fact are written in alphabetical
//! order, because [`super::PlanId`] is a digest of them. A secret appears as the digest of its ciphertext or not at all.

mod fact;
mod guard;
mod outcome;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Lines, Plan, Version};
pub(super) use fact::FactView;
use guard::GuardView;
use outcome::{EffectView, FileView};

/// The name of the format.
pub const FORMAT: &str = "dockspace.plan/1";

/// Writes a plan as one JSON document.
///
/// # Errors
/// What `to` says.
pub fn write(plan: &Plan, lines: Lines<'_>, to: impl std::io::Write) -> serde_json::Result<()> {
    serde_json::to_writer_pretty(to, &Document::new(plan, lines))
}

/// The JSON Schema of the format. It allows further keys everywhere, as the format does; only reading a saved plan is strict.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Document<'static>).to_value();
    allow_more(&mut schema);
    schema
}

fn allow_more(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(keys) => {
            if keys.get("additionalProperties") == Some(&false.into()) {
                keys.remove("additionalProperties");
            }
            keys.values_mut().for_each(allow_more);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(allow_more),
        _ => {}
    }
}

/// A plan.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "dockspace.plan/1")]
#[serde(deny_unknown_fields)]
pub(super) struct Document<'a> {
    /// `dockspace.plan/1`.
    pub(super) format: Cow<'a, str>,
    /// The name of the change: 12 hexadecimal digits.
    pub(super) id: Cow<'a, str>,
    /// What stands now; `null` when nothing was ever applied.
    pub(super) base: Option<VersionView<'a>>,
    /// What would stand.
    pub(super) head: VersionView<'a>,
    /// What differs.
    pub(super) facts: Vec<FactView<'a>>,
    /// Which live files would change; `null`: not compared.
    pub(super) files: Option<Vec<FileView<'a>>>,
    /// What comes with it.
    pub(super) effects: Vec<EffectView<'a>>,
    /// What somebody has to look at twice, the riskiest first.
    #[serde(default)]
    pub(super) guards: Vec<GuardView<'a>>,
    /// Of a saved plan: keyed digests of the live files that it was computed from, by target and path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) live: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

impl<'a> Document<'a> {
    pub(super) fn new(plan: &'a Plan, lines: Lines<'_>) -> Self {
        Self {
            format: FORMAT.into(),
            id: plan.id().as_str().to_owned().into(),
            base: plan.base.as_ref().map(VersionView::new),
            head: VersionView::new(&plan.head),
            facts: plan.facts.iter().map(|fact| FactView::new(fact, lines)).collect(),
            files: plan
                .files
                .as_ref()
                .map(|files| files.iter().map(FileView::new).collect()),
            effects: plan.effects.iter().map(EffectView::new).collect(),
            guards: plan.guards.iter().map(GuardView::new).collect(),
            live: None,
        }
    }
}

/// A version of the repository's content.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionView<'a> {
    /// The commit; `null` for a work tree with changes that aren't committed.
    pub(super) commit: Option<Cow<'a, str>>,
    /// git's ids of what stands in the root of the repository, by name.
    pub(super) trees: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

impl<'a> VersionView<'a> {
    fn new(version: &'a Version) -> Self {
        let trees = version.trees.iter();
        Self {
            commit: version.commit.as_deref().map(Cow::from),
            trees: trees.map(|(name, id)| (name.as_str().into(), id.into())).collect(),
        }
    }
}
