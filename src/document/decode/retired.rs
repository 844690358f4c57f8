//! `retired.toml`: people who are gone for good.

use crate::{
    document::{reader::Table, rules},
    model::{Address, Retired, UserId},
};

pub(in crate::document) fn decode(mut table: Table<'_, '_>) -> Vec<Retired> {
    let entries = table.tables("retired").into_iter().filter_map(entry).collect();
    table.finish();
    entries
}

fn entry(mut table: Table<'_, '_>) -> Option<Retired> {
    for (key, hint) in [
        ("id", "the id that is never used again"),
        ("address", "the last mailbox address"),
        ("date", "the day, such as date = 2030-01-31"),
    ] {
        if !table.has(key) {
            table.missing(key, hint);
        }
    }
    let id = table.parse("id", &rules::identity::ID, UserId::parse);
    let address = table.parse("address", &rules::organisation::ADDRESS, Address::mailbox);
    let date = table.date("date");
    let place = table
        .sink()
        .place(id.as_ref().map_or_else(|| table.span(), |id| id.span));
    table.finish();
    Some(Retired {
        id: id?.value,
        address: address?.value,
        date: date?.value,
        place,
    })
}
