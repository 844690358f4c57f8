//! `dockspace apply`.

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    Exit, Global,
    compare::{self, Base},
    context::Context,
    failure::{Failure, Outcome},
    host::{HostArgs, key},
    show::{self, PlanFormat, Sides},
    site::Kept,
    ui::Ui,
};
use crate::{
    apply::{Lock, Place},
    deploy,
    plan::{
        Plan,
        saved::{self, Ground},
    },
    snapshot::{Snapshot, Source},
    target::MailTarget,
};

/// Make the mail server's files say what the repository says.
///
/// Applies HEAD: what is not committed is refused. Shows the plan and asks; `--yes` asks nothing, and a saved plan is neither
/// shown nor asked about, because somebody has read it. Only changed files are written, all of them or none; a second apply writes nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A plan saved with `dockspace plan --out`: refused when anything has moved since.
    plan: Option<Utf8PathBuf>,

    /// Apply this commit instead of HEAD.
    #[arg(long, value_name = "REV", conflicts_with = "plan")]
    rev: Option<String>,

    /// Do not ask.
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    host: HostArgs,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let saved = args.plan.as_deref().map(read_plan).transpose()?;
    let head = head(&context, args, saved.as_ref())?;
    let snapshot = context.load_or_show(ui, &head)?;
    let target = target(&context, args, &snapshot)?;
    refuse_inside(&target.directory, &global.repository)?;
    let lock = Lock::take(Place::inside(&target.directory))?;
    let mut outcome = compare::loaded(ui, &context, &args.host, &snapshot, Base::Applied)?;
    let host_key = key(&context, &target.name)?;
    if outcome.prepared.wanted.is_none() {
        return Err(
            Failure::message(Exit::Error, "sealed passwords cannot be opened without the identity")
                .hint("set `identity` in the host file, or pass --identity FILE"),
        );
    }
    if let Some(saved) = &saved {
        let live = compare::live(&host_key, &target, &outcome.standing);
        refuse_stale(saved, &compare::ground(&outcome, Some(live)))?;
    }
    let site = Kept::of(&context, &head)?;
    if let (Some(files), Some(site)) = (&mut outcome.prepared.plan.files, &site) {
        files.extend(site.files()?);
    }
    let plan = &outcome.prepared.plan;
    if saved.is_none() {
        let sides = Sides::new(&context, outcome.base.as_ref(), &head);
        show::plan(ui, plan, &sides, PlanFormat::Text)?;
        if !plan.is_empty() {
            agree(ui, args)?;
        }
    }
    deploy::apply(
        &lock,
        &target,
        &outcome.standing,
        &outcome.prepared,
        &host_key,
        &context.clock,
    )?;
    let pages = site.as_ref().map_or(Ok(0), Kept::write)?;
    if pages > 0 {
        ui.status("Built", &format!("{pages} files of the site"));
    }
    if !plan.is_empty() {
        ui.status(
            "Applied",
            &format!("{} to {}{}", short(&head), target.directory, written(plan)),
        );
    }
    Ok(Exit::Done)
}

/// What is applied: the saved plan's commit, `--rev`, or HEAD when everything is committed.
fn head(context: &Context, args: &Args, saved: Option<&Ground>) -> Result<Source, Failure> {
    if let Some(saved) = saved {
        let commit = saved.head.commit.as_deref().ok_or_else(|| {
            Failure::message(Exit::Stale, "the plan was made of changes that are not committed")
                .hint("commit, then plan again")
        })?;
        return context.source(Some(commit));
    }
    if let Some(rev) = &args.rev {
        return context.source(Some(rev));
    }
    let uncommitted = context.repo.uncommitted()?;
    if let Some(first) = uncommitted.first() {
        let more = uncommitted.len() - 1;
        let others = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        return Err(
            Failure::message(Exit::Stale, format!("changes are not committed: {first}{others}"))
                .hint("commit, or pass --rev HEAD"),
        );
    }
    context.source(Some("HEAD"))
}

/// The directory to write to: known before the lock is taken, so that the lock covers everything that follows.
fn target(context: &Context, args: &Args, snapshot: &Snapshot) -> Result<MailTarget, Failure> {
    args.host.target(context, &snapshot.desired)?.ok_or_else(|| {
        Failure::message(
            Exit::Error,
            "this host has no directory for a target of the organisation",
        )
        .hint("set `[targets.mail] directory` in the host file, or pass --live DIR")
    })
}

fn read_plan(path: &Utf8Path) -> Result<Ground, Failure> {
    let bytes =
        std::fs::read(path).map_err(|error| anyhow::Error::new(error).context(format!("cannot read {path}")))?;
    saved::read(&bytes).map_err(|error| {
        let hint = error.hint();
        Failure::new(Exit::Error, anyhow::Error::new(error).context(path.to_string())).hint(hint)
    })
}

/// Live files hold secrets in clear: in the repository they would be one `git add` away from everybody.
fn refuse_inside(directory: &Utf8Path, repository: &Utf8Path) -> Result<(), Failure> {
    let (Ok(directory), Ok(repository)) = (directory.canonicalize_utf8(), repository.canonicalize_utf8()) else {
        return Ok(());
    };
    if directory.starts_with(&repository) {
        return Err(
            Failure::message(Exit::Error, format!("{directory} lies inside the repository"))
                .hint("the live files hold secrets in clear: keep them outside"),
        );
    }
    Ok(())
}

fn refuse_stale(saved: &Ground, now: &Ground) -> Result<(), Failure> {
    if saved.live.is_none() {
        return Err(
            Failure::message(Exit::Stale, "the saved plan did not look at the live files")
                .hint("plan again on this host, with the live directory at hand"),
        );
    }
    let stale = saved.stale(now);
    if stale.is_empty() {
        return Ok(());
    }
    let reasons: Vec<_> = stale.iter().map(ToString::to_string).collect();
    Err(Failure::message(
        Exit::Stale,
        format!("the saved plan no longer holds: {}", reasons.join("; ")),
    )
    .hint("plan again with `dockspace plan --out FILE`"))
}

fn agree(ui: &mut Ui, args: &Args) -> Result<(), Failure> {
    if args.yes || ui.confirm("Apply this?") {
        return Ok(());
    }
    let why = if ui.interactive() {
        "nothing was applied"
    } else {
        "nobody is there to agree, so nothing was applied"
    };
    Err(Failure::message(Exit::Error, why).hint("pass --yes, or apply a saved plan"))
}

/// The files that were written; those of the site are only counted, and elsewhere.
fn written(plan: &Plan) -> String {
    let files = plan.files.as_deref().unwrap_or_default().iter();
    let files = files.filter(|file| *file.target != *Kept::NAME);
    let names: Vec<&str> = files.map(|file| file.path.as_str()).collect();
    if names.is_empty() {
        ", where no file had to change".to_owned()
    } else {
        format!(": {}", names.join(", "))
    }
}

fn short(source: &Source) -> String {
    match source {
        Source::WorkTree => "the work tree".to_owned(),
        Source::Revision(revision) => revision.to_string(),
    }
}
