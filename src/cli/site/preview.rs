//! A saved plan, made again for its preview: as in `apply`, nothing that the file says of the change is believed.

use std::sync::Arc;

use camino::Utf8Path;

use crate::{
    cli::{Exit, context::Context, failure::Failure, ui::Ui},
    model::Desired,
    plan::{
        Plan, Revision, Sessions,
        saved::{self, Ground},
    },
    repo,
    snapshot::{Snapshot, Source},
};

/// What a plan was made of.
pub(super) struct Saved {
    ground: Ground,
    /// The revision it leads to.
    pub(super) head: Source,
    base: Option<repo::Revision>,
}

/// Reads a plan that was saved, or printed as JSON.
pub(super) fn read(context: &Context, path: &Utf8Path) -> Result<Saved, Failure> {
    let bytes =
        std::fs::read(path).map_err(|error| anyhow::Error::new(error).context(format!("cannot read {path}")))?;
    let ground = saved::read(&bytes).map_err(|error| {
        let hint = error.hint();
        Failure::new(Exit::Error, anyhow::Error::new(error).context(path.to_string())).hint(hint)
    })?;
    let head = match ground.head.commit.as_deref() {
        Some(commit) => context.source(Some(commit))?,
        // The work tree that it was made of may be there still; the names of the change tell.
        None => Source::WorkTree,
    };
    let base = ground.base.as_ref().and_then(|base| base.commit.as_deref());
    let base = base.map(|commit| context.repo.revision(commit)).transpose()?;
    Ok(Saved { ground, head, base })
}

impl Saved {
    /// The plan that leads to `after`, which has to be the one that was saved.
    pub(super) fn plan(self, ui: &mut Ui, context: &Context, after: &Desired) -> Result<Plan, Failure> {
        let before = match self.base {
            Some(base) => before(ui, context, base)?,
            None => None,
        };
        let base = self.ground.base.as_ref().zip(before.as_ref());
        let base = base.map(|(version, desired)| Revision { version, desired });
        let head = Revision {
            version: &self.ground.head,
            desired: after,
        };
        let plan = Plan::new(base, head, None, Sessions::Dropped);
        if plan.id() == self.ground.id {
            return Ok(plan);
        }
        Err(Failure::message(
            Exit::Stale,
            "the plan no longer holds: what it was made of says something else now",
        )
        .hint("make it again with `dockspace plan --out FILE`"))
    }
}

fn before(ui: &mut Ui, context: &Context, base: repo::Revision) -> Result<Option<Arc<Desired>>, Failure> {
    let loaded = Snapshot::load_to_compare(&context.repo, Source::Revision(base), &context.clock)?;
    if loaded.snapshot.is_none() {
        ui.warn("the base does not load by today's rules, so everything shows as new");
    }
    Ok(loaded.snapshot.map(|snapshot| snapshot.desired))
}
