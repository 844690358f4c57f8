//! Which revision may be in force: one look at the store, the branch and the files.

use std::sync::Arc;

use super::Trouble;
use crate::clock::Clock;
use crate::diagnostic::{Diagnostic, Severity};
use crate::repo::{Error, Mirror, ObjectId, Repo, Revision};
use crate::snapshot::{Snapshot, Source};
use crate::store::Store;

/// How often two replicas may get in each other's way before we try again later.
const TRIES: u32 = 8;
/// How many errors a status repeats.
const WORST: usize = 5;

/// What looks and decides.
pub(super) struct Judge {
    mirror: Arc<Mirror>,
    store: Store,
    clock: Clock,
}

/// What came of one look.
pub(super) struct Verdict {
    /// What is to be in force now; `None`: what was published.
    pub(super) snapshot: Option<(Snapshot, Revision)>,
    /// Where the branch stands, as far as we know.
    pub(super) head: Option<Revision>,
    /// Why that isn't in force.
    pub(super) trouble: Option<Trouble>,
}

/// What the files say, before anything is written down.
struct Finding {
    verdict: Verdict,
    /// The revision to be written down as in force.
    settled: Option<Revision>,
}

impl Judge {
    pub(super) fn new(mirror: Mirror, store: Store, clock: Clock) -> Self {
        Self {
            mirror: Arc::new(mirror),
            store,
            clock,
        }
    }

    pub(super) fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    /// Looks, decides, and writes down what was decided. `published` is what is in force in this process.
    pub(super) async fn look(&self, published: Option<&Revision>) -> Verdict {
        let mut last = None;
        for _ in 0..TRIES {
            match self.try_once(published).await {
                Ok(Some(verdict)) => return verdict,
                // Another replica wrote something down meanwhile: look again.
                Ok(None) => {}
                Err(trouble) => {
                    last = Some(trouble);
                    break;
                }
            }
        }
        Verdict {
            snapshot: None,
            head: self.mirror.head().ok().flatten(),
            trouble: Some(
                last.unwrap_or_else(|| Trouble::Failed("other replicas keep moving the revision in force".into())),
            ),
        }
    }

    async fn try_once(&self, published: Option<&Revision>) -> Result<Option<Verdict>, Trouble> {
        let failed = |error: &dyn std::fmt::Display| Trouble::Failed(error.to_string());
        // Read before fetching: what others put in force they had fetched, so we have it then too.
        let recorded = self.store.in_force().await.map_err(|error| failed(&error))?;
        let unreachable = self.mirror.fetch().await.err();
        let case = Case {
            mirror: Arc::clone(&self.mirror),
            clock: self.clock.clone(),
            recorded: recorded.clone(),
            published: published.cloned(),
        };
        let found = tokio::task::spawn_blocking(move || case.judge())
            .await
            .map_err(|error| failed(&error))?;
        let Finding { mut verdict, settled } = found.map_err(|error| failed(&error))?;
        if let Some(settled) = settled {
            let id = settled.id.to_string();
            if recorded.as_deref() != Some(&id) {
                let moved = self.store.set_in_force(recorded.as_deref(), &id).await;
                if !moved.map_err(|error| failed(&error))? {
                    return Ok(None);
                }
            }
            self.note(&settled).map_err(|error| failed(&error))?;
        }
        if let Some(error) = unreachable {
            verdict.trouble = Some(Trouble::Unreachable(error.to_string()));
        }
        Ok(Some(verdict))
    }

    /// Writes it down in the mirror. When another process on this mirror is quicker, it writes the same or does so next time.
    fn note(&self, settled: &Revision) -> Result<(), Error> {
        let noted = self.mirror.in_force()?;
        if noted.as_ref() != Some(settled) {
            self.mirror.set_in_force(noted.as_ref(), settled)?;
        }
        Ok(())
    }
}

/// Everything that a judgement rests on; it reads files, so it runs where blocking is allowed.
struct Case {
    mirror: Arc<Mirror>,
    clock: Clock,
    recorded: Option<String>,
    published: Option<Revision>,
}

impl Case {
    fn judge(&self) -> Result<Finding, Error> {
        let repo = self.mirror.repo()?;
        let head = self.mirror.head()?;
        let base = match self.base(&repo)? {
            Ok(base) => base,
            Err(trouble) => return Ok(finding(None, head, Some(trouble), None)),
        };
        let mut trouble = None;
        if let Some(head) = head.as_ref().filter(|head| base.as_ref() != Some(head)) {
            let descends = base.as_ref().map_or(Ok(true), |base| repo.descends_from(head, base))?;
            if descends {
                match self.load(&repo, head)? {
                    Ok(snapshot) => {
                        let new = Some((snapshot, head.clone()));
                        return Ok(finding(new, Some(head.clone()), None, Some(head.clone())));
                    }
                    Err(invalid) => trouble = Some(invalid),
                }
            } else {
                trouble = Some(Trouble::Rewritten(head.clone()));
            }
        }
        // The head is not to be in force, or already is: be where the others are.
        let Some(base) = base else {
            return Ok(finding(None, head, trouble, None));
        };
        if self.published.as_ref() == Some(&base) {
            return Ok(finding(None, head, trouble, Some(base)));
        }
        match self.load(&repo, &base)? {
            Ok(snapshot) => Ok(finding(Some((snapshot, base.clone())), head, trouble, Some(base))),
            Err(invalid) => Ok(finding(None, head, Some(invalid), None)),
        }
    }

    /// The revision that is in force for everybody: what the store says, or, if it says nothing, what the mirror does.
    fn base(&self, repo: &Repo) -> Result<Result<Option<Revision>, Trouble>, Error> {
        let Some(recorded) = &self.recorded else {
            return self.mirror.in_force().map(Ok);
        };
        // An id and nothing else: no name in the mirror is asked for.
        if ObjectId::from_hex(recorded).is_none() {
            return Ok(Err(Trouble::Unknown(recorded.clone())));
        }
        Ok(match repo.revision(recorded) {
            Ok(base) => Ok(Some(base)),
            Err(_) => Err(Trouble::Unknown(recorded.clone())),
        })
    }

    fn load(&self, repo: &Repo, revision: &Revision) -> Result<Result<Snapshot, Trouble>, Error> {
        let loaded = Snapshot::load(repo, Source::Revision(revision.clone()), &self.clock)?;
        Ok(loaded.snapshot.ok_or_else(|| {
            let mut errors = loaded.report.sorted();
            errors.retain(|diagnostic| diagnostic.rule.severity == Severity::Error);
            Trouble::Invalid {
                revision: revision.clone(),
                errors: errors.len(),
                worst: errors.iter().take(WORST).map(in_a_line).collect(),
            }
        }))
    }
}

fn in_a_line(diagnostic: &Diagnostic) -> String {
    format!(
        "{}: {} ({})",
        diagnostic.place.path, diagnostic.message, diagnostic.rule.code
    )
}

fn finding(
    snapshot: Option<(Snapshot, Revision)>,
    head: Option<Revision>,
    trouble: Option<Trouble>,
    settled: Option<Revision>,
) -> Finding {
    Finding {
        verdict: Verdict {
            snapshot,
            head,
            trouble,
        },
        settled,
    }
}
