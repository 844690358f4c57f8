//! What the canonical form is, that it stays, and that it says the same.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(kind: Kind, text: &str, expect: &str) {
    let formatted = format(kind, text).unwrap();
    assert_eq!(formatted, expect);
    assert_eq!(format(kind, &formatted).unwrap(), expect, "once more");
}

#[test]
fn keys_and_tables_have_an_order() {
    check(
        Kind::User,
        "state='active'\nzzz = 1\nid = \"0193\"\naaa = 2\nname = \"Alice\"\n",
        "id = \"0193\"\nname = \"Alice\"\nstate = 'active'\nzzz = 1\naaa = 2\n",
    );
    check(
        Kind::Organisation,
        "[policy.guards]\nremovals = {percent=5,count = 1}\n[domains.b]\n[policy]\nseal_profile=true\n[domains.a]\nquota='1G'\n[organisation]\nadmin_group='a'\nname='E'\n",
        "[organisation]\nname = 'E'\nadmin_group = 'a'\n\n[domains.a]\nquota = '1G'\n\n[domains.b]\n\n[policy]\nseal_profile = true\n\n[policy.guards]\nremovals = { count = 1, percent = 5 }\n",
    );
    check(
        Kind::Aliases,
        "[aliases]\nsales=['b@x.org','a@x.org']\n\"info\"=['group:z']\n",
        "[aliases]\ninfo = ['group:z']\nsales = ['b@x.org', 'a@x.org']\n",
    );
    check(
        Kind::Mail,
        "[[regexp]]\nto=['b@x.org']\npattern='/b/'\n[masters.m]\n[[regexp]]\npattern='/a/'\nto=[]\n",
        "[[regexp]]\npattern = '/b/'\nto = ['b@x.org']\n\n[[regexp]]\npattern = '/a/'\nto = []\n\n[masters.m]\n",
    );
}

#[test]
fn sets_are_sorted_and_lists_are_not() {
    check(
        Kind::User,
        "groups = [\"b\",\"a\"]\nforward = [\"b@x.org\",\"a@x.org\"]\n",
        "groups = [\"a\", \"b\"]\nforward = [\"b@x.org\", \"a@x.org\"]\n",
    );
    check(
        Kind::User,
        "groups = [\"b\", 1, \"a\"]\n",
        "groups = [\"b\", 1, \"a\"]\n",
    );
}

#[test]
fn an_array_is_broken_where_it_must_be() {
    check(Kind::User, "groups = [\n  \"a\",\n]\n", "groups = [\"a\"]\n");
    check(
        Kind::User,
        "groups = [ # ours\n\"b\" # b\n,\n# about a\n\"a\"\n# end\n] # behind\n",
        "groups = [ # ours\n    # about a\n    \"a\",\n    \"b\", # b\n    # end\n] # behind\n",
    );
    let item = "x".repeat(43);
    check(
        Kind::User,
        &format!("groups = ['{item}','{item}']\n"),
        &format!("groups = [\n    '{item}',\n    '{item}',\n]\n"),
    );
    check(
        Kind::User,
        &format!("groups = ['{item}','{}']\n", &item[..40]),
        &format!("groups = ['{}', '{item}']\n", &item[..40]),
    );
}

#[test]
fn comments_go_with_what_they_are_about() {
    check(
        Kind::User,
        "# Alice\n\n\n# the state\n  # in two lines\nstate = \"active\"# now\n\n# loose\n\nid = \"0193\"\nname = \"A\"\n# end\n",
        "# Alice\n\n# loose\n\nid = \"0193\"\nname = \"A\"\n# the state\n# in two lines\nstate = \"active\" # now\n\n# end\n",
    );
    check(
        Kind::Organisation,
        "#:schema organisation.json\n# ours\n[policy] # p\n# loose\n\nseal_profile = true\n# who\n[organisation]\nname = 'E'\n",
        "#:schema organisation.json\n# ours\n\n# who\n[organisation]\nname = 'E'\n\n[policy] # p\n\n# loose\n\nseal_profile = true\n",
    );
    check(
        Kind::User,
        "# top\nname = 'A'\n# id\nid = '1'\n",
        "# top\n\n# id\nid = '1'\nname = 'A'\n",
    );
    check(Kind::User, "# top\nname = 'A'\n", "# top\nname = 'A'\n");
    check(Kind::User, "\n# nothing\n\n\n# else", "# nothing\n\n# else\n");
}

