//! Which children of a folder may be read: one set of rules for revisions and for work trees.

use std::cmp::Ordering;
use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::files::{Reason, Refused};
use super::layout::{self, Kind, MAX_DEPTH, MAX_ENTRIES};
use super::{Error, ObjectId};

/// Where folders and their children come from.
pub(super) trait Source {
    /// What names an open folder.
    type Folder;

    /// The children of `folder`, which stands at `at`, in the order of [`order`].
    fn children(&self, folder: &Self::Folder, at: &Utf8Path) -> Result<Vec<Raw>, Error>;

    /// Opens the folder `child` of `folder`; `path` is where it stands.
    fn enter(&self, folder: &Self::Folder, path: &Utf8Path, child: &Child) -> Result<Self::Folder, Error>;
}

/// A child as it was found.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) name: Vec<u8>,
    pub(super) kind: RawKind,
    pub(super) id: Option<ObjectId>,
}

/// What a child is, before it was vetted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RawKind {
    File,
    Folder,
    Symlink,
    Submodule,
    Special,
}

/// A child that may be read or entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) id: Option<ObjectId>,
}

impl Child {
    /// What [`order`] takes.
    pub(super) fn key(&self) -> (&[u8], bool) {
        (self.name.as_bytes(), self.kind == Kind::Folder)
    }
}

/// git's order of the names in a folder, each with whether it is a folder itself: such a name counts as if it ended in `/`, so
/// that walking in this order gives whole paths in the order of their bytes.
pub(super) fn order(a: (&[u8], bool), b: (&[u8], bool)) -> Ordering {
    let common = a.0.len().min(b.0.len());
    let next = |(name, is_folder): (&[u8], bool)| name.get(common).copied().or(is_folder.then_some(b'/'));
    a.0[..common].cmp(&b.0[..common]).then_with(|| next(a).cmp(&next(b)))
}

/// Collects what is refused while folders are vetted one after the other.
#[derive(Debug)]
pub(super) struct Vetter {
    pub(super) refused: Vec<Refused>,
    budget: usize,
}

impl Default for Vetter {
    fn default() -> Self {
        Self {
            refused: Vec::new(),
            budget: MAX_ENTRIES,
        }
    }
}

impl Vetter {
    /// Keeps what may be read of the folder `at`; in the root, that is what is Dockspace's.
    pub(super) fn vet(&mut self, at: &Utf8Path, raw: Vec<Raw>) -> Vec<Child> {
        if at.as_str().is_empty() {
            self.vet_root(raw)
        } else {
            self.vet_folder(at, raw)
        }
    }

    fn vet_root(&mut self, raw: Vec<Raw>) -> Vec<Child> {
        let mut children = Vec::new();
        for raw in raw {
            let Ok(name) = std::str::from_utf8(&raw.name) else {
                continue;
            };
            let verdict = match layout::area_of(name) {
                Some(area) => accept_area(raw.kind, area.kind),
                None => match layout::misspelt_area(name) {
                    Some(area) => Err(Reason::CaseClash(area.name.into())),
                    None => continue,
                },
            };
            match verdict {
                Ok(kind) => children.push(Child {
                    name: name.into(),
                    kind,
                    id: raw.id,
                }),
                Err(reason) => self.refuse(Utf8Path::new(""), name, reason),
            }
        }
        children
    }

    fn vet_folder(&mut self, at: &Utf8Path, raw: Vec<Raw>) -> Vec<Child> {
        if raw.len() > self.budget {
            // One report, however many folders follow.
            if self.budget > 0 {
                self.refuse(at, "", Reason::TooMany { limit: MAX_ENTRIES });
            }
            self.budget = 0;
            return Vec::new();
        }
        self.budget -= raw.len();
        let depth = at.as_str().split('/').count() + 1;
        let mut children = Vec::with_capacity(raw.len());
        for raw in raw {
            match accept(raw, depth) {
                Ok(child) => children.push(child),
                Err((name, reason)) => self.refuse(at, &name, reason),
            }
        }
        self.without_clashes(at, children)
    }

    /// Drops every name that a case-folding file system takes for an earlier one.
    fn without_clashes(&mut self, at: &Utf8Path, children: Vec<Child>) -> Vec<Child> {
        let is_folded = |name: &str| name.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
        let has_twins = children
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.name == b.name));
        if !has_twins && children.iter().all(|child| is_folded(&child.name)) {
            return children;
        }
        let mut seen: HashMap<String, String> = HashMap::with_capacity(children.len());
        let mut kept = Vec::with_capacity(children.len());
        for child in children {
            let folded = child.name.to_lowercase();
            if let Some(earlier) = seen.get(&folded) {
                self.refuse(at, &child.name, Reason::CaseClash(earlier.clone()));
                continue;
            }
            seen.insert(folded, child.name.clone());
            kept.push(child);
        }
        kept
    }

    fn refuse(&mut self, at: &Utf8Path, name: &str, reason: Reason) {
        let path = if name.is_empty() { at.to_owned() } else { join(at, name) };
        self.refused.push(Refused { path, reason });
    }
}

