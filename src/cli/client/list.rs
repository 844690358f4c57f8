//! `dockspace client list`.

use serde_json::json;

use super::view::ClientView;
use crate::cli::{Format, Global, columns::columns, context::Context, exit::Exit, failure::Outcome, ui::Ui};

/// List the apps and who may sign in to them.
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
    let clients: Vec<ClientView<'_>> = desired.clients.values().map(ClientView::new).collect();
    match args.format {
        Format::Json => ui.data(&format!(
            "{:#}\n",
            json!({ "format": "dockspace.clients/1", "clients": clients })
        ))?,
        Format::Text => {
            let row = |client: &ClientView<'_>| {
                let factor = if client.require_totp { "yes" } else { "-" };
                [
                    client.id.to_owned(),
                    client.name.to_owned(),
                    client.kind.to_owned(),
                    factor.to_owned(),
                    client.gate(),
                ]
            };
            let rows: Vec<[String; 5]> = clients.iter().map(row).collect();
            ui.data(&columns(["ID", "NAME", "KIND", "TOTP", "GROUPS"], &rows))?;
        }
    }
    Ok(Exit::Done)
}
