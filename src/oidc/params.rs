//! The parameters of a request: a query or a form, read strictly.
//!
//! Each name once (RFC 6749 §3.1), no `a[b]=` structures that another program might read another way, UTF-8, and no value longer
//! than 4096 bytes. Empty values count as left out, unknown names are ignored. What is wrong doesn't stop the reading: an
//! authorization request is refused by a redirect, for which `redirect_uri` must be known first.

use std::collections::BTreeMap;

use url::form_urlencoded;

use super::Error;

/// The longest value in bytes; an ID token as a hint or a long `state` have room.
const LONGEST: usize = 4096;

/// Parameters by name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params {
    values: BTreeMap<Box<str>, Box<str>>,
    fault: Option<Error>,
}

impl Params {
    /// Reads `a=1&b=2`.
    ///
    /// ```
    /// use dockspace::oidc::{Error, Params};
    ///
    /// let params = Params::parse(b"scope=openid+email&state=x&state=y");
    /// assert_eq!(params.get("scope"), Some("openid email"));
    /// assert_eq!((params.get("state"), params.fault()), (None, Some(Error::RepeatedParameter)));
    /// ```
    #[must_use]
    pub fn parse(form: &[u8]) -> Self {
        let mut params = Self::default();
        let mut repeated = Vec::new();
        for (name, value) in form_urlencoded::parse(form) {
            match judge(&name, &value) {
                Err(fault) => params.blame(fault),
                Ok(()) if value.is_empty() => {}
                Ok(()) => {
                    if params
                        .values
                        .insert(name.as_ref().into(), value.as_ref().into())
                        .is_some()
                    {
                        repeated.push(name);
                    }
                }
            }
        }
        // Which of the two is meant is anybody's guess.
        for name in repeated {
            params.values.remove(name.as_ref());
            params.blame(Error::RepeatedParameter);
        }
        params
    }

    fn blame(&mut self, fault: Error) {
        self.fault.get_or_insert(fault);
    }

    /// A value; `None` when it is missing, empty or given twice.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(AsRef::as_ref)
    }

    /// The first thing that is wrong with the whole.
    #[must_use]
    pub const fn fault(&self) -> Option<Error> {
        self.fault
    }

    /// Refuses the whole for what is wrong with it.
    ///
    /// # Errors
    /// The first fault.
    pub fn faultless(self) -> Result<Self, Error> {
        self.fault.map_or(Ok(self), Err)
    }

    /// These parameters as a query again, for a redirect to ourselves.
    #[must_use]
    pub fn to_query(&self) -> String {
        query(self.values.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))
    }
}

/// Names and values as `application/x-www-form-urlencoded`.
pub(super) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn judge(name: &str, value: &str) -> Result<(), Error> {
    // Broken UTF-8 has been read as U+FFFD; nobody means to send that.
    let broken = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
    if broken(name) || broken(value) {
        Err(Error::MalformedParameter)
    } else if name.contains(['[', ']']) {
        Err(Error::StructuredParameter)
    } else if name.len() > LONGEST || value.len() > LONGEST {
        Err(Error::OversizedParameter)
    } else {
        Ok(())
    }
}

/// Values can be secrets.
impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Params").field(&self.values.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn row_29_repeats_structures_and_sizes() {
        let long = format!("state={}", "x".repeat(LONGEST));
        let longer = format!("{long}x");
        let check =
            |form: &str, fault: Option<Error>| assert_eq!(Params::parse(form.as_bytes()).fault(), fault, "{form}");
        check("", None);
        check("a=1&b=2&extra=foobar", None);
        check("a=&a=1", None);
        check("a=1&a=1", Some(Error::RepeatedParameter));
        check("a=1&b=2&%61=3", Some(Error::RepeatedParameter));
        check("a[b]=1", Some(Error::StructuredParameter));
        check("a%5B%5D=1", Some(Error::StructuredParameter));
        check("a=%ff", Some(Error::MalformedParameter));
        check("%ff=a", Some(Error::MalformedParameter));
        check(&long, None);
        check(&longer, Some(Error::OversizedParameter));
    }

    #[test]
    fn what_is_given_twice_is_not_taken_at_all() {
        let params = Params::parse(b"client_id=a&state=x&client_id=b&client_id=c");
        assert_eq!((params.get("client_id"), params.get("state")), (None, Some("x")));
        assert!(params.faultless().is_err());
    }

    #[test]
    fn a_secret_does_not_show() {
        let shown = format!("{:?}", Params::parse(b"client_secret=canary"));
        assert!(shown.contains("client_secret") && !shown.contains("canary"), "{shown}");
    }

    proptest! {
        #[test]
        fn row_30_any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let params = Params::parse(&bytes);
            prop_assert_eq!(Params::parse(params.to_query().as_bytes()).values, params.values);
        }
    }
}
