//! Replaces the changed files of a target, all or none.
//!
//! Order: verify that the live files are what the plan saw; stage everything that needs space; take the reader's lock; verify
//! again; exchange file by file; release; write the applied record. Each file is the old or the new one at every moment. An
//! error after the first exchange exchanges everything back; a crash there may leave some files old and some new, but a crash
//! before it leaves all of them old.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::OwnedFd;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use rustix::fs;
use rustix::io::Errno;

use super::exchange::{Method, Staged};
use super::live::{Found, Live, Rights};
use super::reader_lock::ReaderLock;
use super::stage::Stage;
use super::{ApplyError, Hazard, Lock, WORK};
use crate::clock::Clock;
use crate::digest::Digest;
use crate::fileset::FileSet;
use crate::record::{HostKey, Record};

/// The name of the next applied record in the stage.
const RECORD: &str = "applied.json";

/// The live files a plan looked at: [`HostKey::file`] of each, `None` for one that wasn't there.
pub type Seen = BTreeMap<Utf8PathBuf, Option<Digest>>;

/// One apply to one directory.
#[derive(Debug)]
pub struct Swap<'a> {
    /// The files to write, and only those that differ: a file that isn't named keeps its inode and times. Nothing is removed.
    pub changed: &'a FileSet,
    /// Every path the target may ever write.
    pub owned: &'a BTreeSet<Utf8PathBuf>,
    /// What the plan was made from. A changed file that isn't in it is expected not to be there.
    pub seen: &'a Seen,
    /// The key of `seen` and `record`.
    pub key: &'a HostKey,
    /// What is written as the applied record once the files are in place.
    pub record: &'a Record,
    /// The lock of the program that reads the directory, if it has one.
    pub reader: Option<&'a ReaderLock>,
}

