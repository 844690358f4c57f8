//! The faults of the originals, one by one, in files as people write them.

use super::*;
use crate::{
    mailserver::sample::{Sample, address},
    model::State,
};

const BOTH: [Dialect; 2] = [Dialect::Dms15, Dialect::Dms16];

fn to(mailboxes: &[&str], elsewhere: &[&str], lost: &[&str]) -> Delivery {
    let set = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    Delivery::To(Recipients {
        mailboxes: set(mailboxes),
        elsewhere: set(elsewhere),
        lost: set(lost),
    })
}

#[track_caller]
fn check_quota(quotas: &str, address: &str, expect: Option<&str>) {
    let texts = Texts::new("", quotas, "");
    for dialect in BOTH {
        assert_eq!(
            Lookups::new(dialect, &texts).quota(address),
            expect,
            "{address} in {quotas:?}"
        );
    }
}

#[track_caller]
fn check_login(accounts: &str, aliases: &str, name: &str, expect: [Option<&str>; 2]) {
    let texts = Texts::new(accounts, "", aliases);
    for (dialect, expect) in BOTH.into_iter().zip(expect) {
        let hash = Lookups::new(dialect, &texts).login(name).map(|login| login.hash);
        assert_eq!(hash, expect, "{name} in {dialect:?}");
    }
}

#[track_caller]
fn check_route(accounts: &str, aliases: &str, name: &str, expect: &Delivery) {
    let texts = Texts::new(accounts, "", aliases);
    assert_eq!(
        Lookups::new(Dialect::Dms16, &texts).route(name),
        *expect,
        "{name} in {aliases:?}"
    );
}

#[test]
fn quota_of_a_longer_name_is_found_for_a_shorter_one() {
    check_quota("joann@x.org:20M\nann@x.org:10M\n", "ann@x.org", Some("20M"));
    check_quota("ann@x.org:10M\njoann@x.org:20M\n", "ann@x.org", Some("10M"));
    check_quota("panoq@x.org:9M\n", "noq@x.org", Some("9M"));
}

#[test]
fn quota_is_found_where_a_dot_stands_for_anything() {
    check_quota("axb@x.org:7M\n", "a.b@x.org", Some("7M"));
    check_quota("a.b@x.org:7M\n", "axb@x.org", None);
}

#[test]
fn quota_in_a_comment_counts() {
    check_quota("#eve@x.org:5M\n", "eve@x.org", Some("5M"));
}

#[test]
fn quota_with_three_fields_is_none_and_a_guard_shields() {
    check_quota("ann@x.org:5G:note\n", "ann@x.org", None);
    check_quota("ann@x.org:\njoann@x.org:20M\n", "ann@x.org", None);
}

#[test]
fn quota_is_found_whatever_the_case() {
    check_quota("ANN@X.org:5G\n", "ann@x.org", Some("5G"));
}

#[test]
fn alias_gets_the_password_of_a_longer_name_above() {
    let aliases = "team@x.org ann@x.org\n";
    check_login("joann@x.org|J\nann@x.org|A\n", aliases, "team@x.org", [Some("J"); 2]);
    check_login("ann@x.org|A\njoann@x.org|J\n", aliases, "team@x.org", [Some("A"); 2]);
}

#[test]
fn alias_to_a_mistyped_domain_gets_a_password() {
    check_login(
        "alice@example.test|A\n",
        "al@x.org alice@example.tes\n",
        "al@x.org",
        [Some("A"); 2],
    );
    check_login(
        "nofinal@x.org|N\n",
        "team@x.org al@x.org\n",
        "team@x.org",
        [Some("N"); 2],
    );
    check_login(
        "alice@example.com|A\n",
        "al@x.org \"alice\"@example.co\n",
        "al@x.org",
        [None; 2],
    );
}

#[test]
fn alias_gets_the_password_in_a_commented_row() {
    check_login(
        "#ann@x.org|OLD\nann@x.org|A\n",
        "team@x.org ann@x.org\n",
        "team@x.org",
        [Some("OLD"); 2],
    );
}

#[test]
fn aliases_with_several_targets_and_catch_alls_by_dialect() {
    let accounts = "ann@x.org|A\nbob@x.org|B\n";
    check_login(
        accounts,
        "team@x.org x@z.example,bob@x.org ann@x.org\n",
        "team@x.org",
        [None, Some("B")],
    );
    check_login(accounts, "@x.org ann@x.org\n", "@x.org", [Some("A"), None]);
    check_login(accounts, "local ann@x.org\n", "local", [None; 2]);
}

#[test]
fn nobody_logs_in_with_a_tag() {
    let accounts = "ann@x.org|A\n";
    check_login(accounts, "ann+news@x.org ann@x.org\n", "ann+news@x.org", [None; 2]);
}

#[test]
fn an_account_comes_before_an_alias_of_the_same_name() {
    check_login(
        "ann@x.org|A\nbob@x.org|B\n",
        "ann@x.org bob@x.org\n",
        "ann@x.org",
        [Some("A"); 2],
    );
}

