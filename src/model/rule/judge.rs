//! Holds changes and organisations against rules.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use globset::{Glob, GlobSet, GlobSetBuilder};

use super::codes::{APART, AUTHOR, REVIEW, SECOND_FACTOR};
use super::{ChangeRule, Commit, Demand, PolicyRule};
use crate::diagnostic::{Diagnostic, Place, Report, Span};
use crate::model::access::barred;
use crate::model::change::{Change, Fact};
use crate::model::{Desired, GroupName, Policy, Set, State, User};

/// Holds the commits of a change against the rules of the revision before it. Who is in which group is read there too.
#[must_use]
pub fn change(before: &Desired, facts: &[Fact], commits: &[Commit]) -> Report {
    let mut report = Report::default();
    for (name, rule) in &before.policy.rules {
        if let Demand::Change(demand) = &rule.demand {
            let judged = Judged {
                before,
                rule,
                demand,
                name: name.as_str(),
                places: places(demand, facts, commits),
            };
            judged.authors(commits, &mut report);
            judged.review(commits, &mut report);
        }
    }
    report
}

/// Holds an organisation against the rules of `policy`.
#[must_use]
pub fn state(policy: &Policy, desired: &Desired) -> Report {
    let mut report = Report::default();
    for (name, rule) in &policy.rules {
        for user in desired.users.values().filter(|user| user.state != State::Absent) {
            let found = match &rule.demand {
                Demand::Change(_) => None,
                Demand::Apart(groups) => apart(user, groups),
                Demand::SecondFactor(groups) => second_factor(user, groups),
            };
            if let Some((code, message)) = found {
                let place = user.origin.of("groups");
                let message = said(&message, name.as_str(), rule);
                report.push(code.at(place.path, place.span, message));
            }
        }
    }
    report
}

type Found = Option<(&'static crate::diagnostic::Rule, String)>;

fn apart(user: &User, groups: &Set<GroupName>) -> Found {
    let both: Vec<&str> = groups
        .iter()
        .filter(|group| user.groups.contains(*group))
        .map(GroupName::as_str)
        .collect();
    (both.len() > 1).then(|| (&APART, format!("{} is in {}", user.address, both.join(" and "))))
}

fn second_factor(user: &User, groups: &Set<GroupName>) -> Found {
    let group = groups.iter().find(|group| user.groups.contains(*group))?;
    let lacks = barred(user).is_none() && user.credentials.totp.is_none();
    lacks.then(|| {
        let message = format!("{} is in {group} and has no second factor", user.address);
        (&SECOND_FACTOR, message)
    })
}

/// A message with the rule behind it.
fn said(message: &str, name: &str, rule: &PolicyRule) -> String {
    match &rule.because {
        Some(because) => format!("{message} (rule `{name}`: {because})"),
        None => format!("{message} (rule `{name}`)"),
    }
}

/// A rule about changes, with the files of this change that it is about.
struct Judged<'a> {
    before: &'a Desired,
    rule: &'a PolicyRule,
    demand: &'a ChangeRule,
    name: &'a str,
    places: BTreeMap<&'a Utf8Path, Span>,
}

