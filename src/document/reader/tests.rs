//! What the reader makes of small files: the values it gives and every problem it finds.

use super::*;
use crate::model::{Quota, State};

/// The problems of `text` when a little of everything is asked for, as `CODE line:column message`.
fn problems(path: &str, text: &str) -> Vec<String> {
    let mut report = Report::default();
    read(path.into(), text.as_bytes(), &mut report, |mut table| {
        table.get("name").and_then(Value::text);
        table.parse("quota", &file::FILE_NAME, Quota::parse);
        table.word("state", &State::ALL, State::as_str);
        table.flag("protected");
        table.integer("count", 1..=10_u8);
        table.date("expires");
        table.list("groups", &file::FILE_NAME, |text| {
            if text == "bad" { Err("bad name") } else { Ok(text.len()) }
        });
        if let Some(mut session) = table.table("session") {
            session.get("session.idle").and_then(Value::text);
            table.absorb(session);
        }
        table.tables("regexp").into_iter().for_each(Table::finish);
        table.origin()
    });
    let line = |diagnostic: Diagnostic| {
        let (line, column) = diagnostic.place.span.line_column(text);
        let hint = diagnostic.hint.map_or_else(String::new, |hint| format!(" [{hint}]"));
        format!("{} {line}:{column} {}{hint}", diagnostic.rule.code, diagnostic.message)
    };
    report.sorted().into_iter().map(line).collect()
}

#[test]
fn a_value_that_is_not_what_it_should_be() {
    let table = [
        (
            "name = \"Alice\"\nexpires = 2030-01-31\ngroups = [\"a\", \"b\"]\n",
            vec![],
        ),
        (
            "name = 5",
            vec!["DS-F004 1:8 `name` must be a text, not a number [put it in double quotes]"],
        ),
        (
            "name = \"a\\nb\"",
            vec!["DS-F008 1:8 `name`: the character U+000A may not stand in it"],
        ),
        (
            "name = \"a\u{202e}b\"",
            vec!["DS-F008 1:8 `name`: the character U+202E may not stand in it"],
        ),
        (
            "quota = \"5 GB\"",
            vec![
                "DS-F010 1:9 `quota`: a quota is a whole number and one of B, K, M, G or T, such as `5G`, or `unlimited`",
            ],
        ),
        (
            "state = \"activ\"",
            vec!["DS-F017 1:9 `state`: not one of the words it takes [did you mean `active`?]"],
        ),
        (
            "state = \"gone\"",
            vec![
                "DS-F017 1:9 `state`: not one of the words it takes [it is one of `active`, `locked`, `suspended`, `absent`]",
            ],
        ),
        (
            "protected = \"yes\"",
            vec!["DS-F004 1:13 `protected` must be true or false, not a text [write it without quotes]"],
        ),
        ("count = 11", vec!["DS-F018 1:9 `count`: it must be from 1 to 10"]),
        (
            "count = 99999999999999999999999",
            vec!["DS-F018 1:9 `count`: it must be from 1 to 10"],
        ),
        ("count = 0x5", vec![]),
    ];
    for (text, expect) in table {
        assert_eq!(problems("a.toml", text), expect, "{text}");
    }
}

#[test]
fn a_date_a_list_or_a_table_that_is_not_what_it_should_be() {
    let table = [
        (
            "expires = 2030-01-31T00:00:00Z",
            vec!["DS-F004 1:11 `expires` must be a date, not a date or time [write it as 2030-01-31, without quotes]"],
        ),
        (
            "groups = \"a\"",
            vec!["DS-F004 1:10 `groups` must be a list, not a text [put it in square brackets]"],
        ),
        (
            "groups = [\"a\", \"bad\",\n 3, \"a\"]",
            vec![
                "DS-F010 1:16 an entry of `groups`: bad name",
                "DS-F004 2:2 an entry of `groups` must be a text, not a number [put it in double quotes]",
                "DS-F007 2:5 an entry of `groups` stands in the list twice [remove one of them]",
            ],
        ),
        (
            "gruops = []\nstate_dir = \"/\"\nx = 1\n[session]\nidel = 1",
            vec![
                "DS-F003 1:1 unknown key `gruops` [did you mean `groups`?]",
                "DS-F006 2:1 `state_dir` is a setting of a host and may not stand in the repository [move it to \
                 /etc/dockspace/host.toml on that host]",
                "DS-F003 3:1 unknown key `x` [the keys here are `name`, `quota`, `state`, `protected`, `count`, `expires`, \
                 `groups`, `session`, `regexp`]",
                "DS-F003 5:1 unknown key `idel` [did you mean `idle`?]",
            ],
        ),
        (
            "session = 1",
            vec!["DS-F004 1:11 `session` must be a table, not a number"],
        ),
        ("[[regexp]]\nx = 1\n[[regexp]]\n", vec!["DS-F003 2:1 unknown key `x`"]),
    ];
    for (text, expect) in table {
        assert_eq!(problems("a.toml", text), expect, "{text}");
    }
}

