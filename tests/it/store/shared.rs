//! What shows only when somebody else looks at the same database.

use dockspace::digest::sha256;
use dockspace::store::{StoreError, Token};

use super::on_every_database;
use super::rig::{Note, Rig, key, note};

on_every_database!(
    only_the_hash_of_a_token_is_stored,
    a_damaged_record_is_told_without_what_it_says,
    a_store_of_a_newer_program_is_refused,
    a_second_store_sees_the_same,
    stores_opened_at_once_make_one_set_of_tables,
);

async fn only_the_hash_of_a_token_is_stored(rig: Rig) {
    let store = rig.open().await;
    let token = Token::random().unwrap();
    store.put(&note(token.key(), "").under(token.key())).await.unwrap();
    let hex: String = token.expose_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = sha256(token.expose_bytes()).to_string();
    for (digits, rows) in [(hash, 1), (hex, 0)] {
        let bytes = if rig.is_postgres() {
            format!("'\\x{digits}'")
        } else {
            format!("x'{digits}'")
        };
        let sql = format!("SELECT count(*) FROM dockspace_record WHERE id = {bytes} OR family = {bytes}");
        assert_eq!(rig.number(&sql).await, rows);
    }
}

async fn a_damaged_record_is_told_without_what_it_says(rig: Rig) {
    let store = rig.open().await;
    let key = key();
    store.put(&note(key, "")).await.unwrap();
    rig.execute("UPDATE dockspace_record SET payload = '{\"s3cret\":1}'")
        .await;
    let error = store.get::<Note>(&key).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { kind: "note" }), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"));
}

async fn a_store_of_a_newer_program_is_refused(rig: Rig) {
    let store = rig.open().await;
    store.put(&note(key(), "stays")).await.unwrap();
    rig.execute("UPDATE dockspace_store SET version = 99").await;
    let error = rig.try_open().await.err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99 }), "{error}");
    assert!(error.hint().contains("newer"), "{}", error.hint());
    assert_eq!(rig.number("SELECT count(*) FROM dockspace_record").await, 1);
}

async fn a_second_store_sees_the_same(rig: Rig) {
    let (one, two) = (rig.open().await, rig.open().await);
    let key = key();
    one.put(&note(key, "")).await.unwrap();
    assert!(two.get::<Note>(&key).await.unwrap().is_some());
    assert!(two.take::<Note>(&key).await.unwrap().is_some());
    assert_eq!(one.get::<Note>(&key).await.unwrap(), None);
}

async fn stores_opened_at_once_make_one_set_of_tables(rig: Rig) {
    tokio::join!(rig.open(), rig.open(), rig.open(), rig.open());
    assert_eq!(rig.number("SELECT count(*) FROM dockspace_store").await, 1);
}
