//! What the provider says about itself (OpenID Connect Discovery §3, RFC 8414, RFC 9207): only what it really does.

use serde_json::{Value, json};

use super::claims::CLAIMS;
use super::{Acr, ResponseMode, Scope};
use crate::digest;
use crate::model::{ClientAuth, Grant, Issuer, SigningAlg};

/// The paths of the endpoints, below the issuer.
pub mod path {
    #![expect(missing_docs, reason = "each is the endpoint of that name")]
    pub const DISCOVERY: &str = "/.well-known/openid-configuration";
    pub const JWKS: &str = "/oidc/jwks";
    pub const AUTHORIZE: &str = "/oidc/authorize";
    pub const RESUME: &str = "/oidc/authorize/resume";
    pub const TURN_AWAY: &str = "/oidc/authorize/turn-away";
    pub const TOKEN: &str = "/oidc/token";
    pub const USERINFO: &str = "/oidc/userinfo";
    pub const INTROSPECT: &str = "/oidc/introspect";
    pub const REVOKE: &str = "/oidc/revoke";
    pub const MAIL_TOKEN: &str = "/oidc/mail-token";
    pub const END_SESSION: &str = "/oidc/end-session";
}

/// A document that is sent as it is, as often as somebody asks.
#[derive(Clone, Debug)]
pub struct Document {
    /// The JSON.
    pub body: std::sync::Arc<[u8]>,
    /// What changes with it: an HTTP `ETag`, quotes included.
    pub etag: String,
}

impl Document {
    /// Writes `value` once and for all.
    #[must_use]
    pub fn new(value: &Value) -> Self {
        let body = value.to_string().into_bytes();
        let etag = format!("\"{}\"", &digest::sha256(&body).to_string()[..32]);
        Self {
            body: body.into(),
            etag,
        }
    }
}

/// The discovery document of an issuer with active keys for `algs`.
#[must_use]
pub fn document(issuer: &Issuer, algs: &[SigningAlg]) -> Value {
    let at = |path: &str| format!("{issuer}{path}");
    let claims = [
        "iss",
        "sub",
        "aud",
        "azp",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "at_hash",
        "c_hash",
        "sid",
    ];
    let claims: Vec<&str> = claims.into_iter().chain(CLAIMS.iter().map(|(name, _)| *name)).collect();
    let by_secret = [ClientAuth::SecretBasic.as_str(), ClientAuth::SecretPost.as_str()];
    json!({
        "issuer": issuer.as_str(),
        "authorization_endpoint": at(path::AUTHORIZE),
        "token_endpoint": at(path::TOKEN),
        "userinfo_endpoint": at(path::USERINFO),
        "jwks_uri": at(path::JWKS),
        "introspection_endpoint": at(path::INTROSPECT),
        "revocation_endpoint": at(path::REVOKE),
        "end_session_endpoint": at(path::END_SESSION),
        "scopes_supported": Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ResponseMode::ALL.map(ResponseMode::as_str),
        "grant_types_supported": Grant::ALL.iter().map(|grant| grant.as_str()).collect::<Vec<_>>(),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algs.iter().map(|alg| alg.as_str()).collect::<Vec<_>>(),
        "token_endpoint_auth_methods_supported": ClientAuth::ALL.iter().map(|auth| auth.as_str()).collect::<Vec<_>>(),
        "introspection_endpoint_auth_methods_supported": by_secret,
        "revocation_endpoint_auth_methods_supported": ClientAuth::ALL.iter().map(|auth| auth.as_str()).collect::<Vec<_>>(),
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": Acr::ALL.map(Acr::as_str),
        "claim_types_supported": ["normal"],
        "claims_supported": claims,
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "display_values_supported": ["page", "popup"],
        "ui_locales_supported": ["en"],
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    })
}

#[cfg(test)]
mod tests {
    use openidconnect::ProviderMetadataWithLogout;

    use super::*;

    fn published(algs: &[SigningAlg]) -> Value {
        document(&Issuer::parse("https://example.org/id").unwrap(), algs)
    }

    #[test]
    fn another_program_reads_it() {
        let text = published(&[SigningAlg::Rs256]).to_string();
        let read: ProviderMetadataWithLogout = serde_json::from_str(&text).unwrap();
        assert_eq!(read.issuer().as_str(), "https://example.org/id");
        assert_eq!(
            read.authorization_endpoint().as_str(),
            "https://example.org/id/oidc/authorize"
        );
    }

    #[test]
    fn only_algorithms_with_an_active_key_are_offered() {
        let algs = |algs: &[SigningAlg]| published(algs)["id_token_signing_alg_values_supported"].clone();
        assert_eq!(algs(&[SigningAlg::Rs256, SigningAlg::EdDsa]), json!(["RS256", "EdDSA"]));
        assert_eq!(algs(&[]), json!([]));
    }

    #[test]
    fn b04_nothing_unsigned_and_nothing_that_is_not_built_is_offered() {
        let text = published(SigningAlg::ALL).to_string();
        for word in [
            "none\",\"RS",
            "pushed_authorization",
            "device_authorization",
            "dpop",
            "pairwise",
            "private_key_jwt",
            "implicit",
        ] {
            assert!(!text.contains(word), "{word}");
        }
        // Left out, it would mean true (OpenID Connect Discovery §3).
        assert!(text.contains(r#""request_uri_parameter_supported":false"#));
    }

    #[test]
    fn the_etag_changes_with_the_document() {
        let etag = |algs: &[SigningAlg]| Document::new(&published(algs)).etag;
        assert_eq!(etag(&[]), etag(&[]));
        assert_ne!(etag(&[]), etag(SigningAlg::ALL));
    }
}
