//! Why a command failed: for people, with an exit code for scripts.

use super::exit::Exit;
use crate::{
    apply::ApplyError,
    deploy::StandingError,
    diagnostic::{Diagnostic, Severity},
    repo, settings,
    target::SiteError,
};

/// A failed command.
#[derive(Debug)]
pub(super) struct Failure {
    /// The exit code.
    pub(super) exit: Exit,
    /// What went wrong; `None` when it has been shown already.
    pub(super) error: Option<anyhow::Error>,
    /// What to do about it.
    pub(super) hints: Vec<String>,
}

/// What a command returns: how it ended, or why it failed.
pub(super) type Outcome = Result<Exit, Failure>;

impl Failure {
    /// Fails with `exit` and a message.
    pub(super) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit,
            error: Some(error.into()),
            hints: Vec::new(),
        }
    }

    /// Fails with `exit` and a text.
    #[must_use]
    pub(super) fn message(exit: Exit, text: impl Into<String>) -> Self {
        Self::new(exit, anyhow::Error::msg(text.into()))
    }

    /// Fails because of diagnostics that were shown.
    #[must_use]
    pub(super) const fn shown(exit: Exit) -> Self {
        Self {
            exit,
            error: None,
            hints: Vec::new(),
        }
    }

    /// What went wrong, in one line.
    #[must_use]
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for cause in self
            .error
            .iter()
            .flat_map(|error| error.chain())
            .map(ToString::to_string)
        {
            // An error that names its cause in its own words has said it already.
            if !text.ends_with(&cause) {
                let separator = if text.is_empty() { "" } else { ": " };
                text = text + separator + &cause;
            }
        }
        text
    }

    /// Adds what to do about it.
    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds an error's own advice, if it has any.
    #[must_use]
    pub(super) fn hint_if(self, hint: Option<impl Into<String>>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        let (exit, hint) = advice(&error);
        Self::new(exit, error).hint_if(hint)
    }
}

/// The exit code of an error that a module returned, and that module's advice.
fn advice(error: &anyhow::Error) -> (Exit, Option<String>) {
    if let Some(error) = error.downcast_ref::<repo::Error>() {
        return (Exit::Error, error.hint());
    }
    if let Some(error) = error.downcast_ref::<ApplyError>() {
        return (exit_of(error), Some(error.hint()));
    }
    if let Some(StandingError::Record { source, .. }) = error.downcast_ref::<StandingError>() {
        return (Exit::Error, Some(source.hint().to_owned()));
    }
    if let Some(error) = error.downcast_ref::<SiteError>() {
        return (Exit::Error, error.hint().map(str::to_owned));
    }
    if let Some(settings::Error::Read { .. }) = error.downcast_ref::<settings::Error>() {
        let hint = "--config or DOCKSPACE_CONFIG names it: docs/reference/host-file.md says what stands in it";
        return (Exit::Error, Some(hint.to_owned()));
    }
    (Exit::Error, None)
}

const fn exit_of(error: &ApplyError) -> Exit {
    match error {
        ApplyError::Stale(_) => Exit::Stale,
        ApplyError::Locked(_) => Exit::Locked,
        ApplyError::Torn { .. } => Exit::RollbackFailed,
        ApplyError::Unsafe { .. } | ApplyError::Io { .. } => Exit::Error,
    }
}

/// Whether the problems found stop a command: errors do, and under `--strict` warnings too.
#[must_use]
pub(super) fn verdict(diagnostics: &[Diagnostic], strict: Strictness) -> Exit {
    let errors = diagnostics.iter().any(|d| d.rule.severity == Severity::Error);
    if errors || (strict == Strictness::Strict && !diagnostics.is_empty()) {
        Exit::Invalid
    } else {
        Exit::Done
    }
}

/// How warnings are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// As advice.
    Normal,
    /// As errors (`--strict`).
    Strict,
}
