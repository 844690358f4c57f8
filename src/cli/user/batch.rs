//! Many users from a CSV file (RFC 4180).

use std::{collections::HashSet, fmt::Write as _, io::Read};

use camino::Utf8Path;
use csv::StringRecord;

use super::{
    add::{free_address, free_username},
    new::{Facts, NewUser},
};
use crate::{
    cli::{context::Context, exit::Exit, failure::Failure, lookup::quoted, ui::Ui},
    document::{closest, mint_id},
    model::{Address, Desired},
};

/// What a column can hold.
const COLUMNS: [&str; 11] = [
    "address", "name", "username", "groups", "aliases", "forward", "quota", "class", "owners", "expires", "services",
];

/// Reads the users of `file`, or of standard input for `-`. Fails with exit code 3, after every problem was shown.
pub(super) fn read(
    ui: &mut Ui,
    context: &Context,
    desired: &Desired,
    file: &Utf8Path,
) -> Result<Vec<NewUser>, Failure> {
    let mut text = Vec::new();
    if file == "-" {
        std::io::stdin().read_to_end(&mut text)?;
    } else {
        text =
            std::fs::read(file).map_err(|error| anyhow::Error::new(error).context(format!("cannot read `{file}`")))?;
    }
    let usernames = desired.users.values().map(|user| user.username.to_string());
    let mut batch = Batch {
        context,
        desired,
        addresses: HashSet::new(),
        usernames: usernames.collect(),
        users: Vec::new(),
        problems: Vec::new(),
    };
    batch.rows(&text)?;
    if batch.problems.is_empty() {
        return Ok(batch.users);
    }
    let name = if file == "-" { "standard input" } else { file.as_str() };
    let mut shown = String::new();
    for (line, problem) in &batch.problems {
        let _ = writeln!(shown, "{name}:{line}: {problem}");
    }
    ui.talk_line(&shown);
    Err(Failure::message(Exit::Invalid, "the batch cannot be added as it is").hint("nothing was written"))
}

/// A batch being read.
struct Batch<'a> {
    context: &'a Context,
    desired: &'a Desired,
    /// Mailboxes in rows so far.
    addresses: HashSet<Address>,
    /// Usernames that are taken, in rows so far too.
    usernames: HashSet<String>,
    users: Vec<NewUser>,
    /// By line, counted from 1.
    problems: Vec<(u64, String)>,
}

impl Batch<'_> {
    fn rows(&mut self, text: &[u8]) -> Result<(), Failure> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
        let heading = match reader.headers() {
            Ok(heading) => heading.clone(),
            Err(error) => {
                self.problems.push((1, error.to_string()));
                return Ok(());
            }
        };
        self.heading(&heading);
        if !self.problems.is_empty() {
            return Ok(());
        }
        for record in reader.records() {
            match record {
                Ok(record) => self.row(&heading, &record)?,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    self.problems.push((line, "this row is not UTF-8".to_owned()));
                }
            }
        }
        if self.users.is_empty() && self.problems.is_empty() {
            self.problems.push((1, "there is no row below the heading".to_owned()));
        }
        Ok(())
    }

    fn heading(&mut self, heading: &StringRecord) {
        let mut problem = |text: String| self.problems.push((1, text));
        for (index, column) in heading.iter().enumerate() {
            if !COLUMNS.contains(&column.trim()) {
                let meant = closest(column.trim(), COLUMNS).map(|meant| format!("; did you mean `{meant}`?"));
                let all = || format!("; there are {}", COLUMNS.join(", "));
                problem(format!(
                    "unknown column {}{}",
                    quoted(column),
                    meant.unwrap_or_else(all)
                ));
            }
            if heading.iter().take(index).any(|other| other.trim() == column.trim()) {
                problem(format!("the column {} is there twice", quoted(column)));
            }
        }
        for column in ["address", "name"] {
            if !heading.iter().any(|other| other.trim() == column) {
                problem(format!(
                    "the column `{column}` is missing: the first line names the columns, separated by commas"
                ));
            }
        }
    }

    fn row(&mut self, heading: &StringRecord, record: &StringRecord) -> Result<(), Failure> {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != heading.len() {
            let text = format!("{} cells under a heading of {}", record.len(), heading.len());
            self.problems.push((line, text));
            return Ok(());
        }
        let cell = |name: &str| {
            let cells = heading.iter().zip(record);
            cells
                .filter(|(column, _)| column.trim() == name)
                .map(|(_, cell)| cell.trim())
                .find(|cell| !cell.is_empty())
        };
        if let Some(user) = self.user(line, &cell)? {
            self.addresses.insert(user.address.clone());
            self.usernames.insert(user.username.clone());
            self.users.push(user);
        }
        Ok(())
    }

    /// The user of one row; every problem of the row is noted.
    fn user<'c>(&mut self, line: u64, cell: &impl Fn(&str) -> Option<&'c str>) -> Result<Option<NewUser>, Failure> {
        let text = |name: &str| cell(name).map(str::to_owned);
        let list = |name: &str| -> Vec<String> {
            let items = cell(name).unwrap_or_default().split(';').map(str::trim);
            items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
        };
        let address = self.address(line, cell("address"));
        let name = self.noted(line, text("name").ok_or("there is no name"));
        let expires = text("expires").map(|date| date.parse().map_err(|_| "`expires` is a date such as 2027-01-31"));
        let expires = self.noted(line, expires.transpose());
        let (Some(address), Some(name), Some(expires)) = (address, name, expires) else {
            return Ok(None);
        };
        let username = match text("username") {
            Some(username) => username,
            None => free_username(&address, |name| self.usernames.contains(name))?,
        };
        let facts = Facts {
            groups: list("groups"),
            aliases: list("aliases"),
            forward: list("forward"),
            quota: text("quota"),
            class: text("class"),
            owners: list("owners"),
            expires,
            services: list("services"),
            ..Facts::default()
        };
        let id = mint_id(&self.context.clock)?;
        Ok(Some(NewUser {
            address,
            id,
            username,
            name,
            facts,
        }))
    }

    fn address(&mut self, line: u64, text: Option<&str>) -> Option<Address> {
        let address = match text {
            Some(text) => free_address(self.desired, text).map_err(|failure| failure.text()),
            None => Err("there is no address".to_owned()),
        };
        let again = |address: Address| match self.addresses.contains(&address) {
            true => Err(format!("`{address}` is in the batch twice")),
            false => Ok(address),
        };
        let address = address.and_then(again);
        self.noted(line, address)
    }

    fn noted<T>(&mut self, line: u64, result: Result<T, impl Into<String>>) -> Option<T> {
        result
            .map_err(|problem| self.problems.push((line, problem.into())))
            .ok()
    }
}
