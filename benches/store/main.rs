//! What the store costs: CPU of this process per operation, user and system, on both engines.
//!
//! `cargo bench --bench store` prints one row per operation; `docs/performance.md` says how to read them. PostgreSQL's own CPU
//! is not in the figure: it may be another host's.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]
#![expect(clippy::panic, reason = "a benchmark that cannot run has nothing to say")]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

#[path = "../../tests/it/support/postgres.rs"]
mod postgres;

use std::time::Duration;

use dockspace::clock::Clock;
use dockspace::store::{Key, Kind, Record, Store, StoreUrl, Token};
use jiff::Timestamp;
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// About what an access token's record says.
#[derive(Clone, Serialize, Deserialize)]
struct Access {
    client: String,
    scope: String,
    issued: i64,
}

impl Kind for Access {
    const NAME: &'static str = "access";
}

fn main() {
    let quick = !std::env::args().any(|argument| argument == "--bench");
    // `cargo test --benches` runs this too: a few operations prove that it works.
    let operations = if quick { 40 } else { 5_000 };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    println!("{:<44} {:>12} {:>12}", "operation", "CPU µs", "elapsed µs");
    runtime.block_on(async {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("store.sqlite");
        let url = StoreUrl::parse(&format!("sqlite:{}", file.display())).expect("a URL");
        measure("SQLite", &open(&url).await, operations).await;
        let server = postgres::Postgres::start("on");
        let url = StoreUrl::parse(&server.database().await).expect("a URL");
        measure("PostgreSQL", &open(&url).await, operations).await;
    });
}

async fn open(url: &StoreUrl) -> Store {
    Store::open(url, Clock::system()).await.expect("the store opens")
}

async fn measure(engine: &str, store: &Store, operations: usize) {
    let keys: Vec<Key> = (0..operations)
        .map(|_| Token::random().expect("random").key())
        .collect();
    for tasks in [1, 16] {
        let name = |what: &str| format!("{engine}, {what}, {tasks} at a time");
        each(&name("put"), store, &keys, tasks, |store, key| async move {
            store.put(&record(key)).await.expect("put");
        })
        .await;
        each(
            &name("put, of a person and a grant"),
            store,
            &keys,
            tasks,
            |store, key| async move {
                let key = Key::of_name(&[&key.to_text()]);
                store
                    .put(&record(key).about("0193c6f4-5c1e-7000-8000-000000000001").under(key))
                    .await
                    .expect("put");
            },
        )
        .await;
        each(&name("get"), store, &keys, tasks, |store, key| async move {
            store.get::<Access>(&key).await.expect("get").expect("there");
        })
        .await;
        each(&name("get and replace"), store, &keys, tasks, |store, key| async move {
            let mut record = store.get::<Access>(&key).await.expect("get").expect("there");
            record.payload.issued += 1;
            assert!(store.replace(&record).await.expect("replace"));
        })
        .await;
        each(&name("count"), store, &keys, tasks, |store, key| async move {
            store
                .count_up("sign-in", &key, Duration::from_secs(60))
                .await
                .expect("counted");
        })
        .await;
        each(&name("take"), store, &keys, tasks, |store, key| async move {
            store.take::<Access>(&key).await.expect("take").expect("there");
            store
                .delete_by_grant(&Key::of_name(&[&key.to_text()]))
                .await
                .expect("deleted");
        })
        .await;
    }
}

fn record(key: Key) -> Record<Access> {
    let payload = Access {
        client: "grafana".to_owned(),
        scope: "openid profile email".to_owned(),
        issued: 1_800_000_000,
    };
    Record::new(key, payload, Timestamp::MAX)
}

/// Does `operation` once for each key, in so many tasks, and prints what one cost.
async fn each<F>(
    name: &str,
    store: &Store,
    keys: &[Key],
    tasks: usize,
    operation: impl Fn(Store, Key) -> F + Copy + Send + 'static,
) where
    F: Future<Output = ()> + Send,
{
    let (cpu, start) = (spent(), Clock::system().now());
    let running: Vec<_> = keys
        .chunks(keys.len().div_ceil(tasks))
        .map(|keys| {
            let (store, keys) = (store.clone(), keys.to_vec());
            tokio::spawn(async move {
                for key in keys {
                    operation(store.clone(), key).await;
                }
            })
        })
        .collect();
    for task in running {
        task.await.expect("the task ends well");
    }
    let each = |seconds: f64| seconds * 1e6 / keys.len() as f64;
    let elapsed = Clock::system().now().duration_since(start).as_secs_f64();
    println!("{name:<44} {:>12.1} {:>12.1}", each(spent() - cpu), each(elapsed));
}

/// CPU seconds of this process, user and system.
fn spent() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("getrusage works");
    [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6)
        .sum()
}
