//! `postfix-send-access.cf` and `postfix-receive-access.cf`: what is done about an envelope sender or recipient, `key action`
//! (access(5), `texthash`).
//!
//! Besides the rules of `mail.toml`, the second refuses addresses that are known not to take mail, those of suspended or absent
//! people first of all, where a catch-all or a pattern would otherwise take what was meant for them.

use std::collections::{BTreeMap, BTreeSet};

use super::{RenderError, routes::Routes};
use crate::model::{Access, AccessAction, AccessKey, Address};

/// Name of the rules about senders.
pub const SEND: &str = "postfix-send-access.cf";
/// Name of the rules about recipients.
pub const RECEIVE: &str = "postfix-receive-access.cf";

const REJECT: &str = "REJECT";
const DUNNO: &str = "DUNNO";

/// One row of either file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// An address or a domain.
    pub key: &'a str,
    /// What Postfix does.
    pub action: &'a str,
}

/// The rows of either file.
pub fn parse(text: &str) -> impl Iterator<Item = Row<'_>> {
    super::lines(text).map(|line| {
        let line = line.trim_ascii();
        let end = line.find(|c: char| c.is_ascii_whitespace()).unwrap_or(line.len());
        let (key, action) = line.split_at(end);
        Row {
            key,
            action: action.trim_ascii_start(),
        }
    })
}

/// Reads an action that can neither run nor reroute anything; `None` for any other.
#[must_use]
pub fn parse_action(text: &str) -> Option<AccessAction> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    if word.eq_ignore_ascii_case(REJECT) {
        return Some(AccessAction::Reject(rest.to_owned()));
    }
    if word.eq_ignore_ascii_case(DUNNO) && rest.is_empty() {
        return Some(AccessAction::Dunno);
    }
    let is_code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = word.parse().ok().filter(|code| is_code && (400..600).contains(code))?;
    Some(AccessAction::Reply(code, rest.to_owned()))
}

fn action(action: &AccessAction) -> String {
    let (word, text) = match action {
        AccessAction::Reject(text) => (REJECT.to_owned(), text.as_str()),
        AccessAction::Dunno => (DUNNO.to_owned(), ""),
        AccessAction::Reply(code, text) => (code.to_string(), text.as_str()),
    };
    if text.is_empty() {
        word
    } else {
        format!("{word} {text}")
    }
}

fn key(key: &AccessKey) -> &str {
    match key {
        AccessKey::Address(address) => address.as_str(),
        AccessKey::Domain(domain) => domain.as_str(),
    }
}

pub(super) fn render_send(rules: &BTreeMap<AccessKey, Access>) -> Result<String, RenderError> {
    let rules = rules.iter().map(|(name, rule)| (key(name), action(&rule.action)));
    write(SEND, rules.collect())
}

/// The rules about recipients, and a refusal for each address that [`Routes::refused`] names unless a rule refuses it already.
pub(super) fn render_receive(rules: &BTreeMap<AccessKey, Access>, routes: &Routes<'_>) -> Result<String, RenderError> {
    let mut rows: BTreeMap<&str, String> = rules
        .iter()
        .map(|(name, rule)| (key(name), action(&rule.action)))
        .collect();
    let refused: BTreeSet<&str> = routes.refused().into_iter().map(Address::as_str).collect();
    for &address in &refused {
        let row = rows.entry(address).or_default();
        if row.is_empty() || row == DUNNO {
            REJECT.clone_into(row);
        }
    }
    // Postfix looks the tagged form up first: letting it pass would let the catch-all take it.
    for name in rules.keys() {
        if let AccessKey::Address(address) = name
            && refused.contains(address.without_tag().as_str())
            && let Some(row) = rows.get_mut(address.as_str()).filter(|row| *row == DUNNO)
        {
            REJECT.clone_into(row);
        }
    }
    write(RECEIVE, rows)
}

