//! Rules that no file can keep or break alone: who is who, which address means what, where mail ends up.
//!
//! What could not be read is not held against the rest: a group whose file has a syntax error exists all the same.

mod addresses;
mod clients;
mod groups;
mod mail;
mod people;
mod profiles;
mod routes;
mod settings;
mod targets;

use std::collections::BTreeMap;

use self::addresses::Addresses;
pub use self::settings::DEMO_RECIPIENT;
use super::{files::Files, spelling};
use crate::{
    diagnostic::{Diagnostic, Place, Report, Rule, Span},
    model::Origin,
};

/// Checks `files`, which must be sorted.
pub(super) fn check(files: &Files, report: &mut Report) {
    let addresses = Addresses::collect(files, report);
    settings::check(files, &addresses, report);
    people::check(files, report);
    profiles::check(files, report);
    groups::check(files, &addresses, report);
    targets::check(files, &addresses, report);
    routes::check(files, &addresses, report);
    clients::check(files, report);
    mail::check(files, report);
}

/// A span of the file of `origin`.
fn place(origin: &Origin, span: Span) -> Place {
    Place {
        path: origin.path().to_owned(),
        span,
    }
}

/// A breach of `rule` at `place`.
fn problem(rule: &'static Rule, place: Place, message: impl Into<String>) -> Diagnostic {
    rule.at(place.path, place.span, message)
}

/// One problem for many places where the same thing is missing, so that one mistake is not reported a thousand times.
#[derive(Default)]
struct Missing<'a>(BTreeMap<&'a str, (Place, usize)>);

impl<'a> Missing<'a> {
    fn note(&mut self, what: &'a str, place: impl FnOnce() -> Place) {
        self.0.entry(what).or_insert_with(|| (place(), 0)).1 += 1;
    }

    /// Reports each: `message` of the name, and the closest of `known` as what may have been meant.
    fn report(
        self,
        rule: &'static Rule,
        known: &[&str],
        message: impl Fn(&str) -> String,
        hint: impl Fn(&str) -> String,
        report: &mut Report,
    ) {
        for (name, (place, count)) in self.0 {
            let more = if count > 1 {
                format!(" (and in {} more places)", count - 1)
            } else {
                String::new()
            };
            let hint = spelling::closest(name, known.iter().copied())
                .map_or_else(|| hint(name), |meant| format!("did you mean `{meant}`?"));
            report.push(problem(rule, place, message(name) + &more).hint(hint));
        }
    }
}
