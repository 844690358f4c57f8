//! The rules about who may use what, held against the source files.
//!
//! The tables below are the layers as `docs/ARCHITECTURE.md` shows them. A better shape changes the code, the document and
//! these tables together. [`source`] reads Rust text, [`rules`] says what breaks a rule; what they themselves do is tested there.

mod rules;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use rules::Fault;
use source::Source;

/// A module, and the modules of this crate it may use. Arrows go down only: each may name only rows above its own.
/// `*` is everything above.
const LAYERS: &[(&str, &str)] = &[
    ("clock", ""),
    ("random", ""),
    ("digest", ""),
    ("diagnostic", ""),
    ("fileset", ""),
    ("templates", "digest"),
    ("telemetry", ""),
    ("seal", "digest random"),
    ("outbound", "clock"),
    ("model", "seal diagnostic digest"),
    ("relying_party", "outbound seal"),
    ("document", "model diagnostic fileset digest seal random clock"),
    ("mailserver", "model diagnostic fileset seal digest"),
    ("repo", "fileset clock digest"),
    ("record", "fileset digest"),
    ("store", "clock random digest"),
    ("mailer", "templates seal"),
    ("probe", "seal clock random"),
    ("forge", "outbound seal model"),
    ("snapshot", "repo document model diagnostic store clock digest"),
    ("plan", "model diagnostic fileset digest record"),
    ("audit", "store clock model digest telemetry"),
    ("apply", "plan record fileset digest random clock"),
    ("auth", "model store seal digest clock random audit"),
    (
        "site",
        "repo model diagnostic document mailserver digest plan templates",
    ),
    ("transfer", "model document mailserver seal random fileset"),
    (
        "target",
        "mailserver site snapshot model diagnostic auth fileset seal plan probe record",
    ),
    (
        "oidc",
        "snapshot model store auth audit seal digest clock random outbound",
    ),
    (
        "selfservice",
        "snapshot model document repo plan auth store audit mailer seal forge fileset diagnostic clock random",
    ),
    (
        "deploy",
        "target plan apply probe audit store snapshot model seal digest clock mailserver fileset record",
    ),
    ("drift", "target mailserver record plan model document repo seal"),
    (
        "reconcile",
        "deploy drift snapshot repo plan store oidc::revoke mailer outbound forge audit clock random",
    ),
    (
        "web",
        "selfservice oidc auth audit store snapshot model templates site reconcile::Trigger seal fileset random diagnostic digest clock telemetry outbound relying_party",
    ),
    ("settings", "*"),
    ("cli", "*"),
];

/// A path of another crate, and the only modules that may name it. An empty list: nobody.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("git2", &["repo"]),
    ("sqlx", &["store"]),
    ("rusqlite", &["store"]),
    ("axum", &["web"]),
    ("axum_server", &["web"]),
    ("rustls", &["web"]),
    ("clap", &["cli"]),
    ("anstream", &["cli"]),
    ("rpassword", &["cli"]),
    ("minijinja", &["templates"]),
    ("toml", &["document", "settings"]),
    ("toml_edit", &["document", "settings"]),
    ("lettre", &["mailer", "probe"]),
    ("age", &["seal"]),
    ("aws_lc_rs", &["oidc::keys", "digest", "random"]),
    ("sha_crypt", &["auth::password"]),
    ("bcrypt", &["auth::password"]),
    ("argon2", &["auth::password"]),
    ("totp_rs", &["auth::totp"]),
    ("reqwest", &["outbound"]),
    ("std::process::exit", &[]),
    ("openidconnect::core::CoreRsaPrivateSigningKey", &[]),
];

/// A module, and paths of other crates that it must not know although others may.
const UNAWARE: &[(&str, &[&str])] = &[
    (
        "model",
        &[
            "serde",
            "jiff::Timestamp",
            "jiff::Zoned",
            "std::fs",
            "std::time::SystemTime",
        ],
    ),
    ("mailserver", &["std::fs", "std::net", "std::process"]),
    ("oidc", &["http", "hyper", "tower"]),
    ("web", &["std::fs"]),
];

