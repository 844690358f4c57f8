//! What time does.

use dockspace::store::{Key, Record};
use jiff::Timestamp;

use super::on_every_engine;
use super::rig::{MINUTE, Note, Rig, Tally, key, note, start};

on_every_engine!(
    an_expired_record_is_gone_before_the_sweep,
    an_expired_record_makes_room,
    the_version_of_an_expired_record_never_comes_again,
    a_claim_lasts_until_it_expires,
    counting_starts_anew_with_the_window,
    counting_starts_anew_when_told,
    the_sweep_takes_what_expired_and_so_much_at_a_time,
);

async fn an_expired_record_is_gone_before_the_sweep(rig: Rig) {
    let store = rig.open().await;
    let (key, grant) = (key(), key());
    store.put(&note(key, "").about("alice").under(grant)).await.unwrap();
    let mut seen = store.get::<Note>(&key).await.unwrap().unwrap();
    rig.hand.set(start() + MINUTE);
    assert_eq!(store.get::<Note>(&key).await.unwrap(), None);
    assert_eq!(store.take::<Note>(&key).await.unwrap(), None);
    seen.expires = Timestamp::MAX;
    assert!(!store.replace(&seen).await.unwrap());
    assert!(store.list_by_subject::<Note>("alice").await.unwrap().is_empty());
    assert!(store.list_by_grant::<Note>(&grant).await.unwrap().is_empty());
    rig.hand.set(start() + MINUTE - std::time::Duration::from_millis(1));
    assert!(
        store.get::<Note>(&key).await.unwrap().is_some(),
        "it was there all along"
    );
}

async fn an_expired_record_makes_room(rig: Rig) {
    let store = rig.open().await;
    let key = Key::of_name(&["alice"]);
    store.put(&note(key, "old").about("alice").under(key)).await.unwrap();
    rig.hand.advance(MINUTE);
    store
        .put(&Record::new(key, Note("new".into()), Timestamp::MAX))
        .await
        .unwrap();
    let found = store.get::<Note>(&key).await.unwrap().unwrap();
    assert_eq!(
        (found.payload.0.as_str(), found.subject.as_deref(), found.grant),
        ("new", None, None)
    );
    assert_eq!(found.created(), start() + MINUTE);
}

async fn the_version_of_an_expired_record_never_comes_again(rig: Rig) {
    let store = rig.open().await;
    let key = Key::of_name(&["alice"]);
    store.put(&note(key, "old")).await.unwrap();
    let old = store.get::<Note>(&key).await.unwrap().unwrap();
    rig.hand.advance(MINUTE);
    assert_eq!(store.sweep(10).await.unwrap(), 1);
    store
        .put(&Record::new(key, Note("new".into()), Timestamp::MAX))
        .await
        .unwrap();
    assert!(!store.replace(&old).await.unwrap());
}

async fn a_claim_lasts_until_it_expires(rig: Rig) {
    let store = rig.open().await;
    let step = Key::of_name(&["alice", "59000000"]);
    assert!(store.claim("totp", &step, start() + MINUTE).await.unwrap());
    assert!(!store.claim("totp", &step, Timestamp::MAX).await.unwrap());
    assert!(
        store.claim("jti", &step, Timestamp::MAX).await.unwrap(),
        "another name, another claim"
    );
    rig.hand.advance(MINUTE);
    assert!(store.claim("totp", &step, Timestamp::MAX).await.unwrap());
    assert!(!store.claim("totp", &step, Timestamp::MAX).await.unwrap());
}

async fn counting_starts_anew_with_the_window(rig: Rig) {
    let store = rig.open().await;
    let key = Key::of_name(&["alice"]);
    assert_eq!(store.count("failed", &key).await.unwrap(), None);
    for count in 1..=3 {
        let counted = store.count_up("failed", &key, MINUTE).await.unwrap();
        assert_eq!((counted.count, counted.ends), (count, start() + MINUTE));
        assert_eq!(store.count("failed", &key).await.unwrap(), Some(counted));
        rig.hand.advance(MINUTE / 4);
    }
    rig.hand.set(start() + MINUTE);
    assert_eq!(store.count("failed", &key).await.unwrap(), None);
    let counted = store.count_up("failed", &key, MINUTE * 5).await.unwrap();
    assert_eq!((counted.count, counted.ends), (1, start() + MINUTE * 6));
}

async fn counting_starts_anew_when_told(rig: Rig) {
    let store = rig.open().await;
    let (alice, bob) = (Key::of_name(&["alice"]), Key::of_name(&["bob"]));
    for key in [alice, alice, bob] {
        store.count_up("failed", &key, MINUTE).await.unwrap();
    }
    store.count_up("mail", &alice, MINUTE).await.unwrap();
    store.count_anew("failed", &alice).await.unwrap();
    assert_eq!(store.count("failed", &alice).await.unwrap(), None);
    for (name, key) in [("failed", bob), ("mail", alice)] {
        assert_eq!(store.count(name, &key).await.unwrap().unwrap().count, 1);
    }
}

async fn the_sweep_takes_what_expired_and_so_much_at_a_time(rig: Rig) {
    let store = rig.open().await;
    for _ in 0..7 {
        store.put(&note(key(), "")).await.unwrap();
    }
    store.claim("totp", &key(), start() + MINUTE).await.unwrap();
    store.count_up("failed", &key(), MINUTE).await.unwrap();
    let stays = key();
    store
        .put(&Record::new(stays, Tally { count: 1 }, start() + MINUTE * 2))
        .await
        .unwrap();
    assert_eq!(store.sweep(100).await.unwrap(), 0, "nothing expired yet");
    rig.hand.advance(MINUTE);
    assert_eq!(store.sweep(4).await.unwrap(), 4);
    assert_eq!(store.sweep(4).await.unwrap(), 4);
    assert_eq!(store.sweep(4).await.unwrap(), 1);
    assert_eq!(store.sweep(4).await.unwrap(), 0);
    assert!(store.get::<Tally>(&stays).await.unwrap().is_some());
}
