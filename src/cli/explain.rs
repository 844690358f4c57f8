//! `dockspace explain`.

use super::{
    Exit,
    failure::{Failure, Outcome},
    ui::Ui,
};
use crate::{
    diagnostic::{Rule, Severity},
    model::guard::Code,
};

/// Explain a diagnostic or a guard: why it exists and what to do.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The code, such as `DS-U001` or `removals`; all codes when left out.
    code: Option<String>,
}

/// Every rule and every guard there is, in code order.
#[must_use]
pub fn rules() -> Vec<&'static Rule> {
    let mut rules: Vec<_> = crate::document::rules::all()
        .chain(crate::mailserver::rules::all().iter().copied())
        .chain(crate::target::rules::all())
        .chain(Code::ALL.iter().map(|code| code.rule()))
        .collect();
    rules.sort_by_key(|rule| rule.code);
    rules
}

pub(super) fn run(ui: &mut Ui, args: &Args) -> Outcome {
    let Some(code) = &args.code else {
        let list: String = rules()
            .iter()
            .map(|rule| format!("{}  {}\n", rule.code, rule.title))
            .collect();
        ui.data(&list)?;
        return Ok(Exit::Done);
    };
    let Some(rule) = rules().into_iter().find(|rule| rule.code.eq_ignore_ascii_case(code)) else {
        return Err(
            Failure::message(Exit::Error, format!("there is no diagnostic or guard `{code}`"))
                .hint("`dockspace explain` lists all codes"),
        );
    };
    let severity = match rule.severity {
        _ if Code::ALL.iter().any(|code| code.as_str() == rule.code) => "guard",
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    ui.data(&format!(
        "{} ({severity}): {}\n\n{}\n",
        rule.code, rule.title, rule.explanation
    ))?;
    Ok(Exit::Done)
}
