//! From a revision to a plan: what `plan` and `apply` do alike.

use super::{
    Exit,
    context::Context,
    failure::Failure,
    host::{HostArgs, existing_key},
    report,
    ui::Ui,
};
use crate::{
    deploy::{self, Compared, Prepared, Standing},
    model::Dialect,
    plan::{Plan, Revision, Version, saved},
    record::HostKey,
    snapshot::{Snapshot, Source, Touched},
    target::{MailTarget, RenderError},
};

/// What a revision is compared with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Base<'a> {
    /// What was applied last, and the live files.
    Applied,
    /// A commit; no live files.
    Revision(&'a str),
}

/// A plan with what it was made from.
pub(super) struct Outcome {
    pub(super) prepared: Prepared,
    pub(super) base: Option<Source>,
    pub(super) target: Option<MailTarget>,
    pub(super) standing: Standing,
}

/// Loads as much of `head` and its base as the comparison needs, and compares them.
pub(super) fn run(
    ui: &mut Ui,
    context: &Context,
    host: &HostArgs,
    head: &Source,
    base: Base<'_>,
) -> Result<Outcome, Failure> {
    if let (Base::Applied, Some(outcome)) = (base, touched(context, host, head)?) {
        return Ok(outcome);
    }
    let snapshot = match host.identity(context)? {
        Some(_) => context.load_or_show(ui, head)?,
        None => context.load_to_compare_or_show(ui, head)?,
    };
    loaded(ui, context, host, &snapshot, base)
}

/// Compares a loaded revision with its base.
pub(super) fn loaded(
    ui: &mut Ui,
    context: &Context,
    host: &HostArgs,
    snapshot: &Snapshot,
    base: Base<'_>,
) -> Result<Outcome, Failure> {
    let target = match base {
        Base::Applied => host.target(context, &snapshot.desired)?,
        Base::Revision(_) => None,
    };
    let standing = target.as_ref().map(Standing::of).transpose()?.unwrap_or_default();
    let base = match base {
        Base::Revision(rev) => Some(context.source(Some(rev))?),
        Base::Applied => applied(context, &standing)?,
    };
    let before = base
        .clone()
        .and_then(|base| before(ui, context, base).transpose())
        .transpose()?;
    let prepared = prepare(
        ui,
        context,
        host,
        snapshot,
        before.as_ref(),
        target.as_ref().map(|target| (target, &standing)),
    )?;
    Ok(Outcome {
        prepared,
        base,
        target,
        standing,
    })
}

/// The revision that was applied last.
fn applied(context: &Context, standing: &Standing) -> Result<Option<Source>, Failure> {
    let Some(record) = &standing.record else {
        return Ok(None);
    };
    match context.repo.revision(&record.revision) {
        Ok(revision) => Ok(Some(Source::Revision(revision))),
        Err(error) => Err(Failure::new(Exit::Stale, error)
            .hint("the revision that was applied last is not in this repository: fetch it, or use the repository it came from")),
    }
}

/// What stood before. A revision that today's rules refuse is no base: everything shows as new, and that is said.
fn before(ui: &mut Ui, context: &Context, base: Source) -> Result<Option<Snapshot>, Failure> {
    let loaded = Snapshot::load_to_compare(&context.repo, base, &context.clock)?;
    if loaded.snapshot.is_none() {
        ui.warn("the base does not load by today's rules, so everything shows as new and guards have nothing to compare with");
    }
    Ok(loaded.snapshot)
}

fn prepare(
    ui: &mut Ui,
    context: &Context,
    host: &HostArgs,
    head: &Snapshot,
    before: Option<&Snapshot>,
    target: Option<(&MailTarget, &Standing)>,
) -> Result<Prepared, Failure> {
    let head_version = version(context, &head.source)?;
    let base_version = before.map(|before| version(context, &before.source)).transpose()?;
    let base = before.zip(base_version.as_ref()).map(|(before, version)| Revision {
        version,
        desired: &before.desired,
    });
    let identity = host.identity(context)?;
    let key = target
        .map(|(target, _)| existing_key(context, &target.name))
        .transpose()?
        .flatten();
    let compared = target
        .zip(identity.as_ref())
        .map(|((target, standing), identity)| Compared {
            target,
            standing,
            identity,
            key: key.as_ref(),
        });
    let head_revision = Revision {
        version: &head_version,
        desired: &head.desired,
    };
    deploy::prepare(base, head_revision, compared).map_err(|error| match error {
        RenderError::Sealed(report) => {
            ui.talk_line(&report::text(
                &report.sorted(),
                &context.texts(&head.source),
                ui.styled(),
            ));
            Failure::shown(Exit::Invalid)
        }
        RenderError::Mailserver(error) => Failure::new(Exit::Invalid, error),
    })
}

