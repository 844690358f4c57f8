//! The organisation's rules about itself: `[policy]` in `dockspace.toml`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::rule::PolicyRule;
use super::{AnyOf, RuleName};

/// All rules, with the defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a sign-in lasts.
    pub session: Session,
    /// What a new password must be.
    pub password: PasswordRules,
    /// Whether private claims are sealed when people write them.
    pub seal_profile: bool,
    /// Who may read the internal site.
    pub site_groups: AnyOf,
    /// What needs an acknowledgement.
    pub guards: Guards,
    /// What happens to changes made behind our back.
    pub drift: Drift,
    /// Patterns (globs) of live entries that Dockspace leaves alone; they may not be declared.
    pub unmanaged: Vec<String>,
    /// What changes and people are held against, by name.
    pub rules: BTreeMap<RuleName, PolicyRule>,
}

/// How long a sign-in lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Without being used.
    pub idle: Duration,
    /// In all.
    pub absolute: Duration,
}

/// What a new password must be, and how it is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// Characters at least.
    pub min_length: u16,
    /// Rounds of SHA512-CRYPT.
    pub sha512_rounds: u32,
}

/// How much may go at once without an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    /// Removals of a collection, in number: the larger of the two applies.
    pub removal_count: u32,
    /// Removals of a collection, in per cent.
    pub removal_percent: u8,
}

/// What happens to changes made behind our back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drift {
    /// To anything but the below. What a locked, suspended or absent user would gain is always reverted.
    pub default: DriftPolicy,
    /// To the password of somebody outside the admin group.
    pub passwords: DriftPolicy,
}

/// What happens when a live file says something else than what was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriftPolicy {
    /// Keep it, report it, leave the object out.
    Alarm,
    /// Take it into the repository.
    Adopt,
    /// Write over it.
    Revert,
}

impl DriftPolicy {
    /// All of them, as written in a file.
    pub const ALL: [Self; 3] = [Self::Alarm, Self::Adopt, Self::Revert];

    /// The word in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Adopt => "adopt",
            Self::Revert => "revert",
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        Self {
            session: Session {
                idle: Duration::from_secs(8 * HOUR),
                absolute: Duration::from_secs(7 * 24 * HOUR),
            },
            password: PasswordRules {
                min_length: 12,
                sha512_rounds: 5000,
            },
            seal_profile: true,
            site_groups: AnyOf::Everyone,
            guards: Guards {
                removal_count: 2,
                removal_percent: 10,
            },
            drift: Drift {
                default: DriftPolicy::Alarm,
                passwords: DriftPolicy::Adopt,
            },
            unmanaged: Vec::new(),
            rules: BTreeMap::new(),
        }
    }
}
