//! The keys of one revision, opened and ready: they sign tokens and verify what comes back.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::core::{CoreJsonCurveType, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey, SigningError};
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::KeyError;
use crate::model::{Desired, KeyId, KeyState, SigningAlg, SigningKey as Sealed};
use crate::seal::{Identity, Owner};

/// A key that signs.
pub struct SigningKey {
    alg: SigningAlg,
    pair: Pair,
    public: CoreJsonWebKey,
    /// The header of an ID token, encoded.
    kid: KeyId,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// All keys of a revision.
#[derive(Debug, Default)]
pub struct Keyring {
    active: Vec<SigningKey>,
    public: Vec<Value>,
}

impl SigningKey {
    /// Opens the private part of `key`.
    ///
    /// # Errors
    /// [`KeyError::Private`] when it cannot be opened, or is no such key.
    pub fn open(key: &Sealed, identity: &Identity) -> Result<Self, KeyError> {
        let owner = Owner::Key(key.id.as_str().to_owned());
        let private = identity
            .open(&key.private, &owner, "private")
            .map_err(|_| KeyError::Private)?;
        let der = STANDARD.decode(private.expose()).map_err(|_| KeyError::Private)?;
        Self::read(key.alg, &key.id, &Zeroizing::new(der)).map_err(|_| KeyError::Private)
    }

    fn read(alg: SigningAlg, kid: &KeyId, der: &[u8]) -> Result<Self, aws_lc_rs::error::KeyRejected> {
        let id = Some(JsonWebKeyId::new(kid.as_str().to_owned()));
        let (pair, public) = match alg {
            SigningAlg::Rs256 => {
                let pair = RsaKeyPair::from_pkcs8(der)?;
                let n = pair.public_key().modulus().big_endian_without_leading_zero().to_vec();
                let e = pair.public_key().exponent().big_endian_without_leading_zero().to_vec();
                (Pair::Rsa(pair), CoreJsonWebKey::new_rsa(n, e, id))
            }
            SigningAlg::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)?;
                // An uncompressed point: 4, then both coordinates (SEC 1 section 2.3.3).
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                let public = CoreJsonWebKey::new_ec(x.to_vec(), y.to_vec(), CoreJsonCurveType::P256, id);
                (Pair::P256(pair), public)
            }
            SigningAlg::EdDsa => {
                let pair = Ed25519KeyPair::from_pkcs8(der)?;
                let public =
                    CoreJsonWebKey::new_okp(pair.public_key().as_ref().to_vec(), CoreJsonCurveType::Ed25519, id);
                (Pair::Ed25519(pair), public)
            }
        };
        Ok(Self {
            alg,
            pair,
            public,
            kid: kid.clone(),
        })
    }

    /// What it signs with.
    #[must_use]
    pub const fn alg(&self) -> SigningAlg {
        self.alg
    }

    /// The name of the algorithm for openidconnect.
    #[must_use]
    pub const fn jws_alg(&self) -> CoreJwsSigningAlgorithm {
        jws_alg(self.alg)
    }

    /// A signed JWT of the type `typ` (RFC 7515 §4.1.9), for what is no ID token.
    ///
    /// # Errors
    /// When the claims cannot be written as JSON or the library refuses to sign.
    pub fn jwt(&self, typ: &str, claims: &impl Serialize) -> Result<String, SigningError> {
        let failed = |_| SigningError::Other("the claims are no JSON".to_owned());
        let header = json!({ "alg": self.alg.as_str(), "kid": self.kid.as_str(), "typ": typ });
        let claims = serde_json::to_vec(claims).map_err(failed)?;
        let (header, claims) = (
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims),
        );
        let input = format!("{header}.{claims}");
        let signature = self.signature(input.as_bytes())?;
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let random = SystemRandom::new();
        let signed = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signed = vec![0; pair.public_modulus_len()];
                let outcome = pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut signed);
                outcome.map(|()| signed)
            }
            Pair::P256(pair) => pair.sign(&random, message).map(|signed| signed.as_ref().to_vec()),
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        };
        signed.map_err(|_| SigningError::CryptoError)
    }
}

const fn jws_alg(alg: SigningAlg) -> CoreJwsSigningAlgorithm {
    match alg {
        SigningAlg::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        SigningAlg::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        SigningAlg::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
    }
}

impl PrivateSigningKey for SigningKey {
    type VerificationKey = CoreJsonWebKey;

    fn sign(&self, alg: &CoreJwsSigningAlgorithm, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        if *alg == self.jws_alg() {
            self.signature(message)
        } else {
            Err(SigningError::UnsupportedAlg(format!("{alg:?}")))
        }
    }

    fn as_verification_key(&self) -> CoreJsonWebKey {
        self.public.clone()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {})", self.alg.as_str(), self.kid)
    }
}

