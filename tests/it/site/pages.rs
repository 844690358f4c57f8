//! What holds for every page: links that lead somewhere, nothing from elsewhere, and no secret.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{build, files};
use crate::example::example;
use crate::support::repo::TestRepo;

fn example_site() -> BTreeMap<String, String> {
    let repo = example();
    files(&build(&repo, "site").0)
}

/// What stands between `before` and the next quote, each time.
fn values<'h>(html: &'h str, before: &str) -> Vec<&'h str> {
    let rest = html.split(before).skip(1);
    rest.map(|rest| rest.split('"').next().unwrap()).collect()
}

/// The file that `link` on the page `page` leads to.
fn followed(page: &str, link: &str) -> String {
    let mut at: Vec<&str> = page.split('/').collect();
    at.pop();
    for step in link.split('/') {
        match step {
            ".." => drop(at.pop().unwrap()),
            step => at.push(step),
        }
    }
    at.join("/")
}

#[test]
fn every_page_can_be_read_and_every_link_leads_somewhere() {
    let files = example_site();
    let pages = files.iter().filter(|(path, _)| path.ends_with(".html"));
    for (path, html) in pages {
        let count = |text: &str| html.matches(text).count();
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{path}");
        assert_eq!((count("<h1>"), count("<main"), count("<title>")), (1, 1, 1), "{path}");
        let inline = [
            " style=",
            "<style",
            " onclick=",
            " onload=",
            "javascript:",
            "http-equiv",
        ];
        assert!(inline.iter().all(|text| count(text) == 0), "{path}: nothing inline");
        let ids = values(html, " id=\"");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{path}: {ids:?}");
        let loaded = values(html, " src=\"")
            .into_iter()
            .chain(values(html, "<link rel=\"stylesheet\" href=\""));
        for link in loaded
            .chain(values(html, "<a href=\""))
            .chain(values(html, " class=\"tag\" href=\""))
        {
            let (file, part) = link.split_once('#').unwrap_or((link, ""));
            if link.starts_with("https://") {
                assert!(
                    html.contains(&format!("<a href=\"{link}\" rel=\"noreferrer\"")),
                    "{path}: {link}"
                );
                continue;
            }
            let target = if file.is_empty() {
                path.clone()
            } else {
                followed(path, file)
            };
            let there = files.get(&target).unwrap_or_else(|| panic!("{path} links to {link}"));
            assert!(
                part.is_empty() || there.contains(&format!(" id=\"{part}\"")),
                "{path}: {link}"
            );
        }
    }
}

#[test]
fn no_secret_hash_or_sealed_value_is_on_any_page() {
    let repo = example();
    // Claims in clear that are nobody's business.
    repo.write(
        "users/example.org/carol.profile.toml",
        "birthdate = \"1968-03-01\"\nphone_number = \"+441234567890\"\n",
    );
    repo.commit("Carol's profile");
    let files = files(&build(&repo, "site").0);
    let mut secrets = vec![
        "age:1:",
        "age1",
        "YWdlLWVuY3J5cHRpb24",
        "boilers like it lukewarm",
        "1968-03-01",
        "441234567890",
        "$6$",
        "\"kty\"",
    ];
    let clients: Vec<String> = ["grafana", "nextcloud"]
        .iter()
        .map(|id| repo.read(format!("clients/{id}.toml")))
        .collect();
    secrets.extend(clients.iter().flat_map(|text| values(text, "secret_sha256 = [\"")));
    for (path, text) in files.iter().filter(|(path, _)| !path.contains("formats")) {
        for secret in &secrets {
            assert!(!text.contains(secret), "{path} holds {secret:?}");
        }
    }
    assert!(files["internal/people/carol@example.org.html"].contains("Carol Danvers"));
}

#[test]
fn a_page_says_who_may_and_why() {
    let files = example_site();
    let grace = &files["internal/people/grace@example.org.html"];
    assert!(
        grace.contains("member of engineering; second step required by the app"),
        "{grace}"
    );
    let nextcloud = &files["internal/apps/nextcloud.html"];
    assert!(
        nextcloud.contains("member of contractors, which is kept out"),
        "{nextcloud}"
    );
    let matrix = &files["internal/access.html"];
    for rule in ["no group of engineering", "the account is locked", "a shared mailbox"] {
        assert!(matrix.contains(&format!(">{rule}</li>")), "{rule}");
    }
}

#[test]
fn mail_is_followed_to_where_it_ends() {
    let files = example_site();
    let domain = &files["internal/mail/example.org.html"];
    let row = |id: &str| {
        domain
            .split(&format!("<tr id=\"{id}\">"))
            .nth(1)
            .unwrap()
            .split("</tr>")
            .next()
            .unwrap()
    };
    let treasurer = row("treasurer-at-example.org");
    for end in ["bob@example.org", "office@example.org"] {
        assert!(
            treasurer.contains(&format!("people/{end}.html\">{end}</a>")),
            "{treasurer}"
        );
    }
    assert!(row("board-at-example.org").contains("groups/board.html"));
    assert!(
        row("heating-at-example.org").contains("heating@boiler-works.example</span> <span class=\"kind\">elsewhere")
    );
    assert!(domain.contains("<svg class=\"routes\" role=\"img\"") && domain.contains("<title id="));
    assert!(files["internal/mail/example.net.html"].contains(">@example.net <span class=\"kind\">catch-all"));
    assert!(files["internal/mail.html"].contains("<code>/^flat-[0-9]+@example\\.org$/</code>"));
    assert!(
        files["internal/people/bob@example.org.html"].contains("mail/example.org.html\">treasurer@example.org</a>")
    );
}

