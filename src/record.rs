//! What a target was last made equal to: the applied record.
//!
//! It answers two questions: which revision stands on this host, and whether a live file is still what Dockspace wrote. For the
//! second it holds keyed digests only. A plain digest of a file with password hashes would let whoever reads the record test
//! guesses; an HMAC is worth nothing without the key, which stays on the host in another folder. This module turns records into
//! bytes and back; `apply` is what writes them, `plan` and `drift` what compare with them.
//!
//! ```
//! use dockspace::fileset::FileSet;
//! use dockspace::record::{HostKey, Record};
//!
//! let key = HostKey::from_bytes([7; 32]);
//! let mut files = FileSet::new();
//! files.insert("postfix-virtual.cf", b"al@example.org alice@example.org\n".to_vec(), 0o644);
//! let record = Record::new("1b2c3d4e", &key, &files);
//! let read = Record::parse(&record.to_bytes())?;
//! assert!(read.wrote(&key, "postfix-virtual.cf".into(), b"al@example.org alice@example.org\n"));
//! # Ok::<(), dockspace::record::Error>(())
//! ```

use std::collections::BTreeMap;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroize;

use crate::digest::{self, Digest, hmac_sha256};
use crate::fileset::FileSet;

const FORMAT: &str = "dockspace.applied/1";

/// The applied record of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The commit the files were rendered from, as git's hexadecimal id.
    pub revision: String,
    /// git's ids of what stood in the root of the repository, by name: what is the same now needs no reading.
    pub trees: BTreeMap<Utf8PathBuf, String>,
    /// The version of the program that rendered the files: another may render the same commit differently.
    pub program: String,
    /// The dialect the files were rendered in, such as `16`; empty for a target that has none.
    pub dialect: String,
    /// Keyed digest of each file, see [`HostKey::file`].
    pub files: BTreeMap<Utf8PathBuf, Digest>,
}

/// Why a record can't be used. It is never guessed at: what Dockspace wrote and what others wrote would be mixed up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not the JSON of a record.
    #[error("the applied record is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    /// A record of another version, or another file altogether.
    #[error("the applied record has the format `{0}`, not `{FORMAT}`")]
    OtherFormat(String),
}

impl Error {
    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "move the file away, then look at the live files with `dockspace drift --rebase`",
            Self::OtherFormat(_) => {
                "use the version of dockspace that wrote it, or move the file away and run `dockspace drift --rebase`"
            }
        }
    }
}

impl Record {
    /// The record of `files`, rendered from the commit `revision`, without trees, program and dialect.
    #[must_use]
    pub fn new(revision: impl Into<String>, key: &HostKey, files: &FileSet) -> Self {
        let files = files
            .iter()
            .map(|(path, file)| (path.clone(), key.file(path, &file.content)));
        Self {
            revision: revision.into(),
            files: files.collect(),
            ..Self::default()
        }
    }

    /// Reads a record. Keys it doesn't know are passed over: a later version may have added them.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::OtherFormat`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        // The format first: it decides what the rest means.
        let Header { format } = serde_json::from_slice(bytes)?;
        if format != FORMAT {
            return Err(Error::OtherFormat(format));
        }
        let wire: Wire = serde_json::from_slice(bytes)?;
        Ok(Self {
            revision: wire.revision,
            program: wire.program,
            dialect: wire.dialect,
            trees: wire.trees.into_iter().map(|(path, id)| (path.into(), id)).collect(),
            files: wire
                .files
                .into_iter()
                .map(|(path, file)| (path.into(), file.hmac.0))
                .collect(),
        })
    }

    /// The record as JSON, one line per value, in an order that depends on the content alone.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let wire = Wire {
            format: FORMAT.into(),
            revision: self.revision.clone(),
            program: self.program.clone(),
            dialect: self.dialect.clone(),
            trees: self
                .trees
                .iter()
                .map(|(path, id)| (path.to_string(), id.clone()))
                .collect(),
            files: self
                .files
                .iter()
                .map(|(path, hmac)| (path.to_string(), WireFile { hmac: Hex(*hmac) }))
                .collect(),
        };
        // Strings and maps with string keys always serialise.
        let mut bytes = serde_json::to_vec_pretty(&wire).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Whether `content` is exactly what Dockspace last wrote to `path`.
    #[must_use]
    pub fn wrote(&self, key: &HostKey, path: &Utf8Path, content: &[u8]) -> bool {
        let hmac = key.file(path, content);
        self.files
            .get(path)
            .is_some_and(|known| digest::equal(known.as_bytes(), hmac.as_bytes()))
    }
}

/// A host's secret for keyed digests: 32 random bytes that never leave it.
pub struct HostKey([u8; 32]);

impl HostKey {
    /// The key with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Keyed digest of a file. The path is part of it, so that equal files don't show as equal, nor one file pass for another.
    #[must_use]
    pub fn file(&self, path: &Utf8Path, content: &[u8]) -> Digest {
        hmac_sha256(self.derive("applied file", path.as_str()).as_bytes(), content)
    }

    /// A key for one `purpose` and `context`, from which neither this key nor any other can be computed.
    #[must_use]
    pub fn derive(&self, purpose: &str, context: &str) -> Digest {
        hmac_sha256(&self.0, format!("dockspace {purpose}\0{context}").as_bytes())
    }
}

