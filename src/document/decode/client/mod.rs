//! `clients/CLIENT_ID.toml`: one app that people sign in to.

mod kind;
mod uri;

use std::fmt::Display;

use url::Url;

use self::kind::check;
use super::{title, values};
use crate::{
    digest::Digest,
    document::{
        reader::{At, Table},
        rules::{client as rule, file::UNKNOWN_WORD, group::GROUP_NAME, organisation::TITLE},
        spelling,
    },
    model::{
        AnyOf, Claim, Client, ClientAuth, ClientId, ClientKind, Consent, Gate, Grant, GroupName, Pkce, Refresh,
        SigningAlg,
    },
};

/// A client as its file has it.
#[derive(Debug)]
pub(in crate::document) struct ClientFile {
    pub(in crate::document) client: Client,
    /// All groups that are named, with their places.
    pub(in crate::document) groups: Vec<At<GroupName>>,
    /// The hosts with their places.
    pub(in crate::document) hosts: Vec<At<String>>,
    /// The audiences with their places.
    pub(in crate::document) audiences: Vec<At<ClientId>>,
}

/// What a client may ask for.
pub(in crate::document) const SCOPES: [&str; 8] = [
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "groups",
    "offline_access",
    "mail",
];

/// Claims of an ID token that are no keys of a profile.
const CLAIMS: [&str; 8] = [
    "address",
    "email",
    "email_verified",
    "groups",
    "name",
    "phone_number_verified",
    "preferred_username",
    "updated_at",
];

pub(in crate::document) fn decode(mut table: Table<'_, '_>, id: ClientId) -> ClientFile {
    if !table.has("name") {
        table.missing("name", format!("name = \"{id}\""));
    }
    if !table.has("kind") {
        table.missing("kind", "kind = \"confidential\"");
    }
    let name = table.parse("name", &TITLE, title);
    let word = table.word("kind", ClientKind::ALL, ClientKind::as_str);
    // Without a kind nothing is known to be wrong for it; the missing or unknown word is an error already.
    let kind = word.map_or(ClientKind::Confidential, |at| at.value);
    let (gate, groups) = gate(&mut table);
    let hosts = table.list("hosts", &rule::HOST, host);
    let audiences = table.list("audiences", &rule::AUDIENCE, ClientId::parse);
    let client = Client {
        id,
        name: name.map(|at| at.value).unwrap_or_default(),
        kind,
        auth: auth(&mut table, kind),
        secret_sha256: values(table.list("secret_sha256", &rule::SECRET, digest)).collect(),
        redirect_uris: redirect_uris(&mut table, "redirect_uris", kind),
        post_logout_redirect_uris: redirect_uris(&mut table, "post_logout_redirect_uris", kind),
        backchannel_logout_uri: url(&mut table, "backchannel_logout_uri"),
        gate,
        require_totp: table.flag("require_totp").unwrap_or(false),
        consent: table
            .word("consent", Consent::ALL, Consent::as_str)
            .map_or(Consent::Remember, |at| at.value),
        pkce: table
            .word("pkce", Pkce::ALL, Pkce::as_str)
            .map_or(Pkce::Required, |at| at.value),
        grants: grants(&mut table, kind),
        refresh: table
            .word("refresh", Refresh::ALL, Refresh::as_str)
            .map_or(Refresh::OfflineAccess, |at| at.value),
        scopes: scopes(&mut table),
        id_token_alg: table
            .word("id_token_alg", SigningAlg::ALL, SigningAlg::as_str)
            .map_or(SigningAlg::Rs256, |at| at.value),
        id_token_claims: values(table.list("id_token_claims", &rule::CLAIM, claim)).collect(),
        introspect: table.flag("introspect").unwrap_or(false),
        audiences: values(audiences.clone()).collect(),
        hosts: values(hosts.clone()).collect(),
        launch_url: url(&mut table, "launch_url"),
        origin: crate::model::Origin::default(),
    };
    if word.is_some() {
        check(&table, &client);
    }
    let client = Client {
        origin: table.origin(),
        ..client
    };
    ClientFile {
        client,
        groups,
        hosts,
        audiences,
    }
}

