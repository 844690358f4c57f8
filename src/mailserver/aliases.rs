//! `postfix-virtual.cf`: where mail for an address goes, `key target,target`.
//!
//! Two programs read it: Postfix, as a `texthash` table (see `lookups`), and docker-mailserver, line by line, to add for each alias
//! a row to Dovecot's users. For that it searches the accounts for the targets as text: an address elsewhere that looks like the
//! part of a mailbox's would give its alias that mailbox's password. Such a target is written with a quoted name, `"al"@example.org`:
//! the same address (RFC 5321 §4.1.2) that no line of the accounts can hold.

use super::{
    lookups::Grep,
    routes::{Key, Routes},
};
use crate::model::Address;

/// Its name.
pub const NAME: &str = "postfix-virtual.cf";

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// `name@domain`, `@domain` for a catch-all, or a name of the server's own.
    pub key: &'a str,
    /// Addresses separated by commas or blanks; see [`Row::targets`].
    pub value: &'a str,
}

impl<'a> Row<'a> {
    /// The targets, as both readers split them.
    pub fn targets(self) -> impl Iterator<Item = &'a str> {
        self.value
            .split(|c: char| c == ',' || c.is_ascii_whitespace())
            .filter(|target| !target.is_empty())
    }
}

/// The rows as docker-mailserver reads them: leading blanks skipped, one row a line.
pub fn parse(text: &str) -> impl Iterator<Item = Row<'_>> {
    super::lines(text).map(|line| {
        let line = line.trim_ascii();
        let end = line.find(|c: char| c.is_ascii_whitespace()).unwrap_or(line.len());
        let (key, value) = line.split_at(end);
        Row {
            key,
            value: value.trim_ascii_start(),
        }
    })
}

pub(super) fn render(routes: &Routes<'_>) -> String {
    let rows = routes.rows();
    let mut text = String::with_capacity(rows.len() * 64);
    let mut lookalikes = String::new();
    if rows.iter().any(|row| row.mailboxes == 0) {
        for user in routes.directory.holders() {
            lookalikes.push_str(user.address.as_str());
            lookalikes.push('\n');
        }
    }
    let mut accounts = Grep::new(&lookalikes);
    for row in rows {
        match row.key {
            Key::Address(address) => text.push_str(address.as_str()),
            Key::CatchAll(domain) => {
                text.push('@');
                text.push_str(domain.as_str());
            }
        }
        let mut separator = ' ';
        for target in row.targets {
            text.push(separator);
            separator = ',';
            // With a mailbox among the targets, docker-mailserver stops at that.
            let is_lookalike = row.mailboxes == 0 && accounts.first(target.as_str(), "").is_some();
            push(&mut text, target, is_lookalike.then_some('"'));
        }
        text.push('\n');
    }
    text
}