#[test]
fn mail_programs_find_their_settings() {
    let files = example_site();
    let thunderbird = &files["public/mail/config-v1.1.xml"];
    assert!(
        thunderbird.contains("<domain>example.net</domain>\n    <domain>example.org</domain>\n    <displayName>"),
        "{thunderbird}"
    );
    assert!(!thunderbird.contains("test.example.org") && thunderbird.contains("<hostname>mail.example.org</hostname>"));
    assert_eq!(
        files["public/.well-known/autoconfig/mail/config-v1.1.xml"],
        *thunderbird
    );
    assert!(files["public/autodiscover/autodiscover.xml"].contains("<Server>mail.example.org</Server>"));
    assert!(
        files["public/example.net.mobileconfig"]
            .contains("<key>IncomingMailServerHostName</key><string>mail.example.org</string>")
    );
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("public/")) {
        assert!(
            !text.contains("Alice") && !text.contains("../"),
            "{path} tells of people or leads inside"
        );
    }
    let repo = TestRepo::new();
    repo.write(
        "dockspace.toml",
        "format = 1\n[organisation]\nname = \"Example\"\n[domains.\"example.org\"]\n",
    )
    .write("groups/admins.toml", "description = \"Admins\"\n")
    .commit("No host");
    let without = super::files(&build(&repo, "site").0);
    assert!(
        without["public/index.html"].contains("doesn't say which host")
            || without["public/index.html"].contains("doesn&#x27;t"),
        "{}",
        without["public/index.html"]
    );
    assert!(!without.contains_key("public/mail/config-v1.1.xml"));
}

#[test]
fn history_and_findings_are_told() {
    let repo = example();
    repo.write(
        "aliases/example.org.toml",
        repo.read("aliases/example.org.toml")
            .replace("abuse = [\"alice@example.org\"]\n", ""),
    );
    repo.commit("Nobody reads complaints");
    let files = files(&build(&repo, "site").0);
    let history = &files["internal/history.html"];
    assert!(history.find("Nobody reads complaints").unwrap() < history.find("The example").unwrap());
    assert!(history.contains("<span class=\"kind\">aliases</span> <span class=\"changed\">1 changed</span> <span class=\"quiet\">example.org</span>"), "{history}");
    assert!(
        files["internal/findings.html"].contains("DS-"),
        "{}",
        files["internal/findings.html"]
    );
    assert!(files["internal/index.html"].contains("1 finding</span>"));
}

#[test]
fn what_people_write_is_text_and_nothing_else() {
    let repo = TestRepo::new();
    let name = "<img src=x onerror=alert(1)> \\\" </script>";
    repo.write(
        "dockspace.toml",
        "format = 1\n[organisation]\nname = \"<b>Ex & Co</b>\"\n[domains.\"example.org\"]\n",
    )
    .write("groups/admins.toml", format!("description = \"{name}\"\n"))
    .write(
        "users/example.org/alice.toml",
        format!("id = \"a\"\nusername = \"alice\"\nname = \"{name}\"\ngroups = [\"admins\"]\n"),
    )
    .commit("Hostile names");
    let files = files(&build(&repo, "site").0);
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        assert!(!text.contains("<img") && !text.contains("<b>"), "{path}");
    }
    assert!(files["internal/people/alice@example.org.html"].contains("&lt;img src=x onerror=alert(1)&gt;"));
}

#[test]
fn many_people_are_split_by_letter_and_many_members_by_page() {
    let repo = TestRepo::new();
    repo.write(
        "dockspace.toml",
        "format = 1\n[organisation]\nname = \"Example\"\n[domains.\"example.org\"]\n",
    )
    .write("groups/admins.toml", "description = \"Admins\"\n");
    for n in 0..1010 {
        let mut file = format!("id = \"id-{n}\"\nusername = \"user{n}\"\ngroups = [\"admins\"]\n");
        let name = if n < 505 {
            format!("Anna {n}")
        } else if n < 1009 {
            format!("bob {n}")
        } else {
            "Émile".to_owned()
        };
        let _ = writeln!(file, "name = \"{name}\"");
        repo.write(format!("users/example.org/user{n}.toml"), file);
    }
    repo.commit("Many");
    let files = files(&build(&repo, "site").0);
    let rows = |path: &str| {
        files[path]
            .matches("<tr><th scope=\"row\"><a href=\"../people/user")
            .count()
    };
    let under = ["a", "a~2", "b", "b~2", "0"].map(|page| rows(&format!("internal/people/{page}.html")));
    assert_eq!(under, [500, 5, 500, 4, 1]);
    assert_eq!(
        ["admins", "admins~2", "admins~3"].map(|page| rows(&format!("internal/groups/{page}.html"))),
        [500, 500, 10]
    );
    assert_eq!(rows("internal/people.html"), 0);
    assert!(
        files["internal/people.html"].contains("href=\"people/a~2.html\""),
        "{}",
        files["internal/people.html"]
    );
}
