//! `users/DOMAIN/NAME.profile.toml`: what a user may change without a review.

use std::collections::BTreeMap;

use super::{
    claim::{self, Zones},
    sealed,
};
use crate::{
    document::{
        reader::{Table, Value},
        rules::user::CLAIM,
    },
    model::{Claim, ClaimValue, Profile},
};

pub(in crate::document) fn decode(mut table: Table<'_, '_>, zones: &Zones) -> Profile {
    let mut claims = BTreeMap::new();
    let mut address = table.table("address");
    for claim in Claim::ALL {
        let key = claim.as_str();
        let value = match (key.starts_with("address."), &mut address) {
            (false, _) => table.get(key),
            (true, Some(address)) => address.get(key),
            (true, None) => None,
        };
        if let Some(value) = value.and_then(|value| read(*claim, value, zones)) {
            claims.insert(*claim, value);
        }
    }
    if let Some(address) = address {
        table.absorb(address);
    }
    Profile {
        claims,
        origin: table.origin(),
    }
}

fn read(claim: Claim, value: Value<'_, '_>, zones: &Zones) -> Option<ClaimValue> {
    let is_sealed = value.text()?.value.starts_with("age:");
    let machine_reads_it = matches!(claim, Claim::Picture | Claim::Locale | Claim::Zoneinfo);
    match (is_sealed, machine_reads_it) {
        (true, false) => sealed::sealed(value).map(ClaimValue::Sealed),
        (true, true) => {
            value.refuse(&CLAIM, "it stays in clear, because pages are made with it");
            None
        }
        (false, _) => {
            let clear = value.parse(&CLAIM, |text| {
                claim::check(claim, text, zones).map(|()| text.to_owned())
            })?;
            Some(ClaimValue::Clear(clear.value))
        }
    }
}
