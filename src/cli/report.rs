//! Diagnostics as people and machines read them: source excerpts, JSON, GitHub annotations.

use std::fmt::Write as _;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use camino::Utf8Path;
use serde_json::json;

use crate::diagnostic::{Diagnostic, Excerpt, Place, Severity, Span, is_unseen};
use crate::digest::sha256;

/// Fetches the text of a file again, to show an excerpt or count lines.
pub(super) type Texts<'a> = &'a dyn Fn(&Utf8Path) -> Option<String>;

/// Each problem with its lines, caret and hint, as rustc shows them; then the count.
#[must_use]
pub(super) fn text(diagnostics: &[Diagnostic], texts: Texts<'_>, styled: bool) -> String {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out += &excerpt(diagnostic, texts, &renderer);
        out += "\n\n";
    }
    out + &count(diagnostics)
}

fn excerpt(diagnostic: &Diagnostic, texts: Texts<'_>, renderer: &Renderer) -> String {
    let level = match diagnostic.rule.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.rule.code);
    let mut groups: Vec<Group<'_>> = vec![placed(
        Group::with_title(title),
        &diagnostic.place,
        diagnostic.excerpt,
        texts,
    )];
    for (place, label) in &diagnostic.related {
        let title = Level::NOTE.secondary_title(label);
        groups.push(placed(Group::with_title(title), place, Excerpt::Shown, texts));
    }
    if let Some(hint) = &diagnostic.hint {
        groups.push(Group::with_title(Level::HELP.secondary_title(hint)));
    }
    renderer.render(&groups)
}

/// Adds the lines in question; or only where they are, when they may hold a secret or the whole file is meant.
fn placed<'a>(group: Group<'a>, place: &Place, excerpt: Excerpt, texts: Texts<'_>) -> Group<'a> {
    match excerpt {
        Excerpt::Shown if place.span != Span::default() => group.element(snippet(place, texts)),
        Excerpt::Shown | Excerpt::Hidden => group.element(origin(place, texts)),
    }
}

fn snippet<'a>(place: &Place, texts: Texts<'_>) -> Snippet<'a, Annotation<'a>> {
    let source = masked(&place.path, &texts(&place.path).unwrap_or_default());
    let start = floor(&source, place.span.start as usize);
    let end = floor(&source, place.span.end as usize).max(start);
    Snippet::source(source)
        .path(visible(place.path.as_str()))
        .annotation(AnnotationKind::Primary.span(start..end))
}

/// Where it is, without a word of what stands there.
fn origin<'a>(place: &Place, texts: Texts<'_>) -> Origin<'a> {
    let (line, column) = position(place, texts);
    Origin::path(visible(place.path.as_str()))
        .line(line)
        .char_column(column)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// `3 errors and 1 warning`, or nothing.
fn count(diagnostics: &[Diagnostic]) -> String {
    let of = |severity| diagnostics.iter().filter(|d| d.rule.severity == severity).count();
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    match (of(Severity::Error), of(Severity::Warning)) {
        (0, 0) => String::new(),
        (0, warnings) => plural(warnings, "warning"),
        (errors, 0) => plural(errors, "error"),
        (errors, warnings) => format!("{} and {}", plural(errors, "error"), plural(warnings, "warning")),
    }
}

/// The text with every secret's value replaced by as many `*`: nothing shown may show what a person pasted by mistake.
pub(super) fn masked(path: &Utf8Path, text: &str) -> String {
    const SECRET: [&str; 5] = ["password", "secret", "totp", "private", "recovery_codes"];
    let all = path.as_str().ends_with(".sealed.toml");
    let mut open = None;
    text.split_inclusive('\n')
        .map(|line| {
            if let Some(quotes) = open {
                open = (!line.contains(quotes)).then_some(quotes);
                return stars(line);
            }
            match line.split_once('=') {
                Some((key, value)) if all || SECRET.iter().any(|word| key.contains(word)) => {
                    open = left_open(value);
                    format!("{key}={}", stars(value))
                }
                None if all && !line.trim_start().starts_with(['[', '#']) => stars(line),
                None if SECRET.iter().any(|word| line.contains(word)) => stars(line),
                _ => line.to_owned(),
            }
        })
        .collect()
}

/// The quotes of a string on several lines that `value` begins and does not end.
fn left_open(value: &str) -> Option<&'static str> {
    let quotes = ["\"\"\"", "'''"]
        .into_iter()
        .find(|quotes| value.trim_start().starts_with(quotes))?;
    (value.matches(quotes).count() == 1).then_some(quotes)
}

/// As many bytes, with nothing left to read but quotes, brackets and blanks.
fn stars(text: &str) -> String {
    let star = |c: char| {
        if c.is_whitespace() || "\"'[]{},".contains(c) {
            c.to_string()
        } else {
            "*".repeat(c.len_utf8())
        }
    };
    text.chars().map(star).collect()
}

/// Everything made visible but the ends of lines, so that neither a file nor its name can write to the terminal.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_unseen(c) && c != '\n' {
                c.escape_default().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// `dockspace.diagnostics/1`: one object for all problems.
