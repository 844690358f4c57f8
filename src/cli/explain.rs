//! `dockspace explain`: one verb, and what it is given decides what it explains.

use super::{
    Exit, Format, Global,
    answer::{self, Answer, Places},
    context::Context,
    failure::{Failure, Outcome},
    lookup,
    ui::Ui,
};
use crate::{
    diagnostic::{Rule, Severity},
    model::{Desired, guard::Code, rule},
};

/// Explain a diagnostic or a guard, an address, or an app.
///
/// Of a code: why it exists and what to do. Of an address: whose it is, which mail reaches it, its quota and where that comes from,
/// and each app with the rule behind yes or no. Of an app: who may sign in, by which key. Each line says where it is written.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A code such as `DS-U001` or `removals`, an address, or the client id of an app; all codes when left out.
    #[arg(value_name = "CODE|ADDRESS|CLIENT")]
    what: Option<String>,

    /// Look at this commit instead of the work tree.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// How to print what is said of an address or an app.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Every rule and every guard there is, in code order.
#[must_use]
pub fn rules() -> Vec<&'static Rule> {
    let mut rules: Vec<_> = crate::document::rules::all()
        .chain(crate::mailserver::rules::all().iter().copied())
        .chain(crate::target::rules::all())
        .chain(rule::codes())
        .chain(Code::ALL.iter().map(|code| code.rule()))
        .collect();
    rules.sort_by_key(|rule| rule.code);
    rules
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let Some(what) = &args.what else {
        let list: String = rules()
            .iter()
            .map(|rule| format!("{}  {}\n", rule.code, rule.title))
            .collect();
        ui.data(&list)?;
        return Ok(Exit::Done);
    };
    if let Some(rule) = rules().into_iter().find(|rule| rule.code.eq_ignore_ascii_case(what)) {
        ui.data(&explained(rule))?;
        return Ok(Exit::Done);
    }
    if is_code(what) {
        return Err(
            Failure::message(Exit::Error, format!("there is no code {}", lookup::quoted(what)))
                .hint("`dockspace explain` lists all codes"),
        );
    }
    let context = Context::open(global)?;
    let source = context.source(args.rev.as_deref())?;
    let desired = context.load_to_compare_or_show(ui, &source)?.desired;
    let answer = answered(&desired, what)?;
    let places = Places::new(&context, &source);
    ui.data(&match args.format {
        Format::Text => answer.text(&places),
        Format::Json => answer.json(&places),
    })?;
    Ok(Exit::Done)
}

fn is_code(what: &str) -> bool {
    what.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("DS-"))
}

fn explained(rule: &Rule) -> String {
    let severity = match rule.severity {
        _ if Code::ALL.iter().any(|code| code.as_str() == rule.code) => "guard",
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!("{} ({severity}): {}\n\n{}\n", rule.code, rule.title, rule.explanation)
}

/// An address has an `@`, which no app has.
fn answered(desired: &Desired, what: &str) -> Result<Answer, Failure> {
    let found = if what.contains('@') {
        answer::address(desired, what)
    } else {
        desired.clients.get(what).map(|client| answer::client(desired, client))
    };
    found.ok_or_else(|| {
        let kind = if what.contains('@') {
            "address"
        } else {
            "code and no app"
        };
        let failure = lookup::missing(kind, what);
        match answer::meant(desired, what) {
            Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
            None => failure
                .hint("`dockspace explain` lists all codes, `user list`, `alias list` and `client list` the rest"),
        }
    })
}
