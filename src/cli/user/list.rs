//! `dockspace user list`.

use clap::builder::PossibleValuesParser;
use serde_json::json;

use super::view::UserView;
use crate::{
    cli::{
        Format, Global,
        columns::{columns, names},
        context::Context,
        exit::Exit,
        failure::Outcome,
        lookup,
        ui::Ui,
    },
    model::{State, User},
};

/// List the users, in the order of their addresses.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Those with a mailbox in this domain.
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,

    /// Members of this group.
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,

    /// Those in this state.
    #[arg(long, value_name = "STATE", value_parser = PossibleValuesParser::new(State::ALL.map(State::as_str)))]
    state: Option<String>,

    /// List those of this commit instead of the work tree.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let source = context.source(args.rev.as_deref())?;
    let desired = context.load_or_show(ui, &source)?.desired;
    if let Some(group) = &args.group {
        lookup::group(&desired, group)?;
    }
    if let Some(domain) = &args.domain {
        lookup::domain(&desired, domain)?;
    }
    let users = desired.users.values().filter(|user| args.wants(user));
    match args.format {
        Format::Json => {
            let users: Vec<UserView<'_>> = users.map(|user| UserView::new(&desired, user)).collect();
            ui.data(&format!(
                "{:#}\n",
                json!({ "format": "dockspace.users/1", "users": users })
            ))?;
        }
        Format::Text => {
            let rows: Vec<[String; 4]> = users.map(|user| row(user)).collect();
            ui.data(&columns(["ADDRESS", "NAME", "STATE", "GROUPS"], &rows))?;
        }
    }
    Ok(Exit::Done)
}

impl Args {
    fn wants(&self, user: &User) -> bool {
        let fits = |wanted: &Option<String>, is: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(is);
        fits(&self.domain, &|domain| user.address.domain() == domain)
            && fits(&self.group, &|group| user.groups.contains(group))
            && fits(&self.state, &|state| user.state.as_str() == state)
    }
}

fn row(user: &User) -> [String; 4] {
    [
        user.address.to_string(),
        user.name.clone(),
        user.state.as_str().to_owned(),
        names(&user.groups),
    ]
}
