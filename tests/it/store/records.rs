//! What one caller sees.

use dockspace::store::{Key, Record, StoreError};
use jiff::Timestamp;

use super::on_every_engine;
use super::rig::{MINUTE, Note, Rig, Tally, key, note, start, texts};

on_every_engine!(
    a_record_comes_back_as_it_was_put,
    a_key_is_put_once,
    a_record_is_taken_once,
    a_record_is_replaced_by_who_saw_its_last_version,
    a_record_is_deleted,
    kinds_share_no_keys,
    a_persons_records_are_listed_and_deleted_by_kind,
    all_that_hangs_on_a_grant_ends_with_it,
    the_revision_in_force_is_moved_by_who_knows_it,
    it_answers_a_ping,
);

async fn a_record_comes_back_as_it_was_put(rig: Rig) {
    let store = rig.open().await;
    let (plain, full, grant) = (key(), key(), key());
    store
        .put(&Record::new(plain, Note("é\u{1F511}'\"\\".into()), Timestamp::MAX))
        .await
        .unwrap();
    store.put(&note(full, "").about("auth0:17").under(grant)).await.unwrap();
    let found = store.get::<Note>(&plain).await.unwrap().unwrap();
    assert_eq!(
        (found.payload.0.as_str(), found.subject.as_deref(), found.grant),
        ("é\u{1F511}'\"\\", None, None)
    );
    assert_eq!((found.key, found.created()), (plain, start()));
    assert_eq!(found.expires.as_millisecond(), Timestamp::MAX.as_millisecond());
    let found = store.get::<Note>(&full).await.unwrap().unwrap();
    assert_eq!((found.subject.as_deref(), found.grant), (Some("auth0:17"), Some(grant)));
    assert_eq!(found.expires, start() + MINUTE);
    assert_eq!(store.get::<Note>(&key()).await.unwrap(), None);
}

async fn a_key_is_put_once(rig: Rig) {
    let store = rig.open().await;
    let key = Key::of_name(&["alice", "grafana"]);
    store.put(&note(key, "first")).await.unwrap();
    let error = store.put(&note(key, "second")).await.unwrap_err();
    assert!(matches!(error, StoreError::Exists { kind: "note" }), "{error}");
    assert_eq!(store.get::<Note>(&key).await.unwrap().unwrap().payload.0, "first");
}

async fn a_record_is_taken_once(rig: Rig) {
    let store = rig.open().await;
    let key = key();
    store.put(&note(key, "once").about("alice")).await.unwrap();
    let taken = store.take::<Note>(&key).await.unwrap().unwrap();
    assert_eq!(
        (taken.payload.0.as_str(), taken.subject.as_deref()),
        ("once", Some("alice"))
    );
    assert_eq!(store.take::<Note>(&key).await.unwrap(), None);
    assert_eq!(store.get::<Note>(&key).await.unwrap(), None);
}

async fn a_record_is_replaced_by_who_saw_its_last_version(rig: Rig) {
    let store = rig.open().await;
    let key = key();
    store.put(&note(key, "one").about("alice")).await.unwrap();
    let mut first = store.get::<Note>(&key).await.unwrap().unwrap();
    let mut second = store.get::<Note>(&key).await.unwrap().unwrap();
    first.payload.0 = "two".into();
    first.expires = start() + MINUTE * 2;
    second.payload.0 = "three".into();
    assert!(store.replace(&first).await.unwrap());
    assert!(!store.replace(&second).await.unwrap(), "the first was faster");
    assert!(!store.replace(&first).await.unwrap(), "nor does it count twice");
    let found = store.get::<Note>(&key).await.unwrap().unwrap();
    assert_eq!((found.payload.0.as_str(), found.expires), ("two", start() + MINUTE * 2));
    assert_eq!((found.subject.as_deref(), found.created()), (Some("alice"), start()));
    store.take::<Note>(&key).await.unwrap();
    assert!(!store.replace(&found).await.unwrap(), "what was taken stays away");
    assert_eq!(store.get::<Note>(&key).await.unwrap(), None);
}

