//! `dovecot-quotas.cf`: how much a mailbox may hold, `address:size`.
//!
//! docker-mailserver finds a size with `grep -i "ADDRESS:"` in the raw file: unanchored, `.` for any character, comments included,
//! the first hit counts. Rows therefore stand in the order of `order`; and an account without a quota whose search would
//! hit somebody else's row gets a *guard*, a row without a size, which answers its search with "no quota".

use std::fmt::Write;

use super::{lookups::Grep, order::Lines};
use crate::model::{Desired, Quota, Unit, User};

/// Its name.
pub const NAME: &str = "dovecot-quotas.cf";

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The account.
    pub address: &'a str,
    /// The size as written; `None` for a guard and for a row that docker-mailserver does not read as a quota.
    pub size: Option<&'a str>,
}

/// The rows of a file. Comments are skipped, although docker-mailserver's search finds them: see [`Grep`].
pub fn parse(text: &str) -> impl Iterator<Item = Row<'_>> {
    super::lines(text).map(|line| {
        let (address, size) = line.split_once(':').unwrap_or((line, ""));
        // bash drops an empty part at the end.
        let size = size.strip_suffix(':').unwrap_or(size);
        Row {
            address,
            size: (!size.is_empty() && !size.contains(':')).then_some(size),
        }
    })
}

/// The size as both docker-mailserver's own tool and Dovecot 2.3 and 2.4 read it: `^([0-9]+(B|k|M|G|T)|0)$`.
#[must_use]
pub fn size(quota: Quota) -> String {
    match quota {
        Quota::Unlimited => "0".into(),
        Quota::Limited { count, unit } => format!("{count}{}", letter(unit)),
    }
}

const fn letter(unit: Unit) -> char {
    match unit {
        Unit::B => 'B',
        Unit::K => 'k',
        Unit::M => 'M',
        Unit::G => 'G',
        Unit::T => 'T',
    }
}

/// Reads a size that [`size`] wrote or a person did; `None` for what Dovecot would not take either.
#[must_use]
pub fn parse_size(text: &str) -> Option<Quota> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if !digits.is_empty() && digits.bytes().all(|byte| byte == b'0') {
        return Some(Quota::Unlimited);
    }
    let unit = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" => "B".to_owned(),
        unit => unit.trim_end_matches('B').to_owned(),
    };
    let unit = if unit.is_empty() { "B" } else { &unit };
    Quota::parse(&format!("{digits}{unit}")).ok()
}

/// `holders` are all who have a mailbox, by address.
pub(super) fn render(desired: &Desired, holders: &[&User]) -> String {
    let rows: Vec<_> = holders.iter().map(|user| (*user, desired.quota(user))).collect();
    let text = write(&rows, |_| false);
    if text.is_empty() || rows.iter().all(|(_, quota)| quota.is_some()) {
        return text;
    }
    // Sizes hold no `@`: lower case throughout, as `grep -i` compares.
    let lower = text.to_ascii_lowercase();
    let mut grep = Grep::new(&lower);
    write(&rows, |user| grep.first(user.address.as_str(), ":").is_some())
}

