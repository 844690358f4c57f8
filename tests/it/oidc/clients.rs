//! Apps on their own account: authentication, client credentials, introspection, revocation.

use serde_json::json;

use super::app::{API, BLOG, BOB, PHONE, SECRET, SHOP, WIKI, basic, claims, post, server, userinfo};
use crate::support::server::{Files, Server, edit};

#[tokio::test]
async fn row_10_only_the_grants_that_are_offered_are_taken() {
    let server = server().await;
    for grant in [
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "AUTHORIZATION_CODE",
    ] {
        WIKI.post(&server, "/oidc/token", &[("grant_type", grant)])
            .await
            .is_error(400, "unsupported_grant_type");
    }
    WIKI.post(&server, "/oidc/token", &[])
        .await
        .is_error(400, "invalid_request");
    WIKI.post(&server, "/oidc/token", &[("grant_type", "client_credentials")])
        .await
        .is_error(400, "unauthorized_client");
}

#[tokio::test]
async fn row_16_an_app_authenticates_once_and_as_its_file_says() {
    let server = server().await;
    let grant = ("grant_type", "client_credentials");
    let in_body = [grant, ("client_id", "api"), ("client_secret", SECRET)];
    let good = basic("api", SECRET);
    assert_eq!(post(&server, "/oidc/token", Some(&good), &[grant]).await.status, 200);
    for (header, fields, status, error) in [
        (None, &in_body[..], 401, "invalid_client"),
        (Some(good.clone()), &in_body[..], 400, "invalid_request"),
        (
            Some(good.clone()),
            &[grant, ("client_id", "wiki")][..],
            400,
            "invalid_request",
        ),
        (Some(basic("api", "wrong")), &[grant][..], 401, "invalid_client"),
        (Some(basic("nobody", SECRET)), &[grant][..], 401, "invalid_client"),
        (Some("Basic !".to_owned()), &[grant][..], 401, "invalid_client"),
        (Some(basic("phone", "")), &[grant][..], 401, "invalid_client"),
        (None, &[grant, ("client_id", "api")][..], 401, "invalid_client"),
        (None, &[grant][..], 401, "invalid_client"),
    ] {
        post(&server, "/oidc/token", header.as_deref(), fields)
            .await
            .is_error(status, error);
    }
    assert!(
        server
            .audit
            .lines()
            .iter()
            .any(|line| line.contains("\"client_refused\"") && line.contains("wrong secret"))
    );
    assert!(!server.audit.lines().join("").contains(SECRET));
}

#[tokio::test]
async fn row_13_a_token_an_app_got_for_itself_is_about_nobody() {
    let server = server().await;
    let answer = API
        .post(&server, "/oidc/token", &[("grant_type", "client_credentials")])
        .await;
    assert!(answer.json.get("id_token").is_none() && answer.json.get("refresh_token").is_none());
    let refused = userinfo(&server, answer.text("access_token")).await;
    refused.is_error(403, "insufficient_scope");
    let facts = API
        .post(&server, "/oidc/introspect", &[("token", answer.text("access_token"))])
        .await
        .json;
    assert_eq!((&facts["active"], &facts["sub"]), (&json!(true), &json!("api")));
    let fields = [("grant_type", "client_credentials"), ("scope", "openid")];
    API.post(&server, "/oidc/token", &fields)
        .await
        .is_error(400, "invalid_scope");
}

#[tokio::test]
async fn row_54_introspection_is_for_resource_servers_and_about_their_tokens() {
    let server = server().await;
    let own = API
        .post(&server, "/oidc/token", &[("grant_type", "client_credentials")])
        .await;
    let wikis = WIKI.tokens(&server, BOB, "openid offline_access").await;
    let inactive = json!({ "active": false });
    for token in [
        wikis.text("access_token"),
        wikis.text("refresh_token"),
        wikis.text("id_token"),
        "x",
    ] {
        let answer = API.post(&server, "/oidc/introspect", &[("token", token)]).await;
        assert_eq!((answer.status, &answer.json), (200, &inactive), "{token}");
    }
    WIKI.post(&server, "/oidc/introspect", &[("token", "x")])
        .await
        .is_error(400, "unauthorized_client");
    PHONE
        .post(&server, "/oidc/introspect", &[("token", "x")])
        .await
        .is_error(400, "unauthorized_client");
    post(
        &server,
        "/oidc/introspect",
        None,
        &[("token", own.text("access_token"))],
    )
    .await
    .is_error(401, "invalid_client");
    API.post(&server, "/oidc/introspect", &[])
        .await
        .is_error(400, "invalid_request");
    server.advance(std::time::Duration::from_secs(601));
    let answer = API
        .post(&server, "/oidc/introspect", &[("token", own.text("access_token"))])
        .await;
    assert_eq!(answer.json, inactive, "it expired");
}

