//! Where a sign-in leads: to the app that asked for it, or home.
//!
//! The only thing that comes along is the id of the request that the app's way here left in the store. No address does, so there
//! is none to be tampered with.

use crate::store::Token;
use crate::web::app::Config;
use crate::web::error::PageError;
use crate::web::extract::Parameters;

/// The parameter that carries the id.
const PARAMETER: &str = "request";

/// What a sign-in is for.
#[derive(Clone, Debug, Default)]
pub struct Onward(Option<Token>);

impl Onward {
    /// Reads `?request=`.
    ///
    /// # Errors
    /// [`PageError::Malformed`] for something that isn't an id.
    pub fn read(query: &Parameters) -> Result<Self, PageError> {
        match query.get(PARAMETER) {
            None => Ok(Self(None)),
            Some(text) => match Token::parse(text) {
                Some(id) => Ok(Self(Some(id))),
                None => Err(PageError::Malformed("the request is not an id")),
            },
        }
    }

    /// The id of the request, if there is one.
    #[must_use]
    pub const fn request(&self) -> Option<&Token> {
        self.0.as_ref()
    }

    /// `path` of our own, keeping what the sign-in is for.
    #[must_use]
    pub fn path(&self, config: &Config, path: &str) -> String {
        let path = config.path(path);
        match &self.0 {
            None => path,
            Some(id) => format!("{path}?{PARAMETER}={}", id.expose()),
        }
    }

    /// Where to go when nothing is missing any more.
    #[must_use]
    pub fn after(&self, config: &Config) -> String {
        match &self.0 {
            None => config.path("/"),
            Some(_) => self.path(config, "/oidc/authorize/resume"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Issuer;

    #[test]
    fn row_03_nothing_but_an_id_of_ours_comes_along() {
        let config = Config {
            issuer: Issuer::parse("https://example.org/id").unwrap(),
        };
        let id = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let read = |query: &str| Onward::read(&Parameters::parse(query.as_bytes()).unwrap());
        let none = read("").unwrap();
        assert_eq!(
            (none.path(&config, "/login"), none.after(&config)),
            ("/id/login".into(), "/id/".into())
        );
        let some = read(&format!("request={id}")).unwrap();
        assert_eq!(some.path(&config, "/login"), format!("/id/login?request={id}"));
        assert_eq!(some.after(&config), format!("/id/oidc/authorize/resume?request={id}"));
        for bad in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            &format!("{id}A"),
        ] {
            assert!(read(&format!("request={bad}")).is_err(), "{bad}");
        }
    }
}
