//! `dockspace user show`.

use serde_json::{Value, json};

use super::view::{UserView, quota_source};
use crate::{
    cli::{Format, Global, columns::names, context::Context, exit::Exit, failure::Outcome, lookup, ui::Ui},
    model::{
        Class, Desired, User,
        access::{SecondFactor, Verdict, access},
    },
};

/// Show a user: facts, quota, and which apps the user may sign in to, with the reason.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The mailbox, such as alice@example.org.
    address: String,

    /// Show the user of this commit instead of the work tree.
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
    let user = lookup::user(&desired, &args.address)?;
    let verdicts: Vec<(&str, Verdict<'_>)> = desired
        .clients
        .values()
        .map(|client| (client.id.as_str(), access(&desired, user, client)))
        .collect();
    match args.format {
        Format::Json => {
            let apps: Vec<Value> = verdicts.iter().map(app).collect();
            let user = UserView::new(&desired, user);
            ui.data(&format!(
                "{:#}\n",
                json!({ "format": "dockspace.user/1", "user": user, "apps": apps })
            ))?;
        }
        Format::Text => ui.data(&text(&desired, user, &verdicts))?,
    }
    Ok(Exit::Done)
}

fn app((client, verdict): &(&str, Verdict<'_>)) -> Value {
    json!({
        "client": client,
        "allowed": verdict.allowed,
        "reason": verdict.rule.to_string(),
        "second_factor": verdict.second_factor != SecondFactor::NotRequired,
    })
}

fn text(desired: &Desired, user: &User, verdicts: &[(&str, Verdict<'_>)]) -> String {
    let mut out = format!("{} <{}>\n", user.name, user.address);
    for (label, value) in facts(desired, user) {
        out += &format!("  {label:<10} {value}\n");
    }
    if !verdicts.is_empty() {
        out += "  apps\n";
    }
    let width = verdicts
        .iter()
        .map(|(client, _)| client.chars().count())
        .max()
        .unwrap_or(0);
    for (client, verdict) in verdicts {
        let answer = if verdict.allowed { "yes" } else { "no " };
        let factor = match verdict.second_factor {
            SecondFactor::NotRequired => "",
            SecondFactor::ByClient | SecondFactor::ByGroup(_) => ", with a second factor",
        };
        let factor = if verdict.allowed { factor } else { "" };
        out += &format!("    {client:<width$}  {answer}  {}{factor}\n", verdict.rule);
    }
    out
}

fn facts(desired: &Desired, user: &User) -> Vec<(&'static str, String)> {
    let said = |flag: bool, text: &str| if flag { text.to_owned() } else { "-".to_owned() };
    let mut facts = vec![
        ("id", user.id.to_string()),
        ("username", user.username.to_string()),
        ("state", user.state.as_str().to_owned()),
        ("class", class(user)),
        ("groups", names(&user.groups)),
        ("services", names(&user.services)),
        ("aliases", names(&user.aliases)),
        ("quota", quota(desired, user)),
        ("password", said(user.credentials.password.is_some(), "set")),
        ("totp", said(user.credentials.totp.is_some(), "set")),
    ];
    if !user.forward.is_empty() {
        let copy = if user.keep_copy { ", keeping a copy" } else { "" };
        facts.push(("forward", names(&user.forward) + copy));
    }
    if user.protected {
        facts.push(("protected", "yes".to_owned()));
    }
    facts
}

fn class(user: &User) -> String {
    match &user.class {
        Class::Person => "person".to_owned(),
        Class::Shared { owners } => format!("shared, owned by {}", names(owners)),
        Class::Test { expires } => format!("test, until {expires}"),
    }
}

fn quota(desired: &Desired, user: &User) -> String {
    match (desired.quota(user), quota_source(desired, user)) {
        (Some(quota), Some("user")) => quota.to_string(),
        (Some(quota), Some(source)) => format!("{quota}, of the {source}"),
        _ => "-".to_owned(),
    }
}
