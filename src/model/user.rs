//! People, shared mailboxes and test users: whatever has a mailbox file under `users/`.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Address, ForgeAccount, GroupName, Origin, Quota, Service, Set, UserId, UserName};
use crate::seal::{Sealed, Secret};

/// One user: a mailbox and an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The mailbox, from the path of the file.
    pub address: Address,
    /// The lasting identifier; never reused.
    pub id: UserId,
    /// What the person signs in with.
    pub username: UserName,
    /// The name shown to people.
    pub name: String,
    /// The groups this user is a member of.
    pub groups: Set<GroupName>,
    /// Further addresses that deliver here.
    pub aliases: Vec<Address>,
    /// Where mail goes instead of the mailbox; empty: to the mailbox.
    pub forward: Vec<Address>,
    /// Whether the mailbox keeps a copy of what is forwarded.
    pub keep_copy: bool,
    /// The mailbox's own quota; `None` leaves it to the domain and the quota class. See [`super::Desired::quota`].
    pub quota: Option<Quota>,
    /// What kind of user this is.
    pub class: Class,
    /// Whether, and how far, the user may use anything.
    pub state: State,
    /// What the user may use.
    pub services: Set<Service>,
    /// Whether others need an acknowledgement to take something away.
    pub protected: bool,
    /// The account at the forge that keeps the repository, where it is not known by the address.
    pub forge: Option<ForgeAccount>,
    /// Dovecot extra fields for the third field of `postfix-accounts.cf`, validated (docker-mailserver #4117).
    pub dovecot: Vec<String>,
    /// What the user may change without a review.
    pub profile: Profile,
    /// What the user proves to be the user with.
    pub credentials: Credentials,
    /// Where the reviewed facts are written; the profile and the credentials have origins of their own.
    pub origin: Origin,
}

impl User {
    /// Whether the user may use `service`, whatever the state.
    #[must_use]
    pub fn has_service(&self, service: &str) -> bool {
        self.services.contains(service)
    }

    /// Whether the target's account files have a row for this user: see the table of states in the format reference.
    #[must_use]
    pub fn has_mailbox(&self) -> bool {
        self.has_service("mail") && matches!(self.state, State::Active | State::Locked)
    }
}

impl User {
    /// Whether nothing differs between the two that another file could refer to or clash with, apart from the groups: then an
    /// organisation that was valid with the one is valid with the other.
    #[must_use]
    pub fn is_same_to_others(&self, other: &Self) -> bool {
        // Taken apart so that a new field has to be put on one side or the other.
        let Self {
            address,
            id,
            username,
            name: _,
            groups: _,
            aliases,
            forward,
            keep_copy,
            quota: _,
            class,
            state,
            services,
            protected: _,
            forge: _,
            dovecot: _,
            profile: _,
            credentials: _,
            origin: _,
        } = self;
        let has_row = |state: State| matches!(state, State::Active | State::Locked);
        *address == other.address
            && *id == other.id
            && *username == other.username
            && *aliases == other.aliases
            && *forward == other.forward
            && *keep_copy == other.keep_copy
            && *class == other.class
            && (*state == other.state || (has_row(*state) && has_row(other.state)))
            && *services == other.services
    }
}

/// What kind of user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// A human being.
    Person,
    /// A mailbox that several people own.
    Shared {
        /// Who answers for it.
        owners: Vec<Address>,
    },
    /// For tests: lives in a test domain only and ends by itself.
    Test {
        /// The last day it may be used.
        expires: Date,
    },
}

impl Class {
    /// The word in the file.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Shared { .. } => "shared",
            Self::Test { .. } => "test",
        }
    }
}

/// What a user may do at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Everything.
    Active,
    /// Mail is delivered, but no password and no sign-in is accepted.
    Locked,
    /// As if the mailbox did not exist; everything is kept.
    Suspended,
    /// Gone; the file remains as a tombstone until `user purge`.
    Absent,
}

impl State {
    /// All states, as written in a file.
    pub const ALL: [Self; 4] = [Self::Active, Self::Locked, Self::Suspended, Self::Absent];

    /// The word in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Locked => "locked",
            Self::Suspended => "suspended",
            Self::Absent => "absent",
        }
    }
}

/// Secrets of a user, as they stand in the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The password, if one is set.
    pub password: Option<Password>,
    /// The TOTP secret.
    pub totp: Option<Sealed>,
    /// Digests of the recovery codes.
    pub recovery_codes: Option<Sealed>,
    /// Passwords for single devices, by name.
    pub app_passwords: BTreeMap<String, Sealed>,
    /// Where this is written; of a user without a sealed file, nowhere.
    pub origin: Origin,
}

impl Credentials {
    /// The same, to be compared but not opened any more.
    #[must_use]
    pub fn without_ciphertexts(self) -> Self {
        let Self {
            password,
            totp,
            recovery_codes,
            app_passwords,
            origin,
        } = self;
        let bare = Sealed::without_ciphertext;
        Self {
            password: password.map(|password| match password {
                Password::Sealed(sealed) => Password::Sealed(bare(sealed)),
                Password::Test(clear) => Password::Test(clear),
            }),
            totp: totp.map(bare),
            recovery_codes: recovery_codes.map(bare),
            app_passwords: app_passwords
                .into_iter()
                .map(|(name, sealed)| (name, bare(sealed)))
                .collect(),
            origin,
        }
    }
}

/// A password in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    /// Sealed: its plaintext is a tagged Dovecot hash.
    Sealed(Sealed),
    /// A test user's password, in clear. Whoever renders it hashes it with a salt made from the user's id and the password, so
    /// that rendering it again gives the same bytes.
    Test(Secret<String>),
}

/// What a user may change without a review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// OpenID Connect standard claims (Core §5.1) and the address for recovery, by claim.
    pub claims: BTreeMap<Claim, ClaimValue>,
    /// Where this is written; of a user without a profile file, nowhere.
    pub origin: Origin,
}

/// The value of a claim: in clear or sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimValue {
    /// Readable in the repository.
    Clear(String),
    /// Only the host can read it.
    Sealed(Sealed),
}

macro_rules! claims {
    ($($name:ident = $key:literal, $private:literal;)*) => {
        /// A claim of the profile file. `address.*` are the members of the `address` claim.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is the claim of that name in OpenID Connect Core §5.1")]
        pub enum Claim { $($name),* }

        impl Claim {
            /// All claims.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The key in the file and in a token.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $key),* }
            }

            /// Whether it is sealed by default: what could hurt its owner in a repository that many can read.
            #[must_use]
            pub const fn private(self) -> bool {
                match self { $(Self::$name => $private),* }
            }
        }
    };
}

claims! {
    GivenName = "given_name", false;
    FamilyName = "family_name", false;
    MiddleName = "middle_name", false;
    Nickname = "nickname", false;
    Profile = "profile", false;
    Picture = "picture", false;
    Website = "website", false;
    Gender = "gender", true;
    Birthdate = "birthdate", true;
    Zoneinfo = "zoneinfo", false;
    Locale = "locale", false;
    PhoneNumber = "phone_number", true;
    StreetAddress = "address.street_address", true;
    Locality = "address.locality", true;
    Region = "address.region", true;
    PostalCode = "address.postal_code", true;
    Country = "address.country", true;
    RecoveryEmail = "recovery_email", true;
}
