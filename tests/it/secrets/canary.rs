//! Planted secrets that no command may show: not in a diff, not in an error, not in JSON.

use std::fs;

use super::Organisation;

/// In clear in the repository, typed in, or inside what is sealed.
const PLANTED: [&str; 4] = [
    "clear-canary-55",
    "typed-canary-66 under nine bridges",
    "relay-canary-77",
    "$6$rounds=1000$",
];

#[test]
fn row_21_row_53_no_command_shows_a_planted_secret() {
    let org = Organisation::new();
    let private = fs::read_to_string(org.identity()).unwrap();
    let private = private.lines().last().unwrap().to_owned();
    let mut said = String::new();
    let mut say = |args: &[&str], stdin: &str, code: i32| {
        let output = org
            .dockspace(args)
            .env("DOCKSPACE_IDENTITY", org.identity())
            .stdin(format!("{stdin}\n"))
            .run()
            .expect_code(code);
        said += &format!("{args:?}\n{}{}", output.stdout, output.stderr);
    };
    let typed = PLANTED[1];
    say(&["user", "passwd", "alice@example.org"], typed, 0);
    say(&["user", "passwd", "alice@example.org", "--dry-run"], typed, 0);
    org.repo.commit("A password");
    say(
        &["user", "passwd", "alice@example.org", "--password", typed, "--commit"],
        "",
        0,
    );
    org.repo.write(
        "mail.toml",
        "[relay.\"example.org\"]\nhost = \"[smtp.relay.example]:587\"\nuser = \"example\"\n",
    );
    say(
        &["secrets", "seal", "mail.sealed.toml", "relay.'example.org'.password"],
        PLANTED[2],
        0,
    );
    say(
        &["secrets", "seal", "users/example.org/bob.sealed.toml", "password"],
        PLANTED[2],
        1,
    );
    say(&["secrets", "check"], "", 0);
    say(&["secrets", "check", "--format", "json"], "", 0);
    say(&["secrets", "reseal", "--dry-run"], "", 0);
    say(&["secrets", "reseal"], "", 0);
    say(&["secrets", "recipients", "list", "--format", "json"], "", 0);
    say(&["secrets", "identity", "show"], "", 0);
    say(&["user", "show", "alice@example.org", "--format", "json"], "", 0);
    say(&["user", "set", "probe@test.example.org", "--name", "Other"], "", 0);

    // What stands in clear where a sealed value belongs is refused, and not shown either.
    let clear = format!("password = \"{}\"\ntotp = \"\"\"\n{}\"\"\"\n", PLANTED[2], PLANTED[0]);
    org.repo.write("users/example.org/bob.sealed.toml", clear);
    for args in [
        ["user", "passwd", "bob@example.org"],
        ["check", "--format", "json"],
        ["check", "--format", "github"],
        ["check", "--format", "text"],
    ] {
        say(&args, typed, 3);
    }
    for secret in PLANTED.iter().copied().chain([private.as_str()]) {
        let told = said.replace(&format!("\"--password\", \"{typed}\""), "");
        assert!(!told.contains(secret), "{secret} in\n{told}");
    }
    assert!(
        said.contains("age:1:1:…") && said.contains("DS-S002"),
        "the commands did say something:\n{said}"
    );
}
