//! `dockspace user add --batch`, and the first passwords of users.

use dockspace::{
    auth::password,
    model::credential::PasswordHash,
    seal::{Identity, Owner, Sealed},
};

use super::{changes, organisation, refuse};
use crate::support::repo::TestRepo;

/// The organisation, with somebody to seal to.
fn sealing() -> (TestRepo, Identity) {
    let (repo, identity) = (organisation(), Identity::generate());
    let recipient = identity.recipients().iter().next().unwrap().to_string();
    let text = repo.read("dockspace.toml") + &format!("\n[secrets]\nrecipients = [\"{recipient}\"]\n");
    repo.write("dockspace.toml", text).commit("Sealing");
    (repo, identity)
}

/// Whether `right` is what the files say.
fn is_password(repo: &TestRepo, identity: &Identity, name: &str, right: &str) -> bool {
    let table = |file: String| repo.read(file).parse::<toml::Table>().unwrap();
    let user = table(format!("users/example.org/{name}.toml"));
    let sealed = table(format!("users/example.org/{name}.sealed.toml"));
    let sealed = Sealed::parse(sealed["password"].as_str().unwrap()).unwrap();
    let owner = Owner::User(user["id"].as_str().unwrap().to_owned());
    let hash = identity.open(&sealed, &owner, "password").unwrap();
    password::verify(&right.into(), &PasswordHash::parse(hash.expose()).unwrap())
}

#[test]
fn a_new_user_can_have_a_password_at_once() {
    let (repo, identity) = sealing();
    let add = ["user", "add", "dave@example.org", "--name", "Dave"];
    let run = |more: &[&str], stdin: &str| repo.dockspace([&add[..], more].concat()).stdin(stdin).run();
    let weak = run(&["--password"], "dave-dave-dave\n").expect_code(1);
    assert!(
        weak.stderr.contains("Don't") && !weak.stderr.contains("dave-dave"),
        "{}",
        weak.stderr
    );
    assert_eq!(changes(&repo), "");
    let good = "quartz lamp under nine bridges";
    let output = run(&["--password"], &format!("{good}\n")).expect_code(0);
    assert!(is_password(&repo, &identity, "dave", good));
    assert!(!(output.stderr + &output.stdout).contains(good));
    refuse(
        &repo,
        &[
            "user",
            "add",
            "e@example.org",
            "--name",
            "E",
            "--password",
            "--generate",
        ],
        1,
        &["cannot be used with"],
    );
}

#[test]
fn a_password_that_is_made_up_is_printed_once() {
    let (repo, identity) = sealing();
    let run = |args: &[&str]| {
        repo.dockspace([&["user", "add", "--name", "Erin"][..], args].concat())
            .run()
            .expect_code(0)
    };
    let output = run(&["erin@example.org", "--generate"]);
    assert!(is_password(&repo, &identity, "erin", output.stdout.trim_end()));
    assert!(!output.stderr.contains(output.stdout.trim_end()));
    let dry = run(&["frank@example.org", "--generate", "--dry-run"]);
    assert!(!dry.stderr.contains("shown this once"), "{}", dry.stderr);
    assert!(
        run(&["gus@example.org"])
            .stderr
            .contains("dockspace user passwd gus@example.org")
    );
    assert!(!run(&["hal@example.org", "--no-password"]).stderr.contains("passwd"));
    let test = run(&[
        "probe@test.example.org",
        "--class",
        "test",
        "--expires",
        "2100-01-31",
        "--generate",
    ]);
    let file = repo.read("users/test.example.org/probe.toml");
    assert!(
        file.ends_with(&format!("password = \"{}\"\n", test.stdout.trim_end())),
        "{file}"
    );
    assert!(!test.stderr.contains(test.stdout.trim_end()), "the diff hides it");
}