fn push(text: &mut String, target: &Address, quote: Option<char>) {
    text.extend(quote);
    text.push_str(target.local());
    text.extend(quote);
    text.push('@');
    text.push_str(target.domain());
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        mailserver::sample::{Sample, address},
        model::State,
    };

    fn render_all(sample: &Sample) -> String {
        render(&Routes::of(&sample.desired))
    }

    #[track_caller]
    fn check(sample: &Sample, expect: &[&str]) {
        let text = render_all(sample);
        assert_eq!(text.lines().collect::<Vec<_>>(), expect);
        assert!(text.is_empty() || text.ends_with('\n'));
    }

    #[test]
    fn a_user_without_anything_special_needs_no_row() {
        let mut sample = Sample::new();
        sample.user("ann@x.org");
        check(&sample, &[]);
    }

    #[test]
    fn further_addresses_and_forwards() {
        let mut sample = Sample::new();
        sample.user("ann@x.org").aliases = vec![address("an@x.org"), address("ann@y.org")];
        sample.user("bob@x.org").forward = vec![address("bob@z.example")];
        let carol = sample.user("carol@x.org");
        carol.forward = vec![address("carol@z.example"), address("ann@x.org")];
        carol.keep_copy = true;
        check(
            &sample,
            &[
                "an@x.org ann@x.org",
                "ann@y.org ann@x.org",
                "bob@x.org bob@z.example",
                "carol@x.org carol@x.org,ann@x.org,carol@z.example",
            ],
        );
    }

    #[test]
    fn aliases_are_followed_to_mailboxes_and_those_stand_first() {
        let mut sample = Sample::new();
        sample.user("ann@x.org").groups.insert(sample_group("team"));
        sample.user("bob@x.org").groups.insert(sample_group("team"));
        sample.user("eve@x.org").state = State::Suspended;
        sample.user("ann2@x.org").aliases = vec![address("second@x.org")];
        sample.alias(
            "all@x.org",
            &["a@z.example", "sales@x.org", "group:team", "second@x.org"],
        );
        sample.alias("sales@x.org", &["bob@x.org", "eve@x.org", "ann+sales@x.org"]);
        sample.alias("none@x.org", &["eve@x.org"]);
        sample.alias("empty@x.org", &["group:nobody"]);
        check(
            &sample,
            &[
                "second@x.org ann2@x.org",
                "all@x.org ann2@x.org,ann@x.org,bob@x.org,a@z.example,ann+sales@x.org",
                "sales@x.org bob@x.org,ann+sales@x.org",
            ],
        );
    }

    fn sample_group(name: &str) -> crate::model::GroupName {
        crate::model::GroupName::parse(name).unwrap()
    }

    #[test]
    fn a_catch_all_leaves_every_mailbox_of_its_domain_its_own_mail() {
        let mut sample = Sample::new();
        for name in ["ann@x.org", "bob@x.org", "cy@y.org"] {
            sample.user(name);
        }
        sample.user("eve@x.org").state = State::Suspended;
        sample.catch_all("x.org", &["bob@x.org"]);
        check(
            &sample,
            &["ann@x.org ann@x.org", "bob@x.org bob@x.org", "@x.org bob@x.org"],
        );
    }

    #[test]
    fn a_pattern_that_may_match_leaves_mailboxes_their_own_mail() {
        let mut sample = Sample::new();
        sample.user("info@x.org");
        sample.user("ann@x.org");
        sample.regexp("/^info.*@x\\.org$/", &["ann@x.org"]);
        check(&sample, &["info@x.org info@x.org"]);
    }

    #[test]
    fn an_address_elsewhere_that_looks_like_a_mailbox_is_quoted() {
        let mut sample = Sample::new();
        sample.user("alice@example.com");
        sample.user("bob@example.com").forward = vec![address("alice@example.co")];
        sample.alias("al@example.com", &["ice@example.co", "x@z.example"]);
        sample.alias("both@example.com", &["alice@example.co", "alice@example.com"]);
        check(
            &sample,
            &[
                "bob@example.com \"alice\"@example.co",
                "al@example.com \"ice\"@example.co,x@z.example",
                "both@example.com alice@example.com,alice@example.co",
            ],
        );
    }

    #[test]
    fn a_forward_that_leads_nowhere_leaves_the_mail_in_the_mailbox() {
        let mut sample = Sample::new();
        sample.user("eve@x.org").state = State::Suspended;
        sample.user("bob@x.org").forward = vec![address("eve@x.org")];
        check(&sample, &["bob@x.org bob@x.org"]);
    }

    #[test]
    fn rows_as_docker_mailserver_reads_them() {
        let text = "# c\n a@x.org b@x.org, c@x.org\n@x.org\tb@x.org  \nkey\n";
        let row = |key, value| Row { key, value };
        let rows: Vec<_> = parse(text).collect();
        assert_eq!(
            rows,
            [
                row("a@x.org", "b@x.org, c@x.org"),
                row("@x.org", "b@x.org"),
                row("key", "")
            ]
        );
        assert_eq!(rows[0].targets().collect::<Vec<_>>(), ["b@x.org", "c@x.org"]);
    }

    proptest! {
        #[test]
        fn parse_undoes_render(targets in proptest::collection::btree_set("[a-c+]{1,2}", 1..5)) {
            let targets: BTreeSet<String> = targets.iter().map(|name| format!("x{name}x@z.example")).collect();
            let mut sample = Sample::new();
            sample.alias("a@x.org", &targets.iter().map(String::as_str).collect::<Vec<_>>());
            let text = render_all(&sample);
            let rows: Vec<_> = parse(&text).map(|row| (row.key, row.targets().collect::<Vec<_>>())).collect();
            let targets = targets.iter().map(String::as_str).collect::<Vec<_>>();
            prop_assert_eq!(rows, vec![("a@x.org", targets)]);
        }
    }
}
