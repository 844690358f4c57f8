//! Every diagnostic as a page.

use dockspace::{
    diagnostic::{Rule, Severity},
    model::guard::{Acknowledgement, Code},
};

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
        for rule in rules.iter().filter(|rule| letter_of(rule) == Some(*letter)) {
            let severity = match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let explanation = rule.explanation;
            page += &format!("- **{}**, {severity}: {}. {explanation}\n", rule.code, rule.title);
        }
    }
    page + &guards()
}

/// The guards, the riskiest first.
fn guards() -> String {
    let mut chapter = "\n## Guards\n\nWhat of a change somebody has to look at twice, the riskiest first. They refuse nothing today: `plan` shows them,\nand `apply` shows its plan before it asks.\n\n".to_owned();
    for code in Code::ALL {
        let by = match code.acknowledgement() {
            Acknowledgement::Never => "never acknowledged",
            Acknowledgement::Administrator => "for an administrator to acknowledge",
            Acknowledgement::Merge => "for whoever merges to acknowledge",
        };
        let rule = code.rule();
        chapter += &format!("- **{}**, {by}: {}. {}\n", rule.code, rule.title, rule.explanation);
    }
    chapter
}

/// The letter of a diagnostic; a guard has none.
fn letter_of(rule: &Rule) -> Option<char> {
    rule.code.strip_prefix("DS-")?.chars().next()
}

#[test]
fn every_rule_has_a_chapter() {
    for rule in dockspace::cli::rules() {
        let Some(letter) = letter_of(rule) else { continue };
        assert!(CHAPTERS.iter().any(|(chapter, _)| *chapter == letter), "{}", rule.code);
    }
}
