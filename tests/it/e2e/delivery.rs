//! Where mail goes: a letter to every address there is, and to many that there are not, each held against what the model says.

use std::collections::BTreeSet;

use dockspace::mailserver::lookups::{Delivery, Lookups, Recipients};

use super::served::Served;
use crate::support::mail_rig::session::{Letter, Sent};

/// What the model can't tell, because patterns take it; by hand.
const BY_PATTERN: [(&str, &[&str]); 3] = [
    ("info7@example.test", &["carol@example.test"]),
    (
        "desk-a@example.test",
        &["alice@example.test", "bob@example.test", "zoe@second.test"],
    ),
    ("INFO42@example.test", &["carol@example.test"]),
];

/// What nobody has.
const NOBODY: [&str; 12] = [
    "ghost@example.test",
    "ghost+tag@example.test",
    "info@example.test",
    "info7x@example.test",
    "example.test@example.test",
    "nn@example.test",
    "somebody@elsewhere.test",
    "ghost@sub.example.test",
    "ghost@catch.test",
    "ghost+tag@catch.test",
    "a-b@example.test",
    "ALICE@EXAMPLE.TEST",
];

pub(super) fn agrees(served: &Served) {
    let lookups = Lookups::new(served.dialect, &served.texts);
    let addresses = addresses(served);
    let sent: Vec<(&String, Sent)> = addresses
        .iter()
        .map(|address| (address, served.rig.deliver(&Letter::to(address))))
        .collect();
    served.rig.wait_for_empty_queue();
    let log = served.rig.log();
    let mut wrong = Vec::new();
    let mut seen = [false; 4];
    for (address, sent) in &sent {
        let meant = expected(&lookups, address);
        if let Delivery::To(to) = &meant {
            let kinds = [&to.mailboxes, &to.elsewhere, &to.lost].map(|set| !set.is_empty());
            (0..3).for_each(|kind| seen[kind] |= kinds[kind]);
        } else {
            seen[3] = true;
        }
        let found = found(sent, &log);
        if meant != found {
            wrong.push(format!("{address}: meant {meant:?}, found {found:?}: {}", sent.says));
        }
        if let Delivery::To(to) = &found {
            let missing = to.mailboxes.iter().find(|inbox| !arrived(served, inbox, sent));
            wrong.extend(missing.map(|inbox| format!("{address}: not in the inbox of {inbox}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(seen, [true, true, false, true], "mailboxes, elsewhere, lost, refused");
}

/// Whether the letter lies where the mail of `inbox` does: for one person, who has a `userdb_mail`, in a single file.
fn arrived(served: &Served, inbox: &str, sent: &Sent) -> bool {
    if inbox != "otto@example.test" {
        return served.rig.has_letter(inbox, sent);
    }
    let file = std::fs::read_to_string(served.rig.mailbox(inbox).join("home/inbox"));
    file.is_ok_and(|mbox| mbox.contains(&sent.subject))
}

/// Everybody's and every alias's, each with a tag too.
fn addresses(served: &Served) -> BTreeSet<String> {
    let desired = &served.desired;
    let users = desired.users.values();
    let own = users.flat_map(|user| user.aliases.iter().chain([&user.address]));
    let plain = own.chain(desired.aliases.keys());
    let both = plain.flat_map(|address| {
        let tagged = format!("{}+tag@{}", address.local(), address.domain());
        [address.to_string(), tagged]
    });
    let by_hand = NOBODY.into_iter().chain(BY_PATTERN.map(|(address, _)| address));
    both.chain(by_hand.map(str::to_owned)).collect()
}

fn expected(lookups: &Lookups<'_>, address: &str) -> Delivery {
    let by_pattern = BY_PATTERN.into_iter().find(|(taken, _)| *taken == address);
    match lookups.route(&address.to_ascii_lowercase()) {
        Delivery::Unclear { .. } => {
            let to = by_pattern.map(|(_, to)| to).unwrap_or_default();
            if to.is_empty() {
                return Delivery::Refused(550);
            }
            Delivery::To(Recipients {
                mailboxes: to.iter().map(|&to| to.to_owned()).collect(),
                ..Recipients::default()
            })
        }
        clear => {
            assert!(by_pattern.is_none(), "{address} is not taken by a pattern");
            clear
        }
    }
}

/// What became of a letter: refused at the door, or what the log says of each recipient that Postfix made of it.
fn found(sent: &Sent, log: &str) -> Delivery {
    let Some((_, id)) = sent.says.split_once("queued as ").filter(|_| sent.code == 250) else {
        return match sent.code {
            451 => Delivery::Deferred,
            code => Delivery::Refused(code),
        };
    };
    let mut to = Recipients::default();
    for line in log.lines().filter(|line| line.contains(&format!(" {id}: to=<"))) {
        let recipient = line
            .split_once("to=<")
            .unwrap()
            .1
            .split_once('>')
            .unwrap()
            .0
            .to_ascii_lowercase();
        if line.contains("status=sent") {
            to.mailboxes.insert(untagged(&recipient));
        } else if line.contains("dsn=5.4.4, status=bounced") {
            to.elsewhere.insert(recipient);
        } else {
            to.lost.insert(recipient);
        }
    }
    Delivery::To(to)
}

fn untagged(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap();
    format!("{}@{domain}", local.split('+').next().unwrap())
}
