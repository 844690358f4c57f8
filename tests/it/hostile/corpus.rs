//! Single cases as data: `corpus/*.toml`, each file a list of `[[case]]` with the path and content of one file that is put into the
//! sound repository, and the problems that this must have: `CODE LINE` in that file, or `CODE PATH LINE` in another.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use camino::Utf8Path;
use dockspace::clock::Clock;
use dockspace::diagnostic::Severity;
use dockspace::document::Loader;
use dockspace::mailserver;
use dockspace::model::Dialect;

use super::base;
use super::judge::{Verdict, judge};
use super::repository::Files;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is tried.
    what: String,
    path: String,
    content: String,
    /// Nothing: it is accepted, and does no harm.
    expect: Vec<String>,
}

/// The errors of a repository, as the cases name them.
fn errors(files: &Files, about: &str) -> BTreeSet<String> {
    let mut loader = Loader::new(&Clock::fixed(jiff::Timestamp::UNIX_EPOCH));
    for (path, content) in files {
        loader.file(Utf8Path::new(path), content);
    }
    let loaded = loader.finish();
    let mut report = loaded.report;
    if let Some(desired) = &loaded.desired {
        report.append(mailserver::check(desired, Dialect::Dms15));
    }
    let errors = report
        .sorted()
        .into_iter()
        .filter(|found| found.rule.severity == Severity::Error);
    errors
        .map(|found| {
            let path = found.place.path.as_str();
            let text = String::from_utf8_lossy(files.get(path).map_or(&[], Vec::as_slice)).into_owned();
            let (line, _) = found.place.span.line_column(&text);
            let path = if path == about {
                String::new()
            } else {
                format!("{path} ")
            };
            format!("{} {path}{line}", found.rule.code)
        })
        .collect()
}

#[test]
fn each_case_is_refused_where_it_is_wrong() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/hostile/corpus");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let cases: Cases = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for case in cases.case {
            let mut files = base();
            files.insert(case.path.clone(), case.content.clone().into_bytes());
            let found = errors(&files, &case.path);
            let verdict = if case.expect.is_empty() {
                Verdict::Accepted
            } else {
                Verdict::Refused
            };
            let judged = judge(&files, &base());
            count += 1;
            if found != case.expect.iter().cloned().collect() || judged != Ok(verdict) {
                wrong.push(format!("{}: {}: {found:?}, {judged:?}", path.display(), case.what));
            }
        }
    }
    assert!(count > 60, "only {count} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