#[tokio::test]
async fn row_54_a_resource_server_sees_the_tokens_of_the_apps_that_name_it() {
    let mut server = server().await;
    let ask = async |server: &Server, token: &str| API.post(server, "/oidc/introspect", &[("token", token)]).await.json;
    let before = WIKI.tokens(&server, BOB, "openid email").await;
    let name_it = |files: &mut Files| {
        edit(
            files,
            "clients/wiki.toml",
            "consent = ",
            "audiences = [\"api\"]\nconsent = ",
        );
    };
    server.change(name_it);
    let inactive = json!({ "active": false });
    assert_eq!(
        ask(&server, before.text("access_token")).await,
        inactive,
        "it was not made for it"
    );

    let wikis = WIKI.tokens(&server, BOB, "openid email offline_access").await;
    let told = ask(&server, wikis.text("access_token")).await;
    for (name, value) in [
        ("active", json!(true)),
        ("client_id", json!("wiki")),
        ("aud", json!(["wiki", "api"])),
        ("username", json!("bob")),
        ("email", json!("bob@example.org")),
        ("sub", claims(&wikis)["sub"].clone()),
    ] {
        assert_eq!(told[name], value, "{name} of {told}");
    }
    assert_eq!(
        ask(&server, wikis.text("refresh_token")).await,
        inactive,
        "this is between the two of us"
    );
    let blogs = BLOG.tokens(&server, BOB, "openid email").await;
    assert_eq!(ask(&server, blogs.text("access_token")).await, inactive);
    assert_eq!(
        claims(&wikis)["aud"],
        json!(["wiki"]),
        "the ID token is for the app alone"
    );

    server.change(|files| edit(files, "clients/wiki.toml", "audiences = [\"api\"]\n", ""));
    assert_eq!(
        ask(&server, wikis.text("access_token")).await,
        inactive,
        "the file says so no more"
    );
    server.change(name_it);
    server.change(|files| edit(files, "clients/wiki.toml", "groups = [\"*\"]", "groups = [\"admins\"]"));
    assert_eq!(
        ask(&server, wikis.text("access_token")).await,
        inactive,
        "bob lost the app"
    );
}

#[tokio::test]
async fn revocation_ends_the_apps_own_tokens_and_no_others() {
    let server = server().await;
    let answer = WIKI.tokens(&server, BOB, "openid offline_access").await;
    let (access, refresh) = (answer.text("access_token"), answer.text("refresh_token"));
    for token in [access, refresh, "x", ""] {
        let status = BLOG.post(&server, "/oidc/revoke", &[("token", token)]).await.status;
        assert_eq!(status, if token.is_empty() { 400 } else { 200 });
    }
    assert_eq!(userinfo(&server, access).await.status, 200, "it isn't the blog's");
    let hint = [("token", access), ("token_type_hint", "refresh_token")];
    assert_eq!(WIKI.post(&server, "/oidc/revoke", &hint).await.status, 200);
    assert_eq!(userinfo(&server, access).await.status, 401);
    let answer = WIKI.refresh(&server, refresh).await;
    WIKI.post(&server, "/oidc/revoke", &[("token", answer.text("refresh_token"))])
        .await;
    WIKI.refresh(&server, answer.text("refresh_token"))
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(
        userinfo(&server, answer.text("access_token")).await.status,
        401,
        "the access token goes with the family"
    );
    SHOP.post(&server, "/oidc/revoke", &[("token", "x")]).await;
}

#[tokio::test]
async fn row_13_tokens_of_one_kind_are_no_good_as_another() {
    let server = server().await;
    let answer = WIKI.tokens(&server, BOB, "openid offline_access").await;
    for token in [answer.text("id_token"), answer.text("refresh_token"), "", "x"] {
        let refused = userinfo(&server, token).await;
        refused.is_error(401, "invalid_token");
        assert!(
            refused.headers["www-authenticate"]
                .to_str()
                .unwrap()
                .starts_with("Bearer realm=")
        );
    }
    for token in [answer.text("access_token"), answer.text("id_token")] {
        WIKI.refresh(&server, token).await.is_error(400, "invalid_grant");
        WIKI.redeem(&server, token).await.is_error(400, "invalid_grant");
    }
}

#[tokio::test]
async fn row_14_no_token_is_taken_from_a_url() {
    let server = server().await;
    let token = WIKI
        .tokens(&server, BOB, "openid")
        .await
        .text("access_token")
        .to_owned();
    let path = format!("/oidc/userinfo?access_token={token}");
    super::app::get(&server, &path, None)
        .await
        .is_error(400, "invalid_request");
    super::app::get(&server, &path, Some(&token))
        .await
        .is_error(400, "invalid_request");
    let twice = post(
        &server,
        "/oidc/userinfo",
        Some(&format!("Bearer {token}")),
        &[("access_token", &token)],
    )
    .await;
    twice.is_error(400, "invalid_request");
}

