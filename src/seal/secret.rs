//! A value that can't be printed.

use std::fmt;

use zeroize::Zeroize;

use crate::digest;

/// A value that is shown only where code says `expose`, and wiped from memory when it is dropped.
///
/// It implements neither `Display` nor `Serialize`, so it can't end up in a message, a log line or a file by accident.
///
/// ```
/// use dockspace::seal::Secret;
///
/// let password = Secret::from("correct horse");
/// assert_eq!(format!("{password:?}"), "Secret(…)");
/// assert_eq!(password.expose(), "correct horse");
/// ```
#[derive(Clone)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Hides `value`.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Whoever calls this answers for where it goes.
    #[must_use]
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self(value.into())
    }
}

/// Compares in time that depends on the lengths alone.
impl PartialEq for Secret<String> {
    fn eq(&self, other: &Self) -> bool {
        digest::equal(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl Eq for Secret<String> {}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    struct Witness(Rc<Cell<u32>>);

    impl Zeroize for Witness {
        fn zeroize(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[test]
    fn it_is_wiped_when_dropped() {
        let wiped = Rc::new(Cell::new(0));
        let secret = Secret::new(Witness(Rc::clone(&wiped)));
        assert_eq!(wiped.get(), 0);
        drop(secret);
        assert_eq!(wiped.get(), 1);
    }

    #[test]
    fn it_is_not_shown_even_inside_something_that_is() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "read by Debug alone")]
        struct User {
            password: Secret<String>,
        }
        let shown = format!(
            "{:#?}",
            User {
                password: "canary-4711".into()
            }
        );
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn two_are_equal_when_their_values_are() {
        assert_eq!(Secret::from("a"), Secret::from("a"));
        assert_ne!(Secret::from("a"), Secret::from("b"));
    }
}
