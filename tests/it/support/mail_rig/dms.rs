//! docker-mailserver's configuration directory, and what docker-mailserver makes of it.
//!
//! The making is `config/dms.sh`: bash and grep, because bash and grep are what docker-mailserver's rules are written in. It shares
//! nothing with the product, so it can judge it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::support::{run, stdout_of, text};

/// Which docker-mailserver.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dialect {
    /// v15 with Dovecot 2.3: Debian 12's.
    V15,
    /// v16 with Dovecot 2.4: that of `ci/dovecot-2.4`.
    V16,
}

impl Dialect {
    /// A program of the Dovecot that this docker-mailserver has.
    pub(crate) fn program(self, name: &str) -> Command {
        match self {
            Self::V15 => Command::new(name),
            Self::V16 => {
                let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/ci/dovecot-2.4"));
                command.args(["run", name]);
                command
            }
        }
    }

    /// Its settings for tokens as docker-mailserver ships them, asking at `url`.
    pub(crate) fn shipped_oauth2(self, url: &str) -> String {
        let template = match self {
            Self::V15 => include_str!("config/oauth2-2.3.ext"),
            Self::V16 => include_str!("config/oauth2-2.4.ext"),
        };
        template.replace("@OAUTH@", url)
    }

    /// Its other settings, to be filled in.
    pub(super) const fn settings(self) -> &'static str {
        match self {
            Self::V15 => include_str!("config/dovecot-2.3.conf"),
            Self::V16 => include_str!("config/dovecot-2.4.conf"),
        }
    }
}

/// A directory of `*.cf` files.
pub(crate) struct ConfigDirectory {
    path: PathBuf,
}

impl ConfigDirectory {
    pub(crate) fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces a file in one step, as a careful writer does.
    pub(crate) fn write(&self, name: &str, content: &str) {
        let new = self.path.join(format!(".{name}.new"));
        fs::write(&new, content).unwrap();
        fs::rename(new, self.path.join(name)).unwrap();
    }

    /// Makes of the files what docker-mailserver would, in the layout of a rig at `rig`. The error is why it would not.
    pub(crate) fn convert(&self, rig: &Path, dialect: Dialect) -> Result<(), String> {
        let dialect = match dialect {
            Dialect::V15 => "15",
            Dialect::V16 => "16",
        };
        let output = run_script("convert", &[text(&self.path), text(rig), dialect]);
        if output.status.success() && output.stderr.is_empty() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Dovecot's user database as docker-mailserver would write it, without the directory its homes are in.
    pub(crate) fn userdb(&self, dialect: Dialect) -> Result<String, String> {
        let rig = TempDir::with_prefix("dms").unwrap();
        for directory in ["dovecot", "postfix/etc", "mail"] {
            fs::create_dir_all(rig.path().join(directory)).unwrap();
        }
        self.convert(rig.path(), dialect)?;
        let userdb = fs::read_to_string(rig.path().join("dovecot/userdb")).unwrap();
        Ok(userdb.replace(text(rig.path()), ""))
    }

    /// The sizes docker-mailserver's own search finds for mailboxes.
    pub(crate) fn quotas(&self, addresses: &[&str]) -> Vec<Option<String>> {
        self.search("quota", addresses)
    }

    /// The account lines docker-mailserver's own search takes alias targets for.
    pub(crate) fn accounts(&self, targets: &[&str]) -> Vec<Option<String>> {
        self.search("account", targets)
    }

    fn search(&self, what: &str, keys: &[&str]) -> Vec<Option<String>> {
        let output = run_script(what, &[&[text(&self.path)], keys].concat());
        let found = String::from_utf8(output.stdout).unwrap();
        let found: Vec<_> = found
            .lines()
            .map(|line| line.strip_prefix('+').map(str::to_owned))
            .collect();
        assert_eq!(found.len(), keys.len(), "{}", String::from_utf8_lossy(&output.stderr));
        found
    }
}

fn run_script(command: &str, args: &[&str]) -> std::process::Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/mail_rig/config/dms.sh");
    run("bash", &[&[script, command], args].concat())
}

/// A line of postfix-accounts.cf.
pub(crate) fn account(address: &str, password: &str) -> String {
    let hash = stdout_of("openssl", &["passwd", "-6", "-salt", "saltsaltsaltsalt", password]);
    format!("{address}|{{SHA512-CRYPT}}{hash}")
}

/// What Postfix finds for `key` in the table `file` of the type `kind` (`texthash`, `pcre`); the error is what it has against the table.
pub(crate) fn postmap(kind: &str, file: &Path, key: &str) -> Result<Option<String>, String> {
    let found = postmap_all(kind, file, std::iter::once(key))?;
    Ok(found.into_values().next())
}

