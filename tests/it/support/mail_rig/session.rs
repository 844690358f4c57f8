//! Talking to the mail server as a mail program, a stranger's server or a delivery agent would.
//!
//! Each conversation comes from an address of its own: after a refused login Dovecot makes the next one from there wait.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Rig;
use crate::support::wait_for;

/// A conversation in lines.
struct Lines {
    stream: BufReader<TcpStream>,
}

impl Lines {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self {
            stream: BufReader::new(stream),
        }
    }

    fn send(&mut self, line: &str) {
        self.stream
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())
            .unwrap();
    }

    /// A line without its end; empty when the other side has hung up.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

fn a_fresh_source_address() -> String {
    static LAST: AtomicU16 = AtomicU16::new(0);
    let [high, low] = LAST.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    format!("10.9.{high}.{low}")
}

/// Somebody logged in over IMAP.
pub(crate) struct Imap(Lines);

impl Imap {
    /// Runs a command; the answer's lines, or what the server has against it.
    pub(crate) fn run(&mut self, command: &str) -> Result<Vec<String>, String> {
        self.0.send(&format!("t {command}"));
        let mut lines = Vec::new();
        loop {
            let line = self.0.line();
            match line.strip_prefix("t ") {
                Some(result) if result.starts_with("OK") => return Ok(lines),
                Some(result) => return Err(result.to_owned()),
                None if line.is_empty() || line.starts_with("* BYE") => return Err(line),
                None => lines.push(line),
            }
        }
    }
}

/// How a token is shown.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::upper_case_acronyms, reason = "the names on the wire")]
pub(crate) enum Mechanism {
    XOAUTH2,
    OAUTHBEARER,
}

impl Mechanism {
    fn blob(self, user: &str, token: &str) -> String {
        STANDARD.encode(match self {
            Self::XOAUTH2 => format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}"),
            Self::OAUTHBEARER => format!("n,a={user},\u{1}auth=Bearer {token}\u{1}\u{1}"),
        })
    }

    const fn seen(self) -> &'static str {
        match self {
            Self::XOAUTH2 => "",
            Self::OAUTHBEARER => "AQ==",
        }
    }
}

/// A message to hand in.
pub(crate) struct Letter {
    from: String,
    to: String,
    bytes: usize,
}

impl Letter {
    /// From a stranger to `to`.
    pub(crate) fn to(to: &str) -> Self {
        Self {
            from: "stranger@elsewhere.test".to_owned(),
            to: to.to_owned(),
            bytes: 100,
        }
    }

    pub(crate) fn from(self, from: &str) -> Self {
        Self {
            from: from.to_owned(),
            ..self
        }
    }

    pub(crate) fn bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }
}

/// What became of a letter at the door.
#[derive(Debug)]
pub(crate) struct Sent {
    /// 250, or the code of the first refusal.
    pub(crate) code: u16,
    /// The last line the server said.
    pub(crate) says: String,
    /// Its subject, which no other letter has.
    pub(crate) subject: String,
}

impl Rig {
    /// Logs in over IMAP, or says why not.
    pub(crate) fn login(&self, user: &str, password: &str) -> Result<Imap, String> {
        let mut imap = Imap(Lines::open(self.imap));
        imap.0.line();
        imap.run(&format!("ID (\"x-originating-ip\" \"{}\")", a_fresh_source_address()))?;
        imap.run(&format!("LOGIN \"{user}\" \"{password}\""))?;
        Ok(imap)
    }

