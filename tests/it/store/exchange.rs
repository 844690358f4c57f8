//! One record for others: all of it or nothing.

use dockspace::store::{AnyRecord, Record, Store, StoreError};
use jiff::Timestamp;

use super::rig::{MINUTE, Note, Rig, Tally, key, note, start, texts};
use super::{on_every_database, on_every_engine};

on_every_engine!(
    what_is_exchanged_is_replaced_and_the_others_are_there,
    who_saw_an_older_version_exchanges_nothing,
    what_was_there_already_is_not_overwritten_and_nothing_is_exchanged,
    of_fifty_exchanges_at_once_one_counts,
);

mod with_the_end_of_a_grant {
    use super::{on_every_database, what_ends_while_it_is_exchanged_leaves_nothing};
    on_every_database!(what_ends_while_it_is_exchanged_leaves_nothing);
}

async fn what_is_exchanged_is_replaced_and_the_others_are_there(rig: Rig) {
    let store = rig.open().await;
    let (code, one, other) = (key(), key(), key());
    store.put(&note(code, "code")).await.unwrap();
    let mut record = store.get::<Note>(&code).await.unwrap().unwrap();
    record.payload = Note("spent".to_owned());
    record.expires = start() + 2 * MINUTE;
    let tally = Record::new(other, Tally { count: 7 }, Timestamp::MAX);
    let others: [&dyn AnyRecord; 2] = [&note(one, "token").about("alice").under(code), &tally];
    assert!(store.exchange(&record, &others).await.unwrap());

    rig.hand.advance(MINUTE - MINUTE / 60);
    let spent = store.get::<Note>(&code).await.unwrap().unwrap();
    assert_eq!(
        (spent.payload.0.as_str(), spent.expires),
        ("spent", start() + 2 * MINUTE)
    );
    let listed = store.list_by_subject::<Note>("alice").await.unwrap();
    assert_eq!((texts(&listed), listed[0].created()), (vec!["token"], start()));
    assert_eq!(store.list_by_grant::<Note>(&code).await.unwrap(), listed);
    let tally = store.get::<Tally>(&other).await.unwrap().unwrap();
    assert_eq!((tally.payload.count, tally.subject, tally.grant), (7, None, None));
    assert!(store.exchange(&spent, &[]).await.unwrap(), "it has a new version");
}

async fn who_saw_an_older_version_exchanges_nothing(rig: Rig) {
    let store = rig.open().await;
    let (code, token) = (key(), key());
    store.put(&note(code, "code")).await.unwrap();
    let seen = store.get::<Note>(&code).await.unwrap().unwrap();
    assert!(store.replace(&seen).await.unwrap());
    assert!(!store.exchange(&seen, &[&note(token, "")]).await.unwrap());
    let seen = store.get::<Note>(&code).await.unwrap().unwrap();
    store.delete::<Note>(&code).await.unwrap();
    assert!(!store.exchange(&seen, &[&note(token, "")]).await.unwrap());
    assert_eq!(store.get::<Note>(&token).await.unwrap(), None);
    assert_eq!(store.get::<Note>(&code).await.unwrap(), None);
}

async fn what_was_there_already_is_not_overwritten_and_nothing_is_exchanged(rig: Rig) {
    let store = rig.open().await;
    let (code, token) = (key(), key());
    store.put(&note(code, "code")).await.unwrap();
    store.put(&note(token, "first")).await.unwrap();
    let mut record = store.get::<Note>(&code).await.unwrap().unwrap();
    record.payload = Note("spent".to_owned());
    let others: [&dyn AnyRecord; 2] = [&note(key(), ""), &note(token, "second")];
    let error = store.exchange(&record, &others).await.unwrap_err();
    assert!(matches!(error, StoreError::Failed(_)), "{error}");
    assert!(!format!("{error} {error:?}").contains("second"));
    assert_eq!(store.get::<Note>(&code).await.unwrap().unwrap().payload.0, "code");
    assert_eq!(store.get::<Note>(&token).await.unwrap().unwrap().payload.0, "first");
}

async fn of_fifty_exchanges_at_once_one_counts(rig: Rig) {
    let store = rig.open().await;
    let (code, grant) = (key(), key());
    store.put(&note(code, "code").under(grant)).await.unwrap();
    let seen = store.get::<Note>(&code).await.unwrap().unwrap();
    let exchange = |store: Store, seen: Record<Note>| async move {
        store
            .exchange(&seen, &[&note(key(), "token").under(grant)])
            .await
            .unwrap()
    };
    let running: Vec<_> = (0..50)
        .map(|_| tokio::spawn(exchange(store.clone(), seen.clone())))
        .collect();
    let mut won = 0;
    for one in running {
        won += usize::from(one.await.unwrap());
    }
    assert_eq!(won, 1);
    assert_eq!(
        store.list_by_grant::<Note>(&grant).await.unwrap().len(),
        2,
        "the code and one token"
    );
}

/// Whichever comes first, when both are through nothing hangs on the grant.
async fn what_ends_while_it_is_exchanged_leaves_nothing(rig: Rig) {
    let (store, other) = (rig.open().await, rig.open().await);
    for _ in 0..50 {
        let (code, grant) = (key(), key());
        store.put(&note(code, "code").under(grant)).await.unwrap();
        let seen = store.get::<Note>(&code).await.unwrap().unwrap();
        let token = note(key(), "token").under(grant);
        let tokens: [&dyn AnyRecord; 1] = [&token];
        let (exchanged, ended) = tokio::join!(store.exchange(&seen, &tokens), other.delete_by_grant(&grant));
        assert_eq!(ended.unwrap(), if exchanged.unwrap() { 2 } else { 1 });
        assert!(store.list_by_grant::<Note>(&grant).await.unwrap().is_empty());
    }
}
