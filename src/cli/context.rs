//! What nearly every command starts with: the repository, the host file, the clock and a loaded snapshot.

use camino::Utf8Path;

use super::{Exit, Global, failure::Failure, report, ui::Ui};
use crate::{
    clock::Clock,
    diagnostic::{Diagnostic, Report},
    mailserver,
    repo::{Edits, Files, Repo},
    settings::Settings,
    snapshot::{Loaded, Snapshot, Source},
};

/// The repository and host that a command works on.
pub(super) struct Context {
    pub(super) repo: Repo,
    pub(super) settings: Settings,
    pub(super) clock: Clock,
}

impl Context {
    pub(super) fn open(global: &Global) -> Result<Self, Failure> {
        let settings = Settings::load(global.config.as_deref(), environment())?;
        Ok(Self {
            repo: Repo::open(&global.repository)?,
            settings,
            clock: Clock::system(),
        })
    }

    /// The work tree, or the commit that `rev` names.
    pub(super) fn source(&self, rev: Option<&str>) -> Result<Source, Failure> {
        Ok(match rev {
            Some(rev) => Source::Revision(self.repo.revision(rev)?),
            None => Source::WorkTree,
        })
    }

    /// The files of `source`, not loaded.
    pub(super) fn files(&self, source: &Source) -> Result<Files<'_>, Failure> {
        Ok(match source {
            Source::WorkTree => self.repo.work_tree()?,
            Source::Revision(revision) => self.repo.files(revision)?,
        })
    }

    /// Loads `source` and checks it for its targets, without saying anything.
    pub(super) fn load(&self, source: Source) -> Result<(Option<Snapshot>, Vec<Diagnostic>), Failure> {
        Ok(judged(Snapshot::load(&self.repo, source, &self.clock)?))
    }

    /// The same for a look that opens no sealed value.
    pub(super) fn load_to_compare(&self, source: Source) -> Result<(Option<Snapshot>, Vec<Diagnostic>), Failure> {
        Ok(judged(Snapshot::load_to_compare(&self.repo, source, &self.clock)?))
    }

    /// Loads what the work tree would be after `edits`, without saying anything.
    pub(super) fn load_edited(&self, edits: &Edits) -> Result<(Option<Snapshot>, Vec<Diagnostic>), Failure> {
        Ok(judged(Snapshot::load_edited(
            &self.repo,
            Source::WorkTree,
            edits,
            &self.clock,
        )?))
    }

    /// Loads `source` and shows its problems; fails with exit code 3 when it cannot be used.
    pub(super) fn load_or_show(&self, ui: &mut Ui, source: &Source) -> Result<Snapshot, Failure> {
        self.usable(ui, source, self.load(source.clone())?)
    }

    /// The same for a look that opens no sealed value.
    pub(super) fn load_to_compare_or_show(&self, ui: &mut Ui, source: &Source) -> Result<Snapshot, Failure> {
        self.usable(ui, source, self.load_to_compare(source.clone())?)
    }

    fn usable(
        &self,
        ui: &mut Ui,
        source: &Source,
        (snapshot, diagnostics): (Option<Snapshot>, Vec<Diagnostic>),
    ) -> Result<Snapshot, Failure> {
        match snapshot {
            Some(snapshot) => Ok(snapshot),
            None => {
                ui.talk_line(&report::text(&diagnostics, &self.texts(source), ui.styled()));
                Err(Failure::shown(Exit::Invalid))
            }
        }
    }

    /// Fetches texts of `source` again, for excerpts.
    pub(super) fn texts<'a>(&'a self, source: &'a Source) -> impl Fn(&Utf8Path) -> Option<String> + 'a {
        move |path| source.text(&self.repo, path)
    }

    /// The texts of the work tree as they would be after `edits`, for excerpts.
    pub(super) fn texts_edited<'a>(&'a self, edits: &'a Edits) -> impl Fn(&Utf8Path) -> Option<String> + 'a {
        move |path| match edits.get(path) {
            Some(content) => String::from_utf8(content.clone()?).ok(),
            None => Source::WorkTree.text(&self.repo, path),
        }
    }
}

/// The variables that are text.
pub(super) fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// A snapshot is one only if its targets can take it.
fn judged(mut loaded: Loaded) -> (Option<Snapshot>, Vec<Diagnostic>) {
    if let Some(snapshot) = &loaded.snapshot {
        loaded.report.append(checked(snapshot));
    }
    let errors = loaded.report.has_errors();
    (loaded.snapshot.filter(|_| !errors), loaded.report.sorted())
}

/// What the targets have to say about an organisation that is valid in itself.
fn checked(snapshot: &Snapshot) -> Report {
    let mut report = Report::default();
    for target in snapshot.desired.targets.values() {
        report.append(mailserver::check(&snapshot.desired, target.dialect));
    }
    report
}
