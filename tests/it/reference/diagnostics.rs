//! Every diagnostic as a page.

use dockspace::diagnostic::{Rule, Severity};

const ABOUT: &str = "# Diagnostics\n\nWhat `dockspace check` may say, by code. A code never changes its meaning and is never used again. An error makes a revision\nunusable; a warning is one under `--strict`. `dockspace explain CODE` says the same.\n";

/// What each letter stands for, in the order of the page.
const CHAPTERS: &[(char, &str)] = &[
    ('F', "Files"),
    ('D', "`dockspace.toml`"),
    ('P', "Policy"),
    ('I', "Who is who"),
    ('U', "Users"),
    ('G', "Groups"),
    ('A', "Aliases and where mail goes"),
    ('C', "Clients"),
    ('K', "Signing keys"),
    ('M', "The mail server's own settings"),
    ('S', "Secrets"),
    ('R', "Rendering for docker-mailserver"),
];

/// The page.
pub(super) fn page() -> String {
    let rules = dockspace::cli::rules();
    let mut page = ABOUT.to_owned();
    for (letter, title) in CHAPTERS {
        page += &format!("\n## {title}\n\n");
        for rule in rules.iter().filter(|rule| letter_of(rule) == *letter) {
            let severity = match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let explanation = rule.explanation;
            page += &format!("- **{}**, {severity}: {}. {explanation}\n", rule.code, rule.title);
        }
    }
    page
}

fn letter_of(rule: &Rule) -> char {
    rule.code.chars().nth(3).unwrap()
}

#[test]
fn every_rule_has_a_chapter() {
    for rule in dockspace::cli::rules() {
        let letter = letter_of(rule);
        assert!(CHAPTERS.iter().any(|(chapter, _)| *chapter == letter), "{}", rule.code);
    }
}
