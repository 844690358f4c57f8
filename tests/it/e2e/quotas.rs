//! How much a mailbox may hold, as Dovecot says it.

use dockspace::model::Quota;

use super::organisation::{may_log_in, password};
use super::served::Served;

/// Dovecot counts in KiB, rounded up, and names no limit where there is none.
pub(super) fn agree(served: &Served) {
    let mut units = std::collections::BTreeSet::new();
    for user in served.desired.users.values().filter(|user| may_log_in(user)) {
        let limit = match served.desired.quota(user) {
            Some(Quota::Limited { count, unit }) => {
                units.insert(unit);
                Some((count * unit.bytes()).div_ceil(1024))
            }
            Some(Quota::Unlimited) | None => None,
        };
        let mut imap = served.rig.login(user.address.as_str(), &password(user)).unwrap();
        let answer = imap.run("GETQUOTAROOT INBOX").unwrap().join("\n");
        let found = answer
            .split_once("(STORAGE ")
            .and_then(|(_, rest)| rest.split_once(')'))
            .map(|(figures, _)| figures.split_once(' ').unwrap().1.parse::<u64>().unwrap());
        assert_eq!(found, limit, "{}: {answer}", user.address);
    }
    assert_eq!(units.len(), 5, "not every unit was tried");
}
