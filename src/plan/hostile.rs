//! What must hold for any plan, however hostile the names in it.

use proptest::prelude::*;

use super::tests::{nowhere, plan_of, varied};
use super::{Fact, markdown, saved, text};
use crate::model::change::{Change, Subject, Value};
use crate::model::guard::{Code, Found, Guard};
use crate::model::testing::{self, sealed};
use crate::model::{Claim, ClaimValue};

/// What stands outside and inside of code spans, as CommonMark §6.1 reads them: a run of backticks opens a span that the next
/// run of the same length closes.
pub(super) fn code_spans(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        outside.push_str(&rest[..start]);
        let run = run_of_backticks(&rest[start..]);
        let body = &rest[start + run..];
        match closing(body, run) {
            Some(end) => {
                inside.push(stripped(&body[..end]));
                rest = &body[end + run..];
            }
            None => {
                outside.push_str(&rest[start..start + run]);
                rest = body;
            }
        }
    }
    (outside + rest, inside)
}

fn run_of_backticks(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'`').count()
}

fn closing(body: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = body[at..].find('`') {
        let run = run_of_backticks(&body[at + found..]);
        if run == length {
            return Some(at + found);
        }
        at += found + run;
    }
    None
}

fn stripped(body: &str) -> String {
    let is_padded = body.starts_with(' ') && body.ends_with(' ') && body.bytes().any(|byte| byte != b' ');
    if is_padded {
        body[1..body.len() - 1].to_owned()
    } else {
        body.to_owned()
    }
}

/// Text that would mention, link, start a heading, a list, a table or HTML, break out of a code span, or hide.
fn hostile() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "`",
        "``",
        "@everyone",
        "#1",
        "<img src=x>",
        "](https://evil.example)",
        "\n\n# h",
        "\n- x",
        "|",
        "\\",
        "&#64;x",
        "$",
        "~",
        "*",
        "_",
        " ",
        "\u{202e}",
        "\u{200b}",
        "\r",
        "https://evil.example",
        "GH-1",
        "a",
    ]);
    prop::collection::vec(parts, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    /// After the code spans are taken out, the comment says the same whatever users wrote, line by line.
    #[test]
    fn outside_of_code_spans_nothing_is_a_users(name in hostile(), old in hostile(), device in hostile(), path in hostile()) {
        let comment = |name: &str, old: &str, device: &str, path: &str| {
            let mut plan = plan_of(varied, None);
            let place = testing::place(path);
            let subject = Subject::Regexp(name.into());
            let text = |text: &str| Value::Text(text.into());
            let field = || format!("app_passwords.{device}").into();
            let changes = [
                Change::Added(vec![("to".into(), text(old)), (field(), Value::Secret(None))]),
                Change::Removed(vec![]),
                Change::Changed { field: field(), before: Some(text(old)), after: Some(text(name)) },
                Change::Gained { field: "to".into(), item: old.into() },
            ];
            plan.facts = changes.map(|change| Fact { subject: subject.clone(), change, place: place.clone() }).into();
            let found = Found { subject, what: "changes", item: Some(old.into()), fact: 0 };
            plan.guards = vec![Guard { code: Code::Policy, found: vec![found], losses: Vec::new() }];
            plan.head.commit = Some(device.into());
            markdown::write(&plan, &nowhere, markdown::BUDGET)
        };
        // Whatever it says must not be the empty text, for which the sentence may be another.
        let [name, old, device, path] = [name, old, device, path].map(|text| format!("x{text}"));
        let (outside, _) = code_spans(&comment(&name, &old, &device, &path));
        let (harmless, _) = code_spans(&comment("x", "x", "x", "x"));
        prop_assert_eq!(outside, harmless);
    }

    /// One line per fact, nothing that moves the cursor.
    #[test]
    fn the_text_has_no_control_character(name in hostile(), clear in hostile()) {
        let plan = plan_of(|desired| {
            let alice = desired.users.get_mut("alice@example.org").unwrap();
            alice.name = format!("x{name}");
            alice.profile.claims.insert(Claim::Nickname, ClaimValue::Clear(clear.clone()));
        }, None);
        let text = text::plain(&plan, &nowhere);
        let moves = |c: char| c != '\n' && (c.is_control() || ['\u{202e}', '\u{200b}'].contains(&c));
        prop_assert!(!text.contains(moves));
        prop_assert_eq!(text.lines().filter(|line| line.starts_with("~ ")).count(), 2);
    }

    /// The name of a plan is that of its facts, read from anywhere.
    #[test]
    fn a_saved_plan_reads_back(name in hostile(), n in 1..9_u64) {
        let plan = plan_of(|desired| {
            let alice = desired.users.get_mut("alice@example.org").unwrap();
            alice.name = name.clone();
            alice.credentials.totp = Some(sealed(n));
        }, None);
        let mut bytes = Vec::new();
        saved::write(&plan, None, &|_, _| Some((3, 4)), &mut bytes).unwrap();
        let ground = saved::read(&bytes).unwrap();
        prop_assert_eq!(ground, saved::Ground { id: plan.id(), base: plan.base, head: plan.head, live: None });
    }
}
