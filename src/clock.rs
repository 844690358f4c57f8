//! The time, as a value that is passed in.
//!
//! Everything that needs the time takes a [`Clock`], so every expiry can be tested at once. This is the only module that
//! reads the system clock.

use std::time::Duration;

use jiff::Timestamp;

/// Where a program gets the time from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Timestamp),
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

    /// The current time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
    pub fn now(&self) -> Timestamp {
        match self.0 {
            Source::System => Timestamp::now(),
            Source::Fixed(at) => at,
        }
    }

    /// Waits, for the few places where the other side gives no event to wait for.
    #[expect(clippy::disallowed_methods, reason = "the one place that waits")]
    pub fn sleep(&self, duration: Duration) {
        match self.0 {
            Source::System => std::thread::sleep(duration),
            Source::Fixed(_) => {}
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
    fn the_system_clock_is_after_this_was_written() {
        assert!(Clock::system().now().as_second() > 1_790_000_000);
    }
}
