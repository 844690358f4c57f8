//! The authorization endpoint: what it refuses and how, and what it asks the person.

use super::app::{BOB, CAROL, Form, PHONE, SHOP, WIKI, form, path, server, with};

#[tokio::test]
async fn row_09_row_29_every_fault_is_told_to_the_app_with_state_and_iss() {
    let server = server().await;
    for (changes, error) in [
        (vec![("response_type", "")], "invalid_request"),
        (vec![("response_type", "token")], "unsupported_response_type"),
        (vec![("response_type", "code id_token")], "unsupported_response_type"),
        (vec![("response_mode", "fragment")], "invalid_request"),
        (vec![("scope", "")], "invalid_scope"),
        (vec![("scope", "unheard-of")], "invalid_scope"),
        (vec![("scope", "openid\u{1}")], "invalid_scope"),
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("prompt", "create")], "invalid_request"),
        (vec![("max_age", "-1")], "invalid_request"),
        (vec![("max_age", "+1")], "invalid_request"),
        (vec![("max_age", "99999999999999999999")], "invalid_request"),
        (vec![("claims", "[]")], "invalid_request"),
        (vec![("display", "hologram")], "invalid_request"),
        (vec![("id_token_hint", "x.y.z")], "invalid_request"),
        (vec![("code_challenge_method", "plain")], "invalid_request"),
        (vec![("code_challenge", "short")], "invalid_request"),
        (vec![("a[b]", "1")], "invalid_request"),
    ] {
        let page = WIKI
            .authorize(&mut server.browser(), &with(WIKI.request("openid"), &changes))
            .await;
        assert_eq!(WIKI.error(&server, &page), error, "{changes:?}");
    }
    let twice = format!("{}&nonce=again", path(&WIKI.request("openid")));
    let page = server.browser().get(&twice).await;
    assert_eq!(WIKI.error(&server, &page), "invalid_request");
    let long = "x".repeat(4097);
    let page = WIKI
        .authorize(
            &mut server.browser(),
            &with(WIKI.request("openid"), &[("login_hint", &long)]),
        )
        .await;
    assert_eq!(WIKI.error(&server, &page), "invalid_request");
}

#[tokio::test]
async fn row_29_a_repeated_client_or_address_is_answered_by_a_page() {
    let server = server().await;
    for again in ["client_id=wiki", "client_id=blog", "redirect_uri=https://evil.example/"] {
        let page = server
            .browser()
            .get(&format!("{}&{again}", path(&WIKI.request("openid"))))
            .await;
        assert_eq!((page.status, page.header("location")), (400, ""), "{again}");
    }
}

#[tokio::test]
async fn row_30_no_bytes_break_the_endpoints() {
    let server = server().await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    for junk in [
        "%ff",
        "=",
        "&&&",
        "a=%00",
        "max_age=%F0%9F%92%A9",
        "client_id=%ff&redirect_uri=%ff",
        "posted=x",
        "request=x",
    ] {
        for path in [
            "authorize",
            "authorize/resume",
            "authorize/turn-away",
            "end-session",
            "userinfo",
        ] {
            let status = client
                .get(format!("{}/oidc/{path}?{junk}", server.url))
                .send()
                .await
                .unwrap()
                .status();
            assert!(!status.is_server_error(), "{path} {junk} {status}");
        }
        for path in ["authorize", "token", "userinfo", "introspect", "revoke", "end-session"] {
            for kind in ["application/x-www-form-urlencoded", "application/json"] {
                let request = client
                    .post(format!("{}/oidc/{path}", server.url))
                    .header("content-type", kind);
                let status = request.body(junk.as_bytes().to_vec()).send().await.unwrap().status();
                assert!(!status.is_server_error() && status != 200, "{path} {junk} {status}");
            }
        }
    }
    let huge = vec![b'x'; 70_000];
    let request = client
        .post(format!("{}/oidc/token", server.url))
        .header("content-type", "application/x-www-form-urlencoded");
    assert!(request.body(huge).send().await.unwrap().status().is_client_error());
}

/// Signs Bob in for `request` and gives the page after.
async fn consent(
    server: &crate::support::server::Server,
    request: &Form,
) -> (crate::support::browser::Browser, crate::support::browser::Page) {
    let mut browser = server.browser();
    let page = SHOP.sign_in(&mut browser, BOB, request).await;
    assert!(page.location().contains("/consent?request="), "{page:?}");
    let page = browser.follow(&page).await;
    (browser, page)
}

