//! A plan kept in a file between `plan --out` and `apply`, and what makes it too old to apply.
//!
//! It is the JSON of the plan with keyed digests of the live files added: without the host's key they say nothing, so the file
//! holds no secret and no help in guessing one. Applying does not trust the facts in it: the plan is computed again and must be
//! the same.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use camino::Utf8PathBuf;

use super::json::{Document, FORMAT, VersionView};
use super::{Lines, Plan, PlanId, Version};
use crate::digest::Digest;
use crate::fileset::FileSet;
use crate::record::HostKey;

/// Keyed digests of live files, by target and path.
pub type Live = BTreeMap<Box<str>, BTreeMap<Utf8PathBuf, Digest>>;

/// Keyed digests of the live files of one target.
#[must_use]
pub fn keyed(key: &HostKey, files: &FileSet) -> BTreeMap<Utf8PathBuf, Digest> {
    files
        .iter()
        .map(|(path, file)| (path.clone(), key.file(path, &file.content)))
        .collect()
}

/// What a plan was computed from, as read back from a saved plan or found now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// The name of the change.
    pub id: PlanId,
    /// What stood.
    pub base: Option<Version>,
    /// What would stand.
    pub head: Version,
    /// The live files; `None`: not compared.
    pub live: Option<Live>,
}

/// Why a file is no saved plan.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not the JSON of a plan, or one of another version of this program.
    #[error("this is no saved plan: {0}")]
    Damaged(#[from] serde_json::Error),
    /// Another format.
    #[error("this is `{0}`, not `{FORMAT}`")]
    OtherFormat(String),
    /// The facts don't give the id that stands beside them, or a digest is none.
    #[error("this saved plan was edited: {0}")]
    Edited(&'static str),
}

impl Error {
    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        "make it again with `dockspace plan --out FILE`"
    }
}

/// What moved since a plan was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// It was made of changes that aren't committed.
    Uncommitted,
    /// Another version was applied since.
    Base,
    /// The commit to apply is another one, or has another content.
    Head,
    /// The same versions differ in another way: the plan comes from another version of this program.
    Facts,
    /// Somebody wrote this live file.
    File {
        /// The target.
        target: Box<str>,
        /// The path in the target's directory.
        path: Utf8PathBuf,
    },
}

/// Writes a plan to be applied later, with the keyed digests of the live files it was compared with.
///
/// # Errors
/// What `to` says.
pub fn write(plan: &Plan, live: Option<&Live>, lines: Lines<'_>, to: impl std::io::Write) -> serde_json::Result<()> {
    let hex = |files: &BTreeMap<Utf8PathBuf, Digest>| -> BTreeMap<String, String> {
        files
            .iter()
            .map(|(path, digest)| (path.to_string(), digest.to_string()))
            .collect()
    };
    let live = live.map(|live| {
        live.iter()
            .map(|(target, files)| (target.to_string(), hex(files)))
            .collect()
    });
    let document = Document {
        live,
        ..Document::new(plan, lines)
    };
    serde_json::to_writer_pretty(to, &document)
}

/// Reads what a saved plan was computed from.
///
/// # Errors
/// [`Error`] for anything that isn't exactly what [`write()`] writes.
pub fn read(bytes: &[u8]) -> Result<Ground, Error> {
    #[derive(serde::Deserialize)]
    struct Header {
        format: String,
    }
    let Header { format } = serde_json::from_slice(bytes)?;
    if format != FORMAT {
        return Err(Error::OtherFormat(format));
    }
    let document: Document<'_> = serde_json::from_slice(bytes)?;
    let id = PlanId::of_views(document.facts.iter().map(super::json::FactView::without_place));
    if id.as_str() != document.id {
        return Err(Error::Edited("its id is not that of its facts"));
    }
    Ok(Ground {
        id,
        base: document.base.map(version),
        head: version(document.head),
        live: document.live.map(live).transpose()?,
    })
}

fn version(view: VersionView<'_>) -> Version {
    let trees = view.trees.into_iter();
    Version {
        commit: view.commit.map(|commit| commit.into()),
        trees: trees
            .map(|(name, id)| (name.into_owned().into(), id.into_owned()))
            .collect(),
    }
}

fn live(targets: BTreeMap<String, BTreeMap<String, String>>) -> Result<Live, Error> {
    let digest = |hex: &str| Digest::from_hex(hex).ok_or(Error::Edited("a digest of a live file is none"));
    let files = |files: BTreeMap<String, String>| -> Result<BTreeMap<Utf8PathBuf, Digest>, Error> {
        files
            .into_iter()
            .map(|(path, hex)| Ok((path.into(), digest(&hex)?)))
            .collect()
    };
    targets
        .into_iter()
        .map(|(target, found)| Ok((target.into(), files(found)?)))
        .collect()
}

impl Ground {
    /// All that moved from here to `now`; empty: the plan may be applied. Live files count where both sides looked at them.
    #[must_use]
    pub fn stale(&self, now: &Self) -> Vec<Stale> {
        let mut stale = Vec::new();
        if self.head.commit.is_none() {
            stale.push(Stale::Uncommitted);
        }
        if self.base != now.base {
            stale.push(Stale::Base);
        }
        if self.head != now.head {
            stale.push(Stale::Head);
        }
        if stale.is_empty() && self.id != now.id {
            stale.push(Stale::Facts);
        }
        if let (Some(then), Some(now)) = (&self.live, &now.live) {
            stale.extend(moved(then, now));
        }
        stale
    }
}

