//! Clients and the keys that sign for them.

use std::collections::HashMap;

use super::{Missing, place, problem};
use crate::{
    diagnostic::Report,
    document::{
        files::Files,
        rules::{
            client::{AUDIENCE, HOST_TAKEN, NO_ISSUER, NO_KEY},
            key::TWO_ACTIVE,
        },
    },
    model::{ClientKind, KeyState, SigningAlg, SigningKey},
};

pub(super) fn check(files: &Files, report: &mut Report) {
    hosts(files, report);
    audiences(files, report);
    issuer(files, report);
    signing(files, report);
    one_active(files, report);
}

/// A host is that of one client.
fn hosts(files: &Files, report: &mut Report) {
    let mut first = HashMap::new();
    for file in &files.clients {
        for host in &file.hosts {
            let here = place(&file.client.origin, host.span);
            match first.get(host.value.as_str()) {
                None => {
                    first.insert(host.value.as_str(), here);
                }
                Some(other) => {
                    let message = format!("`{}` is a host of another client", host.value);
                    report.push(problem(&HOST_TAKEN, here, message).related(other.clone(), "first used here"));
                }
            }
        }
    }
}

/// An audience is a client that may introspect.
fn audiences(files: &Files, report: &mut Report) {
    let named = files
        .clients
        .iter()
        .flat_map(|file| file.audiences.iter().map(move |audience| (file, audience)));
    for (file, audience) in named {
        let name = audience.value.as_str();
        let meant = files.clients.iter().find(|other| other.client.id == audience.value);
        let message = match meant {
            _ if files.unread.clients.contains(&name.to_lowercase()) => continue,
            Some(meant) if meant.client.introspect => continue,
            Some(_) => format!("`{name}` may not introspect, so it never asks"),
            None => format!("there is no client `{name}`"),
        };
        let here = place(&file.client.origin, audience.span);
        report.push(problem(&AUDIENCE, here, message).hint("name a client whose file has introspect = true"));
    }
}

fn issuer(files: &Files, report: &mut Report) {
    let has_none = files.whole_settings().is_some_and(|settings| settings.issuer.is_none());
    if let Some(client) = files.clients.first().filter(|_| has_none) {
        let place = client.client.origin.of("kind");
        report.push(
            problem(&NO_ISSUER, place, "nobody can sign in: there is no [oidc] issuer")
                .hint("add [oidc] with issuer = \"https://id.example.org\" to dockspace.toml"),
        );
    }
}

fn is_active(key: &SigningKey, alg: SigningAlg) -> bool {
    key.alg == alg && key.state == KeyState::Active
}

/// Whatever an ID token is signed by has an active key.
fn signing(files: &Files, report: &mut Report) {
    if files.unread.keys {
        return;
    }
    let mut missing = Missing::default();
    let signed = files
        .clients
        .iter()
        .filter(|file| file.client.kind != ClientKind::ForwardAuth);
    for client in signed.map(|file| &file.client) {
        if !files.keys.iter().any(|key| is_active(key, client.id_token_alg)) {
            missing.note(client.id_token_alg.as_str(), || client.origin.of("id_token_alg"));
        }
    }
    missing.report(
        &NO_KEY,
        &[],
        |alg| format!("there is no active key for {alg}"),
        |_| "make one with `dockspace keys add`".to_owned(),
        report,
    );
}

