//! `dockspace alias list`.

use serde_json::json;

use super::route::{AliasView, Route};
use crate::{
    cli::{Format, Global, columns::columns, context::Context, exit::Exit, failure::Outcome, lookup, ui::Ui},
    model::{Address, Desired},
};

/// List the shared aliases and, behind them, the catch-alls.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Those of this domain.
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,

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
    if let Some(domain) = &args.domain {
        lookup::domain(&desired, domain)?;
    }
    let aliases = views(&desired, args.domain.as_deref());
    match args.format {
        Format::Json => ui.data(&format!(
            "{:#}\n",
            json!({ "format": "dockspace.aliases/1", "aliases": aliases })
        ))?,
        Format::Text => {
            let row = |alias: &AliasView| [alias.address.clone(), alias.targets.join(" ")];
            let rows: Vec<[String; 2]> = aliases.iter().map(row).collect();
            ui.data(&columns(["ADDRESS", "TARGETS"], &rows))?;
        }
    }
    Ok(Exit::Done)
}

fn views(desired: &Desired, domain: Option<&str>) -> Vec<AliasView> {
    let is_wanted = |of: &str| domain.is_none_or(|domain| domain == of);
    let aliases = desired
        .aliases
        .iter()
        .filter(|(address, _)| is_wanted(Address::domain(address)));
    let aliases = aliases.map(|(address, alias)| AliasView::new(&Route::Alias(address.clone()), alias));
    let catch_alls = desired
        .catch_alls
        .iter()
        .filter(|(domain, _)| is_wanted(domain.as_str()));
    let catch_alls = catch_alls.map(|(domain, alias)| AliasView::new(&Route::CatchAll(domain.clone()), alias));
    aliases.chain(catch_alls).collect()
}
