//! Profiles and secrets belong to somebody, and private claims are sealed.

use super::{place, problem};
use crate::{
    diagnostic::{Report, Span},
    document::{
        decode::claim::is_picture,
        files::Files,
        rules::user::{ORPHAN, PICTURE, PRIVATE_CLAIM},
    },
    model::{Address, Claim, ClaimValue, Origin, Profile},
};

pub(super) fn check(files: &Files, report: &mut Report) {
    for (_, profile) in &files.profiles {
        private_claims(files, profile, report);
        picture(files, profile, report);
    }
    for (address, profile) in orphans(files, &files.profiles) {
        orphan(files, address, &profile.origin, "profile", report);
    }
    for (address, credentials) in orphans(files, &files.credentials) {
        orphan(files, address, &credentials.origin, "sealed", report);
    }
}

/// Those of `all` that belong to no user. One walk over both, which are sorted.
fn orphans<'a, T>(files: &'a Files, all: &'a [(Address, T)]) -> impl Iterator<Item = &'a (Address, T)> {
    let mut users = files.users.iter().map(|user| &user.address).peekable();
    all.iter().filter(move |(address, _)| {
        while users.next_if(|user| *user < address).is_some() {}
        users.peek() != Some(&address)
    })
}

fn orphan(files: &Files, address: &Address, origin: &Origin, kind: &str, report: &mut Report) {
    let unread = files.unread.may_be_user(address) || origin.path().as_str().is_empty();
    if !unread {
        let message = format!("there is no user `{address}` that this {kind} file could belong to");
        let hint = format!(
            "the user's own file would be users/{}/{}.toml",
            address.domain(),
            address.local()
        );
        report.push(problem(&ORPHAN, place(origin, Span::default()), message).hint(hint));
    }
}

fn private_claims(files: &Files, profile: &Profile, report: &mut Report) {
    let sealing = files
        .settings
        .as_ref()
        .is_some_and(|(settings, _)| settings.policy.policy.seal_profile);
    if !sealing {
        return;
    }
    for (claim, value) in &profile.claims {
        if claim.private() && matches!(value, ClaimValue::Clear(_)) {
            let key = claim.as_str();
            let found = problem(
                &PRIVATE_CLAIM,
                profile.origin.of(key),
                format!("`{key}` stands here in clear"),
            );
            report.push(found.hint("set it again with `dockspace user set`, which seals it"));
        }
    }
}

fn picture(files: &Files, profile: &Profile, report: &mut Report) {
    if let Some(ClaimValue::Clear(path)) = profile.claims.get(&Claim::Picture)
        && is_picture(path)
        && !files.pictures.contains(path)
    {
        report.push(problem(
            &PICTURE,
            profile.origin.of("picture"),
            format!("there is no file `{path}`"),
        ));
    }
}
