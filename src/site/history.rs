//! The commits behind a revision, as the history tells them: kept from build to build, so that only new ones are looked at.

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use crate::repo::{Changed, Error, Repo, Revision};

/// The most commits that are told; git tells the rest.
const MOST: usize = 200;
/// How many names a commit tells of a kind; more are counted.
const NAMED: usize = 6;

/// The commits of a revision, the last first, along first parents: what was merged counts as one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub(super) commits: Vec<Commit>,
    /// Whether there are more than these.
    pub(super) more: bool,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    id: String,
    pub(super) subject: String,
    pub(super) author: String,
    /// `2026-11-21T09:30Z`.
    time: String,
    kinds: Vec<Kind>,
}

/// What changed of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kind {
    kind: String,
    added: usize,
    changed: usize,
    removed: usize,
    names: Vec<String>,
    more: usize,
}

impl Commit {
    /// The day, UTC.
    pub(super) fn day(&self) -> &str {
        self.time.split('T').next().unwrap_or_default()
    }
}

impl History {
    /// The history of `head`; what `known` tells already is taken from there.
    ///
    /// # Errors
    /// A damaged or shallow repository.
    pub fn of(repo: &Repo, head: &Revision, known: Option<&Self>) -> Result<Self, Error> {
        let mut history = Self::default();
        let mut next = Some(head.clone());
        while let Some(revision) = next {
            let id = revision.id.to_string();
            let known = known.and_then(|known| Some((known, known.commits.iter().position(|commit| commit.id == id)?)));
            if let Some((known, place)) = known {
                history.commits.extend_from_slice(&known.commits[place..]);
                history.more = known.more || history.commits.len() > MOST;
                history.commits.truncate(MOST);
                return Ok(history);
            }
            if history.commits.len() == MOST {
                history.more = true;
                break;
            }
            let parent = repo.first_parent(&revision)?;
            let changes = repo.changed(parent.as_ref().map(|parent| parent.tree), revision.tree)?;
            history.commits.push(commit(&revision, &changes.files));
            next = parent;
        }
        Ok(history)
    }
}

fn commit(revision: &Revision, files: &[Changed]) -> Commit {
    let mut kinds: Vec<Kind> = Vec::new();
    for file in files {
        let (kind, name) = told(&file.path);
        let place = kinds.iter().position(|known| known.kind == kind).unwrap_or_else(|| {
            kinds.push(Kind {
                kind: kind.to_owned(),
                added: 0,
                changed: 0,
                removed: 0,
                names: Vec::new(),
                more: 0,
            });
            kinds.len() - 1
        });
        let Some(known) = kinds.get_mut(place) else { continue };
        match (file.old, file.new) {
            (None, _) => known.added += 1,
            (_, None) => known.removed += 1,
            (Some(_), Some(_)) => known.changed += 1,
        }
        match known.names.len() {
            _ if name.is_empty() || known.names.contains(&name) => {}
            0..NAMED => known.names.push(name),
            _ => known.more += 1,
        }
    }
    Commit {
        id: revision.id.to_string(),
        subject: revision.subject.clone(),
        author: revision.author.name.clone(),
        time: revision.time.strftime("%Y-%m-%dT%H:%MZ").to_string(),
        kinds,
    }
}

/// The kind of a file and what it is about: `people`, `alice@example.org`.
fn told(path: &Utf8Path) -> (&'static str, String) {
    let parts: Vec<&str> = path.iter().collect();
    let stem = |name: &str| name.trim_end_matches(".toml").to_owned();
    match parts[..] {
        ["users", domain, file] => {
            let name = stem(file);
            let (kind, name) = match (name.strip_suffix(".profile"), name.strip_suffix(".sealed")) {
                (Some(name), _) => ("profiles", name),
                (_, Some(name)) => ("credentials", name),
                (None, None) => ("people", name.as_str()),
            };
            (kind, format!("{name}@{domain}"))
        }
        ["groups", file] => ("groups", stem(file)),
        ["clients", file] => ("apps", stem(file)),
        ["aliases", file] => ("aliases", stem(file)),
        ["keys", file] => ("signing keys", stem(file)),
        ["pictures", _] => ("pictures", String::new()),
        ["mail.toml" | "mail.sealed.toml"] => ("mail server", String::new()),
        ["retired.toml"] => ("people who are gone", String::new()),
        _ => ("organisation", String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_what_it_is_about() {
        for (path, kind, name) in [
            ("users/example.org/alice.toml", "people", "alice@example.org"),
            (
                "users/example.org/alice.b.profile.toml",
                "profiles",
                "alice.b@example.org",
            ),
            (
                "users/example.org/alice.sealed.toml",
                "credentials",
                "alice@example.org",
            ),
            ("groups/admins.toml", "groups", "admins"),
            ("clients/grafana.toml", "apps", "grafana"),
            ("aliases/example.org.toml", "aliases", "example.org"),
            ("pictures/00.png", "pictures", ""),
            ("mail.sealed.toml", "mail server", ""),
            ("dockspace.toml", "organisation", ""),
        ] {
            assert_eq!(told(path.into()), (kind, name.to_owned()), "{path}");
        }
    }
}