async fn a_record_is_deleted(rig: Rig) {
    let store = rig.open().await;
    let (gone, stays) = (key(), key());
    for key in [gone, stays] {
        store.put(&note(key, "")).await.unwrap();
    }
    assert!(store.delete::<Note>(&gone).await.unwrap());
    assert!(!store.delete::<Note>(&gone).await.unwrap());
    assert!(store.get::<Note>(&stays).await.unwrap().is_some());
}

async fn kinds_share_no_keys(rig: Rig) {
    let store = rig.open().await;
    let key = key();
    store.put(&note(key, "a note")).await.unwrap();
    assert_eq!(store.get::<Tally>(&key).await.unwrap(), None);
    assert_eq!(store.take::<Tally>(&key).await.unwrap(), None);
    assert!(!store.delete::<Tally>(&key).await.unwrap());
    store
        .put(&Record::new(key, Tally { count: 1 }, Timestamp::MAX))
        .await
        .unwrap();
    assert!(store.claim("note", &key, Timestamp::MAX).await.unwrap());
    assert_eq!(store.count_up("note", &key, MINUTE).await.unwrap().count, 1);
    assert_eq!(store.get::<Note>(&key).await.unwrap().unwrap().payload.0, "a note");
}

async fn a_persons_records_are_listed_and_deleted_by_kind(rig: Rig) {
    let store = rig.open().await;
    for text in ["first", "second"] {
        store.put(&note(key(), text).about("alice")).await.unwrap();
        rig.hand.advance(MINUTE / 10);
    }
    store.put(&note(key(), "bob's").about("bob")).await.unwrap();
    store.put(&note(key(), "nobody's")).await.unwrap();
    store
        .put(&Record::new(key(), Tally { count: 1 }, Timestamp::MAX).about("alice"))
        .await
        .unwrap();
    assert_eq!(
        texts(&store.list_by_subject("alice").await.unwrap()),
        ["first", "second"]
    );
    assert!(store.list_by_subject::<Note>("alic%").await.unwrap().is_empty());
    assert_eq!(store.delete_by_subject::<Note>("alice").await.unwrap(), 2);
    assert_eq!(store.delete_by_subject::<Note>("alice").await.unwrap(), 0);
    assert_eq!(texts(&store.list_by_subject("bob").await.unwrap()), ["bob's"]);
    assert_eq!(store.list_by_subject::<Tally>("alice").await.unwrap().len(), 1);
}

async fn all_that_hangs_on_a_grant_ends_with_it(rig: Rig) {
    let store = rig.open().await;
    let (grant, other) = (key(), key());
    store.put(&note(grant, "the grant itself")).await.unwrap();
    store.put(&note(key(), "hangs on it").under(grant)).await.unwrap();
    store
        .put(&Record::new(key(), Tally { count: 1 }, Timestamp::MAX).under(grant))
        .await
        .unwrap();
    store.put(&note(key(), "hangs on another").under(other)).await.unwrap();
    assert_eq!(texts(&store.list_by_grant(&grant).await.unwrap()), ["hangs on it"]);
    assert_eq!(store.delete_by_grant(&grant).await.unwrap(), 2);
    assert!(store.list_by_grant::<Tally>(&grant).await.unwrap().is_empty());
    assert_eq!(texts(&store.list_by_grant(&other).await.unwrap()), ["hangs on another"]);
    assert!(store.get::<Note>(&grant).await.unwrap().is_some());
}

async fn the_revision_in_force_is_moved_by_who_knows_it(rig: Rig) {
    let store = rig.open().await;
    assert_eq!(store.in_force().await.unwrap(), None);
    assert!(!store.set_in_force(Some("1a"), "2b").await.unwrap(), "none is in force");
    assert!(store.set_in_force(None, "1a").await.unwrap());
    assert!(!store.set_in_force(None, "2b").await.unwrap(), "one is");
    assert!(!store.set_in_force(Some("0f"), "2b").await.unwrap(), "another is");
    assert!(store.set_in_force(Some("1a"), "2b").await.unwrap());
    assert_eq!(store.in_force().await.unwrap().as_deref(), Some("2b"));
}

async fn it_answers_a_ping(rig: Rig) {
    rig.open().await.ping().await.unwrap();
}
