//! `postfix-aliases.cf`: mail to names of the server itself, `name: target, target` (aliases(5)).
//!
//! docker-mailserver appends it to its own `/etc/aliases`, which starts with `root`. A target here could run a program or write a
//! file; the model's targets can't.

use crate::model::{LocalName, Mail, SystemTarget};

/// Its name.
pub const NAME: &str = "postfix-aliases.cf";

/// The one name that docker-mailserver sets itself, from `POSTMASTER_ADDRESS`: a second entry would be ignored.
pub(super) const ROOT: &str = "root";

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The name.
    pub name: &'a str,
    /// Targets separated by commas; see [`Row::targets`].
    pub value: &'a str,
}

impl<'a> Row<'a> {
    /// The targets.
    pub fn targets(self) -> impl Iterator<Item = &'a str> {
        self.value.split(',').map(str::trim).filter(|target| !target.is_empty())
    }
}

/// The rows of a file.
pub fn parse(text: &str) -> impl Iterator<Item = Row<'_>> {
    super::lines(text).map(|line| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        Row {
            name: name.trim(),
            value: value.trim(),
        }
    })
}

pub(super) fn render(mail: &Mail) -> String {
    let rows = mail.system_aliases.iter().filter(|(_, targets)| !targets.is_empty());
    rows.map(|(name, targets)| row(name, targets)).collect()
}

fn row(name: &LocalName, targets: &[SystemTarget]) -> String {
    let target = |target: &SystemTarget| match target {
        SystemTarget::DevNull => "/dev/null".to_owned(),
        SystemTarget::Address(address) => address.to_string(),
    };
    let targets: Vec<_> = targets.iter().map(target).collect();
    format!("{name}: {}\n", targets.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mailserver::sample::address;

    #[test]
    fn a_name_goes_to_its_targets() {
        let mut mail = Mail::default();
        let name = |name| LocalName::parse(name).unwrap();
        mail.system_aliases.insert(name("devnull"), vec![SystemTarget::DevNull]);
        let to = ["ann@x.org", "o'hara@y.example"].map(|to| SystemTarget::Address(address(to)));
        mail.system_aliases.insert(name("cron"), to.to_vec());
        mail.system_aliases.insert(name("nobody"), Vec::new());
        let text = render(&mail);
        assert_eq!(text, "cron: ann@x.org, o'hara@y.example\ndevnull: /dev/null\n");
        let rows: Vec<_> = parse(&text).map(|row| (row.name, row.targets().count())).collect();
        assert_eq!(rows, [("cron", 2), ("devnull", 1)]);
    }

    proptest! {
        #[test]
        fn parse_undoes_render(names in proptest::collection::btree_map("[a-z][a-z0-9._-]{0,5}", proptest::collection::vec("[a-z]{1,3}", 1..4), 0..5)) {
            let mut mail = Mail::default();
            let mut expect = Vec::new();
            for (name, targets) in &names {
                let targets: Vec<String> = targets.iter().map(|target| format!("{target}@x.org")).collect();
                let to = targets.iter().map(|target| SystemTarget::Address(address(target))).collect();
                mail.system_aliases.insert(LocalName::parse(name).unwrap(), to);
                expect.push((name.clone(), targets));
            }
            let text = render(&mail);
            let read: Vec<(String, Vec<String>)> =
                parse(&text).map(|row| (row.name.to_owned(), row.targets().map(str::to_owned).collect())).collect();
            prop_assert_eq!(read, expect);
        }
    }
}