#[tokio::test]
async fn row_48_the_person_is_asked_once_and_again_for_more() {
    let server = server().await;
    let (mut browser, page) = consent(&server, &SHOP.request("openid email")).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("The shop") && page.body.contains("shop.example.org"),
        "{}",
        page.body
    );
    assert!(page.body.contains("id=\"consent-allow\"") && page.body.contains("id=\"consent-deny\""));
    let page = browser.submit(&page, &[("decision", "allow")]).await;
    SHOP.code(&server, &page);
    for (scope, changes, asked) in [
        ("openid email", &[][..], false),
        ("openid", &[][..], false),
        ("openid profile", &[][..], true),
        ("openid", &[("prompt", "consent")][..], true),
        (
            "openid",
            &[("claims", r#"{"userinfo":{"phone_number":null}}"#)][..],
            true,
        ),
    ] {
        let page = SHOP.authorize(&mut browser, &with(SHOP.request(scope), changes)).await;
        assert_eq!(
            page.location().contains("/consent?request="),
            asked,
            "{scope} {changes:?}"
        );
    }
    let none = with(SHOP.request("openid profile"), &[("prompt", "none")]);
    let page = SHOP.authorize(&mut browser, &none).await;
    assert_eq!(SHOP.error(&server, &page), "consent_required");
    let lines = server.audit.lines().join("\n");
    assert!(lines.contains("\"consent_given\""), "{lines}");
}

#[tokio::test]
async fn row_48_who_declines_sends_access_denied() {
    let server = server().await;
    let (mut browser, page) = consent(&server, &SHOP.request("openid")).await;
    let answer = browser.submit(&page, &[("decision", "deny")]).await;
    assert_eq!(SHOP.error(&server, &answer), "access_denied");
    let again = browser.submit(&page, &[("decision", "allow")]).await;
    assert_eq!(again.status, 400, "a request is answered once");
}

#[tokio::test]
async fn row_48_consent_of_one_person_is_not_that_of_another() {
    let server = server().await;
    let (mut browser, page) = consent(&server, &SHOP.request("openid")).await;
    SHOP.code(&server, &browser.submit(&page, &[("decision", "allow")]).await);
    let page = SHOP
        .sign_in(
            &mut browser,
            CAROL,
            &with(SHOP.request("openid"), &[("prompt", "login")]),
        )
        .await;
    assert!(page.location().contains("/consent?request="));
}

#[tokio::test]
async fn row_48_a_program_on_a_persons_machine_is_asked_for_each_time() {
    let server = server().await;
    let mut browser = server.browser();
    let page = PHONE.sign_in(&mut browser, BOB, &PHONE.request("openid")).await;
    let page = PHONE.allow(&mut browser, &page).await;
    PHONE.code(&server, &page);
    let page = PHONE.authorize(&mut browser, &PHONE.request("openid")).await;
    assert!(page.location().contains("/consent?request="));
}

#[tokio::test]
async fn row_02_a_program_may_listen_at_any_port_of_the_loopback() {
    let server = server().await;
    let mut browser = server.browser();
    let other = |uri: &str| with(PHONE.request("openid"), &[("redirect_uri", uri)]);
    let page = PHONE
        .sign_in(&mut browser, BOB, &other("http://127.0.0.1:51234/cb"))
        .await;
    let page = PHONE.allow(&mut browser, &page).await;
    assert!(page.location().starts_with("http://127.0.0.1:51234/cb?code="));
    for uri in [
        "http://localhost:51234/cb",
        "http://127.0.0.1:51234/other",
        "http://127.0.0.1.evil.example/cb",
    ] {
        assert_eq!(PHONE.authorize(&mut browser, &other(uri)).await.status, 400, "{uri}");
    }
}

#[tokio::test]
async fn row_22_a_consent_form_from_another_site_is_refused() {
    let server = server().await;
    let (mut browser, page) = consent(&server, &SHOP.request("openid")).await;
    let (action, _) = browser.fill(&page, &[]);
    let request = browser
        .request(reqwest::Method::POST, &action)
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .form(&form(&[("decision", "allow")]));
    assert_eq!(browser.send(&action, request).await.status, 403);
}

#[tokio::test]
async fn row_47_nobody_gets_a_code_half_way() {
    let server = server().await;
    let mut browser = server.browser();
    let page = WIKI.authorize(&mut browser, &WIKI.request("openid")).await;
    let login = browser.follow(&page).await;
    let resume = login.path.replace("/login", "/oidc/authorize/resume");
    // Alice's password is right, and her second factor is missing.
    let page = browser
        .submit(
            &login,
            &[("username", "alice"), ("password", "seven kettles sing at dawn")],
        )
        .await;
    assert!(page.location().contains("/login/totp?request="));
    assert!(browser.get(&resume).await.location().contains("/login?request="));
    let none = with(WIKI.request("openid"), &[("prompt", "none")]);
    let page = WIKI.authorize(&mut browser, &none).await;
    assert_eq!(WIKI.error(&server, &page), "login_required");
}
