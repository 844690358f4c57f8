//! As Traefik and Caddy ask, and as somebody would who means no good.

use super::{ANN, Answer, Cookies, GRACE, PASS, SITE, WAY, client, sign_in};
use crate::support::server::{Server, edit};

/// Asks about `path` of `host`, for a browser with these cookies that loads a page.
async fn ask(server: &Server, host: &str, path: &str, cookies: &Cookies) -> Answer {
    let request = client().build().unwrap().get(format!("{}/forward-auth", server.url));
    let request = request
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", host)
        .header("x-forwarded-uri", path)
        .header("x-forwarded-method", "GET")
        .header("sec-fetch-mode", "navigate");
    Answer::of(request.header("cookie", cookies.header())).await
}

const HEATING: &str = "heating.example.org";

/// A browser of `who` with a pass for the heating, if that is given.
async fn admitted(server: &Server, who: (&str, &str)) -> Cookies {
    let mut cookies = Cookies::default();
    let away = ask(server, HEATING, "/", &cookies).await;
    cookies.take(&away.headers);
    let back = sign_in(server, &mut server.browser(), away.location(), who).await;
    let path = back.location().strip_prefix(SITE).unwrap().to_owned();
    let arrived = ask(server, HEATING, &path, &cookies).await;
    cookies.take(&arrived.headers);
    cookies
}

#[tokio::test]
async fn a_person_signs_in_once_and_the_site_is_told_who_it_is() {
    let server = Server::start().await;
    let mut cookies = Cookies::default();
    let away = ask(&server, HEATING, "/rooms?floor=2&x=%2F", &cookies).await;
    assert_eq!(away.status, 303, "{away:?}");
    cookies.take(&away.headers);
    let mut browser = server.browser();
    let back = sign_in(&server, &mut browser, away.location(), GRACE).await;
    assert!(
        back.location()
            .starts_with(&format!("{SITE}/.dockspace/callback?code=")),
        "{back:?}"
    );
    let path = back.location().strip_prefix(SITE).unwrap().to_owned();
    let arrived = ask(&server, HEATING, &path, &cookies).await;
    assert_eq!(arrived.location(), format!("{SITE}/rooms?floor=2&x=%2F"));
    cookies.take(&arrived.headers);
    assert!(
        cookies.0.contains_key(PASS) && !cookies.0.contains_key(WAY),
        "{:?}",
        cookies.0
    );
    let inside = ask(&server, HEATING, "/rooms?floor=2", &cookies).await;
    assert_eq!(inside.status, 200, "{inside:?}");
    assert_eq!(inside.header("remote-user"), "grace");
    assert_eq!(inside.header("remote-name"), "Grace Hopper");
    assert_eq!(inside.header("remote-email"), "grace@example.org");
    assert_eq!(inside.header("remote-groups"), "engineering,members");

    // Another browser of hers is signed in already: no page is shown.
    let fresh = ask(&server, HEATING, "/", &Cookies::default()).await;
    let again = sign_in(&server, &mut browser, fresh.location(), ("", "")).await;
    assert!(again.location().starts_with(SITE), "{again:?}");
}

#[tokio::test]
async fn row_49_each_request_is_judged_by_the_commit_in_force() {
    let mut server = Server::start().await;
    let cookies = admitted(&server, GRACE).await;
    let path = "users/example.org/grace.toml";
    assert_eq!(ask(&server, HEATING, "/", &cookies).await.status, 200);
    server.change(|files| edit(files, path, "\"engineering\", ", ""));
    assert_eq!(
        ask(&server, HEATING, "/", &cookies).await.status,
        303,
        "no more in the group"
    );
    server.change(|files| edit(files, path, "\"members\"", "\"engineering\", \"members\""));
    assert_eq!(ask(&server, HEATING, "/", &cookies).await.status, 200);
    server.change(|files| edit(files, path, "quota =", "state = \"locked\"\nquota ="));
    assert_eq!(ask(&server, HEATING, "/", &cookies).await.status, 303, "locked");
    server.change(|files| edit(files, path, "state = \"locked\"\n", ""));
    server.change(|files| {
        edit(
            files,
            "clients/heating.toml",
            "groups =",
            "require_totp = true\ngroups =",
        );
    });
    assert_eq!(
        ask(&server, HEATING, "/", &cookies).await.status,
        303,
        "the second factor is missing"
    );
    server.change(|files| edit(files, "clients/heating.toml", "require_totp = true\n", ""));
    server.change(|files| edit(files, "clients/heating.toml", HEATING, "other.example.org"));
    assert_eq!(
        ask(&server, HEATING, "/", &cookies).await.status,
        403,
        "no site of ours any more"
    );
    assert_eq!(
        ask(&server, "other.example.org", "/", &cookies).await.status,
        303,
        "the pass is for the old host"
    );
}

