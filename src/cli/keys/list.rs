//! `dockspace keys list`.

use serde_json::json;

use crate::{
    cli::{Format, Global, columns::columns, context::Context, exit::Exit, failure::Outcome, ui::Ui},
    model::SigningKey,
    snapshot::Source,
};

/// List the signing keys.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    let keys = desired.keys.values();
    match args.format {
        Format::Text => {
            let row = |key: &SigningKey| {
                [
                    key.id.to_string(),
                    key.alg.as_str().to_owned(),
                    key.state.as_str().to_owned(),
                ]
            };
            let rows: Vec<_> = keys.map(row).collect();
            ui.data(&columns(["KEY", "ALG", "STATE"], &rows))?;
        }
        Format::Json => {
            let row = |key: &SigningKey| json!({ "kid": key.id.as_str(), "alg": key.alg.as_str(), "state": key.state.as_str() });
            let rows: Vec<_> = keys.map(row).collect();
            ui.data(&format!(
                "{:#}\n",
                json!({ "format": "dockspace.keys/1", "keys": rows })
            ))?;
        }
    }
    Ok(Exit::Done)
}
