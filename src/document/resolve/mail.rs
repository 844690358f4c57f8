//! The mail server's own settings against everything else.

use super::{Missing, problem};
use crate::{
    diagnostic::{Place, Report},
    document::{
        files::Files,
        rules::{
            mail::{MASTER_PASSWORD, NO_RELAY, RELAY_LOGIN},
            organisation::UNDECLARED_DOMAIN,
        },
    },
    model::Domain,
};

pub(super) fn check(files: &Files, report: &mut Report) {
    domains(files, report);
    if !files.unread.mail {
        secrets(files, report);
    }
}

/// Mail is relayed by the domain of its sender, which is one of ours.
fn domains(files: &Files, report: &mut Report) {
    let Some(settings) = files.whole_settings() else { return };
    let mut missing = Missing::default();
    for (domain, relay) in &files.mail.mail.relay {
        if !settings.domains.contains_key(domain) {
            missing.note(domain.as_str(), || relay.place.clone());
        }
    }
    let known: Vec<&str> = settings.domains.keys().map(Domain::as_str).collect();
    missing.report(
        &UNDECLARED_DOMAIN,
        &known,
        |domain| format!("the domain `{domain}` is not declared"),
        |domain| format!("add [domains.\"{domain}\"] to dockspace.toml"),
        report,
    );
}

/// Every secret belongs to something, and whatever needs one has one.
fn secrets(files: &Files, report: &mut Report) {
    let (mail, secrets) = (&files.mail.mail, &files.mail_secrets);
    let mut tell = |rule, place: &Place, message: String| report.push(problem(rule, place.clone(), message));
    for (domain, relay) in &mail.relay {
        if relay.user.is_some() && !secrets.relay.contains_key(domain) {
            tell(
                &RELAY_LOGIN,
                &relay.place,
                format!("the relay of `{domain}` has a user but no password"),
            );
        }
    }
    for (domain, (_, place)) in &secrets.relay {
        match mail.relay.get(domain) {
            None => tell(&NO_RELAY, place, format!("mail.toml has no relay for `{domain}`")),
            Some(relay) if relay.user.is_none() => {
                tell(
                    &RELAY_LOGIN,
                    place,
                    format!("the relay of `{domain}` has a password but no user"),
                );
            }
            Some(_) => {}
        }
    }
    for (name, master) in mail
        .masters
        .iter()
        .filter(|(name, _)| !secrets.masters.contains_key(*name))
    {
        tell(
            &MASTER_PASSWORD,
            &master.place,
            format!("the master user `{name}` has no password"),
        );
    }
    for (name, (_, place)) in secrets
        .masters
        .iter()
        .filter(|(name, _)| !mail.masters.contains_key(*name))
    {
        tell(&NO_RELAY, place, format!("mail.toml has no master user `{name}`"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::clients::tests::{SEALED, codes, loaded};

    fn with(mail: &str, sealed: &str) -> Vec<&'static str> {
        codes(&[("mail.toml", mail), ("mail.sealed.toml", sealed)])
    }

    fn secret(table: &str) -> String {
        format!("[{table}]\npassword = '{SEALED}'\n")
    }

    #[test]
    fn secrets_and_what_they_are_for() {
        let relay = "[relay.'example.org']\nhost = 'relay.example:25'\n";
        let login = format!("{relay}user = 'x'\n");
        let password = secret("relay.'example.org'");
        assert_eq!(with(relay, ""), [""; 0]);
        assert_eq!(with(&login, &password), [""; 0]);
        assert_eq!(with(&login, ""), ["DS-M007"]);
        assert_eq!(with(relay, &password), ["DS-M007"]);
        assert_eq!(with("", &password), ["DS-M008"]);
        assert_eq!(with("[masters.m]\n", &secret("masters.m")), [""; 0]);
        assert_eq!(with("[masters.m]\n", ""), ["DS-M010"]);
        assert_eq!(with("", &secret("masters.m")), ["DS-M008"]);
        assert_eq!(
            with("[masters.m]\n", "[masters.m]\npassword = 'x'\n"),
            ["DS-S002"],
            "nothing follows from it"
        );
        assert_eq!(with("[masters.m\n", &secret("masters.m")), ["DS-F002"]);
    }

    #[test]
    fn relays_are_of_our_domains() {
        assert_eq!(with("[relay.'example.com']\nhost = 'none'\n", ""), ["DS-D003"]);
    }

    #[test]
    fn patterns_and_system_aliases_go_somewhere() {
        let pattern = |to: &str| format!("[[regexp]]\npattern = '/^x@/'\nto = ['{to}']\n");
        assert_eq!(with(&pattern("alice@example.org"), ""), [""; 0]);
        assert_eq!(with(&pattern("nobody@example.org"), ""), ["DS-A003"]);
        assert_eq!(with("[system_aliases]\nx = 'nobody@example.org'\n", ""), ["DS-A003"]);
    }

    #[test]
    fn the_two_files_come_together() {
        let mail = "[relay.'example.org']\nhost = 'relay.example:25'\nuser = 'x'\n[masters.m]\n";
        let sealed = secret("relay.'example.org'") + &secret("masters.m");
        let loaded = loaded(&[("mail.toml", mail), ("mail.sealed.toml", &sealed)]);
        let Some(desired) = loaded.desired else {
            panic!("{:?}", loaded.report.sorted());
        };
        assert!(desired.mail.relay["example.org"].password.is_some());
        assert!(desired.mail.masters["m"].password.is_some());
    }
}