    /// Logs in over IMAP with a token (RFC 7628, and Google's XOAUTH2), or says why not: in the end, and in a challenge.
    pub(crate) fn login_with(&self, mechanism: Mechanism, user: &str, token: &str) -> Result<Imap, String> {
        let mut imap = Imap(Lines::open(self.imap));
        imap.0.line();
        imap.run(&format!("ID (\"x-originating-ip\" \"{}\")", a_fresh_source_address()))?;
        imap.0
            .send(&format!("t AUTHENTICATE {mechanism:?} {}", mechanism.blob(user, token)));
        let mut challenge = String::new();
        loop {
            let line = imap.0.line();
            match line.strip_prefix("t ") {
                Some(result) if result.starts_with("OK") => return Ok(imap),
                Some(result) => return Err(format!("{result}\n{challenge}")),
                // What the server has against it; the client has to say that it has seen it.
                None if line.starts_with('+') => {
                    let text = STANDARD.decode(line.trim_start_matches(['+', ' '])).unwrap_or_default();
                    challenge = String::from_utf8_lossy(&text).into_owned();
                    imap.0.send(mechanism.seen());
                }
                None if line.is_empty() || line.starts_with("* BYE") => return Err(line),
                None => {}
            }
        }
    }

    /// The code with which submission answers to a token.
    pub(crate) fn submission_with(&self, mechanism: Mechanism, user: &str, token: &str) -> u16 {
        let mut smtp = Smtp::open(self.submission);
        match smtp.say(&format!("AUTH {mechanism:?} {}", mechanism.blob(user, token))) {
            (334, _) => smtp.say(mechanism.seen()).0,
            (code, _) => code,
        }
    }

    /// Hands a letter in as a stranger's server does.
    pub(crate) fn deliver(&self, letter: &Letter) -> Sent {
        Smtp::open(self.mx).hand_in(letter)
    }

    /// Hands a letter in as somebody who logs in first.
    pub(crate) fn submit(&self, user: &str, password: &str, letter: &Letter) -> Sent {
        let mut smtp = Smtp::open(self.submission);
        let secret = STANDARD.encode(format!("\0{user}\0{password}"));
        match smtp.say(&format!("AUTH PLAIN {secret}")) {
            (235, _) => smtp.hand_in(letter),
            (code, says) => Sent {
                code,
                says,
                subject: "never sent".to_owned(),
            },
        }
    }

    /// Waits until the letter is in the inbox of `address`.
    #[track_caller]
    pub(crate) fn wait_for_letter(&self, address: &str, letter: &Sent) {
        assert_eq!(letter.code, 250, "{}", letter.says);
        wait_for(&format!("a letter in the inbox of {address}"), || {
            self.has_letter(address, letter).then_some(())
        });
    }

    /// Is the letter in the inbox of `address`?
    pub(crate) fn has_letter(&self, address: &str, letter: &Sent) -> bool {
        self.inbox(address)
            .iter()
            .any(|message| message.contains(&letter.subject))
    }
}

struct Smtp(Lines);

impl Smtp {
    fn open(address: SocketAddr) -> Self {
        let mut smtp = Self(Lines::open(address));
        smtp.answer();
        smtp.say("EHLO client.test");
        let (code, says) = smtp.say(&format!("XCLIENT ADDR={}", a_fresh_source_address()));
        assert_eq!(code, 220, "{says}");
        smtp.say("EHLO client.test");
        smtp
    }

    /// The code and the last line of an answer.
    fn answer(&mut self) -> (u16, String) {
        loop {
            let line = self.0.line();
            if line.get(3..4) != Some("-") {
                return (line.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0), line);
            }
        }
    }

    fn say(&mut self, line: &str) -> (u16, String) {
        self.0.send(line);
        self.answer()
    }

    fn hand_in(mut self, letter: &Letter) -> Sent {
        static LAST: AtomicU16 = AtomicU16::new(0);
        let subject = format!("letter-{}-", LAST.fetch_add(1, Ordering::Relaxed));
        let body = format!("{}\r\n", "x".repeat(70)).repeat(letter.bytes / 72);
        let message = format!("From: {}\r\nSubject: {subject}\r\n\r\n{body}", letter.from);
        let steps = [
            format!("MAIL FROM:<{}> SIZE={}", letter.from, message.len()),
            format!("RCPT TO:<{}>", letter.to),
            "DATA".to_owned(),
            format!("{message}."),
        ];
        let (mut code, mut says) = (0, String::new());
        for step in steps {
            (code, says) = self.say(&step);
            if code >= 400 {
                break;
            }
        }
        Sent { code, says, subject }
    }
}
