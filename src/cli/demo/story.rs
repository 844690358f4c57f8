//! What the demonstration tells: each step is a command that anybody can type.

use anstyle::{AnsiColor, Style};
use camino::Utf8PathBuf;
use clap::Parser;

use super::place::Place;
use crate::cli::{Cli, Exit, dispatch, failure::Failure, ui::Ui};

const TITLE: Style = Style::new().bold();
const COMMAND: Style = AnsiColor::BrightBlue.on_default();

/// Runs the story and says what it leaves.
pub(super) fn tell(ui: &mut Ui, place: &Place) -> Result<(), Failure> {
    let plan = place.root().join("first.plan");
    let mut story = Story { ui, place };
    story.chapter("The Example Housing Co-operative: its people, groups, aliases and apps are TOML files in git.");
    story.command(&["check", "--strict"])?;
    story.chapter("What would the mail server get? Nothing is written yet.");
    story.command(&["plan", "--format", "summary", "--out", plan.as_str()])?;
    story.chapter("Somebody has read it, so it is applied: all files, or none.");
    story.command(&["apply", plan.as_str()])?;
    story.chapter("Carol joins the board and needs more room. Frank has moved out.");
    story.command(&[
        "user",
        "set",
        "carol@example.org",
        "--add-group",
        "board",
        "--quota",
        "30G",
        "--commit",
    ])?;
    story.command(&["user", "lock", "frank@example.org", "--commit"])?;
    story.push()?;
    story.chapter("A plan follows the change, not the size of the organisation.");
    story.command(&["apply", "--yes"])?;
    story.chapter("Once more: there is nothing left to do.");
    story.command(&["plan"])?;
    farewell(story.ui, place);
    Ok(())
}

struct Story<'a> {
    ui: &'a mut Ui,
    place: &'a Place,
}

impl Story<'_> {
    fn chapter(&mut self, text: &str) {
        self.ui.say(&format!("\n{TITLE}{text}{TITLE:#}"));
    }

    /// Shows a command as it would be typed in the organisation's folder, and runs it.
    fn command(&mut self, words: &[&str]) -> Result<(), Failure> {
        let shown: Vec<_> = words.iter().map(|word| self.short(word)).collect();
        self.ui
            .say(&format!("{COMMAND}$ dockspace {}{COMMAND:#}", shown.join(" ")));
        let (organisation, host) = (self.place.organisation(), self.place.host_file());
        let line = ["dockspace", "-C", organisation.as_str(), "--config", host.as_str()];
        let cli = Cli::try_parse_from(line.iter().chain(words))?;
        match dispatch(self.ui, &cli.global, cli.command)? {
            Exit::Done => Ok(()),
            exit => Err(Failure::shown(exit)),
        }
    }

    fn push(&mut self) -> Result<(), Failure> {
        self.ui.say(&format!("{COMMAND}$ git push{COMMAND:#}"));
        self.place.push()
    }

    /// Paths of the demonstration as they are from the organisation's folder.
    fn short(&self, word: &str) -> String {
        match word.strip_prefix(self.place.root().as_str()) {
            Some(rest) => format!("..{rest}"),
            None => word.to_owned(),
        }
    }
}

fn farewell(ui: &mut Ui, place: &Place) {
    let root = place.root();
    let command = format!(
        "{} -C {} --config {}",
        program(),
        quoted(place.organisation().as_str()),
        quoted(place.host_file().as_str())
    );
    ui.say(&format!(
        "\n{TITLE}All of it stays in {root}{TITLE:#}\n\
         \x20 organisation/   the repository; organisation.git is what it is pushed to\n\
         \x20 live/           what docker-mailserver would read\n\
         \x20 site/           who is who and who may sign in where: open internal/index.html\n\
         \x20 host.toml       what belongs to this machine; state/ and identity.txt go with it\n\n\
         {TITLE}Go on{TITLE:#}\n\
         \x20 {command} user list\n\
         \x20 {command} user resume frank@example.org --commit\n\
         \x20 {command} plan\n\
         \x20 {command} apply"
    ));
}

/// How to call this program: by its name where the shell would find it, else by its path.
fn program() -> String {
    let Some(this) = std::env::current_exe()
        .ok()
        .and_then(|path| Utf8PathBuf::from_path_buf(path).ok())
    else {
        return "dockspace".to_owned();
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join("dockspace"))
        .find(|path| path.is_file());
    match found.and_then(|found| found.canonicalize().ok()) {
        Some(found) if found == this.as_std_path() => "dockspace".to_owned(),
        _ => quoted(this.as_str()),
    }
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_in_a_shell() {
        for (word, shown) in [
            ("/tmp/dockspace-demo-a1", "/tmp/dockspace-demo-a1"),
            ("/home/a b/c", "'/home/a b/c'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }
}
