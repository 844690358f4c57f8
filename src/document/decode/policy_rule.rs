//! `[policy.rules.NAME]` in `dockspace.toml`.

use std::collections::BTreeMap;

use globset::GlobBuilder;

use super::{parsed, title};
use crate::{
    document::{
        kind::Kind,
        reader::{At, Table, Value},
        rules::{
            group::GROUP_NAME,
            organisation::{NAME, TITLE},
            policy as rule,
        },
        schema, spelling,
    },
    model::{
        GroupName, RuleName,
        rule::{ChangeRule, Demand, PolicyRule},
    },
};

/// A rule and the groups it names.
type Read = (PolicyRule, Vec<At<GroupName>>);

pub(super) fn rules(table: &mut Table<'_, '_>) -> BTreeMap<RuleName, Read> {
    super::named(table, "policy.rules", parsed(RuleName::parse), &NAME, decode)
}

fn decode(key: At<&str>, value: Value<'_, '_>) -> Option<Read> {
    let place = value.place(key.span);
    let mut table = value.table()?;
    let groups = |table: &mut Table<'_, '_>, key| table.list(key, &GROUP_NAME, GroupName::parse);
    let kinds = [
        ["paths", "fields", "by", "or_self", "reviewed_by"]
            .iter()
            .any(|key| table.has(key)),
        table.has("apart"),
        table.has("second_factor"),
    ];
    let because = table.parse("because", &TITLE, title).map(|at| at.value);
    let paths = super::values(table.list("paths", &rule::GLOB, path)).collect();
    let fields = super::values(table.list("fields", &rule::FIELD, field)).collect();
    let by = groups(&mut table, "by");
    let or_self = table.flag("or_self").unwrap_or(false);
    let reviewed_by = groups(&mut table, "reviewed_by");
    let apart = groups(&mut table, "apart");
    let second_factor = groups(&mut table, "second_factor");
    let named: Vec<_> = [&by, &reviewed_by, &apart, &second_factor]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let values = |list: Vec<At<GroupName>>| list.into_iter().map(|at| at.value);
    let says = |rule, message: &str, hint: &str| {
        let sink = table.sink();
        sink.push(sink.at(rule, key.span, message).hint(hint));
    };
    let demand = match kinds {
        [true, false, false] => {
            if table.length_of("paths") + table.length_of("fields") == 0 {
                says(
                    &rule::HALF_A_RULE,
                    "the rule does not say what it is about",
                    "paths = [\"groups/*\"], or fields = [\"user.groups\"]",
                );
            }
            if !or_self && table.length_of("by") + table.length_of("reviewed_by") == 0 {
                says(
                    &rule::HALF_A_RULE,
                    "the rule does not say who may",
                    "by = [\"admins\"], or reviewed_by = [\"admins\"]",
                );
            }
            Demand::Change(ChangeRule {
                paths,
                fields,
                by: values(by).collect(),
                or_self,
                reviewed_by: values(reviewed_by).collect(),
            })
        }
        [false, true, false] => {
            if table.length_of("apart") < 2 {
                says(
                    &rule::HALF_A_RULE,
                    "one group excludes no other",
                    "apart = [\"payments\", \"approvals\"]",
                );
            }
            Demand::Apart(values(apart).collect())
        }
        [false, false, true] => {
            if table.length_of("second_factor") == 0 {
                says(
                    &rule::HALF_A_RULE,
                    "the rule names no group",
                    "second_factor = [\"admins\"]",
                );
            }
            Demand::SecondFactor(values(second_factor).collect())
        }
        _ => {
            says(
                &rule::RULE_KIND,
                "a rule is about one thing",
                "it has paths or fields with by or reviewed_by; or apart; or second_factor",
            );
            table.finish();
            return None;
        }
    };
    table.finish();
    Some((PolicyRule { demand, because, place }, named))
}

/// A pattern of paths in the repository.
fn path(text: &str) -> Result<String, String> {
    if text.starts_with('/') || text.starts_with("./") {
        return Err("a path starts in the root of the repository, without `/` or `./`".to_owned());
    }
    match GlobBuilder::new(text).literal_separator(true).build() {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.kind().to_string()),
    }
}

/// The kinds of things whose fields a rule may name, each with its file.
const KINDS: [(&str, Option<Kind>); 16] = [
    ("settings", Some(Kind::Organisation)),
    ("domain", None),
    ("target", None),
    ("user", Some(Kind::User)),
    ("group", Some(Kind::Group)),
    ("alias", None),
    ("catch-all", None),
    ("client", Some(Kind::Client)),
    ("key", Some(Kind::Key)),
    ("regexp", None),
    ("system-alias", None),
    ("relay", None),
    ("master", None),
    ("send-access", None),
    ("receive-access", None),
    ("retired", None),
];

/// `group`, `user.groups`: a kind of thing as plans name it, or one field of it.
fn field(text: &str) -> Result<String, String> {
    let (kind, field) = match text.split_once('.') {
        Some((kind, field)) => (kind, Some(field)),
        None => (text, None),
    };
    let Some((_, files)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let names = KINDS.iter().map(|(name, _)| *name);
        return Err(meant("there is no such kind of thing", kind, names));
    };
    let Some(field) = field else { return Ok(text.to_owned()) };
    let Some(file) = files else {
        return Err(format!("write `{kind}` alone"));
    };
    let files: &[Kind] = match file {
        Kind::User => &[Kind::User, Kind::Profile, Kind::Sealed],
        other => std::slice::from_ref(other),
    };
    let keys = || files.iter().flat_map(|file| schema::keys(*file)).map(|key| key.name);
    let first = field.split('.').next().unwrap_or_default();
    if keys().any(|key| key == first) {
        Ok(text.to_owned())
    } else {
        Err(meant(&format!("a {kind} has no such field"), first, keys()))
    }
}

fn meant<'a>(what: &str, word: &str, known: impl Iterator<Item = &'a str>) -> String {
    match spelling::closest(word, known) {
        Some(meant) => format!("{what}; did you mean `{meant}`?"),
        None => what.to_owned(),
    }
}
