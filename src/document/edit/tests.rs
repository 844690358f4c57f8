//! What each edit does to a text, and that it does nothing else.

use super::*;

type Edit = fn(&mut Editor) -> Result<&mut Editor, EditError>;

#[track_caller]
fn check(kind: Kind, before: &str, edit: Edit, after: &str) {
    let mut editor = Editor::open(kind, before).unwrap();
    edit(&mut editor).unwrap();
    assert_eq!(editor.text(), after);
    edit(&mut editor).unwrap();
    assert_eq!(editor.text(), after, "the same edit again changes nothing");
    let crlf = before.replace('\n', "\r\n");
    let mut editor = Editor::open(kind, &crlf).unwrap();
    edit(&mut editor).unwrap();
    if crlf.contains('\n') {
        assert_eq!(editor.text(), after.replace('\n', "\r\n"), "with CRLF");
    }
}

const ALICE: &str = "\
# Alice, since 2019
id = \"0193\"   # never changes
name = 'Alice'
# until the move is done
quota = \"5G\" # enough

[x] # no key of ours
y = 1
";

#[test]
fn set_replaces_a_value_and_nothing_else() {
    check(
        Kind::User,
        ALICE,
        |file| file.set(&["quota"], "10G"),
        &ALICE.replace("5G", "10G"),
    );
    check(Kind::User, ALICE, |file| file.set(&["name"], "Alice"), ALICE);
    check(
        Kind::User,
        ALICE,
        |file| file.set(&["x", "y"], 2),
        &ALICE.replace("y = 1", "y = 2"),
    );
    check(
        Kind::User,
        ALICE,
        |file| file.set(&["name"], "Al \"the\" \\ 'x'\u{e9}"),
        &ALICE.replace("'Alice'", "'''Al \"the\" \\ 'x'\u{e9}'''"),
    );
}

#[test]
fn set_puts_a_new_key_where_it_belongs() {
    let row = |after: &str, line: &str| ALICE.replace(after, &format!("{after}{line}"));
    check(
        Kind::User,
        ALICE,
        |file| file.set(&["username"], "alice"),
        &row("never changes\n", "username = \"alice\"\n"),
    );
    check(
        Kind::User,
        ALICE,
        |file| file.set(&["state"], "locked"),
        &row("# enough\n", "state = \"locked\"\n"),
    );
    check(
        Kind::User,
        ALICE,
        |file| file.set(&["protected"], true),
        &row("# enough\n", "protected = true\n"),
    );
    check(
        Kind::User,
        ALICE,
        |file| file.set(&["x", "z"], "v"),
        &row("y = 1\n", "z = \"v\"\n"),
    );
    check(
        Kind::Profile,
        "# about\nlocale = \"en\"\n",
        |file| file.set(&["given_name"], "A"),
        "# about\ngiven_name = \"A\"\nlocale = \"en\"\n",
    );
    check(
        Kind::Profile,
        "# me\n\n# mine\nlocale = \"en\"",
        |file| file.set(&["given_name"], "A"),
        "# me\n\ngiven_name = \"A\"\n# mine\nlocale = \"en\"",
    );
    check(
        Kind::Profile,
        "# me",
        |file| file.set(&["locale"], "en"),
        "# me\nlocale = \"en\"\n",
    );
}

