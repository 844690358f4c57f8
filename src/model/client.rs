//! Apps that people sign in to: OpenID Connect clients and sites behind forward-auth.

use url::Url;

use super::{ClientId, GroupName, Origin};
use crate::digest::Digest;

/// One client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// From the name of the file.
    pub id: ClientId,
    /// The name shown on the consent page.
    pub name: String,
    /// How the app proves to be the app.
    pub kind: ClientKind,
    /// The ways to authenticate at the token endpoint that it may use (OpenID Connect Core §9).
    pub auth: Vec<ClientAuth>,
    /// SHA-256 of its secrets: two while rotating.
    pub secret_sha256: Vec<Digest>,
    /// Where sign-in may return to, compared byte for byte.
    pub redirect_uris: Vec<String>,
    /// Where logout may return to.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where logout tokens are posted (OpenID Connect Back-Channel Logout §2.2).
    pub backchannel_logout_uri: Option<Url>,
    /// Who may sign in.
    pub gate: Gate,
    /// Whether a second factor is required.
    pub require_totp: bool,
    /// Whether people are asked before the app learns about them.
    pub consent: Consent,
    /// Whether a code must be bound by PKCE (RFC 7636).
    pub pkce: Pkce,
    /// The grants it may use.
    pub grants: Vec<Grant>,
    /// When it gets a refresh token.
    pub refresh: Refresh,
    /// The scopes it may ask for.
    pub scopes: Vec<String>,
    /// How its ID tokens are signed.
    pub id_token_alg: SigningAlg,
    /// Claims put into the ID token besides the protocol's own.
    pub id_token_claims: Vec<String>,
    /// Whether it may introspect tokens (RFC 7662).
    pub introspect: bool,
    /// The clients that may ask what its access tokens are good for: its resource servers (`aud` of RFC 7662 §2.2).
    pub audiences: Vec<ClientId>,
    /// For forward-auth: the hosts it answers for.
    pub hosts: Vec<String>,
    /// Where people start it.
    pub launch_url: Option<Url>,
    /// Where this is written.
    pub origin: Origin,
}

/// Which active people may sign in to a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// A member of any of these.
    pub any: AnyOf,
    /// And of all of these.
    pub all: Vec<GroupName>,
    /// And of none of these.
    pub none: Vec<GroupName>,
}

/// The `groups` of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyOf {
    /// `["*"]`: every active person.
    Everyone,
    /// Members of any of these; none listed: nobody.
    Groups(Vec<GroupName>),
}

impl Default for AnyOf {
    fn default() -> Self {
        Self::Groups(Vec::new())
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// All of them, as written in a file.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word in the file.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    )*};
}

words! {
    /// How an app proves to be the app (RFC 6749 §2.1).
    ClientKind {
        /// It can keep a secret.
        Confidential = "confidential",
        /// It cannot: an app in a browser or on a phone.
        Public = "public",
        /// A web server that asks for each request (nginx `auth_request`, Traefik, Caddy).
        ForwardAuth = "forward-auth",
    }
    /// How a client authenticates at the token endpoint (OpenID Connect Core §9).
    ClientAuth {
        /// HTTP Basic.
        SecretBasic = "client_secret_basic",
        /// In the form body.
        SecretPost = "client_secret_post",
        /// Not at all: public clients.
        None = "none",
    }
    /// Whether people are asked before an app learns about them.
    Consent {
        /// Each time.
        Explicit = "explicit",
        /// Once for the same scopes.
        Remember = "remember",
        /// Never.
        Skip = "skip",
    }
    /// Whether PKCE is demanded.
    Pkce {
        /// Always.
        Required = "required",
        /// Only checked when used; for confidential clients.
        Optional = "optional",
    }
    /// OAuth 2.0 grants.
    Grant {
        /// RFC 6749 §4.1.
        AuthorizationCode = "authorization_code",
        /// RFC 6749 §6.
        RefreshToken = "refresh_token",
        /// RFC 6749 §4.4.
        ClientCredentials = "client_credentials",
    }
    /// When a refresh token is issued.
    Refresh {
        /// When the scope `offline_access` was granted (OpenID Connect Core §11).
        OfflineAccess = "offline_access",
        /// With every code.
        Always = "always",
    }
    /// A JWS algorithm (RFC 7518 §3.1, RFC 8037).
    SigningAlg {
        /// RSA with SHA-256.
        Rs256 = "RS256",
        /// ECDSA on P-256.
        Es256 = "ES256",
        /// Ed25519.
        EdDsa = "EdDSA",
    }
}