fn one_active(files: &Files, report: &mut Report) {
    for alg in SigningAlg::ALL {
        let mut active = files.keys.iter().filter(|key| is_active(key, *alg));
        let Some(first) = active.next() else { continue };
        for second in active {
            let message = format!("`{}` is active for {} already", first.id, alg.as_str());
            let found = problem(&TWO_ACTIVE, second.origin.of("state"), message);
            report.push(found.related(first.origin.of("state"), "the other active key"));
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::{
        clock::Clock,
        document::{Loaded, Loader},
        model::{AnyOf, KeyState},
    };

    /// A binary age file starts so; nothing here opens it.
    pub(in super::super) const SEALED: &str = "age:1:1:YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==";

    /// A small organisation with these files besides.
    pub(in super::super) fn loaded(more: &[(&str, &str)]) -> Loaded {
        let base = [
            (
                "dockspace.toml",
                "format = 1\n[organisation]\nname = 'E'\nadmin_group = 'admins'\n[domains.'example.org']\n[oidc]\nissuer = 'https://id.example.org'\n[secrets]\nrecipients = ['age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa']\n",
            ),
            ("groups/admins.toml", ""),
            (
                "users/example.org/alice.toml",
                "id = 'a1'\nusername = 'alice'\nname = 'Alice'\ngroups = ['admins']\naliases = ['postmaster@example.org', 'abuse@example.org']\n",
            ),
        ];
        let mut loader = Loader::new(&Clock::system());
        for (path, text) in base.iter().chain(more) {
            loader.file((*path).into(), text.as_bytes());
        }
        loader.finish()
    }

    /// The codes of what is wrong.
    pub(in super::super) fn codes(more: &[(&str, &str)]) -> Vec<&'static str> {
        let found = loaded(more).report.sorted();
        found.into_iter().map(|found| found.rule.code).collect()
    }

    fn key(id: &str, state: &str) -> String {
        let x = "A".repeat(43);
        format!(
            "alg = 'EdDSA'\nstate = '{state}'\npublic_jwk = '{{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"{id}\",\"x\":\"{x}\"}}'\nprivate = '{SEALED}'\n"
        )
    }

    const APP: &str =
        "name = 'App'\nkind = 'public'\nredirect_uris = ['https://app.example.org/']\nid_token_alg = 'EdDSA'\n";

    #[test]
    fn the_base_is_sound() {
        assert_eq!(codes(&[]), [""; 0]);
    }

    #[test]
    fn an_algorithm_has_one_active_key() {
        let (k1, k2, old) = (key("k1", "active"), key("k2", "active"), key("k2", "published"));
        let app = ("clients/app.toml", APP);
        assert_eq!(codes(&[app]), ["DS-C019"]);
        assert_eq!(codes(&[app, ("keys/k2.toml", &old)]), ["DS-C019"]);
        assert_eq!(codes(&[app, ("keys/k1.toml", &k1)]), [""; 0]);
        assert_eq!(codes(&[app, ("keys/k1.toml", &k1), ("keys/k2.toml", &old)]), [""; 0]);
        assert_eq!(codes(&[app, ("keys/k1.toml", &k1), ("keys/k2.toml", &k2)]), ["DS-K005"]);
        assert_eq!(
            codes(&[app, ("keys/k1.toml", "alg = ")]),
            ["DS-F002"],
            "what was not read may be there"
        );
    }

    #[test]
    fn groups_of_clients_exist() {
        let app = format!("{APP}groups = ['admins']\ngroups_none = ['guests']\n");
        assert_eq!(
            codes(&[("clients/app.toml", &app), ("keys/k1.toml", &key("k1", "active"))]),
            ["DS-G002"]
        );
    }

    #[test]
    fn a_host_is_that_of_one_client() {
        let wiki = "name = 'W'\nkind = 'forward-auth'\nhosts = ['wiki.example.org']\n";
        assert_eq!(codes(&[("clients/wiki.toml", wiki)]), [""; 0]);
        assert_eq!(
            codes(&[("clients/wiki.toml", wiki), ("clients/wiki2.toml", wiki)]),
            ["DS-C016"]
        );
    }

    #[test]
    fn an_audience_is_a_client_that_introspects() {
        let key = key("k1", "active");
        let check = |audience: &str, more: &[(&str, &str)], expect: &[&str]| {
            let app = format!("{APP}audiences = ['{audience}']\n");
            let files = [more, &[("clients/app.toml", app.as_str()), ("keys/k1.toml", &key)]].concat();
            assert_eq!(codes(&files), expect, "{audience}");
        };
        let secret = "0".repeat(64);
        let api = format!(
            "name = 'API'\nkind = 'confidential'\nsecret_sha256 = ['{secret}']\ngrants = ['client_credentials']\nid_token_alg = 'EdDSA'\nintrospect = true\n"
        );
        check("api", &[("clients/api.toml", &api)], &[]);
        check("api", &[], &["DS-C020"]);
        check("app", &[], &["DS-C020"]);
        check("a pi", &[], &["DS-C020"]);
        let deaf = api.replace("introspect = true\n", "");
        check("api", &[("clients/api.toml", &deaf)], &["DS-C020"]);
        check(
            "api",
            &[("clients/api.toml", "id_token_alg = 'EdDSA'\nname = ")],
            &["DS-F002"],
        );
    }

    #[test]
    fn clients_and_keys_come_into_the_organisation() {
        let app = format!("{APP}groups = ['*']\n");
        let loaded = loaded(&[("clients/app.toml", &app), ("keys/k1.toml", &key("k1", "active"))]);
        let Some(desired) = loaded.desired else {
            panic!("{:?}", loaded.report.sorted());
        };
        assert_eq!(desired.clients["app"].gate.any, AnyOf::Everyone);
        assert_eq!(desired.keys["k1"].state, KeyState::Active);
    }
}
