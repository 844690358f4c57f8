//! Name and password.

use reqwest::Method;

use super::{ALICE, BOB, SESSION, signed_in, type_password};
use crate::support::server::{Server, set_password};

#[tokio::test]
async fn a_person_signs_in_by_username_or_address_and_sees_home() {
    let server = Server::start().await;
    for name in ["bob", "bob@example.org", " Bob@Example.ORG "] {
        let mut browser = signed_in(&server, (name, BOB.1)).await;
        let home = browser.get("/").await;
        assert_eq!(home.status, 200);
        assert!(
            home.body.contains("bob@example.org") && home.body.contains("Nextcloud"),
            "{}",
            home.body
        );
        assert!(home.body.contains("Grafana"), "{}", home.body);
        let again = browser.get("/login").await;
        assert_eq!(browser.target(&again), "/", "nothing to do for who is signed in");
    }
}

#[tokio::test]
async fn row_41_how_attempts_are_counted_does_not_tell_who_has_an_account() {
    let server = Server::start().await;
    let mut said = Vec::new();
    for name in ["bob", "nobody"] {
        let mut browser = server.browser();
        let mut page = type_password(&mut browser, (name, "wrong")).await;
        for _ in 0..5 {
            page = type_password(&mut browser, (name, "wrong")).await;
        }
        let seventh = type_password(&mut browser, (name, "wrong")).await;
        let by_address = format!("{name}@example.org");
        let other = type_password(&mut browser, (by_address.as_str(), "wrong")).await;
        said.push((page.status, seventh.status, other.status));
    }
    assert_eq!(said, [(422, 429, 422), (422, 429, 422)]);
}

#[tokio::test]
async fn home_shows_the_apps_that_are_open_to_the_person_alone() {
    let server = Server::start().await;
    let mut browser = signed_in(&server, ("ann", "green ladders never sleep")).await;
    let home = browser.get("/").await;
    assert!(home.body.contains("Notice board") && home.body.contains("https:&#x2f;&#x2f;board.example.org&#x2f;"));
    assert!(!home.body.contains("Grafana"), "she is no engineer");
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_sign_in() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let page = browser.get("/").await;
    assert_eq!(browser.target(&page), "/login");
}

#[tokio::test]
async fn row_41_every_failure_looks_and_costs_the_same() {
    let server = Server::start().await;
    let mut answers = Vec::new();
    for (name, password) in [
        (BOB.0, "wrong"),
        (ALICE.0, "wrong"),
        ("nobody@example.org", "wrong"),
        ("dave@example.org", "red lanterns drift upward"),
        ("erin@example.org", "nine umbrellas wait outside"),
        ("niaj@example.net", "yellow cranes over harbours"),
        ("office@example.org", "brown envelopes everywhere"),
        ("not even a name", "wrong"),
    ] {
        let mut browser = server.browser();
        let before = server.app.sign_in.hashes();
        let page = type_password(&mut browser, (name, password)).await;
        assert_eq!(page.status, 422, "{name}");
        assert_eq!(server.app.sign_in.hashes() - before, 1, "{name}: one hash");
        assert!(browser.cookies.is_empty(), "{name}");
        answers.push(page.body.replace(name, "NAME"));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
}

#[tokio::test]
async fn a_wrong_form_is_shown_again_with_the_field_named() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let page = type_password(&mut browser, (BOB.0, "canary-4711")).await;
    assert!(page.body.contains("<title>Error: Sign in"));
    assert!(
        page.body.contains("role=\"alert\"") && page.body.contains("href=\"#password\""),
        "{}",
        page.body
    );
    assert!(page.body.contains("aria-invalid=\"true\"") && page.body.contains("aria-describedby=\"password-problem\""));
    assert!(
        page.body.contains("value=\"bob@example.org\"") && !page.body.contains("canary-4711"),
        "the name stays, the password doesn't"
    );
    let page = browser.post("/login", &[("username", ""), ("password", "x")]).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("href=\"#username\""));
    let page = browser.post("/login", &[("username", "bob")]).await;
    assert!(page.body.contains("Type your password."));
}

