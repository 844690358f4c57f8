//! The command line as a page: each command with its usage, its text and its arguments.

use clap::{Arg, ArgAction, Command};

/// The page.
pub(super) fn page() -> String {
    let mut root = dockspace::cli::command();
    root.build();
    let mut page = String::from(
        "# The command line\n\n`dockspace help COMMAND` says the same. Results go to standard output, everything else to standard error.\n",
    );
    section(&mut page, &mut root);
    page
}

fn section(page: &mut String, command: &mut Command) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace("\n       ", "\n");
    page.push_str(&format!("\n## `{name}`\n\n{}\n\n```text\n{usage}\n```\n", about.trim()));
    let is_root = !name.contains(' ');
    let arguments: Vec<String> = command
        .get_arguments()
        .filter(|arg| is_own(arg, is_root))
        .map(argument)
        .collect();
    if !arguments.is_empty() {
        page.push_str(&format!("\n{}", arguments.concat()));
    }
    for command in command
        .get_subcommands_mut()
        .filter(|command| command.get_name() != "help")
    {
        section(page, command);
    }
}

/// Global options are told once, at the root; help and version go without saying.
fn is_own(arg: &Arg, is_root: bool) -> bool {
    let goes_without_saying = matches!(arg.get_id().as_str(), "help" | "version");
    !goes_without_saying && !arg.is_hide_set() && (is_root || !arg.is_global_set())
}

/// `` - `--quota <QUOTA>`: … ``
fn argument(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string);
    let mut text = help.unwrap_or_default().trim().replace("\n\n", " ").replace('\n', " ");
    if !text.ends_with(['.', '!']) {
        text.push('.');
    }
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let words: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|_| takes_value)
        .filter(|value| !value.is_hide_set())
        .map(|value| match value.get_help() {
            Some(help) => format!("`{}` ({})", value.get_name(), help.to_string().trim_end_matches('.')),
            None => format!("`{}`", value.get_name()),
        })
        .collect();
    if !words.is_empty() {
        text += &format!(" One of: {}.", words.join("; "));
    }
    let defaults = arg.get_default_values().iter().filter_map(|value| value.to_str());
    for default in defaults.filter(|_| takes_value) {
        text += &format!(" Default: `{default}`.");
    }
    if let Some(variable) = arg.get_env().and_then(|name| name.to_str()) {
        text += &format!(" Variable: `{variable}`.");
    }
    let short = arg
        .get_short()
        .map(|letter| format!("`-{letter}`, "))
        .unwrap_or_default();
    format!("- {short}`{arg}`: {text}\n")
}