impl<'a> Judged<'a> {
    /// What of the files in question a commit changed itself.
    fn touched<'c>(&self, commit: &'c Commit) -> Vec<&'c Utf8PathBuf> {
        let is_meant = |path: &&Utf8PathBuf| self.places.contains_key(path.as_path());
        commit.paths.iter().filter(is_meant).collect()
    }

    /// Each author who may not, once, with the first of the files.
    fn authors(&self, commits: &[Commit], report: &mut Report) {
        if self.demand.by.is_empty() && !self.demand.or_self {
            return;
        }
        let mut refused: BTreeMap<&str, (BTreeSet<&Utf8Path>, &str)> = BTreeMap::new();
        for commit in commits {
            let own = known(self.before, &commit.author);
            let may = own.is_some_and(|user| is_in(user, &self.demand.by));
            let touched = self.touched(commit).into_iter().map(Utf8PathBuf::as_path);
            let others =
                touched.filter(|path| !(may || self.demand.or_self && own.is_some_and(|user| owns(user, path))));
            let others: Vec<&Utf8Path> = others.collect();
            if !others.is_empty() {
                let entry = refused
                    .entry(&commit.author)
                    .or_insert_with(|| (BTreeSet::new(), &commit.id));
                entry.0.extend(others);
            }
        }
        for (author, (paths, commit)) in refused {
            report.push(self.refused(author, &paths, commit));
        }
    }

    fn refused(&self, author: &str, paths: &BTreeSet<&Utf8Path>, commit: &str) -> Diagnostic {
        let first = paths.iter().next().copied().unwrap_or_else(|| Utf8Path::new(""));
        let more = match paths.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let who = match known(self.before, author) {
            Some(_) => format!("who {}", self.lacks()),
            None => "whom nobody active has as an address".to_owned(),
        };
        let message = format!("{first}{more} was changed by {author} in {commit}, {who}");
        self.at(&AUTHOR, first, &message)
    }

    fn lacks(&self) -> String {
        match self.demand.by.as_slice() {
            [] => "may change their own files only".to_owned(),
            [group] => format!("is not in {group}"),
            groups => format!("is in none of {}", names(groups)),
        }
    }

    /// Somebody else has to have looked at it.
    fn review(&self, commits: &[Commit], report: &mut Report) {
        let concerned: Vec<&Commit> = commits
            .iter()
            .filter(|commit| !self.touched(commit).is_empty())
            .collect();
        let (Some(first), false) = (concerned.first(), self.demand.reviewed_by.is_empty()) else {
            return;
        };
        // Whoever has several addresses is one person.
        let authors: Vec<&User> = concerned
            .iter()
            .filter_map(|commit| known(self.before, &commit.author))
            .collect();
        let mut reviewers = commits.iter().flat_map(|commit| &commit.reviewers);
        let reviewed = reviewers.any(|address| {
            known(self.before, address).is_some_and(|user| {
                is_in(user, &self.demand.reviewed_by) && !authors.iter().any(|author| author.id == user.id)
            })
        });
        if !reviewed {
            let path = self
                .touched(first)
                .into_iter()
                .next()
                .map_or(Utf8Path::new(""), |path| path);
            let message = format!(
                "{path} is to be reviewed by somebody else in {}",
                names(&self.demand.reviewed_by)
            );
            report.push(
                self.at(&REVIEW, path, &message)
                    .hint("a commit of the change says `Reviewed-by: Name <address>`, or the forge asks for it"),
            );
        }
    }

    fn at(&self, code: &'static crate::diagnostic::Rule, path: &Utf8Path, message: &str) -> Diagnostic {
        let span = self.places.get(path).copied().unwrap_or_default();
        code.at(path, span, said(message, self.name, self.rule))
    }
}

/// The files of a change that a rule is about, and where in them.
fn places<'a>(rule: &ChangeRule, facts: &'a [Fact], commits: &'a [Commit]) -> BTreeMap<&'a Utf8Path, Span> {
    let globs = globs(&rule.paths);
    let paths = commits.iter().flat_map(|commit| &commit.paths);
    let mut places: BTreeMap<&Utf8Path, Span> = paths
        .filter(|path| globs.is_match(path.as_path()))
        .map(|path| (path.as_path(), Span::default()))
        .collect();
    for fact in facts
        .iter()
        .filter(|fact| rule.fields.iter().any(|field| is_about(fact, field)))
    {
        let Place { path, span } = &fact.place;
        places.entry(path).or_insert(*span);
    }
    places
}

/// Patterns that were understood when they were read. A `*` is one folder's, `**` any.
fn globs(patterns: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        if let Ok(glob) = path_glob(pattern) {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}

/// A pattern of paths.
///
/// # Errors
/// What is wrong with it.
pub(in crate::model) fn path_glob(pattern: &str) -> Result<Glob, globset::Error> {
    globset::GlobBuilder::new(pattern).literal_separator(true).build()
}

/// Whether a fact is about `field`: a kind of thing, or one field of it. A thing that is new or gone is about all it has.
fn is_about(fact: &Fact, field: &str) -> bool {
    let (kind, field) = match field.split_once('.') {
        Some((kind, field)) => (kind, Some(field)),
        None => (field, None),
    };
    let Some(field) = field else {
        return fact.subject.kind() == kind;
    };
    let is_below = |found: &str| {
        found
            .strip_prefix(field)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    fact.subject.kind() == kind
        && match &fact.change {
            Change::Added(fields) | Change::Removed(fields) => fields.iter().any(|(found, _)| is_below(found)),
            Change::Renamed { .. } => false,
            Change::Changed { field, .. } | Change::Gained { field, .. } | Change::Lost { field, .. } => {
                is_below(field)
            }
        }
}

/// The active user whose mailbox or alias `address` is.
fn known<'a>(desired: &'a Desired, address: &str) -> Option<&'a User> {
    let address = address.to_ascii_lowercase();
    let is_own = |user: &&User| user.aliases.iter().any(|alias| alias.as_str() == address);
    let user = desired
        .user(address.as_str())
        .or_else(|| desired.users.values().map(Box::as_ref).find(is_own));
    user.filter(|user| user.state == State::Active)
}

fn is_in(user: &User, groups: &[GroupName]) -> bool {
    groups.iter().any(|group| user.groups.contains(group))
}

/// Whether `path` is one of the three files of `user`.
fn owns(user: &User, path: &Utf8Path) -> bool {
    let (domain, local) = (user.address.domain(), user.address.local());
    [".toml", ".profile.toml", ".sealed.toml"]
        .iter()
        .any(|suffix| path.as_str() == format!("users/{domain}/{local}{suffix}"))
}

fn names(groups: &[GroupName]) -> String {
    groups.iter().map(GroupName::as_str).collect::<Vec<_>>().join(", ")
}
