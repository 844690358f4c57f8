//! Every sealed value of the organisation, with the place where it stands and whom it must have been sealed for.

use camino::{Utf8Path, Utf8PathBuf};

use super::{ClaimValue, Desired, LocalName, Password, User};
use crate::seal::{Owner, Sealed};

/// A sealed value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedAt<'a> {
    /// The file.
    pub path: Utf8PathBuf,
    /// The key in the file, step by step.
    pub key: Vec<String>,
    /// Whose it is.
    pub owner: Owner,
    /// The value.
    pub sealed: &'a Sealed,
}

impl SealedAt<'_> {
    /// The field it must have been sealed for: its dotted key.
    #[must_use]
    pub fn field(&self) -> String {
        self.key.join(".")
    }
}

impl User {
    /// The file of the credentials.
    #[must_use]
    pub fn sealed_path(&self) -> Utf8PathBuf {
        self.origin.path().with_extension("sealed.toml")
    }

    /// The file of what the user may change.
    #[must_use]
    pub fn profile_path(&self) -> Utf8PathBuf {
        self.origin.path().with_extension("profile.toml")
    }

    fn sealed_values(&self) -> Vec<SealedAt<'_>> {
        let owner = Owner::User(self.id.as_str().to_owned());
        let at = |path: Utf8PathBuf, key: &[&str], sealed| value(&path, key, &owner, sealed);
        let credentials = &self.credentials;
        let password = match &credentials.password {
            Some(Password::Sealed(sealed)) => Some(sealed),
            Some(Password::Test(_)) | None => None,
        };
        let own = [
            ("password", password),
            ("totp", credentials.totp.as_ref()),
            ("recovery_codes", credentials.recovery_codes.as_ref()),
        ];
        let own = own
            .into_iter()
            .filter_map(|(key, sealed)| Some(at(self.sealed_path(), &[key], sealed?)));
        let apps = credentials
            .app_passwords
            .iter()
            .map(|(name, sealed)| at(self.sealed_path(), &["app_passwords", name, "password"], sealed));
        let claims = self.profile.claims.iter().filter_map(|(claim, value)| match value {
            ClaimValue::Sealed(sealed) => {
                let key: Vec<&str> = claim.as_str().split('.').collect();
                Some(at(self.profile_path(), &key, sealed))
            }
            ClaimValue::Clear(_) => None,
        });
        own.chain(apps).chain(claims).collect()
    }
}

impl Desired {
    /// Every sealed value: those of users in address order, then the mail server's, then the signing keys'.
    #[must_use]
    pub fn sealed_values(&self) -> Vec<SealedAt<'_>> {
        let mail = Utf8Path::new("mail.sealed.toml");
        let relays = self.mail.relay.iter().filter_map(|(domain, relay)| {
            let key = ["relay", domain.as_str(), "password"];
            Some(value(mail, &key, &Owner::Mail, relay.password.as_ref()?))
        });
        let master = |name: &LocalName| ["masters".to_owned(), name.to_string(), "password".to_owned()];
        let masters = self.mail.masters.iter().filter_map(|(name, found)| {
            Some(SealedAt {
                path: mail.to_owned(),
                key: master(name).to_vec(),
                owner: Owner::Mail,
                sealed: found.password.as_ref()?,
            })
        });
        let keys = self.keys.values().map(|key| {
            let owner = Owner::Key(key.id.as_str().to_owned());
            value(key.origin.path(), &["private"], &owner, &key.private)
        });
        let users = self.users.values().flat_map(|user| user.sealed_values());
        users.chain(relays).chain(masters).chain(keys).collect()
    }
}

fn value<'a>(path: &Utf8Path, key: &[&str], owner: &Owner, sealed: &'a Sealed) -> SealedAt<'a> {
    SealedAt {
        path: path.to_owned(),
        key: key.iter().map(|step| (*step).to_owned()).collect(),
        owner: owner.clone(),
        sealed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Claim, Domain, KeyId, KeyState, Master, Origin, Relay, SigningAlg, SigningKey, testing};

    #[test]
    fn every_kind_of_sealed_value_is_found_with_its_place() {
        let mut desired = testing::organisation();
        let mut alice = testing::user("alice@example.org");
        alice.credentials.password = Some(Password::Sealed(testing::sealed(1)));
        alice.credentials.totp = Some(testing::sealed(2));
        alice.credentials.recovery_codes = Some(testing::sealed(3));
        alice
            .credentials
            .app_passwords
            .insert("phone".into(), testing::sealed(4));
        let claims = &mut alice.profile.claims;
        claims.insert(Claim::Country, ClaimValue::Sealed(testing::sealed(5)));
        claims.insert(Claim::Locale, ClaimValue::Clear("en".into()));
        testing::add(&mut desired, alice);
        let mut probe = testing::user("probe@example.org");
        probe.credentials.password = Some(Password::Test("in clear".into()));
        testing::add(&mut desired, probe);
        let relay = Relay {
            host: None,
            user: None,
            password: Some(testing::sealed(6)),
            place: testing::place("mail.toml"),
        };
        desired.mail.relay.insert(Domain::parse("example.org").unwrap(), relay);
        let master = Master {
            password: Some(testing::sealed(7)),
            place: testing::place("mail.toml"),
        };
        desired
            .mail
            .masters
            .insert(LocalName::parse("migration").unwrap(), master);
        let id = KeyId::parse("2026-11").unwrap();
        let key = SigningKey {
            id: id.clone(),
            alg: SigningAlg::Es256,
            state: KeyState::Active,
            public_jwk: "{}".into(),
            private: testing::sealed(8),
            origin: Origin::new("keys/2026-11.toml".into(), Vec::new()),
        };
        desired.keys.insert(id, key);

        let found: Vec<_> = desired
            .sealed_values()
            .iter()
            .map(|at| format!("{} {} {} {}", at.path, at.field(), at.owner, at.sealed.counter()))
            .collect();
        let (sealed, user) = ("users/example.org/alice.sealed.toml", "user:id-alice-example.org");
        assert_eq!(
            found,
            [
                format!("{sealed} password {user} 1"),
                format!("{sealed} totp {user} 2"),
                format!("{sealed} recovery_codes {user} 3"),
                format!("{sealed} app_passwords.phone.password {user} 4"),
                format!("users/example.org/alice.profile.toml address.country {user} 5"),
                format!(
                    "mail.sealed.toml {} mail 6",
                    Relay::field(&Domain::parse("example.org").unwrap())
                ),
                format!(
                    "mail.sealed.toml {} mail 7",
                    Master::field(&LocalName::parse("migration").unwrap())
                ),
                "keys/2026-11.toml private key:2026-11 8".to_owned(),
            ]
        );
    }
}
