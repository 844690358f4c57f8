//! What every repository, however hostile, is held to.

use camino::Utf8Path;
use dockspace::clock::Clock;
use dockspace::diagnostic::{Diagnostic, Place};
use dockspace::document::{self, Loader};
use dockspace::mailserver;
use dockspace::model::{Desired, Dialect};
use dockspace::plan::{Plan, Revision, Sessions, Version, markdown, text};

use super::owned;
use super::repository::Files;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may be applied.
    Accepted,
    /// There is an error, with its place.
    Refused,
}

/// Loads, checks, renders and plans; `base` is the sound repository that it was made of.
///
/// # Errors
/// What went wrong on the way.
pub(crate) fn judge(files: &Files, base: &Files) -> Result<Verdict, String> {
    let mut loader = Loader::new(&Clock::fixed(jiff::Timestamp::UNIX_EPOCH));
    for (path, content) in files {
        loader.file(Utf8Path::new(path), content);
    }
    let loaded = loader.finish();
    if loaded.desired.is_some() == loaded.report.has_errors() {
        return Err("an organisation with errors, or none without".to_owned());
    }
    diagnostics(files, &loaded.report.sorted())?;
    formats(files.iter().filter(|(path, content)| base.get(*path) != Some(*content)))?;
    let Some(desired) = loaded.desired else {
        return Ok(Verdict::Refused);
    };
    plans(&desired)?;
    let report = mailserver::check(&desired, Dialect::Dms15);
    let has_errors = report.has_errors();
    diagnostics(files, &report.sorted())?;
    owned::check(&desired)?;
    Ok(if has_errors {
        Verdict::Refused
    } else {
        Verdict::Accepted
    })
}

/// Each problem lies in a file that is there, within its text, and is said on one line.
fn diagnostics(files: &Files, found: &[Diagnostic]) -> Result<(), String> {
    for diagnostic in found {
        let related = diagnostic.related.iter().map(|(place, _)| place);
        for place in std::iter::once(&diagnostic.place).chain(related) {
            located(files, place).map_err(|fault| format!("{fault}: {diagnostic:?}"))?;
        }
        let said = [Some(&diagnostic.message), diagnostic.hint.as_ref()];
        if said
            .into_iter()
            .flatten()
            .any(|text| text.is_empty() || text.contains(['\n', '\r', '\0', '\u{1b}']))
        {
            return Err(format!("not one line: {diagnostic:?}"));
        }
    }
    Ok(())
}

fn located(files: &Files, place: &Place) -> Result<(), String> {
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let Some(content) = files.get(place.path.as_str()) else {
        // What is missing altogether has no place but its path.
        return if start == 0 && end == 0 && !place.path.as_str().is_empty() {
            Ok(())
        } else {
            Err("no such file".to_owned())
        };
    };
    if start > end || end > content.len() {
        return Err(format!("outside of {} bytes", content.len()));
    }
    match std::str::from_utf8(content) {
        Ok(text) if !text.is_char_boundary(start) || !text.is_char_boundary(end) => {
            Err("within a character".to_owned())
        }
        _ => Ok(()),
    }
}

/// The canonical form of a file is canonical.
fn formats<'f>(files: impl Iterator<Item = (&'f String, &'f Vec<u8>)>) -> Result<(), String> {
    for (path, content) in files {
        let Ok(content) = std::str::from_utf8(content) else {
            continue;
        };
        let Some(kind) = document::Kind::of(Utf8Path::new(path)) else {
            continue;
        };
        if let Ok(once) = document::format(kind, content)
            && document::format(kind, &once).as_deref() != Ok(once.as_str())
        {
            return Err(format!("{path} is formatted anew each time:\n{once}"));
        }
    }
    Ok(())
}

/// A plan of everything can be shown.
fn plans(desired: &Desired) -> Result<(), String> {
    let version = Version::default();
    let head = Revision {
        version: &version,
        desired,
    };
    let plan = Plan::new(None, head, None, Sessions::Dropped);
    let lines = |_, _: &Place| None;
    for shown in [
        text::plain(&plan, &lines),
        markdown::write(&plan, &lines, markdown::BUDGET),
    ] {
        let is_unseen =
            |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}');
        if shown.contains(is_unseen) || shown.len() > markdown::BUDGET.max(plan.facts.len() * 1_000) {
            return Err(format!("a plan that cannot be shown:\n{shown}"));
        }
    }
    Ok(())
}