#[test]
fn set_makes_the_tables_it_needs_in_their_place() {
    let file = "format = 1\n\n[organisation]\nname = \"E\"\n\n# ours\n[policy]\nseal_profile = false\n";
    check(
        Kind::Organisation,
        file,
        |file| file.set(&["domains", "example.org", "quota"], "5G"),
        "format = 1\n\n[organisation]\nname = \"E\"\n\n[domains.\"example.org\"]\nquota = \"5G\"\n\n# ours\n[policy]\nseal_profile = false\n",
    );
    check(
        Kind::Organisation,
        file,
        |file| {
            file.set(
                &["policy", "guards", "removals"],
                Value::Table(vec![("count".into(), 3.into())]),
            )
        },
        &format!("{file}\n[policy.guards]\nremovals = {{ count = 3 }}\n"),
    );
    check(
        Kind::Aliases,
        "",
        |file| file.set(&["catch_all", "to"], vec!["a@example.org"]),
        "[catch_all]\nto = [\"a@example.org\"]\n",
    );
    check(
        Kind::Mail,
        "# one\n[masters.b]\n",
        |file| file.set(&["masters", "c"], Value::Table(Vec::new())),
        "# one\n[masters.b]\n\n[masters.c]\n",
    );
    check(
        Kind::Mail,
        "[relay.a]\n# c\nhost = \"h\" # h\nuser = \"u\"\n",
        |file| file.set(&["relay", "a"], Value::Table(vec![("host".into(), "i".into())])),
        "[relay.a]\n# c\nhost = \"i\" # h\n",
    );
}

#[test]
fn set_follows_dotted_keys_and_inline_tables() {
    check(
        Kind::Profile,
        "address.locality = \"Oxford\"\nrecovery_email = \"age:\"\n",
        |file| file.set(&["address", "country"], "GB"),
        "address.locality = \"Oxford\"\naddress.country = \"GB\"\nrecovery_email = \"age:\"\n",
    );
    check(
        Kind::Profile,
        "address = {locality=\"Oxford\"} # c\n",
        |file| file.set(&["address", "country"], "GB"),
        "address = { locality=\"Oxford\", country = \"GB\" } # c\n",
    );
    check(
        Kind::Profile,
        "address = { locality = \"Oxford\" } # c\n",
        |file| file.set(&["address", "locality"], "Bath"),
        "address = { locality = \"Bath\" } # c\n",
    );
    check(
        Kind::Profile,
        "address = {}\n",
        |file| file.set(&["address", "country"], "GB"),
        "address = { country = \"GB\" }\n",
    );
}

