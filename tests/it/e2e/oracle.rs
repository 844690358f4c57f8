//! The model of docker-mailserver's lookups against docker-mailserver's own: bash and grep, on files as nobody would write them.

use dockspace::mailserver::lookups::{Lookups, Texthash, Texts};
use dockspace::model::Dialect;
use proptest::prelude::*;
use tempfile::{NamedTempFile, TempDir};

use super::dialects::{modelled, rows};
use crate::support::mail_rig::dms::{self, ConfigDirectory, postmap_all, write_settled};

/// Names of which one is the end of another, or what a dot in another matches.
const ADDRESSES: &str = "(a|b|a\\.b|axb|a-b|ba|xa|a\\.|ab)@(x\\.org|x\\.or|xxorg|a\\.x\\.org|x-org\\.or)";

fn address() -> impl Strategy<Value = String> {
    proptest::string::string_regex(ADDRESSES).unwrap()
}

/// A line of `postfix-accounts.cf`, or something that people put there.
fn account() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (address(), "[A-D]", prop_oneof![Just(""), Just("|nologin"), Just("|userdb_mail=x y=z")])
            .prop_map(|(address, hash, fields)| format!("{address}|{{S}}{hash}{fields}")),
        1 => address().prop_map(|address| format!("# {address}|{{S}}old")),
        1 => address().prop_map(|address| format!("  #{address}")),
        1 => Just(String::new()),
    ]
}

fn quota() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (address(), "[1-9]{1,2}[BkMGT]").prop_map(|(address, size)| format!("{address}:{size}")),
        1 => address().prop_map(|address| format!("{address}:0")),
        1 => address().prop_map(|address| format!("{address}:")),
        1 => address().prop_map(|address| format!("{address}:1G:note")),
        1 => address().prop_map(|address| format!("#{address}:9M")),
        1 => address().prop_map(|address| format!("{}:3M", address.to_uppercase())),
    ]
}

fn alias() -> impl Strategy<Value = String> {
    let targets = proptest::collection::vec(address(), 1..3);
    let separator = prop_oneof![Just(","), Just(", "), Just(" ")];
    prop_oneof![
        5 => (address(), targets, separator).prop_map(|(key, targets, separator)| format!("t{key} {}", targets.join(separator))),
        1 => address().prop_map(|target| format!("@x.org {target}")),
        1 => address().prop_map(|target| format!("bare {target}")),
        1 => address().prop_map(|target| format!("# t@x.org {target}")),
    ]
}

/// Lines with a key that none before has: of several the first would count, and that is tested elsewhere.
fn file(line: impl Strategy<Value = String>, most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(line, 0..most).prop_map(|lines| {
        let mut keys = std::collections::BTreeSet::new();
        let key = |line: &str| line.split(['|', ' ', ':']).next().unwrap_or_default().to_lowercase();
        lines
            .into_iter()
            .filter(|line| keys.insert(key(line)))
            .map(|line| line + "\n")
            .collect()
    })
}

fn directory(accounts: &str, quotas: &str, virtuals: &str) -> (TempDir, ConfigDirectory) {
    let directory = TempDir::with_prefix("cf").unwrap();
    let config = ConfigDirectory::at(directory.path());
    config.write("postfix-accounts.cf", accounts);
    config.write("dovecot-quotas.cf", quotas);
    config.write("postfix-virtual.cf", virtuals);
    (directory, config)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn the_model_finds_what_grep_finds(accounts in file(account(), 7), quotas in file(quota(), 7), virtuals in file(alias(), 4)) {
        let (_kept, config) = directory(&accounts, &quotas, &virtuals);
        let texts = Texts::new(&accounts, &quotas, &virtuals);
        for (dialect, oracle) in [(Dialect::Dms15, dms::Dialect::V15), (Dialect::Dms16, dms::Dialect::V16)] {
            // A comment that is found shuts the container down; the model finds it too, and takes it for an account.
            let Ok(userdb) = config.userdb(oracle) else {
                continue;
            };
            prop_assert_eq!(rows(&userdb), modelled(dialect, &texts, &accounts, &virtuals));
        }
    }

    #[test]
    fn the_model_finds_the_quota_that_grep_finds(quotas in file(quota(), 12), keys in proptest::collection::vec(address(), 40)) {
        let (_kept, config) = directory("", &quotas, "");
        let texts = Texts::new("", &quotas, "");
        let mut lookups = Lookups::new(Dialect::Dms16, &texts);
        let model: Vec<Option<String>> = keys.iter().map(|key| lookups.quota(key).map(str::to_owned)).collect();
        prop_assert_eq!(config.quotas(&keys.iter().map(String::as_str).collect::<Vec<_>>()), model);
    }

    #[test]
    fn the_model_reads_a_table_as_postfix_does(
        lines in proptest::collection::vec("[ \t]{0,2}(#|@|a@|A@|b@)?(x|X)(\\.org)?[ \t]{0,2}(y@x\\.org)?[, ]{0,2}(z@x\\.org|\"q\"@x\\.org)?[ \t]{0,2}", 0..6)
    ) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let table = NamedTempFile::new().unwrap();
        write_settled(table.path(), &text);
        let keys = ["x", "@x", "a@x", "b@x", "x.org", "@x.org", "a@x.org", "A@X.org", "b@x.org", "#x", "y@x.org", ","];
        let found = postmap_all("texthash", table.path(), keys);
        match Texthash::read(&text) {
            Err(_) => prop_assert!(found.is_err_and(|error| error.contains("duplicate entry"))),
            Ok(model) => {
                // Lines that it has something against it skips, and says so.
                let Ok(found) = found else {
                    return Ok(());
                };
                for key in keys {
                    prop_assert_eq!(found.get(key).map(String::as_str), model.get(key), "{}", key);
                }
            }
        }
    }
}
