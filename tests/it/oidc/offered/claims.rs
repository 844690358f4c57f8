//! The claims: a person who has every one of them, and an app that asks for each by its name.

use serde_json::{Value, json};

use super::super::app::{Answer, GRACE, WIKI, claims, userinfo, with};
use crate::support::browser::Browser;
use crate::support::server::{Files, Server};

/// All of them: first what the ID token says of the sign-in, then what is known of the person.
pub(super) const CLAIMS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "at_hash",
    "c_hash",
    "sid",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "email",
    "email_verified",
    "address",
    "phone_number",
    "phone_number_verified",
    "groups",
];

/// Whether it is about the sign-in, and not about the person.
fn is_of_the_sign_in(claim: &str) -> bool {
    CLAIMS
        .iter()
        .take_while(|name| **name != "name")
        .any(|name| *name == claim)
}

/// Gives Grace all claims that a file can hold.
pub(in crate::oidc) fn whole_profile(files: &mut Files) {
    let profile = "given_name = \"Grace\"\nfamily_name = \"Hopper\"\nmiddle_name = \"Brewster\"\nnickname = \"Amazing Grace\"\n\
                   profile = \"https://example.org/grace\"\npicture = \"https://example.org/grace.png\"\nwebsite = \"https://example.org/\"\ngender = \"female\"\n\
                   birthdate = \"1906-12-09\"\nzoneinfo = \"America/New_York\"\nlocale = \"en-US\"\nphone_number = \"+12025550143\"\n\
                   [address]\nstreet_address = \"1 Main Street\"\nlocality = \"Arlington\"\npostal_code = \"22201\"\ncountry = \"US\"\n";
    files.insert("users/example.org/grace.profile.toml".into(), profile.to_owned());
}

/// The answer to an app that asks for one claim by name, in `place`: `userinfo` or `id_token`.
async fn asked(server: &Server, browser: &mut Browser, place: &str, claim: &str) -> Answer {
    let asks = json!({ place: { claim: null } }).to_string();
    let page = WIKI
        .authorize(browser, &with(WIKI.request("openid"), &[("claims", &asks)]))
        .await;
    WIKI.redeem(server, &WIKI.code(server, &page)).await
}

/// Whether the value has the type that OpenID Connect Core §5.1 gives it, and isn't empty.
#[track_caller]
fn is_well_typed(claim: &str, value: &Value) {
    let fits = match claim {
        "email_verified" | "phone_number_verified" => value.is_boolean(),
        "updated_at" => value.as_i64().is_some_and(|seconds| seconds > 1_600_000_000),
        "address" => value["formatted"] == "1 Main Street\n22201 Arlington\nUS",
        "groups" => value
            .as_array()
            .is_some_and(|groups| groups.iter().all(Value::is_string)),
        _ => value.as_str().is_some_and(|text| !text.is_empty()),
    };
    assert!(fits, "{claim}: {value}");
}

/// Shows one claim, in the browser in which Grace is signed in.
pub(super) async fn show(server: &Server, browser: &mut Browser, claim: &str) {
    if is_of_the_sign_in(claim) {
        let page = WIKI.authorize(browser, &WIKI.request("openid")).await;
        let answer = WIKI.redeem(server, &WIKI.code(server, &page)).await;
        assert!(claims(&answer).get(claim).is_some(), "{claim}");
        return;
    }
    let answer = asked(server, browser, "userinfo", claim).await;
    assert!(
        claims(&answer).get(claim).is_none(),
        "{claim}: only where it was asked for"
    );
    let info = userinfo(server, answer.text("access_token")).await.json;
    is_well_typed(claim, &info[claim]);
    assert_eq!(info.as_object().unwrap().len(), 2, "with sub: {info}");
    let answer = asked(server, browser, "id_token", claim).await;
    is_well_typed(claim, &claims(&answer)[claim]);
}

#[tokio::test]
async fn b09_b10_b11_b12_b13_each_scope_brings_all_of_its_claims_and_no_others() {
    let server = Server::start_with(|files| {
        super::super::app::apps(files);
        whole_profile(files);
    })
    .await;
    let profile = [
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
        "preferred_username",
    ];
    let all: Vec<&str> = CLAIMS
        .iter()
        .copied()
        .filter(|claim| !is_of_the_sign_in(claim))
        .collect();
    for (scope, brings) in [
        ("openid", &[][..]),
        ("openid profile", &profile[..]),
        ("openid email", &["email", "email_verified"]),
        ("openid address", &["address"]),
        ("openid phone", &["phone_number", "phone_number_verified"]),
        ("openid groups", &["groups"]),
        ("openid email phone address profile groups", &all),
    ] {
        let answer = WIKI.tokens(&server, GRACE, scope).await;
        let info = userinfo(&server, answer.text("access_token")).await.json;
        let mut expect: Vec<&str> = brings.to_vec();
        expect.push("sub");
        expect.sort_unstable();
        assert_eq!(info.as_object().unwrap().keys().collect::<Vec<_>>(), expect, "{scope}");
        for claim in brings {
            is_well_typed(claim, &info[*claim]);
        }
        let in_token = claims(&answer);
        assert!(
            all.iter().all(|claim| in_token.get(claim).is_none()),
            "{scope}: {in_token}"
        );
        assert_eq!(info["sub"], in_token["sub"]);
    }
}