fn gate(table: &mut Table<'_, '_>) -> (Gate, Vec<At<GroupName>>) {
    let any = table.list("groups", &GROUP_NAME, |text| match text {
        "*" => Ok(None),
        name => GroupName::parse(name).map(Some),
    });
    let everyone = any.iter().any(|at| at.value.is_none());
    if everyone && any.len() > 1 {
        let sink = table.sink();
        sink.push(sink.at(
            &rule::EVERYONE,
            table.span_of("groups"),
            "`*` stands among names of groups",
        ));
    }
    let named = any.into_iter().filter_map(|at| {
        Some(At {
            value: at.value?,
            span: at.span,
        })
    });
    let any: Vec<At<GroupName>> = named.collect();
    let all = table.list("groups_all", &GROUP_NAME, GroupName::parse);
    let none = table.list("groups_none", &GROUP_NAME, GroupName::parse);
    let names = |list: &[At<GroupName>]| list.iter().map(|at| at.value.clone()).collect::<Vec<_>>();
    let gate = Gate {
        any: if everyone {
            AnyOf::Everyone
        } else {
            AnyOf::Groups(names(&any))
        },
        all: names(&all),
        none: names(&none),
    };
    (gate, [any, all, none].concat())
}

fn auth(table: &mut Table<'_, '_>, kind: ClientKind) -> Vec<ClientAuth> {
    match words(table, "auth", ClientAuth::ALL, ClientAuth::as_str) {
        Some(auth) => auth,
        None => match kind {
            ClientKind::Confidential => vec![ClientAuth::SecretBasic],
            ClientKind::Public => vec![ClientAuth::None],
            ClientKind::ForwardAuth => Vec::new(),
        },
    }
}

fn grants(table: &mut Table<'_, '_>, kind: ClientKind) -> Vec<Grant> {
    match words(table, "grants", Grant::ALL, Grant::as_str) {
        Some(grants) => grants,
        None if kind == ClientKind::ForwardAuth => Vec::new(),
        None => vec![Grant::AuthorizationCode],
    }
}

fn scopes(table: &mut Table<'_, '_>) -> Vec<String> {
    if !table.has("scopes") {
        return ["openid", "profile", "email", "groups"].map(str::to_owned).into();
    }
    let known = |text: &str| one_of(text, SCOPES).map(str::to_owned);
    values(table.list("scopes", &rule::SCOPE, known)).collect()
}

fn claim(text: &str) -> Result<String, String> {
    let of_profile = Claim::ALL.iter().map(|claim| claim.as_str());
    let known = of_profile
        .filter(|name| !name.contains('.') && *name != "recovery_email")
        .chain(CLAIMS);
    one_of(text, known).map(str::to_owned)
}

fn redirect_uris(table: &mut Table<'_, '_>, key: &'static str, kind: ClientKind) -> Vec<String> {
    let uris = table.list(key, &rule::REDIRECT_URI, |text| {
        uri::redirect(text, kind).map(|()| text.to_owned())
    });
    values(uris).collect()
}

fn url(table: &mut Table<'_, '_>, key: &'static str) -> Option<Url> {
    table.parse(key, &rule::URL, uri::of_app).map(|at| at.value)
}

/// 64 lower-case hexadecimal digits.
fn digest(text: &str) -> Result<Digest, &'static str> {
    let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let digest = Digest::from_hex(text).filter(|_| is_hex);
    digest.ok_or("write the SHA-256 of the secret as 64 lower-case hexadecimal digits")
}

/// `wiki.example.org` or `wiki.example.org:8443`.
fn host(text: &str) -> Result<String, &'static str> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let is_exact = Url::parse(&format!("https://{text}/")).is_ok_and(|url| {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        url.path() == "/" && url.host_str().is_some_and(|host| format!("{host}{port}") == text)
    });
    if is_plain && is_exact {
        Ok(text.to_owned())
    } else {
        Err("write the name of a host, in lower case, with its port if it is not 443")
    }
}

/// A list of fixed words; `None` when the key is missing.
fn words<T: Copy>(
    table: &mut Table<'_, '_>,
    key: &'static str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Option<Vec<T>> {
    if !table.has(key) {
        return None;
    }
    let word = |text: &str| {
        let known = all.iter().copied().find(|word| as_str(*word) == text);
        known.ok_or_else(|| unknown(text, all.iter().map(|word| as_str(*word))))
    };
    Some(values(table.list(key, &UNKNOWN_WORD, word)).collect())
}

fn one_of<'k>(text: &str, known: impl IntoIterator<Item = &'k str>) -> Result<&'k str, String> {
    let known: Vec<&str> = known.into_iter().collect();
    let found = known.iter().copied().find(|word| *word == text);
    found.ok_or_else(|| unknown(text, known.iter().copied()))
}

/// What is said about a word that is none of `known`.
fn unknown<'k>(text: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    match spelling::closest(text, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("it is one of {}", list(known)),
    }
}

fn list(words: impl Iterator<Item = impl Display>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
