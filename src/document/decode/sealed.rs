//! `users/DOMAIN/NAME.sealed.toml`: a user's credentials, and how any file's sealed values are read.

use std::collections::BTreeMap;

use crate::{
    document::{
        reader::{Table, Value},
        rules::sealed::{APP_PASSWORD_NAME, IN_CLEAR, SEALED},
    },
    model::{Credentials, LocalName, Password},
    seal::{ParseError, Sealed},
};

pub(in crate::document) fn decode(mut table: Table<'_, '_>) -> Credentials {
    let password = table.get("password").and_then(sealed).map(Password::Sealed);
    let totp = table.get("totp").and_then(sealed);
    let recovery_codes = table.get("recovery_codes").and_then(sealed);
    let app_passwords = table.table("app_passwords").map_or_else(BTreeMap::new, app_passwords);
    Credentials {
        password,
        totp,
        recovery_codes,
        app_passwords,
        origin: table.origin(),
    }
}

fn app_passwords(table: Table<'_, '_>) -> BTreeMap<String, Sealed> {
    let sink = table.sink();
    let entry = |(key, value): (_, Value<'_, '_>)| {
        let key: crate::document::reader::At<&str> = key;
        let name = LocalName::parse(key.value);
        if name.is_err() {
            sink.push(sink.at(
                &APP_PASSWORD_NAME,
                key.span,
                format!("{}: not a short lower-case word", value.label()),
            ));
        }
        let mut table = value.table()?;
        let password = table.get("password").and_then(sealed);
        table.finish();
        Some((name.ok()?.as_str().to_owned(), password?))
    };
    table.entries().filter_map(entry).collect()
}

/// A sealed value. What is not one may be a secret in clear, so no message shows any of it.
pub(in crate::document) fn sealed(value: Value<'_, '_>) -> Option<Sealed> {
    match Sealed::parse(value.text()?.value) {
        Ok(sealed) => Some(sealed),
        Err(error @ ParseError::NotSealed) => {
            value.refuse_with(&IN_CLEAR, error, error.hint());
            None
        }
        Err(error) => {
            value.refuse_with(&SEALED, error, error.hint());
            None
        }
    }
}
