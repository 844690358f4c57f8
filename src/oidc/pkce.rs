//! Proof Key for Code Exchange (RFC 7636): whoever redeems a code must be who asked for it.
//!
//! Only S256. `plain` would show the verifier to whoever sees the request.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{Error, Params};
use crate::digest;
use crate::model::{Client, Pkce};

/// A code challenge: the base64url of SHA-256 over the verifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge(Box<str>);

impl Challenge {
    /// The challenge of an authorization request; `None` where the client may do without and does.
    ///
    /// # Errors
    /// When it is missing, not S256, or no SHA-256.
    pub fn read(params: &Params, client: &Client) -> Result<Option<Self>, Error> {
        let Some(challenge) = params.get("code_challenge") else {
            let needed = client.pkce == Pkce::Required || params.get("code_challenge_method").is_some();
            return if needed { Err(Error::NoChallenge) } else { Ok(None) };
        };
        // Left out, the method is `plain` (RFC 7636 §4.3).
        if params.get("code_challenge_method") != Some("S256") {
            return Err(Error::ChallengeMethod);
        }
        let is_digest = URL_SAFE_NO_PAD.decode(challenge).is_ok_and(|bytes| bytes.len() == 32);
        if is_digest {
            Ok(Some(Self(challenge.into())))
        } else {
            Err(Error::ChallengeSyntax)
        }
    }
}

/// Whether the verifier of a token request fits the challenge that its code was bound to.
///
/// # Errors
/// When it doesn't, is missing, or answers a challenge that was never made: a downgrade (RFC 9700 §4.8.2).
pub fn verify(challenge: Option<&Challenge>, verifier: Option<&str>) -> Result<(), Error> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Error::VerifierUnasked),
        (Some(_), None) => Err(Error::VerifierMissing),
        (Some(challenge), Some(verifier)) => {
            let fits =
                is_verifier(verifier) && digest::equal(challenge_of(verifier).as_bytes(), challenge.0.as_bytes());
            if fits { Ok(()) } else { Err(Error::VerifierWrong) }
        }
    }
}

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::sha256(verifier.as_bytes()).as_bytes())
}

/// 43 to 128 unreserved characters (RFC 7636 §4.1).
fn is_verifier(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn client(pkce: Pkce) -> Client {
        Client {
            pkce,
            ..testing::client("app")
        }
    }

    #[test]
    fn row_05_only_s256_is_taken_and_required_by_default() {
        let check = |pkce, form: &str, expect: Result<bool, Error>| {
            let read = Challenge::read(&Params::parse(form.as_bytes()), &client(pkce));
            assert_eq!(read.map(|challenge| challenge.is_some()), expect, "{form}");
        };
        let good = format!("code_challenge={CHALLENGE}&code_challenge_method=S256");
        check(Pkce::Required, &good, Ok(true));
        check(Pkce::Optional, &good, Ok(true));
        check(Pkce::Required, "", Err(Error::NoChallenge));
        check(Pkce::Optional, "", Ok(false));
        check(Pkce::Optional, "code_challenge_method=S256", Err(Error::NoChallenge));
        for method in ["", "&code_challenge_method=plain", "&code_challenge_method=s256"] {
            let form = format!("code_challenge={CHALLENGE}{method}");
            check(Pkce::Optional, &form, Err(Error::ChallengeMethod));
        }
        for text in [&CHALLENGE[1..], "=", &CHALLENGE.replace('-', "+")] {
            let form = format!("code_challenge_method=S256&code_challenge={text}");
            check(Pkce::Required, &form, Err(Error::ChallengeSyntax));
        }
    }

    #[test]
    fn row_06_the_verifier_must_fit_and_may_not_come_uninvited() {
        let challenge = Challenge(CHALLENGE.into());
        let check = |asked: bool, verifier: Option<&str>, expect| {
            assert_eq!(verify(asked.then_some(&challenge), verifier), expect, "{verifier:?}");
        };
        check(true, Some(VERIFIER), Ok(()));
        check(false, None, Ok(()));
        check(true, None, Err(Error::VerifierMissing));
        check(false, Some(VERIFIER), Err(Error::VerifierUnasked));
        check(true, Some(CHALLENGE), Err(Error::VerifierWrong));
        let other = VERIFIER.replace('d', "e");
        check(true, Some(&other), Err(Error::VerifierWrong));
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        for (text, expect) in [
            ("a".repeat(42), false),
            ("a".repeat(43), true),
            ("-._~".repeat(32), true),
            ("a".repeat(129), false),
            ("+".repeat(43), false),
        ] {
            assert_eq!(is_verifier(&text), expect, "{text}");
            let challenge = Challenge(challenge_of(&text).into());
            assert_eq!(verify(Some(&challenge), Some(&text)).is_ok(), expect, "{text}");
        }
    }
}
