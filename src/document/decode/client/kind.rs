//! What each kind of client must have, and what it may not.

use crate::{
    document::{reader::Table, rules::client as rule},
    model::{Client, ClientAuth, ClientKind, Consent, Grant, Pkce, Refresh},
};

/// Checks what one file alone can contradict itself in.
pub(super) fn check(table: &Table<'_, '_>, client: &Client) {
    match client.kind {
        ClientKind::Confidential => {
            refuse(table, &["hosts"], client.kind);
            confidential(table, client);
            flows(table, client);
        }
        ClientKind::Public => {
            refuse(table, &["hosts", "introspect"], client.kind);
            public(table, client);
            flows(table, client);
        }
        ClientKind::ForwardAuth => {
            let keys = [
                "auth",
                "secret_sha256",
                "redirect_uris",
                "post_logout_redirect_uris",
                "backchannel_logout_uri",
                "consent",
                "pkce",
                "grants",
                "refresh",
                "scopes",
                "id_token_alg",
                "id_token_claims",
                "introspect",
                "audiences",
            ];
            refuse(table, &keys, client.kind);
            if table.length_of("hosts") == 0 {
                tell(table, &rule::NO_HOST, "hosts", "the client has no host to answer for");
            }
        }
    }
}

/// The keys that mean nothing for this kind.
fn refuse(table: &Table<'_, '_>, keys: &[&str], kind: ClientKind) {
    for key in keys.iter().filter(|key| table.has(key)) {
        let message = format!("`{key}` means nothing for kind = \"{}\"", kind.as_str());
        tell(table, &rule::NOT_FOR_KIND, key, &message);
    }
}

fn confidential(table: &Table<'_, '_>, client: &Client) {
    if client.auth.contains(&ClientAuth::None) || is_empty(table, "auth") {
        tell(table, &rule::AUTH, "auth", "a confidential client authenticates");
    }
    match table.length_of("secret_sha256") {
        0 => tell(
            table,
            &rule::SECRETS,
            "secret_sha256",
            "the client has no secret to authenticate with",
        ),
        1 | 2 => {}
        _ => tell(
            table,
            &rule::SECRETS,
            "secret_sha256",
            "two secrets are enough to change from one to the other",
        ),
    }
}

fn public(table: &Table<'_, '_>, client: &Client) {
    if table.has("auth") && client.auth != [ClientAuth::None] {
        tell(
            table,
            &rule::AUTH,
            "auth",
            "a public client has nothing to authenticate with",
        );
    }
    if table.length_of("secret_sha256") > 0 {
        tell(
            table,
            &rule::SECRETS,
            "secret_sha256",
            "a public client cannot keep a secret",
        );
    }
    if client.consent == Consent::Skip {
        tell(
            table,
            &rule::PUBLIC_CONSENT,
            "consent",
            "people are asked before a public client learns about them",
        );
    }
    if client.pkce == Pkce::Optional {
        tell(table, &rule::PUBLIC_PKCE, "pkce", "PKCE is required of public clients");
    }
}

fn flows(table: &Table<'_, '_>, client: &Client) {
    let has = |grant: Grant| client.grants.contains(&grant);
    if is_empty(table, "grants") {
        tell(table, &rule::GRANTS, "grants", "a client without grants can do nothing");
    }
    if has(Grant::RefreshToken) && !has(Grant::AuthorizationCode) {
        tell(
            table,
            &rule::GRANTS,
            "grants",
            "`refresh_token` needs `authorization_code`",
        );
    }
    if has(Grant::ClientCredentials) && client.kind == ClientKind::Public {
        tell(
            table,
            &rule::GRANTS,
            "grants",
            "`client_credentials` is for confidential clients",
        );
    }
    if table.has("refresh") && !has(Grant::RefreshToken) {
        tell(
            table,
            &rule::GRANTS,
            "refresh",
            "the client has no grant `refresh_token`",
        );
    }
    if has(Grant::AuthorizationCode) && table.length_of("redirect_uris") == 0 {
        tell(
            table,
            &rule::NO_REDIRECT_URI,
            "redirect_uris",
            "the client has no redirect URI",
        );
    }
    let may_ask = client.scopes.iter().any(|scope| scope == "offline_access");
    if has(Grant::RefreshToken) && client.refresh == Refresh::OfflineAccess && !may_ask {
        tell(
            table,
            &rule::NO_REFRESH,
            "grants",
            "the client may not ask for the scope `offline_access`",
        );
    }
}

/// Whether `key` is `[]`.
fn is_empty(table: &Table<'_, '_>, key: &str) -> bool {
    table.has(key) && table.length_of(key) == 0
}

fn tell(table: &Table<'_, '_>, rule: &'static crate::diagnostic::Rule, key: &str, message: &str) {
    let sink = table.sink();
    sink.push(sink.at(rule, table.span_of(key), message));
}