/// `at/name`, as one allocation.
pub(super) fn join(at: &Utf8Path, name: &str) -> Utf8PathBuf {
    let mut path = String::with_capacity(at.as_str().len() + 1 + name.len());
    if !at.as_str().is_empty() {
        path += at.as_str();
        path.push('/');
    }
    path += name;
    path.into()
}

fn accept_area(found: RawKind, expected: Kind) -> Result<Kind, Reason> {
    match (readable(found)?, expected) {
        (Kind::Folder, Kind::File) => Err(Reason::NotAFile),
        (Kind::File, Kind::Folder) => Err(Reason::NotAFolder),
        (kind, _) => Ok(kind),
    }
}

fn accept(raw: Raw, depth: usize) -> Result<Child, (String, Reason)> {
    let name = String::from_utf8(raw.name)
        .map_err(|error| (String::from_utf8_lossy(error.as_bytes()).into_owned(), Reason::BadName))?;
    let verdict = match readable(raw.kind) {
        _ if name.eq_ignore_ascii_case(".git") => Err(Reason::Submodule),
        _ if !is_plain(&name) => Err(Reason::BadName),
        Ok(Kind::Folder) if depth >= MAX_DEPTH => Err(Reason::TooDeep),
        verdict => verdict,
    };
    match verdict {
        Ok(kind) => Ok(Child { name, kind, id: raw.id }),
        Err(reason) => Err((name, reason)),
    }
}

fn readable(kind: RawKind) -> Result<Kind, Reason> {
    match kind {
        RawKind::File => Ok(Kind::File),
        RawKind::Folder => Ok(Kind::Folder),
        RawKind::Symlink => Err(Reason::Symlink),
        RawKind::Submodule => Err(Reason::Submodule),
        RawKind::Special => Err(Reason::NotAFile),
    }
}

/// A name that means the same file everywhere. git stores any bytes but NUL, and a hand-made tree even `..` or `a/b`.
pub(super) fn is_plain(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\\']) && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vet(names: &[&str]) -> (Vec<String>, Vec<String>) {
        let raw = names.iter().map(|name| Raw {
            name: name.as_bytes().into(),
            kind: RawKind::File,
            id: None,
        });
        let mut vetter = Vetter::default();
        let kept = vetter.vet(Utf8Path::new("users"), raw.collect());
        (
            kept.into_iter().map(|child| child.name).collect(),
            vetter.refused.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn order_is_that_of_whole_paths() {
        let mut names = [("a", true), ("a-b", false), ("a0", false), ("ab", false), ("a", false)];
        names.sort_by(|a, b| order((a.0.as_bytes(), a.1), (b.0.as_bytes(), b.1)));
        assert_eq!(
            names,
            [("a", false), ("a-b", false), ("a", true), ("a0", false), ("ab", false)]
        );
    }

    #[test]
    fn hostile_names_are_refused() {
        for name in ["..", ".", "", "a/b", "a\\b", "a\nb", "a\u{7f}", "\u{85}"] {
            let (kept, refused) = vet(&[name]);
            assert!(kept.is_empty(), "{name:?}");
            assert_eq!(refused.len(), 1, "{name:?}");
        }
        assert_eq!(vet(&[".GIT"]).1, ["`users/.GIT` is a submodule"]);
    }

    #[test]
    fn names_that_differ_in_case_alone_are_refused_but_the_first() {
        let (kept, refused) = vet(&["Alice.toml", "alice.toml", "bob.toml", "Ä.toml", "ä.toml"]);
        assert_eq!(kept, ["Alice.toml", "bob.toml", "Ä.toml"]);
        assert_eq!(
            refused,
            [
                "`users/alice.toml` differs from `Alice.toml` in upper and lower case only",
                "`users/ä.toml` differs from `Ä.toml` in upper and lower case only"
            ]
        );
    }

    #[test]
    fn a_damaged_tree_with_one_name_twice_gives_it_once() {
        assert_eq!(vet(&["a.toml", "a.toml"]).0, ["a.toml"]);
    }

    #[test]
    fn too_many_entries_are_reported_once() {
        let raw = |n: usize| {
            (0..n)
                .map(|i| Raw {
                    name: format!("{i}").into(),
                    kind: RawKind::File,
                    id: None,
                })
                .collect()
        };
        let mut vetter = Vetter {
            refused: Vec::new(),
            budget: 3,
        };
        assert_eq!(vetter.vet(Utf8Path::new("users"), raw(2)).len(), 2);
        assert!(vetter.vet(Utf8Path::new("users/a"), raw(2)).is_empty());
        assert!(vetter.vet(Utf8Path::new("users/b"), raw(1)).is_empty());
        assert_eq!(vetter.refused.len(), 1);
    }
}
