//! `dockspace alias show`.

use serde_json::json;

use super::route::{AliasView, Route};
use crate::{
    cli::{Format, Global, context::Context, exit::Exit, failure::Outcome, ui::Ui},
    model::{Alias, AliasTarget, Desired},
};

/// Show where an alias leads, groups with the mailboxes of their members.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The alias, such as sales@example.org, or @example.org for the catch-all.
    address: String,

    /// Show the alias of this commit instead of the work tree.
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
    let route = Route::parse(&args.address)?;
    let alias = route.get(&desired)?;
    let view = AliasView::new(&route, alias);
    match args.format {
        Format::Json => ui.data(&format!(
            "{:#}\n",
            json!({ "format": "dockspace.alias/1", "alias": view })
        ))?,
        Format::Text => ui.data(&text(&desired, &view, alias))?,
    }
    Ok(Exit::Done)
}

fn text(desired: &Desired, view: &AliasView, alias: &Alias) -> String {
    let mut out = format!("{}\n", view.address);
    for (target, written) in alias.targets.iter().zip(&view.targets) {
        out += &format!("  {written}\n");
        if let AliasTarget::Group(group) = target {
            for user in desired.mailboxes_of(group) {
                out += &format!("    {}\n", user.address);
            }
        }
    }
    out
}
