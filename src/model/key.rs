//! Keys that sign tokens: `keys/*.toml`.

use super::{KeyId, Origin, SigningAlg};
use crate::seal::Sealed;

/// One signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// Its `kid`, from the name of the file.
    pub id: KeyId,
    /// What it signs with.
    pub alg: SigningAlg,
    /// Whether it signs new tokens or only verifies old ones.
    pub state: KeyState,
    /// The public part as a JWK (RFC 7517), one line of JSON.
    pub public_jwk: String,
    /// The private part: PKCS#8, base64, when opened.
    pub private: Sealed,
    /// Where this is written.
    pub origin: Origin,
}

/// What a signing key is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Signs new tokens.
    Active,
    /// Published before its first use, or after its last, so that tokens can be verified.
    Published,
}

impl KeyState {
    /// All of them, as written in a file.
    pub const ALL: [Self; 2] = [Self::Active, Self::Published];

    /// The word in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Published => "published",
        }
    }
}
