//! The only writer: results on standard output, talk on standard error, colour only where a terminal reads.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use crate::seal::Secret;

const BOLD: Style = Style::new().bold();
const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::BrightCyan.on_default().bold();

/// Whether talk is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Talk {
    /// Everything.
    Normal,
    /// Errors only (`--quiet`).
    Quiet,
}

/// The terminal, or what stands in its place.
pub(super) struct Ui {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    talk: Talk,
    interactive: bool,
    styled: bool,
}

impl Ui {
    /// The standard streams. `ci` (the variable `CI`) switches every question off.
    #[must_use]
    pub(super) fn standard(talk: Talk, ci: bool) -> Self {
        let styled = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
        Self {
            out: Box::new(anstream::AutoStream::auto(io::stdout())),
            err: Box::new(anstream::AutoStream::auto(io::stderr())),
            talk,
            interactive: !ci && io::stdin().is_terminal() && io::stderr().is_terminal(),
            styled,
        }
    }

    /// Whether somebody is there to answer a question.
    #[must_use]
    pub(super) const fn interactive(&self) -> bool {
        self.interactive
    }

    /// Whether results go to a screen that others may see.
    #[must_use]
    pub(super) fn shows_results(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether talk may carry colour.
    #[must_use]
    pub(super) const fn styled(&self) -> bool {
        self.styled
    }

    /// Prints a result, as it is.
    ///
    /// # Errors
    /// When standard output cannot be written; a closed pipe too, which `run` takes for a quiet end.
    pub(super) fn data(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Where results go, for one that is too long to be put together first.
    pub(super) fn results(&mut self) -> &mut dyn Write {
        &mut *self.out
    }

    /// Says what is going on.
    pub(super) fn say(&mut self, text: &str) {
        if self.talk == Talk::Normal {
            self.talk_line(text);
        }
    }

    /// Says what is going on, with the thing it is about set off.
    pub(super) fn status(&mut self, verb: &str, text: &str) {
        self.say(&format!("{BOLD}{verb}{BOLD:#} {text}"));
    }

    /// Warns of something that can be done better.
    pub(super) fn warn(&mut self, text: &str) {
        self.talk_line(&format!("{WARNING}warning:{WARNING:#} {text}"));
    }

    /// Says why it failed.
    pub(super) fn error(&mut self, text: &str) {
        self.talk_line(&format!("{ERROR}error:{ERROR:#} {text}"));
    }

    /// Says what to do.
    pub(super) fn hint(&mut self, text: &str) {
        self.talk_line(&format!("{HINT}hint:{HINT:#} {text}"));
    }

    /// Prints text for people that is laid out already.
    pub(super) fn talk_line(&mut self, text: &str) {
        // Talk that nobody can read is not worth failing for.
        let _ = writeln!(self.err, "{}", text.trim_end_matches('\n'));
    }

    /// Asks for a yes; `false` when nobody is there to give it.
    pub(super) fn confirm(&mut self, question: &str) -> bool {
        if !self.interactive {
            return false;
        }
        let _ = write!(self.err, "{BOLD}{question}{BOLD:#} [y/N] ");
        let _ = self.err.flush();
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
    }

    /// Asks for a line.
    ///
    /// # Errors
    /// When nobody is there to answer.
    pub(super) fn ask(&mut self, question: &str) -> io::Result<String> {
        if !self.interactive {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "nobody is there to answer",
            ));
        }
        let _ = write!(self.err, "{BOLD}{question}{BOLD:#} ");
        let _ = self.err.flush();
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }

    /// Asks for a secret twice without showing it; from a pipe, takes the first line of standard input.
    ///
    /// # Errors
    /// When nothing can be read, or the two entries differ.
    pub(super) fn secret(&mut self, prompt: &str) -> io::Result<Secret<String>> {
        if !self.interactive {
            return self.secret_from_stdin();
        }
        let first = rpassword::prompt_password(format!("{prompt}: "))?;
        let again = rpassword::prompt_password(format!("{prompt}, again: "))?;
        if first != again {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the two entries differ"));
        }
        Ok(Secret::new(first))
    }

    /// The first line of standard input, without its line end.
    ///
    /// # Errors
    /// When standard input cannot be read or is empty.
    pub(super) fn secret_from_stdin(&mut self) -> io::Result<Secret<String>> {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        let line = line
            .strip_suffix('\n')
            .map_or(line.as_str(), |line| line.strip_suffix('\r').unwrap_or(line))
            .to_owned();
        if line.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "standard input is empty"));
        }
        Ok(Secret::new(line))
    }
}