#[test]
fn what_stands_in_the_way_is_said() {
    let edit = |text: &str, edit: Edit| {
        edit(&mut Editor::open(Kind::User, text).unwrap())
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(
        edit("x = 1\n", |file| file.set(&["x", "y"], 1)),
        EditError::Clash("x.y".into())
    );
    assert_eq!(edit("[x]\n", |file| file.set(&["x"], 1)), EditError::Clash("x".into()));
    assert_eq!(
        edit("[x]\n", |file| file.append("x", &[])),
        EditError::Clash("x".into())
    );
    assert_eq!(
        edit("groups = [1]\n", |file| file.add(&["groups"], "a")),
        EditError::NotAList("groups".into())
    );
    assert!(matches!(Editor::open(Kind::User, "a = \n"), Err(EditError::Syntax(_))));
}

#[test]
fn remove_takes_the_lines_of_a_key() {
    check(
        Kind::User,
        ALICE,
        |file| file.remove(&["quota"]),
        &ALICE.replace("quota = \"5G\" # enough\n", ""),
    );
    check(Kind::User, ALICE, |file| file.remove(&["forward"]), ALICE);
    check(
        Kind::User,
        ALICE,
        |file| file.remove(&["x"]),
        &ALICE.replace("\n[x] # no key of ours\ny = 1\n", ""),
    );
    check(
        Kind::User,
        "groups = [ # g\n  \"a\", # a\n] # end\nquota = \"1G\"",
        |file| file.remove(&["groups"]),
        "quota = \"1G\"",
    );
    check(
        Kind::Profile,
        "address.country = \"GB\"\nlocale = \"en\"\naddress.region = \"R\"\n",
        |file| file.remove(&["address"]),
        "locale = \"en\"\n",
    );
    check(
        Kind::Profile,
        "address = { country = \"GB\", region = \"R\" }\n",
        |file| file.remove(&["address", "country"]),
        "address = { region = \"R\" }\n",
    );
    check(
        Kind::Sealed,
        "totp = \"t\"\n\n[app_passwords.a]\npassword = \"p\"\n# b's\n[app_passwords.b]\npassword = \"p\"\n",
        |file| file.remove(&["app_passwords", "a"]),
        "totp = \"t\"\n# b's\n[app_passwords.b]\npassword = \"p\"\n",
    );
}

#[test]
fn add_keeps_the_form_of_the_list() {
    let table = [
        ("groups = []\n", "groups = [\"b\"]\n"),
        ("groups = [\"a\", 'c'] # c\n", "groups = [\"a\", \"b\", \"c\"] # c\n"),
        ("groups = [\"c\", \"a\"]\n", "groups = [\"c\", \"a\", \"b\"]\n"),
        ("groups = [\n]\n", "groups = [\n    \"b\",\n]\n"),
        (
            "groups = [\n  # none yet\n]\n",
            "groups = [\n  # none yet\n    \"b\",\n]\n",
        ),
        (
            "groups = [\n  \"a\", # first\n  # last\n  \"c\", # c\n]\n",
            "groups = [\n  \"a\", # first\n  \"b\",\n  # last\n  \"c\", # c\n]\n",
        ),
        (
            "groups = [\n  \"a\" # no comma, here\n]\n",
            "groups = [\n  \"a\", # no comma, here\n  \"b\"\n]\n",
        ),
        (
            "groups = [ # some\n  \"c\",\n]\n",
            "groups = [ # some\n  \"b\",\n  \"c\",\n]\n",
        ),
        (
            "groups = [\"a\",\n  \"c\"]\n",
            "groups = [\"a\",\n    \"b\",\n  \"c\"]\n",
        ),
        ("groups = [\"c\",\n  \"d\"]\n", "groups = [\"b\", \"c\",\n  \"d\"]\n"),
        (
            "groups = [\n  \"a\", \"c\",\n]\n",
            "groups = [\n  \"a\", \"b\", \"c\",\n]\n",
        ),
        ("groups = [\n  \"a\"\n, \"c\"\n]\n", "groups = [\"a\", \"b\", \"c\"]\n"),
        ("name = \"A\"\n", "name = \"A\"\ngroups = [\"b\"]\n"),
    ];
    for (before, after) in table {
        check(Kind::User, before, |file| file.add(&["groups"], "b"), after);
    }
    check(
        Kind::Mail,
        "[system_aliases]\nroot = \"/dev/null\"\n",
        |file| file.add(&["system_aliases", "root"], "a@example.org"),
        "[system_aliases]\nroot = [\"/dev/null\", \"a@example.org\"]\n",
    );
}

#[test]
fn a_list_wider_than_a_line_is_broken() {
    let names: Vec<String> = (0..8).map(|n| format!("\"engineering-{n}\"")).collect();
    let before = format!("groups = [{}]\n", names[1..].join(", "));
    let mut editor = Editor::open(Kind::User, &before).unwrap();
    editor.add(&["groups"], "engineering-0").unwrap();
    assert_eq!(
        editor.text(),
        format!("groups = [\n    {},\n]\n", names.join(",\n    "))
    );
}

#[test]
fn take_keeps_the_form_of_the_list() {
    let table = [
        ("groups = [\"b\"]\n", "groups = []\n"),
        ("groups = [\"a\", \"b\"] # c\n", "groups = [\"a\"] # c\n"),
        ("groups = [\"b\", \"a\", \"b\"]\n", "groups = [\"a\"]\n"),
        (
            "groups = [\n  # heading\n  \"a\", # first\n  \"b\", # gone\n]\n",
            "groups = [\n  # heading\n  \"a\", # first\n]\n",
        ),
        ("groups = [\n  \"b\",\n  \"c\" # c\n]\n", "groups = [\n  \"c\" # c\n]\n"),
        (
            "groups = [\n  \"a\", \"b\", \"c\",\n]\n",
            "groups = [\n  \"a\", \"c\",\n]\n",
        ),
        ("groups = [\"b\",\n  \"c\"]\n", "groups = [\n  \"c\"]\n"),
        ("groups = [\"a\",\n  \"b\"]\n", "groups = [\"a\"]\n"),
        ("groups = [\n  \"b\" # x\n  , \"c\"\n]\n", "groups = [\n   \"c\"\n]\n"),
        ("groups = [\"x\"]\n", "groups = [\"x\"]\n"),
        ("name = \"A\"\n", "name = \"A\"\n"),
    ];
    for (before, after) in table {
        check(Kind::User, before, |file| file.take(&["groups"], "b"), after);
    }
}

#[test]
fn setting_a_list_keeps_the_comments_of_what_stays() {
    check(
        Kind::User,
        "aliases = [\n  \"a@x.org\", # one\n  \"b@x.org\", # two\n]\n",
        |file| file.set(&["aliases"], vec!["a@x.org", "c@x.org"]),
        "aliases = [\n  \"a@x.org\", # one\n  \"c@x.org\",\n]\n",
    );
    check(
        Kind::User,
        "forward = [\"b@x.org\", \"a@x.org\"]\n",
        |file| file.set(&["forward"], vec!["a@x.org", "b@x.org"]),
        "forward = [\"a@x.org\", \"b@x.org\"]\n",
    );
}

#[test]
fn a_tombstone_is_appended() {
    let bob: [(&str, Value); 3] = [
        ("id", "0194".into()),
        ("address", "bob@example.org".into()),
        ("date", jiff::civil::date(2026, 11, 21).into()),
    ];
    let tombstone = "[[retired]]\nid = \"0194\"\naddress = \"bob@example.org\"\ndate = 2026-11-21\n";
    let mut editor = Editor::create(Kind::Retired);
    editor.append("retired", &bob).unwrap();
    assert_eq!(editor.text(), tombstone);
    editor.append("retired", &bob).unwrap();
    assert_eq!(editor.text(), format!("{tombstone}\n{tombstone}"));
    let mut editor = Editor::open(Kind::Mail, "[[regexp]]\npattern = '/a/'\n# end").unwrap();
    editor.append("regexp", &[("pattern", "/b/".into())]).unwrap();
    assert_eq!(
        editor.text(),
        "[[regexp]]\npattern = '/a/'\n# end\n\n[[regexp]]\npattern = \"/b/\"\n"
    );
    let mut editor = Editor::open(Kind::Mail, "[[regexp]]\npattern = '/a/'\n\n[access]\n").unwrap();
    editor.append("regexp", &[("pattern", "/b/".into())]).unwrap();
    assert_eq!(
        editor.text(),
        "[[regexp]]\npattern = '/a/'\n\n[[regexp]]\npattern = \"/b/\"\n\n[access]\n"
    );
}

#[test]
fn a_new_file_is_canonical_whatever_the_order_of_edits() {
    let mut editor = Editor::create(Kind::User);
    editor
        .set(&["state"], "active")
        .unwrap()
        .set(&["groups"], vec!["b", "a"])
        .unwrap();
    editor.set(&["name"], "Alice").unwrap().set(&["id"], "0193").unwrap();
    assert_eq!(
        editor.into_text(),
        "id = \"0193\"\nname = \"Alice\"\ngroups = [\"b\", \"a\"]\nstate = \"active\"\n"
    );
}

#[test]
fn the_counter_of_a_sealed_value_grows() {
    // A binary age file starts so; nothing here opens it.
    let sealed = |n: u64| Sealed::parse(&format!("age:1:{n}:YWdlLWVuY3J5cHRpb24ub3JnL3YxCg=="));
    let mut editor = Editor::create(Kind::Sealed);
    for n in 1..3 {
        editor
            .seal(&["password"], |counter| {
                assert_eq!(counter, n);
                sealed(counter).map_err(|_| EditError::NotSealed(String::new()))
            })
            .unwrap();
    }
    assert_eq!(
        editor.text(),
        format!("password = \"{}\"\n", sealed(2).unwrap().as_str())
    );
    let editor = Editor::open(Kind::Sealed, "password = \"secret\"\n").unwrap();
    assert_eq!(
        editor.next_counter(&["password"]),
        Err(EditError::NotSealed("password".into()))
    );
}
