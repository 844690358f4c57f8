//! A fact as JSON.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::change::{Change, Fact, Field, Subject, Value};
use crate::plan::Lines;

/// One difference. The fields are in alphabetical order.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct FactView<'a> {
    /// `added`, `removed`, `renamed`, `changed`, `gained` or `lost`.
    action: Cow<'a, str>,
    /// Of `changed`: the value now; without it the field has none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<ValueView<'a>>,
    /// Of `changed`: the value before; without it the field had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<ValueView<'a>>,
    /// Of `changed`, `gained` and `lost`: which field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<Cow<'a, str>>,
    /// Of `added` and `removed`: what the thing has; a field with several values stands several times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<FieldView<'a>>>,
    /// Of `renamed`: the address before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Cow<'a, str>>,
    /// Of `gained` and `lost`: the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<Cow<'a, str>>,
    /// Where it is written; no part of the plan's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<PlaceView<'a>>,
    /// What it is about.
    subject: SubjectView<'a>,
}

/// A field and its value.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FieldView<'a> {
    field: Cow<'a, str>,
    value: ValueView<'a>,
}

/// A value.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum ValueView<'a> {
    /// As written in the repository.
    Text(Cow<'a, str>),
    /// A secret.
    Secret(SecretView<'a>),
}

/// A secret, of which only this can be said.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SecretView<'a> {
    /// SHA-256 of the sealed text; `null` where a digest would help to guess the secret.
    sealed: Option<Cow<'a, str>>,
}

/// A place in a file of the repository.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlaceView<'a> {
    /// Counted from 1, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// Counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// Path inside the repository; of a thing that was removed, in the version before.
    path: Cow<'a, str>,
}

/// What a fact is about.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectView<'a> {
    /// `user`, `group`, `alias`, `client`, `settings` and so on.
    kind: Cow<'a, str>,
    /// Its name; empty for the settings, which there are once.
    name: Cow<'a, str>,
}

impl<'a> SubjectView<'a> {
    pub(super) fn new(subject: &'a Subject) -> Self {
        Self {
            kind: subject.kind().into(),
            name: subject.name().into(),
        }
    }
}

impl<'a> FactView<'a> {
    pub(super) fn new(fact: &'a Fact, lines: Lines<'_>) -> Self {
        let position = lines(fact.side(), &fact.place);
        Self {
            place: Some(PlaceView {
                path: fact.place.path.as_str().into(),
                line: position.map(|(line, _)| line),
                column: position.map(|(_, column)| column),
            }),
            ..Self::canonical(fact)
        }
    }

    /// Without the place.
    pub(in crate::plan) fn canonical(fact: &'a Fact) -> Self {
        let blank = Self {
            action: Cow::default(),
            after: None,
            before: None,
            field: None,
            fields: None,
            from: None,
            item: None,
            place: None,
            subject: SubjectView::new(&fact.subject),
        };
        match &fact.change {
            Change::Added(fields) => Self {
                action: "added".into(),
                fields: Some(list(fields)),
                ..blank
            },
            Change::Removed(fields) => Self {
                action: "removed".into(),
                fields: Some(list(fields)),
                ..blank
            },
            Change::Renamed { from } => Self {
                action: "renamed".into(),
                from: Some(from.as_str().into()),
                ..blank
            },
            Change::Changed { field, before, after } => Self {
                action: "changed".into(),
                field: Some((&**field).into()),
                before: before.as_ref().map(ValueView::new),
                after: after.as_ref().map(ValueView::new),
                ..blank
            },
            Change::Gained { field, item } => blank.with_item("gained", field, item),
            Change::Lost { field, item } => blank.with_item("lost", field, item),
        }
    }

    fn with_item(self, action: &'static str, field: &'a Field, item: &'a str) -> Self {
        Self {
            action: action.into(),
            field: Some((&**field).into()),
            item: Some(item.into()),
            ..self
        }
    }

    /// As it was before a place was added.
    pub(in crate::plan) fn without_place(&self) -> Self {
        Self {
            place: None,
            ..self.clone()
        }
    }
}

fn list(fields: &[(Field, Value)]) -> Vec<FieldView<'_>> {
    let mut views = Vec::with_capacity(fields.len());
    for (field, value) in fields {
        views.push(FieldView {
            field: (&**field).into(),
            value: ValueView::new(value),
        });
    }
    views
}

impl<'a> ValueView<'a> {
    fn new(value: &'a Value) -> Self {
        match value {
            Value::Text(text) => Self::Text((&**text).into()),
            Value::Secret(digest) => Self::Secret(SecretView {
                sealed: digest.as_ref().map(|digest| digest.to_string().into()),
            }),
        }
    }
}
