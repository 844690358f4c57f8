//! Addresses that the server sends people or requests to.

use url::{Host, Url};

use crate::model::ClientKind;

/// Whether `text` may be a redirect URI, which is later compared byte for byte.
///
/// # Errors
/// What is wrong with it.
pub(super) fn redirect(text: &str, kind: ClientKind) -> Result<(), &'static str> {
    let url = plain(text)?;
    match url.scheme() {
        "https" | "http" => web(&url),
        // RFC 8252 §7.1: a domain name of the app's maker, backwards.
        scheme if scheme.contains('.') => match kind {
            ClientKind::Public if url.host_str().is_none_or(|host| !host.is_empty()) => Ok(()),
            ClientKind::Public => Err("behind the scheme stands a path, such as `com.example.app:/callback`"),
            ClientKind::Confidential | ClientKind::ForwardAuth => Err("a scheme of its own is for public clients"),
        },
        _ => Err("it starts with `https://`, or with a scheme of the app's own that has a dot in it"),
    }
}

/// Takes a URL of the app itself: a page, or where it is called.
///
/// # Errors
/// What is wrong with it.
pub(super) fn of_app(text: &str) -> Result<Url, &'static str> {
    let url = plain(text)?;
    web(&url)?;
    Ok(url)
}

/// https, or http to this very machine. `localhost` is a name that may lead elsewhere (RFC 8252 §8.3).
fn web(url: &Url) -> Result<(), &'static str> {
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback => Ok(()),
        "http" => Err("write https; http is for 127.0.0.1 and [::1] alone"),
        _ => Err("it starts with `https://`"),
    }
}

/// What holds for every URL: nothing in it that two programs may read differently.
fn plain(text: &str) -> Result<Url, &'static str> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("only printable ASCII may stand in it, and no blanks");
    }
    for (bad, says) in [
        (
            '*',
            "a wildcard would let anybody's page receive the code; list each URL",
        ),
        ('#', "it has no fragment: a fragment never reaches the app's server"),
        ('\\', "a backslash is read as a slash by some browsers"),
    ] {
        if text.contains(bad) {
            return Err(says);
        }
    }
    let path = text
        .split('?')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .replace("%2e", ".");
    if path.split('/').any(|step| step == "..") {
        return Err("`..` leads out of the path that was reviewed");
    }
    let url = Url::parse(text).map_err(|_| "this is not a URL")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("no user name may stand in it");
    }
    // `url` writes scheme and host in lower case, numbers of hosts in full and no default port: so must the file.
    let start = if url.has_host() {
        url[..url::Position::BeforePath].to_owned()
    } else {
        format!("{}:", url.scheme())
    };
    if !text.starts_with(&start) || !matches!(text.as_bytes().get(start.len()), None | Some(b'/' | b'?')) {
        return Err("write scheme and host in lower case and without the default port");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris() {
        // text, confidential, public
        let table = [
            ("https://grafana.example.org/login/generic_oauth", true, true),
            ("https://grafana.example.org", true, true),
            ("https://grafana.example.org:8443/cb?x=1&y=%20", true, true),
            ("https://grafana.example.org/a..b/.x", true, true),
            ("http://127.0.0.1/cb", true, true),
            ("http://127.0.0.1:8080/cb", true, true),
            ("http://[::1]:8080/cb", true, true),
            ("com.example.app:/callback", false, true),
            ("com.example.app:/", false, true),
            ("http://localhost/cb", false, false),
            ("http://grafana.example.org/cb", false, false),
            ("http://127.0.0.1.example.org/cb", false, false),
            ("http://127.1/cb", false, false),
            ("http://0x7f000001/cb", false, false),
            ("https://*.example.org/cb", false, false),
            ("https://example.org/*", false, false),
            ("https://example.org/cb#x", false, false),
            ("https://example.org/cb#", false, false),
            ("https://alice@example.org/cb", false, false),
            ("https://alice:x@example.org/cb", false, false),
            ("https://@example.org/cb", false, false),
            ("https://example.org/a/../cb", false, false),
            ("https://example.org/a/%2E%2e/cb", false, false),
            ("https://example.org/a/..", false, false),
            ("https://example.org\\@evil.example/cb", false, false),
            ("https://example.org/a b", false, false),
            ("https://example.org/\u{e4}", false, false),
            ("https://b\u{fc}cher.example/cb", false, false),
            ("https://Example.org/cb", false, false),
            ("HTTPS://example.org/cb", false, false),
            ("https://example.org:443/cb", false, false),
            ("https:example.org/cb", false, false),
            ("https:///example.org/cb", false, false),
            ("https://", false, false),
            ("//example.org/cb", false, false),
            ("/cb", false, false),
            ("", false, false),
            ("myapp:/cb", false, false),
            ("javascript:alert(1)", false, false),
            ("data:text/html,x", false, false),
            ("com.example.app:cb", false, false),
            ("com.example.app://alice@host/cb", false, false),
            ("urn:ietf:wg:oauth:2.0:oob", false, false),
        ];
        for (text, confidential, public) in table {
            assert_eq!(
                redirect(text, ClientKind::Confidential).is_ok(),
                confidential,
                "{text:?} confidential"
            );
            assert_eq!(redirect(text, ClientKind::Public).is_ok(), public, "{text:?} public");
        }
    }

    #[test]
    fn urls_of_the_app() {
        assert!(of_app("https://app.example.org/logout").is_ok());
        assert!(of_app("http://127.0.0.1:9000/logout").is_ok());
        for bad in [
            "http://app.example.org/",
            "com.example.app:/x",
            "https://app.example.org/#x",
            "app.example.org",
        ] {
            assert!(of_app(bad).is_err(), "{bad}");
        }
    }
}
