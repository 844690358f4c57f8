//! The store's promises, held by both engines.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, Kind, Record, Store, StoreUrl, Token};
use crate::clock::{Clock, Hand};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note(String);

impl Kind for Note {
    const NAME: &'static str = "note";
}

const MINUTE: Duration = Duration::from_secs(60);

fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

async fn memory() -> (Store, Hand) {
    let (clock, hand) = Clock::by_hand(start());
    (Store::open(&StoreUrl::memory(), clock).await.unwrap(), hand)
}

fn note(key: Key, text: &str) -> Record<Note> {
    Record::new(key, Note(text.to_owned()), start() + MINUTE)
}

#[tokio::test]
async fn a_record_is_found_replaced_and_taken_once() {
    let (store, hand) = memory().await;
    let key = Token::random().unwrap().key();
    store.put(&note(key, "one").about("alice").under(key)).await.unwrap();
    let mut record = store.get::<Note>(&key).await.unwrap().unwrap();
    assert_eq!(
        (record.payload.0.as_str(), record.subject.as_deref(), record.grant),
        ("one", Some("alice"), Some(key))
    );
    assert_eq!((record.created(), record.expires), (start(), start() + MINUTE));
    record.payload.0 = "two".to_owned();
    assert!(store.replace(&record).await.unwrap());
    assert!(!store.replace(&record).await.unwrap(), "its version has passed");
    hand.advance(MINUTE / 2);
    assert_eq!(store.take::<Note>(&key).await.unwrap().unwrap().payload.0, "two");
    assert_eq!(store.take::<Note>(&key).await.unwrap(), None);
}