/// The longest a file may be, in lines.
const CEILING: usize = 400;

#[test]
fn arrows_go_down_only() {
    for (row, (module, allowed)) in LAYERS.iter().enumerate() {
        for name in allowed.split_whitespace().filter(|name| *name != "*") {
            let head = name.split("::").next().unwrap();
            assert!(
                LAYERS[..row].iter().any(|(above, _)| *above == head),
                "the table lets {module} use {head}, which isn't above it"
            );
        }
    }
}

#[test]
fn the_document_shows_the_same_layers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ARCHITECTURE.md");
    let text = fs::read_to_string(&path).unwrap();
    let (start, end) = ("<!-- layers -->\n", "<!-- end of layers -->");
    let (before, rest) = text.split_once(start).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let expected = format!("{before}{start}{}{end}{after}", layers_as_table());
    if std::env::var_os("DOCKSPACE_BLESS").is_some() {
        fs::write(&path, &expected).unwrap();
    } else {
        assert!(
            text == expected,
            "the table in docs/ARCHITECTURE.md is not LAYERS: DOCKSPACE_BLESS=1 writes it anew"
        );
    }
}

/// The layers that have a module by now, as Markdown.
fn layers_as_table() -> String {
    let program = program();
    let lib = program.iter().find(|source| source.path == "src/lib.rs").unwrap();
    let there = lib.declared_modules();
    let mut table = "| module | may use |\n| --- | --- |\n".to_owned();
    for (module, allowed) in LAYERS
        .iter()
        .filter(|(module, _)| there.iter().any(|name| name == module))
    {
        let uses: Vec<String> = allowed
            .split_whitespace()
            .filter(|name| *name == "*" || there.iter().any(|there| *there == name.split("::").next().unwrap()))
            .map(|name| {
                if name == "*" {
                    "everything above".to_owned()
                } else {
                    format!("`{name}`")
                }
            })
            .collect();
        let uses = if uses.is_empty() {
            "nothing".to_owned()
        } else {
            uses.join(" ")
        };
        table += &format!("| `{module}` | {uses} |\n");
    }
    table
}

#[test]
fn modules_use_only_what_their_row_allows() {
    accept(program().iter().flat_map(|source| rules::layers(source, LAYERS)));
}

#[test]
fn each_module_uses_only_what_stands_above_it_in_lib_rs() {
    let program = program();
    let lib = program.iter().find(|source| source.path == "src/lib.rs").unwrap();
    accept(
        program
            .iter()
            .flat_map(|source| rules::reading_order(source, &lib.declared_modules())),
    );
}

#[test]
fn crates_stay_behind_their_module() {
    accept(
        program()
            .iter()
            .flat_map(|source| rules::foreign(source, KEPT_TO, UNAWARE)),
    );
}

#[test]
fn every_file_is_introduced_short_and_run() {
    accept(everything().iter().flat_map(|source| rules::shape(source, CEILING)));
}

#[test]
fn no_file_is_forgotten() {
    accept(rules::forgotten(&everything()));
}

#[track_caller]
fn accept(faults: impl IntoIterator<Item = Fault>) {
    let faults: Vec<String> = faults.into_iter().map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The product's own code.
fn program() -> Vec<Source> {
    read("src")
}

/// The product's code and the code of these tests.
fn everything() -> Vec<Source> {
    let mut sources = program();
    sources.extend(read("tests/it"));
    sources
}

fn read(directory: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join(directory), &mut files);
    files.sort();
    assert!(!files.is_empty(), "no Rust file under {directory}");
    files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(root).unwrap().to_str().unwrap();
            Source::new(path, &fs::read_to_string(file).unwrap())
        })
        .collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
