//! Mail routes as a drawing: addresses in columns, lines from left to right.
//!
//! A small layout of our own: a column for each step, within a column the order in which the lines cross least, labels as wide as
//! their letters. The text beside it says the same and more; who cannot see the drawing misses nothing.
//!
//! ```text
//! hello@ ─────────── office@
//! board@ ── group board ─┬─ alice@
//!                        └─ bob@
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

/// Height of a row, in units of the drawing.
const ROW: usize = 26;
/// Width of a letter: the labels are in a fixed-width face of 12 units.
const LETTER: f64 = 7.3;
/// Room for the lines between two columns.
const GAP: f64 = 90.0;
/// What surrounds a label.
const PADDING: f64 = 8.0;
/// More than these labels are no picture any more.
const MOST: usize = 90;

/// What a label stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Step {
    /// Where a route begins.
    Start,
    /// A group, or a further alias.
    Between,
    /// A mailbox of ours.
    Mailbox,
    /// An address elsewhere.
    Elsewhere,
}

/// Labels, and what leads where.
#[derive(Debug, Default)]
pub(super) struct Graph {
    labels: Vec<(String, Step)>,
    places: BTreeMap<String, usize>,
    lines: Vec<(usize, usize)>,
    followed: Vec<bool>,
}

/// A drawing, ready to be written as SVG.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Drawing {
    title: String,
    /// What it shows, for those who listen.
    description: String,
    width: u32,
    height: u32,
    labels: Vec<Label>,
    lines: Vec<String>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Label {
    text: String,
    kind: Step,
    x: u32,
    y: u32,
    width: u32,
}

impl Graph {
    /// Where `label` stands, as what `step` says unless it was there.
    fn place(&mut self, label: &str, step: Step) -> usize {
        if let Some(place) = self.places.get(label) {
            return *place;
        }
        let place = self.labels.len();
        self.labels.push((label.to_owned(), step));
        self.followed.push(false);
        self.places.insert(label.to_owned(), place);
        place
    }

    /// Begins to follow `label`; `false` when that was done before.
    pub(super) fn start(&mut self, label: &str) -> bool {
        let place = self.place(label, Step::Start);
        !std::mem::replace(&mut self.followed[place], true)
    }

    /// Draws a line.
    pub(super) fn lead(&mut self, from: &str, to: &str, step: Step) {
        let line = (self.place(from, Step::Start), self.place(to, step));
        if !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }

