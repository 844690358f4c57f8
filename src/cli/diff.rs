//! What an edit changes, as a unified diff that shows no secret.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use camino::Utf8Path;
use similar::{ChangeTag, TextDiff};

use super::report;
use crate::seal::Sealed;

const HEADER: Style = Style::new().bold();
const PLACE: Style = AnsiColor::Cyan.on_default();
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
/// Lines shown around a change.
const AROUND: usize = 2;

/// The difference of one file; `None` is a file that is not there. Sealed values show their counter alone, and what stands where a
/// secret belongs is starred.
#[must_use]
pub(super) fn unified(path: &Utf8Path, before: Option<&str>, after: Option<&str>) -> String {
    let name =
        |side: &str, text: Option<&str>| text.map_or_else(|| "/dev/null".to_owned(), |_| format!("{side}/{path}"));
    let mut out = format!(
        "{HEADER}--- {}{HEADER:#}\n{HEADER}+++ {}{HEADER:#}\n",
        name("a", before),
        name("b", after)
    );
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let shown = (lines(path, before), lines(path, after));
    let diff = TextDiff::from_lines(before, after);
    for hunk in diff.unified_diff().context_radius(AROUND).iter_hunks() {
        let _ = writeln!(out, "{PLACE}{}{PLACE:#}", hunk.header());
        for change in hunk.iter_changes() {
            let line = change
                .new_index()
                .and_then(|index| shown.1.get(index))
                .or_else(|| shown.0.get(change.old_index()?));
            let line = line.map(String::as_str).unwrap_or_default();
            let _ = match change.tag() {
                ChangeTag::Equal => writeln!(out, " {line}"),
                ChangeTag::Insert => writeln!(out, "{ADDED}+{line}{ADDED:#}"),
                ChangeTag::Delete => writeln!(out, "{REMOVED}-{line}{REMOVED:#}"),
            };
        }
    }
    out
}

/// The lines of a file as they may be shown.
fn lines(path: &Utf8Path, text: &str) -> Vec<String> {
    let masked = report::masked(path, text);
    let line = |(raw, masked): (&str, &str)| {
        let sealed = raw.split_once('=').and_then(|(key, value)| {
            let sealed = Sealed::parse(value.trim().trim_matches('"')).ok()?;
            Some(format!("{key}= \"{sealed:?}\""))
        });
        report::visible(&sealed.unwrap_or_else(|| masked.to_owned()))
    };
    text.lines().zip(masked.lines()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(path: &str, before: Option<&str>, after: Option<&str>) -> String {
        anstream::adapter::strip_str(&unified(path.into(), before, after)).to_string()
    }

    const SEALED: &str = "age:1:3:YWdlLWVuY3J5cHRpb24ub3JnL3YxAAAA";

    #[test]
    fn it_reads_as_diffs_do() {
        let shown = plain(
            "groups/a.toml",
            Some("a = 1\nb = 2\nc = 3\nd = 4\n"),
            Some("a = 1\nb = 2\nc = 3\nd = 5\n"),
        );
        assert_eq!(
            shown,
            "--- a/groups/a.toml\n+++ b/groups/a.toml\n@@ -2,3 +2,3 @@\n b = 2\n c = 3\n-d = 4\n+d = 5\n"
        );
        let new = plain("groups/a.toml", None, Some("a = 1\n"));
        assert!(new.starts_with("--- /dev/null\n+++ b/groups/a.toml\n"), "{new}");
    }

    #[test]
    fn sealed_values_show_their_counter_and_clear_ones_nothing() {
        let after = format!("password = \"{SEALED}\"\n");
        let shown = plain(
            "users/example.org/alice.sealed.toml",
            Some("password = \"hunter2\"\n"),
            Some(&after),
        );
        assert!(
            shown.contains("-password = \"*******\"\n+password = \"age:1:3:…\"\n"),
            "{shown}"
        );
        let shown = plain(
            "users/test.example.org/probe.toml",
            Some("password = \"hunter2\"\n"),
            Some("password = \"hunter3\"\n"),
        );
        assert!(
            !shown.contains("hunter") && shown.contains("+password = \"*******\""),
            "{shown}"
        );
        let beside = format!("password = \"hunter2 {SEALED}\"\n");
        let shown = plain("users/example.org/alice.sealed.toml", None, Some(&beside));
        assert!(!shown.contains("hunter"), "{shown}");
    }

    #[test]
    fn a_secret_on_several_lines_is_hidden_on_all() {
        for quotes in ["\"\"\"", "'''"] {
            let text =
                format!("class = \"test\"\npassword = {quotes}\nhunter2\nhunter = 3{quotes}\nname = \"Probe\"\n");
            let shown = plain("users/test.example.org/probe.toml", None, Some(&text));
            assert!(
                !shown.contains("hunter") && shown.contains("name = \"Probe\""),
                "{shown}"
            );
        }
    }

    #[test]
    fn nothing_in_a_file_writes_to_the_terminal() {
        let shown = unified("groups/a.toml".into(), None, Some("name = \"\u{1b}[31m\"\n"));
        assert!(!shown.contains("\u{1b}[31m\""), "{shown:?}");
    }
}
