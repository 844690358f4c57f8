//! Organisations of any size, made by rule, for the benchmarks.
//!
//! Written with `git fast-import`, so that a hundred thousand people take seconds; the repository is bare and packed, as a
//! server's mirror is. Blobs are stored whole: `fast-import` would chain each to the one before, which no other program does.

use std::{
    fmt::Write as _,
    io::{BufWriter, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use dockspace::seal::{Identity, Owner, Recipients, Secret, seal};

/// How many groups there are; each person is in two.
const GROUPS: usize = 40;

/// A file of the organisation: path and content.
pub(super) type File = (String, String);

/// All files of an organisation of `users` people.
pub(super) fn files(recipients: &Recipients, users: usize) -> impl Iterator<Item = File> {
    let fixed = [("dockspace.toml".to_owned(), settings(recipients))];
    let groups = (0..GROUPS).map(|n| (format!("groups/team-{n}.toml"), format!("description = \"Team {n}\"\n")));
    let admins = [(
        "groups/admins.toml".to_owned(),
        "description = \"Administrators\"\n".to_owned(),
    )];
    let shared = [("aliases/example.org.toml".to_owned(), shared_aliases(users))];
    let people = (0..users).map(|n| (user_path(n), user(n)));
    let secrets = sealed_files(recipients, users);
    fixed
        .into_iter()
        .chain(admins)
        .chain(groups)
        .chain(shared)
        .chain(people)
        .chain(secrets)
}

/// Where person `n` stands.
pub(super) fn user_path(n: usize) -> String {
    format!("users/example.org/{}.toml", name(n))
}

fn sealed_path(n: usize) -> String {
    format!("users/example.org/{}.sealed.toml", name(n))
}

fn name(n: usize) -> String {
    const GIVEN: [&str; 8] = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];
    format!("{}.{n:06}", GIVEN[n % GIVEN.len()])
}

fn settings(recipients: &Recipients) -> String {
    let recipient = recipients.iter().next().expect("a recipient");
    format!(
        "format = 1\n\n[organisation]\nname = \"Example\"\nadmin_group = \"admins\"\n\n[domains.\"example.org\"]\nquota = \"5G\"\n\n\
     [targets.mail]\nkind = \"docker-mailserver\"\ndialect = 16\n\n[oidc]\nissuer = \"https://id.example.org\"\n\n[secrets]\nrecipients = [\"{recipient}\"]\n"
    )
}

fn shared_aliases(users: usize) -> String {
    let mut text = "[aliases]\n".to_owned();
    for (alias, n) in ["postmaster", "abuse"].into_iter().zip(0..) {
        let _ = writeln!(text, "{alias} = [\"{}@example.org\"]", name(n));
    }
    for n in 0..users / 100 {
        let _ = writeln!(
            text,
            "list-{n} = [\"{}@example.org\", \"{}@example.org\"]",
            name(n * 7 % users),
            name((n * 13 + 1) % users)
        );
    }
    text
}

/// The reviewed file of person `n`.
pub(super) fn user(n: usize) -> String {
    let name = name(n);
    let admin = if n == 0 { "\"admins\", " } else { "" };
    let alias = if n.is_multiple_of(5) {
        format!("aliases = [\"a-{name}@example.org\"]\n")
    } else {
        String::new()
    };
    let quota = if n.is_multiple_of(10) { "quota = \"10G\"\n" } else { "" };
    format!(
        "id = \"{}\"\nusername = \"{name}\"\nname = \"Person Number {n}\"\n\
         groups = [{admin}\"team-{}\", \"team-{}\"]\n{alias}{quota}",
        id(n),
        n % GROUPS,
        (n + 1 + n / GROUPS % (GROUPS - 1)) % GROUPS,
    )
}

/// The sealed password of person `n`.
fn sealed(recipients: &Recipients, n: usize) -> String {
    let hash = "{SHA512-CRYPT}$6$bench.salt.bench$nuS5/5bWbMZ1TUGFd5wM1EMtEnMkiOfHMNOqB4TgPWrgBAp1AaeMXWAEaSHKoWmGWDhmMzPvYMbIcFR5NLYke1";
    let owner = Owner::User(id(n));
    let sealed = seal(recipients, &owner, "password", 1, &Secret::from(hash)).expect("a value that can be sealed");
    format!("password = \"{}\"\n", sealed.as_str())
}

/// The sealed files of all people, made on all cores.
fn sealed_files(recipients: &Recipients, users: usize) -> Vec<File> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = users.div_ceil(cores);
    std::thread::scope(|scope| {
        let part = |core: usize| {
            let people = core * share..users.min((core + 1) * share);
            scope.spawn(move || {
                people
                    .map(|n| (sealed_path(n), sealed(recipients, n)))
                    .collect::<Vec<_>>()
            })
        };
        let parts: Vec<_> = (0..cores).map(part).collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().expect("values are sealed"))
            .collect()
    })
}

fn id(n: usize) -> String {
    format!("0193c6f4-0000-7000-8000-{n:012x}")
}

/// Makes a bare repository at `path` whose branch `main` holds `users` people, and a second commit that changes one of them
/// on the branch `changed`.
pub(super) fn repository(path: &Path, identity: &Identity, users: usize) {
    let git = |arguments: &[&str]| {
        let status = Command::new("git")
            .arg("-C")
            .arg(path)
            .args(arguments)
            .status()
            .expect("git runs");
        assert!(status.success(), "git {arguments:?}");
    };
    std::fs::create_dir_all(path).expect("the directory can be made");
    git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
    let mut import = Command::new("git")
        .arg("-C")
        .arg(path)
        .args(["fast-import", "--quiet", "--depth=0"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("git runs");
    let mut stream = BufWriter::new(import.stdin.take().expect("a pipe"));
    let who = "Bench <bench@example.org> 1790000000 +0000";
    let write = |stream: &mut BufWriter<_>, (path, content): &File| {
        writeln!(stream, "M 100644 inline {path}\ndata {}\n{content}", content.len()).expect("git reads");
    };
    writeln!(stream, "commit refs/heads/main\ncommitter {who}\ndata 4\norg\n").expect("git reads");
    files(identity.recipients(), users).for_each(|file| write(&mut stream, &file));
    writeln!(
        stream,
        "commit refs/heads/changed\ncommitter {who}\ndata 4\none\n\nfrom refs/heads/main"
    )
    .expect("git reads");
    let mut one = user(users / 2);
    one.push_str("state = \"locked\"\n");
    write(&mut stream, &(user_path(users / 2), one));
    writeln!(stream, "done").expect("git reads");
    drop(stream);
    assert!(import.wait().expect("git ends").success());
}