fn write(rows: &[(&User, Option<Quota>)], mut needs_guard: impl FnMut(&User) -> bool) -> String {
    let mut lines = Lines::with_capacity(rows.len(), 32);
    for (user, quota) in rows {
        let address = &user.address;
        // Writing to a String can't fail.
        match quota {
            Some(Quota::Unlimited) => lines.add(address, |line| _ = writeln!(line, "{}:0", address.as_str())),
            Some(Quota::Limited { count, unit }) => lines.add(address, |line| {
                _ = writeln!(line, "{}:{count}{}", address.as_str(), letter(*unit));
            }),
            None if needs_guard(user) => lines.add(address, |line| _ = writeln!(line, "{}:", address.as_str())),
            None => {}
        }
    }
    lines.into_text()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mailserver::sample::Sample;

    fn render_all(sample: &Sample) -> String {
        render(&sample.desired, &sample.holders())
    }

    fn check(quotas: &[(&str, Option<&str>)], expect: &str) {
        let mut sample = Sample::new();
        for (address, quota) in quotas {
            sample.user(address).quota = quota.map(|quota| Quota::parse(quota).unwrap());
        }
        assert_eq!(render_all(&sample), expect, "{quotas:?}");
    }

    #[test]
    fn everybody_is_found_by_their_own_row() {
        check(
            &[("ann@x.org", Some("10M")), ("joann@x.org", Some("20M"))],
            "ann@x.org:10M\njoann@x.org:20M\n",
        );
        check(
            &[("bo@x.org", Some("1K")), ("al@x.org", Some("unlimited"))],
            "al@x.org:0\nbo@x.org:1k\n",
        );
        check(&[("ann@x.org", None), ("bob@x.org", None)], "");
    }

    #[test]
    fn a_guard_stands_before_a_row_that_somebody_without_a_quota_would_hit() {
        check(
            &[("ann@x.org", None), ("joann@x.org", Some("20M"))],
            "ann@x.org:\njoann@x.org:20M\n",
        );
        check(
            &[("a.b@x.org", None), ("axb@x.org", Some("7M"))],
            "a.b@x.org:\naxb@x.org:7M\n",
        );
        check(
            &[("noq@x.org", None), ("panoq@x.org", Some("9M"))],
            "noq@x.org:\npanoq@x.org:9M\n",
        );
        check(
            &[("al@x.y.org", None), ("al@x-y.org", Some("9M"))],
            "al@x.y.org:\nal@x-y.org:9M\n",
        );
        check(&[("joann@x.org", None), ("ann@x.org", Some("20M"))], "ann@x.org:20M\n");
        check(&[("al@x.or", None), ("al@x.org", Some("20M"))], "al@x.org:20M\n");
    }

    #[test]
    fn a_suspended_user_has_no_row() {
        let mut sample = Sample::new();
        let user = sample.user("ann@x.org");
        user.quota = Some(Quota::Unlimited);
        user.state = crate::model::State::Suspended;
        assert_eq!(render_all(&sample), "");
    }

    #[test]
    fn sizes_people_write() {
        for (text, expect) in [
            ("10k", Some("10K")),
            ("10K", Some("10K")),
            ("10m", Some("10M")),
            ("10MB", Some("10M")),
            ("010M", Some("10M")),
            ("1000", Some("1000B")),
            ("10B", Some("10B")),
            ("0", Some("unlimited")),
            ("0M", Some("unlimited")),
            ("x", None),
            ("", None),
            ("1.5G", None),
            ("-5M", None),
            (" 5M", None),
        ] {
            assert_eq!(
                parse_size(text).map(|quota| quota.to_string()).as_deref(),
                expect,
                "{text:?}"
            );
        }
    }

    #[test]
    fn rows_as_docker_mailserver_reads_them() {
        for (text, address, size) in [
            ("ann@x.org:5G\n", "ann@x.org", Some("5G")),
            ("ann@x.org:5G:note\n", "ann@x.org", None),
            ("ann@x.org:\n", "ann@x.org", None),
            ("# nobody\nann@x.org\n", "ann@x.org", None),
        ] {
            assert_eq!(parse(text).collect::<Vec<_>>(), [Row { address, size }], "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parse_undoes_render(count in 1u64..1 << 20, unit in 0usize..6, guard: bool) {
            let quota = match [Unit::B, Unit::K, Unit::M, Unit::G, Unit::T].get(unit) {
                Some(unit) => Quota::Limited { count, unit: *unit },
                None => Quota::Unlimited,
            };
            let mut sample = Sample::new();
            sample.user("joann@x.org").quota = Some(quota);
            if guard {
                sample.user("ann@x.org");
            }
            let text = render_all(&sample);
            let read: Vec<_> = parse(&text).map(|row| (row.address, row.size.and_then(parse_size))).collect();
            let own = ("joann@x.org", Some(quota));
            let expect = if guard { vec![("ann@x.org", None), own] } else { vec![own] };
            prop_assert_eq!(read, expect);
        }
    }
}
