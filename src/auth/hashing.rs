//! Where passwords are checked: on threads of their own, as many as there are cores, with a queue that ends.
//!
//! A check takes milliseconds of CPU. On the threads that serve requests it would stop every other request; without an end to the
//! queue, whoever sends many passwords would fill the memory and make everybody wait for minutes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

/// How many checks may wait for each core: about a second of work.
const QUEUE_PER_CORE: usize = 128;
/// How far these threads stand back behind those that serve requests, as `nice(1)` counts it: a request takes microseconds and
/// must not wait for its turn behind checks that take milliseconds each. Not further: the other programs of a busy host come
/// before them, too, each with three times their share.
const NICE: i32 = 5;

/// The queue before the threads. Clones share it; the threads end when the last one is gone.
#[derive(Clone, Debug)]
pub struct Hashing {
    queue: Sender<Check>,
    admitted: Arc<Semaphore>,
    done: Arc<AtomicU64>,
}

type Check = Box<dyn FnOnce() + Send>;

/// The queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

impl Hashing {
    /// One thread for each core.
    #[must_use]
    pub fn new() -> Self {
        Self::with(thread::available_parallelism().map_or(1, usize::from), QUEUE_PER_CORE)
    }

    fn with(cores: usize, queue_per_core: usize) -> Self {
        let (queue, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..cores {
            let waiting = Arc::clone(&waiting);
            let thread = thread::Builder::new().name("passwords".to_owned());
            if let Err(error) = thread.spawn(move || work(&waiting)) {
                tracing::error!(%error, "there is no thread to check passwords on");
            }
        }
        Self {
            queue,
            admitted: Arc::new(Semaphore::new(cores * (1 + queue_per_core))),
            done: Arc::default(),
        }
    }

    /// Runs `check`, which is to hash one password, once there is room.
    ///
    /// # Errors
    /// [`Busy`] when too many wait already.
    pub async fn run<T: Send + 'static>(&self, check: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| Busy)?;
        let done = Arc::clone(&self.done);
        let (answer, answered) = oneshot::channel();
        // The permit goes along: who stops waiting doesn't stop the work, which still takes its core.
        let check = move || {
            let result = check();
            done.fetch_add(1, Ordering::Relaxed);
            drop(admitted);
            // Nobody may wait any more.
            let _ = answer.send(result);
        };
        self.queue.send(Box::new(check)).map_err(|_| Busy)?;
        answered.await.map_err(|_| Busy)
    }

    /// How many checks were done: each is one hash, whether there is such a person or not.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }
}

/// What each thread does: one check after the other. The next is there when one is done, so no core waits in between.
fn work(waiting: &Mutex<Receiver<Check>>) {
    // On Linux this is the priority of this thread alone.
    let _ = rustix::process::setpriority_process(None, NICE);
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(check) = next else { return };
        // Who waits for a check that panicked is told so by the end of its channel.
        let _ = catch_unwind(AssertUnwindSafe(check));
    }
}

impl Default for Hashing {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn row_42_work_goes_on_until_the_queue_is_full() {
        let hashing = Hashing::with(1, 1);
        let (release, held) = mpsc::channel::<()>();
        let (begun, first_runs) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let hashing = hashing.clone();
            async move {
                let work = move || {
                    begun.send(()).unwrap();
                    held.recv().unwrap();
                    1
                };
                hashing.run(work).await
            }
        });
        first_runs.await.unwrap();
        let mut second = Box::pin(hashing.run(|| 2));
        tokio::select! {
            biased;
            _ = &mut second => panic!("there is one core"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(hashing.run(|| 3).await, Err(Busy), "one runs, one waits, no third");
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(1));
        assert_eq!(second.await, Ok(2));
        assert_eq!(hashing.run(|| 4).await, Ok(4), "there is room again");
        assert_eq!(hashing.done(), 3);
    }
}