impl Drop for HostKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostKey(…)")
    }
}

/// The one key every version of a record has.
#[derive(Deserialize)]
struct Header {
    format: String,
}

/// The record as it is written.
#[derive(Serialize, Deserialize)]
struct Wire {
    format: String,
    revision: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    program: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dialect: String,
    #[serde(default)]
    trees: BTreeMap<String, String>,
    files: BTreeMap<String, WireFile>,
}

#[derive(Serialize, Deserialize)]
struct WireFile {
    hmac: Hex,
}

/// A digest as 64 hex digits.
struct Hex(Digest);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Digest::from_hex(&text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("an `hmac` is 64 hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(key: &HostKey) -> Record {
        let mut files = FileSet::new();
        files.insert(
            "postfix-accounts.cf",
            b"alice@example.org|{SHA512-CRYPT}$6$x\n".to_vec(),
            0o640,
        );
        files.insert(
            "postfix-virtual.cf",
            b"alice@example.org|{SHA512-CRYPT}$6$x\n".to_vec(),
            0o640,
        );
        let mut record = Record::new("0123456789abcdef0123456789abcdef01234567", key, &files);
        record
            .trees
            .insert("users".into(), "89abcdef0123456789abcdef0123456789abcdef".into());
        record.dialect = "16".into();
        record
    }

    #[test]
    fn a_record_knows_what_was_written_and_shows_nothing_of_it() {
        let key = HostKey::from_bytes([1; 32]);
        let record = record(&key);
        let content = b"alice@example.org|{SHA512-CRYPT}$6$x\n";
        assert!(record.wrote(&key, "postfix-accounts.cf".into(), content));
        assert!(!record.wrote(&key, "postfix-accounts.cf".into(), b"other"));
        assert!(!record.wrote(&key, "dovecot-quotas.cf".into(), content));
        assert!(!record.wrote(&HostKey::from_bytes([2; 32]), "postfix-accounts.cf".into(), content));
        let text = String::from_utf8(record.to_bytes()).unwrap();
        assert!(
            !text.contains(&digest::sha256(content).to_string()),
            "no digest that anybody can compute"
        );
        let digests: Vec<_> = record.files.values().collect();
        assert_ne!(digests[0], digests[1], "equal files don't show as equal");
        assert_eq!(format!("{key:?}"), "HostKey(…)");
    }

    #[test]
    fn keys_for_different_purposes_differ() {
        let key = HostKey::from_bytes([1; 32]);
        assert_ne!(key.derive("canary", "1"), key.derive("canary", "2"));
        assert_ne!(key.derive("canary", "1"), key.derive("canar", "y1"));
    }

    #[test]
    fn the_format_is_what_is_promised() {
        let record = record(&HostKey::from_bytes([1; 32]));
        let value: serde_json::Value = serde_json::from_slice(&record.to_bytes()).unwrap();
        assert_eq!(value["format"], "dockspace.applied/1");
        assert_eq!(value["revision"], record.revision);
        assert_eq!(value["dialect"], "16");
        assert_eq!(value["trees"]["users"], "89abcdef0123456789abcdef0123456789abcdef");
        let hmac = record.files[Utf8Path::new("postfix-accounts.cf")].to_string();
        assert_eq!(value["files"]["postfix-accounts.cf"]["hmac"], hmac);
    }

    #[test]
    fn added_keys_are_passed_over_and_the_rest_is_refused() {
        let check = |text: &str, expected: &str| {
            let found = match Record::parse(text.as_bytes()) {
                Ok(record) => record.revision,
                Err(error) => {
                    assert!(!error.hint().is_empty());
                    format!("{error}").chars().take(45).collect()
                }
            };
            assert_eq!(found, expected);
        };
        check(
            r#"{"format":"dockspace.applied/1","revision":"r","files":{"a":{"hmac":"HEX","size":1}},"new":[]}"#
                .replace("HEX", &"0".repeat(64))
                .as_str(),
            "r",
        );
        check(
            r#"{"format":"dockspace.applied/2","revision":1}"#,
            "the applied record has the format `dockspace.",
        );
        check(
            r#"{"revision":"r","files":{}}"#,
            "the applied record is damaged: missing field ",
        );
        check(
            r#"{"format":"dockspace.applied/1","revision":"r","files":{"a":{"hmac":"x"}}}"#,
            "the applied record is damaged: an `hmac` is 6",
        );
        check(
            r#"{"format":"dockspace.app"#,
            "the applied record is damaged: EOF while pars",
        );
        check("", "the applied record is damaged: EOF while pars");
    }

    proptest! {
        #[test]
        fn a_record_reads_back(revision in "[0-9a-f]{40}", dialect in "1[56]|", names in proptest::collection::btree_map("\\PC{1,20}", "\\PC{0,20}", 0..5)) {
            let key = HostKey::from_bytes([3; 32]);
            let files = names.iter().map(|(name, content)| {
                (name.into(), crate::fileset::File { content: content.clone().into_bytes(), mode: 0o644 })
            });
            let mut record = Record::new(revision, &key, &files.collect());
            record.dialect = dialect;
            record.trees = names.into_iter().map(|(name, id)| (name.into(), id)).collect();
            prop_assert_eq!(Record::parse(&record.to_bytes()).unwrap(), record);
        }
    }
}
