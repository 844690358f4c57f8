//! Ids, usernames, and test users apart from real ones.

use std::collections::HashMap;

use super::{place, problem};
use crate::{
    diagnostic::{Report, Span},
    document::{
        decode::{
            organisation::Settings,
            user::{Kind, UserFile},
        },
        files::Files,
        rules::{
            identity::{ID_RETIRED, ID_TAKEN, RETIRED_TWICE, USERNAME_TAKEN},
            user::{TEST_DOMAIN, TEST_PASSWORD, WEAK_TEST_PASSWORD},
        },
    },
};

pub(super) fn check(files: &Files, report: &mut Report) {
    ids(files, report);
    usernames(files, report);
    if let Some(settings) = files.whole_settings() {
        for user in &files.users {
            test_domain(user, settings, report);
        }
    }
    let min_length = files
        .settings
        .as_ref()
        .map(|(settings, _)| settings.policy.policy.password.min_length);
    for user in files.users.iter().filter(|user| user.password.is_some()) {
        test_password(user, files, usize::from(min_length.unwrap_or(0)), report);
    }
}

fn ids(files: &Files, report: &mut Report) {
    let mut retired = HashMap::new();
    for entry in &files.retired {
        if let Some(first) = retired.insert(entry.id.as_str(), &entry.place) {
            let found = problem(
                &RETIRED_TWICE,
                entry.place.clone(),
                format!("`{}` is retired already", entry.id),
            );
            report.push(found.related(first.clone(), "first here"));
        }
    }
    let mut seen: HashMap<&str, &UserFile> = HashMap::with_capacity(files.users.len());
    for (user, id) in files.users.iter().filter_map(|user| Some((user, user.id.as_ref()?))) {
        let here = || place(&user.origin, id.span);
        if let Some(gone) = retired.get(id.value.as_str()) {
            let found = problem(&ID_RETIRED, here(), format!("the id of `{}` is retired", user.address));
            report.push(
                found
                    .related((*gone).clone(), "retired here")
                    .hint("give the user a new id"),
            );
        }
        if let Some(first) = seen.insert(id.value.as_str(), user) {
            let found = problem(
                &ID_TAKEN,
                here(),
                format!("`{}` and `{}` have the same id", first.address, user.address),
            );
            report.push(found.related(first.origin.of("id"), "first used here"));
        }
    }
}

fn usernames(files: &Files, report: &mut Report) {
    let mut seen: HashMap<&str, &UserFile> = HashMap::with_capacity(files.users.len());
    for (user, name) in files
        .users
        .iter()
        .filter_map(|user| Some((user, user.username.as_ref()?)))
    {
        if let Some(first) = seen.insert(name.value.as_str(), user) {
            let message = format!("`{}` is the username of `{}` already", name.value, first.address);
            let found = problem(&USERNAME_TAKEN, place(&user.origin, name.span), message);
            report.push(found.related(first.origin.of("username"), "first used here"));
        }
    }
}

fn test_domain(user: &UserFile, settings: &Settings, report: &mut Report) {
    let (Some(domain), Some(class)) = (settings.domains.get(user.address.domain()), user.class) else {
        return;
    };
    let message = match (class == Kind::Test, domain.test) {
        (true, Some(false)) => "a test user in a domain that is not declared with test = true",
        (false, Some(true)) => "this domain is for users of class = \"test\" alone",
        _ => return,
    };
    let here = place(&user.origin, user.span("class"));
    report.push(
        problem(&TEST_DOMAIN, here, message)
            .related(place(&settings.origin, domain.named), "the domain is declared here"),
    );
}

fn test_password(user: &UserFile, files: &Files, min_length: usize, report: &mut Report) {
    let Some(password) = &user.password else { return };
    let here = || place(&user.origin, password.span);
    let sealed = files
        .credentials
        .binary_search_by(|(owner, _)| owner.cmp(&user.address));
    if let Some((_, credentials)) = sealed.ok().and_then(|at| files.credentials.get(at))
        && credentials.password.is_some()
    {
        let found = problem(&TEST_PASSWORD, here(), "the user has a sealed password too").without_excerpt();
        report.push(
            found
                .related(credentials.origin.of("password"), "sealed here")
                .hint("remove one of the two"),
        );
    }
    let text = password.value.expose();
    let named = user
        .username
        .as_ref()
        .is_some_and(|name| text.to_lowercase().contains(name.value.as_str()));
    if text.chars().count() < min_length || named {
        let message = format!("the password is shorter than {min_length} characters or holds the user's name");
        report.push(problem(&WEAK_TEST_PASSWORD, here(), message).without_excerpt());
    }
}

/// The user whose mailbox `address` is, among sorted users.
pub(super) fn find<'a>(files: &'a Files, address: &str) -> Option<&'a UserFile> {
    let at = files
        .users
        .binary_search_by(|user| user.address.as_str().cmp(address))
        .ok()?;
    files.users.get(at).map(Box::as_ref)
}

/// Where a user's file is.
pub(super) fn file_of(user: &UserFile) -> crate::diagnostic::Place {
    place(&user.origin, Span::default())
}
