//! How well a person has signed in: `acr` and `amr` (OpenID Connect Core §2).

use serde::{Deserialize, Serialize};

/// An authentication context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Acr {
    /// By password.
    #[serde(rename = "pwd")]
    Password,
    /// By password and a second factor.
    #[serde(rename = "mfa")]
    SecondFactor,
}

impl Acr {
    /// All of them, the weakest first.
    pub const ALL: [Self; 2] = [Self::Password, Self::SecondFactor];

    /// The value of the claim.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "urn:dockspace:acr:pwd",
            Self::SecondFactor => "urn:dockspace:acr:mfa",
        }
    }

    /// The context of that name.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == text)
    }
}
