//! Whole organisations: what is accepted renders, and the rendering does what is meant.

use std::collections::BTreeSet;

use proptest::{prelude::*, sample::Index};

use super::{
    lookups::{Delivery, Lookups, Texts, verify},
    sample::{Sample, address},
    *,
};
use crate::model::{AccessAction, GroupName, Quota, State};

const BOTH: [Dialect; 2] = [Dialect::Dms15, Dialect::Dms16];

#[track_caller]
fn rendered(sample: &Sample) -> FileSet {
    let files = BOTH.map(|dialect| {
        let files = render(&sample.desired, dialect, &sample.secrets()).unwrap();
        assert_eq!(verify(&sample.desired, dialect, &files), Ok(()), "{dialect:?}");
        files
    });
    assert_eq!(files[0], files[1]);
    files.into_iter().next().unwrap()
}

fn text(files: &FileSet, name: &str) -> String {
    let file = files.get(name).map(|file| file.content.clone());
    String::from_utf8(file.unwrap_or_default()).unwrap()
}

fn codes(sample: &Sample) -> Vec<&'static str> {
    let report = check(&sample.desired, Dialect::Dms16).sorted();
    report.iter().map(|diagnostic| diagnostic.rule.code).collect()
}

#[test]
fn only_files_with_something_to_say_are_rendered() {
    let mut sample = Sample::new();
    assert!(rendered(&sample).is_empty());
    sample.user("ann@x.org");
    let files = rendered(&sample);
    let names: Vec<_> = files.iter().map(|(path, file)| (path.as_str(), file.mode)).collect();
    assert_eq!(names, [("postfix-accounts.cf", 0o640)]);
}

#[test]
fn a_secret_stands_in_files_that_only_root_reads() {
    let mut sample = Sample::new();
    sample.user("ann@x.org");
    sample.master("migration");
    sample.relay("x.org", Some("[relay.example]:587"), Some("me"));
    for (path, file) in rendered(&sample).iter() {
        let text = String::from_utf8_lossy(&file.content);
        let is_secret = text.contains("$6$") || text.contains("se cret");
        assert_eq!(file.mode == 0o640, is_secret, "{path}");
    }
}

#[test]
fn a_row_may_be_appended_to_the_accounts() {
    let mut sample = Sample::new();
    sample.user("ann@x.org");
    let mut files = rendered(&sample);
    let mut accounts = text(&files, accounts::NAME);
    accounts += &accounts::line(accounts::Row {
        login: "canary-ann@x.org",
        hash: "{A}b",
        fields: "",
    });
    files.insert(accounts::NAME, accounts.into_bytes(), 0o640);
    assert_eq!(verify(&sample.desired, Dialect::Dms16, &files), Ok(()));
}

#[test]
fn suspended_people_are_refused_even_under_a_catch_all() {
    let mut sample = Sample::new();
    sample.user("ann@x.org");
    sample.user("eve@x.org").state = State::Suspended;
    sample.user("eve@x.org").aliases = vec![address("e@x.org")];
    for has_catch_all in [false, true] {
        if has_catch_all {
            sample.catch_all("x.org", &["ann@x.org"]);
        }
        let texts = Texts::of(&rendered(&sample));
        let lookups = Lookups::new(Dialect::Dms16, &texts);
        for name in ["eve@x.org", "e@x.org", "eve+tag@x.org"] {
            assert!(matches!(lookups.route(name), Delivery::Refused(550 | 554)), "{name}");
        }
    }
}

#[test]
fn patterns_keep_their_order() {
    let mut sample = Sample::new();
    sample.user("ann@x.org");
    sample.user("bob@x.org");
    sample.user("eve@x.org").state = State::Suspended;
    sample.regexp("/^z-1@x\\.org$/", &["bob@x.org"]);
    sample.regexp("/^gone@x\\.org$/", &["eve@x.org"]);
    sample.regexp("/^a-.*@x\\.org$/i", &["ann@x.org", "b@z.example", "ann@x.org"]);
    let expect = "/^z-1@x\\.org$/ bob@x.org\n/^a-.*@x\\.org$/i ann@x.org,b@z.example\n";
    assert_eq!(text(&rendered(&sample), regexp::NAME), expect);
    assert_eq!(codes(&sample), ["DS-R011"]);
}

