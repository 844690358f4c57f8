//! Where answers may go: redirect URIs, compared byte for byte, and the answers that go there.

use super::params::query;
use crate::model::{Client, ClientKind};

/// How an answer travels back to the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// By a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

impl ResponseMode {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The word in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }
}

/// An answer to an authorization request, to be sent through the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Where to.
    pub redirect_uri: String,
    /// How.
    pub mode: ResponseMode,
    /// What: names and values.
    pub params: Vec<(&'static str, String)>,
}

impl Response {
    /// The URL to redirect to, for [`ResponseMode::Query`].
    #[must_use]
    pub fn location(&self) -> String {
        with_query(
            &self.redirect_uri,
            self.params.iter().map(|(name, value)| (*name, value.as_str())),
        )
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// `uri` with more parameters in its query. As text: the app knows its URI byte for byte, and reading a URL may change it.
pub(super) fn with_query<'a>(uri: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query = query(pairs);
    let separator = match uri.split_once('?') {
        _ if query.is_empty() => "",
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{query}")
}

/// Whether sign-in may return to `uri`: exactly as registered, or at another port of the loopback for an app on the person's
/// own machine, which cannot know its port beforehand (RFC 8252 §7.3).
#[must_use]
pub fn may_return(client: &Client, uri: &str) -> bool {
    let native = client.kind == ClientKind::Public;
    client
        .redirect_uris
        .iter()
        .any(|registered| registered == uri || (native && same_loopback(registered, uri)))
}

/// Whether logout may return to `uri`: exactly as registered.
#[must_use]
pub fn may_return_after_logout(client: &Client, uri: &str) -> bool {
    client
        .post_logout_redirect_uris
        .iter()
        .any(|registered| registered == uri)
}

fn same_loopback(registered: &str, uri: &str) -> bool {
    ["http://127.0.0.1", "http://[::1]"].iter().any(|host| {
        let path = |text: &str| text.strip_prefix(host).and_then(after_port).map(str::to_owned);
        path(registered).is_some_and(|own| path(uri) == Some(own))
    })
}

/// What stands behind an optional `:port`.
fn after_port(rest: &str) -> Option<&str> {
    let Some(port) = rest.strip_prefix(':') else {
        return matches!(rest.as_bytes().first(), None | Some(b'/' | b'?')).then_some(rest);
    };
    let end = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
    let (digits, path) = port.split_at(end);
    let is_port = !digits.starts_with('0') && digits.parse::<u16>().is_ok();
    (is_port && matches!(path.as_bytes().first(), None | Some(b'/' | b'?'))).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    fn client(kind: ClientKind, uri: &str) -> Client {
        Client {
            kind,
            redirect_uris: vec![uri.to_owned()],
            ..testing::client("app")
        }
    }

    #[test]
    fn row_01_a_redirect_uri_is_compared_byte_for_byte() {
        const OWN: &str = "https://app.example.org/cb?x=1";
        let client = client(ClientKind::Confidential, OWN);
        assert!(may_return(&client, OWN));
        for uri in [
            "",
            "https://app.example.org/cb",
            "https://app.example.org/cb?x=1&y=2",
            "https://app.example.org/cb?x=2",
            "https://app.example.org/cb/?x=1",
            "https://app.example.org/CB?x=1",
            "https://APP.example.org/cb?x=1",
            "HTTPS://app.example.org/cb?x=1",
            "http://app.example.org/cb?x=1",
            "https://app.example.org:443/cb?x=1",
            "https://app.example.org:8443/cb?x=1",
            "https://app.example.org./cb?x=1",
            "https://app.example.org/a/../cb?x=1",
            "https://app.example.org/%2e/cb?x=1",
            "https://app.example.org/%63b?x=1",
            "https://app.example.org/cb?x=1#",
            "https://app.example.org/cb?x=1#x",
            "https://me@app.example.org/cb?x=1",
            "https://app.example.org@evil.example/cb?x=1",
            "https://app.example.org\\@evil.example/cb?x=1",
            "https://evil.example/https://app.example.org/cb?x=1",
            "https://app.example.org/cb?x=1 ",
            "//app.example.org/cb?x=1",
            "/cb?x=1",
        ] {
            assert!(!may_return(&client, uri), "{uri:?}");
        }
    }

    #[test]
    fn row_02_only_the_port_of_the_loopback_may_vary_and_only_for_public_clients() {
        let check = |kind, own: &str, uri: &str, expect| {
            assert_eq!(may_return(&client(kind, own), uri), expect, "{own} {uri}");
        };
        let (public, secret) = (ClientKind::Public, ClientKind::Confidential);
        let own = "http://127.0.0.1/cb";
        check(public, own, "http://127.0.0.1:51234/cb", true);
        check(public, own, "http://127.0.0.1/cb", true);
        check(public, "http://127.0.0.1:8080/cb", "http://127.0.0.1:9/cb", true);
        check(public, "http://[::1]/cb", "http://[::1]:51234/cb", true);
        check(public, "http://127.0.0.1", "http://127.0.0.1:1", true);
        check(secret, own, "http://127.0.0.1:51234/cb", false);
        for uri in [
            "http://localhost:51234/cb",
            "http://127.0.0.2:51234/cb",
            "http://[::1]:51234/cb",
            "http://127.0.0.1:51234/cb2",
            "http://127.0.0.1:51234/cb?x",
            "http://127.0.0.1:51234",
            "https://127.0.0.1:51234/cb",
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:70000/cb",
            "http://127.0.0.1:080/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:1@evil.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.1@evil.example/cb",
        ] {
            check(public, own, uri, false);
        }
    }

    #[test]
    fn an_answer_is_added_to_the_query_that_is_there() {
        let location = |uri: &str| {
            let params = vec![("code", "a b".to_owned()), ("state", "-._~&=%\"é".to_owned())];
            let mode = ResponseMode::Query;
            let redirect_uri = uri.to_owned();
            Response {
                redirect_uri,
                mode,
                params,
            }
            .location()
        };
        let answer = "code=a+b&state=-._%7E%26%3D%25%22%C3%A9";
        for (uri, expect) in [
            ("https://a.example/cb", format!("https://a.example/cb?{answer}")),
            ("https://a.example/cb?", format!("https://a.example/cb?{answer}")),
            ("https://a.example/cb?x=1", format!("https://a.example/cb?x=1&{answer}")),
            ("com.example.app:/cb", format!("com.example.app:/cb?{answer}")),
        ] {
            assert_eq!(location(uri), expect);
        }
    }

    #[test]
    fn l08_nothing_is_added_when_there_is_nothing_to_say() {
        assert_eq!(with_query("https://a.example/bye", []), "https://a.example/bye");
    }
}
