//! `dockspace client …`.

use dockspace::digest::sha256;

use super::{edit, json, organisation, refuse};
use crate::support::repo::TestRepo;

/// The organisation with sign-in and a key to sign with.
fn with_sign_in() -> TestRepo {
    let repo = organisation();
    let text = repo.read("dockspace.toml") + "\n[oidc]\nissuer = \"https://id.example.org\"\n";
    let modulus = "A".repeat(342);
    let jwk = format!(r#"{{"kty":"RSA","use":"sig","alg":"RS256","kid":"2026-11","n":"{modulus}","e":"AQAB"}}"#);
    let key =
        format!("alg = \"RS256\"\npublic_jwk = '{jwk}'\nprivate = \"age:1:1:YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==\"\n");
    repo.write("dockspace.toml", text).write("keys/2026-11.toml", key);
    repo.commit("Sign-in");
    repo
}

const WIKI: [&str; 9] = [
    "client",
    "add",
    "wiki",
    "--name",
    "Wiki",
    "--redirect-uri",
    "https://wiki.example.org/callback",
    "--group",
    "engineering",
];

/// Runs the command, which must succeed; gives the secret it printed, if any, and says nothing else of it.
#[track_caller]
fn secret(repo: &TestRepo, args: &[&str]) -> String {
    let output = repo.dockspace(args).run().expect_code(0);
    let secret = output.stdout.trim_end().to_owned();
    assert!(secret.is_empty() || !output.stderr.contains(&secret));
    secret
}

#[test]
fn row_17_an_app_is_added_with_a_secret_that_is_shown_once() {
    let repo = with_sign_in();
    let secret = secret(&repo, &WIKI);
    assert_eq!(secret.len(), 43, "256 bits in base64url");
    assert_eq!(
        repo.read("clients/wiki.toml"),
        format!(
            "name = \"Wiki\"\nkind = \"confidential\"\nsecret_sha256 = [\"{}\"]\n\
             redirect_uris = [\"https://wiki.example.org/callback\"]\ngroups = [\"engineering\"]\n",
            sha256(secret.as_bytes())
        )
    );
    refuse(&repo, &WIKI, 1, &["there is a client `wiki` already"]);
    let dry = repo
        .dockspace(WIKI.map(|arg| if arg == "wiki" { "other" } else { arg }))
        .run()
        .expect_code(0);
    assert_eq!(dry.stdout.trim_end().len(), 43);
}

#[test]
fn other_kinds_of_apps_have_no_secret() {
    let repo = with_sign_in();
    let public = [
        "client",
        "add",
        "board",
        "--kind",
        "public",
        "--redirect-uri",
        "http://127.0.0.1/callback",
        "--group",
        "*",
    ];
    assert_eq!(secret(&repo, &public), "");
    let proxy = [
        "client",
        "add",
        "heating",
        "--kind",
        "forward-auth",
        "--host",
        "heating.example.org",
        "--require-totp",
    ];
    assert_eq!(secret(&repo, &proxy), "");
    assert_eq!(
        repo.read("clients/heating.toml"),
        "name = \"heating\"\nkind = \"forward-auth\"\nrequire_totp = true\nhosts = [\"heating.example.org\"]\n"
    );
    refuse(&repo, &["client", "secret", "board"], 1, &["board is a public app"]);
}

#[test]
fn row_17_a_secret_is_rotated_without_interruption() {
    let repo = with_sign_in();
    let digests = || {
        let table: toml::Table = repo.read("clients/wiki.toml").parse().unwrap();
        let list = table["secret_sha256"]
            .as_array()
            .unwrap()
            .iter()
            .map(|digest| digest.as_str().unwrap().to_owned());
        list.collect::<Vec<_>>()
    };
    let of = |secret: &str| sha256(secret.as_bytes()).to_string();
    let first = secret(&repo, &WIKI);
    refuse(
        &repo,
        &["client", "secret", "wiki"],
        1,
        &["has a secret already", "--rotate"],
    );
    refuse(
        &repo,
        &["client", "secret", "wiki", "--remove-old"],
        1,
        &["no older secret"],
    );
    let second = secret(&repo, &["client", "secret", "wiki", "--rotate"]);
    assert_eq!(digests(), [of(&first), of(&second)]);
    refuse(
        &repo,
        &["client", "secret", "wiki", "--rotate"],
        1,
        &["has two secrets already", "--remove-old"],
    );
    assert_eq!(secret(&repo, &["client", "secret", "wiki", "--remove-old"]), "");
    assert_eq!(digests(), [of(&second)]);
    let dry = repo
        .dockspace(["client", "secret", "wiki", "--rotate", "--dry-run"])
        .run()
        .expect_code(0);
    assert!(!dry.stderr.contains("shown this once"));
    assert_eq!(digests(), [of(&second)]);
}

#[test]
fn set_changes_what_was_named() {
    let repo = with_sign_in();
    secret(&repo, &WIKI);
    repo.commit("Wiki");
    let set = |args: &[&str], expect: &str| {
        let expect = format!("a/clients/wiki.toml\n{expect}");
        assert_eq!(
            edit(&repo, &[&["client", "set", "wiki"][..], args].concat()),
            expect,
            "{args:?}"
        );
        repo.commit("next");
    };
    set(&["--name", "The Wiki"], "-name = \"Wiki\"\n+name = \"The Wiki\"");
    set(
        &["--add-group", "admins"],
        "-groups = [\"engineering\"]\n+groups = [\"admins\", \"engineering\"]",
    );
    set(
        &["--require-totp", "--consent", "skip"],
        "+require_totp = true\n+consent = \"skip\"",
    );
    set(
        &["--add-scope", "groups"],
        "+scopes = [\"openid\", \"profile\", \"email\", \"groups\"]",
    );
    set(
        &["--remove-scope", "email", "--launch-url", "https://wiki.example.org/"],
        "-scopes = [\"openid\", \"profile\", \"email\", \"groups\"]\n+scopes = [\"openid\", \"profile\", \"groups\"]\n\
         +launch_url = \"https://wiki.example.org/\"",
    );
    let wiki = ["client", "set", "wiki"];
    for (args, code, says) in [
        (&[][..], 1, "required"),
        (&["--add-group", "enginering"], 3, "did you mean `engineering`?"),
        (&["--remove-group", "enginering"], 1, "did you mean `engineering`?"),
        (&["--add-redirect-uri", "https://*.example.org/"], 3, "DS-C001"),
        (&["--add-redirect-uri", "http://wiki.example.org/"], 3, "DS-C001"),
        (&["--name", "x\"\nconsent = \"skip"], 3, "DS-F008"),
        (&["--add-scope", "root"], 3, "DS-C011"),
        (&["--consent", "always"], 1, "possible values"),
    ] {
        refuse(&repo, &[&wiki[..], args].concat(), code, &[says]);
    }
    refuse(
        &repo,
        &["client", "set", "wkii", "--name", "x"],
        1,
        &["did you mean `wiki`?"],
    );
    refuse(&repo, &["client", "add", "../wiki"], 1, &["a client id must be"]);
}

#[test]
fn a_group_that_keeps_people_out_of_an_app_stays() {
    let repo = with_sign_in();
    secret(
        &repo,
        &[&WIKI[..7], &["--group", "*", "--group-none", "engineering"]].concat(),
    );
    refuse(
        &repo,
        &["group", "remove", "engineering"],
        1,
        &["engineering keeps people out of wiki", "clients/wiki.toml"],
    );
    edit(
        &repo,
        &[
            "client",
            "set",
            "wiki",
            "--remove-group-none",
            "engineering",
            "--remove-group",
            "*",
            "--add-group",
            "engineering",
        ],
    );
    edit(&repo, &["group", "remove", "engineering"]);
    assert!(repo.read("clients/wiki.toml").contains("groups = []\n"));
    repo.commit("next");
    assert!(edit(&repo, &["client", "remove", "wiki"]).starts_with("a/clients/wiki.toml\n-name = \"Wiki\"\n"));
}

#[test]
fn apps_are_listed_and_shown_with_who_may_sign_in() {
    let repo = with_sign_in();
    secret(&repo, &WIKI);
    let run = |args: &[&str]| repo.dockspace(args).run().expect_code(0).stdout;
    assert_eq!(
        run(&["client", "list"]),
        "ID    NAME  KIND          TOTP  GROUPS\nwiki  Wiki  confidential  -     engineering\n"
    );
    let document = json(&run(&["client", "list", "--format", "json"]));
    assert_eq!(document["format"], "dockspace.clients/1");
    let wiki = &document["clients"][0];
    assert_eq!(
        (&wiki["id"], &wiki["kind"], &wiki["secrets"]),
        (&json("\"wiki\""), &json("\"confidential\""), &json("1"))
    );
    assert_eq!(wiki["redirect_uris"], json(r#"["https://wiki.example.org/callback"]"#));
    assert!(
        !document.to_string().contains(&repo.read("clients/wiki.toml")[60..90]),
        "no digest"
    );
    let document = json(&run(&["client", "show", "wiki", "--format", "json"]));
    assert_eq!(document["format"], "dockspace.client/1");
    let bob = r#"{"address":"bob@example.org","reason":"member of engineering","second_factor":false}"#;
    assert_eq!(document["people"][0], json(bob));
    assert!(run(&["client", "show", "wiki"]).ends_with(
        "  people\n    bob@example.org    member of engineering\n    carol@example.org  member of engineering\n"
    ));
    let user = json(&run(&["user", "show", "alice@example.org", "--format", "json"]));
    assert_eq!(
        user["apps"][0],
        json(r#"{"client":"wiki","allowed":false,"reason":"no group of engineering","second_factor":false}"#)
    );
    assert!(run(&["user", "show", "bob@example.org"]).contains("    wiki  yes  member of engineering\n"));
}