impl Keyring {
    /// Opens the keys of `desired`. A key that cannot be opened does not sign, and is named in the answer; its public part is
    /// published all the same, because tokens may be about that it signed.
    #[must_use]
    pub fn open(desired: &Desired, identity: &Identity) -> (Self, Vec<KeyId>) {
        let mut ring = Self::default();
        let mut shut = Vec::new();
        for key in desired.keys.values() {
            ring.public.extend(serde_json::from_str::<Value>(&key.public_jwk).ok());
            match (key.state, SigningKey::open(key, identity)) {
                (KeyState::Published, _) => {}
                (KeyState::Active, Ok(key)) => ring.active.push(key),
                (KeyState::Active, Err(_)) => shut.push(key.id.clone()),
            }
        }
        (ring, shut)
    }

    /// The key that signs with `alg`: of several, the one whose name comes last, so that `2026-12` follows `2026-11`.
    #[must_use]
    pub fn signing(&self, alg: SigningAlg) -> Option<&SigningKey> {
        self.active.iter().rev().find(|key| key.alg == alg)
    }

    /// The algorithms with an active key.
    #[must_use]
    pub fn algs(&self) -> Vec<SigningAlg> {
        let has_key = |alg: &SigningAlg| self.signing(*alg).is_some();
        SigningAlg::ALL.iter().copied().filter(has_key).collect()
    }

    /// The public parts of all keys as a JWK set (RFC 7517 §5).
    #[must_use]
    pub fn jwks(&self) -> Value {
        json!({ "keys": self.public })
    }

    /// The algorithms by which tokens of these keys are verified.
    pub fn verifying_algs() -> impl Iterator<Item = CoreJwsSigningAlgorithm> {
        SigningAlg::ALL.iter().copied().map(jws_alg)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use openidconnect::JsonWebKey;

    use super::*;
    use crate::model::{Origin, testing};
    use crate::oidc::keys;
    use crate::seal;

    /// A key as the repository has it.
    pub(crate) fn key(kid: &str, alg: SigningAlg, state: KeyState, identity: &Identity) -> Sealed {
        let id = KeyId::parse(kid).unwrap();
        let private = keys::generate(alg).unwrap();
        Sealed {
            alg,
            state,
            public_jwk: keys::public_jwk(alg, &id, &private).unwrap(),
            private: seal::seal(identity.recipients(), &Owner::Key(kid.into()), "private", 1, &private).unwrap(),
            origin: Origin::default(),
            id,
        }
    }

    #[test]
    fn what_each_key_signs_its_public_part_verifies() {
        let identity = Identity::generate();
        for alg in SigningAlg::ALL {
            let key = SigningKey::open(&key("k", *alg, KeyState::Active, &identity), &identity).unwrap();
            let signed = key.sign(&key.jws_alg(), b"message").unwrap();
            let public = key.as_verification_key();
            public.verify_signature(&key.jws_alg(), b"message", &signed).unwrap();
            assert!(public.verify_signature(&key.jws_alg(), b"massage", &signed).is_err());
            assert!(key.sign(&CoreJwsSigningAlgorithm::HmacSha256, b"message").is_err());
        }
    }

    #[test]
    fn row_20_only_active_keys_sign_and_all_are_published_without_private_parts() {
        let identity = Identity::generate();
        let mut desired = testing::organisation();
        for (kid, alg, state) in [
            ("2026-10", SigningAlg::Rs256, KeyState::Published),
            ("2026-11", SigningAlg::Rs256, KeyState::Active),
            ("2026-12", SigningAlg::Rs256, KeyState::Active),
            ("es", SigningAlg::Es256, KeyState::Published),
        ] {
            let key = key(kid, alg, state, &identity);
            desired.keys.insert(key.id.clone(), key);
        }
        let (ring, shut) = Keyring::open(&desired, &identity);
        assert!(shut.is_empty());
        assert_eq!(ring.algs(), [SigningAlg::Rs256]);
        assert_eq!(ring.signing(SigningAlg::Rs256).unwrap().kid.as_str(), "2026-12");
        assert!(ring.signing(SigningAlg::Es256).is_none());
        let jwks = ring.jwks();
        let keys = jwks["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 4);
        for key in keys {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(key.get(private).is_none());
            }
        }
    }

    #[test]
    fn a_key_that_cannot_be_opened_does_not_sign() {
        let mut desired = testing::organisation();
        let key = key("2026-11", SigningAlg::EdDsa, KeyState::Active, &Identity::generate());
        desired.keys.insert(key.id.clone(), key);
        let (ring, shut) = Keyring::open(&desired, &Identity::generate());
        assert_eq!(shut.len(), 1);
        assert!(ring.algs().is_empty());
    }
}
