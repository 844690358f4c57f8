//! `dockspace client show`.

use serde_json::{Value, json};

use super::view::ClientView;
use crate::{
    cli::{Format, Global, columns::names, context::Context, exit::Exit, failure::Outcome, lookup, ui::Ui},
    model::{
        User,
        access::{SecondFactor, Verdict, access},
    },
};

/// Show an app, and who may sign in to it and why.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The client id.
    id: String,

    /// Show the app of this commit instead of the work tree.
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
    let client = lookup::client(&desired, &args.id)?;
    let users = desired.users.values().map(Box::as_ref);
    let verdicts = users.map(|user| (user, access(&desired, user, client)));
    let people: Vec<(&User, Verdict<'_>)> = verdicts.filter(|(_, verdict)| verdict.allowed).collect();
    let view = ClientView::new(client);
    match args.format {
        Format::Json => {
            let people: Vec<Value> = people.iter().map(person).collect();
            ui.data(&format!(
                "{:#}\n",
                json!({ "format": "dockspace.client/1", "client": view, "people": people })
            ))?;
        }
        Format::Text => ui.data(&text(&view, &people))?,
    }
    Ok(Exit::Done)
}

fn person((user, verdict): &(&User, Verdict<'_>)) -> Value {
    json!({
        "address": user.address.as_str(),
        "reason": verdict.rule.to_string(),
        "second_factor": verdict.second_factor != SecondFactor::NotRequired,
    })
}

fn text(client: &ClientView<'_>, people: &[(&User, Verdict<'_>)]) -> String {
    let mut out = format!("{}  {}\n", client.id, client.name);
    for (label, value) in [
        ("kind", client.kind.to_owned()),
        ("groups", client.gate()),
        ("totp", if client.require_totp { "required" } else { "-" }.to_owned()),
        ("consent", client.consent.to_owned()),
        ("scopes", names(client.scopes)),
        ("hosts", names(client.hosts)),
        ("secrets", client.secrets.to_string()),
        ("launch", client.launch_url.unwrap_or("-").to_owned()),
    ] {
        out += &format!("  {label:<8} {value}\n");
    }
    out += "  people\n";
    let width = people
        .iter()
        .map(|(user, _)| user.address.as_str().len())
        .max()
        .unwrap_or(0);
    for (user, verdict) in people {
        out += &format!("    {:<width$}  {}\n", user.address.as_str(), verdict.rule);
    }
    out
}
