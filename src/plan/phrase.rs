//! Facts, file changes, effects and guards as sentences whose parts say who wrote them. Each format shows the parts in its own way, so
//! none can forget to defuse what a user wrote.

use std::borrow::Cow;

use super::effects::{Effect, Sessions};
use super::files::{Action, Entries, FileChange};
use crate::model::Address;
use crate::model::change::{Change, Fact, Field, Subject, Value};
use crate::model::guard::{Found, Guard, Loss};

/// How many names of a long list are told.
const NAMED: usize = 3;

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Our words.
    Word(Cow<'a, str>),
    /// What somebody wrote in the repository: a name, a value.
    Given(Cow<'a, str>),
}

/// A sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Phrase<'a>(Vec<Piece<'a>>);

impl<'a> Phrase<'a> {
    pub(super) fn pieces(&self) -> &[Piece<'a>] {
        &self.0
    }

    fn word(mut self, word: impl Into<Cow<'a, str>>) -> Self {
        self.0.push(Piece::Word(word.into()));
        self
    }

    fn given(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.0.push(Piece::Given(text.into()));
        self
    }

    fn value(self, value: &'a Value) -> Self {
        match value {
            Value::Text(text) => self.given(&**text),
            Value::Secret(_) => self.word("sealed"),
        }
    }

    /// The first few, then how many more.
    fn addresses(mut self, addresses: &'a [Address]) -> Self {
        for (index, address) in addresses.iter().take(NAMED).enumerate() {
            if index > 0 {
                self = self.word(", ");
            }
            self = self.given(address.as_str());
        }
        match addresses.len().saturating_sub(NAMED) {
            0 => self,
            more => self.word(format!(" and {more} more")),
        }
    }
}

/// The sign in front of a fact: `+`, `-` or `~`.
pub(super) const fn sign(change: &Change) -> char {
    match change {
        Change::Added(_) => '+',
        Change::Removed(_) => '-',
        Change::Renamed { .. } | Change::Changed { .. } | Change::Gained { .. } | Change::Lost { .. } => '~',
    }
}

/// `user alice@example.org`.
pub(super) fn subject(subject: &Subject) -> Phrase<'_> {
    let phrase = Phrase::default().word(subject.kind());
    match subject.name() {
        "" => phrase,
        name => phrase.word(" ").given(name),
    }
}

/// `quota 5G → 10G`; empty for a thing without fields.
pub(super) fn change(fact: &Fact) -> Phrase<'_> {
    let phrase = Phrase::default();
    match &fact.change {
        Change::Added(fields) | Change::Removed(fields) => with(fields),
        Change::Renamed { from } => phrase.word("renamed from ").given(from.as_str()),
        Change::Gained { field, item } => named(field).word(" + ").given(&**item),
        Change::Lost { field, item } => named(field).word(" - ").given(&**item),
        Change::Changed { field, before, after } => match (before, after) {
            (Some(Value::Secret(_)), Some(Value::Secret(_))) => named(field).word(" replaced"),
            (None, Some(Value::Secret(_))) => named(field).word(" set"),
            (Some(Value::Secret(_)), None) => named(field).word(" removed"),
            (None, Some(after)) => named(field).word(" set to ").value(after),
            (Some(before), None) => named(field).word(" ").value(before).word(" removed"),
            (Some(before), Some(after)) => named(field).word(" ").value(before).word(" → ").value(after),
            (None, None) => named(field),
        },
    }
}

/// A field may hold a name that somebody gave: `app_passwords.phone`.
fn named(field: &Field) -> Phrase<'_> {
    match field.split_once('.') {
        Some((table, rest)) => Phrase::default().word(table).word(" ").given(rest),
        None => Phrase::default().word(&**field),
    }
}

/// What a thing has, without what nobody reads; the values of a field stand together.
fn with(fields: &[(Field, Value)]) -> Phrase<'_> {
    let usual = |(field, value): &(Field, Value)| {
        let is = |text: &str| matches!(value, Value::Text(found) if **found == *text);
        ["id", "username", "public_jwk", "secret_sha256"].contains(&&**field)
            || field == "services" && (is("mail") || is("login"))
    };
    let mut phrase = Phrase::default();
    let mut last = None;
    for (field, value) in fields.iter().filter(|pair| !usual(pair)) {
        if last != Some(field) {
            if last.is_some() {
                phrase = phrase.word(", ");
            }
            phrase.0.extend(named(field).0);
        }
        phrase = phrase.word(" ").value(value);
        last = Some(field);
    }
    phrase
}