#[test]
fn edges() {
    check(Kind::User, "", "");
    check(Kind::User, "\n\n", "");
    check(
        Kind::User,
        "\u{feff}id='1'\r\nname = \"A\" # c\r\n",
        "id = '1'\nname = \"A\" # c\n",
    );
    check(Kind::User, "\"id\"='1'\n'a b' = 2", "id = '1'\n\"a b\" = 2\n");
    check(
        Kind::Profile,
        "address.region='r'\nlocale='en'\naddress.locality='l'\n",
        "locale = 'en'\naddress.locality = 'l'\naddress.region = 'r'\n",
    );
    check(
        Kind::Profile,
        "address={region='r',locality='l' }\n",
        "address = { locality = 'l', region = 'r' }\n",
    );
    check(Kind::Profile, "address = {}\n", "address = {}\n");
    check(
        Kind::User,
        "name = \"\"\"\nA # no comment\n\"\"\"   # c\n",
        "name = \"\"\"\nA # no comment\n\"\"\" # c\n",
    );
    let error = format(Kind::User, "id = 1\nid = 2\n").unwrap_err();
    assert_eq!((error.message.as_str(), error.span), ("duplicate key", 7..9));
}

const COMMENTS: [&str; 5] = ["", "\n", "# about\n", "# loose\n\n", "\n# one\n\n  # two\n# three\n"];
const VALUES: [&str; 9] = [
    "\"v\"",
    "1",
    "[]",
    "['b', 'a']",
    "[ # o\n'c', # c\n # a\n'a' # aa\n # e\n]",
    "{b = [2, 1], a.x = 'y'}",
    "['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','cccccccccccccccccccccccccccc']",
    "\"\"\"\n# text\n[x]\n\"\"\"",
    "[{b = 1, a = [ # c\n 1]}, [2,[3]]]",
];

fn body(names: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    let lines = |name: &'static str| {
        let comment = proptest::sample::select(COMMENTS.to_vec());
        let behind = proptest::sample::select(vec!["", "#c", "  # b # c"]);
        (comment, proptest::sample::select(VALUES.to_vec()), behind)
            .prop_map(move |(above, value, behind)| format!("{above}{name}={value}{behind}\n"))
    };
    proptest::sample::subsequence(names.to_vec(), 0..=names.len())
        .prop_shuffle()
        .prop_flat_map(move |names| names.into_iter().map(lines).collect::<Vec<_>>())
        .prop_map(|lines| lines.concat())
}

prop_compose! {
    fn document()(
        top in body(&["format", "x", "y.b", "y.a", "groups"]),
        headers in proptest::sample::subsequence(
            vec!["[policy]", "[policy.guards] # g", "[organisation]", "[domains.b]", "[domains.\"a.b\"]", "[z]", "[[q]]"], 0..=7,
        ).prop_shuffle(),
        bodies in proptest::collection::vec(body(&["name", "managers", "u.v", "site_groups", "removals"]), 7),
        comments in proptest::collection::vec(proptest::sample::select(COMMENTS.to_vec()), 8),
        again in any::<bool>(),
    ) -> String {
        let mut text = top;
        for ((header, body), comment) in headers.iter().zip(&bodies).zip(&comments) {
            text += &format!("{comment}{header}\n{body}");
        }
        if again && headers.contains(&"[[q]]") {
            text += "[q.sub]\nk = 1\n[[q]]\nk = 2\n[q.sub]\nk = 3\n";
        }
        text + comments[7]
    }
}

/// What a text says, sets sorted.
fn says(kind: Kind, text: &str) -> toml::Table {
    fn sort(layout: Layout, path: &mut Vec<String>, value: &mut toml::Value) {
        match value {
            toml::Value::Table(table) => {
                for (name, value) in table.iter_mut() {
                    path.push(name.clone());
                    sort(layout, path, value);
                    path.pop();
                }
            }
            toml::Value::Array(items) if layout.is_set(path) && items.iter().all(toml::Value::is_str) => {
                items.sort_by_key(|item| item.as_str().map(str::to_owned));
            }
            _ => {}
        }
    }
    let mut value = toml::Value::Table(toml::from_str(text).unwrap());
    sort(Layout::of(kind), &mut Vec::new(), &mut value);
    value.as_table().unwrap().clone()
}

/// Everything behind a `#`, sorted: no comment may get lost.
fn comments(text: &str) -> Vec<String> {
    let mut comments: Vec<String> = text
        .lines()
        .filter_map(|line| Some(line.split_once('#')?.1.trim().to_owned()))
        .collect();
    comments.sort_unstable();
    comments
}

proptest! {
    #[test]
    fn formatting_is_final_and_says_the_same(text in document(), kind in proptest::sample::select(vec![Kind::Organisation, Kind::User])) {
        let Ok(formatted) = format(kind, &text) else { return Err(TestCaseError::reject("not TOML")) };
        prop_assert_eq!(says(kind, &text), says(kind, &formatted), "\n{}\n---\n{}", &text, &formatted);
        prop_assert_eq!(comments(&text), comments(&formatted), "\n{}\n---\n{}", &text, &formatted);
        prop_assert_eq!(format(kind, &formatted).unwrap(), formatted, "\n{}", &text);
    }
}
