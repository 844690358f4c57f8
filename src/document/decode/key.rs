//! `keys/KEY_ID.toml`: a key that signs tokens.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value as Json};

use super::sealed::sealed;
use crate::{
    document::{
        reader::{Table, Value},
        rules::key as rule,
    },
    model::{KeyId, KeyState, SigningAlg, SigningKey},
};

/// Members of a JSON Web Key that only its owner may know (RFC 7518 §6.2.2, §6.3.2, §6.4; RFC 8037 §2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The key, if all of it can be read.
pub(in crate::document) fn decode(mut table: Table<'_, '_>, id: KeyId) -> Option<SigningKey> {
    for (key, hint) in [
        ("alg", "alg = \"RS256\""),
        ("public_jwk", "`dockspace keys add` writes a whole file"),
        ("private", "`dockspace keys add` writes a whole file"),
    ] {
        if !table.has(key) {
            table.missing(key, hint);
        }
    }
    let alg = table.word("alg", SigningAlg::ALL, SigningAlg::as_str);
    let state = match table.get("state") {
        Some(value) => value.word(&KeyState::ALL, KeyState::as_str).map(|at| at.value),
        None => Some(KeyState::Active),
    };
    let public_jwk = table
        .get("public_jwk")
        .and_then(|value| public_jwk(value, &id, alg.map(|at| at.value)));
    let private = table.get("private").and_then(sealed);
    let origin = table.origin();
    Some(SigningKey {
        id,
        alg: alg?.value,
        state: state?,
        public_jwk: public_jwk?,
        private: private?,
        origin,
    })
}

fn public_jwk(value: Value<'_, '_>, id: &KeyId, alg: Option<SigningAlg>) -> Option<String> {
    let text = value.text()?.value;
    let Ok(Json::Object(jwk)) = serde_json::from_str(text) else {
        value.refuse(&rule::JWK, "this is no JSON object");
        return None;
    };
    if PRIVATE.iter().any(|member| jwk.contains_key(*member)) {
        value.refuse(&rule::PRIVATE_PART, "members of the private key stand in it");
        return None;
    }
    let member = |name: &str| jwk.get(name).and_then(Json::as_str);
    if member("kid") != Some(id.as_str()) {
        value.refuse(
            &rule::KEY_ID,
            format!("its `kid` must be `{id}`, like the name of the file"),
        );
        return None;
    }
    if jwk.get("use").is_some_and(|used| used != "sig") {
        value.refuse(&rule::JWK, "its `use` must be `sig`");
        return None;
    }
    let alg = alg?;
    if jwk.get("alg").is_some_and(|named| named != alg.as_str()) {
        value.refuse(&rule::KEY_TYPE, format!("its `alg` must be `{}`", alg.as_str()));
        return None;
    }
    if let Err(wanted) = check_type(&jwk, alg) {
        value.refuse(&rule::KEY_TYPE, wanted);
        return None;
    }
    Some(text.to_owned())
}

/// Whether the key is one that `alg` takes: RFC 7518 §3.3, §3.4, §6; RFC 8037 §2.
fn check_type(jwk: &Map<String, Json>, alg: SigningAlg) -> Result<(), &'static str> {
    let is = |name: &str, text: &str| jwk.get(name).is_some_and(|member| member == text);
    let length = |name: &str| {
        let text = jwk.get(name)?.as_str()?;
        Some(URL_SAFE_NO_PAD.decode(text).ok()?.len())
    };
    let (fits, wanted) = match alg {
        SigningAlg::Rs256 => (
            is("kty", "RSA") && length("n").is_some_and(|length| length >= 256) && length("e").is_some(),
            "RS256 takes an RSA key (`kty` RSA with `n` and `e`) of at least 2048 bits",
        ),
        SigningAlg::Es256 => (
            is("kty", "EC") && is("crv", "P-256") && length("x") == Some(32) && length("y") == Some(32),
            "ES256 takes a key on the curve P-256 (`kty` EC with `crv`, `x` and `y`)",
        ),
        SigningAlg::EdDsa => (
            is("kty", "OKP") && is("crv", "Ed25519") && length("x") == Some(32),
            "EdDSA takes an Ed25519 key (`kty` OKP with `crv` and `x`)",
        ),
    };
    if fits { Ok(()) } else { Err(wanted) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Report, document::reader::read};

    const X: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    /// A binary age file starts so; nothing here opens it.
    const SEALED: &str = "age:1:1:YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==";

    /// The codes of what is wrong.
    fn codes(text: &str) -> Vec<&'static str> {
        let mut report = Report::default();
        let id = KeyId::parse("k1").unwrap();
        let read = read("keys/k1.toml".into(), text.as_bytes(), &mut report, |table| {
            decode(table, id)
        });
        let codes: Vec<_> = report.sorted().into_iter().map(|found| found.rule.code).collect();
        assert_eq!(read.is_some_and(|(key, _)| key.is_some()), codes.is_empty(), "{text}");
        codes
    }

    fn with_jwk(alg: &str, jwk: &str) -> Vec<&'static str> {
        codes(&format!("alg = '{alg}'\npublic_jwk = '{jwk}'\nprivate = '{SEALED}'\n"))
    }

    #[test]
    fn public_keys() {
        let rsa = |length: usize| format!(r#"{{"kty":"RSA","kid":"k1","n":"{}","e":"AQAB"}}"#, "A".repeat(length));
        let okp = |more: &str| format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"{more}}}"#);
        let ec = format!(r#"{{"kty":"EC","crv":"P-256","kid":"k1","x":"{X}","y":"{X}","alg":"ES256","use":"sig"}}"#);
        let none: [&str; 0] = [];
        assert_eq!(with_jwk("RS256", &rsa(342)), none);
        assert_eq!(with_jwk("RS256", &rsa(171)), ["DS-K004"]);
        assert_eq!(with_jwk("ES256", &ec), none);
        assert_eq!(with_jwk("ES256", &ec.replace("P-256", "P-384")), ["DS-K004"]);
        assert_eq!(with_jwk("EdDSA", &ec), ["DS-K004"]);
        assert_eq!(with_jwk("EdDSA", &okp(r#","kid":"k1""#)), none);
        assert_eq!(with_jwk("EdDSA", &okp("")), ["DS-K003"]);
        assert_eq!(with_jwk("EdDSA", &okp(r#","kid":"k2""#)), ["DS-K003"]);
        assert_eq!(with_jwk("EdDSA", &okp(r#","kid":"k1","use":"enc""#)), ["DS-K001"]);
        assert_eq!(with_jwk("EdDSA", &okp(r#","kid":"k1","d":"AA""#)), ["DS-K002"]);
        assert_eq!(with_jwk("EdDSA", "[]"), ["DS-K001"]);
        assert_eq!(with_jwk("EdDSA", "{"), ["DS-K001"]);
    }

    #[test]
    fn keys_of_the_file() {
        assert_eq!(codes(""), ["DS-F005", "DS-F005", "DS-F005"]);
        assert_eq!(with_jwk("HS256", r#"{"kid":"k1"}"#), ["DS-F017"]);
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"{X}"}}"#);
        assert_eq!(
            codes(&format!(
                "alg='EdDSA'\nstate='retired'\npublic_jwk='{jwk}'\nprivate='{SEALED}'"
            )),
            ["DS-F017"]
        );
        assert_eq!(
            codes(&format!(
                "alg='EdDSA'\npublic_jwk='{jwk}'\nprivate='MC4CAQAwBQYDK2VwBCIEIA'"
            )),
            ["DS-S002"]
        );
    }
}