#[tokio::test]
async fn row_22_a_form_from_another_site_is_refused() {
    let server = Server::start().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        for path in ["/login", "/login/totp", "/login/recovery", "/logout"] {
            let mut browser = signed_in(&server, BOB).await;
            let form = [
                ("username", BOB.0),
                ("password", BOB.1),
                ("where", "everywhere"),
                ("code", "1"),
            ];
            let request = browser.request(Method::POST, path).header(name, value).form(&form);
            let page = browser.send(path, request).await;
            assert_eq!(page.status, 403, "{path} {name}: {value}");
            assert!(page.body.contains("sent from another site"));
            assert_eq!(browser.get("/").await.status, 200, "and nothing happened");
        }
    }
}

#[tokio::test]
async fn row_23_forms_move_on_by_303() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let page = type_password(&mut browser, ALICE).await;
    assert_eq!(page.status, 303);
    let mut browser = signed_in(&server, BOB).await;
    let page = browser.get("/logout").await;
    let page = browser.submit(&page, &[("where", "here")]).await;
    assert_eq!(page.status, 303);
}

#[tokio::test]
async fn row_31_nothing_that_was_typed_is_reflected_unescaped() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let evil = "\"><script>alert(1)</script>";
    let page = type_password(&mut browser, (evil, "x")).await;
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert!(page.body.contains("&quot;&gt;&lt;script&gt;"));
}

#[tokio::test]
async fn row_03_the_way_on_is_an_id_of_ours_or_none() {
    let server = Server::start().await;
    let mut browser = server.browser();
    for bad in [
        "https://evil.example/",
        "//evil.example",
        "%2F%5Cevil.example",
        "javascript:alert(1)",
        "x",
    ] {
        let page = browser.get(&format!("/login?request={bad}")).await;
        assert_eq!(page.status, 400, "{bad}");
    }
    let id = "A".repeat(43);
    let page = browser.get(&format!("/login?request={id}")).await;
    let page = browser.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await;
    assert_eq!(browser.target(&page), format!("/oidc/authorize/resume?request={id}"));
}

#[tokio::test]
async fn row_40_guessing_is_slowed_down_but_nobody_is_locked_out() {
    let server = Server::start().await;
    let mut attacker = server.browser();
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(type_password(&mut attacker, (BOB.0, "guess")).await.status);
    }
    assert_eq!(statuses, [422, 422, 422, 422, 422, 422, 429, 429, 429, 429]);
    let page = type_password(&mut attacker, BOB).await;
    assert_eq!(page.status, 429, "not even the right password is looked at");
    let wait: u64 = page.header("retry-after").parse().unwrap();
    assert!(
        page.body.contains("Your account is not locked") && page.body.contains("Try again in"),
        "{}",
        page.body
    );
    server.advance(std::time::Duration::from_secs(wait));
    signed_in(&server, BOB).await;
    assert!(server.audit.lines().iter().any(|line| line.contains("throttled")));
}

#[tokio::test]
async fn row_36_a_session_planted_before_is_worth_nothing_after() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.cookies.insert(SESSION.into(), "A".repeat(43));
    let page = type_password(&mut browser, BOB).await;
    assert_eq!(page.status, 303);
    assert_ne!(browser.cookies[SESSION], "A".repeat(43));

    let mallory = signed_in(&server, ("mallory@example.net", "rented vans climb slowly")).await;
    let mut victim = server.browser();
    victim.cookies.clone_from(&mallory.cookies);
    let id = "A".repeat(43);
    let page = victim.get(&format!("/login?request={id}")).await;
    victim.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await;
    assert_ne!(victim.cookies[SESSION], mallory.cookies[SESSION]);
    let mut mallory = mallory;
    let page = mallory.get("/").await;
    assert_eq!(mallory.target(&page), "/login", "the planted session ended");
}

