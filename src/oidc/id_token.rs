//! ID tokens: made for apps, and read again as hints (OpenID Connect Core §2, §3.1.3.6).

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AdditionalClaims, Audience, AuthenticationContextClass, AuthenticationMethodReference,
    AuthorizationCode, ClientId, IdToken, IdTokenClaims, IdTokenVerifier, IssuerUrl, Nonce, StandardClaims,
    SubjectIdentifier,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::keys::ring::{Keyring, SigningKey};
use super::{Acr, Error};
use crate::model::Issuer;

/// How long an ID token is good for.
pub const LIFE: SignedDuration = SignedDuration::from_mins(10);

type Token = IdToken<Further, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// The claims that openidconnect has no name for.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Further {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(flatten)]
    person: Map<String, Value>,
}

impl AdditionalClaims for Further {}

/// What an ID token says.
#[derive(Debug)]
pub struct Statement<'a> {
    /// Whose word it is.
    pub issuer: &'a Issuer,
    /// To whom: `aud` and `azp`.
    pub client: &'a str,
    /// About whom.
    pub subject: &'a str,
    /// The `nonce` of the request, byte for byte.
    pub nonce: Option<&'a str>,
    /// The session at this app.
    pub sid: Option<&'a str>,
    /// When the person last proved to be the person.
    pub authenticated_at: Timestamp,
    /// How well.
    pub acr: Acr,
    /// By what.
    pub amr: &'a [String],
    /// Further claims about the person.
    pub person: Map<String, Value>,
    /// Now.
    pub issued: Timestamp,
    /// The access token issued along with it, for `at_hash`.
    pub access_token: &'a str,
    /// The code it is issued for, for `c_hash`.
    pub code: Option<&'a str>,
}

impl Statement<'_> {
    /// Signs it.
    ///
    /// # Errors
    /// [`Error::Internal`] when it cannot be signed.
    pub fn sign(self, key: &SigningKey) -> Result<String, Error> {
        let text = |text: &str| text.to_owned();
        let issuer = IssuerUrl::new(text(self.issuer.as_str())).map_err(|_| Error::Internal)?;
        let standard = StandardClaims::new(SubjectIdentifier::new(text(self.subject)));
        let further = Further {
            sid: self.sid.map(text),
            person: self.person,
        };
        let amr = self
            .amr
            .iter()
            .cloned()
            .map(AuthenticationMethodReference::new)
            .collect();
        let claims = IdTokenClaims::new(
            issuer,
            vec![Audience::new(text(self.client))],
            SystemTime::from(self.issued + LIFE).into(),
            SystemTime::from(self.issued).into(),
            standard,
            further,
        )
        .set_auth_time(Some(SystemTime::from(self.authenticated_at).into()))
        .set_auth_context_ref(Some(AuthenticationContextClass::new(text(self.acr.as_str()))))
        .set_auth_method_refs(Some(amr))
        .set_authorized_party(Some(ClientId::new(text(self.client))))
        .set_nonce(self.nonce.map(|nonce| Nonce::new(text(nonce))));
        let access_token = AccessToken::new(text(self.access_token));
        let code = self.code.map(|code| AuthorizationCode::new(text(code)));
        let token = Token::new(claims, key, key.jws_alg(), Some(&access_token), code.as_ref());
        Ok(token.map_err(|_| Error::Internal)?.to_string())
    }
}

/// What an `id_token_hint` says, once it is known to be ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// To whom it was given.
    pub client: String,
    /// About whom.
    pub subject: String,
}

/// Verifies ID tokens of our own.
#[derive(Debug)]
pub struct HintReader {
    issuer: IssuerUrl,
    keys: CoreJsonWebKeySet,
}

impl HintReader {
    /// A reader for the keys of `ring`; `None` when the public parts are no keys, which loading has ruled out.
    #[must_use]
    pub fn new(issuer: &Issuer, ring: &Keyring) -> Option<Self> {
        Some(Self {
            issuer: IssuerUrl::new(issuer.as_str().to_owned()).ok()?,
            keys: serde_json::from_value(ring.jwks()).ok()?,
        })
    }

