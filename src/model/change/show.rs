//! Values as they are written in the repository.

use std::fmt::Display;
use std::time::Duration;

use url::Url;

use crate::digest::Digest;
use crate::model::{
    AccessAction, Address, AliasTarget, Class, ClientAuth, ClientId, ClientKind, Consent, CredentialStore, Dialect,
    Domain, DriftPolicy, ForgeAccount, Grant, GroupName, Issuer, KeyState, Pkce, Quota, Refresh, Service, Signer,
    SigningAlg, State, SystemTarget, TargetKind, UserId, UserName,
};

/// How a value is written in its file.
pub(super) trait Show {
    fn show(&self) -> Box<str>;
}

macro_rules! display {
    ($($name:ty),* $(,)?) => {$(
        impl Show for $name {
            fn show(&self) -> Box<str> {
                show_display(self)
            }
        }
    )*};
}
display!(Quota, Url, Digest, bool, u8, u16, u32, usize, jiff::civil::Date);

macro_rules! word {
    ($($name:ty),* $(,)?) => {$(
        impl Show for $name {
            fn show(&self) -> Box<str> {
                self.as_str().into()
            }
        }
    )*};
}
word!(
    String,
    Address,
    Domain,
    ClientId,
    GroupName,
    UserId,
    ForgeAccount,
    UserName,
    Service,
    Issuer,
    Class,
    State,
    ClientKind,
    ClientAuth,
    Consent,
    Pkce,
    Grant,
    Refresh,
    SigningAlg,
    DriftPolicy,
    TargetKind,
    CredentialStore,
);

fn show_display(value: &impl Display) -> Box<str> {
    value.to_string().into()
}

impl Show for str {
    fn show(&self) -> Box<str> {
        self.into()
    }
}

impl Show for Signer {
    fn show(&self) -> Box<str> {
        format!("{} {}", self.principal, self.key).into()
    }
}

impl Show for AliasTarget {
    fn show(&self) -> Box<str> {
        match self {
            Self::Address(address) => address.show(),
            Self::Group(group) => format!("group:{group}").into(),
        }
    }
}

impl Show for SystemTarget {
    fn show(&self) -> Box<str> {
        match self {
            Self::DevNull => "/dev/null".into(),
            Self::Address(address) => address.show(),
        }
    }
}

impl Show for AccessAction {
    fn show(&self) -> Box<str> {
        match self {
            Self::Reject(text) if text.is_empty() => "REJECT".into(),
            Self::Reject(text) => format!("REJECT {text}").into(),
            Self::Dunno => "DUNNO".into(),
            Self::Reply(code, text) => format!("{code} {text}").into(),
        }
    }
}

/// In the largest unit that holds it exactly: `8h`, `7d`.
impl Show for Duration {
    fn show(&self) -> Box<str> {
        let seconds = self.as_secs();
        let (unit, letter) = [(86_400, 'd'), (3600, 'h'), (60, 'm')]
            .into_iter()
            .find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit))
            .unwrap_or((1, 's'));
        format!("{}{letter}", seconds / unit).into()
    }
}

macro_rules! variants {
    ($($name:ident { $($variant:ident = $word:literal),* })*) => {$(
        impl Show for $name {
            fn show(&self) -> Box<str> {
                match self { $(Self::$variant => $word.into()),* }
            }
        }
    )*};
}
variants! {
    Dialect { Dms15 = "15", Dms16 = "16" }
    KeyState { Active = "active", Published = "published" }
}
