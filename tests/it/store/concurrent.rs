//! What many callers at once may not break. Each case runs from two stores on one database, as two replicas would; in memory
//! from one.

use std::future::Future;

use dockspace::store::{Key, Record, Store};
use jiff::Timestamp;

use super::on_every_engine;
use super::rig::{MINUTE, Note, Rig, Tally, key, note};

on_every_engine!(
    of_fifty_takers_one_takes,
    of_fifty_claims_one_counts,
    of_fifty_puts_one_stands,
    no_count_is_lost,
    no_replacement_is_lost,
    one_moves_the_revision_in_force,
);

/// What each of fifty who act at once is told.
async fn fifty<T, F>(rig: &Rig, store: &Store, act: impl Fn(Store, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let other = if rig.is_shared() {
        rig.open().await
    } else {
        store.clone()
    };
    let acting: Vec<_> = (0..50)
        .map(|at| tokio::spawn(act(if at % 2 == 0 { store.clone() } else { other.clone() }, at)))
        .collect();
    let mut told = Vec::new();
    for one in acting {
        told.push(one.await.unwrap());
    }
    told
}

fn yes(told: &[bool]) -> usize {
    told.iter().filter(|told| **told).count()
}

async fn of_fifty_takers_one_takes(rig: Rig) {
    let store = rig.open().await;
    let key = key();
    store.put(&note(key, "")).await.unwrap();
    let told = fifty(&rig, &store, move |store, _| async move {
        store.take::<Note>(&key).await.unwrap().is_some()
    })
    .await;
    assert_eq!(yes(&told), 1);
}

async fn of_fifty_claims_one_counts(rig: Rig) {
    let store = rig.open().await;
    let key = key();
    let claim = move |store: Store, _| async move { store.claim("totp", &key, Timestamp::MAX).await.unwrap() };
    assert_eq!(yes(&fifty(&rig, &store, claim).await), 1);
}

async fn of_fifty_puts_one_stands(rig: Rig) {
    let store = rig.open().await;
    let key = Key::of_name(&["alice", "grafana"]);
    let put = move |store: Store, at: usize| async move { store.put(&note(key, &at.to_string())).await.is_ok() };
    let told = fifty(&rig, &store, put).await;
    assert_eq!(yes(&told), 1);
    let stands = store.get::<Note>(&key).await.unwrap().unwrap().payload.0;
    assert!(told[stands.parse::<usize>().unwrap()], "whoever was told so");
}

async fn no_count_is_lost(rig: Rig) {
    let store = rig.open().await;
    let key = key();
    let count = move |store: Store, _| async move { store.count_up("failed", &key, MINUTE).await.unwrap().count };
    let mut told = fifty(&rig, &store, count).await;
    told.sort_unstable();
    assert_eq!(told, (1..=50).collect::<Vec<u64>>());
}

async fn no_replacement_is_lost(rig: Rig) {
    let store = rig.open().await;
    let key = key();
    store
        .put(&Record::new(key, Tally { count: 0 }, Timestamp::MAX))
        .await
        .unwrap();
    let add = move |store: Store, _| async move {
        loop {
            let mut record = store.get::<Tally>(&key).await.unwrap().unwrap();
            record.payload.count += 1;
            if store.replace(&record).await.unwrap() {
                break;
            }
        }
    };
    fifty(&rig, &store, add).await;
    assert_eq!(store.get::<Tally>(&key).await.unwrap().unwrap().payload.count, 50);
}

async fn one_moves_the_revision_in_force(rig: Rig) {
    let store = rig.open().await;
    for expected in [None, Some("1a")] {
        let next = if expected.is_none() { "1a" } else { "2b" };
        let told = fifty(&rig, &store, move |store, _| async move {
            store.set_in_force(expected, next).await.unwrap()
        })
        .await;
        assert_eq!(yes(&told), 1, "{expected:?}");
        assert_eq!(store.in_force().await.unwrap().as_deref(), Some(next));
    }
}
