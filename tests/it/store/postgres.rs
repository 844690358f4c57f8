//! What is particular to PostgreSQL.

use std::net::TcpListener;

use dockspace::clock::Clock;
use dockspace::store::{Store, StoreError, StoreUrl};

use super::rig::{Note, Rig, key, note};

#[tokio::test]
async fn one_that_cannot_be_reached_says_what_to_do_and_no_password() {
    // A port where nobody listens: one that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = StoreUrl::parse(&format!("postgres://al:s3cret@127.0.0.1:{port}/dockspace")).unwrap();
    let error = Store::open(&url, Clock::system()).await.err().unwrap();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    let told = format!("{error} {}", error.hint());
    assert!(
        told.contains(&format!("postgres://127.0.0.1:{port}/dockspace")),
        "{told}"
    );
    assert!(told.contains("check that PostgreSQL runs"), "{told}");
    assert!(!format!("{told} {error:?} {url:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_database_that_is_not_there_says_so() {
    let rig = Rig::postgresql().await;
    let error = rig.elsewhere("no_such_database").await.err().unwrap();
    assert!(error.to_string().contains("no_such_database"), "{error}");
}

#[tokio::test]
async fn it_goes_on_after_the_server_dropped_its_connections() {
    let rig = Rig::postgresql().await;
    let store = rig.open().await;
    let key = key();
    store.put(&note(key, "")).await.unwrap();
    rig.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .await;
    // The connection that broke is told to at most one caller.
    let broken = store.get::<Note>(&key).await;
    assert!(broken.is_err() || store.get::<Note>(&key).await.is_ok());
    assert!(store.get::<Note>(&key).await.unwrap().is_some());
}