fn write(file: &'static str, rows: BTreeMap<&str, String>) -> Result<String, RenderError> {
    let mut text = String::new();
    for (key, action) in rows {
        super::sound(file, key, &action, b"")?;
        text += &format!("{key} {action}\n");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        mailserver::sample::{Sample, address},
        model::State,
    };

    #[track_caller]
    fn check_receive(sample: &Sample, expect: &str) {
        let routes = Routes::of(&sample.desired);
        assert_eq!(render_receive(&sample.desired.mail.receive, &routes).unwrap(), expect);
    }

    #[test]
    fn what_a_rule_says() {
        let mut sample = Sample::new();
        sample.send("spam@z.example", AccessAction::Reject(String::new()));
        sample.send("z.example", AccessAction::Reply(450, "later".into()));
        sample.send("ok@z.example", AccessAction::Dunno);
        sample.send("no@z.example", AccessAction::Reject("go away".into()));
        let text = render_send(&sample.desired.mail.send).unwrap();
        let expect = "no@z.example REJECT go away\nok@z.example DUNNO\nspam@z.example REJECT\nz.example 450 later\n";
        assert_eq!(text, expect);
    }

    #[test]
    fn whoever_is_gone_is_refused_where_something_else_would_take_the_mail() {
        let mut sample = Sample::new();
        sample.user("ann@x.org");
        sample.user("eve@x.org").state = State::Suspended;
        sample.user("eve@y.org").state = State::Absent;
        sample.user("eve@x.org").aliases = vec![address("e@y.org")];
        check_receive(&sample, "");
        sample.catch_all("x.org", &["ann@x.org"]);
        sample.alias("left@x.org", &["eve@x.org"]);
        check_receive(&sample, "eve@x.org REJECT\nleft@x.org REJECT\n");
        sample.regexp("/^e/", &["ann@x.org"]);
        check_receive(
            &sample,
            "e@y.org REJECT\neve@x.org REJECT\neve@y.org REJECT\nleft@x.org REJECT\n",
        );
    }

    #[test]
    fn an_absent_address_that_is_an_alias_now_is_not_refused() {
        let mut sample = Sample::new();
        sample.user("ann@x.org").aliases = vec![address("eve@x.org")];
        sample.user("eve@x.org").state = State::Absent;
        sample.user("cy@x.org").state = State::Absent;
        sample.alias("cy@x.org", &["ann@x.org"]);
        sample.catch_all("x.org", &["ann@x.org"]);
        check_receive(&sample, "");
    }

    #[test]
    fn a_rule_of_ones_own_stays_unless_it_lets_pass() {
        let mut sample = Sample::new();
        sample.user("ann@x.org");
        for (name, action) in [
            ("a@x.org", AccessAction::Dunno),
            ("b@x.org", AccessAction::Reply(553, "moved".into())),
        ] {
            sample.user(name).state = State::Suspended;
            sample.receive(name, action);
        }
        sample.catch_all("x.org", &["ann@x.org"]);
        check_receive(&sample, "a@x.org REJECT\nb@x.org 553 moved\n");
    }

    #[test]
    fn a_rule_that_lets_a_tagged_form_pass_does_not_reopen_the_address() {
        let mut sample = Sample::new();
        sample.user("ann@x.org");
        sample.user("eve@x.org").state = State::Suspended;
        sample.receive("eve+lists@x.org", AccessAction::Dunno);
        sample.receive("ann+lists@x.org", AccessAction::Dunno);
        check_receive(&sample, "ann+lists@x.org DUNNO\neve+lists@x.org DUNNO\n");
        sample.catch_all("x.org", &["ann@x.org"]);
        check_receive(
            &sample,
            "ann+lists@x.org DUNNO\neve+lists@x.org REJECT\neve@x.org REJECT\n",
        );
    }

    #[test]
    fn actions_that_run_or_reroute_are_not_read() {
        for text in [
            "FILTER x:y",
            "REDIRECT a@b.c",
            "BCC a@b.c",
            "OK",
            "PERMIT",
            "DUNNO x",
            "250 ok",
            "600 x",
            "+50 x",
            "",
            "PREPEND X: y",
        ] {
            assert_eq!(parse_action(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parse_undoes_render(text in "[!-~]?", code in 400u16..600, kind in 0u8..3) {
            let action = match kind {
                0 => AccessAction::Reject(text),
                1 => AccessAction::Reply(code, text),
                _ => AccessAction::Dunno,
            };
            let mut sample = Sample::new();
            sample.send("a@z.example", action.clone());
            let text = render_send(&sample.desired.mail.send).unwrap();
            let rows: Vec<_> = parse(&text).map(|row| (row.key, parse_action(row.action))).collect();
            prop_assert_eq!(rows, vec![("a@z.example", Some(action))]);
        }
    }
}
