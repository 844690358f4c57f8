//! Which hashes are accepted: their form and what checking one costs.

use std::ops::RangeInclusive;

/// Rounds of SHA512-CRYPT and SHA256-CRYPT. Fewer don't exist (the specification counts them as 1000); the most take a third of a
/// second. The parser of `crypt(3)` would go up to 999 999 999: minutes for each login.
pub const SHA_CRYPT_ROUNDS: RangeInclusive<u32> = 1_000..=1_000_000;
/// What `crypt(3)` takes when a hash has no `rounds=`.
pub const SHA_CRYPT_DEFAULT_ROUNDS: u32 = 5_000;
/// Logarithm of the rounds of BLF-CRYPT: 14 takes about a second.
const BLF_COST: RangeInclusive<u32> = 4..=14;
/// Memory of ARGON2ID, in KiB: at most 256 MiB.
const ARGON2_MEMORY: RangeInclusive<u32> = 8..=256 * 1024;
/// Passes over that memory.
const ARGON2_PASSES: RangeInclusive<u32> = 1..=16;
/// Lanes of that memory.
const ARGON2_LANES: RangeInclusive<u32> = 1..=16;
/// Memory times passes, in KiB: about a second.
const ARGON2_WORK: u32 = 1024 * 1024;

/// How a password was hashed, with what checking it costs. The names are Dovecot's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashScheme {
    /// `{SHA512-CRYPT}$6$…`, what Dockspace and docker-mailserver make.
    Sha512Crypt {
        /// In [`SHA_CRYPT_ROUNDS`].
        rounds: u32,
    },
    /// `{SHA256-CRYPT}$5$…`.
    Sha256Crypt {
        /// In [`SHA_CRYPT_ROUNDS`].
        rounds: u32,
    },
    /// `{BLF-CRYPT}$2y$…`: bcrypt.
    BlfCrypt {
        /// Logarithm of the rounds, 4 to 14.
        cost: u32,
    },
    /// `{ARGON2ID}$argon2id$…` (RFC 9106).
    Argon2id {
        /// Memory in KiB.
        memory: u32,
        /// Passes over the memory.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
}

/// Why a text is not a usable password hash. Shows nothing of the text, which may be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// A blank, a control character, `:`, `|` or anything outside ASCII.
    #[error("a password hash has no blanks, control characters, colons or bars")]
    Character,
    /// Neither `{SCHEME}` nor `$6$` in front.
    #[error("this is not a password hash: it has no {{SCHEME}} in front")]
    NoScheme,
    /// `{PLAIN}` and its like.
    #[error("this is a password in clear")]
    Clear,
    /// `{CRYPT}`: what it means depends on the C library and the version of Dovecot.
    #[error("{{CRYPT}} does not say how the password is hashed")]
    Crypt,
    /// Any other scheme.
    #[error("this password scheme is not accepted")]
    Scheme,
    /// The value doesn't have the form its scheme asks for, such as a locked `{SHA512-CRYPT}!`.
    #[error("this password hash does not have the form of its scheme")]
    Form,
    /// Rounds, cost, memory or passes out of bounds.
    #[error("checking this password hash would take too long, or so little that it protects nothing")]
    Cost,
}

impl HashError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Crypt => "write {SHA512-CRYPT} before $6$, {SHA256-CRYPT} before $5$, {BLF-CRYPT} before $2y$",
            Self::Cost => {
                "set the password again: `dockspace user passwd`; rounds=1000 to 1000000, bcrypt cost 4 to 14, argon2id up to 256 MiB"
            }
            Self::NoScheme | Self::Clear | Self::Scheme => {
                "use {SHA512-CRYPT}, {SHA256-CRYPT}, {BLF-CRYPT} or {ARGON2ID}, or set the password with `dockspace user passwd`"
            }
            Self::Character | Self::Form => "copy the hash again, or set the password with `dockspace user passwd`",
        }
    }
}

