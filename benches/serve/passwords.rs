//! Password checks at saturation: how near they come to hashing alone, and who else has to wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dockspace::auth::password;
use dockspace::clock::Clock;
use dockspace::seal::Secret;
use tokio::task::JoinSet;

use crate::app::{App, Endpoints, Operation, PASSWORD};
use crate::load::{PEOPLE, percentile, timed};
use crate::organisation::{password_hash, username};
use crate::process::Process;

/// Sign-ins at once: far more than there are cores. They are fewer than there are people, so that nobody signs in twice at once.
const AT_ONCE: usize = 32;

/// Prints the rates, and how long discovery took meanwhile.
pub(crate) async fn measure(server: &Process, quick: bool) {
    let times = if quick { 40 } else { 4_000 };
    let bare = bare(times);
    let endpoints = Endpoints::of(&server.url).await;
    let mut probe = App::new(&endpoints);
    let mut alone = Vec::new();
    for _ in 0..times.min(1_000) {
        alone.push(timed(probe.perform(Operation::Discovery, "", 0)).await);
    }
    let cpu = server.cpu();
    let start = Clock::system().now();
    let next = Arc::new(AtomicUsize::new(0));
    let mut running = JoinSet::new();
    for _ in 0..AT_ONCE {
        running.spawn(sign_in(App::new(&endpoints), Arc::clone(&next), times));
    }
    let mut meanwhile = Vec::new();
    while next.load(Ordering::Relaxed) < times {
        meanwhile.push(timed(probe.perform(Operation::Discovery, "", 0)).await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("the task ends well");
    }
    let rate = times as f64 / Clock::system().now().duration_since(start).as_secs_f64();
    let cpu = (server.cpu() - cpu) / times as f64;
    println!(
        "password checks: {rate:.0} a second; hashing alone {bare:.0}; {:.2} of it; {:.0} µs CPU each",
        rate / bare,
        cpu * 1e6
    );
    for (when, values) in [("alone", &mut alone), ("meanwhile", &mut meanwhile)] {
        let [half, p99] = [50, 99].map(|percent| percentile(values, percent) * 1e6);
        println!("discovery {when}: p50 {half:.0} µs, p99 {p99:.0} µs");
    }
}

async fn sign_in(mut app: App, next: Arc<AtomicUsize>, times: usize) {
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        if n >= times {
            return;
        }
        app.perform(Operation::Password, &username(n % PEOPLE), n % PEOPLE)
            .await;
    }
}

/// How many of our hashes all cores check in a second.
fn bare(times: usize) -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (hash, typed) = (password_hash(), Secret::from(PASSWORD));
    let start = Clock::system().now();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| (0..times / cores).for_each(|_| assert!(password::verify(&typed, &hash))));
        }
    });
    (times / cores * cores) as f64 / Clock::system().now().duration_since(start).as_secs_f64()
}