/// Files that came, went or changed.
fn moved(then: &Live, now: &Live) -> Vec<Stale> {
    let flat = |live: &Live| -> BTreeMap<(Box<str>, Utf8PathBuf), Digest> {
        let files = live.iter().flat_map(|(target, files)| {
            files
                .iter()
                .map(|(path, digest)| ((target.clone(), path.clone()), *digest))
        });
        files.collect()
    };
    let (then, mut now) = (flat(then), flat(now));
    let mut moved: Vec<_> = then
        .into_iter()
        .filter(|(file, digest)| now.remove(file) != Some(*digest))
        .collect();
    moved.extend(now);
    moved.sort();
    moved
        .into_iter()
        .map(|((target, path), _)| Stale::File { target, path })
        .collect()
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: Cow<'_, str> = match self {
            Self::Uncommitted => "it was made of changes that are not committed: commit, then plan again".into(),
            Self::Base => "another version was applied since".into(),
            Self::Head => "what it would apply is not what stands in the repository now".into(),
            Self::Facts => "another version of dockspace made it".into(),
            Self::File { target, path } => format!("somebody wrote {path} of the target {target} since").into(),
        };
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;
    use crate::plan::{Revision, Sessions};

    fn version(commit: Option<&str>, tree: &str) -> Version {
        Version {
            commit: commit.map(Into::into),
            trees: [("users".into(), tree.to_owned())].into(),
        }
    }

    fn live(content: &str) -> Live {
        let mut files = FileSet::new();
        files.insert("postfix-accounts.cf", content.as_bytes().to_vec(), 0o640);
        [("mail".into(), keyed(&HostKey::from_bytes([7; 32]), &files))].into()
    }

    fn ground() -> Ground {
        Ground {
            id: PlanId::parse("0123456789ab").unwrap(),
            base: Some(version(Some("b"), "1")),
            head: version(Some("h"), "2"),
            live: Some(live("a|1")),
        }
    }

    fn saved() -> String {
        let (before, mut after) = (testing::organisation(), testing::organisation());
        testing::add(&mut after, testing::user("alice@example.org"));
        let (base, head) = (version(Some("b"), "1"), version(Some("h"), "2"));
        let base = Revision {
            version: &base,
            desired: &before,
        };
        let head = Revision {
            version: &head,
            desired: &after,
        };
        let plan = Plan::new(Some(base), head, None, Sessions::Kept);
        let mut bytes = Vec::new();
        write(&plan, Some(&live("a|1")), &|_, _| None, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_moved_is_told() {
        let file = Stale::File {
            target: "mail".into(),
            path: "postfix-accounts.cf".into(),
        };
        type Edit = fn(&mut Ground);
        let table: [(Edit, &[Stale]); 8] = [
            (|_| {}, &[]),
            (|now| now.base = None, &[Stale::Base]),
            (|now| now.head.commit = Some("other".into()), &[Stale::Head]),
            (|now| now.head.trees.clear(), &[Stale::Head]),
            (|now| now.id = PlanId::parse("000000000000").unwrap(), &[Stale::Facts]),
            (|now| now.live = Some(live("a|2")), std::slice::from_ref(&file)),
            (|now| now.live = Some(Live::new()), std::slice::from_ref(&file)),
            (|now| now.live = None, &[]),
        ];
        for (edit, expected) in table {
            let mut now = ground();
            edit(&mut now);
            assert_eq!(ground().stale(&now), expected);
        }
        let appeared = Ground {
            live: Some(Live::new()),
            ..ground()
        };
        assert_eq!(appeared.stale(&ground()), [file]);
    }

    #[test]
    fn uncommitted_changes_are_never_applied() {
        let mut ground = ground();
        ground.head.commit = None;
        assert_eq!(ground.stale(&ground), [Stale::Uncommitted]);
    }

    #[test]
    fn reading_is_strict() {
        let saved = saved();
        let ground = read(saved.as_bytes()).unwrap();
        assert_eq!(ground.live, Some(live("a|1")));
        let table = [
            (
                "dockspace.plan/1",
                "dockspace.plan/2",
                "this is `dockspace.plan/2`, not `dockspace.plan/1`",
            ),
            (
                "ALICE",
                "MALLORY",
                "this saved plan was edited: its id is not that of its facts",
            ),
            (
                "\"facts\"",
                "\"more\": 1, \"facts\"",
                "this is no saved plan: unknown field `more`",
            ),
            ("\"head\"", "\"tail\"", "this is no saved plan: unknown field `tail`"),
        ];
        for (from, to, message) in table {
            assert!(saved.contains(from), "{from} in {saved}");
            let error = read(saved.replace(from, to).as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let digest = ground.live.unwrap()["mail"].values().next().unwrap().to_string();
        let error = read(saved.replace(&digest, "x").as_bytes()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "this saved plan was edited: a digest of a live file is none"
        );
        assert!(matches!(read(b"{"), Err(Error::Damaged(_))));
    }
}
