//! `dockspace group list`.

use serde_json::json;

use super::view::GroupView;
use crate::cli::{Format, Global, columns::columns, context::Context, exit::Exit, failure::Outcome, ui::Ui};

/// List the groups and how many members each has.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
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
    let groups: Vec<GroupView<'_>> = desired
        .groups
        .values()
        .map(|group| GroupView::new(&desired, group))
        .collect();
    match args.format {
        Format::Json => ui.data(&format!(
            "{:#}\n",
            json!({ "format": "dockspace.groups/1", "groups": groups })
        ))?,
        Format::Text => {
            let row = |group: &GroupView<'_>| {
                [
                    group.name.to_owned(),
                    group.members.len().to_string(),
                    group.description.to_owned(),
                ]
            };
            let rows: Vec<[String; 3]> = groups.iter().map(row).collect();
            ui.data(&columns(["NAME", "MEMBERS", "DESCRIPTION"], &rows))?;
        }
    }
    Ok(Exit::Done)
}