#[tokio::test]
async fn row_13_an_access_token_is_opaque_and_good_for_ten_minutes() {
    let server = server().await;
    let answer = WIKI.tokens(&server, BOB, "openid").await;
    let token = answer.text("access_token");
    assert!(token.len() == 43 && !token.contains('.'), "256 bits that say nothing");
    assert_eq!(answer.json["expires_in"], 600);
    server.advance(std::time::Duration::from_secs(599));
    assert_eq!(userinfo(&server, token).await.status, 200);
    server.advance(std::time::Duration::from_secs(1));
    userinfo(&server, token).await.is_error(401, "invalid_token");
}

#[tokio::test]
async fn row_16_row_29_a_header_that_is_there_twice_or_unreadable_proves_nothing() {
    let server = server().await;
    let client = reqwest::Client::new();
    let grant = [("grant_type", "client_credentials")];
    let in_body = [grant[0], ("client_id", "gauge"), ("client_secret", SECRET)];
    for (headers, fields) in [
        (vec![basic("api", SECRET), basic("api", SECRET)], &grant[..]),
        (vec![basic("api", SECRET), basic("api", "wrong")], &grant[..]),
        (vec![basic("api", SECRET), "Bearer x".to_owned()], &grant[..]),
        (vec!["\u{e9}".to_owned()], &in_body[..]),
    ] {
        let mut request = client.post(format!("{}/oidc/token", server.url)).form(fields);
        for header in &headers {
            request = request.header("authorization", header);
        }
        let answer = super::app::send(request).await;
        assert!(matches!(answer.status, 400 | 401), "{headers:?}: {answer:?}");
    }
    let token = WIKI.tokens(&server, BOB, "openid").await;
    let bearer = format!("Bearer {}", token.text("access_token"));
    let request = client.get(format!("{}/oidc/userinfo", server.url));
    let request = request
        .header("authorization", &bearer)
        .header("authorization", &bearer);
    super::app::send(request).await.is_error(401, "invalid_token");
}

#[tokio::test]
async fn row_14_row_16_what_stands_in_the_url_counts_nowhere() {
    let server = server().await;
    let grant = [("grant_type", "client_credentials")];
    let query = format!("client_id=api&client_secret={SECRET}");
    let path = format!("/oidc/token?{}", query.replace('+', "%2B"));
    post(&server, &path, None, &grant).await.is_error(401, "invalid_client");
    let good = basic("api", SECRET);
    let answer = post(&server, "/oidc/token?grant_type=client_credentials", Some(&good), &[]).await;
    answer.is_error(400, "invalid_request");
    let own = post(&server, "/oidc/token", Some(&good), &grant).await;
    let path = format!("/oidc/introspect?token={}", own.text("access_token"));
    post(&server, &path, Some(&good), &[])
        .await
        .is_error(400, "invalid_request");
    assert_eq!(super::app::get(&server, &path, None).await.status, 405);
}

#[tokio::test]
async fn row_18_an_assertion_proves_nothing_beside_a_secret_or_without() {
    const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let server = server().await;
    let assertion = [
        ("client_assertion_type", KIND),
        ("client_assertion", "eyJhbGciOiJub25lIn0.e30."),
    ];
    let grant = ("grant_type", "client_credentials");
    let good = basic("api", SECRET);
    for header in [None, Some(good.as_str())] {
        for more in [&assertion[..], &assertion[..1], &assertion[1..]] {
            let fields = [&[grant, ("client_id", "api")], more].concat();
            let answer = post(&server, "/oidc/token", header, &fields).await;
            answer.is_error(401, "invalid_client");
        }
    }
}

#[tokio::test]
async fn row_32_row_33_an_address_in_a_request_is_never_called() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/object", listener.local_addr().unwrap());
    let server = server().await;
    let mut browser = server.browser();
    WIKI.tokens_in(&server, &mut browser, BOB, "openid").await;
    for (name, error) in [
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        let request = super::app::with(WIKI.request("openid"), &[(name, &url)]);
        let page = WIKI.authorize(&mut browser, &request).await;
        assert_eq!(WIKI.error(&server, &page), error);
    }
    for name in ["jwks_uri", "sector_identifier_uri", "client_metadata"] {
        let request = super::app::with(WIKI.request("openid"), &[(name, &url)]);
        WIKI.code(&server, &WIKI.authorize(&mut browser, &request).await);
    }
    let called = listener.accept().unwrap_err();
    assert_eq!(called.kind(), std::io::ErrorKind::WouldBlock);
}
