//! What docker-mailserver makes of the rendered files in either dialect, by its own searches, is what the model says.

use std::collections::BTreeMap;

use dockspace::mailserver::lookups::{Lookups, Texts};
use dockspace::mailserver::{accounts, aliases};
use dockspace::model::Dialect;

use super::organisation::Organisation;
use crate::support::mail_rig::dms;
use crate::support::mail_rig::dms::ConfigDirectory;

/// The hash and the extra fields of each name that Dovecot knows; of several rows the first counts.
pub(super) fn rows(userdb: &str) -> BTreeMap<String, (String, String)> {
    let mut rows = BTreeMap::new();
    for line in userdb.lines() {
        let fields: Vec<&str> = line.splitn(8, ':').collect();
        let row = (fields[1].to_owned(), fields[7].to_owned());
        rows.entry(fields[0].to_owned()).or_insert(row);
    }
    rows
}

/// The same by the model: every account, and every alias that has one to borrow from.
pub(super) fn modelled(
    dialect: Dialect,
    texts: &Texts,
    accounts: &str,
    virtuals: &str,
) -> BTreeMap<String, (String, String)> {
    let mut lookups = Lookups::new(dialect, texts);
    let mut rows = BTreeMap::new();
    for account in accounts::parse(accounts) {
        let fields = attributes(dialect, account.fields, lookups.quota(account.login));
        rows.entry(account.login.to_owned())
            .or_insert((account.hash.to_owned(), fields));
    }
    for alias in aliases::parse(virtuals) {
        let Some(login) = lookups.added_for(alias) else {
            continue;
        };
        let target = searched(dialect, accounts, alias);
        let fields = attributes(dialect, login.fields, lookups.quota(&target));
        rows.entry(alias.key.to_owned())
            .or_insert((login.hash.to_owned(), fields));
    }
    rows
}

/// For which target the account was found: 15 searches for the whole value, 16 for one after the other.
fn searched(dialect: Dialect, accounts: &str, alias: aliases::Row<'_>) -> String {
    match dialect {
        Dialect::Dms15 => alias.value.to_owned(),
        Dialect::Dms16 => {
            let texts = Texts::new(accounts, "", "");
            let mut lookups = Lookups::new(Dialect::Dms16, &texts);
            let mut targets = alias.targets();
            let found = targets.find(|target| {
                lookups
                    .added_for(aliases::Row {
                        key: "a@b",
                        value: target,
                    })
                    .is_some()
            });
            found.unwrap_or_default().to_owned()
        }
    }
}

fn attributes(dialect: Dialect, own: &str, quota: Option<&str>) -> String {
    let Some(quota) = quota else {
        return own.to_owned();
    };
    let quota = match dialect {
        Dialect::Dms15 => format!("userdb_quota_rule=*:bytes={quota}"),
        Dialect::Dms16 => format!("userdb_quota_storage_size={quota}{}", grace(quota)),
    };
    if own.is_empty() {
        quota
    } else {
        format!("{own} {quota}")
    }
}

/// A tenth, in whole units, for a size above nought.
fn grace(quota: &str) -> String {
    let (count, unit) = quota.split_at(quota.len() - 1);
    match count.parse::<u64>() {
        Ok(count) if count > 0 && "BkMGT".contains(unit) => format!(" userdb_quota_storage_grace={}{unit}", count / 10),
        _ => String::new(),
    }
}

#[test]
fn the_rendered_files_are_converted_as_the_model_says() {
    for (dialect, oracle) in [(Dialect::Dms15, dms::Dialect::V15), (Dialect::Dms16, dms::Dialect::V16)] {
        let organisation = Organisation::new(dialect);
        let _ = organisation.on_the_host(&["apply", "--yes"]).run().expect_code(0);
        let accounts = organisation.live_file(accounts::NAME);
        let virtuals = organisation.live_file(aliases::NAME);
        let quotas = organisation.live_file("dovecot-quotas.cf");
        let found = rows(&ConfigDirectory::at(organisation.live()).userdb(oracle).unwrap());
        let texts = Texts::new(&accounts, &quotas, &virtuals);
        assert_eq!(found, modelled(dialect, &texts, &accounts, &virtuals), "{dialect:?}");
        assert!(found.len() > 20, "{found:?}");
    }
}

#[test]
fn quotas_of_dialect_16_have_a_grace() {
    let organisation = Organisation::new(Dialect::Dms16);
    let _ = organisation.on_the_host(&["apply", "--yes"]).run().expect_code(0);
    let found = rows(
        &ConfigDirectory::at(organisation.live())
            .userdb(dms::Dialect::V16)
            .unwrap(),
    );
    for (address, fields) in [
        (
            "alice@example.test",
            "userdb_quota_storage_size=10M userdb_quota_storage_grace=1M",
        ),
        (
            "bob@example.test",
            "userdb_quota_storage_size=2048000B userdb_quota_storage_grace=204800B",
        ),
        (
            "carol@example.test",
            "userdb_quota_storage_size=4000k userdb_quota_storage_grace=400k",
        ),
        (
            "dave@example.test",
            "userdb_quota_storage_size=2G userdb_quota_storage_grace=0G",
        ),
        ("ann@example.test", "userdb_quota_storage_size=0"),
        (
            "axb@example.test",
            "userdb_quota_storage_size=7M userdb_quota_storage_grace=0M",
        ),
        (
            "erin@example.test",
            "nologin userdb_quota_storage_size=7M userdb_quota_storage_grace=0M",
        ),
        ("zoe@second.test", ""),
        (
            "al@example.test",
            "userdb_quota_storage_size=10M userdb_quota_storage_grace=1M",
        ),
    ] {
        assert_eq!(found[address].1, fields, "{address}");
    }
}
