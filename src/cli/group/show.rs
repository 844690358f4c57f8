//! `dockspace group show`.

use serde_json::json;

use super::view::GroupView;
use crate::cli::{Format, Global, columns::names, context::Context, exit::Exit, failure::Outcome, lookup, ui::Ui};

/// Show a group and its members.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The group.
    name: String,

    /// Show the group of this commit instead of the work tree.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let source = context.source(args.rev.as_deref())?;
    let desired = context.load_or_show(ui, &source)?.desired;
    let group = GroupView::new(&desired, lookup::group(&desired, &args.name)?);
    match args.format {
        Format::Json => ui.data(&format!(
            "{:#}\n",
            json!({ "format": "dockspace.group/1", "group": group })
        ))?,
        Format::Text => ui.data(&text(&group))?,
    }
    Ok(Exit::Done)
}

fn text(group: &GroupView<'_>) -> String {
    let factor = if group.require_totp {
        "\n  members must have a second factor"
    } else {
        ""
    };
    let mut out = format!(
        "{}  {}\n  owners   {}{factor}\n  members\n",
        group.name,
        group.description,
        names(&group.owners)
    );
    for member in &group.members {
        out += &format!("    {member}\n");
    }
    out
}
