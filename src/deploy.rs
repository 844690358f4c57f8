//! One target, from what stands there to what should: the same steps for a plan and for an apply.
//!
//! [`Standing`] is what is on the target now, [`prepare`] computes what a revision would do to it, [`apply`] makes it so.
//! Whoever only plans stops after the second. The order of an apply is lock, look, compare, verify, exchange, record; a journal
//! with recovery goes before the first step, a probe with a real login between the last two.
//!
//! It decides nothing: what is allowed has been decided before.

use std::{collections::BTreeMap, time::Duration};

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    apply::{ApplyError, Lock, Place, ReaderLock, Seen, Swap},
    clock::Clock,
    fileset::FileSet,
    mailserver::{self, Reload, accounts, aliases, masters, quotas},
    model::Dialect,
    plan::{
        Effect, Plan, Revision, Sessions, Uptake, Version,
        files::{self, Rules, Surplus},
    },
    record::{self, HostKey, Record},
    seal::Identity,
    target::{LiveError, MailTarget, Opener, RenderError},
};

/// docker-mailserver's own lock (its `helpers/lock.sh`): while it is held, half a change is never taken.
fn docker_mailserver_lock() -> ReaderLock {
    ReaderLock {
        file: "check-for-changes.sh.lock".into(),
        stale_after: Duration::from_secs(60),
        patience: Duration::from_secs(180),
    }
}

/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What stands on a target.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// What was applied last; `None` before the first apply.
    pub record: Option<Record>,
    /// The owned files that are there.
    pub live: FileSet,
}

/// Why a target cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum StandingError {
    /// The live files.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// The applied record is no record.
    #[error("{path}: {source}")]
    Record {
        /// Its file.
        path: Utf8PathBuf,
        /// Why.
        source: record::Error,
    },
    /// The applied record cannot be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// Its file.
        path: Utf8PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Standing {
    /// Looks at `target`, without its lock.
    ///
    /// # Errors
    /// [`StandingError`] when the directory, a file in it or the record cannot be read.
    pub fn of(target: &MailTarget) -> Result<Self, StandingError> {
        Ok(Self {
            record: applied_record(&target.directory)?,
            live: target.live()?,
        })
    }

    /// Whether every file that was applied is still what was written.
    #[must_use]
    pub fn untouched(&self, key: &HostKey) -> bool {
        self.record.as_ref().is_some_and(|record| {
            record.files.keys().all(|path| {
                self.live
                    .get(path.as_str())
                    .is_some_and(|file| record.wrote(key, path, &file.content))
            })
        })
    }

    /// The names of the files that were applied.
    fn applied_files(&self) -> impl Iterator<Item = &str> {
        self.record
            .iter()
            .flat_map(|record| record.files.keys().map(|path| path.as_str()))
    }
}

/// The record in a live directory; `None` before the first apply.
///
/// # Errors
/// [`StandingError`] when it is there and cannot be used.
pub fn applied_record(directory: &Utf8Path) -> Result<Option<Record>, StandingError> {
    let path = Place::inside(directory).record();
    match std::fs::read(&path) {
        Ok(bytes) => Record::parse(&bytes)
            .map(Some)
            .map_err(|source| StandingError::Record { path, source }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StandingError::Io { path, source }),
    }
}

/// A plan, and the files it leads to.
#[derive(Debug)]
pub struct Prepared {
    /// What would change.
    pub plan: Plan,
    /// What the owned files would be; `None` when they were not rendered.
    pub wanted: Option<FileSet>,
}

/// A target as `prepare` compares with it.
#[derive(Clone, Copy)]
pub struct Compared<'a> {
    /// The target.
    pub target: &'a MailTarget,
    /// What stands there.
    pub standing: &'a Standing,
    /// What opens sealed values.
    pub identity: &'a Identity,
    /// The host's key, which tells whether the live files are what was written; `None` before the first apply.
    pub key: Option<&'a HostKey>,
}

/// Computes what `head` would change: the facts since `base`, and with `compared` the live files too.
///
/// # Errors
/// [`RenderError`] when a sealed value cannot be used.
pub fn prepare(
    base: Option<Revision<'_>>,
    head: Revision<'_>,
    compared: Option<Compared<'_>>,
) -> Result<Prepared, RenderError> {
    let Some(Compared {
        target,
        standing,
        identity,
        key,
    }) = compared
    else {
        // Without a target there is nothing to render, so nothing differs either.
        let files = head.desired.targets.is_empty().then(Vec::new);
        return Ok(Prepared {
            plan: Plan::new(base, head, files, Sessions::Dropped),
            wanted: None,
        });
    };
    let opener = match base {
        Some(base) if key.is_some_and(|key| standing.untouched(key)) => Opener::Cached {
            identity,
            applied: base.desired,
            live: &standing.live,
        },
        _ => Opener::Identity(identity),
    };
    let wanted = target.render(head.desired, opener, standing.applied_files())?;
    let changes = files::compare(&wanted, &standing.live, &rules(target.name.as_str()));
    Ok(Prepared {
        plan: Plan::new(base, head, Some(changes), Sessions::Dropped),
        wanted: Some(wanted),
    })
}

