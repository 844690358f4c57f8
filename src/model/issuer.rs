//! The OpenID Connect issuer: the public URL of the organisation's sign-in.

use std::fmt;

use url::{Host, Url};

/// The issuer, byte for byte as it is written: apps compare it so (OpenID Connect Discovery §4.3), while reading a URL and
/// writing it again may change it (`https://id.example.org` gains a slash).
#[derive(Clone, PartialEq, Eq)]
pub struct Issuer {
    text: Box<str>,
    url: Url,
}

/// Why a text is not an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// Not an absolute URL with a host.
    #[error("an issuer is a URL such as `https://id.example.org`")]
    Url,
    /// Neither https nor on this machine.
    #[error("an issuer uses https; plain http is for `localhost`, `127.0.0.1` and `[::1]` alone")]
    Scheme,
    /// With `?`, `#` or a user name (OpenID Connect Core §2, `iss`).
    #[error("an issuer has no `?`, `#` or user name")]
    Parts,
    /// With a slash at the end: every path below would get two.
    #[error("write the issuer without the slash at its end")]
    Slash,
    /// Written another way than a URL's normal form: apps that normalise it would see another issuer.
    #[error("write the issuer in its plain form: lower-case host, no default port, nothing escaped that need not be")]
    Form,
}

impl Issuer {
    /// Reads `https://host[:port][/path]`, or the same with http on the loopback.
    ///
    /// # Errors
    /// [`IssuerError`], the first fault found.
    pub fn parse(text: &str) -> Result<Self, IssuerError> {
        let url = Url::parse(text).map_err(|_| IssuerError::Url)?;
        let host = url.host().ok_or(IssuerError::Url)?;
        if url.scheme() != "https" && !(url.scheme() == "http" && on_loopback(&host)) {
            return Err(IssuerError::Scheme);
        }
        let named = !url.username().is_empty() || url.password().is_some();
        if named || url.query().is_some() || url.fragment().is_some() {
            return Err(IssuerError::Parts);
        }
        if text.ends_with('/') {
            return Err(IssuerError::Slash);
        }
        if url.as_str().trim_end_matches('/') != text {
            return Err(IssuerError::Form);
        }
        Ok(Self { text: text.into(), url })
    }

    /// The issuer as it is written: what stands in `iss`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The issuer taken apart.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Whether it is on this machine: for trying things out, never for an organisation.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.url.host().is_some_and(|host| on_loopback(&host))
    }
}

fn on_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_byte_for_byte() {
        for text in [
            "https://id.example.org",
            "https://id.example.org:8443/sso",
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
        ] {
            assert_eq!(Issuer::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_is_refused_and_why() {
        for (text, error) in [
            ("id.example.org", IssuerError::Url),
            ("mailto:a@example.org", IssuerError::Url),
            ("http://id.example.org", IssuerError::Scheme),
            ("ftp://localhost", IssuerError::Scheme),
            ("https://id.example.org?x", IssuerError::Parts),
            ("https://id.example.org#x", IssuerError::Parts),
            ("https://me@id.example.org", IssuerError::Parts),
            ("https://id.example.org/", IssuerError::Slash),
            ("https://ID.example.org", IssuerError::Form),
            ("https://id.example.org:443", IssuerError::Form),
            ("https://id.example.org/a/../b", IssuerError::Form),
            (" https://id.example.org", IssuerError::Form),
        ] {
            assert_eq!(Issuer::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn this_machine_is_known_by_any_of_its_names() {
        assert!(Issuer::parse("http://127.0.0.9:1").unwrap().is_loopback());
        assert!(!Issuer::parse("https://id.example.org").unwrap().is_loopback());
    }
}
