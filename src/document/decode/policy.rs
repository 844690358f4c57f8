//! `[policy]` in `dockspace.toml`.

use std::time::Duration;

use globset::{Glob, GlobMatcher};

use super::{policy_rule, values};
use crate::{
    document::{
        reader::{At, Table},
        rules::{group::GROUP_NAME, policy as rule},
    },
    model::{AnyOf, DriftPolicy, GroupName, Policy},
};

/// The policy, and what of it other files are checked against.
#[derive(Debug, Default)]
pub(in crate::document) struct PolicyTable {
    pub(in crate::document) policy: Policy,
    pub(in crate::document) site_groups: Vec<At<GroupName>>,
    pub(in crate::document) unmanaged: Vec<At<GlobMatcher>>,
    /// The groups that rules name.
    pub(in crate::document) rule_groups: Vec<At<GroupName>>,
}

pub(super) fn decode(table: &mut Table<'_, '_>) -> PolicyTable {
    let mut read = PolicyTable::default();
    session(table, &mut read.policy);
    password(table, &mut read.policy);
    guards(table, &mut read.policy);
    drift(table, &mut read.policy);
    if let Some(flag) = table.flag("policy.seal_profile") {
        read.policy.seal_profile = flag;
    }
    site_groups(table, &mut read);
    read.unmanaged = table.list("policy.unmanaged", &rule::GLOB, |text| {
        Glob::new(text)
            .map(|glob| glob.compile_matcher())
            .map_err(|error| error.kind().to_string())
    });
    read.policy.unmanaged = read
        .unmanaged
        .iter()
        .map(|at| at.value.glob().glob().to_owned())
        .collect();
    for (name, (rule, groups)) in policy_rule::rules(table) {
        read.policy.rules.insert(name, rule);
        read.rule_groups.extend(groups);
    }
    read
}

fn session(table: &mut Table<'_, '_>, policy: &mut Policy) {
    let Some(mut session) = table.table("policy.session") else {
        return;
    };
    let idle = session.parse("policy.session.idle", &rule::DURATION, duration);
    let absolute = session.parse("policy.session.absolute", &rule::DURATION, duration);
    if let Some(idle) = &idle {
        policy.session.idle = idle.value;
    }
    if let Some(absolute) = absolute {
        policy.session.absolute = absolute.value;
    }
    if policy.session.idle > policy.session.absolute {
        let span = idle.map_or_else(|| session.span(), |idle| idle.span);
        let sink = session.sink();
        sink.push(sink.at(&rule::SESSION_ORDER, span, "`idle` is longer than `absolute`"));
    }
    table.absorb(session);
}

fn password(table: &mut Table<'_, '_>, policy: &mut Policy) {
    let Some(mut password) = table.table("policy.password") else {
        return;
    };
    if let Some(length) = password.integer("policy.password.min_length", 8..=128) {
        policy.password.min_length = length.value;
    }
    if let Some(rounds) = password.integer("policy.password.sha512_rounds", 1000..=1_000_000) {
        policy.password.sha512_rounds = rounds.value;
    }
    table.absorb(password);
}

fn guards(table: &mut Table<'_, '_>, policy: &mut Policy) {
    let Some(mut guards) = table.table("policy.guards") else {
        return;
    };
    if let Some(mut removals) = guards.table("policy.guards.removals") {
        if let Some(count) = removals.integer("policy.guards.removals.count", 0..=1_000_000) {
            policy.guards.removal_count = count.value;
        }
        if let Some(percent) = removals.integer("policy.guards.removals.percent", 0..=100) {
            policy.guards.removal_percent = percent.value;
        }
        guards.absorb(removals);
    }
    table.absorb(guards);
}

fn drift(table: &mut Table<'_, '_>, policy: &mut Policy) {
    let Some(mut drift) = table.table("policy.drift") else {
        return;
    };
    if let Some(default) = drift.word("policy.drift.default", &DriftPolicy::ALL, DriftPolicy::as_str) {
        policy.drift.default = default.value;
    }
    if let Some(passwords) = drift.word("policy.drift.passwords", &DriftPolicy::ALL, DriftPolicy::as_str) {
        policy.drift.passwords = passwords.value;
    }
    table.absorb(drift);
}

/// `["*"]`, or groups; several may read the site.
fn site_groups(table: &mut Table<'_, '_>, read: &mut PolicyTable) {
    let Some(value) = table.get("policy.site_groups") else {
        return;
    };
    let names = value.list(&GROUP_NAME, any_group);
    read.policy.site_groups = if names.iter().any(|name| name.value.is_none()) {
        AnyOf::Everyone
    } else {
        AnyOf::Groups(values(names.clone()).flatten().collect())
    };
    let named = |at: At<Option<GroupName>>| at.value.map(|value| At { value, span: at.span });
    read.site_groups = names.into_iter().filter_map(named).collect();
}

/// A group, or `*` for all.
fn any_group(text: &str) -> Result<Option<GroupName>, String> {
    if text == "*" {
        return Ok(None);
    }
    GroupName::parse(text)
        .map(Some)
        .map_err(|error| format!("{error}, or `*` for everyone"))
}

/// `8h`, `7d`: from a minute to a year.
fn duration(text: &str) -> Result<Duration, &'static str> {
    const FORM: &str = "a duration is a whole number and one of s, m, h or d, such as `8h` or `7d`";
    let unit = match text.as_bytes().last() {
        Some(b's') => 1,
        Some(b'm') => 60,
        Some(b'h') => 3600,
        Some(b'd') => 24 * 3600,
        _ => return Err(FORM),
    };
    let digits = &text[..text.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FORM);
    }
    let seconds = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(unit));
    match seconds {
        Some(seconds) if (60..=366 * 24 * 3600).contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err("it must be from a minute to a year"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("60s", 60),
            ("1m", 60),
            ("8h", 28_800),
            ("7d", 604_800),
            ("366d", 31_622_400),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "h",
            "8",
            "8H",
            "8 h",
            "-8h",
            "1.5h",
            "59s",
            "367d",
            "99999999999999999999d",
            "8é",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
