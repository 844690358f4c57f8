//! Whom a sealed value belongs to.

use std::fmt;

/// Whom a sealed value belongs to: written inside the envelope, so that a value copied to somebody else's file is refused.
///
/// It names the id, which never changes, so renaming a user needs no key. The text form is `user:<id>`, `client:<id>`,
/// `key:<kid>` or `mail`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A user, by id.
    User(String),
    /// An OpenID Connect client, by client id.
    Client(String),
    /// A signing key, by key id.
    Key(String),
    /// The mail server: what `mail.sealed.toml` holds.
    Mail,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Mail => f.write_str("mail"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_names_kind_and_id() {
        let check = |owner: Owner, expect| assert_eq!(owner.to_string(), expect);
        check(Owner::User("0193".into()), "user:0193");
        check(Owner::Client("grafana".into()), "client:grafana");
        check(Owner::Key("2026-11".into()), "key:2026-11");
        check(Owner::Mail, "mail");
    }
}
