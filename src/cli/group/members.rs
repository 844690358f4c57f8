//! `dockspace group members`.

use clap::Subcommand;

use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        lookup,
        ui::Ui,
    },
    model::{Desired, Group},
    snapshot::Source,
};

/// Add members to a group, or remove them: edits the files of the users.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The group.
    name: String,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make users members.
    Add(Members),
    /// Make users members no longer.
    Remove(Members),
}

/// Which users.
#[derive(Debug, clap::Args)]
struct Members {
    /// Their mailboxes, such as alice@example.org.
    #[arg(required = true, value_name = "ADDRESS")]
    addresses: Vec<String>,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let group = lookup::group(&snapshot.desired, &args.name)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    let (verb, members) = match &args.verb {
        Verb::Add(members) => ("add", members),
        Verb::Remove(members) => ("remove", members),
    };
    for address in &members.addresses {
        match &args.verb {
            Verb::Add(_) => join(&mut draft, &snapshot.desired, group, address)?,
            Verb::Remove(_) => leave(&mut draft, &snapshot.desired, group, address)?,
        }
    }
    let subject = format!("group members {} {verb} {}", group.name, members.addresses.join(" "));
    edit::finish(ui, &context, draft, &members.edit, &subject).map(Exit::from)
}

fn join(draft: &mut Draft<'_>, desired: &Desired, group: &Group, address: &str) -> Result<(), Failure> {
    let user = lookup::present_user(desired, address)?;
    draft.edit(user.origin.path(), |file| file.add(&["groups"], group.name.as_str()))
}

fn leave(draft: &mut Draft<'_>, desired: &Desired, group: &Group, address: &str) -> Result<(), Failure> {
    let user = lookup::user(desired, address)?;
    if !user.groups.contains(&group.name) {
        let text = format!("{address} is not a member of {}", group.name);
        return Err(Failure::message(Exit::Error, text).hint(format!("dockspace group show {} lists them", group.name)));
    }
    if user.protected && group.name == desired.organisation.admin_group {
        let text = format!("{address} is protected, so it takes a yes to demote it");
        let hint = format!("dockspace user set {address} --remove-group {} --yes", group.name);
        return Err(Failure::message(Exit::Guard, text).hint(hint));
    }
    draft.edit(user.origin.path(), |file| file.take(&["groups"], group.name.as_str()))
}