#[must_use]
pub(super) fn json(diagnostics: &[Diagnostic], texts: Texts<'_>) -> String {
    let place = |place: &Place| {
        let (line, column) = position(place, texts);
        json!({ "path": place.path.as_str(), "line": line, "column": column, "start": place.span.start, "end": place.span.end })
    };
    let rows: Vec<_> = diagnostics
        .iter()
        .map(|d| {
            let mut row = place(&d.place);
            row["code"] = d.rule.code.into();
            row["severity"] = word(d.rule.severity).into();
            row["message"] = d.message.as_str().into();
            row["hint"] = d.hint.as_deref().into();
            row["related"] = d
                .related
                .iter()
                .map(|(at, label)| {
                    let mut row = place(at);
                    row["label"] = label.as_str().into();
                    row
                })
                .collect();
            row
        })
        .collect();
    let count = |severity| diagnostics.iter().filter(|d| d.rule.severity == severity).count();
    let document = json!({
        "format": "dockspace.diagnostics/1",
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "diagnostics": rows,
    });
    format!("{document:#}\n")
}

/// GitHub Actions workflow commands: one annotation a problem.
#[must_use]
pub(super) fn github(diagnostics: &[Diagnostic], texts: Texts<'_>) -> String {
    let mut out = String::new();
    for d in diagnostics {
        let (line, column) = position(&d.place, texts);
        let message = match &d.hint {
            Some(hint) => format!("{}\nhint: {hint}", d.message),
            None => d.message.clone(),
        };
        let _ = writeln!(
            out,
            "::{} file={},line={line},col={column},title={}::{}",
            word(d.rule.severity),
            property(&visible(d.place.path.as_str())),
            property(d.rule.code),
            escaped(&message),
        );
    }
    out
}

/// A Code Quality report of GitLab, as its documentation of the format has it: one row a problem, known again by its fingerprint.
#[must_use]
pub(super) fn gitlab(diagnostics: &[Diagnostic], texts: Texts<'_>) -> String {
    let row = |d: &Diagnostic| {
        let (line, _) = position(&d.place, texts);
        let path = visible(d.place.path.as_str());
        let hint = d.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        let description = format!("{}{hint}", d.message);
        let same = format!("{}\0{path}\0{line}\0{description}", d.rule.code);
        json!({
            "check_name": d.rule.code,
            "description": description,
            "fingerprint": sha256(same.as_bytes()).to_string(),
            "severity": match d.rule.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
            },
            "location": { "path": path, "lines": { "begin": line } },
        })
    };
    let rows: Vec<_> = diagnostics.iter().map(row).collect();
    format!("{:#}\n", json!(rows))
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn position(place: &Place, texts: Texts<'_>) -> (usize, usize) {
    texts(&place.path).map_or((1, 1), |text| place.span.line_column(&text))
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Rule;

    static RULE: Rule = Rule {
        code: "DS-T001",
        severity: Severity::Error,
        title: "t",
        explanation: "e",
    };

    fn texts(path: &Utf8Path) -> Option<String> {
        (path == "users/a.toml").then(|| "# ä\nname = 1\npassword = \"hunter2 x\"\n".to_owned())
    }

    fn diagnostic() -> Diagnostic {
        RULE.at("users/a.toml", Span::new(12, 13), "a name is text")
            .hint("write it\nin quotes, 100%")
    }

    #[test]
    fn people_see_the_line_and_a_caret() {
        let text = text(&[diagnostic()], &texts, false);
        for part in [
            "error[DS-T001]: a name is text",
            "users/a.toml:2:8",
            "2 | name = 1",
            "^",
            "help: write it",
            "1 error",
        ] {
            assert!(text.contains(part), "{part:?} in\n{text}");
        }
    }

    #[test]
    fn no_excerpt_shows_a_secret_or_a_control_character() {
        let shown = text(
            &[RULE.at("users/a.toml", Span::new(14, 22), "not \u{1b}[31m clear")],
            &texts,
            false,
        );
        assert!(!shown.contains("hunter2") && shown.contains("*******"), "{shown}");
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }

    #[test]
    fn a_hidden_excerpt_is_a_place_only() {
        let whole_file = RULE.at("users/a.toml", Span::default(), "a key is missing");
        for (found, place) in [
            (diagnostic().without_excerpt(), "users/a.toml:2:8"),
            (whole_file, "users/a.toml:1:1"),
        ] {
            let shown = text(&[found], &texts, false);
            assert!(shown.contains(place) && !shown.contains("name = 1"), "{shown}");
            assert!(!shown.contains('#'), "{shown}");
        }
    }

    #[test]
    fn machines_see_the_same() {
        let document: serde_json::Value = serde_json::from_str(&json(&[diagnostic()], &texts)).unwrap();
        assert_eq!(document["errors"], 1);
        let row = &document["diagnostics"][0];
        assert_eq!(
            (&row["line"], &row["column"], &row["code"]),
            (&json!(2), &json!(8), &json!("DS-T001"))
        );
    }

    #[test]
    fn a_code_quality_report_knows_each_problem_again() {
        let document: serde_json::Value = serde_json::from_str(&gitlab(&[diagnostic()], &texts)).unwrap();
        let row = &document[0];
        assert_eq!(
            (&row["check_name"], &row["severity"]),
            (&json!("DS-T001"), &json!("critical"))
        );
        assert_eq!(
            row["location"],
            json!({ "path": "users/a.toml", "lines": { "begin": 2 } })
        );
        assert_eq!(row["fingerprint"].as_str().unwrap().len(), 64);
        assert_eq!(gitlab(&[], &texts), "[]\n");
    }

    #[test]
    fn an_annotation_is_one_line_whatever_it_says() {
        assert_eq!(
            github(&[diagnostic()], &texts),
            "::error file=users/a.toml,line=2,col=8,title=DS-T001::a name is text%0Ahint: write it\\nin quotes, 100%25\n"
        );
    }
}
