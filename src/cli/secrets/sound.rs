//! Whether what was sealed is what belongs there: what only an opened value can tell.

use crate::{
    auth::{recovery::RecoveryCodes, totp::Totp},
    model::{Desired, KeyId, SealedAt, credential::PasswordHash},
    oidc::keys,
    seal::{Owner, Secret},
};

/// What is wrong with `value` as the value of `key` of `owner`; nothing of the value is in it.
pub(super) fn fault(desired: &Desired, owner: &Owner, key: &[String], value: &Secret<String>) -> Option<String> {
    let steps: Vec<&str> = key.iter().map(String::as_str).collect();
    match (owner, steps.as_slice()) {
        (Owner::User(_), ["password"] | ["app_passwords", _, "password"]) | (Owner::Mail, ["masters", ..]) => {
            PasswordHash::parse(value.expose()).err().map(|error| error.to_string())
        }
        (Owner::User(_), ["totp"]) => Totp::parse(value).err().map(|error| error.to_string()),
        (Owner::User(_), ["recovery_codes"]) => RecoveryCodes::parse(value).err().map(|error| error.to_string()),
        (Owner::Key(kid), ["private"]) => key_fault(desired, kid, value),
        _ if value.expose().chars().any(char::is_control) => {
            Some("it has a line break or another control character".to_owned())
        }
        _ => None,
    }
}

/// The same of a value that stands somewhere already.
pub(super) fn fault_at(desired: &Desired, at: &SealedAt<'_>, value: &Secret<String>) -> Option<String> {
    fault(desired, &at.owner, &at.key, value)
}

/// The private part must be that of the public part beside it.
fn key_fault(desired: &Desired, kid: &str, private: &Secret<String>) -> Option<String> {
    let key = desired.keys.get(&KeyId::parse(kid).ok()?)?;
    match keys::public_jwk(key.alg, &key.id, private) {
        Err(error) => Some(error.to_string()),
        Ok(jwk) if !keys::same_key(&jwk, &key.public_jwk) => {
            Some("it is not the private part of `public_jwk`".to_owned())
        }
        Ok(_) => None,
    }
}