/// The plan of two organisations that differ in some users only and were loaded with those alone. Their files are not compared;
/// how many rows docker-mailserver rebuilds is counted in the live files, because neither side knows.
#[must_use]
pub fn prepare_touched(base: Revision<'_>, head: Revision<'_>, standing: &Standing) -> Prepared {
    let mut plan = Plan::new(Some(base), head, None, Sessions::Dropped);
    let rows = [accounts::NAME, aliases::NAME]
        .into_iter()
        .map(|name| entries(&standing.live, name))
        .sum();
    for effect in &mut plan.effects {
        if matches!(effect, Effect::Rebuild { .. }) {
            *effect = Effect::rebuild(rows);
        }
    }
    Prepared { plan, wanted: None }
}

fn entries(files: &FileSet, name: &str) -> usize {
    let text = files.get(name).map(|file| String::from_utf8_lossy(&file.content));
    text.map_or(0, |text| {
        text.lines()
            .filter(|line| mailserver::entry_key(name, line).is_some())
            .count()
    })
}

const fn rules(target: &str) -> Rules<'_> {
    Rules {
        target,
        entry_key: Some(mailserver::entry_key),
        uptake,
        surplus: Surplus::Stays,
    }
}

/// When docker-mailserver takes notice of a changed file (its `check-for-changes.sh`).
fn uptake(name: &str) -> Uptake {
    match mailserver::owned(name).map(|owned| owned.reload) {
        Some(Reload::Watched) if [accounts::NAME, aliases::NAME, quotas::NAME, masters::NAME].contains(&name) => {
            Uptake::Rebuild
        }
        Some(Reload::Watched) => Uptake::Reload,
        Some(Reload::Unwatched) | None => Uptake::Unwatched,
    }
}

/// Writes what `prepared` says, under `lock`, and records it. Nothing is written for files that are equal already.
///
/// # Errors
/// [`ApplyError`]; the live files are then as they were, unless it says otherwise.
pub fn apply(
    lock: &Lock,
    target: &MailTarget,
    standing: &Standing,
    prepared: &Prepared,
    key: &HostKey,
    clock: &Clock,
) -> Result<(), ApplyError> {
    let wanted = prepared.wanted.clone().unwrap_or_default();
    let changes: FileSet = wanted
        .iter()
        .filter(|(path, file)| {
            standing
                .live
                .get(path.as_str())
                .is_none_or(|live| live.content != file.content)
        })
        .map(|(path, file)| (path.clone(), file.clone()))
        .collect();
    let record = record_of(&prepared.plan.head, target.dialect, &wanted, key);
    if changes.is_empty() && standing.record.as_ref() == Some(&record) {
        return Ok(());
    }
    let owned = MailTarget::owned().map(Utf8PathBuf::from).collect();
    let swap = Swap {
        changed: &changes,
        owned: &owned,
        seen: &seen(&wanted, &standing.live, key),
        key,
        record: &record,
        reader: Some(&docker_mailserver_lock()),
    };
    swap.run(lock, clock)
}

fn record_of(head: &Version, dialect: Dialect, wanted: &FileSet, key: &HostKey) -> Record {
    Record {
        trees: head.trees.clone(),
        program: VERSION.to_owned(),
        dialect: dialect.number().to_string(),
        ..Record::new(head.commit.as_deref().unwrap_or_default(), key, wanted)
    }
}

/// The live files that were compared, by keyed digest.
fn seen(wanted: &FileSet, live: &FileSet, key: &HostKey) -> Seen {
    let digest = |path: &Utf8PathBuf| live.get(path.as_str()).map(|file| key.file(path, &file.content));
    let compared: BTreeMap<_, _> = wanted.iter().map(|(path, _)| (path.clone(), digest(path))).collect();
    compared
}

/// Whether two organisations are the same to a target: what `prepare` would find no fact in, and this program renders as it was.
#[must_use]
pub fn same_trees(record: &Record, head: &Version) -> bool {
    !record.trees.is_empty() && record.trees == head.trees && record.program == VERSION
}
