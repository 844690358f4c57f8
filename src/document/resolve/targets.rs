//! Mail goes to somebody: targets of aliases and forwards.

use std::collections::HashSet;

use super::{Addresses, people, place, problem};
use crate::{
    diagnostic::{Place, Report},
    document::{
        files::Files,
        rules::{
            address::{DANGLING, TARGET_GONE, TARGET_SUSPENDED, TARGET_WITHOUT_MAIL},
            group::EMPTY_TARGET,
        },
    },
    model::{Address, AliasTarget, State},
};

/// How often a close address is looked for: with a hundred thousand addresses each search takes a while.
const SUGGESTIONS: u32 = 20;

pub(super) fn check(files: &Files, addresses: &Addresses<'_>, report: &mut Report) {
    let mut check = Check {
        files,
        addresses,
        populated: populated(files),
        suggestions: SUGGESTIONS,
        report,
    };
    for file in &files.aliases {
        let catch_all = file.catch_all.iter().flat_map(|to| &to.targets);
        for target in file.aliases.iter().flat_map(|entry| &entry.targets).chain(catch_all) {
            let place = || place(&file.origin, target.span);
            match &target.value {
                AliasTarget::Address(address) => check.address(address, place),
                AliasTarget::Group(group) => check.group(group.as_str(), place),
            }
        }
    }
    for user in files.users.iter().filter(|user| !user.is_absent()) {
        for target in &user.forward {
            check.address(&target.value, || place(&user.origin, target.span));
        }
    }
    for target in &files.mail.targets {
        check.address(&target.value, || place(&files.mail.origin, target.span));
    }
}

/// The groups that mail can go to.
fn populated(files: &Files) -> HashSet<&str> {
    let members = files.users.iter().filter(|user| user.has_mailbox());
    members
        .flat_map(|user| user.groups.iter().map(|group| group.value.as_str()))
        .collect()
}

struct Check<'a, 'r> {
    files: &'a Files,
    addresses: &'a Addresses<'a>,
    populated: HashSet<&'a str>,
    suggestions: u32,
    report: &'r mut Report,
}

impl Check<'_, '_> {
    fn address(&mut self, target: &Address, place: impl FnOnce() -> Place) {
        let Some(holder) = self.addresses.find(target) else {
            return self.unknown(target, place);
        };
        let Some(user) = holder.user() else { return };
        let (rule, message) = match user.state {
            State::Absent => (&TARGET_GONE, format!("`{target}` is gone (state = \"absent\")")),
            State::Suspended => (&TARGET_SUSPENDED, format!("`{target}` is suspended and left out")),
            State::Active | State::Locked if !user.has_mail() => (
                &TARGET_WITHOUT_MAIL,
                format!("`{target}` has no mailbox: `mail` is not among the services"),
            ),
            State::Active | State::Locked => return,
        };
        self.report
            .push(problem(rule, place(), message).related(people::file_of(user), "the user's file"));
    }

    /// An address that nobody has: elsewhere, that is none of our business.
    fn unknown(&mut self, target: &Address, place: impl FnOnce() -> Place) {
        let ours = self
            .files
            .whole_settings()
            .is_some_and(|settings| settings.domains.contains_key(target.domain()));
        if !ours || self.files.unread.may_hold(target) {
            return;
        }
        let mut found = problem(
            &DANGLING,
            place(),
            format!("there is no mailbox and no alias `{target}`"),
        );
        if let Some(left) = self.suggestions.checked_sub(1) {
            self.suggestions = left;
            if let Some(meant) = self.addresses.closest(target) {
                found = found.hint(format!("did you mean `{meant}`?"));
            }
        }
        self.report.push(found);
    }

    fn group(&mut self, group: &str, place: impl FnOnce() -> Place) {
        let exists = self.files.groups.iter().any(|file| file.group.name.as_str() == group);
        if exists && !self.populated.contains(group) && !self.files.lacks_users() {
            let message = format!("no member of `{group}` has a mailbox");
            self.report.push(problem(&EMPTY_TARGET, place(), message));
        }
    }
}
