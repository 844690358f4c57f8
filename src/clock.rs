//! The time, as a value that is passed in.
//!
//! Everything that needs the time takes a [`Clock`], so every expiry can be tested at once. This is the only module that
//! reads the system clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// Where a program gets the time from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Timestamp),
    Hand(Hand),
}

/// The hand that moves a [`Clock::by_hand`]. Every clone moves the same clock.
#[derive(Clone, Debug)]
pub struct Hand(Arc<Mutex<Timestamp>>);

impl Hand {
    /// Moves the clock to `at`, which may be earlier.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Moves the clock on by `duration`; past the end of time it stays there.
    pub fn advance(&self, duration: Duration) {
        let later = self.now().saturating_add(duration).unwrap_or(Timestamp::MAX);
        self.set(later);
    }

    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock {
    /// The clock of this machine.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `at`, for tests and reproducible commits.
    #[must_use]
    pub const fn fixed(at: Timestamp) -> Self {
        Self(Source::Fixed(at))
    }

    /// A clock that starts at `at` and moves only by its hand, for tests of what expires.
    #[must_use]
    pub fn by_hand(at: Timestamp) -> (Self, Hand) {
        let hand = Hand(Arc::new(Mutex::new(at)));
        (Self(Source::Hand(hand.clone())), hand)
    }

    /// The current time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Fixed(at) => *at,
            Source::Hand(hand) => hand.now(),
        }
    }

    /// Waits, for the few places where the other side gives no event to wait for.
    #[expect(clippy::disallowed_methods, reason = "the one place that waits")]
    pub fn sleep(&self, duration: Duration) {
        match self.0 {
            Source::System => std::thread::sleep(duration),
            Source::Fixed(_) | Source::Hand(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still() {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        clock.sleep(Duration::from_secs(3600));
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn a_clock_moved_by_hand_moves_in_every_clone() {
        let (clock, hand) = Clock::by_hand(Timestamp::UNIX_EPOCH);
        let clone = clock.clone();
        hand.advance(Duration::from_secs(60));
        assert_eq!(clock.now().as_second(), 60);
        assert_eq!(clone.now().as_second(), 60);
        hand.set(Timestamp::MAX);
        hand.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[test]
    fn the_system_clock_is_after_this_was_written() {
        assert!(Clock::system().now().as_second() > 1_790_000_000);
    }
}
