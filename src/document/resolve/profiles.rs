//! Profiles and secrets belong to somebody, and private claims are sealed.

use super::{people, place, problem};
use crate::{
    diagnostic::{Report, Span},
    document::{
        files::Files,
        rules::user::{ORPHAN, PICTURE, PRIVATE_CLAIM},
    },
    model::{Address, Claim, ClaimValue, Origin, Profile},
};

pub(super) fn check(files: &Files, report: &mut Report) {
    for (address, profile) in &files.profiles {
        orphan(files, address, &profile.origin, "profile", report);
        private_claims(files, profile, report);
        picture(files, profile, report);
    }
    for (address, credentials) in &files.credentials {
        orphan(files, address, &credentials.origin, "sealed", report);
    }
}

fn orphan(files: &Files, address: &Address, origin: &Origin, kind: &str, report: &mut Report) {
    let unread = files.unread.may_be_user(address) || origin.path().as_str().is_empty();
    if people::find(files, address.as_str()).is_none() && !unread {
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
        && !files.pictures.contains(path)
    {
        report.push(problem(
            &PICTURE,
            profile.origin.of("picture"),
            format!("there is no file `{path}`"),
        ));
    }
}
