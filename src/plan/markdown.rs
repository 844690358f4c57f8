//! A plan as a comment on a pull request: GitHub-flavoured Markdown of bounded length in which nothing that users wrote is
//! Markdown.
//!
//! Whatever a user wrote stands in a code span whose delimiter is longer than any run of backticks inside (CommonMark §6.1), on
//! one line. There is no table, so `|` means nothing. Code spans are the only place where GitHub neither mentions nor links:
//! a backslash or an entity before `@` does not help.

use super::phrase::{self, Phrase, Piece};
use super::visible::visible;
use super::{Lines, Plan, text};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::model::change::{Fact, Side};
use crate::model::guard::Guard;

/// By this first line a pipeline finds its comment again, to replace it.
pub const MARKER: &str = "<!-- dockspace plan -->";

/// How long a comment gets at most, in bytes; GitHub takes 65 536 characters.
pub const BUDGET: usize = 60_000;

/// The share of the budget that files and effects may each take from the facts.
const SHARE: usize = 6;

/// Writes the comment in at most `budget` bytes, however long the plan is. What doesn't fit is counted.
#[must_use]
pub fn write(plan: &Plan, lines: Lines<'_>, budget: usize) -> String {
    let head = head(plan);
    let bullet = |phrase: Phrase<'_>| format!("- {}\n", shown(&phrase));
    let files = text::files(plan.files.as_deref().unwrap_or_default());
    let files = section("Files", files.into_iter().map(bullet), budget / SHARE);
    let effects = plan.effects.iter().map(phrase::effect);
    let effects = section("Effects", effects.map(bullet), budget / SHARE);
    let foot = if plan.files.is_none() {
        "\nFiles not compared: rendering them needs the host's identity.\n"
    } else {
        ""
    };
    let guards = guards(plan, lines, budget / SHARE);
    let rest = budget.saturating_sub(head.len() + guards.len() + files.len() + effects.len() + foot.len());
    let facts = section("Changes", plan.facts.iter().map(|fact| line(fact, lines)), rest);
    format!("{head}{guards}{facts}{files}{effects}{foot}")
}

/// The comment in place of a plan on a revision that cannot be used: its problems, in at most `budget` bytes.
#[must_use]
pub fn problems(diagnostics: &[Diagnostic], line: &dyn Fn(&Place) -> Option<(usize, usize)>, budget: usize) -> String {
    let head = format!("{MARKER}\n### No plan: this cannot be used as it is\n");
    let bullet = |found: &Diagnostic| {
        let severity = match found.rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = placed(&found.place, line(&found.place));
        let hint = found
            .hint
            .as_ref()
            .map(|hint| format!("; {}", code(hint)))
            .unwrap_or_default();
        let (rule, message) = (code(found.rule.code), code(&found.message));
        format!("- {severity} {rule}: {message}{hint} ({})\n", code(&place))
    };
    let rest = budget.saturating_sub(head.len());
    let list = section("Problems", diagnostics.iter().map(bullet), rest);
    format!("{head}{list}")
}

/// `users/example.org/alice.toml:7`.
fn placed(place: &Place, at: Option<(usize, usize)>) -> String {
    match at {
        Some((line, _)) => format!("{}:{line}", place.path),
        None => place.path.to_string(),
    }
}

fn head(plan: &Plan) -> String {
    let base = plan
        .base
        .as_ref()
        .map_or_else(|| "nothing applied yet".to_owned(), text::version);
    let head = text::version(&plan.head);
    let title = if plan.is_empty() {
        "Nothing to change".to_owned()
    } else {
        let count = plan.facts.len();
        let changes = if count == 1 { "change" } else { "changes" };
        format!("Plan {}: {count} {changes}", code(plan.id().as_str()))
    };
    format!("{MARKER}\n### {title}\n\nFrom {} to {}\n", code(&base), code(&head))
}

/// `` - `~` user `alice@example.org` quota `5G` → `10G` (`users/example.org/alice.toml:7`) ``
fn line(fact: &Fact, lines: Lines<'_>) -> String {
    let sign = phrase::sign(&fact.change);
    let place = place(fact.side(), &fact.place, lines);
    let subject = shown(&phrase::subject(&fact.subject));
    let change = shown(&phrase::change(fact));
    let separator = if change.is_empty() { "" } else { ": " };
    format!("- `{sign}` {subject}{separator}{change} ({})\n", code(&place))
}

/// `users/example.org/alice.toml:7`.
fn place(side: Side, place: &Place, lines: Lines<'_>) -> String {
    placed(place, lines(side, place))
}

