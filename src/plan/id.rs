//! The name of a change: a digest of its facts.

use std::fmt;
use std::io::{BufWriter, Write};

use super::json::FactView;
use crate::digest::{Digest, Hasher};
use crate::model::change::Fact;

/// How many hexadecimal digits name a plan.
const LENGTH: usize = 12;

/// The first 12 hexadecimal digits of SHA-256 over the facts as canonical JSON (RFC 8785): an array of objects, keys sorted, no
/// white space. Places are left out, so that a comment added above a key doesn't make another plan of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanId(Box<str>);

impl PlanId {
    /// Reads 12 lower-case hexadecimal digits. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (text.len() == LENGTH && is_hex).then(|| Self(text.into()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn of(facts: &[Fact]) -> Self {
        Self::of_views(facts.iter().map(FactView::canonical))
    }

    /// The same from facts that were read back.
    pub(super) fn of_views<'a>(facts: impl Iterator<Item = FactView<'a>>) -> Self {
        let mut digest = Hasher::new();
        // Writing to a digest cannot fail, and a view is only strings.
        let _ = write_canonical(facts, &mut digest);
        Self::from_digest(&digest.finish())
    }

    fn from_digest(digest: &Digest) -> Self {
        Self(digest.to_string()[..LENGTH].into())
    }
}

/// Writes fact by fact, so that a hundred thousand of them need no copy in memory.
fn write_canonical<'a>(facts: impl Iterator<Item = FactView<'a>>, to: impl Write) -> serde_json::Result<()> {
    let mut to = BufWriter::with_capacity(1 << 16, to);
    let mut separator = "[";
    for fact in facts {
        to.write_all(separator.as_bytes()).map_err(serde_json::Error::io)?;
        serde_json::to_writer(&mut to, &fact)?;
        separator = ",";
    }
    let end = if separator == "[" { "[]" } else { "]" };
    to.write_all(end.as_bytes()).map_err(serde_json::Error::io)?;
    to.flush().map_err(serde_json::Error::io)
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256;
    use crate::model::change::{Change, Subject, Value};
    use crate::model::testing;

    fn canonical(facts: &[Fact]) -> String {
        let mut bytes = Vec::new();
        write_canonical(facts.iter().map(FactView::canonical), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn fact(change: Change) -> Fact {
        Fact {
            subject: Subject::User(testing::mailbox("alice@example.org")),
            change,
            place: testing::place("users/example.org/alice.toml"),
        }
    }

    fn text(value: &str) -> Value {
        Value::Text(value.into())
    }

    /// The form is a promise: a change of it gives every plan another name.
    #[test]
    fn the_canonical_form() {
        let digest = sha256(b"");
        let hex = digest.to_string();
        let facts = [
            fact(Change::Added(vec![
                ("name".into(), text("A \"b\"\n\u{1}ä/")),
                ("totp".into(), Value::Secret(Some(Box::new(digest)))),
            ])),
            fact(Change::Removed(vec![])),
            fact(Change::Renamed {
                from: testing::mailbox("al@example.org"),
            }),
            fact(Change::Changed {
                field: "quota".into(),
                before: None,
                after: Some(text("5G")),
            }),
            fact(Change::Changed {
                field: "password".into(),
                before: Some(Value::Secret(None)),
                after: None,
            }),
            fact(Change::Gained {
                field: "groups".into(),
                item: "dev".into(),
            }),
            fact(Change::Lost {
                field: "groups".into(),
                item: "dev".into(),
            }),
        ];
        let subject = r#""subject":{"kind":"user","name":"alice@example.org"}"#;
        let expected = [
            format!(
                r#"{{"action":"added","fields":[{{"field":"name","value":"A \"b\"\n\u0001ä/"}},{{"field":"totp","value":{{"sealed":"{hex}"}}}}],{subject}}}"#
            ),
            format!(r#"{{"action":"removed","fields":[],{subject}}}"#),
            format!(r#"{{"action":"renamed","from":"al@example.org",{subject}}}"#),
            format!(r#"{{"action":"changed","after":"5G","field":"quota",{subject}}}"#),
            format!(r#"{{"action":"changed","before":{{"sealed":null}},"field":"password",{subject}}}"#),
            format!(r#"{{"action":"gained","field":"groups","item":"dev",{subject}}}"#),
            format!(r#"{{"action":"lost","field":"groups","item":"dev",{subject}}}"#),
        ];
        assert_eq!(canonical(&facts), format!("[{}]", expected.join(",")));
        assert_eq!(canonical(&[]), "[]");
    }

    #[test]
    fn the_id_is_the_start_of_the_digest_of_it() {
        let facts = [fact(Change::Gained {
            field: "groups".into(),
            item: "dev".into(),
        })];
        let digest = sha256(canonical(&facts).as_bytes()).to_string();
        assert_eq!(PlanId::of(&facts).as_str(), &digest[..12]);
    }

    #[test]
    fn a_moved_line_keeps_the_id_and_another_fact_does_not() {
        let change = Change::Gained {
            field: "groups".into(),
            item: "dev".into(),
        };
        let mut moved = fact(change.clone());
        moved.place.span.start += 1;
        moved.place.path = "elsewhere".into();
        assert_eq!(PlanId::of(&[moved]), PlanId::of(&[fact(change.clone())]));
        assert_ne!(PlanId::of(&[]), PlanId::of(&[fact(change)]));
    }

    #[test]
    fn an_id_reads_back() {
        let id = PlanId::of(&[]);
        assert_eq!(PlanId::parse(id.as_str()), Some(id));
        for bad in ["", "abc", "0123456789AB", "0123456789ag", "0123456789abc"] {
            assert_eq!(PlanId::parse(bad), None, "{bad}");
        }
    }
}