#[tokio::test]
async fn who_may_not_is_told_so_by_name() {
    let server = Server::start().await;
    let away = ask(&server, HEATING, "/", &Cookies::default()).await;
    let page = sign_in(&server, &mut server.browser(), away.location(), ANN).await;
    assert_eq!(page.status, 403);
    assert!(
        page.body.contains("Heating controller") && page.body.contains("engineering"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn row_38_who_uses_a_site_stays_signed_in_and_by_the_policy_in_force() {
    let hours = |hours: u64| std::time::Duration::from_secs(hours * 60 * 60);
    let mut server = Server::start().await;
    let cookies = admitted(&server, GRACE).await;
    for _ in 0..4 {
        server.advance(hours(6));
        assert_eq!(ask(&server, HEATING, "/", &cookies).await.status, 200);
    }
    server.advance(hours(2));
    let idle = |server: &mut Server, from: &str, to: &str| {
        let of = |time: &str| format!("idle = \"{time}\"");
        server.change(|files| edit(files, "dockspace.toml", &of(from), &of(to)));
    };
    idle(&mut server, "8h", "1h");
    assert_eq!(
        ask(&server, HEATING, "/", &cookies).await.status,
        303,
        "idle for two hours"
    );
    idle(&mut server, "1h", "8h");
    assert_eq!(
        ask(&server, HEATING, "/", &cookies).await.status,
        200,
        "which is not too long"
    );
    server.advance(hours(8));
    assert_eq!(ask(&server, HEATING, "/", &cookies).await.status, 303);
}

#[tokio::test]
async fn row_35_signing_out_takes_the_pass_along() {
    let server = Server::start().await;
    let mut cookies = Cookies::default();
    let away = ask(&server, HEATING, "/", &cookies).await;
    cookies.take(&away.headers);
    let mut browser = server.browser();
    let back = sign_in(&server, &mut browser, away.location(), GRACE).await;
    let path = back.location().strip_prefix(SITE).unwrap().to_owned();
    cookies.take(&ask(&server, HEATING, &path, &cookies).await.headers);
    assert_eq!(ask(&server, HEATING, "/", &cookies).await.status, 200);
    let page = browser.get("/logout").await;
    let _ = browser.submit(&page, &[("where", "here")]).await;
    assert_eq!(ask(&server, HEATING, "/", &cookies).await.status, 303);

    let mut cookies = admitted(&server, GRACE).await;
    let before = cookies.clone();
    let out = ask(&server, HEATING, "/.dockspace/sign-out", &cookies).await;
    assert_eq!(out.location(), format!("{}/logout", server.url));
    cookies.take(&out.headers);
    assert!(!cookies.0.contains_key(PASS));
    assert_eq!(
        ask(&server, HEATING, "/", &before).await.status,
        303,
        "the pass itself is gone"
    );
}

#[tokio::test]
async fn a_code_is_good_once_for_one_site_in_the_browser_that_asked() {
    let server = Server::start_with(|files| {
        let text = files[camino::Utf8Path::new("clients/heating.toml")].replace(HEATING, "pumps.example.org");
        files.insert("clients/pumps.toml".into(), text);
    })
    .await;
    let mut cookies = Cookies::default();
    let away = ask(&server, HEATING, "/rooms", &cookies).await;
    cookies.take(&away.headers);
    let mut browser = server.browser();
    let mut path = String::new();
    for (host, stranger) in [(HEATING, true), ("pumps.example.org", false)] {
        let back = sign_in(&server, &mut browser, away.location(), GRACE).await;
        path = back.location().strip_prefix(SITE).unwrap().to_owned();
        let theirs = if stranger { Cookies::default() } else { cookies.clone() };
        let arrived = ask(&server, host, &path, &theirs).await;
        assert!(!arrived.headers.contains_key("set-cookie"), "{arrived:?}");
        assert_ne!(arrived.status, 200);
    }
    assert_eq!(
        ask(&server, HEATING, &path, &cookies).await.status,
        400,
        "tried elsewhere, it is spent"
    );
    let pass = admitted(&server, GRACE).await;
    assert_eq!(
        ask(&server, "pumps.example.org", "/", &pass).await.status,
        303,
        "another site wants its own"
    );

    let mut thief = server.browser();
    thief.cookies.insert("dockspace".to_owned(), pass.0[PASS].clone());
    let home = thief.get("/").await;
    assert_eq!(home.location(), "/login", "a pass is no session");
}

#[tokio::test]
async fn row_03_there_is_no_way_to_anywhere_else() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let way = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for url in [
        "https://evil.example/",
        "https://heating.example.org.evil.example/",
        "https://heating.example.org@evil.example/",
        "https://heating.example.org:8443/",
        "http://heating.example.org/",
        "//heating.example.org/",
        "https://HEATING.example.org%2eevil.example/",
        "javascript:alert(1)",
        "",
    ] {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("url", url)
            .append_pair("way", way)
            .finish();
        let page = browser.get(&format!("/forward-auth/start?{query}")).await;
        assert_eq!((page.status, page.header("location")), (400, ""), "{url}");
    }
    for host in ["evil.example", "grafana.example.org"] {
        let answer = ask(&server, host, "/", &Cookies::default()).await;
        assert_eq!((answer.status, answer.header("location")), (403, ""), "{host}");
    }
}

#[tokio::test]
async fn row_28_a_site_is_not_opened_in_the_name_of_another() {
    let server = Server::start_with(|files| {
        let text = files[camino::Utf8Path::new("clients/heating.toml")]
            .replace(HEATING, "pumps.example.org")
            .replace("engineering", "board");
        files.insert("clients/pumps.toml".into(), text);
    })
    .await;
    let pass = admitted(&server, GRACE).await;
    assert_eq!(ask(&server, HEATING, "/", &pass).await.status, 200);
    assert_eq!(ask(&server, "pumps.example.org", "/", &pass).await.status, 303);
    // What the browser sends comes along with what the web server says, which writes over the headers of its own kind alone.
    let heating = format!("{SITE}/");
    for (name, value) in [
        ("x-original-url", heating.as_str()),
        ("x-forwarded-host", HEATING),
        ("x-forwarded-proto", "https"),
    ] {
        let request = client().build().unwrap().get(format!("{}/forward-auth", server.url));
        let request = request
            .header(name, value)
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "pumps.example.org")
            .header("x-forwarded-uri", "/")
            .header("cookie", pass.header());
        assert_eq!(Answer::of(request).await.status, 400, "{name}");
    }
}

#[tokio::test]
async fn only_pages_are_sent_to_sign_in() {
    let server = Server::start().await;
    let ask = |headers: &'static [(&'static str, &'static str)]| {
        let mut request = client().build().unwrap().get(format!("{}/forward-auth", server.url));
        for (name, value) in [
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", HEATING),
            ("x-forwarded-uri", "/"),
        ] {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request)
    };
    assert_eq!(ask(&[("accept", "text/html,*/*")]).await.status, 303);
    assert_eq!(ask(&[("accept", "image/png")]).await.status, 401);
    assert_eq!(
        ask(&[("accept", "text/html"), ("sec-fetch-mode", "cors")]).await.status,
        401
    );
    assert_eq!(
        ask(&[("accept", "text/html"), ("x-forwarded-method", "POST")])
            .await
            .status,
        401
    );
    let bare = Answer::of(client().build().unwrap().get(format!("{}/forward-auth", server.url))).await;
    assert_eq!(bare.status, 400, "a browser has no business here");
}