impl HashScheme {
    /// The scheme of a hash as Dovecot writes it: `{SCHEME}value`, or a bare `$6$…`, which Dovecot takes for SHA512-CRYPT.
    ///
    /// # Errors
    /// A [`HashError`] for what is not accepted.
    pub fn of(hash: &str) -> Result<Self, HashError> {
        if !hash
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b':' && byte != b'|')
        {
            return Err(HashError::Character);
        }
        let (tag, value) = match hash.strip_prefix('{') {
            Some(rest) => rest.split_once('}').ok_or(HashError::NoScheme)?,
            None if hash.starts_with("$6$") => ("SHA512-CRYPT", hash),
            None => return Err(HashError::NoScheme),
        };
        match tag {
            "SHA512-CRYPT" => sha_crypt(value, "$6$", 86).map(|rounds| Self::Sha512Crypt { rounds }),
            "SHA256-CRYPT" => sha_crypt(value, "$5$", 43).map(|rounds| Self::Sha256Crypt { rounds }),
            "BLF-CRYPT" => blf_crypt(value),
            "ARGON2ID" => argon2id(value),
            "PLAIN" | "CLEARTEXT" | "CLEAR" | "PLAIN-TRUNC" => Err(HashError::Clear),
            "CRYPT" => Err(HashError::Crypt),
            _ => Err(HashError::Scheme),
        }
    }
}

/// `$6$[rounds=N$]salt$hash` (Drepper, "Unix crypt using SHA-256 and SHA-512"); the rounds.
fn sha_crypt(value: &str, prefix: &str, length: usize) -> Result<u32, HashError> {
    let rest = value.strip_prefix(prefix).ok_or(HashError::Form)?;
    let (rounds, rest) = match rest.strip_prefix("rounds=") {
        Some(rest) => rest.split_once('$').ok_or(HashError::Form)?,
        None => ("5000", rest),
    };
    let (salt, hash) = rest.split_once('$').ok_or(HashError::Form)?;
    if !(1..=16).contains(&salt.len()) || !is_crypt64(salt) || hash.len() != length || !is_crypt64(hash) {
        return Err(HashError::Form);
    }
    bounded(rounds, &SHA_CRYPT_ROUNDS)
}

/// `$2y$NN$` and 53 characters of salt and hash.
fn blf_crypt(value: &str) -> Result<HashScheme, HashError> {
    let rest = ["$2a$", "$2b$", "$2y$"]
        .iter()
        .find_map(|prefix| value.strip_prefix(prefix))
        .ok_or(HashError::Form)?;
    let (cost, rest) = rest.split_once('$').ok_or(HashError::Form)?;
    if cost.len() != 2 || rest.len() != 53 || !is_crypt64(rest) {
        return Err(HashError::Form);
    }
    let cost = bounded(cost.strip_prefix('0').unwrap_or(cost), &BLF_COST)?;
    Ok(HashScheme::BlfCrypt { cost })
}

/// `$argon2id$v=19$m=M,t=T,p=P$salt$hash`, both in base64 without padding.
fn argon2id(value: &str) -> Result<HashScheme, HashError> {
    let rest = value.strip_prefix("$argon2id$v=19$").ok_or(HashError::Form)?;
    let mut parts = rest.split('$');
    let (Some(costs), Some(salt), Some(hash), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(HashError::Form);
    };
    if !(11..=86).contains(&salt.len()) || !(22..=86).contains(&hash.len()) || !is_base64(salt) || !is_base64(hash) {
        return Err(HashError::Form);
    }
    let mut costs = costs.split(',');
    let mut cost = |key: &str, bounds| {
        let digits = costs.next().and_then(|cost| cost.strip_prefix(key));
        bounded(digits.ok_or(HashError::Form)?, bounds)
    };
    let memory = cost("m=", &ARGON2_MEMORY)?;
    let passes = cost("t=", &ARGON2_PASSES)?;
    let lanes = cost("p=", &ARGON2_LANES)?;
    if costs.next().is_some() {
        return Err(HashError::Form);
    }
    if memory * passes > ARGON2_WORK || memory < 8 * lanes {
        return Err(HashError::Cost);
    }
    Ok(HashScheme::Argon2id { memory, passes, lanes })
}

/// The alphabet of `crypt(3)`.
fn is_crypt64(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/'))
}

