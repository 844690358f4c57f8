//! Does every line of the rendered files belong to somebody? Worked out from the organisation alone, without the renderer.

use std::collections::{BTreeMap, BTreeSet};

use dockspace::fileset::FileSet;
use dockspace::mailserver::{self, Secrets, quotas};
use dockspace::model::credential::PasswordHash;
use dockspace::model::{AccessKey, Desired, Dialect, Quota, State};
use dockspace::seal::Secret;

/// A hash with every character that one may have.
const HASH: &str = "{SHA512-CRYPT}$6$n.Y213N8s7nrG1Bo$KQry63y0wKCMlVCwVLIAVA/fCEJ39njrsV7HzW3hU7F181BNkX0k1bx0flXSDzzoU.x4ss9K6TeE.Fflu7ZCb0";

/// What would be opened.
pub(crate) fn secrets(desired: &Desired) -> Secrets {
    let hash = || PasswordHash::parse(HASH).unwrap();
    Secrets {
        passwords: desired.users.keys().map(|address| (address.clone(), hash())).collect(),
        masters: desired.mail.masters.keys().map(|name| (name.clone(), hash())).collect(),
        relays: desired
            .mail
            .relay
            .keys()
            .map(|domain| (domain.clone(), Secret::new("relay password:1".to_owned())))
            .collect(),
    }
}

/// Renders what is accepted and holds it against the organisation.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn check(desired: &Desired) -> Result<(), String> {
    for dialect in [Dialect::Dms15, Dialect::Dms16] {
        if mailserver::check(desired, dialect).has_errors() {
            continue;
        }
        let files = mailserver::render(desired, dialect, &secrets(desired)).map_err(|error| error.to_string())?;
        mailserver::lookups::verify(desired, dialect, &files).map_err(|error| error.to_string())?;
        for (path, file) in files.iter() {
            let text = String::from_utf8(file.content.clone()).map_err(|error| error.to_string())?;
            plain(&text).map_err(|fault| format!("{path}: {fault}:\n{text}"))?;
        }
        owned(desired, dialect, &files)?;
    }
    Ok(())
}

/// Nothing but printable lines that begin with a key.
fn plain(text: &str) -> Result<(), &'static str> {
    let is_plain = |byte: u8| byte == b'\n' || byte == b' ' || byte.is_ascii_graphic();
    if !text.bytes().all(is_plain) {
        return Err("a character that is no plain one");
    }
    if !text.ends_with('\n') {
        return Err("the last line has no end");
    }
    if text.lines().any(|line| line.is_empty() || line.starts_with([' ', '#'])) {
        return Err("a line without a key");
    }
    Ok(())
}

/// The keys that each file may have, and what may stand behind each.
struct Owner<'d> {
    desired: &'d Desired,
    dialect: Dialect,
    /// Mailboxes.
    mailboxes: BTreeSet<String>,
    /// Every address that anything may lead to.
    targets: BTreeSet<String>,
}

fn owned(desired: &Desired, dialect: Dialect, files: &FileSet) -> Result<(), String> {
    let owner = Owner::of(desired, dialect);
    for (path, file) in files.iter() {
        let text = std::str::from_utf8(&file.content).map_err(|error| error.to_string())?;
        let fault = |what: &str, line: &str| Err(format!("{path}: {what}: {line}"));
        let separator = match path.as_str() {
            "postfix-accounts.cf" | "dovecot-masters.cf" => '|',
            "dovecot-quotas.cf" | "postfix-aliases.cf" => ':',
            "postfix-regexp.cf" => {
                owner.patterns(text)?;
                continue;
            }
            _ => ' ',
        };
        let mut keys = BTreeSet::new();
        for line in text.lines() {
            let (key, value) = line.split_once(separator).unwrap_or((line, ""));
            if !keys.insert(key) {
                return fault("a key twice", line);
            }
            match owner.value(path.as_str(), key) {
                None => return fault("nobody's line", line),
                Some(Values::Exactly(values)) if !values.iter().any(|own| own == value) => {
                    return fault("not what it should be", line);
                }
                Some(Values::Targets) if !value.split(',').all(|target| owner.targets.contains(&unquoted(target))) => {
                    return fault("leads where nothing should", line);
                }
                Some(Values::Exactly(_) | Values::Targets) => {}
            }
        }
    }
    let accounts = files.get("postfix-accounts.cf").map_or(0, |file| lines(&file.content));
    if accounts != owner.mailboxes.len() {
        return Err(format!("{accounts} accounts for {} mailboxes", owner.mailboxes.len()));
    }
    Ok(())
}

/// A target whose name is quoted, so that searches for mailboxes pass it by.
fn unquoted(target: &str) -> String {
    target.trim().replacen('"', "", 2)
}

fn lines(content: &[u8]) -> usize {
    content.iter().filter(|byte| **byte == b'\n').count()
}

/// Fields with a mail location as Dovecot 2.4 has it.
fn in_parts(fields: &str) -> String {
    [
        ("userdb_mail=", "userdb_mail_driver="),
        (":~/", " userdb_mail_path=~/"),
        (":INBOX=", " userdb_mail_inbox_path="),
        (":INDEX=", " userdb_mail_index_path="),
        (":CONTROL=", " userdb_mail_control_path="),
        (":ALT=", " userdb_mail_alt_path="),
        (":LAYOUT=", " userdb_mailbox_list_layout="),
    ]
    .into_iter()
    .fold(fields.to_owned(), |fields, (old, new)| fields.replace(old, new))
}

/// What may stand behind a key.
enum Values {
    Exactly(Vec<String>),
    /// Addresses of the organisation, separated by commas.
    Targets,
}

