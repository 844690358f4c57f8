//! What a client's file may say, and what is found wrong.

use super::*;
use crate::{
    diagnostic::Report,
    document::reader::read,
    model::{ClientKind, GroupName},
};

const SECRET: &str = "secret_sha256 = ['0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef']\n";
const URIS: &str = "redirect_uris = ['https://app.example.org/cb']\n";

fn decoded(text: &str) -> (ClientFile, Vec<&'static str>) {
    let mut report = Report::default();
    let id = ClientId::parse("app").unwrap();
    let file = read("clients/app.toml".into(), text.as_bytes(), &mut report, |table| {
        decode(table, id)
    });
    let codes = report.sorted().into_iter().map(|found| found.rule.code).collect();
    (file.unwrap().0, codes)
}

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    assert_eq!(decoded(text).1, expect, "{text}");
}

#[track_caller]
fn confidential(more: &str, expect: &[&str]) {
    check(
        &format!("name = 'App'\nkind = 'confidential'\n{SECRET}{URIS}{more}\n"),
        expect,
    );
}

#[track_caller]
fn public(more: &str, expect: &[&str]) {
    check(&format!("name = 'App'\nkind = 'public'\n{URIS}{more}\n"), expect);
}

#[track_caller]
fn forward_auth(more: &str, expect: &[&str]) {
    check(&format!("name = 'App'\nkind = 'forward-auth'\n{more}\n"), expect);
}

#[test]
fn defaults_are_those_of_the_kind() {
    let (file, codes) = decoded(&format!("name = 'App'\nkind = 'confidential'\n{SECRET}{URIS}"));
    let client = file.client;
    assert!(codes.is_empty());
    assert_eq!(client.kind, ClientKind::Confidential);
    assert_eq!(client.auth, [ClientAuth::SecretBasic]);
    assert_eq!(client.secret_sha256.len(), 1);
    assert_eq!(
        (client.consent, client.pkce, client.refresh),
        (Consent::Remember, Pkce::Required, Refresh::OfflineAccess)
    );
    assert_eq!(client.grants, [Grant::AuthorizationCode]);
    assert_eq!(client.scopes, ["openid", "profile", "email", "groups"]);
    assert_eq!(client.id_token_alg, SigningAlg::Rs256);
    assert_eq!(
        client.gate.any,
        AnyOf::Groups(Vec::new()),
        "nobody, until somebody is named"
    );
    assert!(!client.require_totp && !client.introspect);
    let (file, codes) = decoded(&format!("name = 'App'\nkind = 'public'\n{URIS}"));
    assert!(codes.is_empty());
    assert_eq!(file.client.auth, [ClientAuth::None]);
    let (file, codes) = decoded("name = 'App'\nkind = 'forward-auth'\nhosts = ['app.example.org']\n");
    assert!(codes.is_empty());
    assert!(file.client.auth.is_empty() && file.client.grants.is_empty());
    assert_eq!(file.client.hosts, ["app.example.org"]);
}

#[test]
fn every_key_is_read() {
    let text = format!(
        "name = 'App'\nkind = 'confidential'\nauth = ['client_secret_post']\n{SECRET}{URIS}\
         post_logout_redirect_uris = ['https://app.example.org/']\nbackchannel_logout_uri = 'https://app.example.org/out'\n\
         groups = ['a', 'b']\ngroups_all = ['c']\ngroups_none = ['d']\nrequire_totp = true\nconsent = 'skip'\npkce = 'optional'\n\
         grants = ['authorization_code', 'refresh_token', 'client_credentials']\nrefresh = 'always'\nscopes = ['openid', 'mail']\n\
         id_token_alg = 'EdDSA'\nid_token_claims = ['groups', 'locale']\nintrospect = true\naudiences = ['app', 'api']\nlaunch_url = 'https://app.example.org'\n"
    );
    let (file, codes) = decoded(&text);
    assert!(codes.is_empty(), "{codes:?}");
    let groups: Vec<&str> = file.groups.iter().map(|group| group.value.as_str()).collect();
    assert_eq!(groups, ["a", "b", "c", "d"]);
    assert_eq!(
        &text[file.groups[2].span.start as usize..file.groups[2].span.end as usize],
        "'c'"
    );
    let client = file.client;
    let group = |name| GroupName::parse(name).unwrap();
    assert_eq!(client.gate.any, AnyOf::Groups(vec![group("a"), group("b")]));
    assert_eq!(
        (client.gate.all, client.gate.none),
        (vec![group("c")], vec![group("d")])
    );
    assert_eq!(
        (client.consent, client.pkce, client.refresh),
        (Consent::Skip, Pkce::Optional, Refresh::Always)
    );
    assert_eq!(client.grants.len(), 3);
    assert_eq!(client.scopes, ["openid", "mail"]);
    assert_eq!(client.id_token_alg, SigningAlg::EdDsa);
    assert_eq!(client.id_token_claims, ["groups", "locale"]);
    assert!(client.require_totp && client.introspect);
    assert_eq!(
        client.audiences.iter().map(ClientId::as_str).collect::<Vec<_>>(),
        ["app", "api"]
    );
    assert_eq!(client.launch_url.unwrap().as_str(), "https://app.example.org/");
    let place = client.origin.of("consent").span;
    assert_eq!(&text[place.start as usize..place.end as usize], "'skip'");
}