impl Swap<'_> {
    /// Makes it so. The lock says where.
    ///
    /// # Errors
    /// As [`ApplyError`] says; the live files are as before, unless exchanging back failed as well.
    pub fn run(&self, lock: &Lock, clock: &Clock) -> Result<(), ApplyError> {
        self.run_with(lock, clock, Method::Exchange)
    }

    pub(super) fn run_with(&self, lock: &Lock, clock: &Clock, method: Method) -> Result<(), ApplyError> {
        let live = Live::open(&lock.place().directory)?;
        self.check_paths(&live)?;
        let found = self.verify(&live)?;
        let mut stage = Stage::open(&lock.place().work)?;
        let staged = self.stage(&live, &stage, &found)?;
        if !staged.is_empty() {
            let reader = self.reader.map(|reader| reader.take(&live, clock)).transpose()?;
            // The wait may have been long, and it is the reader itself that rewrites files.
            self.verify(&live)?;
            self.exchange(&live, &mut stage, &staged, method)?;
            drop(reader);
        }
        write_record(lock, &stage)
    }

    /// Refuses what isn't on the target's list, and mounts that a replacement wouldn't reach.
    fn check_paths(&self, live: &Live) -> Result<(), ApplyError> {
        let is_plain = |path: &Utf8Path| {
            path.components()
                .all(|part| matches!(part, Utf8Component::Normal(name) if name != WORK))
        };
        for (path, _) in self.changed.iter() {
            if !self.owned.contains(path) || !is_plain(path) || path.file_name().is_none() {
                return Err(ApplyError::hazard(path, Hazard::NotOwned));
            }
            if live.is_mounted_alone(path)? {
                return Err(ApplyError::hazard(live.absolute(path), Hazard::MountedAlone));
            }
        }
        Ok(())
    }

    /// Compares the live files with what the plan saw; returns those that are going to be replaced.
    pub(super) fn verify(&self, live: &Live) -> Result<BTreeMap<Utf8PathBuf, Found>, ApplyError> {
        let unseen = self
            .changed
            .iter()
            .map(|(path, _)| path)
            .filter(|path| !self.seen.contains_key(*path));
        let mut replaced = BTreeMap::new();
        for path in self.seen.keys().chain(unseen) {
            let found = live.find(path, self.key)?;
            let expected = self.seen.get(path).copied().flatten();
            if found.as_ref().map(|found| found.digest) != expected {
                return Err(ApplyError::Stale(path.clone()));
            }
            if let Some(found) = found.filter(|_| self.changed.get(path.as_str()).is_some()) {
                replaced.insert(path.clone(), found);
            }
        }
        Ok(replaced)
    }

    /// Writes all new files, with the rights of those they replace, and the next record.
    pub(super) fn stage(
        &self,
        live: &Live,
        stage: &Stage,
        found: &BTreeMap<Utf8PathBuf, Found>,
    ) -> Result<Vec<Staged>, ApplyError> {
        let device = |folder: &OwnedFd| fs::fstat(folder).map(|found| found.st_dev);
        let mut staged = Vec::new();
        for (index, (path, file)) in self.changed.iter().enumerate() {
            let replaces = found.get(path);
            let rights = match replaces {
                Some(found) => found.rights,
                None => live.rights_of_new(file.mode)?,
            };
            let folder = live.make_folder_of(path)?;
            if device(&folder).ok() != device(stage.folder()).ok() {
                return Err(ApplyError::hazard(live.absolute(path), Hazard::OtherFileSystem));
            }
            let name = format!("{index:06}");
            stage.put(&name, &file.content, rights)?;
            staged.push(Staged {
                path: path.clone(),
                folder,
                name: path.file_name().unwrap_or_default().to_owned(),
                staged: name,
                replaces: replaces.map(|found| found.digest),
            });
        }
        let Rights { uid, gid, .. } = live.rights_of_new(0)?;
        stage.put(RECORD, &self.record.to_bytes(), Rights { mode: 0o600, uid, gid })?;
        stage.sync()?;
        Ok(staged)
    }

    /// Exchanges file by file; on an error, everything back.
    pub(super) fn exchange(
        &self,
        live: &Live,
        stage: &mut Stage,
        staged: &[Staged],
        method: Method,
    ) -> Result<(), ApplyError> {
        let mut done = Vec::with_capacity(staged.len());
        let outcome = staged.iter().try_for_each(|file| {
            let method = file
                .put(stage.folder(), method)
                .map_err(|error| refused(live, file, error))?;
            done.push((file, method));
            self.check_displaced(live, stage, file, method)
        });
        if outcome.is_err() {
            for (file, method) in done.iter().rev() {
                file.take_back(stage.folder(), *method)
                    .map_err(|error| torn(live, stage, file, error))?;
            }
        }
        // What was exchanged back must be on disk as well.
        sync(live, staged).and(outcome)
    }

    fn check_displaced(&self, live: &Live, stage: &Stage, file: &Staged, method: Method) -> Result<(), ApplyError> {
        let is_right = file.displaced_the_right_file(stage.folder(), method, self.key);
        match is_right.map_err(ApplyError::io(live.absolute(&file.path)))? {
            true => Ok(()),
            false => Err(ApplyError::Stale(file.path.clone())),
        }
    }
}

fn refused(live: &Live, file: &Staged, error: Errno) -> ApplyError {
    match error {
        Errno::EXIST | Errno::NOENT => ApplyError::Stale(file.path.clone()),
        Errno::BUSY => ApplyError::hazard(live.absolute(&file.path), Hazard::MountedAlone),
        Errno::XDEV => ApplyError::hazard(live.absolute(&file.path), Hazard::OtherFileSystem),
        error => ApplyError::io(live.absolute(&file.path))(error),
    }
}

/// The old file can't be put back: it is kept where it is.
fn torn(live: &Live, stage: &mut Stage, file: &Staged, error: Errno) -> ApplyError {
    ApplyError::Torn {
        path: live.absolute(&file.path),
        kept: stage.keep(),
        source: error.into(),
    }
}

/// Waits until the exchanged names are on disk.
fn sync(live: &Live, staged: &[Staged]) -> Result<(), ApplyError> {
    let mut last = None;
    for file in staged
        .iter()
        .filter(|file| last.replace(file.path.parent()) != Some(file.path.parent()))
    {
        fs::fsync(&file.folder).map_err(ApplyError::io(live.absolute(&file.path)))?;
    }
    Ok(())
}

fn write_record(lock: &Lock, stage: &Stage) -> Result<(), ApplyError> {
    let path = lock.place().record();
    fs::renameat(stage.folder(), RECORD, fs::CWD, path.as_std_path()).map_err(ApplyError::io(&*path))?;
    let work = std::fs::File::open(&lock.place().work);
    work.and_then(|work| work.sync_all()).map_err(ApplyError::io(path))
}
