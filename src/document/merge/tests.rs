//! What a merge keeps, what it joins, and where it stops.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(base: &str, ours: &str, theirs: &str, expect: Result<&str, &str>) {
    let merged = merge(Kind::User, base, ours, theirs).map_err(|conflict| conflict.to_string());
    assert_eq!(merged.as_deref().map_err(String::as_str), expect);
}

#[test]
fn different_keys_are_no_conflict() {
    check(
        "name = \"A\" # of A\nquota = \"1G\"\n",
        "name = \"B\" # of A\nquota = \"1G\"\n",
        "name = \"A\" # of A\nquota = \"2G\"\nprotected = true\n",
        Ok("name = \"B\" # of A\nquota = \"2G\"\nprotected = true\n"),
    );
    check("a = 1\nb = 2\n", "a = 1\n", "b = 2\n", Ok(""));
    check("a = 1\n", "a = 2\n", "a = 2\n", Ok("a = 2\n"));
}

#[test]
fn lists_without_an_order_are_joined() {
    check(
        "groups = [\"a\", \"b\", \"c\"]\n",
        "groups = [\"a\", \"c\", \"d\"]\n",
        "groups = [\"b\", \"c\", \"e\"]\n",
        Ok("groups = [\"c\", \"d\", \"e\"]\n"),
    );
    check(
        "",
        "aliases = [\"a@x\"]\n",
        "aliases = [\"b@x\"]\n",
        Ok("aliases = [\"a@x\", \"b@x\"]\n"),
    );
    check(
        "groups = [\n    \"a\", # ours\n    \"b\",\n]\n",
        "groups = [\n    \"a\", # ours\n    \"b\",\n    \"c\",\n]\n",
        "groups = [\n    \"a\", # ours\n    \"b\",\n    \"d\",\n]\n",
        Ok("groups = [\n    \"a\", # ours\n    \"b\",\n    \"c\",\n    \"d\",\n]\n"),
    );
}

#[test]
fn what_both_changed_is_for_people() {
    check(
        "quota = \"1G\"\n",
        "quota = \"2G\"\n",
        "quota = \"3G\"\n",
        Err("both sides changed `quota`"),
    );
    check(
        "quota = \"1G\"\n",
        "",
        "quota = \"3G\"\n",
        Err("both sides changed `quota`"),
    );
    // The order of `forward` is kept, so it is no set; of services that are gone the default is not empty.
    check(
        "",
        "forward = [\"a@x\"]\n",
        "forward = [\"b@x\"]\n",
        Err("both sides changed `forward`"),
    );
    check(
        "services = [\"mail\"]\n",
        "",
        "services = [\"login\", \"mail\"]\n",
        Err("both sides changed `services`"),
    );
    assert!(matches!(
        merge(Kind::User, "a = 1\n", "a = ", "a = 2\n"),
        Err(MergeConflict::Edit(_))
    ));
}

#[test]
fn two_new_passwords_are_for_people_and_different_secrets_are_not() {
    let sealed = |n: u32, body: &str| format!("age:1:{n}:{body}");
    let file = |password: &str, totp: &str| format!("password = \"{password}\"\ntotp = \"{totp}\"\n");
    let (old, ours, theirs) = (sealed(1, "AAAA"), sealed(2, "BBBB"), sealed(2, "CCCC"));
    let merge = |base: &str, ours: &str, theirs: &str| merge(Kind::Sealed, base, ours, theirs);
    let base = file(&old, &old);
    let both = merge(&base, &file(&ours, &old), &file(&theirs, &old));
    assert_eq!(both, Err(MergeConflict::Key("password".into())));
    let apart = merge(&base, &file(&ours, &old), &file(&old, &theirs));
    assert_eq!(apart.unwrap(), file(&ours, &theirs));
}

#[test]
fn tables_are_merged_key_by_key_and_arrays_of_tables_are_not() {
    let merge = |kind, base: &str, ours: &str, theirs: &str| merge(kind, base, ours, theirs);
    let aliases = |lines: &str| format!("[aliases]\n{lines}");
    let merged = merge(
        Kind::Aliases,
        &aliases("b = [\"x@x\"]\n"),
        &aliases("a = [\"x@x\"]\nb = [\"x@x\"]\n"),
        &aliases("b = [\"x@x\", \"y@x\"]\nc = [\"x@x\"]\n"),
    );
    assert_eq!(
        merged.unwrap(),
        aliases("a = [\"x@x\"]\nb = [\"x@x\", \"y@x\"]\nc = [\"x@x\"]\n")
    );
    let retired = |ids: &[&str]| {
        ids.iter()
            .map(|id| format!("[[retired]]\nid = \"{id}\"\n"))
            .collect::<String>()
    };
    assert!(merge(Kind::Retired, &retired(&["a"]), &retired(&["a"]), &retired(&["a", "b"])).is_err());
    assert_eq!(
        merge(Kind::Retired, &retired(&["a"]), &retired(&["a", "b"]), &retired(&["a"])).unwrap(),
        retired(&["a", "b"])
    );
}

#[test]
fn a_comment_of_theirs_is_not_lost_unseen() {
    check(
        "name = \"A\"\n",
        "name = \"B\"\n",
        "name = \"A\"\n# why\n",
        Err("their comment `# why` would be lost"),
    );
    check(
        "name = \"#1\"\n",
        "name = \"#1\"\nquota = \"1G\"\n",
        "name = \"#2\"\n",
        Ok("name = \"#2\"\nquota = \"1G\"\n"),
    );
    check(
        "# a\nname = \"A\"\n",
        "# a\nname = \"B\"\n",
        "name = \"A\"\nprotected = true\n",
        Ok("# a\nname = \"B\"\nprotected = true\n"),
    );
}

fn side() -> impl Strategy<Value = String> {
    let list = prop::collection::btree_set(prop::sample::select(vec!["a", "b", "c", "d"]), 0..4);
    (0..3_u8, 0..3_u8, list).prop_map(|(name, quota, groups)| {
        let groups: Vec<String> = groups.into_iter().map(|name| format!("\"{name}\"")).collect();
        format!(
            "name = \"N{name}\"\ngroups = [{}]\nquota = \"{quota}G\"\n",
            groups.join(", ")
        )
    })
}

proptest! {
    /// It says the same whoever merges whom, and whoever changed nothing takes what the other has.
    #[test]
    fn a_merge_takes_no_side(base in side(), ours in side(), theirs in side()) {
        let one = merge(Kind::User, &base, &ours, &theirs);
        let other = merge(Kind::User, &base, &theirs, &ours);
        prop_assert_eq!(one.is_ok(), other.is_ok());
        if let (Ok(one), Ok(other)) = (one, other) {
            prop_assert_eq!(one, other);
        }
        prop_assert_eq!(merge(Kind::User, &base, &base, &theirs).unwrap(), theirs);
        prop_assert_eq!(merge(Kind::User, &base, &ours, &base).unwrap(), ours);
    }
}