impl<'d> Owner<'d> {
    fn of(desired: &'d Desired, dialect: Dialect) -> Self {
        let mailboxes: BTreeSet<String> = desired
            .users
            .values()
            .filter(|user| user.has_mailbox())
            .map(|user| user.address.to_string())
            .collect();
        let mut targets = mailboxes.clone();
        let forwards = desired.users.values().flat_map(|user| &user.forward);
        let aliases = desired.aliases.values().chain(desired.catch_alls.values());
        let shared = aliases
            .flat_map(|alias| &alias.targets)
            .filter_map(|target| match target {
                dockspace::model::AliasTarget::Address(address) => Some(address),
                dockspace::model::AliasTarget::Group(_) => None,
            });
        let patterns = desired.mail.regexp.iter().flat_map(|regexp| &regexp.to);
        let system = desired.mail.system_aliases.values().flatten();
        targets.extend(forwards.chain(shared).chain(patterns).map(ToString::to_string));
        targets.extend(system.map(|target| match target {
            dockspace::model::SystemTarget::DevNull => "/dev/null".to_owned(),
            dockspace::model::SystemTarget::Address(address) => address.to_string(),
        }));
        Self {
            desired,
            dialect,
            mailboxes,
            targets,
        }
    }

    /// What may stand behind `key` in the file; nothing when the key is nobody's.
    fn value(&self, file: &str, key: &str) -> Option<Values> {
        let mail = &self.desired.mail;
        match file {
            "postfix-accounts.cf" => self.account(key),
            "dovecot-quotas.cf" => {
                let user = self.desired.user(key).filter(|user| user.has_mailbox())?;
                Some(Values::Exactly(vec![match self.desired.quota(user) {
                    Some(Quota::Unlimited) => "0".to_owned(),
                    Some(limited) => quotas::size(limited),
                    None => String::new(),
                }]))
            }
            "postfix-virtual.cf" => self.routes(key).then_some(Values::Targets),
            "postfix-aliases.cf" => mail.system_aliases.get(key).map(|_| Values::Targets),
            "dovecot-masters.cf" => mail.masters.get(key).map(|_| Values::Exactly(vec![HASH.to_owned()])),
            "postfix-relaymap.cf" => {
                let relay = mail.relay.get(key.strip_prefix('@')?)?;
                Some(Values::Exactly(vec![relay.host.clone().unwrap_or_default()]))
            }
            "postfix-sasl-password.cf" => {
                let user = mail.relay.get(key.strip_prefix('@')?)?.user.as_ref()?;
                Some(Values::Exactly(vec![format!("{user}:relay password:1")]))
            }
            "postfix-send-access.cf" => action(&mail.send, key),
            "postfix-receive-access.cf" => action(&mail.receive, key).or_else(|| self.gone(key)),
            _ => None,
        }
    }

    fn account(&self, key: &str) -> Option<Values> {
        let user = self.desired.user(key).filter(|user| user.has_mailbox())?;
        let open = user.state == State::Active && user.credentials.password.is_some();
        let hash = if open { HASH } else { "{SHA512-CRYPT}!" };
        let mut fields: Vec<&str> = user.dovecot.iter().map(String::as_str).collect();
        if !open && !fields.contains(&"nologin") {
            fields.push("nologin");
        }
        let fields = match self.dialect {
            Dialect::Dms15 => fields.join(" "),
            Dialect::Dms16 => in_parts(&fields.join(" ")),
        };
        Some(Values::Exactly(vec![if fields.is_empty() {
            hash.to_owned()
        } else {
            format!("{hash}|{fields}")
        }]))
    }

    fn routes(&self, key: &str) -> bool {
        let further = |key: &str| {
            let mut users = self.desired.users.values().filter(|user| user.has_mailbox());
            users.any(|user| user.aliases.iter().any(|alias| alias.as_str() == key))
        };
        match key.strip_prefix('@') {
            Some(domain) => self.desired.catch_alls.contains_key(domain),
            None => self.mailboxes.contains(key) || self.desired.aliases.contains_key(key) || further(key),
        }
    }

    /// Rows of people who are gone and of aliases that lead nowhere.
    fn gone(&self, key: &str) -> Option<Values> {
        let mut away = self.desired.users.values().filter(|user| !user.has_mailbox());
        let known = away
            .any(|user| user.address.as_str() == key || user.aliases.iter().any(|alias| alias.as_str() == key))
            || self.desired.aliases.contains_key(key);
        known.then(|| Values::Exactly(vec!["REJECT".to_owned()]))
    }

    /// Patterns hold blanks: each line begins with a pattern of the organisation, in its order.
    fn patterns(&self, text: &str) -> Result<(), String> {
        let mut patterns = self.desired.mail.regexp.iter();
        for line in text.lines() {
            let own = patterns.any(|regexp| {
                let rest = line
                    .strip_prefix(regexp.pattern.as_str())
                    .and_then(|rest| rest.strip_prefix(' '));
                rest.is_some_and(|to| to.split(',').all(|to| regexp.to.iter().any(|own| own.as_str() == to)))
            });
            if !own {
                return Err(format!("postfix-regexp.cf: nobody's line: {line}"));
            }
        }
        Ok(())
    }
}

fn action(rules: &BTreeMap<AccessKey, dockspace::model::Access>, key: &str) -> Option<Values> {
    use dockspace::model::AccessAction;

    let (_, rule) = rules.iter().find(|(own, _)| match own {
        AccessKey::Address(address) => address.as_str() == key,
        AccessKey::Domain(domain) => domain.as_str() == key,
    })?;
    Some(Values::Exactly(vec![match &rule.action {
        AccessAction::Reject(text) => format!("REJECT {text}").trim_end().to_owned(),
        AccessAction::Dunno => "DUNNO".to_owned(),
        AccessAction::Reply(code, text) => format!("{code} {text}").trim_end().to_owned(),
    }]))
}