#[test]
fn what_is_refused_or_warned_of() {
    fn check(expect: &[&str], build: impl FnOnce(&mut Sample)) {
        let mut sample = Sample::new();
        sample.user("ann@x.org");
        sample.user("eve@x.org").state = State::Suspended;
        build(&mut sample);
        assert_eq!(codes(&sample), expect);
    }
    check(&[], |_| {});
    check(&["DS-R001"], |sample| sample.regexp("info@x.org", &["ann@x.org"]));
    check(&["DS-R002"], |sample| {
        sample.alias("out@x.org", &["o@z.example"]);
        sample.regexp("/./", &["ann@x.org"]);
    });
    check(&["DS-R003"], |sample| sample.regexp("/^an.*@x\\.org$/", &["ann@x.org"]));
    check(&[], |sample| sample.regexp("/^anna@x\\.org$/", &["ann@x.org"]));
    check(&["DS-R004"], |sample| sample.regexp("/^a@y\\.org$/", &["ann@x.org"]));
    check(&["DS-R005"], |sample| {
        let root = crate::model::LocalName::parse("root").unwrap();
        sample
            .desired
            .mail
            .system_aliases
            .insert(root, vec![crate::model::SystemTarget::DevNull]);
    });
    check(&["DS-R006"], |sample| {
        sample.user("ann@x.org").dovecot = vec!["userdb_mail=mbox:~/ann@x.org".into()];
    });
    check(&["DS-R006"], |sample| {
        sample.receive("a@x.org", AccessAction::Reject("two\nlines".into()));
    });
    check(&["DS-R006"], |sample| {
        _ = sample.relay("x.org", Some("r:25"), Some("a:b"));
    });
    check(&["DS-R007"], |sample| _ = sample.relay("x.org", Some("[r]:smtp"), None));
    check(&["DS-R008"], |sample| {
        sample.relay("x.org", Some("[r]"), Some("a")).password = None;
    });
    check(&["DS-R009"], |sample| {
        sample.user("ann@x.org").credentials.password = None;
    });
    check(&["DS-R010"], |sample| sample.master("m").password = None);
    check(&["DS-R011"], |sample| {
        sample.alias("a@x.org", &["eve@x.org", "group:none"]);
    });
    check(&["DS-R011"], |sample| sample.catch_all("x.org", &["eve@x.org"]));
    check(&["DS-R011"], |sample| {
        sample.user("ann@x.org").forward = vec![address("eve@x.org")];
    });
}

/// One user of a random organisation, by choices that fit whatever the others are.
#[derive(Clone, Debug)]
struct Person {
    name: String,
    state: u8,
    has_password: bool,
    quota: Option<u8>,
    in_group: bool,
    further: Option<String>,
    forward: Vec<(Index, bool)>,
    keep_copy: bool,
}

const DOMAINS: [&str; 5] = ["x.org", "x.or", "x-org.or", "a.x.org", "xx.org"];
const OUTSIDE: [&str; 4] = ["al@x.o", "b@x.orga", "a.b@z.example", "b@org.or"];
const PATTERNS: [&str; 4] = [
    "/^a.*@x\\.org$/",
    "/^b\\.(a|b)@x\\.or$/",
    "/a@xx\\.org$/i",
    "/^(a|b)+@a\\.x\\.org$/",
];

fn mailbox() -> impl Strategy<Value = String> {
    ("[ab]([ab._-]{0,3}[ab])?", 0..DOMAINS.len())
        .prop_map(|(name, domain)| format!("{name}@{}", DOMAINS[domain]))
        .prop_filter("not an address", |text| Address::mailbox(text).is_ok())
}

fn person() -> impl Strategy<Value = Person> {
    let forward = prop_oneof![4 => Just(Vec::new()), 1 => proptest::collection::vec(any::<(Index, bool)>(), 1..3)];
    let further = prop_oneof![2 => Just(None), 1 => mailbox().prop_map(Some)];
    (
        mailbox(),
        0u8..8,
        any::<bool>(),
        proptest::option::of(0u8..4),
        any::<bool>(),
        further,
        forward,
        any::<bool>(),
    )
        .prop_map(
            |(name, state, has_password, quota, in_group, further, forward, keep_copy)| Person {
                name,
                state,
                has_password,
                quota,
                in_group,
                further,
                forward,
                keep_copy,
            },
        )
}

