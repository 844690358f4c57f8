//! Two servers on one PostgreSQL: what happens at one holds at the other.

use dockspace::auth::totp::Totp;
use dockspace::clock::Clock;
use sqlx::{Connection as _, PgConnection};

use crate::support::browser::{Browser, Page};
use crate::support::replicas::Replicas;
use crate::web::{ALICE, ALICE_TOTP, BOB, type_password};

/// Somebody's browser at the first door, with the password typed.
async fn at_the_first(replicas: &Replicas, who: (&str, &str)) -> (Browser, Page) {
    let mut browser = replicas.browser();
    let page = type_password(&mut browser, who).await;
    (browser, page)
}

#[tokio::test]
async fn who_signs_in_or_out_at_one_is_in_or_out_at_the_other() {
    let replicas = Replicas::start(|_| ()).await;
    let [first, second] = replicas.doors();
    let (mut browser, _) = at_the_first(&replicas, BOB).await;
    browser.door.clone_from(&second);
    assert_eq!(browser.get("/").await.status, 200);
    let mut copy = browser.clone();
    let page = browser.get("/logout").await;
    browser.submit(&page, &[("where", "here")]).await;
    copy.door = first;
    let page = copy.get("/").await;
    assert_eq!(copy.target(&page), "/login");
}

#[tokio::test]
async fn row_44_a_one_time_code_is_good_once_at_both_together() {
    let mut replicas = Replicas::start(|_| ()).await;
    let totp = Totp::parse(&ALICE_TOTP.into()).unwrap();
    let code = totp.code(Clock::system().now()).expose().clone();
    for (at, expect) in [(0, 303), (1, 422), (0, 422)] {
        // The password at the first, the code at either.
        let (mut browser, page) = at_the_first(&replicas, ALICE).await;
        browser.door = replicas.hosts[at].url();
        let page = browser.follow(&page).await;
        let page = browser.submit(&page, &[("code", &code)]).await;
        assert_eq!(page.status, expect, "{}", page.body);
        if expect == 422 {
            let line = replicas.servers[at].wait_for(|line| line["event"] == "sign_in_refused");
            assert_eq!(line["why"], "used totp code");
        }
    }
}

#[tokio::test]
async fn row_40_attempts_at_both_count_together() {
    let replicas = Replicas::start(|_| ()).await;
    let mut browser = replicas.browser();
    let mut statuses = Vec::new();
    // Five are free, and each further one waits twice as long as the one before: at each alone, these would all be looked at.
    for door in replicas.alternately().take(12) {
        browser.door = door;
        statuses.push(type_password(&mut browser, ("bob", "wrong")).await.status);
    }
    assert_eq!(statuses[..6], [422; 6], "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    let mut database = PgConnection::connect(&replicas.database).await.unwrap();
    let counted: i64 = sqlx::query_scalar("SELECT version FROM dockspace_record WHERE kind = 'count:tries-pair'")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert_eq!(counted, 12);
}

#[tokio::test]
async fn what_is_in_force_is_the_same_at_both() {
    let mut replicas = Replicas::start(|_| ()).await;
    let repo = replicas.hosts[0].repo.clone();
    let mut good = String::new();
    for (from, to) in [("Carol", "Karla"), ("Karla", "Carla"), ("Carla", "Charlotte")] {
        replicas.hosts[0].edit("users/example.org/carol.toml", from, to);
        good = repo.commit(to);
        for server in &mut replicas.servers {
            server.wait_for(|line| line["event"] == "revision_in_force" && line["revision"] == *good);
        }
    }
    replicas.hosts[0].edit("users/example.org/carol.toml", "name =", "nmae =");
    let bad = repo.commit("A slip");
    for (server, host) in replicas.servers.iter_mut().zip(&replicas.hosts) {
        server.wait_for(|line| line["event"] == "revision_refused" && line["revision"] == *bad);
        let said = super::ready(host.metrics).await;
        assert_eq!(said["in_force"]["id"], *good);
    }
}
