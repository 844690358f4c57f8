//! Requests of every kind, from the harmless to the hostile, as the pipeline's script reviews them: exit codes, annotations and
//! the comment, rendered as a forge renders it.

use comrak::{Options, markdown_to_html};

use super::proposal::Project;
use crate::support::repo::{Output, TestRepo};
use crate::support::text;

const BOB: &str = "users/example.org/bob.toml";

/// What the reviewer of a request sees.
struct Review {
    check: Output,
    comment: String,
}

fn review(edit: impl FnOnce(&TestRepo)) -> Review {
    let project = Project::new("github");
    project.proposes(7, edit);
    let env: Vec<(String, String)> = [
        ("REVIEW_REMOTE", text(&project.bare())),
        ("REVIEW_BASE", "main"),
        ("REVIEW_PROPOSED", "refs/pull/7/head"),
        ("REVIEW_FORGE", "github"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let clone = format!(
        "git clone --quiet {} . 2>&1\nsh .dockspace/review merge",
        text(&project.bare())
    );
    let _ = project.step("review", &clone, &env).expect_code(0);
    let check = project.step("review", "sh .dockspace/review check", &env);
    let _ = project.step("review", "sh .dockspace/review plan", &env).expect_code(0);
    Review {
        check,
        comment: project.left("review", "out/plan.md"),
    }
}

/// The comment as GitHub and GitLab render it, with every extension they have and raw HTML let through.
fn rendered(comment: &str) -> String {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.autolink = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.alerts = true;
    extension.math_dollars = true;
    extension.math_code = true;
    options.parse.relaxed_autolinks = true;
    options.render.r#unsafe = true;
    markdown_to_html(comment, &options)
}

/// What of the HTML stands in no code and no tag, and the tags there are.
fn outside_of_code(html: &str) -> (String, Vec<String>) {
    let (mut outside, mut tags) = (String::new(), Vec::new());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        outside.push_str(before);
        let (tag, after) = after.split_once('>').unwrap();
        tags.push(tag.to_owned());
        rest = match tag {
            "code" => after.split_once("</code>").unwrap().1,
            _ => after,
        };
    }
    (outside + rest, tags)
}

/// Nothing in the comment does anything: no link, image, mention, reference or HTML, and one marker, at its start.
#[track_caller]
fn assert_inert(comment: &str) {
    let html = rendered(comment);
    let (outside, tags) = outside_of_code(&html);
    let marker = "!-- dockspace plan --";
    assert_eq!(tags.iter().filter(|tag| *tag == marker).count(), 1, "{html}");
    assert!(comment.starts_with(&format!("<{marker}>\n")), "{comment}");
    for tag in tags.iter().filter(|tag| *tag != marker) {
        let known = ["h3", "p", "ul", "li", "code", "strong"];
        assert!(known.contains(&tag.trim_start_matches('/')), "<{tag}> in {html}");
    }
    for sign in ["@", "#", "http", "www.", "GH-", "$", "~", "!", "&lt;", "evil"] {
        assert!(!outside.contains(sign), "{sign} outside of code: {outside}");
    }
    assert!(comment.len() <= 60_000);
}

fn set(repo: &TestRepo, args: &[&str]) {
    let args = [&["user", "set"], args].concat();
    let _ = repo.dockspace(args).run().expect_code(0);
}

#[track_caller]
fn assert_says(review: &Review, code: i32, says: &[&str], never: &[&str]) {
    assert_eq!(review.check.code, Some(code), "{:?}", review.check);
    for part in says {
        assert!(review.comment.contains(part), "{part} in\n{}", review.comment);
    }
    for part in never {
        assert!(!review.comment.contains(part), "{part} in\n{}", review.comment);
    }
    assert_inert(&review.comment);
}

#[test]
fn a_harmless_change_is_one_line() {
    let review = review(|repo| set(repo, &["bob@example.org", "--quota", "3G"]));
    assert_says(
        &review,
        0,
        &[": 1 change\n", "user `bob@example.org`: ", "`3G`"],
        &["Guards"],
    );
    assert!(!review.check.stdout.contains("::error"), "{}", review.check.stdout);
}

#[test]
fn a_change_out_of_form_is_checked_too() {
    let review = review(|repo| {
        let bob = repo.read(BOB);
        repo.write(
            BOB,
            bob.replace("\"board\", \"engineering\"", "\"engineering\",\"board\""),
        );
    });
    assert_says(&review, 2, &["Nothing to change"], &[]);
    let review = self::review(|repo| {
        // She answers for a group.
        let _ = repo
            .dockspace(["user", "suspend", "carol@example.org"])
            .run()
            .expect_code(0);
    });
    assert!(
        review.check.stderr.contains("CODEOWNERS is out of date"),
        "{}",
        review.check.stderr
    );
}

#[test]
fn a_broken_change_is_annotated_where_it_is_broken() {
    let review = review(|repo| {
        let bob = repo.read(BOB);
        repo.write(BOB, format!("{bob}qouta = \"3G\"\n"));
        repo.write("groups/board.toml", "owners = [\"nobody@example.org\"]\n");
    });
    assert_says(
        &review,
        3,
        &["### No plan", "`DS-F003`", "(`users/example.org/bob.toml:5`)"],
        &["Plan `"],
    );
    let annotation = "::error file=users/example.org/bob.toml,line=5,col=1,title=DS-F003::";
    assert!(review.check.stdout.contains(annotation), "{}", review.check.stdout);
}

const HOSTILE: &str = "@everyone `<img src=x>` ``` [x](https://evil.example) <!-- dockspace plan --> #1 GH-1 $x$ ~x~ |";

#[test]
fn names_say_nothing_but_themselves() {
    let review = review(|repo| {
        set(repo, &["bob@example.org", "--name", HOSTILE]);
        let describe = ["group", "set", "board", "--description", HOSTILE];
        let _ = repo.dockspace(describe).run().expect_code(0);
    });
    // A rule of the example leaves groups to administrators, and says so on the line.
    assert_says(&review, 3, &["@everyone"], &[]);
    let stdout = &review.check.stdout;
    assert!(
        stdout.starts_with("::error file=groups/board.toml,line=1,") && stdout.lines().count() == 1,
        "{stdout}"
    );
}

#[test]
fn what_is_broken_says_nothing_but_itself_either() {
    let review = review(|repo| {
        let bob = repo.read(BOB);
        repo.write(BOB, format!("{bob}\"{HOSTILE}\" = 1\nstate = \"{HOSTILE}\"\n"));
        repo.write("groups/@admins [x](https:evil).toml", "owners = []\n");
        repo.write("users/example.org/::error::`x`.toml", "id = 1\n");
    });
    assert_says(&review, 3, &["### No plan", "@everyone"], &[]);
    for line in review.check.stdout.lines() {
        assert!(
            line.starts_with("::error file=") || line.starts_with("::warning file="),
            "{line}"
        );
        assert_eq!(
            line.matches("::").count() - line.matches("::error::`x`").count(),
            2,
            "{line}"
        );
    }
}

#[test]
fn risks_stand_above_everything_else() {
    let gone = ["ann", "bob", "carol", "erin", "frank", "grace", "heidi", "joann"];
    let removal = review(|repo| {
        for name in gone {
            let remove = ["user", "remove", &format!("{name}@example.org"), "--yes"];
            let _ = repo.dockspace(remove).run().expect_code(0);
        }
    });
    assert_guard(&removal, "removals");

    let vanished = review(|repo| {
        repo.git([
            "rm",
            "--quiet",
            "users/example.org/niaj.toml",
            "users/example.net/niaj.toml",
            "--ignore-unmatch",
        ]);
        repo.git(["rm", "--quiet", "users/example.net/niaj.sealed.toml"]);
    });
    assert_guard(&vanished, "vanished");

    let admin = review(|repo| set(repo, &["mallory@example.net", "--add-group", "admins"]));
    assert_guard(&admin, "admins");

    let swapped = review(|repo| {
        repo.write(
            "users/example.org/alice.sealed.toml",
            repo.read("users/example.org/bob.sealed.toml"),
        );
    });
    assert_guard(&swapped, "privileged-credential");

    let recipient = review(|repo| {
        let settings = repo.read("dockspace.toml");
        let mine = "recipients = [\"age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef\", ";
        repo.write("dockspace.toml", settings.replace("recipients = [", mine));
    });
    assert_guard(&recipient, "recipients");
}

/// The guard is told before any change is.
#[track_caller]
fn assert_guard(review: &Review, code: &str) {
    assert_inert(&review.comment);
    let comment = &review.comment;
    let guard = comment.find(&format!("- **`{code}`"));
    let changes = comment.find("**Changes**");
    assert!(guard.is_some() && guard < changes, "{code}:\n{comment}");
}

#[test]
fn five_hundred_changes_fit_and_can_be_read() {
    let many = review(|repo| {
        for n in 0..500 {
            let user = format!(
                "id = \"many-{n}\"\nusername = \"person{n}\"\nname = \"Person Number {n} of Many\"\ngroups = [\"members\"]\n"
            );
            repo.write(format!("users/example.org/person{n}.toml"), user);
        }
    });
    assert_inert(&many.comment);
    assert!(many.comment.contains(": 500 changes\n"));
    let told = many
        .comment
        .lines()
        .filter(|line| line.starts_with("- `+` user"))
        .count();
    let rest = format!("- … and {} more\n", 500 - told);
    assert!(
        told == 500 || (told > 200 && many.comment.contains(&rest)),
        "{told} told\n{}",
        &many.comment[..2000]
    );
}

#[test]
fn a_comment_can_be_looked_at() {
    let review = review(|repo| {
        set(repo, &["bob@example.org", "--quota", "3G", "--add-group", "admins"]);
        let _ = repo
            .dockspace(["user", "suspend", "ann@example.org"])
            .run()
            .expect_code(0);
    });
    assert_inert(&review.comment);
    let page = format!(
        "<!doctype html><meta charset=utf-8><style>body{{font:15px/1.5 \"Noto Sans\",sans-serif;margin:24px;color:#1f2328;max-width:900px}}\
         code{{background:#eff1f3;border-radius:6px;padding:.2em .4em;font:85% \"Noto Sans Mono\",monospace}}h3{{margin:0 0 12px}}\
         li{{margin:4px 0}}</style>{}",
        rendered(&review.comment)
    );
    if let Some(folder) = std::env::var_os("DOCKSPACE_PAGES") {
        std::fs::write(std::path::Path::new(&folder).join("comment.html"), page).unwrap();
    }
}
