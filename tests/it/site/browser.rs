//! The site as a person meets it: in headless Chromium, by day and by night, on a phone, and with axe-core's eyes.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::build;
use crate::example::example;
use crate::support::repo::TestRepo;

/// One page of each kind.
const PAGES: [&str; 16] = [
    "internal/index.html",
    "internal/people.html",
    "internal/people/alice@example.org.html",
    "internal/people/dave@example.org.html",
    "internal/groups.html",
    "internal/groups/engineering.html",
    "internal/apps.html",
    "internal/apps/nextcloud.html",
    "internal/access.html",
    "internal/mail.html",
    "internal/mail/example.org.html",
    "internal/setup.html",
    "internal/history.html",
    "internal/findings.html",
    "internal/formats.html",
    "internal/plan.html",
];

/// Those whose pictures are in the documentation.
const PICTURED: [&str; 8] = [
    "internal/index.html",
    "internal/people.html",
    "internal/people/alice@example.org.html",
    "internal/apps/nextcloud.html",
    "internal/access.html",
    "internal/mail/example.org.html",
    "internal/history.html",
    "internal/plan.html",
];

/// What a change leads to, in the folder `site` beside the repository: then there is every kind of page.
fn site(repo: &TestRepo) -> std::path::PathBuf {
    let carol = repo.read("users/example.org/carol.toml");
    repo.write(
        "users/example.org/carol.toml",
        carol.replace("[\"engineering\"]", "[\"board\"]"),
    );
    repo.write(
        "aliases/example.org.toml",
        repo.read("aliases/example.org.toml")
            .replace("abuse = [\"alice@example.org\"]\n", ""),
    );
    repo.commit("Carol joins the board");
    super::preview::preview(repo, "site")
}

/// Gives `job` to the browser.
#[track_caller]
fn look(folder: &Path, job: &Value) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/site/browser/look.mjs");
    let file = folder.join(".dockspace/job.json");
    fs::write(&file, job.to_string()).unwrap();
    let output = Command::new("node").arg(script).arg(file).output().unwrap();
    assert!(
        output.status.success(),
        "{}\nci/install installs what it needs",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_kind_of_page_is_sound_in_a_browser_and_search_finds_a_person() {
    let repo = example();
    let folder = site(&repo);
    let url = |page: &str| format!("file://{}/{page}", folder.to_str().unwrap());
    let mut pages: Vec<String> = PAGES.iter().map(|page| url(page)).collect();
    pages.push(url("public/index.html"));
    let said = look(
        &folder,
        &json!({
            "pages": pages,
            "search": { "page": url("internal/groups/board.html"), "typed": "carol" },
        }),
    );
    let looks = said["pages"].as_object().unwrap();
    assert_eq!(looks.len(), 3 * pages.len());
    for (page, look) in looks {
        assert_eq!(
            look["faults"],
            json!([]),
            "{page}: the console, or a request to elsewhere"
        );
        assert_eq!(look["found"], json!([]), "{page}: axe-core");
        assert_eq!(look["wide"], json!(0), "{page}: wider than its window");
    }
    let search = &said["search"];
    assert_eq!(search["focused"], "query");
    assert_eq!(search["texts"][0], "Carol Danvers\ncarol@example.org");
    assert_eq!(search["url"], url("internal/people/carol@example.org.html"));
    pictures(&folder, &url);
}

/// `ci/pictures` sets `DOCKSPACE_SHOTS` to a folder for the pictures of the documentation.
fn pictures(folder: &Path, url: &dyn Fn(&str) -> String) {
    let Some(shots) = std::env::var_os("DOCKSPACE_SHOTS") else {
        return;
    };
    let shots = Path::new(&shots);
    let mut wanted = Vec::new();
    for page in PICTURED {
        let name = page
            .trim_start_matches("internal/")
            .trim_end_matches(".html")
            .replace(['/', '@'], "-");
        for (look, width, height, dark) in [
            ("desktop-light", 1280, 900, false),
            ("desktop-dark", 1280, 900, true),
            ("phone-light", 390, 844, false),
        ] {
            let file = shots.join(format!("{name}-{look}.png"));
            wanted.push(json!({ "page": url(page), "file": file, "width": width, "height": height, "dark": dark }));
        }
    }
    look(folder, &json!({ "shots": wanted }));
}

#[test]
fn without_a_script_every_page_reads_the_same_but_for_the_search() {
    let repo = example();
    let folder = build(&repo, "site").0;
    let html = fs::read_to_string(folder.join("internal/index.html")).unwrap();
    assert!(
        html.contains("<search class=\"search\" id=\"search\" hidden>"),
        "hidden until its script shows it"
    );
    assert_eq!(html.matches("<script").count(), 1);
}
