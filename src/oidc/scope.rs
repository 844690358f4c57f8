//! Scopes: what an app asks to learn and to do.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Error;
use crate::model::{Client, Grant};

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $bit:literal $word:literal;)*) => {
        /// A scope that means something here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Scope { $($(#[$doc])* $name = 1 << $bit),* }

        impl Scope {
            /// All of them, in the order in which they are written.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word in a request.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }
    };
}

scopes! {
    /// Signing in at all: an ID token (OpenID Connect Core §3.1.2.1).
    OpenId = 0 "openid";
    /// The profile claims (OpenID Connect Core §5.4).
    Profile = 1 "profile";
    /// The mailbox address.
    Email = 2 "email";
    /// The postal address.
    Address = 3 "address";
    /// The telephone number.
    Phone = 4 "phone";
    /// The names of the groups.
    Groups = 5 "groups";
    /// A refresh token that outlives the session (OpenID Connect Core §11).
    OfflineAccess = 6 "offline_access";
    /// Reading and sending mail with the token.
    Mail = 7 "mail";
}

/// A set of scopes; written in a fixed order.
///
/// ```
/// use dockspace::oidc::{Scope, Scopes};
///
/// let scopes = Scopes::read("email openid unheard-of").unwrap();
/// assert!(scopes.contains(Scope::Email));
/// assert_eq!(scopes.to_string(), "openid email");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// No scope.
    pub const NONE: Self = Self(0);

    /// Reads the value of `scope`. Words without a meaning here are left out (OpenID Connect Core §3.1.2.1).
    ///
    /// # Errors
    /// When it has characters that no scope has (RFC 6749 §3.3).
    pub fn read(text: &str) -> Result<Self, Error> {
        let legal = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        if !text.bytes().all(legal) {
            return Err(Error::ScopeSyntax);
        }
        Ok(Self::of_words(text.split(' ')))
    }

    fn of_words<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        words
            .filter_map(|word| Scope::ALL.iter().copied().find(|scope| scope.as_str() == word))
            .collect()
    }

    /// What `client` may ask for.
    #[must_use]
    pub fn of_client(client: &Client) -> Self {
        Self::of_words(client.scopes.iter().map(String::as_str))
    }

    /// What `client` gets when it asks for `asked`: all of it, but `offline_access` only if it can use it, which OpenID Connect
    /// Core §11 wants ignored otherwise.
    ///
    /// # Errors
    /// When it asks for more than its file lists.
    pub fn for_client(asked: &str, client: &Client) -> Result<Self, Error> {
        let listed = Self::of_client(client);
        let mut asked = Self::read(asked)?;
        if !listed.contains(Scope::OfflineAccess) || !client.grants.contains(&Grant::RefreshToken) {
            asked = asked.without(Scope::OfflineAccess);
        }
        if asked.is_within(listed) {
            Ok(asked)
        } else {
            Err(Error::ScopeNotRegistered)
        }
    }

    /// Whether `scope` is in it.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope as u8 != 0
    }

    /// This and `scope`.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope as u8)
    }

    /// This without `scope`.
    #[must_use]
    pub const fn without(self, scope: Scope) -> Self {
        Self(self.0 & !(scope as u8))
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of it is in `other`.
    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn is_empty_ref(&self) -> bool {
        self.is_empty()
    }

    /// The scopes in their order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, scope) in self.iter().enumerate() {
            write!(f, "{}{}", if at == 0 { "" } else { " " }, scope.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Ok(Self::of_words(text.split(' ')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn every_scope_a_client_file_may_list_is_known() {
        let scopes: Scopes = Scope::ALL.iter().copied().collect();
        assert_eq!(scopes.iter().count(), Scope::ALL.len());
        assert_eq!(
            scopes.to_string(),
            "openid profile email address phone groups offline_access mail"
        );
        let json = serde_json::to_string(&scopes).unwrap();
        assert_eq!(serde_json::from_str::<Scopes>(&json).unwrap(), scopes);
    }

    #[test]
    fn b14_order_repeats_and_unknown_words_do_not_matter() {
        for text in ["openid email", "email openid", "email  openid x openid"] {
            assert_eq!(Scopes::read(text).unwrap().to_string(), "openid email");
        }
        for text in ["openid\temail", "openid\"", "openid\\", "öpenid", "openid\n"] {
            assert_eq!(Scopes::read(text), Err(Error::ScopeSyntax), "{text:?}");
        }
    }

    #[test]
    fn a_client_gets_what_its_file_lists() {
        let mut client = testing::client("app");
        client.scopes = ["openid", "email", "offline_access"].map(str::to_owned).to_vec();
        let check = |client: &Client, asked: &str, expect: Result<&str, Error>| {
            let got = Scopes::for_client(asked, client).map(|scopes| scopes.to_string());
            assert_eq!(got, expect.map(str::to_owned), "{asked}");
        };
        check(&client, "openid email offline_access", Ok("openid email"));
        check(&client, "openid groups", Err(Error::ScopeNotRegistered));
        client.grants.push(Grant::RefreshToken);
        check(
            &client,
            "openid email offline_access",
            Ok("openid email offline_access"),
        );
        client.scopes.pop();
        check(&client, "openid email offline_access", Ok("openid email"));
    }
}