fn is_base64(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// A decimal number without sign or leading zeros.
fn bounded(digits: &str, bounds: &RangeInclusive<u32>) -> Result<u32, HashError> {
    if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(HashError::Form);
    }
    digits
        .parse()
        .ok()
        .filter(|number| bounds.contains(number))
        .ok_or(HashError::Cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hash of the right form, with `rounds` in front of its salt.
    fn sha512(rounds: &str) -> String {
        format!(
            "$6${rounds}anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1"
        )
    }

    fn argon2(costs: &str) -> String {
        format!("{{ARGON2ID}}$argon2id$v=19${costs}$c29tZXNhbHRzb21lc2FsdA$ZJtUFYOPOnYUtS1ONe0SAwI6BkDBHYpZ1I6qU1K3/0s")
    }

    const BLF: &str = "{BLF-CRYPT}$2y$05$abcdefghijklmnopqrstuuLyIXQZBPWGPxnEmSH7lq4uIyDOmqVQC";

    #[test]
    fn accepted_schemes_are_told_apart_with_their_cost() {
        let check = |text: &str, expect| {
            assert_eq!(HashScheme::of(text), Ok(expect), "{text}");
        };
        check(&sha512(""), HashScheme::Sha512Crypt { rounds: 5000 });
        check(
            &format!("{{SHA512-CRYPT}}{}", sha512("")),
            HashScheme::Sha512Crypt { rounds: 5000 },
        );
        for rounds in [1000, 1400, 1_000_000] {
            check(
                &format!("{{SHA512-CRYPT}}{}", sha512(&format!("rounds={rounds}$"))),
                HashScheme::Sha512Crypt { rounds },
            );
        }
        check(
            "{SHA256-CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
            HashScheme::Sha256Crypt { rounds: 5000 },
        );
        check(BLF, HashScheme::BlfCrypt { cost: 5 });
        check(&BLF.replace("$05$", "$14$"), HashScheme::BlfCrypt { cost: 14 });
        check(
            &argon2("m=65536,t=3,p=1"),
            HashScheme::Argon2id {
                memory: 65536,
                passes: 3,
                lanes: 1,
            },
        );
    }

    #[test]
    fn everything_else_is_refused_with_the_reason() {
        let check = |text: &str, expect| {
            assert_eq!(HashScheme::of(text), Err(expect), "{text:?}");
        };
        let tagged = |value: &str| format!("{{SHA512-CRYPT}}{value}");
        for character in [" ", "\n", "\t", "\0", "\u{7f}", ":", "|", "é", "\u{a0}"] {
            check(&format!("{}{character}", tagged(&sha512(""))), HashError::Character);
            check(&format!("{character}{}", tagged(&sha512(""))), HashError::Character);
        }
        for text in ["", "hunter2", "$5$saltstring$5B8v", "{SHA512-CRYPT", "*", "!"] {
            check(text, HashError::NoScheme);
        }
        check("{PLAIN}hunter2", HashError::Clear);
        check(&format!("{{CRYPT}}{}", sha512("")), HashError::Crypt);
        for tag in [
            "{SSHA512}x",
            "{sha512-crypt}x",
            "{SHA512-CRYPT.HEX}x",
            "{}x",
            "{MD5-CRYPT}$1$x$y",
        ] {
            check(tag, HashError::Scheme);
        }
        for value in [
            "",
            "!",
            &format!("!{}", sha512("")),
            "$6$salt",
            "$6$salt$tooshort",
            &sha512("").replace("anotherlongsalts", ""),
            &sha512("").replace("anotherlongsalts", "anotherlongsalts7"),
            &sha512("").replace("anotherlongsalts", "salt=1"),
            &sha512("").replace("$6$", "$5$"),
            &sha512("rounds=$"),
            &sha512("rounds=+5000$"),
            &sha512("rounds=05000$"),
            &format!("{}x", sha512("")),
            &format!("{}$", sha512("")),
        ] {
            check(&tagged(value), HashError::Form);
        }
        for rounds in ["999", "1", "1000001", "999999999", "99999999999"] {
            check(&tagged(&sha512(&format!("rounds={rounds}$"))), HashError::Cost);
        }
        check(&BLF.replace("$05$", "$15$"), HashError::Cost);
        check(&BLF.replace("$05$", "$5$"), HashError::Form);
        check(&BLF.replace("$2y$", "$2x$"), HashError::Form);
        check(&BLF[..BLF.len() - 1], HashError::Form);
        for costs in [
            "m=300000,t=3,p=1",
            "m=262144,t=5,p=1",
            "m=65536,t=17,p=1",
            "m=65536,t=3,p=17",
            "m=15,t=1,p=2",
        ] {
            check(&argon2(costs), HashError::Cost);
        }
        for costs in [
            "",
            "m=65536",
            "t=3,m=65536,p=1",
            "m=65536,t=3,p=1,x=1",
            "m=0x10,t=3,p=1",
        ] {
            check(&argon2(costs), HashError::Form);
        }
        check(&argon2("m=65536,t=3,p=1").replace("v=19", "v=16"), HashError::Form);
    }
}
