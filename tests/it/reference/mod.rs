//! `docs/reference/` is what the program says of itself.
//!
//! To write it anew, run with `DOCKSPACE_BLESS=1` and review the difference.

mod cli;
mod conformance;
mod diagnostics;
mod host;

use std::{collections::BTreeMap, fs, path::Path};

use dockspace::{
    cli::Exit,
    document::{Kind, schema},
    plan,
    telemetry::{METRICS, Metric, MetricKind},
};

/// Every page, by its path inside `docs/reference`.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([
        ("cli.md".to_owned(), cli::page()),
        ("conformance.md".to_owned(), conformance::page()),
        ("diagnostics.md".to_owned(), diagnostics::page()),
        ("exit-codes.md".to_owned(), exit_codes()),
        ("format.md".to_owned(), schema::reference_markdown(example)),
        ("host-file.md".to_owned(), host::page()),
        ("metrics.md".to_owned(), metrics()),
        ("schema/host.json".to_owned(), json(&dockspace::settings::json_schema())),
        ("plan.schema.json".to_owned(), json(&plan::json::json_schema())),
    ]);
    for kind in Kind::ALL {
        let path = format!("schema/{}.json", kind.as_str());
        pages.insert(path, json(&schema::json_schema(kind)));
    }
    pages
}

fn json(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

fn exit_codes() -> String {
    let rows: String = Exit::ALL
        .iter()
        .map(|exit| format!("| {} | {} |\n", exit.code(), exit.meaning()))
        .collect();
    format!(
        "# Exit codes\n\nEvery command ends with one of these. A run that ends in several ways reports the first of 8, 6, 7, 9, 3, 4, 5, 1 and 2 that\n\
         applies. A panic ends with 101; a signal with 128 and its number.\n\n| code | meaning |\n| --- | --- |\n{rows}"
    )
}

fn metrics() -> String {
    let row = |metric: &Metric| {
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let kind = match metric.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        };
        format!(
            "| `{}` | {kind} | {} | {} |\n",
            metric.name,
            labels.join(", "),
            metric.help
        )
    };
    let rows: String = METRICS.iter().map(row).collect();
    format!(
        "# Metrics\n\n`dockspace serve` shows these at `/metrics` of the listener that `metrics` in the host file names, in the text format of\n\
         Prometheus. A name that is here stays.\n\n| name | kind | labels | meaning |\n| --- | --- | --- | --- |\n{rows}"
    )
}

/// A file of `example-repo/` for each kind that has one; what nobody can read is cut short.
fn example(kind: Kind) -> Option<String> {
    let path = match kind {
        Kind::Organisation => "dockspace.toml",
        Kind::User => "users/example.org/carol.toml",
        Kind::Profile => "users/example.org/grace.profile.toml",
        Kind::Sealed => "users/example.org/alice.sealed.toml",
        Kind::Aliases => "aliases/example.net.toml",
        Kind::Group => "groups/admins.toml",
        Kind::Client => "clients/grafana.toml",
        Kind::Key => "keys/2026-01.toml",
        Kind::Mail => "mail.toml",
        Kind::MailSealed => "mail.sealed.toml",
        Kind::Retired => "retired.toml",
    };
    let text = fs::read_to_string(root().join("example-repo").join(path)).unwrap();
    Some(text.lines().map(|line| shortened(line) + "\n").collect())
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(100) {
        None => line.to_owned(),
        Some(_) => format!("{}…{}", &line[..64], &line[line.len() - 1..]),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, under: &str, paths: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{under}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), paths);
        } else {
            paths.push(path);
        }
    }
}

#[test]
fn the_reference_is_what_the_program_says() {
    let folder = root().join("docs/reference");
    let pages = pages();
    if std::env::var_os("DOCKSPACE_BLESS").is_some() {
        for (path, text) in &pages {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let mut on_disk = Vec::new();
    collect(&folder, "", &mut on_disk);
    on_disk.sort();
    assert_eq!(
        on_disk,
        pages.keys().cloned().collect::<Vec<_>>(),
        "pages that nothing writes, or that are missing"
    );
    for (path, text) in &pages {
        let written = fs::read_to_string(folder.join(path)).unwrap();
        assert!(
            written == *text,
            "docs/reference/{path} is out of date: run the tests with DOCKSPACE_BLESS=1 and review the difference"
        );
    }
}

#[test]
fn long_values_are_cut() {
    let line = format!("password = \"{}\"", "x".repeat(200));
    assert_eq!(shortened(&line), format!("password = \"{}…\"", "x".repeat(52)));
    assert_eq!(shortened("quota = \"5G\""), "quota = \"5G\"");
}