/// The short way: without the identity nothing is rendered, so when few people changed since the last apply, in a way that
/// matters to nobody else, only they are read.
fn touched(context: &Context, host: &HostArgs, head: &Source) -> Result<Option<Outcome>, Failure> {
    let Source::Revision(revision) = head else {
        return Ok(None);
    };
    if host.identity(context)?.is_some() {
        return Ok(None);
    }
    let Some((target, standing)) = standing(context, host)? else {
        return Ok(None);
    };
    let Some(Source::Revision(base)) = applied(context, &standing)? else {
        return Ok(None);
    };
    let Some(touched) = Touched::load(&context.repo, &base, revision, &context.clock)? else {
        return Ok(None);
    };
    let (base_version, head_version) = (version(context, &touched.before.source)?, version(context, head)?);
    let base = Revision {
        version: &base_version,
        desired: &touched.before.desired,
    };
    let after = Revision {
        version: &head_version,
        desired: &touched.after.desired,
    };
    let prepared = deploy::prepare_touched(base, after, &standing);
    Ok(Some(Outcome {
        prepared,
        base: Some(touched.before.source),
        target: Some(target),
        standing,
    }))
}

/// What stands on the target that the host file or `--live` names, as far as the applied record tells without the repository.
fn standing(context: &Context, host: &HostArgs) -> Result<Option<(MailTarget, Standing)>, Failure> {
    let Some((name, directory)) = host.directory(context) else {
        return Ok(None);
    };
    let Some(record) = deploy::applied_record(&directory)? else {
        return Ok(None);
    };
    let Some(dialect) = record.dialect.parse().ok().and_then(Dialect::of) else {
        return Ok(None);
    };
    let target = MailTarget {
        name,
        directory,
        dialect,
    };
    let standing = Standing {
        live: target.live()?,
        record: Some(record),
    };
    Ok(Some((target, standing)))
}

/// The empty plan, when git says that nothing differs from what was applied and every live file is what was written then: then
/// no file of the organisation needs reading.
pub(super) fn nothing_moved(context: &Context, host: &HostArgs, head: &Source) -> Result<Option<Plan>, Failure> {
    let Some((target, standing)) = standing(context, host)? else {
        return Ok(None);
    };
    let version = version(context, head)?;
    if !standing
        .record
        .as_ref()
        .is_some_and(|record| deploy::same_trees(record, &version))
    {
        return Ok(None);
    }
    let untouched = existing_key(context, &target.name)?.is_some_and(|key| standing.untouched(&key));
    Ok(untouched.then(|| Plan {
        base: Some(version.clone()),
        head: version,
        facts: Vec::new(),
        files: Some(Vec::new()),
        effects: Vec::new(),
        guards: Vec::new(),
    }))
}

/// The live files by keyed digest, as a saved plan remembers them.
pub(super) fn live(key: &HostKey, target: &MailTarget, standing: &Standing) -> saved::Live {
    [(target.name.as_str().into(), saved::keyed(key, &standing.live))].into()
}

/// What a plan was made from, to hold a saved one against.
pub(super) fn ground(outcome: &Outcome, live: Option<saved::Live>) -> saved::Ground {
    let plan = &outcome.prepared.plan;
    saved::Ground {
        id: plan.id(),
        base: plan.base.clone(),
        head: plan.head.clone(),
        live,
    }
}

/// How a plan names `source`: a work tree in which everything is committed is its commit.
fn version(context: &Context, source: &Source) -> Result<Version, Failure> {
    let revision = match source {
        Source::Revision(revision) => revision.clone(),
        Source::WorkTree if context.repo.uncommitted()?.is_empty() => match context.repo.revision("HEAD") {
            Ok(head) => head,
            Err(_) => return Ok(Version::default()),
        },
        Source::WorkTree => return Ok(Version::default()),
    };
    let trees = context.repo.tree_ids(&revision)?.into_iter();
    Ok(Version {
        commit: Some(revision.id.to_string().into()),
        trees: trees.map(|(name, id)| (name, id.to_string())).collect(),
    })
}
