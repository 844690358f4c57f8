//! The mail rig by itself, on files written by hand: what it says must be right before it judges anything.

use crate::support::mail_rig::Rig;
use crate::support::mail_rig::dms::{Dialect, account};
use crate::support::mail_rig::session::Letter;
use crate::support::wait_for;

fn accounts() -> String {
    let mut lines = vec![
        account("alice@example.test", "secret"),
        account("carol@example.test", "secret2"),
        account("small@example.test", "secret3"),
        account("caught@catch.test", "secret4"),
        account("kept@catch.test", "secret5"),
    ];
    lines.push("locked@example.test|{SHA512-CRYPT}!|nologin".to_owned());
    lines.join("\n") + "\n"
}

const ALIASES: &str = "\
team@example.test alice@example.test,carol@example.test
nested@example.test team@example.test
away@example.test somebody@elsewhere.test
sink@example.test devnull
@catch.test caught@catch.test
kept@catch.test kept@catch.test
banned@catch.test caught@catch.test
";

fn rig(dialect: Dialect) -> Rig {
    Rig::start(
        dialect,
        &[
            ("postfix-accounts.cf", &accounts()),
            ("postfix-virtual.cf", ALIASES),
            ("dovecot-quotas.cf", "small@example.test:20k\n"),
            (
                "postfix-regexp.cf",
                "/^info[0-9]+@example\\.test$/ carol@example.test\n",
            ),
            ("postfix-aliases.cf", "devnull: /dev/null\n"),
            ("postfix-receive-access.cf", "banned@catch.test REJECT\n"),
            ("postfix-send-access.cf", "spammer@elsewhere.test REJECT\n"),
            ("dovecot-masters.cf", &account("migration", "master")),
        ],
    )
}

#[test]
fn the_mail_server_behaves_like_docker_mailserver_15() {
    behaves(Dialect::V15);
}

#[test]
fn the_mail_server_behaves_like_docker_mailserver_16() {
    behaves(Dialect::V16);
}

fn behaves(dialect: Dialect) {
    let rig = rig(dialect);
    logins(&rig);
    routes(&rig);
    refusals(&rig);
    quotas(&rig);
    changes(&rig);
}

fn logins(rig: &Rig) {
    assert!(rig.login("alice@example.test", "secret").is_ok());
    assert!(rig.login("ALICE@Example.Test", "secret").is_ok());
    assert!(rig.login("alice@example.test*migration", "master").is_ok());
    for (user, password) in [("alice@example.test", "wrong"), ("locked@example.test", "!")] {
        let refusal = rig.login(user, password).err().expect(user);
        assert!(refusal.starts_with("NO [AUTHENTICATIONFAILED]"), "{user}: {refusal}");
    }
    let letter = Letter::to("carol@example.test").from("alice@example.test");
    let sent = rig.submit("alice@example.test", "secret", &letter);
    rig.wait_for_letter("carol@example.test", &sent);
    assert_eq!(rig.submit("alice@example.test", "wrong", &letter).code, 535);
}

fn routes(rig: &Rig) {
    for (to, inboxes) in [
        ("team@example.test", &["alice@example.test", "carol@example.test"][..]),
        ("nested@example.test", &["alice@example.test", "carol@example.test"]),
        ("alice+shop@example.test", &["alice@example.test"]),
        ("team+shop@example.test", &["alice@example.test", "carol@example.test"]),
        ("locked@example.test", &["locked@example.test"]),
        ("info42@example.test", &["carol@example.test"]),
        ("anything@catch.test", &["caught@catch.test"]),
        ("kept@catch.test", &["kept@catch.test"]),
        ("kept+shop@catch.test", &["kept@catch.test"]),
    ] {
        let sent = rig.deliver(&Letter::to(to));
        for inbox in inboxes {
            rig.wait_for_letter(inbox, &sent);
        }
        let elsewhere = ["alice@example.test", "carol@example.test", "caught@catch.test"];
        for inbox in elsewhere.iter().filter(|inbox| !inboxes.contains(inbox)) {
            assert!(!rig.has_letter(inbox, &sent), "{to} reached {inbox} too");
        }
    }
    assert_eq!(
        rig.postmap("texthash", "virtual", "nested@example.test"),
        Ok(Some("team@example.test".to_owned()))
    );
}

fn refusals(rig: &Rig) {
    for (letter, code, says) in [
        (Letter::to("ghost@example.test"), 550, "User unknown"),
        (Letter::to("info@example.test"), 550, "User unknown"),
        (Letter::to("banned@catch.test"), 554, "Access denied"),
        (Letter::to("somebody@elsewhere.test"), 454, "Relay access denied"),
        (
            Letter::to("alice@example.test").from("spammer@elsewhere.test"),
            554,
            "Access denied",
        ),
    ] {
        let sent = rig.deliver(&letter);
        assert_eq!(sent.code, code, "{}", sent.says);
        assert!(sent.says.contains(says), "{}", sent.says);
    }
    assert_eq!(rig.deliver(&Letter::to("away@example.test")).code, 250);
    assert_eq!(rig.deliver(&Letter::to("sink@example.test")).code, 250);
    wait_for("a forwarded letter to be stopped on this machine", || {
        let log = rig.log();
        let forwarded = log.contains("to=<somebody@elsewhere.test>, orig_to=<away@example.test>");
        (forwarded && log.contains("dsn=5.4.4, status=bounced")).then_some(())
    });
    wait_for("a letter thrown away", || {
        rig.log()
            .contains("status=sent (delivered to file: /dev/null)")
            .then_some(())
    });
}

fn quotas(rig: &Rig) {
    let sent = rig.deliver(&Letter::to("small@example.test").bytes(9_000));
    rig.wait_for_letter("small@example.test", &sent);
    let refused = rig.deliver(&Letter::to("small@example.test").bytes(15_000));
    assert_eq!(
        (refused.code, refused.says.as_str()),
        (
            552,
            "552 5.2.2 <small@example.test>: Recipient address rejected: Mailbox is full"
        )
    );
    let mut imap = rig.login("small@example.test", "secret3").unwrap();
    let answer = imap.run("GETQUOTAROOT INBOX").unwrap().join("\n");
    assert!(answer.contains("(STORAGE 10 20)"), "{answer}");
}

fn changes(rig: &Rig) {
    let dave = account("dave@example.test", "secret6");
    rig.config
        .write("postfix-accounts.cf", &format!("{}{dave}\n", accounts()));
    rig.config
        .write("postfix-virtual.cf", "dave+new@example.test carol@example.test\n");
    rig.take_changes();
    wait_for("the new account", || rig.login("dave@example.test", "secret6").ok());
    let sent = wait_for("the new alias", || {
        Some(rig.deliver(&Letter::to("dave+new@example.test"))).filter(|sent| sent.code == 250)
    });
    rig.wait_for_letter("carol@example.test", &sent);
    assert_eq!(rig.deliver(&Letter::to("nested@example.test")).code, 550);

    let _detector = rig.detect_changes();
    let dave = account("dave@example.test", "changed");
    rig.config
        .write("postfix-accounts.cf", &format!("{}{dave}\n", accounts()));
    wait_for("the new password", || rig.login("dave@example.test", "changed").ok());
    assert!(rig.login("dave@example.test", "secret6").is_err());
    rig.wait_for_empty_queue();
}
