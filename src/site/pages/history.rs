//! The history: what changed when, and by whom.

use serde::Serialize;

use super::super::{Commit, Site};

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    days: Vec<Day<'a>>,
    /// Whether there is more than is told.
    more: bool,
}

/// The commits of a day, the last first.
#[derive(Serialize)]
struct Day<'a> {
    day: &'a str,
    commits: Vec<&'a Commit>,
}

pub(in crate::site) fn view<'a>(site: &Site<'a>) -> View<'a> {
    let days = site.history.commits.chunk_by(|one, other| one.day() == other.day());
    let day = |commits: &'a [Commit]| Day {
        day: commits.first().map_or("", Commit::day),
        commits: commits.iter().collect(),
    };
    View {
        days: days.map(day).collect(),
        more: site.history.more,
    }
}