#[test]
fn a_mixed_case_account_can_not_log_in_and_two_stop_all_mail() {
    check_login("Ann@x.org|A\n", "", "ann@x.org", [None; 2]);
    check_route("Ann@x.org|A\nann@x.org|B\n", "", "ann@x.org", &Delivery::Deferred);
}

#[test]
fn a_key_twice_stops_all_mail() {
    check_route(
        "ann@x.org|A\n",
        "a@x.org ann@x.org\nA@x.org ann@x.org\n",
        "ann@x.org",
        &Delivery::Deferred,
    );
}

#[test]
fn an_alias_makes_its_domain_ours() {
    let accounts = "ann@x.org|A\n";
    check_route(accounts, "", "ann@y.org", &Delivery::Refused(454));
    check_route(accounts, "a@y.org ann@x.org\n", "ann@y.org", &Delivery::Refused(550));
}

#[test]
fn a_catch_all_takes_the_mail_of_mailboxes_without_a_row() {
    let accounts = "ann@x.org|A\nbob@x.org|B\n";
    let aliases = "@x.org bob@x.org\nbob@x.org bob@x.org\n";
    check_route(accounts, aliases, "ann@x.org", &to(&["bob@x.org"], &[], &[]));
    check_route(accounts, aliases, "bob+tag@x.org", &to(&["bob@x.org"], &[], &[]));
    check_route(
        accounts,
        "@x.org bob@x.org\n",
        "bob@x.org",
        &to(&["bob@x.org"], &[], &[]),
    );
}

#[test]
fn forwards_copies_tags_and_nested_aliases() {
    let accounts = "ann@x.org|A\nbob@x.org|B\n";
    let aliases =
        "bob@x.org bob@x.org,b@z.example\nteam@x.org more@x.org ann@x.org\nmore@x.org bob@x.org, gone@x.org\n";
    check_route(
        accounts,
        aliases,
        "team@x.org",
        &to(&["ann@x.org", "bob@x.org"], &["b@z.example"], &["gone@x.org"]),
    );
    check_route(accounts, aliases, "ann+tag@x.org", &to(&["ann@x.org"], &[], &[]));
    check_route(
        accounts,
        "a@x.org b@z.example\n",
        "a+t@x.org",
        &to(&[], &["b+t@z.example"], &[]),
    );
    check_route(
        accounts,
        "al@x.org \"alice\"@example.co\n",
        "al@x.org",
        &to(&[], &["alice@example.co"], &[]),
    );
}

#[test]
fn a_circle_and_too_many_are_put_off() {
    check_route(
        "ann@x.org|A\n",
        "a@x.org b@x.org\nb@x.org a@x.org\n",
        "a@x.org",
        &Delivery::Deferred,
    );
    let many: Vec<String> = (0..1100).map(|i| format!("a{i}@z.example")).collect();
    check_route(
        "ann@x.org|A\n",
        &format!("a@x.org {}\n", many.join(",")),
        "a@x.org",
        &Delivery::Deferred,
    );
    // A circle through an address that keeps a copy ends there.
    let aliases = "ann@x.org ann@x.org,b@x.org\nb@x.org ann@x.org\n";
    check_route("ann@x.org|A\n", aliases, "b@x.org", &to(&["ann@x.org"], &[], &[]));
}

/// Breaks a good rendering by one file and expects to be told.
#[track_caller]
fn check_verify(sample: &Sample, name: &str, content: &str, says: &str) {
    let mut files = crate::mailserver::render(&sample.desired, Dialect::Dms16, &sample.secrets()).unwrap();
    assert_eq!(verify(&sample.desired, Dialect::Dms16, &files), Ok(()));
    files.insert(name, content.as_bytes().to_vec(), 0o644);
    let violation = verify(&sample.desired, Dialect::Dms16, &files).unwrap_err();
    assert_eq!(violation.to_string(), says);
}

#[test]
fn verify_tells_what_would_go_wrong() {
    let mut sample = Sample::new();
    sample.user("ann@x.org").quota = Some(crate::model::Quota::parse("5G").unwrap());
    sample.user("joann@x.org").quota = Some(crate::model::Quota::parse("1G").unwrap());
    sample.user("eve@x.org").state = State::Locked;
    sample.user("joann@x.org").aliases = vec![address("jo@x.org")];
    sample.alias("team@x.org", &["ann@x.org"]);
    check_verify(
        &sample,
        quotas::NAME,
        "joann@x.org:1G\nann@x.org:5G\n",
        "docker-mailserver would find the quota Some(\"1G\") for ann@x.org, which has Some(\"5G\")",
    );
    check_verify(
        &sample,
        accounts::NAME,
        "joann@x.org|J\nann@x.org|A\neve@x.org|!|nologin\n",
        "the password of joann@x.org would log in to team@x.org, which does not lead there",
    );
    check_verify(
        &sample,
        accounts::NAME,
        "ann@x.org|A\njoann@x.org|J\neve@x.org|E\n",
        "eve@x.org would not log in with the password of its own",
    );
    let found = to(&["ann@x.org"], &[], &[]);
    check_verify(
        &sample,
        aliases::NAME,
        "team@x.org ann@x.org\njo@x.org ann@x.org\n",
        &format!("mail for jo@x.org would go another way: {found:?}"),
    );
}
