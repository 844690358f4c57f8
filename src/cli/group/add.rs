//! `dockspace group add`.

use super::path;
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        items, lookup,
        ui::Ui,
    },
    model::GroupName,
    snapshot::Source,
};

/// Add a group.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Its name: lower-case letters, digits, `.`, `_` and `-`.
    name: String,

    /// What the group is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// Who decides about its members; may be repeated.
    #[arg(long = "owner", value_name = "ADDRESS")]
    owners: Vec<String>,

    /// Members must have a second factor.
    #[arg(long)]
    require_totp: bool,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let name = GroupName::parse(&args.name).map_err(|error| lookup::no_name(&args.name, error))?;
    if snapshot.desired.groups.contains_key(&name) {
        let text = format!("there is a group `{name}` already");
        return Err(Failure::message(Exit::Error, text).hint(format!("dockspace group set {name} changes it")));
    }
    let mut draft = Draft::new(context.repo.work_tree()?);
    let mut file = draft.editor(&path(&name))?;
    items::set(&mut file, &[("description", &args.description)])?;
    items::change(&mut file, &["owners"], &[""; 0], items::Items(&args.owners, &[]))?;
    items::set(&mut file, &[("require_totp", &args.require_totp.then_some(true))])?;
    draft.put(&path(&name), file);
    edit::finish(ui, &context, draft, &args.edit, &format!("group add {name}")).map(Exit::from)
}