/// The same for many keys at once: those that it finds, each with its value.
pub(crate) fn postmap_all<'k>(
    kind: &str,
    file: &Path,
    keys: impl IntoIterator<Item = &'k str>,
) -> Result<BTreeMap<String, String>, String> {
    let config = TempDir::with_prefix("postmap").unwrap();
    fs::set_permissions(config.path(), fs::Permissions::from_mode(0o755)).unwrap();
    write_settled(&config.path().join("main.cf"), "compatibility_level = 3.6\n");
    let table = format!("{kind}:{}", text(file));
    let mut child = Command::new("postmap")
        .args(["-c", text(config.path()), "-q", "-", &table])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("postmap (ci/install installs what the tests need)");
    let keys: String = keys.into_iter().map(|key| format!("{key}\n")).collect();
    let mut stdin = child.stdin.take().unwrap();
    // It answers while it reads: whoever does not read meanwhile waits for ever.
    let writer = thread::spawn(move || stdin.write_all(keys.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // It stops reading where it finds a fault, and says so.
    let _ = writer.join().unwrap();
    if !output.stderr.is_empty() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let found = String::from_utf8(output.stdout).unwrap();
    let rows = found.lines().map(|line| line.split_once('\t').unwrap());
    Ok(rows
        .map(|(key, value)| (key.to_owned(), value.trim_end().to_owned()))
        .collect())
}

/// Writes a `main.cf` or a table with an old date: Postfix waits until one is two seconds old, and docker-mailserver back-dates
/// `main.cf` too.
pub(crate) fn write_settled(path: &Path, content: &str) {
    fs::write(path, content).unwrap();
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000))
        .unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(files: &[(&str, &str)]) -> (TempDir, ConfigDirectory) {
        let directory = TempDir::with_prefix("cf").unwrap();
        let config = ConfigDirectory::at(directory.path());
        for (name, content) in files {
            config.write(name, content);
        }
        (directory, config)
    }

    const ACCOUNTS: (&str, &str) = (
        "postfix-accounts.cf",
        "# a comment\njoann@x.test|{S}joann\nann@x.test|{S}ann|nologin\na.b@x.test|{S}ab\naxb@x.test|{S}axb\n",
    );
    const QUOTAS: (&str, &str) = (
        "dovecot-quotas.cf",
        "joann@x.test:20M\n#eve@x.test:5M\nann@x.test:10M\naxb@x.test:7M\nnoq@x.test:\nnote@x.test:1G:x\n",
    );

    #[test]
    fn searches_are_unanchored_and_the_first_hit_wins() {
        let (_kept, config) = directory(&[ACCOUNTS, QUOTAS]);
        let expect = [
            ("joann@x.test", Some("20M")),
            ("ann@x.test", Some("20M")),
            ("a.b@x.test", Some("7M")),
            ("eve@x.test", Some("5M")),
            ("JOANN@x.test", Some("20M")),
            ("noq@x.test", None),
            ("note@x.test", None),
            ("other@x.test", None),
        ];
        let (addresses, expect): (Vec<_>, Vec<_>) = expect.into_iter().unzip();
        let found = config.quotas(&addresses);
        assert_eq!(found.iter().map(Option::as_deref).collect::<Vec<_>>(), expect);
        let found = config.accounts(&["ann@x.test", "a.b@x.test", "ANN@x.test"]);
        let expect = [Some("joann@x.test|{S}joann"), Some("a.b@x.test|{S}ab"), None];
        assert_eq!(found.iter().map(Option::as_deref).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn aliases_get_a_row_that_borrows_the_first_hit() {
        let aliases =
            "team@x.test ann@x.test\nboth@x.test far@y.test, axb@x.test\n@x.test axb@x.test\nbare ann@x.test\n";
        let (_kept, config) = directory(&[ACCOUNTS, QUOTAS, ("postfix-virtual.cf", aliases)]);
        let rows = |dialect| -> Vec<String> {
            let userdb = config.userdb(dialect).unwrap();
            userdb.lines().skip(4).map(str::to_owned).collect()
        };
        assert_eq!(
            rows(Dialect::V15),
            [
                "team@x.test:{S}joann:5000:5000::/mail/x.test/ann/home::userdb_quota_rule=*:bytes=20M",
                "@x.test:{S}axb:5000:5000::/mail/x.test/axb/home::userdb_quota_rule=*:bytes=7M",
            ]
        );
        assert_eq!(
            rows(Dialect::V16),
            [
                "team@x.test:{S}joann:5000:5000::/mail/x.test/ann/home::userdb_quota_storage_size=20M userdb_quota_storage_grace=2M",
                "both@x.test:{S}axb:5000:5000::/mail/x.test/axb/home::userdb_quota_storage_size=7M userdb_quota_storage_grace=0M",
            ]
        );
    }

    #[test]
    fn an_alias_that_finds_a_comment_shuts_the_container_down() {
        let accounts = "# ann@x.test is in accounting\nann@x.test|{S}ann\n";
        let (_kept, config) = directory(&[
            ("postfix-accounts.cf", accounts),
            ("postfix-virtual.cf", "team@x.test ann@x.test\n"),
        ]);
        let error = config.userdb(Dialect::V15).unwrap_err();
        assert!(error.contains("the container would shut down"), "{error}");
    }

    #[test]
    fn postfix_itself_looks_up_and_complains() {
        let (kept, config) = directory(&[
            ("virtual", "team@x.test ann@x.test, bob@x.test\n"),
            ("twice", "a@x.test b@x.test\nA@x.test b@x.test\n"),
            ("regexp", "/^info[0-9]+@x\\.test$/ ann@x.test\n"),
        ]);
        let find = |kind, name, key| postmap(kind, &kept.path().join(name), key);
        assert_eq!(
            find("texthash", "virtual", "Team@x.test"),
            Ok(Some("ann@x.test, bob@x.test".to_owned()))
        );
        assert_eq!(find("texthash", "virtual", "ghost@x.test"), Ok(None));
        assert_eq!(
            find("pcre", "regexp", "info7@x.test"),
            Ok(Some("ann@x.test".to_owned()))
        );
        assert_eq!(find("pcre", "regexp", "info@x.test"), Ok(None));
        let error = find("texthash", "twice", "c@x.test").unwrap_err();
        assert!(error.contains("duplicate entry"), "{error}");
        assert!(config.path().is_absolute());
    }
}
