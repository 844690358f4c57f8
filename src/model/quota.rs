//! How much a mailbox may hold.

use std::fmt;

/// A unit of size, each 1024 times the one before, as Dovecot counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Bytes.
    B,
    /// 1024 bytes.
    K,
    /// 1024².
    M,
    /// 1024³.
    G,
    /// 1024⁴.
    T,
}

impl Unit {
    const ALL: [Self; 5] = [Self::B, Self::K, Self::M, Self::G, Self::T];

    const fn letter(self) -> char {
        match self {
            Self::B => 'B',
            Self::K => 'K',
            Self::M => 'M',
            Self::G => 'G',
            Self::T => 'T',
        }
    }

    /// How many bytes one of this unit is.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        match self {
            Self::B => 1,
            Self::K => 1 << 10,
            Self::M => 1 << 20,
            Self::G => 1 << 30,
            Self::T => 1 << 40,
        }
    }
}

/// A limit on a mailbox, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quota {
    /// No limit: `"unlimited"`.
    Unlimited,
    /// `"5G"`: a count of a unit.
    Limited {
        /// How many; at least 1.
        count: u64,
        /// Of what.
        unit: Unit,
    },
}

/// A text that is no quota.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuotaError {
    /// Neither `unlimited` nor a count and a unit.
    #[error("a quota is a whole number and one of B, K, M, G or T, such as `5G`, or `unlimited`")]
    Grammar,
    /// `0G`: docker-mailserver reads it as unlimited, which nobody would guess.
    #[error("docker-mailserver reads 0 as no limit: write `unlimited` if that is meant")]
    Zero,
    /// More bytes than Dovecot can count (2⁶³).
    #[error("it is larger than Dovecot can count: at most 8388607T")]
    TooLarge,
}

impl Quota {
    /// Reads `^[0-9]+[BKMGT]$` or `unlimited`.
    ///
    /// # Errors
    /// [`QuotaError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, QuotaError> {
        if text == "unlimited" {
            return Ok(Self::Unlimited);
        }
        let unit = text
            .chars()
            .last()
            .and_then(|last| Unit::ALL.into_iter().find(|unit| unit.letter() == last));
        let unit = unit.ok_or(QuotaError::Grammar)?;
        let digits = &text[..text.len() - 1];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(QuotaError::Grammar);
        }
        let count: u64 = digits.parse().map_err(|_| QuotaError::TooLarge)?;
        if count == 0 {
            return Err(QuotaError::Zero);
        }
        match count.checked_mul(unit.bytes()) {
            Some(bytes) if bytes < 1 << 63 => Ok(Self::Limited { count, unit }),
            _ => Err(QuotaError::TooLarge),
        }
    }

    /// The limit in bytes; `None` when there is none.
    #[must_use]
    pub const fn bytes(self) -> Option<u64> {
        match self {
            Self::Unlimited => None,
            Self::Limited { count, unit } => Some(count * unit.bytes()),
        }
    }

    /// `percent` of the limit, in the largest unit that holds it without a fraction (rounded down to whole bytes, at least one).
    #[must_use]
    pub fn share(self, percent: u8) -> Self {
        let Some(bytes) = self.bytes() else {
            return Self::Unlimited;
        };
        let share = u128::from(bytes) * u128::from(percent) / 100;
        let share = u64::try_from(share).unwrap_or(bytes).max(1);
        let unit = Unit::ALL
            .into_iter()
            .rev()
            .find(|unit| share.is_multiple_of(unit.bytes()))
            .unwrap_or(Unit::B);
        Self::Limited {
            count: share / unit.bytes(),
            unit,
        }
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => f.write_str("unlimited"),
            Self::Limited { count, unit } => write!(f, "{count}{}", unit.letter()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_quota_may_be() {
        for text in ["5G", "10K", "1B", "2T", "unlimited"] {
            assert_eq!(Quota::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Quota::parse("010M").unwrap().to_string(), "10M");
        let refused = [
            "",
            "G",
            "5",
            "5g",
            "5k",
            "1.5G",
            "-5M",
            " 5G",
            "5G ",
            "5GB",
            "5G\r",
            "五G",
            "unlimited ",
        ];
        for text in refused {
            assert_eq!(Quota::parse(text), Err(QuotaError::Grammar), "{text:?}");
        }
        assert_eq!(Quota::parse("0G"), Err(QuotaError::Zero));
        for text in ["8388608T", "99999999999999999999T", "9223372036854775808B"] {
            assert_eq!(Quota::parse(text), Err(QuotaError::TooLarge), "{text}");
        }
        assert!(Quota::parse("8388607T").is_ok());
    }

    #[test]
    fn a_share_is_exact_in_the_unit_that_fits() {
        for (whole, percent, share) in [
            ("10G", 50, "5G"),
            ("5G", 50, "2560M"),
            ("1B", 50, "1B"),
            ("unlimited", 50, "unlimited"),
        ] {
            assert_eq!(
                Quota::parse(whole).unwrap().share(percent).to_string(),
                share,
                "{percent} % of {whole}"
            );
        }
    }
}
