//! Signing keys: making them here, using them in [`ring`].
//!
//! A key has two parts: the public one, a JWK (RFC 7517) that everybody may read, and the private one, PKCS#8 in base64, which is
//! sealed into the repository and opened by the server alone. The public part always comes from the private one, so that they
//! cannot differ.
//!
//! ```
//! use dockspace::model::{KeyId, SigningAlg};
//! use dockspace::oidc::keys;
//!
//! let kid = KeyId::parse("2026-11").unwrap();
//! let private = keys::generate(SigningAlg::Es256)?;
//! let public = keys::public_jwk(SigningAlg::Es256, &kid, &private)?;
//! assert!(public.starts_with(r#"{"alg":"ES256","crv":"P-256","kid":"2026-11","kty":"EC","use":"sig","x":""#));
//! # Ok::<(), keys::KeyError>(())
//! ```

pub mod ring;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::model::{KeyId, SigningAlg};
use crate::seal::Secret;

/// Why there is no signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The cryptographic library made none.
    #[error("no signing key could be made")]
    Generation,
    /// The private part is no key for this algorithm.
    #[error("the private part is not a PKCS#8 key in base64 for this algorithm")]
    Private,
}

/// The private part of a new key: PKCS#8 (RFC 5208) in base64. RSA keys have 2048 bits.
///
/// # Errors
/// [`KeyError::Generation`].
pub fn generate(alg: SigningAlg) -> Result<Secret<String>, KeyError> {
    pkcs8(alg)
        .map(|der| Secret::new(STANDARD.encode(&*der)))
        .map_err(|_| KeyError::Generation)
}

fn pkcs8(alg: SigningAlg) -> Result<Zeroizing<Vec<u8>>, aws_lc_rs::error::Unspecified> {
    let der = match alg {
        SigningAlg::Rs256 => {
            let der: Pkcs8V1Der<'_> = rsa::KeyPair::generate(KeySize::Rsa2048)?.as_der()?;
            der.as_ref().to_vec()
        }
        SigningAlg::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?
            .to_pkcs8v1()?
            .as_ref()
            .to_vec(),
        SigningAlg::EdDsa => Ed25519KeyPair::generate()?.to_pkcs8v1()?.as_ref().to_vec(),
    };
    Ok(Zeroizing::new(der))
}

/// The public part of `private` as a JWK on one line, its members in alphabetical order.
///
/// # Errors
/// [`KeyError::Private`].
pub fn public_jwk(alg: SigningAlg, kid: &KeyId, private: &Secret<String>) -> Result<String, KeyError> {
    let der = STANDARD.decode(private.expose()).map_err(|_| KeyError::Private)?;
    let mut jwk = public_members(alg, &Zeroizing::new(der)).map_err(|_| KeyError::Private)?;
    jwk["alg"] = alg.as_str().into();
    jwk["kid"] = kid.as_str().into();
    jwk["use"] = "sig".into();
    Ok(jwk.to_string())
}

/// Whether two public JWKs are the same key, whatever else they say about it.
#[must_use]
pub fn same_key(one: &str, other: &str) -> bool {
    const MEMBERS: [&str; 6] = ["kty", "n", "e", "crv", "x", "y"];
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    let (Some(one), Some(other)) = (read(one), read(other)) else {
        return false;
    };
    one.is_object() && MEMBERS.iter().all(|member| one[member] == other[member])
}

/// The members that are the key itself: RFC 7518 section 6.2 and 6.3, RFC 8037 section 2.
fn public_members(alg: SigningAlg, der: &[u8]) -> Result<Value, aws_lc_rs::error::KeyRejected> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Ok(match alg {
        SigningAlg::Rs256 => {
            let pair = rsa::KeyPair::from_pkcs8(der)?;
            let n = pair.public_key().modulus().big_endian_without_leading_zero();
            let e = pair.public_key().exponent().big_endian_without_leading_zero();
            json!({ "kty": "RSA", "n": text(n), "e": text(e) })
        }
        SigningAlg::Es256 => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)?;
            // An uncompressed point: 4, then both coordinates (SEC 1 section 2.3.3).
            let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
            json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
        }
        SigningAlg::EdDsa => {
            let pair = Ed25519KeyPair::from_pkcs8(der)?;
            json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) })
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ALL: [SigningAlg; 3] = [SigningAlg::Rs256, SigningAlg::Es256, SigningAlg::EdDsa];

    fn kid() -> KeyId {
        KeyId::parse("2026-11").unwrap()
    }

    #[test]
    fn the_public_part_is_the_key_and_nothing_private() {
        let check = |alg, kind: &str, sizes: &[(&str, usize)], others: &[&str]| {
            let jwk: Value = serde_json::from_str(&public_jwk(alg, &kid(), &generate(alg).unwrap()).unwrap()).unwrap();
            assert_eq!((&jwk["alg"], &jwk["kid"]), (&json!(alg.as_str()), &json!("2026-11")));
            assert_eq!((&jwk["use"], &jwk["kty"]), (&json!("sig"), &json!(kind)));
            for (name, bytes) in sizes {
                let value = URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
                assert_eq!(value.len(), *bytes, "{name} of {jwk}");
            }
            let known = ["alg", "kid", "use", "kty"]
                .into_iter()
                .chain(sizes.iter().map(|(name, _)| *name));
            let known: BTreeSet<&str> = known.chain(others.iter().copied()).collect();
            assert_eq!(
                jwk.as_object()
                    .unwrap()
                    .keys()
                    .map(String::as_str)
                    .collect::<BTreeSet<_>>(),
                known
            );
        };
        check(SigningAlg::Rs256, "RSA", &[("n", 256), ("e", 3)], &[]);
        check(SigningAlg::Es256, "EC", &[("x", 32), ("y", 32)], &["crv"]);
        check(SigningAlg::EdDsa, "OKP", &[("x", 32)], &["crv"]);
    }

    #[test]
    fn the_public_part_verifies_what_the_private_signs() {
        use aws_lc_rs::{rand::SystemRandom, signature};
        let private = generate(SigningAlg::Es256).unwrap();
        let jwk: Value = serde_json::from_str(&public_jwk(SigningAlg::Es256, &kid(), &private).unwrap()).unwrap();
        let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        let der = STANDARD.decode(private.expose()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).unwrap();
        let signed = pair.sign(&SystemRandom::new(), b"message").unwrap();
        let point = [vec![4], part("x"), part("y")].concat();
        let public = signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point);
        assert!(public.verify(b"message", signed.as_ref()).is_ok());
    }

    #[test]
    fn a_key_is_the_same_by_its_numbers() {
        let private = generate(SigningAlg::EdDsa).unwrap();
        let jwk = public_jwk(SigningAlg::EdDsa, &kid(), &private).unwrap();
        let other = public_jwk(SigningAlg::EdDsa, &kid(), &generate(SigningAlg::EdDsa).unwrap()).unwrap();
        assert!(same_key(&jwk, &jwk.replace(r#""alg":"EdDSA","#, "")));
        assert!(!same_key(&jwk, &other) && !same_key(&jwk, "") && !same_key("[]", "[]"));
    }

    #[test]
    fn no_key_is_made_twice_and_none_fits_another_algorithm() {
        for alg in ALL {
            let private = generate(alg).unwrap();
            assert_ne!(private, generate(alg).unwrap());
            for other in ALL.into_iter().filter(|other| *other != alg) {
                assert_eq!(public_jwk(other, &kid(), &private), Err(KeyError::Private));
            }
        }
        assert_eq!(
            public_jwk(SigningAlg::EdDsa, &kid(), &"x".into()),
            Err(KeyError::Private)
        );
    }
}
