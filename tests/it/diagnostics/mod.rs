//! What Dockspace says about mistakes in a repository: small repositories as data, each with the problems expected of it.
//!
//! A case is a file `NAME.repo` in this folder: files behind `-- PATH --` lines, then `-- expect --` and a line for each problem,
//! `CODE PATH:LINE:COLUMN MESSAGE [HINT]`. The files of `base.repo`, which has no problem, stand below each case unless it has
//! its own; `-- without PATH --` takes one away, and `-- refused CODE PATH --` stands for one that could not be read. To write
//! down what is found now, run with `DOCKSPACE_BLESS=1` and review the difference.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use camino::Utf8Path;
use dockspace::{
    clock::Clock,
    diagnostic::Diagnostic,
    document::{Loader, rules},
    model::{Class, Desired, Password, State},
};
use proptest::prelude::*;

/// One case.
#[derive(Default)]
struct Case {
    files: BTreeMap<String, Vec<u8>>,
    refused: Vec<(String, String)>,
    expect: Vec<String>,
}

impl Case {
    fn parse(text: &str, mut base: BTreeMap<String, Vec<u8>>) -> Self {
        let mut case = Self::default();
        let mut path: Option<String> = None;
        for line in text.lines() {
            if let Some(marker) = line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
                path = None;
                match marker.split(' ').collect::<Vec<_>>()[..] {
                    ["expect"] => path = Some("expect".to_owned()),
                    ["without", gone] => {
                        base.remove(gone);
                    }
                    ["refused", code, refused] => case.refused.push((code.to_owned(), refused.to_owned())),
                    ["bytes", name] => {
                        path = Some(name.to_owned());
                        case.files.insert(name.to_owned(), vec![0xff, 0xd8, 0xff]);
                    }
                    _ => {
                        path = Some(marker.to_owned());
                        case.files.insert(marker.to_owned(), Vec::new());
                    }
                }
                continue;
            }
            match path.as_deref() {
                Some("expect") => case.expect.push(line.to_owned()),
                Some(name) => {
                    let file = case.files.get_mut(name).unwrap();
                    file.extend(line.replace("\\u{FEFF}", "\u{feff}").as_bytes());
                    file.push(b'\n');
                }
                None => {}
            }
        }
        base.append(&mut case.files);
        case.files = base;
        case
    }

    /// All problems, each in a line.
    fn found(&self) -> Vec<String> {
        self.load().iter().map(|found| self.line(found)).collect()
    }

    fn load(&self) -> Vec<Diagnostic> {
        let mut loader = Loader::new(&Clock::fixed(jiff::Timestamp::UNIX_EPOCH));
        for (path, bytes) in &self.files {
            loader.file(Utf8Path::new(path), bytes);
        }
        for (code, path) in &self.refused {
            let rule = rules::all().find(|rule| rule.code == code).unwrap();
            loader.refused(Utf8Path::new(path), rule, "can't be read");
        }
        let loaded = loader.finish();
        assert_eq!(loaded.desired.is_some(), !loaded.report.has_errors());
        loaded.report.sorted()
    }

    fn line(&self, found: &Diagnostic) -> String {
        let path = &found.place.path;
        let text = String::from_utf8_lossy(self.files.get(path.as_str()).map_or(&[], Vec::as_slice)).into_owned();
        let (line, column) = found.place.span.line_column(&text);
        let mut shown = format!("{} {path}:{line}:{column} {}", found.rule.code, found.message);
        if let Some(hint) = &found.hint {
            // An id is new each time.
            let hint = if hint.starts_with("id = ") {
                "id = \"…\""
            } else {
                hint
            };
            shown += &format!(" [{hint}]");
        }
        for (place, label) in &found.related {
            shown += &format!(" ({label}: {})", place.path);
        }
        shown
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/diagnostics")
}

fn base() -> BTreeMap<String, Vec<u8>> {
    let text = fs::read_to_string(folder().join("base.repo")).unwrap();
    Case::parse(&text, BTreeMap::new()).files
}

fn cases() -> Vec<(PathBuf, String)> {
    let mut cases: Vec<(PathBuf, String)> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "repo"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    cases.sort();
    assert!(cases.len() > 1);
    cases
}