    /// The column of each label: one behind the last that leads to it; ends stand in the last column.
    fn columns(&self) -> Vec<usize> {
        let mut columns = vec![0; self.labels.len()];
        // A path is no longer than there are labels, so this comes to an end even where lines lead in a circle.
        for _ in 0..self.labels.len() {
            let mut moved = false;
            for &(from, to) in &self.lines {
                if columns[to] <= columns[from] && columns[from] + 1 < self.labels.len() {
                    columns[to] = columns[from] + 1;
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        let last = columns.iter().copied().max().unwrap_or_default();
        for (column, (_, step)) in columns.iter_mut().zip(&self.labels) {
            if matches!(step, Step::Mailbox | Step::Elsewhere) {
                *column = last;
            }
        }
        columns
    }

    /// The row of each label in its column: as near as possible to what leads to it.
    fn rows(&self, columns: &[usize]) -> Vec<usize> {
        let count = columns.iter().copied().max().unwrap_or_default() + 1;
        let mut rows = vec![0; columns.len()];
        for column in 0..count {
            let mut labels: Vec<(usize, usize)> = Vec::new();
            for label in (0..columns.len()).filter(|label| columns[*label] == column) {
                let from = self.lines.iter().filter(|line| line.1 == label);
                let heights: Vec<usize> = from.map(|line| height(columns, &rows, line.0)).collect();
                // A thousandth of a row is fine enough to tell two means apart.
                let mean = (heights.iter().sum::<usize>() * 1000).checked_div(heights.len());
                labels.push((mean.unwrap_or(label * 1000), label));
            }
            labels.sort_unstable();
            for (row, (_, label)) in labels.into_iter().enumerate() {
                rows[label] = row;
            }
        }
        rows
    }

    fn width(&self, label: usize) -> f64 {
        let letters = u32::try_from(self.labels[label].0.chars().count()).unwrap_or_default();
        f64::from(letters) * LETTER + 2.0 * PADDING
    }

    /// The drawing; `None` for one that would be too large to read.
    pub(super) fn draw(&self, title: &str) -> Option<Drawing> {
        if self.lines.is_empty() || self.labels.len() > MOST {
            return None;
        }
        let columns = self.columns();
        let rows = self.rows(&columns);
        let count = columns.iter().copied().max().unwrap_or_default() + 1;
        let mut lefts = Vec::with_capacity(count);
        let mut left = 1.0;
        for column in 0..count {
            lefts.push(left);
            let labels = (0..columns.len()).filter(|label| columns[*label] == column);
            left += labels.map(|label| self.width(label)).fold(0.0, f64::max) + GAP;
        }
        let labels = (0..columns.len()).map(|label| Label {
            text: self.labels[label].0.clone(),
            kind: self.labels[label].1,
            x: units(lefts[columns[label]]),
            y: u32::try_from((height(&columns, &rows, label) + 1) * ROW / 2).unwrap_or_default(),
            width: units(self.width(label)),
        });
        let labels: Vec<Label> = labels.collect();
        let line = |&(from, to): &(usize, usize)| curve(&labels[from], &labels[to]);
        Some(Drawing {
            title: title.to_owned(),
            description: format!(
                "{} addresses and {} lines; the table says the same in words.",
                labels.len(),
                self.lines.len()
            ),
            width: units(left - GAP + 1.0),
            height: u32::try_from(tallest(&columns) * ROW).unwrap_or_default(),
            lines: self.lines.iter().map(line).collect(),
            labels,
        })
    }
}

/// How many labels the fullest column has.
fn tallest(columns: &[usize]) -> usize {
    columns
        .iter()
        .map(|column| size(columns, *column))
        .max()
        .unwrap_or_default()
}

fn size(columns: &[usize], column: usize) -> usize {
    columns.iter().filter(|other| **other == column).count()
}

/// How far down a label stands, in halves of a row: a short column stands in the middle of the tallest.
fn height(columns: &[usize], rows: &[usize], label: usize) -> usize {
    tallest(columns) - size(columns, columns[label]) + 2 * rows[label]
}

/// Whole units of the drawing.
fn units(value: f64) -> u32 {
    format!("{value:.0}").parse().unwrap_or_default()
}

/// A line from the right edge of one label to the left edge of another.
fn curve(from: &Label, to: &Label) -> String {
    let (start, end) = (from.x + from.width, to.x);
    let half = end.saturating_sub(start) / 2;
    let mut path = String::new();
    let _ = write!(
        path,
        "M{start} {}C{} {} {} {} {end} {}",
        from.y,
        start + half,
        from.y,
        end.saturating_sub(half),
        to.y,
        to.y
    );
    path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(lines: &[(&str, &str, Step)]) -> Drawing {
        let mut graph = Graph::default();
        for (from, to, step) in lines {
            graph.start(from);
            graph.lead(from, to, *step);
        }
        graph.draw("Routes").unwrap()
    }

    fn at<'d>(drawing: &'d Drawing, text: &str) -> &'d Label {
        drawing.labels.iter().find(|label| label.text == text).unwrap()
    }

    #[test]
    fn steps_stand_in_columns_from_left_to_right_and_ends_in_the_last() {
        let drawing = drawn(&[
            ("a", "group x", Step::Between),
            ("group x", "m", Step::Mailbox),
            ("b", "n", Step::Mailbox),
        ]);
        let x = |text| at(&drawing, text).x;
        assert!(x("a") == x("b") && x("a") < x("group x") && x("group x") < x("m") && x("m") == x("n"));
        assert_eq!(drawing.lines.len(), 3);
        assert!(
            drawing
                .lines
                .iter()
                .all(|line| line.starts_with('M') && line.contains('C'))
        );
    }

    #[test]
    fn targets_stand_in_the_order_of_what_leads_to_them() {
        let drawing = drawn(&[
            ("a", "z", Step::Mailbox),
            ("b", "y", Step::Mailbox),
            ("c", "x", Step::Elsewhere),
        ]);
        let y = |text| at(&drawing, text).y;
        assert!(y("z") < y("y") && y("y") < y("x"));
    }

    #[test]
    fn nothing_and_too_much_is_not_drawn() {
        assert_eq!(Graph::default().draw("Routes"), None);
        let mut graph = Graph::default();
        (0..MOST).for_each(|n| graph.lead("a", &n.to_string(), Step::Mailbox));
        assert_eq!(graph.draw("Routes"), None);
    }

    proptest! {
        /// Whatever leads where, even in a circle: every label inside, no two over each other.
        #[test]
        fn labels_never_lie_over_each_other(lines in prop::collection::vec((0..9_u8, 0..9_u8), 1..30)) {
            let mut graph = Graph::default();
            for (from, to) in lines.into_iter().filter(|(from, to)| from != to) {
                graph.lead(&format!("label {from}"), &format!("label {to}"), Step::Between);
            }
            if let Some(drawing) = graph.draw("Routes") {
                let labels = &drawing.labels;
                for (index, one) in labels.iter().enumerate() {
                    prop_assert!(one.x + one.width <= drawing.width && one.y < drawing.height);
                    for other in &labels[index + 1..] {
                        let apart = one.x + one.width <= other.x || other.x + other.width <= one.x;
                        prop_assert!(apart || one.y.abs_diff(other.y) >= u32::try_from(ROW).unwrap());
                    }
                }
            }
        }
    }
}
