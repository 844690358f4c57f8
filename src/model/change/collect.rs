//! The walk over two ordered maps that finds what is new, gone or different.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Change, Fact, Subject, sheet::Sheet};
use crate::{diagnostic::Place, model::Origin};

/// Something that can list its fields and say where they stand.
pub(super) trait Thing: PartialEq {
    /// Lists every field, by taking the struct apart so that the compiler notices a new one.
    fn describe(&self, to: &mut Sheet);

    /// Where `field` stands; without one, where the thing itself starts.
    fn place(&self, field: Option<&str>) -> Place;
}

/// Where `field` of a thing read from `origin` stands. A field inside a table may have to do with the place of the table.
pub(super) fn place(origin: &Origin, field: Option<&str>) -> Place {
    let Some(field) = field else { return origin.of("") };
    let place = origin.of(field);
    match field.rsplit_once('.') {
        Some((table, _)) if place == origin.of("") => self::place(origin, Some(table)),
        _ => place,
    }
}

/// Adds the facts about all entries that differ, in the order of their keys.
pub(super) fn collection<K: Ord, T: Thing>(
    before: Option<&BTreeMap<K, T>>,
    after: &BTreeMap<K, T>,
    subject: impl Fn(&K) -> Subject,
    facts: &mut Vec<Fact>,
) {
    for pair in pairs(before, after) {
        match pair {
            Pair::Before(key, thing) => facts.push(removed(subject(key), thing)),
            Pair::After(key, thing) => facts.push(added(subject(key), thing)),
            Pair::Both(key, old, new) if old != new => changed(&subject(key), old, new, facts),
            Pair::Both(..) => {}
        }
    }
}

/// An entry of one map or of both.
pub(super) enum Pair<'a, K, T> {
    Before(&'a K, &'a T),
    After(&'a K, &'a T),
    Both(&'a K, &'a T, &'a T),
}

/// The entries of both maps, in the order of their keys.
pub(super) fn pairs<'a, K: Ord, T>(
    before: Option<&'a BTreeMap<K, T>>,
    after: &'a BTreeMap<K, T>,
) -> impl Iterator<Item = Pair<'a, K, T>> {
    let mut before = before.into_iter().flatten().peekable();
    let mut after = after.iter().peekable();
    std::iter::from_fn(move || {
        let order = match (before.peek(), after.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        match order {
            Ordering::Less => before.next().map(|(key, thing)| Pair::Before(key, thing)),
            Ordering::Greater => after.next().map(|(key, thing)| Pair::After(key, thing)),
            Ordering::Equal => {
                let ((key, old), (_, new)) = before.next().zip(after.next())?;
                Some(Pair::Both(key, old, new))
            }
        }
    })
}

/// The fact that `thing` is new.
pub(super) fn added(subject: Subject, thing: &impl Thing) -> Fact {
    Fact {
        subject,
        change: Change::Added(sheet(thing).flat()),
        place: thing.place(None),
    }
}

/// The fact that `thing` is gone.
pub(super) fn removed(subject: Subject, thing: &impl Thing) -> Fact {
    Fact {
        subject,
        change: Change::Removed(sheet(thing).flat()),
        place: thing.place(None),
    }
}

/// Adds one fact for each field that differs.
pub(super) fn changed<T: Thing>(subject: &Subject, before: &T, after: &T, facts: &mut Vec<Fact>) {
    let changes = sheet(before).changes_to(sheet(after));
    facts.extend(changes.into_iter().map(|change| Fact {
        subject: subject.clone(),
        place: after.place(change.field()),
        change,
    }));
}

fn sheet(thing: &impl Thing) -> Sheet {
    let mut sheet = Sheet::default();
    thing.describe(&mut sheet);
    sheet
}