    /// Reads a hint. It may have expired: that is usual at logout (OpenID Connect RP-Initiated Logout §2). The algorithm is
    /// looked up by the key, never taken on the word of the token; a logout token or an unsigned one is none.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Hint> {
        let token: Token = text.parse().ok()?;
        // The audience is what we want to know, and the time does not matter.
        let verifier =
            IdTokenVerifier::new_public_client(ClientId::new(String::new()), self.issuer.clone(), self.keys.clone())
                .set_allowed_algs(Keyring::verifying_algs())
                .require_audience_match(false)
                .set_time_fn(|| SystemTime::UNIX_EPOCH.into());
        let claims = token.claims(&verifier, |_: Option<&Nonce>| Ok(())).ok()?;
        let [audience] = claims.audiences().as_slice() else {
            return None;
        };
        Some(Hint {
            client: audience.as_str().to_owned(),
            subject: claims.subject().as_str().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::digest;
    use crate::model::{Desired, KeyState, SigningAlg, testing};
    use crate::oidc::keys::ring::tests::key;
    use crate::seal::Identity;

    fn ring(alg: SigningAlg) -> Keyring {
        let identity = Identity::generate();
        let mut desired: Desired = testing::organisation();
        let key = key("k1", alg, KeyState::Active, &identity);
        desired.keys.insert(key.id.clone(), key);
        Keyring::open(&desired, &identity).0
    }

    fn issuer() -> Issuer {
        Issuer::parse("https://id.example.org").unwrap()
    }

    fn signed(ring: &Keyring, alg: SigningAlg, person: Value) -> String {
        let Value::Object(person) = person else { panic!() };
        let statement = Statement {
            issuer: &issuer(),
            client: "app",
            subject: "id-alice",
            nonce: Some("n-._~"),
            sid: Some("s1"),
            authenticated_at: Timestamp::from_second(1_790_000_000).unwrap(),
            acr: Acr::SecondFactor,
            amr: &["pwd".to_owned(), "otp".to_owned()],
            person,
            issued: Timestamp::from_second(1_790_000_100).unwrap(),
            access_token: "at",
            code: Some("co"),
        };
        statement.sign(ring.signing(alg).unwrap()).unwrap()
    }

    fn part(token: &str, at: usize) -> Value {
        let part = token.split('.').nth(at).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    fn half_hash(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(&digest::sha256(text.as_bytes()).as_bytes()[..16])
    }

    #[test]
    fn b01_it_says_what_the_standard_wants_and_nothing_empty() {
        let ring = ring(SigningAlg::Rs256);
        let token = signed(&ring, SigningAlg::Rs256, json!({ "groups": ["ops"] }));
        assert_eq!(part(&token, 0), json!({ "alg": "RS256", "kid": "k1" }));
        assert_eq!(
            part(&token, 1),
            json!({
                "iss": "https://id.example.org", "aud": ["app"], "azp": "app", "sub": "id-alice", "nonce": "n-._~",
                "iat": 1_790_000_100, "exp": 1_790_000_700, "auth_time": 1_790_000_000, "acr": "urn:dockspace:acr:mfa",
                "amr": ["pwd", "otp"], "sid": "s1", "at_hash": half_hash("at"), "c_hash": half_hash("co"), "groups": ["ops"],
            })
        );
    }

    #[test]
    fn row_34_a_hint_of_our_own_is_read_even_after_it_expired() {
        for alg in SigningAlg::ALL {
            let ring = ring(*alg);
            let reader = HintReader::new(&issuer(), &ring).unwrap();
            let hint = reader.read(&signed(&ring, *alg, json!({})));
            let (client, subject) = ("app".to_owned(), "id-alice".to_owned());
            assert_eq!(hint, Some(Hint { client, subject }), "{}", alg.as_str());
        }
    }

    #[test]
    fn row_19_what_is_not_signed_by_our_key_is_no_hint() {
        let ring = ring(SigningAlg::Rs256);
        let reader = HintReader::new(&issuer(), &ring).unwrap();
        let good = signed(&ring, SigningAlg::Rs256, json!({}));
        let [header, claims, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
        let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let with = |header: Value| format!("{}.{claims}.{signature}", encode(header));
        // L4: unsigned. L11: signed by a secret the client knows.
        let hmac = |header: &str, key: &[u8]| {
            let input = format!("{header}.{claims}");
            let mac = digest::hmac_sha256(key, input.as_bytes());
            format!("{input}.{}", URL_SAFE_NO_PAD.encode(mac.as_bytes()))
        };
        let hs256 = encode(json!({ "alg": "HS256", "kid": "k1" }));
        let public = ring.jwks().to_string();
        let other = self::ring(SigningAlg::Rs256);
        let ours = ring.signing(SigningAlg::Rs256).unwrap();
        let payload: Value = part(&good, 1);
        let mut elsewhere = payload.clone();
        elsewhere["iss"] = json!("https://id.example.net");
        let mut broken = payload.clone();
        broken["aud"] = json!(["app", "other"]);
        for (what, token) in [
            ("unsigned", format!("{}.{claims}.", encode(json!({ "alg": "none" })))),
            (
                "unsigned, with the kid",
                format!("{}.{claims}.", encode(json!({ "alg": "none", "kid": "k1" }))),
            ),
            (
                "by the client's secret",
                hmac(&hs256, b"a-client-secret-of-32-characters"),
            ),
            ("by the public key as a secret", hmac(&hs256, public.as_bytes())),
            (
                "by another key of that name",
                signed(&other, SigningAlg::Rs256, json!({})),
            ),
            ("unknown kid", with(json!({ "alg": "RS256", "kid": "k2" }))),
            ("crit", with(json!({ "alg": "RS256", "kid": "k1", "crit": ["exp"] }))),
            ("another algorithm", with(json!({ "alg": "PS256", "kid": "k1" }))),
            (
                "a key in the header",
                with(json!({ "alg": "RS256", "kid": "k1", "jku": "https://evil.example/" })),
            ),
            ("a logout token", ours.jwt("logout+jwt", &payload).unwrap()),
            ("another issuer", ours.jwt("JWT", &elsewhere).unwrap()),
            ("two audiences", ours.jwt("JWT", &broken).unwrap()),
            ("no object", ours.jwt("JWT", &json!([1])).unwrap()),
            (
                "changed claims",
                format!("{header}.{}.{signature}", encode(elsewhere.clone())),
            ),
            ("no signature", format!("{header}.{claims}.")),
            ("two parts", format!("{header}.{claims}")),
            ("nothing", String::new()),
        ] {
            assert_eq!(reader.read(&token), None, "{what}");
        }
    }
}
