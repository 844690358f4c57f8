//! `dockspace group remove`.

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
    model::{AliasTarget, AnyOf, Client, Desired, Group},
    snapshot::Source,
};

/// Remove a group.
///
/// Users are no longer members, aliases no longer lead to it, and apps are no longer open to it. A group that keeps people out of
/// an app (`groups_none`, `groups_all`) stays until the app says otherwise: removing it would let more people in.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The group.
    name: String,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let desired = &*snapshot.desired;
    let group = lookup::group(desired, &args.name)?;
    refuse_what_opens(desired, group)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    draft.remove(group.origin.path());
    let name = group.name.as_str();
    for user in desired.users.values().filter(|user| user.groups.contains(&group.name)) {
        draft.edit(user.origin.path(), |file| file.take(&["groups"], name))?;
    }
    for client in desired.clients.values().filter(|client| is_open_to(client, group)) {
        draft.edit(client.origin.path(), |file| file.take(&["groups"], name))?;
    }
    aliases(&mut draft, desired, group)?;
    edit::finish(ui, &context, draft, &args.edit, &format!("group remove {name}")).map(Exit::from)
}

/// What would be open to more people without the group, or be administered by nobody.
fn refuse_what_opens(desired: &Desired, group: &Group) -> Result<(), Failure> {
    let name = &group.name;
    if *name == desired.organisation.admin_group {
        let text = format!("the members of {name} administer everything");
        return Err(Failure::message(Exit::Error, text).hint("name another `admin_group` in dockspace.toml first"));
    }
    let keeps_out = |client: &&Client| client.gate.all.contains(name) || client.gate.none.contains(name);
    match desired.clients.values().find(keeps_out) {
        Some(client) => {
            let text = format!(
                "{name} keeps people out of {}, which would be open to more of them without it",
                client.id
            );
            Err(Failure::message(Exit::Error, text).hint(format!(
                "change `groups_all` and `groups_none` in {} first",
                client.origin.path()
            )))
        }
        None => Ok(()),
    }
}

fn is_open_to(client: &Client, group: &Group) -> bool {
    matches!(&client.gate.any, AnyOf::Groups(groups) if groups.contains(&group.name))
}

/// Takes the group out of the targets of aliases; an alias goes with its last target.
fn aliases(draft: &mut Draft<'_>, desired: &Desired, group: &Group) -> Result<(), Failure> {
    let target = AliasTarget::Group(group.name.clone());
    let text = format!("group:{}", group.name);
    for (address, alias) in desired
        .aliases
        .iter()
        .filter(|(_, alias)| alias.targets.contains(&target))
    {
        let key = ["aliases", address.local()];
        let is_last = alias.targets.iter().all(|other| *other == target);
        draft.edit(&alias.place.path, |file| {
            if is_last {
                file.remove(&key)
            } else {
                file.take(&key, &text)
            }
        })?;
    }
    for catch_all in desired
        .catch_alls
        .values()
        .filter(|catch_all| catch_all.targets.contains(&target))
    {
        let is_last = catch_all.targets.iter().all(|other| *other == target);
        draft.edit(&catch_all.place.path, |file| {
            if is_last {
                file.remove(&["catch_all"])
            } else {
                file.take(&["catch_all", "to"], &text)
            }
        })?;
    }
    Ok(())
}
