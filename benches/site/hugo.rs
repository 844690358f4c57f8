//! The same people as pages of Hugo, with the facts of a person as front matter.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Cost, measured, organisation, text};

/// Whether it is installed.
pub(crate) fn is_there() -> bool {
    let version = Command::new("hugo").arg("version").stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

const LAYOUT: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{{ .Title }}</title></head><body>\
    <nav><ul><li><a href=\"/\">Overview</a></li><li><a href=\"/people/\">People</a></li></ul></nav><main>{{ block \"main\" . }}{{ end }}</main></body></html>\n";
const PERSON: &str = "{{ define \"main\" }}<h1>{{ .Title }}</h1><dl><dt>Mailbox</dt><dd>{{ .Params.address }}</dd><dt>Username</dt><dd>{{ .Params.username }}</dd></dl>\
    <h2>Groups</h2><ul>{{ range .Params.groups }}<li>{{ . }}</li>{{ end }}</ul>\
    <h2>Apps</h2><table>{{ range .Site.Params.apps }}<tr><th>{{ . }}</th><td>no</td></tr>{{ end }}</table>{{ end }}\n";
const LIST: &str = "{{ define \"main\" }}<h1>{{ .Title }}</h1><table>{{ range .Paginator.Pages }}\
    <tr><th><a href=\"{{ .RelPermalink }}\">{{ .Title }}</a></th><td>{{ .Params.address }}</td></tr>{{ end }}</table>{{ end }}\n";

/// Writes a project with `people` pages.
pub(crate) fn pages(folder: &Path, people: usize) {
    let write = |path: &str, content: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, content).expect("written");
    };
    let apps: Vec<String> = (0..crate::APPS).map(|n| format!("\"App {n}\"")).collect();
    let config = format!(
        "baseURL = \"/\"\ntitle = \"Example\"\npaginate = 500\ndisableKinds = [\"taxonomy\", \"term\", \"RSS\", \"sitemap\"]\n\
         [params]\napps = [{}]\n",
        apps.join(", ")
    );
    write("config.toml", &config);
    write("layouts/_default/baseof.html", LAYOUT);
    write("layouts/_default/single.html", PERSON);
    write("layouts/_default/list.html", LIST);
    write("content/_index.md", "+++\ntitle = \"Overview\"\n+++\n");
    for n in 0..people {
        write(&page(n), &front(n, "Person Number"));
    }
}

fn page(n: usize) -> String {
    organisation::user_path(n)
        .replace("users/example.org/", "content/people/")
        .replace(".toml", ".md")
}

/// The file of the repository as front matter.
fn front(n: usize, name: &str) -> String {
    let facts = organisation::user(n).replace("name = \"Person Number", &format!("title = \"{name}"));
    let address = page(n).replace("content/people/", "").replace(".md", "@example.org");
    // Hugo has other ideas of what aliases are.
    let facts: String = facts
        .lines()
        .filter(|line| !line.starts_with("aliases"))
        .map(|line| format!("{line}\n"))
        .collect();
    format!("+++\n{facts}address = \"{address}\"\n+++\n")
}

/// Gives one person another name.
pub(crate) fn change(folder: &Path, n: usize) {
    fs::write(folder.join(page(n)), front(n, "Person Renamed")).expect("written");
}

/// Builds it.
pub(crate) fn build(folder: &Path) -> Cost {
    measured("hugo", &["--quiet", "--source", text(folder)])
}
