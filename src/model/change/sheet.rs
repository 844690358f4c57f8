//! A thing as a list of fields, and the difference of two such lists.

use std::collections::BTreeMap;

use super::{Change, Field, Value, show::Show};
use crate::{digest::Digest, model::AnyOf, seal::Sealed};

/// All fields of one thing, in the order of its file. A thing that lists its fields here by taking its struct apart cannot
/// forget one.
#[derive(Default)]
pub(super) struct Sheet(Vec<(Field, Datum)>);

/// What a field holds.
enum Datum {
    Text { value: Box<str>, is_default: bool },
    Items(Vec<Box<str>>),
    Secret { fingerprint: Digest, shown: Option<Digest> },
}

impl Sheet {
    /// A field that always has a value.
    pub(super) fn value(&mut self, field: impl Into<Field>, value: &(impl Show + ?Sized)) {
        let value = value.show();
        self.push(
            field,
            Datum::Text {
                value,
                is_default: false,
            },
        );
    }

    /// A field that needs not be written when it is `default`.
    pub(super) fn or_default<T: Show + PartialEq>(&mut self, field: impl Into<Field>, value: &T, default: &T) {
        let is_default = value == default;
        let value = value.show();
        self.push(field, Datum::Text { value, is_default });
    }

    /// A field that may have no value.
    pub(super) fn optional(&mut self, field: impl Into<Field>, value: Option<&(impl Show + ?Sized)>) {
        if let Some(value) = value {
            self.value(field, value);
        }
    }

    /// A field with any number of values.
    pub(super) fn items<'a, T: Show + 'a>(&mut self, field: impl Into<Field>, items: impl IntoIterator<Item = &'a T>) {
        let items: Vec<_> = items.into_iter().map(Show::show).collect();
        if !items.is_empty() {
            self.push(field, Datum::Items(items));
        }
    }

    /// The groups of which any will do; `*` for everyone.
    pub(super) fn any_of(&mut self, field: impl Into<Field>, any: &AnyOf) {
        match any {
            AnyOf::Everyone => self.push(field, Datum::Items(vec!["*".into()])),
            AnyOf::Groups(groups) => self.items(field, groups),
        }
    }

    /// A sealed field: only its ciphertext is compared.
    pub(super) fn sealed(&mut self, field: impl Into<Field>, sealed: Option<&Sealed>) {
        if let Some(sealed) = sealed {
            let digest = sealed.digest();
            self.push(
                field,
                Datum::Secret {
                    fingerprint: digest,
                    shown: Some(digest),
                },
            );
        }
    }

    /// A secret that is compared by `fingerprint`, which itself must not be shown.
    pub(super) fn hidden(&mut self, field: impl Into<Field>, fingerprint: Digest) {
        self.push(
            field,
            Datum::Secret {
                fingerprint,
                shown: None,
            },
        );
    }

    fn push(&mut self, field: impl Into<Field>, datum: Datum) {
        self.0.push((field.into(), datum));
    }

    /// All that is not a default, flat: what a new or vanished thing has.
    pub(super) fn flat(self) -> Vec<(Field, Value)> {
        let mut flat = Vec::with_capacity(self.0.len());
        for (field, datum) in self.0 {
            match datum {
                Datum::Text { is_default: true, .. } => {}
                Datum::Text { value, .. } => flat.push((field, Value::Text(value))),
                Datum::Items(items) => {
                    flat.extend(items.into_iter().map(|item| (field.clone(), Value::Text(item))));
                }
                Datum::Secret { shown, .. } => flat.push((field, Value::Secret(shown.map(Box::new)))),
            }
        }
        flat.shrink_to_fit();
        flat
    }

    /// What differs from `self` to `after`: fields in the order of `after`, then those it has no more.
    pub(super) fn changes_to(self, after: Self) -> Vec<Change> {
        let mut before: BTreeMap<Field, Datum> = self.0.into_iter().collect();
        let mut changes = Vec::new();
        for (field, datum) in after.0 {
            differ(&field, before.remove(&field), Some(datum), &mut changes);
        }
        for (field, datum) in before {
            differ(&field, Some(datum), None, &mut changes);
        }
        changes
    }
}

fn differ(field: &Field, before: Option<Datum>, after: Option<Datum>, changes: &mut Vec<Change>) {
    match (before, after) {
        (Some(before), Some(after)) if before.same(&after) => {}
        (Some(Datum::Items(before)), Some(Datum::Items(after))) => items(field, before, after, changes),
        (Some(Datum::Items(before)), None) => items(field, before, Vec::new(), changes),
        (None, Some(Datum::Items(after))) => items(field, Vec::new(), after, changes),
        (before, after) => changes.push(Change::Changed {
            field: field.clone(),
            before: before.map(Datum::shown),
            after: after.map(Datum::shown),
        }),
    }
}

impl Datum {
    /// Whether nothing changed. Being a default is no part of a text: the default may depend on other fields.
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text { value: a, .. }, Self::Text { value: b, .. }) => a == b,
            (Self::Items(a), Self::Items(b)) => a == b,
            (Self::Secret { fingerprint: a, .. }, Self::Secret { fingerprint: b, .. }) => a == b,
            _ => false,
        }
    }

    fn shown(self) -> Value {
        match self {
            Self::Text { value, .. } => Value::Text(value),
            Self::Items(items) => Value::Text(items.join(", ").into()),
            Self::Secret { shown, .. } => Value::Secret(shown.map(Box::new)),
        }
    }
}

/// One change for each value lost or gained; when only the order differs, one that shows both orders.
fn items(field: &Field, before: Vec<Box<str>>, after: Vec<Box<str>>, changes: &mut Vec<Change>) {
    let mut count: BTreeMap<&str, i64> = BTreeMap::new();
    for item in &before {
        *count.entry(item).or_default() -= 1;
    }
    for item in &after {
        *count.entry(item).or_default() += 1;
    }
    let start = changes.len();
    for (item, count) in count {
        let item: Box<str> = item.into();
        for _ in count..0 {
            changes.push(Change::Lost {
                field: field.clone(),
                item: item.clone(),
            });
        }
        for _ in 0..count {
            changes.push(Change::Gained {
                field: field.clone(),
                item: item.clone(),
            });
        }
    }
    if changes.len() == start {
        changes.push(Change::Changed {
            field: field.clone(),
            before: Some(Datum::Items(before).shown()),
            after: Some(Datum::Items(after).shown()),
        });
    }
}