#[test]
fn what_a_confidential_client_may_not() {
    confidential("", &[]);
    confidential("auth = ['client_secret_basic', 'client_secret_post']", &[]);
    confidential("auth = ['none']", &["DS-C005"]);
    confidential("auth = []", &["DS-C005"]);
    confidential("auth = ['private_key_jwt']", &["DS-F017"]);
    confidential("hosts = ['a.example.org']", &["DS-C008"]);
    check(&format!("name = 'A'\nkind = 'confidential'\n{URIS}"), &["DS-C004"]);
    check(
        &format!("name = 'A'\nkind = 'confidential'\n{URIS}secret_sha256 = ['abc']"),
        &["DS-C003"],
    );
    let upper = SECRET.to_uppercase().replace("SECRET_SHA256", "secret_sha256");
    check(
        &format!("name = 'A'\nkind = 'confidential'\n{URIS}{upper}"),
        &["DS-C003"],
    );
    let sign = SECRET.replace("01", "+1");
    check(
        &format!("name = 'A'\nkind = 'confidential'\n{URIS}{sign}"),
        &["DS-C003"],
    );
    check(&format!("name = 'A'\nkind = 'confidential'\n{SECRET}"), &["DS-C010"]);
    check(
        &format!("name = 'A'\nkind = 'confidential'\n{SECRET}grants = ['client_credentials']"),
        &[],
    );
}

#[test]
fn what_a_public_client_may_not() {
    public("", &[]);
    public("auth = ['none']", &[]);
    public("auth = ['client_secret_basic']", &["DS-C005"]);
    public(SECRET, &["DS-C004"]);
    public("consent = 'skip'", &["DS-C006"]);
    public("consent = 'explicit'", &[]);
    public("pkce = 'optional'", &["DS-C007"]);
    public("introspect = true", &["DS-C008"]);
    public("grants = ['authorization_code', 'client_credentials']", &["DS-C009"]);
}

#[test]
fn what_a_client_behind_forward_auth_may_not() {
    forward_auth("hosts = ['a.example.org', 'b.example.org:8443', '192.0.2.1']", &[]);
    forward_auth("", &["DS-C015"]);
    forward_auth("hosts = []", &["DS-C015"]);
    forward_auth(
        "hosts = ['a.example.org']\ngroups = ['*']\nrequire_totp = true\nlaunch_url = 'https://a.example.org/'",
        &[],
    );
    forward_auth(&format!("hosts = ['a.example.org']\n{URIS}"), &["DS-C008"]);
    forward_auth(
        "hosts = ['a.example.org']\nscopes = ['openid']\npkce = 'required'",
        &["DS-C008", "DS-C008"],
    );
    for bad in [
        "https://a.example.org",
        "a.example.org/x",
        "A.example.org",
        "*.example.org",
        "a b",
        "",
        "a.example.org:443",
        "a@b.example.org",
    ] {
        forward_auth(&format!("hosts = ['{bad}']"), &["DS-C014"]);
    }
}

#[test]
fn grants_scopes_and_claims() {
    confidential("grants = []", &["DS-C009"]);
    confidential("grants = ['refresh_token']", &["DS-C009", "DS-C017"]);
    confidential("grants = ['password']", &["DS-F017"]);
    confidential("refresh = 'always'", &["DS-C009"]);
    confidential("grants = ['authorization_code', 'refresh_token']", &["DS-C017"]);
    confidential(
        "grants = ['authorization_code', 'refresh_token']\nscopes = ['openid', 'offline_access']",
        &[],
    );
    confidential("scopes = ['openid', 'admin']", &["DS-C011"]);
    confidential("id_token_claims = ['group']", &["DS-C012"]);
    confidential("id_token_claims = ['recovery_email']", &["DS-C012"]);
    confidential("groups = ['*']", &[]);
    confidential("groups = ['*', 'a']", &["DS-C013"]);
    confidential("groups = 'a'", &["DS-F004"]);
    confidential("groups_all = ['*']", &["DS-G001"]);
}

#[test]
fn urls() {
    confidential("backchannel_logout_uri = 'http://app.example.org/'", &["DS-C002"]);
    confidential("launch_url = 'javascript:alert(1)'", &["DS-C002"]);
    confidential("post_logout_redirect_uris = ['https://*.example.org/']", &["DS-C001"]);
    check(
        "name='A'\nkind='public'\nredirect_uris=['com.example.app:/cb', 'http://[::1]/cb']",
        &[],
    );
}

#[test]
fn what_must_be_there_and_what_may_not() {
    check("", &["DS-F005", "DS-F005"]);
    check(&format!("name = 'A'\nkind = 'native'\n{URIS}"), &["DS-F017"]);
    confidential("redirect_uri = 'x'", &["DS-F003"]);
    confidential("listen = ':80'", &["DS-F006"]);
}
