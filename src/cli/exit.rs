//! The exit codes, in one table.

use std::process::ExitCode;

/// How a command ended. Promised to scripts: see `docs/reference/exit-codes.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "`Exit::meaning` says it once, for people and for the reference"
)]
pub enum Exit {
    Done = 0,
    Error = 1,
    Differences = 2,
    Invalid = 3,
    Stale = 4,
    Guard = 5,
    ProbeRefused = 6,
    Locked = 7,
    RollbackFailed = 8,
    Unsigned = 9,
}

impl Exit {
    /// All codes, by number.
    pub const ALL: [Self; 10] = [
        Self::Done,
        Self::Error,
        Self::Differences,
        Self::Invalid,
        Self::Stale,
        Self::Guard,
        Self::ProbeRefused,
        Self::Locked,
        Self::RollbackFailed,
        Self::Unsigned,
    ];

    /// From the worst to the best: which one a run reports that ended in several ways.
    const WORST_FIRST: [Self; 10] = [
        Self::RollbackFailed,
        Self::ProbeRefused,
        Self::Locked,
        Self::Unsigned,
        Self::Invalid,
        Self::Stale,
        Self::Guard,
        Self::Error,
        Self::Differences,
        Self::Done,
    ];

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// What it says, for the reference.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, or nothing to do",
            Self::Error => "an error, wrong usage too; the probe could not reach the mail server",
            Self::Differences => {
                "there are differences (`drift`, `fmt --check`; `plan` only with `--detailed-exitcode`)"
            }
            Self::Invalid => "the desired state is invalid",
            Self::Stale => "stale or conflicting: something moved since it was looked at",
            Self::Guard => "refused by a guard",
            Self::ProbeRefused => "the probe was refused, and everything was rolled back",
            Self::Locked => "another run holds the lock",
            Self::RollbackFailed => "the roll-back failed too",
            Self::Unsigned => "a required signature is missing",
        }
    }

    /// The one to report of two.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        Self::WORST_FIRST
            .into_iter()
            .find(|exit| *exit == self || *exit == other)
            .unwrap_or(Self::Error)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_their_place_in_the_table() {
        assert!(
            Exit::ALL
                .iter()
                .enumerate()
                .all(|(i, exit)| usize::from(exit.code()) == i)
        );
    }

    #[test]
    fn of_two_endings_the_worse_is_reported() {
        for (a, b, worse) in [
            (Exit::Done, Exit::Differences, Exit::Differences),
            (Exit::Guard, Exit::Stale, Exit::Stale),
            (Exit::Invalid, Exit::Locked, Exit::Locked),
            (Exit::ProbeRefused, Exit::RollbackFailed, Exit::RollbackFailed),
        ] {
            assert_eq!((a.worse(b), b.worse(a)), (worse, worse));
        }
    }
}
