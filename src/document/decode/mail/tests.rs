//! What the two files of the mail server may say, and what is found wrong.

use super::*;
use crate::{
    diagnostic::Report,
    document::reader::read,
    model::{AccessAction, AccessKey},
};

fn decoded(text: &str) -> (MailFile, Vec<&'static str>) {
    let mut report = Report::default();
    let file = read("mail.toml".into(), text.as_bytes(), &mut report, decode);
    let codes = report.sorted().into_iter().map(|found| found.rule.code).collect();
    (file.unwrap().0, codes)
}

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    assert_eq!(decoded(text).1, expect, "{text}");
}

#[test]
fn every_key_is_read() {
    let text = "[[regexp]]\npattern = '/^b@example\\.org$/'\nto = ['bob@example.org']\n\
                [[regexp]]\npattern = '/^a@example\\.org$/'\nto = ['alice@example.org', 'x=y@elsewhere.example']\n\
                [system_aliases]\ndevnull = '/dev/null'\nabuse = ['alice@example.org', '/dev/null']\n\
                [relay.'example.org']\nhost = '[smtp.relay.example]:587'\nuser = 'example'\n[relay.'example.net']\nhost = 'none'\n\
                [masters.migration]\n\
                [access]\nsend = { 'spammer@example.net' = 'REJECT', 'example.net' = '450 later' }\nreceive = {}\n";
    let (file, codes) = decoded(text);
    assert!(codes.is_empty(), "{codes:?}");
    let patterns: Vec<&str> = file.mail.regexp.iter().map(|regexp| regexp.pattern.as_str()).collect();
    assert_eq!(
        patterns,
        [r"/^b@example\.org$/", r"/^a@example\.org$/"],
        "in the order of the file"
    );
    assert_eq!(file.mail.regexp[1].to.len(), 2);
    let targets: Vec<&str> = file.targets.iter().map(|target| target.value.as_str()).collect();
    assert_eq!(
        targets,
        [
            "bob@example.org",
            "alice@example.org",
            "x=y@elsewhere.example",
            "alice@example.org"
        ]
    );
    assert_eq!(file.mail.system_aliases["devnull"], [SystemTarget::DevNull]);
    assert_eq!(file.mail.system_aliases["abuse"].len(), 2);
    assert_eq!(file.mail.relay["example.org"].user.as_deref(), Some("example"));
    assert_eq!(file.mail.relay["example.net"].host, None);
    assert!(file.mail.masters.contains_key("migration"));
    assert_eq!(file.mail.send.len(), 2);
    let domain = AccessKey::Domain(Domain::parse("example.net").unwrap());
    assert_eq!(file.mail.send[&domain].action, AccessAction::Reply(450, "later".into()));
    let place = &file.mail.send[&domain].place;
    assert_eq!(
        &text[place.span.start as usize..place.span.end as usize],
        "'example.net'"
    );
}

#[test]
fn what_is_wrong() {
    check("[[regexp]]\n", &["DS-F005", "DS-F005"]);
    check("[[regexp]]\npattern = '/(/'\nto = ['a@example.org']\n", &["DS-M001"]);
    check("[[regexp]]\npattern = '/a/'\nto = []\n", &["DS-M002"]);
    check("[[regexp]]\npattern = '/a/'\nto = ['|/bin/sh']\n", &["DS-A011"]);
    check("[[regexp]]\npattern = '/a/'\nto = ['$1@example.org']\n", &["DS-A011"]);
    check("[regexp]\npattern = '/a/'\n", &["DS-F004"]);
    check("[system_aliases]\nroot = 'a@example.org'\n", &["DS-M003"]);
    check(
        "[system_aliases]\nx = '|/bin/sh'\ny = []\nz = [':include:/x']\n",
        &["DS-M004", "DS-M002", "DS-M004"],
    );
    check("[relay.'example.org']\n", &["DS-F005"]);
    check(
        "[relay.'example.org']\nhost = 'relay.example'\nuser = 'a b'\n",
        &["DS-M005", "DS-M006"],
    );
    check("[relay.'example.org']\nhost = 'none'\nuser = 'a'\n", &["DS-M007"]);
    check("[relay.'Example.org']\nhost = 'none'\n", &["DS-D001"]);
    check("[relay.'example.org']\nhost = 'none'\npassword = 'x'\n", &["DS-F003"]);
    check("[masters]\n'a*b' = {}\n", &["DS-M009"]);
    check("[masters.a]\npassword = 'x'\n", &["DS-F003"]);
    check(
        "[access.send]\n'a b' = 'REJECT'\n'a@example.org' = 'OK'\n",
        &["DS-M011", "DS-M012"],
    );
    check("[access.both]\n", &["DS-F003"]);
    check("[smtp]\nreload = ['x']\n", &["DS-F006"]);
}

#[test]
fn secrets() {
    let sealed = "age:1:1:YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==";
    let codes = |text: &str| {
        let mut report = Report::default();
        let (secrets, _) = read("mail.sealed.toml".into(), text.as_bytes(), &mut report, decode_secrets).unwrap();
        let codes: Vec<_> = report.sorted().into_iter().map(|found| found.rule.code).collect();
        (secrets.relay.len(), secrets.masters.len(), codes)
    };
    let text = format!("[relay.'example.org']\npassword = '{sealed}'\n[masters.m]\npassword = '{sealed}'\n");
    assert_eq!(codes(&text), (1, 1, vec![]));
    assert_eq!(codes("[masters.m]\n"), (0, 0, vec!["DS-F005"]));
    assert_eq!(codes("[masters.m]\npassword = 'secret'\n"), (0, 0, vec!["DS-S002"]));
    assert_eq!(
        codes(&format!("[masters.m]\npassword = '{sealed}'\nuser = 'x'\n")),
        (0, 1, vec!["DS-F003"])
    );
}
