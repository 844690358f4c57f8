//! `dovecot-masters.cf`: who may open every mailbox, `name|hash`, by logging in as `user@domain*name`.

use super::{RenderError, Secrets};
use crate::model::Mail;

/// Its name.
pub const NAME: &str = "dovecot-masters.cf";

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The master user's name.
    pub name: &'a str,
    /// The password hash in Dovecot's form. There is no third field: a further `|` belongs to the hash.
    pub hash: &'a str,
}

/// The rows of a file, as docker-mailserver reads them.
pub fn parse(text: &str) -> impl Iterator<Item = Row<'_>> {
    super::lines(text).map(|line| {
        let (name, hash) = line.split_once('|').unwrap_or((line, ""));
        Row { name, hash }
    })
}

/// A master user without a password has no row.
pub(super) fn render(mail: &Mail, secrets: &Secrets) -> Result<String, RenderError> {
    let mut text = String::new();
    for (name, _) in mail.masters.iter().filter(|(_, master)| master.password.is_some()) {
        let hash = secrets
            .masters
            .get(name)
            .ok_or_else(|| RenderError::Master(name.clone()))?;
        super::sound(NAME, name.as_str(), hash.as_str(), b"|: ")?;
        text += &format!("{name}|{}\n", hash.as_str());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mailserver::sample::{Sample, hash};

    #[test]
    fn a_master_with_a_password_has_a_row() {
        let mut sample = Sample::new();
        sample.master("migration");
        sample.master("unset").password = None;
        let text = render(&sample.desired.mail, &sample.secrets()).unwrap();
        assert_eq!(text, format!("migration|{}\n", hash("migration").as_str()));
        let error = render(&sample.desired.mail, &Secrets::default()).unwrap_err();
        assert!(matches!(error, RenderError::Master(name) if name.as_str() == "migration"));
    }

    #[test]
    fn a_bar_belongs_to_the_hash() {
        assert_eq!(parse("a|b|c\n").collect::<Vec<_>>(), [Row { name: "a", hash: "b|c" }]);
    }

    proptest! {
        #[test]
        fn parse_undoes_render(names in proptest::collection::btree_set("[a-z][a-z0-9._-]{0,5}", 0..5)) {
            let mut sample = Sample::new();
            for name in &names {
                sample.master(name);
            }
            let text = render(&sample.desired.mail, &sample.secrets()).unwrap();
            let read: Vec<_> = parse(&text).map(|row| (row.name.to_owned(), row.hash.to_owned())).collect();
            let expect: Vec<_> = names.iter().map(|name| (name.clone(), hash(name).as_str().to_owned())).collect();
            prop_assert_eq!(read, expect);
        }
    }
}