#[test]
fn passwords_of_a_batch_are_sealed_and_never_shown() {
    let (repo, identity) = sealing();
    let csv = "address,name,password\ndave@example.org,Dave,\"quartz, lamp under nine \"\nerin@example.org,Erin,\n";
    let output = repo
        .dockspace(["user", "add", "--batch", "-", "--generate"])
        .stdin(csv)
        .run()
        .expect_code(0);
    assert!(is_password(&repo, &identity, "dave", "quartz, lamp under nine "));
    let (heading, row) = output.stdout.trim_end().split_once('\n').unwrap();
    assert_eq!(heading, "address,password");
    let made_up = row.strip_prefix("erin@example.org,").unwrap();
    assert!(is_password(&repo, &identity, "erin", made_up));
    assert!(
        !output.stderr.contains("quartz") && !output.stderr.contains(made_up),
        "{}",
        output.stderr
    );

    for csv in [
        "frank@example.org,Frank,hunter2\n",
        "address,name,password\nfrank@example.org,Frank,hunter2\n",
    ] {
        let output = repo
            .dockspace(["user", "add", "--batch", "-"])
            .stdin(csv)
            .run()
            .expect_code(3);
        assert!(
            !(output.stderr.clone() + &output.stdout).contains("hunter2"),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn a_batch_adds_every_row_in_one_commit() {
    let repo = organisation();
    let csv = "\u{feff}address,name,groups,aliases,quota\r\n\
               dave@example.org,\"Dave, \"\"D\"\"\",admins;engineering,d@example.org; dd@example.org,2G\r\n\
               bob@test.example.org,Bob Two,,,\r\n";
    let batch = repo.beside("people.csv");
    std::fs::write(&batch, csv.replace("bob@test.example.org", "alice.b@example.org")).unwrap();
    let _ = repo
        .dockspace(["user", "add", "--commit", "--batch", batch.to_str().unwrap()])
        .run()
        .expect_code(0);
    assert_eq!(repo.git(["log", "-1", "--format=%s"]), "user add: 2 users\n");
    let dave = repo.read("users/example.org/dave.toml");
    assert!(
        dave.ends_with(
            "username = \"dave\"\nname = 'Dave, \"D\"'\ngroups = [\"admins\", \"engineering\"]\n\
             aliases = [\"d@example.org\", \"dd@example.org\"]\nquota = \"2G\"\n"
        ),
        "{dave}"
    );
    assert!(
        repo.read("users/example.org/alice.b.toml")
            .contains("username = \"alice.b\"\n")
    );
}

#[test]
fn a_batch_with_problems_tells_all_of_them_and_adds_nobody() {
    let repo = organisation();
    let run = |csv: &str| {
        let output = repo
            .dockspace(["user", "add", "--batch", "-"])
            .stdin(csv)
            .run()
            .expect_code(3);
        assert_eq!(changes(&repo), "");
        output.stderr
    };
    let said = run("address,name,expires\n\
                    Dave@example.org,Dave,\n\
                    bob@example.org,Bob,\n\
                    erin@example.org,,someday\n\
                    erin@example.org\n\
                    frank@example.org,Frank,\n\
                    frank@example.org,\"Frank\nagain\",\n");
    for text in [
        "standard input:2: `Dave@example.org` is no address: write it in lower case",
        "standard input:3: there is a user `bob@example.org` already",
        "standard input:4: there is no name",
        "standard input:4: `expires` is a date",
        "standard input:5: a row of 1 below a heading of 3 columns",
        "standard input:7: `frank@example.org` is in the batch twice",
    ] {
        assert!(said.contains(text), "{text}\n{said}");
    }
    let said = run("adress,name,name\nx,y,z\n");
    for text in [
        "did you mean `address`?",
        "column 3 has the name of another",
        "the column `address` is missing",
    ] {
        assert!(said.contains(text), "{text}\n{said}");
    }
    assert!(run("address,name\n").contains("no row"));
    assert!(run("").contains("missing"));
    let said = run("address,name,groups,quota\ndave@example.org,Dave,enginering,7\nerin@example.org,\"E\nrin\",,\n");
    for text in [
        "did you mean `engineering`?",
        "users/example.org/dave.toml",
        "users/example.org/erin.toml",
    ] {
        assert!(said.contains(text), "{text}\n{said}");
    }
}
