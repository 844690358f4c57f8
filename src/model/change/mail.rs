//! Facts about what belongs to the mail server and to no person.

use std::collections::BTreeMap;

use super::collect::{Pair, Thing, added, changed, collection, pairs, removed};
use super::{Change, Fact, Subject, Value, sheet::Sheet};
use crate::diagnostic::{Place, Span};
use crate::model::{Access, Mail, Master, Regexp, Relay, SystemTarget};

/// Adds the facts about `mail.toml`.
pub(super) fn mail(before: Option<&Mail>, after: &Mail, facts: &mut Vec<Fact>) {
    let Mail {
        regexp,
        system_aliases,
        relay,
        masters,
        send,
        receive,
    } = after;
    patterns(before.map_or(&[], |mail| &mail.regexp), regexp, facts);
    let subject = |name: &_| Subject::SystemAlias(Clone::clone(name));
    collection(before.map(|mail| &mail.system_aliases), system_aliases, subject, facts);
    let subject = |domain: &_| Subject::Relay(Clone::clone(domain));
    collection(before.map(|mail| &mail.relay), relay, subject, facts);
    let subject = |name: &_| Subject::Master(Clone::clone(name));
    collection(before.map(|mail| &mail.masters), masters, subject, facts);
    let subject = |key: &_| Subject::SendAccess(Clone::clone(key));
    collection(before.map(|mail| &mail.send), send, subject, facts);
    let subject = |key: &_| Subject::ReceiveAccess(Clone::clone(key));
    collection(before.map(|mail| &mail.receive), receive, subject, facts);
}

/// A pattern in its list, whose order is meaning: the first match wins.
#[derive(PartialEq)]
struct Numbered<'a> {
    regexp: &'a Regexp,
    /// Counted from 1.
    position: usize,
}

/// Patterns by their text and which of several equal ones they are.
type Patterns<'a> = BTreeMap<(&'a str, usize), Numbered<'a>>;

fn patterns(before: &[Regexp], after: &[Regexp], facts: &mut Vec<Fact>) {
    if before == after {
        return;
    }
    let (before, after) = (numbered(before), numbered(after));
    let (rank_before, rank_after) = (ranks(&before, &after), ranks(&after, &before));
    let subject = |(pattern, _): &(&str, usize)| Subject::Regexp((*pattern).into());
    for pair in pairs(Some(&before), &after) {
        match pair {
            Pair::Before(key, old) => facts.push(with_position(removed(subject(key), old), old)),
            Pair::After(key, new) => facts.push(with_position(added(subject(key), new), new)),
            Pair::Both(key, old, new) => {
                if rank_before.get(key) != rank_after.get(key) {
                    facts.push(Fact {
                        subject: subject(key),
                        change: Change::Changed {
                            field: "position".into(),
                            before: Some(position(old)),
                            after: Some(position(new)),
                        },
                        place: new.place(None),
                    });
                }
                changed(&subject(key), old, new, facts);
            }
        }
    }
}

fn numbered(list: &[Regexp]) -> Patterns<'_> {
    let mut patterns = Patterns::new();
    for (index, regexp) in list.iter().enumerate() {
        let pattern = regexp.pattern.as_str();
        let same = list[..index].iter().filter(|other| other.pattern == pattern).count();
        let position = index + 1;
        patterns.insert((pattern, same), Numbered { regexp, position });
    }
    patterns
}

/// For each pattern that both sides have, how many others of them stand before it in `list`. A new line further up moves
/// none of them.
fn ranks<'a>(list: &Patterns<'a>, other: &Patterns<'_>) -> BTreeMap<(&'a str, usize), usize> {
    let mut common: Vec<_> = list.iter().filter(|(key, _)| other.contains_key(*key)).collect();
    common.sort_by_key(|(_, numbered)| numbered.position);
    common
        .into_iter()
        .enumerate()
        .map(|(rank, (key, _))| (*key, rank))
        .collect()
}

fn with_position(mut fact: Fact, numbered: &Numbered<'_>) -> Fact {
    if let Change::Added(fields) | Change::Removed(fields) = &mut fact.change {
        fields.insert(0, ("position".into(), position(numbered)));
    }
    fact
}

fn position(numbered: &Numbered<'_>) -> Value {
    Value::Text(numbered.position.to_string().into())
}

impl Thing for Numbered<'_> {
    fn describe(&self, to: &mut Sheet) {
        let Regexp {
            pattern: _,
            to: targets,
            place: _,
        } = self.regexp;
        to.items("to", targets);
    }

    fn place(&self, _: Option<&str>) -> Place {
        self.regexp.place.clone()
    }
}

impl Thing for Vec<SystemTarget> {
    fn describe(&self, to: &mut Sheet) {
        to.items("to", self);
    }

    /// The file: a system alias knows no place of its own.
    fn place(&self, _: Option<&str>) -> Place {
        Place {
            path: "mail.toml".into(),
            span: Span::default(),
        }
    }
}

impl Thing for Relay {
    fn describe(&self, to: &mut Sheet) {
        let Self {
            host,
            user,
            password,
            place: _,
        } = self;
        to.value("host", host.as_deref().unwrap_or("none"));
        to.optional("user", user.as_ref());
        to.sealed("password", password.as_ref());
    }

    fn place(&self, _: Option<&str>) -> Place {
        self.place.clone()
    }
}

impl Thing for Master {
    fn describe(&self, to: &mut Sheet) {
        let Self { password, place: _ } = self;
        to.sealed("password", password.as_ref());
    }

    fn place(&self, _: Option<&str>) -> Place {
        self.place.clone()
    }
}

impl Thing for Access {
    fn describe(&self, to: &mut Sheet) {
        let Self { action, place: _ } = self;
        to.value("action", action);
    }

    fn place(&self, _: Option<&str>) -> Place {
        self.place.clone()
    }
}
