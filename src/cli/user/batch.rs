//! Many users from a CSV file (RFC 4180).

use std::{collections::HashSet, fmt::Write as _, io::Read};

use camino::Utf8Path;
use csv::StringRecord;

use super::{
    add::{free_address, free_username},
    initial::weakness,
    new::{Facts, NewUser},
};
use crate::{
    cli::{context::Context, exit::Exit, failure::Failure, ui::Ui},
    document::{closest, mint_id},
    model::{Address, Desired},
    seal::Secret,
};

/// What a column can hold.
const COLUMNS: [&str; 12] = [
    "address", "name", "username", "groups", "aliases", "forward", "quota", "class", "owners", "expires", "services",
    "password",
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

/// One row below the heading.
struct Row<'r> {
    heading: &'r StringRecord,
    record: &'r StringRecord,
}

impl<'r> Row<'r> {
    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    /// A cell as it stands; nothing when it is empty.
    fn raw(&self, name: &str) -> Option<&'r str> {
        let mut cells = self.heading.iter().zip(self.record);
        let (_, cell) = cells.find(|(column, _)| column.trim() == name)?;
        (!cell.is_empty()).then_some(cell)
    }

    fn cell(&self, name: &str) -> Option<&'r str> {
        self.raw(name).map(str::trim).filter(|cell| !cell.is_empty())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.cell(name).map(str::to_owned)
    }

    fn list(&self, name: &str) -> Vec<String> {
        let items = self.cell(name).unwrap_or_default().split(';').map(str::trim);
        items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }
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
                Ok(record) => self.row(&Row {
                    heading: &heading,
                    record: &record,
                })?,
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

    /// A heading that is none may be a row with a password: only a name that was nearly meant is shown.
    fn heading(&mut self, heading: &StringRecord) {
        let mut problem = |text: String| self.problems.push((1, text));
        let columns: Vec<&str> = heading.iter().map(str::trim).collect();
        for (index, column) in columns.iter().enumerate() {
            if columns[..index].contains(column) {
                problem(format!("column {} has the name of another", index + 1));
            } else if !COLUMNS.contains(column) {
                let meant = closest(column, COLUMNS).map(|meant| format!("did you mean `{meant}`?"));
                let all = || format!("there are {}", COLUMNS.join(", "));
                problem(format!(
                    "column {} is none that is known: {}",
                    index + 1,
                    meant.unwrap_or_else(all)
                ));
            }
        }
        for column in ["address", "name"].iter().filter(|column| !columns.contains(column)) {
            let hint = "the first line names the columns, separated by commas";
            problem(format!("the column `{column}` is missing: {hint}"));
        }
    }

    fn row(&mut self, row: &Row<'_>) -> Result<(), Failure> {
        let (cells, columns) = (row.record.len(), row.heading.len());
        if cells != columns {
            let text = format!("a row of {cells} below a heading of {columns} columns");
            self.problems.push((row.line(), text));
            return Ok(());
        }
        if let Some(user) = self.user(row)? {
            self.addresses.insert(user.address.clone());
            self.usernames.insert(user.username.clone());
            self.users.push(user);
        }
        Ok(())
    }

    /// The user of one row; every problem of the row is noted.
    fn user(&mut self, row: &Row<'_>) -> Result<Option<NewUser>, Failure> {
        let line = row.line();
        let address = self.address(line, row.cell("address"));
        let name = self.noted(line, row.text("name").ok_or("there is no name"));
        let expires = row
            .text("expires")
            .map(|date| date.parse().map_err(|_| "`expires` is a date such as 2027-01-31"));
        let expires = self.noted(line, expires.transpose());
        let (Some(address), Some(name), Some(expires)) = (address, name, expires) else {
            return Ok(None);
        };
        let username = match row.text("username") {
            Some(username) => username,
            None => free_username(&address, |name| self.usernames.contains(name))?,
        };
        let facts = Facts {
            groups: row.list("groups"),
            aliases: row.list("aliases"),
            forward: row.list("forward"),
            quota: row.text("quota"),
            class: row.text("class"),
            owners: row.list("owners"),
            expires,
            services: row.list("services"),
            ..Facts::default()
        };
        let user = NewUser {
            id: mint_id(&self.context.clock)?,
            password: row.raw("password").map(Secret::from),
            address,
            username,
            name,
            facts,
        };
        let weakness = user
            .password
            .as_ref()
            .and_then(|chosen| weakness(self.desired, &user, chosen));
        Ok(match weakness {
            Some(weakness) => self.noted(line, Err(weakness)),
            None => Some(user),
        })
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
