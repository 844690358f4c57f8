//! Who may log in, and with whose password.

use std::collections::BTreeSet;
use std::thread;

use dockspace::mailserver::lookups::{Login, Lookups};

use super::organisation::{MASTER_PASSWORD, may_log_in, password};
use super::served::Served;

/// A try, and whether it succeeds.
#[derive(Clone, Debug)]
struct Try {
    login: String,
    password: String,
    is_right: bool,
}

/// Every name is let in with the password that the model finds for it, and with no other.
pub(super) fn agree(served: &Served) {
    by_hand(served);
    let mut lookups = Lookups::new(served.dialect, &served.texts);
    let tries: Vec<Try> = names(served)
        .into_iter()
        .flat_map(|name| tries(served, &name, lookups.login(&name)))
        .collect();
    assert!(tries.iter().filter(|one| one.is_right).count() > 15);
    check(served, &tries);
}

/// What the organisation says, without asking the model.
fn by_hand(served: &Served) {
    let right = |login: &str, password: &str| (login.to_owned(), password.to_owned(), true);
    let wrong = |login: &str, password: &str| (login.to_owned(), password.to_owned(), false);
    let master = |user: &str| format!("{user}*migration");
    let tries = [
        right("alice@example.test", "secret"),
        right("bob@example.test", "secret"),
        right("carol@example.test", "secret"),
        right("dave@example.test", "secret"),
        right("ann@example.test", "password-of-ann"),
        right("al@example.test", "secret"),
        right("only-ann@example.test", "password-of-ann"),
        right(&master("alice@example.test"), MASTER_PASSWORD),
        right(&master("erin@example.test"), MASTER_PASSWORD),
        wrong(&master("alice@example.test"), "secret"),
        wrong(&master("frank@example.test"), MASTER_PASSWORD),
        wrong("alice@example.test", MASTER_PASSWORD),
        wrong("only-ann@example.test", "password-of-joann"),
        wrong("erin@example.test", "password-of-erin"),
        wrong("er@example.test", "password-of-erin"),
        wrong("erin@example.test", "!"),
        wrong("erin@example.test", ""),
        wrong("frank@example.test", "password-of-frank"),
        wrong("fr@example.test", "password-of-frank"),
        wrong("grace@example.test", "password-of-grace"),
        wrong("henry@example.test", ""),
        wrong("henry@example.test", "!"),
        wrong("gone@catch.test", "password-of-gone"),
        wrong("migration", MASTER_PASSWORD),
        wrong("@catch.test", "password-of-left"),
    ];
    let tries = tries.map(|(login, password, is_right)| Try {
        login,
        password,
        is_right,
    });
    check(served, &tries);
}

/// Every address there is, and some that there are not.
fn names(served: &Served) -> BTreeSet<String> {
    let desired = &served.desired;
    let own = desired.users.values().flat_map(|user| {
        let further = user.aliases.iter().map(ToString::to_string);
        further.chain([user.address.to_string()])
    });
    own.chain(desired.aliases.keys().map(ToString::to_string))
        .chain(["@catch.test", "ghost@example.test", "example.test", "alice"].map(str::to_owned))
        .collect()
}

/// The password of the account that the model names, and one that is wrong.
fn tries(served: &Served, name: &str, found: Option<Login<'_>>) -> Vec<Try> {
    let account = found.and_then(|login| served.desired.user(login.account));
    let own = account.map(|user| Try {
        login: name.to_owned(),
        password: password(user),
        is_right: may_log_in(user),
    });
    let other = Try {
        login: name.to_owned(),
        password: "somebody else's".to_owned(),
        is_right: false,
    };
    own.into_iter().chain([other]).collect()
}

/// Many at a time: each refusal takes Dovecot half a second.
fn check(served: &Served, tries: &[Try]) {
    let wrong: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = tries
            .chunks(tries.len().div_ceil(32))
            .map(|part| scope.spawn(|| part.iter().filter_map(|one| outcome(served, one)).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is wrong with how a try ended.
fn outcome(served: &Served, one: &Try) -> Option<String> {
    match (served.rig.login(&one.login, &one.password), one.is_right) {
        (Ok(_), true) => None,
        (Err(says), false) if says.starts_with("NO [AUTHENTICATIONFAILED]") => None,
        // A master user's own password is right; that there is no mailbox then is an internal error to Dovecot.
        (Err(says), false) if one.login.contains('*') && (says.is_empty() || says.starts_with("NO [UNAVAILABLE]")) => {
            None
        }
        (Ok(_), false) => Some(format!("{one:?} was let in")),
        (Err(says), _) => Some(format!("{one:?}: {says}")),
    }
}
