//! The site as a target of `plan` and `apply`, where the host file gives it a folder.

use super::load::Loaded;
use crate::{
    cli::{context::Context, failure::Failure},
    plan::{Action, FileChange, Uptake},
    site::{Changes, Record},
    snapshot::Source,
    target::SiteTarget,
};

/// The site of a revision, beside the one that stands.
pub(in crate::cli) struct Kept {
    target: SiteTarget,
    before: Option<Record>,
    loaded: Loaded,
}

impl Kept {
    /// What `plan` calls it.
    pub(in crate::cli) const NAME: &str = "site";

    /// Loads the site of `head`; `None` when this host keeps none, or `head` cannot be used, which is said elsewhere.
    pub(in crate::cli) fn of(context: &Context, head: &Source) -> Result<Option<Self>, Failure> {
        let Some(directory) = &context.settings.site.directory else {
            return Ok(None);
        };
        let head = super::load::committed(context, head.clone())?;
        let target = SiteTarget::new(directory.clone());
        let before = target.record()?;
        let loaded = Loaded::read(context, &head, before.as_ref())?;
        Ok(loaded.ok().map(|loaded| Self { target, before, loaded }))
    }

    /// Whether the site that stands on this host, if any is kept, shows `head`.
    pub(in crate::cli) fn shows(context: &Context, head: &Source) -> Result<bool, Failure> {
        let Some(directory) = &context.settings.site.directory else {
            return Ok(true);
        };
        let record = SiteTarget::new(directory.clone()).record()?;
        let shown = record.and_then(|record| record.commit);
        Ok(match super::load::committed(context, head.clone())? {
            Source::Revision(revision) => shown == Some(revision.id.to_string()),
            Source::WorkTree => false,
        })
    }

    fn changes(&self) -> Result<Changes, Failure> {
        Ok(Changes::between(self.before.as_ref(), &self.loaded.site(None))?)
    }

    /// Its files that would change.
    pub(in crate::cli) fn files(&self) -> Result<Vec<FileChange>, Failure> {
        let change = |change: crate::site::Change| FileChange {
            target: Self::NAME.into(),
            path: change.path.into(),
            action: change.action,
            entries: None,
            uptake: Uptake::AtOnce,
            live: None,
        };
        Ok(self.changes()?.files.into_iter().map(change).collect())
    }

    /// Writes it; says how many files changed.
    pub(in crate::cli) fn write(&self) -> Result<usize, Failure> {
        let site = self.loaded.site(None);
        let changes = Changes::between(self.before.as_ref(), &site)?;
        self.target.write(&site, &changes)?;
        Ok(changes
            .files
            .iter()
            .filter(|change| change.action != Action::Delete)
            .count())
    }
}
