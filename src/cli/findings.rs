//! What a change breaks or has to be looked at twice for, as diagnostics: the organisation's rules, and guards.

use super::{context::Context, failure::Failure, ui::Ui};
use crate::{
    diagnostic::{Diagnostic, Report, Span},
    model::{
        change::{self, Fact, Side},
        guard::{self, Guard},
        rule::{self, Commit},
    },
    plan::text,
    repo::Step,
    snapshot::{Snapshot, Source},
};

/// What was found since another revision.
#[derive(Default)]
pub(super) struct Findings {
    /// Rules of `[policy.rules]` that are broken.
    pub(super) broken: Report,
    /// What to look at twice; it breaks nothing.
    pub(super) guards: Vec<Diagnostic>,
}

/// Holds `head` against `base`: its rules, its limits.
pub(super) fn since(ui: &mut Ui, context: &Context, base: &Source, head: &Snapshot) -> Result<Findings, Failure> {
    let loaded = Snapshot::load_to_compare(&context.repo, base.clone(), &context.clock)?;
    let Some(before) = loaded.snapshot else {
        ui.warn("the base does not load by today's rules, so nothing was held against its policy and guards");
        return Ok(Findings::default());
    };
    let (before, after) = (&before.desired, &head.desired);
    let facts = change::facts(Some(before), after);
    let mut broken = rule::change(before, &facts, &commits(ui, context, base, &head.source)?);
    broken.append(rule::state(&before.policy, after));
    let guards = guard::guards(Some(before), after, &facts, &before.policy.guards);
    Ok(Findings {
        broken,
        guards: diagnostics(&facts, &guards),
    })
}

/// One diagnostic for each guard, where the first thing it found is written.
pub(super) fn diagnostics(facts: &[Fact], guards: &[Guard]) -> Vec<Diagnostic> {
    let diagnostic = |guard: &Guard| {
        let fact = facts.get(guard.found.first()?.fact)?;
        // What is gone stands in no line any more.
        let span = match fact.side() {
            Side::Before => Span::default(),
            Side::After => fact.place.span,
        };
        let rule = guard.code.rule();
        let found = rule.at(fact.place.path.clone(), span, text::guard(guard));
        Some(found.hint(format!("`dockspace explain {}` says why", rule.code)))
    };
    guards.iter().filter_map(diagnostic).collect()
}

/// The commits from `base` to `head`; of a work tree, those of its branch.
fn commits(ui: &mut Ui, context: &Context, base: &Source, head: &Source) -> Result<Vec<Commit>, Failure> {
    let Source::Revision(base) = base else {
        return Ok(Vec::new());
    };
    let steps = match head {
        Source::Revision(head) => context.repo.steps(base, head)?,
        Source::WorkTree => {
            if !context.repo.uncommitted()?.is_empty() {
                ui.warn("what is not committed has no author yet: who may change it is judged once it is");
            }
            context.repo.steps(base, &context.repo.revision("HEAD")?)?
        }
    };
    Ok(steps.into_iter().map(commit).collect())
}

fn commit(step: Step) -> Commit {
    let reviewers = step
        .trailers
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case("Reviewed-by"))
        .map(|(_, value)| address(value).to_owned());
    Commit {
        id: step.revision.to_string(),
        reviewers: reviewers.collect(),
        author: step.revision.author.email,
        paths: step.paths,
    }
}

/// The address in `Name <address>`, or the whole.
fn address(text: &str) -> &str {
    let inside = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or(text.trim(), |(address, _)| address.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_reviewer() {
        for (text, expect) in [
            ("Alice <alice@example.org>", "alice@example.org"),
            ("alice@example.org", "alice@example.org"),
            ("A <b> <alice@example.org> ", "alice@example.org"),
            ("< alice@example.org", "< alice@example.org"),
            ("", ""),
        ] {
            assert_eq!(address(text), expect, "{text}");
        }
    }
}
