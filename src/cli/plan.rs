//! `dockspace plan`.

use camino::Utf8PathBuf;

use super::{
    Exit, Global,
    compare::{self, Base},
    context::Context,
    failure::{Failure, Outcome as Ending},
    host::{HostArgs, key},
    show::{self, PlanFormat, Sides},
    site::Kept,
    ui::Ui,
};
use crate::plan::saved;

/// Show what the repository would change on the mail server and for people. Changes nothing.
///
/// Compares with what was applied last, or with `--base` for a pull request. With the identity at hand the live files are
/// compared too; without it the plan shows facts and effects, and says so.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Plan this commit instead of the work tree.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// Compare with this commit instead of what was applied; live files are not looked at.
    #[arg(long, value_name = "REV", conflicts_with_all = ["live", "out"])]
    base: Option<String>,

    /// Save the plan, to be applied as it is with `dockspace apply FILE`.
    #[arg(long, value_name = "FILE")]
    out: Option<Utf8PathBuf>,

    /// End with 2 when there is something to change.
    #[arg(long)]
    detailed_exitcode: bool,

    /// How to print the plan.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    format: PlanFormat,

    #[command(flatten)]
    host: HostArgs,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Ending {
    let context = Context::open(global)?;
    let head = context.source(args.rev.as_deref())?;
    if args.base.is_none()
        && Kept::shows(&context, &head)?
        && let Some(plan) = compare::nothing_moved(&context, &args.host, &head)?
    {
        show::plan(ui, &plan, &Sides::new(&context, None, &head), args.format)?;
        return Ok(Exit::Done);
    }
    if args.format == PlanFormat::Markdown && show::problems(ui, &context, &head)? {
        return Ok(Exit::Invalid);
    }
    let base = match &args.base {
        Some(rev) => Base::Revision(rev),
        None => Base::Applied,
    };
    let mut compared = compare::run(ui, &context, &args.host, &head, base)?;
    let site = match args.base {
        Some(_) => None,
        None => Kept::of(&context, &head)?,
    };
    if let (Some(files), Some(site)) = (&mut compared.prepared.plan.files, &site) {
        files.extend(site.files()?);
    }
    let sides = Sides::new(&context, compared.base.as_ref(), &head);
    let plan = &compared.prepared.plan;
    show::plan(ui, plan, &sides, args.format)?;
    if let Some(out) = &args.out {
        save(&context, &compared, &sides, out)?;
        ui.status("Saved", &format!("the plan to {out}: dockspace apply {out}"));
    }
    if plan.head.commit.is_none() && args.out.is_some() {
        ui.warn("the plan was made of changes that are not committed, so it cannot be applied");
    }
    let exit = if args.detailed_exitcode && !plan.is_empty() {
        Exit::Differences
    } else {
        Exit::Done
    };
    // The process ends here, and the system takes its memory back faster than a million pieces of it are freed.
    drop(sides);
    std::mem::forget((compared, site));
    Ok(exit)
}

fn save(context: &Context, compared: &compare::Outcome, sides: &Sides<'_>, out: &Utf8PathBuf) -> Result<(), Failure> {
    let live = match &compared.target {
        Some(target) => Some(compare::live(&key(context, &target.name)?, target, &compared.standing)),
        None => None,
    };
    let mut bytes = Vec::new();
    saved::write(
        &compared.prepared.plan,
        live.as_ref(),
        &|side, place| sides.line(side, place),
        &mut bytes,
    )?;
    std::fs::write(out, bytes)?;
    Ok(())
}
