//! Effects on the mail server and on where mail goes.

use std::collections::BTreeSet;

use super::{Effect, FileChange, Sessions};
use crate::model::change::{Change, Fact, Subject};
use crate::model::{AccessAction, AccessKey, Address, AliasTarget, CredentialStore, Desired, State, User};
use crate::plan::files::{Action, Uptake};

/// Measured: 317 accounts and 1500 aliases in 21 to 23 s on two cores.
const MILLISECONDS_PER_ROW: u64 = 12;

/// What the services do about changed files.
pub(super) fn of_files(after: &Desired, files: &[FileChange], sessions: Sessions) -> Vec<Effect> {
    let any = |uptake| files.iter().any(|file| file.uptake == uptake);
    let is_rebuilt = any(Uptake::Rebuild);
    let is_reloaded = is_rebuilt || any(Uptake::Reload);
    let mut effects = services(after, is_reloaded, is_rebuilt, sessions);
    for file in files.iter().filter(|file| file.uptake == Uptake::Unwatched) {
        match file.action {
            Action::Create => effects.push(Effect::Recreate(file.path.clone())),
            Action::Update | Action::Delete if !is_reloaded => effects.push(Effect::NotTaken(file.path.clone())),
            Action::Update | Action::Delete => {}
        }
    }
    effects
}

/// What the services will do when no file was compared: guessed from which facts reach a mail file.
pub(super) fn of_facts(after: &Desired, facts: &[Fact], sessions: Sessions) -> Vec<Effect> {
    let passwords_are_rows = after
        .targets
        .values()
        .any(|target| target.credentials == CredentialStore::Accounts);
    let has_group_alias = after.aliases.values().chain(after.catch_alls.values()).any(|alias| {
        alias
            .targets
            .iter()
            .any(|target| matches!(target, AliasTarget::Group(_)))
    });
    let is_row = |fact: &Fact| match (&fact.subject, fact.change.field()) {
        (Subject::User(_), None) => true,
        (Subject::User(_), Some("password")) => passwords_are_rows,
        (Subject::User(_), Some("groups")) => has_group_alias || !after.quota_classes.is_empty(),
        (Subject::User(_), Some(field)) => [
            "aliases",
            "forward",
            "keep_copy",
            "quota",
            "class",
            "state",
            "services",
            "dovecot",
        ]
        .contains(&field),
        (Subject::Domain(_), field) => matches!(field, None | Some("quota")),
        (Subject::Settings, Some(field)) => field.starts_with("quota_"),
        (Subject::Alias(_) | Subject::CatchAll(_) | Subject::SystemAlias(_) | Subject::Master(_), _) => true,
        _ => false,
    };
    let is_copied = |fact: &Fact| matches!(fact.subject, Subject::Regexp(_) | Subject::Relay(_));
    let is_rebuilt = facts.iter().any(is_row);
    services(after, is_rebuilt || facts.iter().any(is_copied), is_rebuilt, sessions)
}

fn services(after: &Desired, is_reloaded: bool, is_rebuilt: bool, sessions: Sessions) -> Vec<Effect> {
    let mut effects = Vec::new();
    if is_reloaded {
        effects.push(Effect::Reload(sessions));
    }
    if is_rebuilt {
        effects.push(Effect::rebuild(rows(after)));
    }
    effects
}

impl Effect {
    /// docker-mailserver builds tables of so many rows anew.
    #[must_use]
    pub fn rebuild(rows: usize) -> Self {
        let milliseconds = MILLISECONDS_PER_ROW.saturating_mul(rows as u64);
        let seconds = milliseconds.div_ceil(1000).max(1);
        Self::Rebuild { rows, seconds }
    }
}

/// Rows of the account file and of the alias file.
fn rows(desired: &Desired) -> usize {
    let with_mailbox = desired.users.values().filter(|user| user.has_mailbox());
    let of_users: usize = with_mailbox.map(|user| 1 + user.aliases.len()).sum();
    of_users + desired.aliases.len() + desired.catch_alls.len()
}

/// What becomes of mail directories, and of mail to addresses that are gone.
pub(super) fn of_addresses(before: &Desired, after: &Desired, facts: &[Fact], effects: &mut Vec<Effect>) {
    let mut stays = Vec::new();
    let mut left: Vec<Address> = Vec::new();
    for fact in facts {
        match (&fact.subject, &fact.change) {
            (Subject::User(to), Change::Renamed { from }) => {
                if before.user(from).is_some_and(User::has_mailbox) {
                    let (from, to) = (from.clone(), to.clone());
                    effects.push(Effect::Move { from, to });
                }
                left.push(from.clone());
            }
            (Subject::User(address), Change::Removed(_)) => {
                let user = before.user(address);
                if user.is_some_and(|user| user.has_service("mail")) {
                    stays.push(address.clone());
                }
                left.push(address.clone());
                left.extend(user.into_iter().flat_map(|user| user.aliases.iter().cloned()));
            }
            (Subject::User(_), Change::Lost { field, item }) if field == "aliases" => {
                left.extend(Address::alias(item).ok());
            }
            (Subject::User(address), Change::Lost { field, item }) if field == "services" && **item == *"mail" => {
                left.push(address.clone());
            }
            (Subject::Alias(address), Change::Removed(_)) => left.push(address.clone()),
            _ => {}
        }
    }
    if !stays.is_empty() {
        effects.push(Effect::MailStays(stays));
    }
    let caught = caught(after, left);
    if !caught.is_empty() {
        effects.push(Effect::CatchAll(caught));
    }
}

/// Those of `addresses` that fall to a catch-all now.
fn caught(after: &Desired, mut addresses: Vec<Address>) -> Vec<Address> {
    addresses.retain(|address| after.catch_alls.contains_key(address.domain()) && !is_refused(after, address));
    if addresses.is_empty() {
        return addresses;
    }
    let aliases: BTreeSet<&Address> = after.users.values().flat_map(|user| &user.aliases).collect();
    addresses.retain(|address| {
        let is_user = after.user(address).is_some_and(answers_for_itself);
        !is_user && !after.aliases.contains_key(address) && !aliases.contains(address)
    });
    addresses.sort();
    addresses.dedup();
    addresses
}

/// Suspended and absent users are refused under a catch-all, everybody else with a mailbox is delivered to.
fn answers_for_itself(user: &User) -> bool {
    user.has_mailbox() || matches!(user.state, State::Suspended | State::Absent)
}

fn is_refused(after: &Desired, address: &Address) -> bool {
    let rule = after.mail.receive.get(&AccessKey::Address(address.clone()));
    rule.is_some_and(|rule| match rule.action {
        AccessAction::Reject(_) | AccessAction::Reply(..) => true,
        AccessAction::Dunno => false,
    })
}
