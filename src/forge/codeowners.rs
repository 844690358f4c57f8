//! CODEOWNERS in the syntax of each forge, from the rules of [`crate::model::ownership`].
//!
//! GitHub and GitLab match like `.gitignore`, and of several lines the last counts. Forgejo matches Go's regular expressions and
//! asks everybody whose line fits, so there the line for everything leaves out what has a line of its own. A comment names
//! nobody: GitLab reads names there too.

use super::Forge;
use crate::model::{
    User,
    ownership::{Ownership, Paths},
};

const HEAD: &str = "\
# Who is asked to review which file. Written by `dockspace owners`: change the groups, managers and owners instead.
";

/// The whole file.
///
/// ```
/// use dockspace::forge::{Forge, codeowners};
///
/// assert!(codeowners::write(Forge::Gitlab, &[]).ends_with("\n[Dockspace]\n"));
/// ```
#[must_use]
pub fn write(forge: Forge, rules: &[Ownership<'_>]) -> String {
    let mut text = HEAD.to_owned();
    if forge == Forge::Gitlab {
        // Sections of other names can be added behind this one and count in addition.
        text.push_str("\n[Dockspace]\n");
    }
    for rule in rules.iter().filter(|rule| !rule.owners.is_empty()) {
        let pattern = match forge {
            Forge::Github | Forge::Gitlab => glob(&rule.paths),
            Forge::Forgejo => expression(&rule.paths, rules),
        };
        let owners: Vec<String> = rule.owners.iter().map(|owner| account(forge, owner)).collect();
        text.push_str(&format!("{pattern} {}\n", owners.join(" ")));
    }
    text
}

/// How the forge knows somebody: by the account that is written down, else by the address of the mailbox. Forgejo takes no
/// address; there it is the username, which is the account's name where people sign in to Forgejo with Dockspace.
fn account(forge: Forge, user: &User) -> String {
    match (&user.forge, forge) {
        (Some(account), _) => format!("@{account}"),
        (None, Forge::Github | Forge::Gitlab) => user.address.to_string(),
        (None, Forge::Forgejo) => format!("@{}", user.username),
    }
}

fn glob(paths: &Paths) -> String {
    match paths {
        Paths::Everything => "*".to_owned(),
        Paths::Folder(path) | Paths::File(path) => format!("/{path}"),
        Paths::Ending(ending) => format!("*{ending}"),
    }
}

fn expression(paths: &Paths, all: &[Ownership<'_>]) -> String {
    match paths {
        Paths::Everything => {
            let others: Vec<String> = all
                .iter()
                .filter(|rule| rule.paths != Paths::Everything)
                .map(|rule| expression(&rule.paths, all))
                .collect();
            format!("!({})", others.join("|"))
        }
        Paths::Folder(path) => format!("{}.*", literal(path)),
        Paths::File(path) => literal(path),
        Paths::Ending(ending) => format!(".*{}", literal(ending)),
    }
}

/// A path as an expression that matches it alone. Names here have no other character that means something; a bracket does what
/// a backslash would, which the file itself takes for an escape.
fn literal(path: &str) -> String {
    path.replace('.', "[.]").replace('+', "[+]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ForgeAccount, testing};

    fn shown(forge: Forge) -> String {
        let alice = testing::user("alice@example.org");
        let mut bob = testing::user("bob@example.net");
        bob.forge = Some(ForgeAccount::parse("Bob-42").unwrap());
        let rules = [
            (Paths::Everything, vec![&alice]),
            (Paths::Folder("users/example.net/".into()), vec![&alice, &bob]),
            (Paths::File("groups/a.b.toml".into()), vec![&bob]),
            (Paths::File("groups/nobody.toml".into()), vec![]),
            (Paths::Ending(".sealed.toml"), vec![&alice]),
        ];
        let rules = rules.map(|(paths, owners)| Ownership { paths, owners });
        let text = write(forge, &rules);
        text.strip_prefix(HEAD).unwrap().to_owned()
    }

    #[test]
    fn github_and_gitlab_take_patterns_and_addresses() {
        let lines = "* alice@example.org\n/users/example.net/ alice@example.org @Bob-42\n/groups/a.b.toml @Bob-42\n\
                     *.sealed.toml alice@example.org\n";
        assert_eq!(shown(Forge::Github), lines);
        assert_eq!(shown(Forge::Gitlab), format!("\n[Dockspace]\n{lines}"));
    }

    #[test]
    fn forgejo_takes_expressions_and_names() {
        assert_eq!(
            shown(Forge::Forgejo),
            "!(users/example[.]net/.*|groups/a[.]b[.]toml|groups/nobody[.]toml|.*[.]sealed[.]toml) @alice.example.org\n\
             users/example[.]net/.* @alice.example.org @Bob-42\ngroups/a[.]b[.]toml @Bob-42\n\
             .*[.]sealed[.]toml @alice.example.org\n"
        );
    }

    #[test]
    fn the_head_names_nobody() {
        assert!(!HEAD.contains('@'));
    }
}
