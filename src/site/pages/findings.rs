//! What `check` has to say about a revision that can be used: warnings, by file.

use serde::Serialize;

use super::super::{Finding, Site};

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    findings: &'a [Finding],
}

pub(in crate::site) fn view<'a>(site: &Site<'a>) -> View<'a> {
    View {
        findings: site.findings,
    }
}
