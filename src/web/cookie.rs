//! The cookies: which there are, and with what attributes.
//!
//! `__Host-` binds a cookie to this host, to https and to the whole of it (RFC 6265bis section 4.1.3.2). A browser takes such a
//! name by https alone, so a server that is tried out on this machine by plain http uses the name without it.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::app::Config;
use crate::seal::Secret;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Of somebody who is signed in.
    Session,
    /// Of somebody who has begun to sign in. It is good for finishing that, and for nothing else.
    SignIn,
}

impl Name {
    fn text(self, config: &Config) -> &'static str {
        match (self, config.is_https()) {
            (Self::Session, true) => "__Host-dockspace",
            (Self::Session, false) => "dockspace",
            (Self::SignIn, true) => "__Host-dockspace-signin",
            (Self::SignIn, false) => "dockspace-signin",
        }
    }
}

/// What the browser sent, if it sent it.
#[must_use]
pub fn read(headers: &HeaderMap, config: &Config, name: Name) -> Option<Secret<String>> {
    named(headers, name.text(config)).map(Into::into)
}

/// The value of the cookie `name`, byte for byte. Nothing is decoded: to a browser `%5F_Host-x` is no `__Host-` name, so any site
/// of the same domain may set it, and it must not be taken for one here.
pub(super) fn named<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let mut pairs = pairs.filter_map(|pair| pair.trim_matches(' ').split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value)
}

/// Sets a cookie for `life`.
pub fn set(headers: &mut HeaderMap, config: &Config, name: Name, value: &Secret<String>, life: Duration) {
    send(headers, config, name, value.expose(), life);
}

/// Removes a cookie.
pub fn clear(headers: &mut HeaderMap, config: &Config, name: Name) {
    send(headers, config, name, "", Duration::ZERO);
}

fn send(headers: &mut HeaderMap, config: &Config, name: Name, value: &str, life: Duration) {
    let mut cookie = Cookie::new(name.text(config), value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_secure(config.is_https());
    cookie.set_same_site(SameSite::Lax);
    let text = format!("{cookie}; Max-Age={}", life.as_secs());
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Issuer;

    fn config(issuer: &str) -> Config {
        Config {
            issuer: Issuer::parse(issuer).unwrap(),
        }
    }

    #[track_caller]
    fn check(issuer: &str, name: Name, expect: &str) {
        let mut headers = HeaderMap::new();
        let (config, value) = (config(issuer), Secret::from("abc"));
        set(&mut headers, &config, name, &value, Duration::from_secs(60));
        assert_eq!(headers[header::SET_COOKIE], expect);
    }

    #[test]
    fn row_37_cookies_are_bound_to_host_https_and_this_site() {
        check(
            "https://id.example.org/base",
            Name::Session,
            "__Host-dockspace=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60",
        );
        check(
            "http://localhost:8000",
            Name::SignIn,
            "dockspace-signin=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60",
        );
    }

    #[test]
    fn a_cookie_is_read_by_its_whole_name() {
        let config = config("https://id.example.org");
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("dockspace=plain; __Host-dockspace-signin=two; __Host-dockspace=one"),
        );
        let read = |name| read(&headers, &config, name).map(|value| value.expose().clone());
        assert_eq!(read(Name::Session).as_deref(), Some("one"));
        assert_eq!(read(Name::SignIn).as_deref(), Some("two"));
        headers.clear();
        assert!(super::read(&headers, &config, Name::Session).is_none());
    }

    #[test]
    fn row_37_a_name_that_is_only_written_like_ours_is_another() {
        let config = config("https://id.example.org");
        for text in [
            "%5F_Host-dockspace=evil",
            "%5f%5fHost-dockspace=evil",
            "__host-dockspace=evil",
            "__Host-dockspace =evil",
            "\t__Host-dockspace=evil",
            "x=\"__Host-dockspace=evil\"",
            "__Host-dockspace",
        ] {
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, HeaderValue::from_static(text));
            assert!(read(&headers, &config, Name::Session).is_none(), "{text}");
            headers.append(header::COOKIE, HeaderValue::from_static("a=b; __Host-dockspace=own"));
            let own = read(&headers, &config, Name::Session).map(|value| value.expose().clone());
            assert_eq!(own.as_deref(), Some("own"), "{text}");
        }
    }
}