/// `postfix-accounts.cf +1 -1 ~1`.
pub(super) fn file(file: &FileChange) -> Phrase<'_> {
    let phrase = Phrase::default().given(file.path.as_str());
    let phrase = match file.action {
        Action::Create => phrase.word(" created"),
        Action::Update => phrase,
        Action::Delete => phrase.word(" deleted"),
    };
    match file.entries {
        None => phrase,
        Some(entries) => phrase.word(format!(" {}", numbers(entries))),
    }
}

fn numbers(entries: Entries) -> String {
    let Entries {
        added,
        removed,
        changed,
    } = entries;
    let numbers = [('+', added), ('-', removed), ('~', changed)];
    let numbers: Vec<String> = numbers
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(sign, number)| format!("{sign}{number}"))
        .collect();
    if numbers.is_empty() {
        "order or comments only".to_owned()
    } else {
        numbers.join(" ")
    }
}

/// One sentence for all files of a target that has too many, or no entries to count: `site: 3 created, 12 updated`.
pub(super) fn summary<'a>(target: &'a str, files: &[&FileChange]) -> Phrase<'a> {
    let count = |action| files.iter().filter(|file| file.action == action).count();
    let counts = [
        (count(Action::Create), "created"),
        (count(Action::Update), "updated"),
        (count(Action::Delete), "deleted"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    Phrase::default()
        .given(target)
        .word(format!(": files {}", counts.join(", ")))
}

/// `removals: 5 of 40 users, where 4 may go at once`; of other guards how much they found.
pub(super) fn guard(guard: &Guard) -> Phrase<'_> {
    let phrase = Phrase::default().given(guard.code.as_str());
    if guard.losses.is_empty() {
        return phrase.word(format!(" ({}): {}", guard.found.len(), guard.code.rule().title));
    }
    let loss = |loss: &Loss| {
        let Loss { kind, gone, of, limit } = loss;
        format!("{gone} of {of} ({kind}) go, where {limit} may at once")
    };
    let losses: Vec<String> = guard.losses.iter().map(loss).collect();
    phrase.word(format!(" ({}): {}", guard.found.len(), losses.join(", ")))
}

/// `user mallory@example.org gains the admin group`.
pub(super) fn found(found: &Found) -> Phrase<'_> {
    let phrase = subject(&found.subject).word(" ").word(found.what);
    match &found.item {
        Some(item) => phrase.word(" ").given(&**item),
        None => phrase,
    }
}

/// What an effect means for those it concerns.
pub(super) fn effect(effect: &Effect) -> Phrase<'_> {
    let phrase = Phrase::default();
    match effect {
        Effect::Reload(Sessions::Dropped) => {
            phrase.word("Postfix and Dovecot reload: every open IMAP session is disconnected about 6 s later")
        }
        Effect::Reload(Sessions::Kept) => phrase.word("Postfix and Dovecot reload; open IMAP sessions stay"),
        Effect::Rebuild { rows, seconds } => phrase.word(format!(
            "docker-mailserver rebuilds its tables: {rows} rows, about {seconds} s, and meanwhile a lookup may miss"
        )),
        Effect::Recreate(path) => phrase
            .given(path.as_str())
            .word(" is new: create the container again, or docker-mailserver will not read it"),
        Effect::NotTaken(path) => phrase
            .given(path.as_str())
            .word(" is taken only when Postfix reloads, and nothing here makes it: run ")
            .given("postfix reload"),
        Effect::Move { from, to } => phrase.word("move the mail yourself: ").given(command(from, to)),
        Effect::MailStays(users) => phrase.word("the mail stays on the disk of ").addresses(users),
        Effect::CatchAll(addresses) => phrase.word("the catch-all takes mail to ").addresses(addresses),
        Effect::SignedOut(users) => phrase.word("signed out of everything: ").addresses(users),
        Effect::Access {
            client,
            gained,
            lost,
            second_factor,
        } => {
            let mut phrase = phrase.word("app ").given(client.as_str());
            let mut separator = ": ";
            for (what, users) in [
                ("open to ", gained),
                ("closed to ", lost),
                ("asks for a second factor now: ", second_factor),
            ] {
                if !users.is_empty() {
                    phrase = phrase.word(separator).word(what).addresses(users);
                    separator = "; ";
                }
            }
            phrase
        }
    }
}

/// Addresses of mailboxes are letters, digits, `.`, `_` and `-`, and start with none of the latter: nothing to quote.
fn command(from: &Address, to: &Address) -> String {
    let directory = |address: &Address| format!("/var/mail/{}/{}", address.domain(), address.local());
    let moved = format!("mv -T {} {}", directory(from), directory(to));
    if from.domain() == to.domain() {
        moved
    } else {
        format!("mkdir -p /var/mail/{} && {moved}", to.domain())
    }
}
