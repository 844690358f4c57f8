//! Keys of clients and signing keys.

use super::{REQUIRED, Shape::*, formats::*, value, words};

tables! {
    CLIENT {
        /// The name shown when people are asked for consent.
        "name": TEXT, REQUIRED;
        /// An app that can keep a secret; one in a browser or on a phone, which cannot; or a web server that asks for
        /// each request.
        "kind": Word(&["confidential", "public", "forward-auth"]), REQUIRED;
        /// How it may authenticate at the token endpoint: exactly these ways.
        "auth": Set(&Word(&["client_secret_basic", "client_secret_post", "none"])), words("`[\"client_secret_basic\"]` for a confidential client, `[\"none\"]` for a public one");
        /// SHA-256 of its secret, which must be 256 bits from a generator; two while rotating.
        "secret_sha256": List(&DIGEST), value("[]");
        /// Where sign-in may return to, compared byte for byte. A public client may vary the port of a loopback address
        /// (RFC 8252 §7.3).
        "redirect_uris": List(&REDIRECT), value("[]");
        /// Where logout may return to.
        "post_logout_redirect_uris": List(&REDIRECT), value("[]");
        /// Where logout tokens are posted (OpenID Connect Back-Channel Logout §2.2).
        "backchannel_logout_uri": HTTPS_URL;
        /// Who may sign in: members of any of these; `["*"]` is every active person, `[]` is nobody.
        "groups": Set(&GROUP_OR_ALL), value("[]");
        /// And who are members of all of these.
        "groups_all": Set(&GROUP), value("[]");
        /// And of none of these.
        "groups_none": Set(&GROUP), value("[]");
        /// Whether a second factor is required.
        "require_totp": Flag, value("false");
        /// Whether people are asked before the app learns about them: each time, once, or never (not for public
        /// clients).
        "consent": Word(&["explicit", "remember", "skip"]), value("\"remember\"");
        /// Whether a code must be bound by PKCE (RFC 7636). `optional` is for confidential clients that don't know it.
        "pkce": Word(&["required", "optional"]), value("\"required\"");
        /// The OAuth grants it may use.
        "grants": Set(&Word(&["authorization_code", "refresh_token", "client_credentials"])), value("[\"authorization_code\"]");
        /// Whether a refresh token is issued with that scope only, or with every code.
        "refresh": Word(&["offline_access", "always"]), value("\"offline_access\"");
        /// The scopes it may ask for.
        "scopes": List(&SCOPE), value("[\"openid\", \"profile\", \"email\", \"groups\"]");
        /// How its ID tokens are signed. A key for it must be active.
        "id_token_alg": Word(&["RS256", "ES256", "EdDSA"]), value("\"RS256\"");
        /// Further claims in the ID token, for apps that don't ask at userinfo.
        "id_token_claims": Set(&CLAIM), value("[]");
        /// Whether it may introspect tokens (RFC 7662).
        "introspect": Flag, value("false");
        /// The clients that may ask what its access tokens are good for: its resource servers, which `introspect`.
        "audiences": Set(&CLIENT_ID), value("[]");
        /// For forward-auth: the https hosts it answers for.
        "hosts": Set(&HOST_NAME), value("[]");
        /// Where people start it.
        "launch_url": HTTPS_URL;
    }

    KEY_FILE {
        /// What it signs with.
        "alg": Word(&["RS256", "ES256", "EdDSA"]), REQUIRED;
        /// Whether it signs new tokens, or is only published so that tokens can be verified.
        "state": Word(&["active", "published"]), value("\"active\"");
        /// The public part.
        "public_jwk": JWK, REQUIRED;
        /// The private part, sealed: PKCS#8 in base64.
        "private": SEALED, REQUIRED;
    }
}
