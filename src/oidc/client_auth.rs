//! Which app sends this request: authentication at the token endpoint and its siblings (RFC 6749 §2.3).
//!
//! An app authenticates in exactly one way, and in a way that its file lists. Secrets are random and 256 bits long, so their
//! SHA-256 is enough to keep; it is compared in constant time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::{Error, Params};
use crate::audit::ClientRefusal;
use crate::digest;
use crate::model::{Client, ClientAuth, ClientKind, Desired};

/// What a request says about its sender.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// The header `Authorization`, if there is one.
    pub authorization: Option<&'a str>,
    /// The body.
    pub params: &'a Params,
}

/// A request whose sender isn't who it says.
#[derive(Clone, Copy, Debug)]
pub struct Unproven<'d> {
    /// Who it says it is, if there is such an app.
    pub client: Option<&'d Client>,
    /// What the audit is told.
    pub why: ClientRefusal,
    /// What the sender is told: nobody learns which apps exist.
    pub error: Error,
}

/// The app that sent the request.
///
/// # Errors
/// [`Unproven`].
pub fn authenticate<'d>(desired: &'d Desired, presented: Presented<'_>) -> Result<&'d Client, Unproven<'d>> {
    let unproven = |client, why, error| Err(Unproven { client, why, error });
    let (id, secret, method) = match read(presented) {
        Ok(read) => read,
        Err(error) => return unproven(None, ClientRefusal::WrongMethod, error),
    };
    let client = desired
        .clients
        .get(id.as_str())
        .filter(|client| client.kind != ClientKind::ForwardAuth);
    let Some(client) = client else {
        return unproven(None, ClientRefusal::Unknown, Error::ClientUnknown);
    };
    let refusal = if !client.auth.contains(&method) {
        ClientRefusal::WrongMethod
    } else if method == ClientAuth::None || knows_secret(client, &secret) {
        return Ok(client);
    } else {
        ClientRefusal::WrongSecret
    };
    unproven(Some(client), refusal, Error::ClientUnknown)
}

fn knows_secret(client: &Client, secret: &str) -> bool {
    let presented = digest::sha256(secret.as_bytes());
    // Every one of them is compared: which of two fits is not to be told by the time.
    client.secret_sha256.iter().fold(false, |known, own| {
        known | digest::equal(own.as_bytes(), presented.as_bytes())
    })
}

fn read(presented: Presented<'_>) -> Result<(Zeroizing<String>, Zeroizing<String>, ClientAuth), Error> {
    let text = |text: &str| Zeroizing::new(text.to_owned());
    let (id, secret) = (presented.params.get("client_id"), presented.params.get("client_secret"));
    // Assertions (RFC 7521 §4.2) are a way to authenticate that nobody is registered for.
    if presented.params.get("client_assertion").is_some() || presented.params.get("client_assertion_type").is_some() {
        return Err(Error::ClientUnknown);
    }
    match (presented.authorization, secret) {
        (Some(_), Some(_)) => Err(Error::ClientTwice),
        (Some(header), None) => {
            let (basic, secret) = basic(header).ok_or(Error::ClientUnknown)?;
            if id.is_some_and(|id| id != basic.as_str()) {
                return Err(Error::ClientMismatch);
            }
            Ok((basic, secret, ClientAuth::SecretBasic))
        }
        (None, Some(secret)) => {
            let id = id.ok_or(Error::ClientUnknown)?;
            Ok((text(id), text(secret), ClientAuth::SecretPost))
        }
        (None, None) => {
            let id = id.ok_or(Error::ClientUnknown)?;
            Ok((text(id), Zeroizing::default(), ClientAuth::None))
        }
    }
}

/// `Basic base64(id:secret)`, both parts form-encoded (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(Zeroizing<String>, Zeroizing<String>)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
    let (id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<Zeroizing<String>> {
    if text.contains(['&', '=']) {
        // Nothing that was form-encoded has one; taken as it is.
        return Some(Zeroizing::new(text.to_owned()));
    }
    let (decoded, _) = form_urlencoded::parse(text.as_bytes()).next()?;
    Some(Zeroizing::new(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Grant, testing};

    fn organisation() -> Desired {
        let mut desired = testing::organisation();
        let mut add = |id: &str, kind, auth, secrets: &[&str]| {
            let mut client = testing::client(id);
            client.kind = kind;
            client.auth = vec![auth];
            client.secret_sha256 = secrets.iter().map(|secret| digest::sha256(secret.as_bytes())).collect();
            client.grants = vec![Grant::AuthorizationCode];
            desired.clients.insert(client.id.clone(), client);
        };
        add(
            "basic",
            ClientKind::Confidential,
            ClientAuth::SecretBasic,
            &["one", "tw&=o+:%"],
        );
        add("post", ClientKind::Confidential, ClientAuth::SecretPost, &["one"]);
        add("public", ClientKind::Public, ClientAuth::None, &[]);
        add("forward", ClientKind::ForwardAuth, ClientAuth::None, &[]);
        desired
    }

    fn header(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[track_caller]
    fn check(authorization: Option<&str>, form: &str, expect: Result<&str, Error>) {
        let desired = organisation();
        let params = Params::parse(form.as_bytes());
        let presented = Presented {
            authorization,
            params: &params,
        };
        let client = authenticate(&desired, presented).map(|client| client.id.as_str());
        let client = client.map_err(|unproven| unproven.error);
        assert_eq!(client, expect, "{authorization:?} {form}");
    }

    #[test]
    fn row_16_each_client_by_its_registered_method_alone() {
        let unknown = Err(Error::ClientUnknown);
        check(Some(&header("basic:one")), "", Ok("basic"));
        check(Some(&header("basic:one")), "client_id=basic", Ok("basic"));
        check(None, "client_id=post&client_secret=one", Ok("post"));
        check(None, "client_id=public", Ok("public"));
        check(Some(&header("post:one")), "", unknown);
        check(None, "client_id=basic&client_secret=one", unknown);
        check(None, "client_id=basic", unknown);
        check(None, "client_id=post", unknown);
        check(None, "client_id=public&client_secret=one", unknown);
        check(Some(&header("public:")), "", unknown);
        check(None, "client_id=forward", unknown);
        check(None, "client_id=nobody", unknown);
        check(None, "", unknown);
        check(None, "client_secret=one", unknown);
        check(None, "client_id=public&client_assertion=x", unknown);
    }

    #[test]
    fn row_16_two_ways_at_once_are_refused() {
        check(Some(&header("basic:one")), "client_secret=one", Err(Error::ClientTwice));
        check(Some(&header("basic:one")), "client_id=post", Err(Error::ClientMismatch));
    }

    #[test]
    fn row_17_either_secret_of_two_fits_and_no_other() {
        check(Some(&header("basic:tw%26%3Do%2B%3A%25")), "", Ok("basic"));
        for wrong in ["basic:", "basic:onE", "basic:one ", "basic:tw", "basic", ":one", ""] {
            check(Some(&header(wrong)), "", Err(Error::ClientUnknown));
        }
    }

    #[test]
    fn other_headers_are_no_authentication() {
        for wrong in [
            "",
            "Basic",
            "Basic ",
            "Basic !!!!",
            "Bearer x",
            "Basic /w==",
            "Digest a:b",
        ] {
            check(Some(wrong), "client_id=public", Err(Error::ClientUnknown));
        }
        let lower = header("basic:one").replace("Basic", "basic");
        check(Some(&lower), "", Ok("basic"));
    }
}