#[tokio::test]
async fn row_53_the_trail_tells_who_and_never_what_was_typed() {
    let server = Server::start().await;
    let mut browser = server.browser();
    type_password(&mut browser, (BOB.0, "canary-4711")).await;
    type_password(&mut browser, ("canary-4712", "x")).await;
    signed_in(&server, BOB).await;
    let lines = server.audit.lines().join("\n");
    assert!(
        lines.contains("sign_in_refused") && lines.contains("signed_in") && lines.contains("127.0.0.1"),
        "{lines}"
    );
    assert!(!lines.contains("canary"), "{lines}");
}

#[tokio::test]
async fn row_40_whoever_guesses_elsewhere_does_not_hold_up_a_person_at_home() {
    let server = Server::start().await;
    let mut bob = signed_in(&server, BOB).await;
    let mut attacker = server.browser();
    for last in 0..80 {
        attacker.headers.insert("x-forwarded-for", format!("192.0.2.{last}"));
        type_password(&mut attacker, (BOB.0, "guess")).await;
    }
    assert_eq!(type_password(&mut attacker, (BOB.0, "guess")).await.status, 429);
    bob.cookies.clear();
    let page = type_password(&mut bob, BOB).await;
    assert_eq!(bob.target(&page), "/");
}

#[tokio::test]
async fn row_43_a_password_counts_as_it_was_typed_to_the_last_character() {
    let long = "stilts over marshes ".repeat(10);
    for (password, near) in [
        (long.as_str(), &long[..long.len() - 1]),
        (long.as_str(), &long[..72]),
        (" leading blanks count", "leading blanks count"),
        ("Größe ist nicht alles!", "Grosse ist nicht alles!"),
        ("пять синих чайников 🫖", "пять синих чайников"),
        ("Capital Letters Count", "capital letters count"),
    ] {
        let server = Server::start_with(|files| set_password(files, "users/example.org/bob", password)).await;
        let refused = type_password(&mut server.browser(), (BOB.0, near)).await;
        assert_eq!(refused.status, 422, "{near}");
        assert_eq!(
            type_password(&mut server.browser(), (BOB.0, password)).await.status,
            303,
            "{password}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_42_more_sign_ins_than_there_is_room_for_are_asked_to_come_again() {
    let server = std::sync::Arc::new(Server::start().await);
    let tries = (0..1000).map(|number| {
        let mut browser = server.browser();
        // Each from elsewhere, so that not the throttle answers.
        browser
            .headers
            .insert("x-forwarded-for", format!("192.0.{}.{}", number / 250, number % 250));
        let name = format!("nobody{number}");
        tokio::spawn(async move {
            let form = [("username", name.as_str()), ("password", "x")];
            browser.post("/login", &form).await
        })
    });
    let (mut judged, mut busy) = (0, 0);
    for tried in tries.collect::<Vec<_>>() {
        let page = tried.await.unwrap();
        match page.status {
            422 => judged += 1,
            503 => {
                assert!(page.body.contains("<h1>"), "{}", page.body);
                busy += 1;
            }
            _ => panic!("{page:?}"),
        }
    }
    assert_eq!((judged + busy, server.app.sign_in.hashes()), (1000, judged));
    assert!(judged > 0);
    signed_in(&server, BOB).await;
}

#[tokio::test]
async fn b01_a_program_finds_its_way_by_names_that_stay() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let page = browser.get("/login").await;
    for name in ["name=\"username\"", "name=\"password\"", "id=\"login-submit\""] {
        assert!(page.body.contains(name), "{name}: {}", page.body);
    }
    let page = type_password(&mut browser, ALICE).await;
    let page = browser.follow(&page).await;
    assert!(page.body.contains("name=\"code\"") && page.body.contains("id=\"totp-submit\""));
    let page = signed_in(&server, BOB).await.get("/logout").await;
    assert!(page.body.contains("id=\"logout-confirm\""));
}
