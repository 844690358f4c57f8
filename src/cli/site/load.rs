//! From a revision to a site: everything, or what differs from the site that stands.

use crate::{
    cli::{Exit, context::Context, failure::Failure, report, ui::Ui},
    diagnostic::Diagnostic,
    model::Desired,
    plan::Plan,
    repo::Revision,
    site::{Finding, Held, History, Parts, People, Preview, Record, Site},
    snapshot::{Snapshot, Source, Touched},
};

/// A revision with all that its site is made of.
pub(in crate::cli) struct Loaded {
    snapshot: Snapshot,
    held: Held,
    people: People,
    commit: Option<String>,
    history: History,
    findings: Vec<Finding>,
}

/// A work tree in which everything is committed is its commit, which can be compared with others.
pub(super) fn committed(context: &Context, source: Source) -> Result<Source, Failure> {
    Ok(match source {
        Source::WorkTree if context.repo.uncommitted()?.is_empty() => match context.repo.revision("HEAD") {
            Ok(head) => Source::Revision(head),
            Err(_) => Source::WorkTree,
        },
        other => other,
    })
}

impl Loaded {
    /// Loads `source`; of its people only those who differ from the site that stands, when that is enough.
    pub(super) fn load(
        ui: &mut Ui,
        context: &Context,
        source: &Source,
        before: Option<&Record>,
    ) -> Result<Self, Failure> {
        match Self::read(context, source, before)? {
            Ok(loaded) => Ok(loaded),
            Err(diagnostics) => {
                ui.talk_line(&report::text(&diagnostics, &context.texts(source), ui.styled()));
                Err(Failure::shown(Exit::Invalid))
            }
        }
    }

    /// The same without saying anything: the problems instead, when it cannot be used.
    pub(in crate::cli) fn read(
        context: &Context,
        source: &Source,
        before: Option<&Record>,
    ) -> Result<Result<Self, Vec<Diagnostic>>, Failure> {
        let history = history(context, source, before)?;
        if let (Source::Revision(revision), Some(before)) = (source, before)
            && let Some(touched) = touched(context, revision, before)?
        {
            return Ok(Ok(Self::of_touched(touched, before, history)));
        }
        let (snapshot, diagnostics) = context.load_to_compare(source.clone())?;
        let findings = diagnostics.iter().map(Finding::from).collect();
        let Some(snapshot) = snapshot else {
            return Ok(Err(diagnostics));
        };
        Ok(Ok(Self {
            held: Held::Everybody,
            people: People::of(&snapshot.desired),
            commit: commit(source),
            snapshot,
            history,
            findings,
        }))
    }

    fn of_touched(touched: Touched, before: &Record, history: History) -> Self {
        let mut people = before.people.clone();
        people.update(&touched.after.desired);
        let mut findings = before.findings.clone();
        let is_theirs = |path: &str| {
            let user = path
                .trim_end_matches(".toml")
                .trim_end_matches(".sealed")
                .trim_end_matches(".profile");
            touched
                .after
                .desired
                .users
                .values()
                .any(|other| other.origin.path().as_str().trim_end_matches(".toml") == user)
        };
        findings.retain(|finding| !is_theirs(&finding.path));
        let new: Vec<Diagnostic> = touched.report.sorted();
        findings.extend(
            new.iter()
                .filter(|found| is_theirs(found.place.path.as_str()))
                .map(Finding::from),
        );
        Self {
            held: Held::Touched,
            people,
            commit: commit(&touched.after.source),
            snapshot: touched.after,
            history,
            findings,
        }
    }

    /// The organisation.
    pub(super) fn desired(&self) -> &Desired {
        &self.snapshot.desired
    }

    /// The site; with a plan that leads to it, its preview.
    pub(in crate::cli) fn site<'a>(&'a self, plan: Option<&'a Plan>) -> Site<'a> {
        Site::new(Parts {
            desired: &self.snapshot.desired,
            held: self.held,
            people: &self.people,
            commit: self.commit.as_deref(),
            history: &self.history,
            findings: &self.findings,
            preview: plan.map(|plan| Preview { plan }),
        })
    }
}

fn commit(source: &Source) -> Option<String> {
    match source {
        Source::Revision(revision) => Some(revision.id.to_string()),
        Source::WorkTree => None,
    }
}

/// The people who differ from the site that stands, when they alone do.
fn touched(context: &Context, revision: &Revision, before: &Record) -> Result<Option<Touched>, Failure> {
    let Some(commit) = &before.commit else { return Ok(None) };
    // A commit that was never fetched, or is gone: then everything is looked at.
    let Ok(base) = context.repo.revision(commit) else {
        return Ok(None);
    };
    let touched = Touched::load(&context.repo, &base, revision, &context.clock)?;
    Ok(touched.filter(|touched| before.is_current(&touched.after.desired.organisation.name)))
}

fn history(context: &Context, source: &Source, before: Option<&Record>) -> Result<History, Failure> {
    let head = match source {
        Source::Revision(revision) => revision.clone(),
        Source::WorkTree => match context.repo.revision("HEAD") {
            Ok(head) => head,
            Err(_) => return Ok(History::default()),
        },
    };
    Ok(History::of(&context.repo, &head, before.map(|before| &before.history))?)
}
