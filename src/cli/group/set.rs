//! `dockspace group set`.

use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::Outcome,
        items::{self, Items},
        lookup,
        ui::Ui,
    },
    snapshot::Source,
};

/// Change a group. Its members are changed with `group members`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub(super) struct Args {
    /// The group.
    name: String,

    /// What the group is for.
    #[arg(long, value_name = "TEXT", group = "change")]
    description: Option<String>,

    /// Who decides about its members; may be repeated.
    #[arg(long, value_name = "ADDRESS", group = "change")]
    add_owner: Vec<String>,

    /// Who no longer decides; may be repeated.
    #[arg(long, value_name = "ADDRESS", group = "change")]
    remove_owner: Vec<String>,

    /// Members must have a second factor, or, with `=false`, need none.
    #[arg(long, value_name = "BOOL", group = "change", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    require_totp: Option<bool>,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let group = lookup::group(&snapshot.desired, &args.name)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    let mut file = draft.editor(group.origin.path())?;
    items::set(&mut file, &[("description", &args.description)])?;
    items::set(&mut file, &[("require_totp", &args.require_totp)])?;
    items::change(
        &mut file,
        &["owners"],
        &group.owners,
        Items(&args.add_owner, &args.remove_owner),
    )?;
    draft.put(group.origin.path(), file);
    edit::finish(ui, &context, draft, &args.edit, &format!("group set {}", group.name)).map(Exit::from)
}