/// The cases of a file: each starts with a line `== TITLE ==`, or the file is one.
fn parts(text: &str) -> Vec<&str> {
    let starts: Vec<usize> = text
        .match_indices("== ")
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n')
        .collect();
    if starts.is_empty() {
        return vec![text];
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

#[test]
fn every_mistake_is_found_and_said_well() {
    let base = base();
    let bless = std::env::var_os("DOCKSPACE_BLESS").is_some();
    let mut wrong = Vec::new();
    for (path, text) in cases() {
        let mut written = String::new();
        for part in parts(&text) {
            let case = Case::parse(part, base.clone());
            let expect: Vec<&str> = case
                .expect
                .iter()
                .map(String::as_str)
                .filter(|line| !line.is_empty())
                .collect();
            let found = case.found();
            if expect != found {
                wrong.push(format!("{}\n{part}\nfound:\n{}\n", path.display(), found.join("\n")));
            }
            let head = part.split("-- expect --\n").next().unwrap();
            written += &format!(
                "{head}-- expect --\n{}\n",
                found.iter().map(|line| format!("{line}\n")).collect::<String>()
            );
        }
        let written = written.trim_end().to_owned() + "\n";
        if bless && written != text {
            fs::write(path, written).unwrap();
        }
    }
    assert!(bless || wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_is_broken_by_some_case() {
    let base = base();
    let mut seen = BTreeSet::new();
    for (_, text) in cases() {
        for part in parts(&text) {
            seen.extend(
                Case::parse(part, base.clone())
                    .load()
                    .into_iter()
                    .map(|found| found.rule.code),
            );
        }
    }
    seen.extend(too_wide().load().into_iter().map(|found| found.rule.code));
    let unseen: Vec<&str> = rules::all()
        .map(|rule| rule.code)
        .filter(|code| !seen.contains(code))
        .collect();
    assert!(unseen.is_empty(), "no case breaks {unseen:?}");
}

/// What the files of `base.repo` become.
fn sound() -> Desired {
    let case = Case {
        files: base(),
        ..Case::default()
    };
    let mut loader = Loader::new(&Clock::fixed(jiff::Timestamp::UNIX_EPOCH));
    // Backwards: the order of the files means nothing.
    for (path, bytes) in case.files.iter().rev() {
        loader.file(Utf8Path::new(path), bytes);
    }
    loader.finish().desired.unwrap()
}

#[test]
fn a_person_is_all_that_the_three_files_say() {
    let desired = sound();
    assert_eq!(desired.users.len(), 4);
    let alice = &desired.users["alice@example.org"];
    assert_eq!(alice.id.as_str(), "0193c6f4-5c1e-7000-8000-000000000001");
    assert_eq!(alice.username.as_str(), "alice");
    assert_eq!(alice.aliases[0].as_str(), "al@example.org");
    assert!(alice.keep_copy && alice.protected && alice.has_service("wiki"));
    assert_eq!(alice.dovecot, ["userdb_mail=mbox:~/mail:INBOX=~/inbox"]);
    assert_eq!(alice.profile.claims.len(), 6);
    assert!(matches!(alice.credentials.password, Some(Password::Sealed(_))));
    assert_eq!(alice.credentials.app_passwords.len(), 1);
    assert_eq!(alice.credentials.origin.path(), "users/example.org/alice.sealed.toml");
}

#[test]
fn what_is_not_written_goes_by_class_and_domain() {
    let desired = sound();
    let bob = &desired.users["bob@example.org"];
    assert!(bob.has_service("mail") && bob.has_service("login") && bob.state == State::Active);
    assert_eq!(desired.quota(bob).unwrap().to_string(), "5G");
    let office = &desired.users["office@example.org"];
    assert!(!office.has_service("login") && matches!(&office.class, Class::Shared { owners } if owners.len() == 1));
    let robot = &desired.users["robot@test.example.org"];
    assert!(matches!(robot.class, Class::Test { .. }) && matches!(robot.credentials.password, Some(Password::Test(_))));
    assert_eq!(desired.quota(robot).unwrap().to_string(), "25M");
}

#[test]
fn the_organisation_is_all_that_its_files_say() {
    let desired = sound();
    assert!(desired.groups["admins"].require_totp);
    assert_eq!(desired.aliases["team@example.org"].targets.len(), 2);
    assert_eq!(desired.catch_alls["example.org"].targets.len(), 1);
    assert_eq!(desired.retired[0].place.span.line_column("[[retired]]\nid = "), (2, 6));
    assert_eq!(desired.issuer.as_ref().unwrap().as_str(), "https://id.example.org");
    assert_eq!(desired.signers[0].principal, "alice@example.org");
    let text = String::from_utf8(base()["dockspace.toml"].clone()).unwrap();
    let idle = desired.origin.of("policy.session.idle").span;
    assert_eq!(&text[idle.start as usize..idle.end as usize], "\"8h\"");
}

/// An alias with more recipients than Postfix expands to, and a chain longer than it follows.
fn too_wide() -> Case {
    let targets: Vec<String> = (0..=1000).map(|n| format!("\"x{n}@elsewhere.example\"")).collect();
    let chain: String = (0..1500)
        .map(|n| format!("c{n} = [\"c{}@example.org\"]\n", n + 1))
        .collect();
    let text = format!(
        "[aliases]\nall = [{}]\nall-too = [\"all@example.org\"]\n{chain}c1500 = [\"bob@example.org\"]\n",
        targets.join(", ")
    );
    let mut case = Case {
        files: base(),
        ..Case::default()
    };
    case.files
        .insert("aliases/example.org.toml".to_owned(), text.into_bytes());
    case
}

#[test]
fn what_postfix_would_not_expand_is_one_problem_each() {
    let found: Vec<String> = too_wide()
        .found()
        .into_iter()
        .filter(|line| line.starts_with("DS-A008"))
        .collect();
    assert_eq!(
        found,
        [
            "DS-A008 aliases/example.org.toml:2:1 mail to `all@example.org` goes to 1001 recipients through 1 steps; 1000 of each is the most",
            "DS-A008 aliases/example.org.toml:504:1 mail to `c500@example.org` goes to 1 recipients through 1001 steps; 1000 of each is the most",
        ]
    );
}

#[test]
fn a_secret_in_clear_is_never_repeated() {
    let base = base();
    let canary = "canary-4711";
    for path in [
        "users/example.org/alice.toml",
        "users/example.org/alice.sealed.toml",
        "users/example.org/alice.profile.toml",
    ] {
        for line in [
            format!("password = \"{canary}\""),
            format!("pasword = \"{canary}\""),
            format!("password = \"{canary}"),
            format!("password = {canary}"),
            format!("password = [\"{canary}\", \"{canary}\"]"),
            format!("totp = \"age:1:1:{canary}\""),
            format!("app_passwords.phone.password = \"{canary}\""),
        ] {
            let mut case = Case {
                files: base.clone(),
                ..Case::default()
            };
            case.files.insert(path.to_owned(), line.clone().into_bytes());
            let about: Vec<Diagnostic> = case
                .load()
                .into_iter()
                .filter(|found| found.place.path == path)
                .collect();
            assert!(!about.is_empty(), "{path}: {line}");
            for found in about {
                assert!(!case.line(&found).contains(canary), "{path}: {line}: {}", found.message);
                if found.place.span.end > 0 {
                    assert_eq!(
                        found.excerpt,
                        dockspace::diagnostic::Excerpt::Hidden,
                        "{path}: {line}: {}",
                        found.message
                    );
                }
            }
        }
    }
}

/// No input panics, and each problem lies within its file.
fn check_robust(files: BTreeMap<String, Vec<u8>>) {
    let case = Case {
        files,
        ..Case::default()
    };
    for found in case.load() {
        let related = found.related.iter().map(|(place, _)| place);
        for place in std::iter::once(&found.place).chain(related) {
            let length = case.files.get(place.path.as_str()).map_or(0, Vec::len);
            let (start, end) = (place.span.start as usize, place.span.end as usize);
            assert!(
                start <= end && end <= length,
                "{}: {place:?} of {length}",
                found.message
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read_without_harm(path in 0..12_usize, bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut files = base();
        let paths: Vec<String> = files.keys().cloned().collect();
        files.insert(paths[path % paths.len()].clone(), bytes);
        check_robust(files);
    }

    #[test]
    fn any_toml_is_read_without_harm(path in 0..12_usize, text in "([a-z_]{1,8}|\"[a-z]{0,5}\"|[=\\[\\]{}.,\n#'\"0-9äe+-]| = ){0,60}") {
        let mut files = base();
        let paths: Vec<String> = files.keys().cloned().collect();
        files.insert(paths[path % paths.len()].clone(), text.into_bytes());
        check_robust(files);
    }

    #[test]
    fn good_files_with_a_change_are_read_without_harm(
        path in 0..12_usize, at in 0..1000_usize, gone in 0..20_usize, new in proptest::collection::vec(any::<u8>(), 0..4)
    ) {
        let mut files = base();
        let name = files.keys().nth(path % files.len()).unwrap().clone();
        let file = files.get_mut(&name).unwrap();
        let start = at % (file.len() + 1);
        let end = (start + gone).min(file.len());
        file.splice(start..end, new);
        check_robust(files);
    }
}
