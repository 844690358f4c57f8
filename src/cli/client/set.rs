//! `dockspace client set`.

use super::facts::Facts;
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        items::{self, Items},
        lookup,
        ui::Ui,
    },
    document::Editor,
    model::{AnyOf, Client, GroupName},
    snapshot::Source,
};

/// Change an app. Its secret is changed with `client secret`; what is not here is edited in its file.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub(super) struct Args {
    /// The client id.
    id: String,

    #[command(flatten)]
    facts: Facts,

    #[command(flatten)]
    lists: Lists,

    #[command(flatten)]
    edit: edit::Options,
}

/// Items of lists that come and go.
#[derive(Debug, clap::Args)]
struct Lists {
    /// Where sign-in may return to, byte for byte; may be repeated.
    #[arg(long, group = "change", value_name = "URI")]
    add_redirect_uri: Vec<String>,

    /// Where it may no longer; may be repeated.
    #[arg(long, group = "change", value_name = "URI")]
    remove_redirect_uri: Vec<String>,

    /// Where logout may return to; may be repeated.
    #[arg(long, group = "change", value_name = "URI")]
    add_post_logout_redirect_uri: Vec<String>,

    /// Where it may no longer; may be repeated.
    #[arg(long, group = "change", value_name = "URI")]
    remove_post_logout_redirect_uri: Vec<String>,

    /// A group whose members may sign in, `*` for every active person; may be repeated.
    #[arg(long, group = "change", value_name = "GROUP")]
    add_group: Vec<String>,

    /// A group whose members may no longer; may be repeated.
    #[arg(long, group = "change", value_name = "GROUP")]
    remove_group: Vec<String>,

    /// A group that everybody must be in who signs in; may be repeated.
    #[arg(long, group = "change", value_name = "GROUP")]
    add_group_all: Vec<String>,

    /// A group that nobody need be in any more; may be repeated.
    #[arg(long, group = "change", value_name = "GROUP")]
    remove_group_all: Vec<String>,

    /// A group whose members are kept out; may be repeated.
    #[arg(long, group = "change", value_name = "GROUP")]
    add_group_none: Vec<String>,

    /// A group whose members are kept out no longer; may be repeated.
    #[arg(long, group = "change", value_name = "GROUP")]
    remove_group_none: Vec<String>,

    /// A scope it may ask for; may be repeated.
    #[arg(long, group = "change", value_name = "SCOPE")]
    add_scope: Vec<String>,

    /// A scope it may no longer ask for; may be repeated.
    #[arg(long, group = "change", value_name = "SCOPE")]
    remove_scope: Vec<String>,

    /// A client that may ask what its tokens are good for; may be repeated.
    #[arg(long, group = "change", value_name = "ID")]
    add_audience: Vec<String>,

    /// A client that may no longer; may be repeated.
    #[arg(long, group = "change", value_name = "ID")]
    remove_audience: Vec<String>,

    /// For forward-auth: an https host it answers for; may be repeated.
    #[arg(long, group = "change", value_name = "HOST")]
    add_host: Vec<String>,

    /// A host it no longer answers for; may be repeated.
    #[arg(long, group = "change", value_name = "HOST")]
    remove_host: Vec<String>,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let client = lookup::client(&snapshot.desired, &args.id)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    let mut file = draft.editor(client.origin.path())?;
    args.facts.write(&mut file)?;
    args.lists.write(&mut file, client)?;
    draft.put(client.origin.path(), file);
    edit::finish(ui, &context, draft, &args.edit, &format!("client set {}", client.id)).map(Exit::from)
}

impl Lists {
    fn write(&self, file: &mut Editor, client: &Client) -> Result<(), Failure> {
        let mut change = |key: &str, present: &[String], items: Items<'_>| items::change(file, &[key], present, items);
        let names = |groups: &[GroupName]| groups.iter().map(ToString::to_string).collect::<Vec<_>>();
        let any = match &client.gate.any {
            AnyOf::Everyone => vec!["*".to_owned()],
            AnyOf::Groups(groups) => names(groups),
        };
        let (all, none) = (names(&client.gate.all), names(&client.gate.none));
        change(
            "redirect_uris",
            &client.redirect_uris,
            Items(&self.add_redirect_uri, &self.remove_redirect_uri),
        )?;
        change(
            "post_logout_redirect_uris",
            &client.post_logout_redirect_uris,
            Items(
                &self.add_post_logout_redirect_uri,
                &self.remove_post_logout_redirect_uri,
            ),
        )?;
        change("groups", &any, Items(&self.add_group, &self.remove_group))?;
        change("groups_all", &all, Items(&self.add_group_all, &self.remove_group_all))?;
        change(
            "groups_none",
            &none,
            Items(&self.add_group_none, &self.remove_group_none),
        )?;
        change("scopes", &client.scopes, Items(&self.add_scope, &self.remove_scope))?;
        let audiences: Vec<String> = client.audiences.iter().map(ToString::to_string).collect();
        change(
            "audiences",
            &audiences,
            Items(&self.add_audience, &self.remove_audience),
        )?;
        change("hosts", &client.hosts, Items(&self.add_host, &self.remove_host))
    }
}