/// What to look at twice stands above everything else. Each guard is told, however little room is left for what it found.
fn guards(plan: &Plan, lines: Lines<'_>, budget: usize) -> String {
    if plan.guards.is_empty() {
        return String::new();
    }
    let found = |guard: &Guard, index: usize| -> Option<String> {
        let found = guard.found.get(index)?;
        let place = plan
            .facts
            .get(found.fact)
            .map(|fact| place(fact.side(), &fact.place, lines));
        let place = place.map_or_else(String::new, |place| format!(" ({})", code(&place)));
        Some(format!("  - {}{place}\n", shown(&phrase::found(found))))
    };
    let share = budget / plan.guards.len();
    let mut body = format!("\n**Guards**\n\n{}\n\n", text::NOT_REFUSED);
    for guard in &plan.guards {
        body += &format!("- **{}**\n", shown(&phrase::guard(guard)));
        let start = body.len();
        let named = (0..text::FOUND_NAMED)
            .map_while(|index| found(guard, index))
            .take_while(|line| {
                let fits = body.len() - start + line.len() <= share;
                if fits {
                    body += line;
                }
                fits
            })
            .count();
        let missing = guard.found.len() - named;
        if missing > 0 {
            body += &format!("  {}", more(missing));
        }
    }
    body
}

/// A titled list of at most `budget` bytes; nothing for an empty one.
fn section(title: &str, lines: impl Iterator<Item = String>, budget: usize) -> String {
    let title = format!("\n**{title}**\n\n");
    // Room to say how many are missing, whatever the number.
    let room = budget.saturating_sub(title.len() + more(usize::MAX).len());
    let mut body = String::new();
    let mut missing = 0;
    for line in lines {
        if missing == 0 && body.len() + line.len() <= room {
            body.push_str(&line);
        } else {
            missing += 1;
        }
    }
    match (body.is_empty(), missing) {
        (true, 0) => String::new(),
        (_, 0) => title + &body,
        (_, missing) => title + &body + &more(missing),
    }
}

fn more(count: usize) -> String {
    format!("- … and {count} more\n")
}

fn shown(phrase: &Phrase<'_>) -> String {
    let show = |piece: &Piece<'_>| match piece {
        Piece::Word(word) => word.to_string(),
        Piece::Given(text) => code(text),
    };
    phrase.pieces().iter().map(show).collect()
}

/// A code span that says `text` and nothing else.
fn code(text: &str) -> String {
    let text = visible(text);
    if text.is_empty() {
        return "`\"\"`".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let delimiter = "`".repeat(longest + 1);
    // One blank on each side is taken off again, unless there are only blanks.
    let edge = |c: Option<char>| matches!(c, Some('`' | ' '));
    let is_blank = text.bytes().all(|byte| byte == b' ');
    let pad = if !is_blank && (edge(text.chars().next()) || edge(text.chars().last())) {
        " "
    } else {
        ""
    };
    format!("{delimiter}{pad}{text}{pad}{delimiter}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_span_outgrows_what_is_in_it() {
        for (text, span) in [
            ("a", "`a`"),
            ("", "`\"\"`"),
            ("`", "`` ` ``"),
            ("a``b", "```a``b```"),
            ("a`", "`` a` ``"),
            (" a ", "`  a  `"),
            ("  ", "`  `"),
            ("@team #1 <b> [x](y) |", "`@team #1 <b> [x](y) |`"),
            ("a\n\n# b", "`a\\n\\n# b`"),
            ("\u{202e}x", "`\\u{202e}x`"),
        ] {
            assert_eq!(code(text), span, "{text:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let lines = || (0..100).map(|n| format!("- {n}\n"));
        let short = section("T", lines(), 100);
        assert!(short.len() <= 100 && short.ends_with(" more\n"), "{short}");
        let shown = short.lines().filter(|line| line.starts_with("- ")).count() - 1;
        assert!(short.contains(&format!("and {} more", 100 - shown)), "{short}");
        assert!(!section("T", lines(), 10_000).contains("more"));
        assert_eq!(section("T", std::iter::empty(), 100), "");
    }

    proptest! {
        /// A reader that knows code spans alone finds the text again, and nothing outside it.
        #[test]
        fn a_code_span_holds_all_of_any_text(text in "[`a @#\\\\|<>\\[\\]()*_~\\n\u{202e}]{0,12}") {
            let span = format!("x {} y", code(&text));
            let (outside, inside) = super::super::hostile::code_spans(&span);
            prop_assert_eq!(outside, "x  y");
            let expected = if text.is_empty() { "\"\"".to_owned() } else { visible(&text).into_owned() };
            prop_assert_eq!(inside, [expected]);
        }
    }
}