/// An organisation as `document` would accept it: each address once, targets that exist, no circles. Forwards go to people who
/// stand further down and forward to nobody above; aliases to people and to aliases further down.
fn organisation(
    people: &[Person],
    aliases: &[(String, Vec<(Index, u8)>)],
    catch_alls: &[(usize, Index)],
    patterns: &[usize],
) -> Sample {
    let mut sample = Sample::new();
    let mut taken = BTreeSet::new();
    let people: Vec<&Person> = people
        .iter()
        .filter(|person| taken.insert(person.name.clone()))
        .collect();
    let group = GroupName::parse("team").unwrap();
    for (i, person) in people.iter().enumerate() {
        let later = &people[i + 1..];
        let target = |(index, is_outside): &(Index, bool)| match later {
            [] => address(OUTSIDE[index.index(OUTSIDE.len())]),
            _ if *is_outside => address(OUTSIDE[index.index(OUTSIDE.len())]),
            later => address(&later[index.index(later.len())].name),
        };
        let further = person
            .further
            .as_ref()
            .filter(|name| people.iter().all(|other| other.name != **name));
        let aliases = further
            .filter(|name| taken.insert((*name).clone()))
            .map(|name| address(name));
        let user = sample.user(&person.name);
        user.state = [State::Suspended, State::Absent, State::Locked]
            .get(usize::from(person.state))
            .copied()
            .unwrap_or(State::Active);
        if person.state == 3 {
            user.services.clear();
        }
        if !person.has_password {
            user.credentials.password = None;
        }
        user.quota = person
            .quota
            .map(|quota| Quota::parse(["1G", "20M", "3K", "unlimited"][usize::from(quota)]).unwrap());
        user.forward = person.forward.iter().map(target).collect();
        user.keep_copy = person.keep_copy;
        user.aliases = aliases.into_iter().collect();
        if person.in_group {
            user.groups.insert(group.clone());
        }
    }
    let aliases: Vec<_> = aliases.iter().filter(|(name, _)| taken.insert(name.clone())).collect();
    for (i, (name, targets)) in aliases.iter().enumerate() {
        let later = &aliases[i + 1..];
        let target = |(index, kind): &(Index, u8)| match (kind, people.as_slice(), later) {
            (0, _, _) => "group:team".to_owned(),
            (1, _, [_, ..]) => later[index.index(later.len())].0.clone(),
            (2, [_, ..], _) => people[index.index(people.len())].name.replacen('@', "+tag@", 1),
            (3 | 4, [_, ..], _) => people[index.index(people.len())].name.clone(),
            _ => OUTSIDE[index.index(OUTSIDE.len())].to_owned(),
        };
        let targets: Vec<String> = targets.iter().map(target).collect();
        sample.alias(name, &targets.iter().map(String::as_str).collect::<Vec<_>>());
    }
    for (domain, index) in catch_alls.iter().filter(|_| !people.is_empty()) {
        sample.catch_all(DOMAINS[*domain], &[&people[index.index(people.len())].name]);
    }
    for pattern in patterns.iter().filter(|_| !people.is_empty()) {
        sample.regexp(PATTERNS[*pattern], &[&people[0].name]);
    }
    sample
}

fn any_organisation() -> impl Strategy<Value = Sample> {
    let aliases = (
        mailbox(),
        proptest::collection::vec(any::<(Index, u8)>().prop_map(|(index, kind)| (index, kind % 6)), 1..4),
    );
    (
        proptest::collection::vec(person(), 0..12),
        proptest::collection::vec(aliases, 0..5),
        proptest::collection::vec((0..DOMAINS.len(), any::<Index>()), 0..2),
        proptest::collection::vec(0..PATTERNS.len(), 0..2),
    )
        .prop_map(|(people, aliases, catch_alls, patterns)| organisation(&people, &aliases, &catch_alls, &patterns))
}

impl std::fmt::Debug for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let files = render(&self.desired, Dialect::Dms16, &self.secrets()).unwrap();
        for (path, file) in files.iter() {
            writeln!(f, "== {path}\n{}", String::from_utf8_lossy(&file.content))?;
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn what_check_accepts_does_what_is_meant(sample in any_organisation()) {
        let report = check(&sample.desired, Dialect::Dms16);
        prop_assume!(!report.has_errors());
        for dialect in BOTH {
            let files = render(&sample.desired, dialect, &sample.secrets()).unwrap();
            prop_assert_eq!(verify(&sample.desired, dialect, &files), Ok(()), "{:?}", dialect);
        }
    }

    #[test]
    fn every_line_is_sound_and_belongs_to_something(sample in any_organisation()) {
        let files = render(&sample.desired, Dialect::Dms16, &sample.secrets()).unwrap();
        for (path, file) in files.iter() {
            let text = std::str::from_utf8(&file.content).unwrap();
            prop_assert!(text.ends_with('\n') && !text.contains('\r') && !text.contains("\n\n") && !text.starts_with('\n'));
            let mut seen = BTreeSet::new();
            for line in text.lines() {
                let key = entry_key(path.as_str(), line).unwrap();
                prop_assert!(line.starts_with(key), "{:?}", line);
                prop_assert!(path == regexp::NAME || seen.insert(key), "{} twice in {}", key, path);
                prop_assert!(path == regexp::NAME || key.to_ascii_lowercase() == key);
                let is_known = match key.strip_prefix('@') {
                    Some(domain) => sample.desired.catch_alls.contains_key(domain),
                    None => {
                        let desired = &sample.desired;
                        desired.users.contains_key(key)
                            || desired.aliases.contains_key(key)
                            || desired.users.values().any(|user| user.aliases.iter().any(|alias| alias.as_str() == key))
                            || desired.mail.regexp.iter().any(|regexp| regexp.pattern == key)
                    }
                };
                prop_assert!(is_known, "{} of {}", key, path);
            }
        }
    }
}