#[test]
fn syntax_errors_are_all_found_and_hide_only_what_follows_from_them() {
    let text = "name = \nstate = \"activ\"\ncount = 1 2\nprotected = maybe\n";
    let problems = problems("a.toml", text);
    let codes: Vec<&str> = problems.iter().map(|problem| &problem[..11]).collect();
    assert_eq!(
        codes,
        ["DS-F002 1:8", "DS-F017 2:9", "DS-F002 3:9", "DS-F002 4:1"],
        "{problems:#?}"
    );
}

#[test]
fn what_is_no_text_is_one_problem() {
    let read = |bytes: &[u8]| {
        let mut report = Report::default();
        assert!(read("a.toml".into(), bytes, &mut report, |table| table.finish()).is_none());
        let found = report.sorted();
        assert_eq!(found.len(), 1);
        (found[0].rule.code, found[0].place.span)
    };
    assert_eq!(read(b"name = \"\xff\xfe\""), ("DS-F001", Span::new(8, 9)));
    assert_eq!(read(b"# \xe2\x82"), ("DS-F001", Span::new(2, 4)));
    assert_eq!(read("\u{feff}name = 1".as_bytes()), ("DS-F016", Span::new(0, 3)));
    assert_eq!(read(&vec![b'#'; MAX_LENGTH + 1]), ("DS-F012", Span::new(0, 0)));
}

#[test]
fn nesting_has_an_end() {
    let text = format!("name = {}", "[".repeat(100_000));
    let found = problems("a.toml", &text);
    assert!(found.iter().any(|problem| problem.starts_with("DS-F002")), "{found:?}");
}

#[test]
fn an_unknown_key_beside_tables_with_many_keys_is_found() {
    let mut report = Report::default();
    read(
        "a.toml".into(),
        b"unknown = 1\n[a]\nb = 1\nc = 2\n",
        &mut report,
        |mut table| {
            let mut a = table.table("a").unwrap();
            a.get("a.b");
            a.get("a.c");
            table.absorb(a);
            table.finish();
        },
    );
    let codes: Vec<_> = report.sorted().into_iter().map(|found| found.rule.code).collect();
    assert_eq!(codes, ["DS-F003"]);
}

#[test]
fn an_origin_knows_where_each_key_has_its_value() {
    let mut report = Report::default();
    let text = "a = 1\n[policy.session]\nidle = \"8h\"\n";
    let (origin, soundness) = read("dockspace.toml".into(), text.as_bytes(), &mut report, |mut table| {
        table.get("a");
        let mut policy = table.table("policy").unwrap();
        let mut session = policy.table("policy.session").unwrap();
        session.get("policy.session.idle");
        policy.absorb(session);
        table.absorb(policy);
        table.origin()
    })
    .unwrap();
    assert_eq!(soundness, Soundness::Sound);
    assert_eq!(origin.of("a").span, Span::new(4, 5));
    assert_eq!(origin.of("policy.session.idle").span.line_column(text), (3, 8));
    assert!(report.is_empty());
}

#[test]
fn lines_that_may_hold_a_secret_are_not_shown() {
    let shown = |path: &str, text: &str| {
        let mut report = Report::default();
        read(path.into(), text.as_bytes(), &mut report, |table| table.finish());
        report
            .sorted()
            .into_iter()
            .map(|found| found.excerpt)
            .collect::<Vec<_>>()
    };
    use crate::diagnostic::Excerpt::{Hidden, Shown};
    assert_eq!(
        shown("a.toml", "x = 1\npassword = \"hunter2\"\ny = 1"),
        [Shown, Hidden, Shown]
    );
    assert_eq!(shown("a.toml", "passwrd = \"hunter2"), [Hidden]);
    assert_eq!(shown("users/example.org/a.sealed.toml", "x = 1"), [Hidden]);
}
