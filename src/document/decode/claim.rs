//! The forms of claims: OpenID Connect Core §5.1 and the standards it names.

use std::collections::HashSet;

use jiff::{civil::Date, tz::TimeZoneDatabase};
use url::Url;

use crate::model::{Address, Claim};

/// The names of the time zones: those of the bundled database, so that every host says the same.
#[derive(Debug)]
pub(in crate::document) struct Zones(HashSet<String>);

impl Zones {
    /// All of them.
    pub(in crate::document) fn bundled() -> Self {
        let database = TimeZoneDatabase::bundled();
        let names = database.available().map(|name| name.as_str().to_owned());
        Self(names.filter(|name| name == "UTC" || name.contains('/')).collect())
    }
}

/// Whether `text` may be the value of `claim`; what it should be if not.
///
/// # Errors
/// The form the claim has.
pub(in crate::document) fn check(claim: Claim, text: &str, zones: &Zones) -> Result<(), &'static str> {
    let (fits, form) = match claim {
        Claim::Locale => (is_language_tag(text), "write a language tag (BCP 47) such as `en-GB`"),
        Claim::Zoneinfo => (
            zones.0.contains(text),
            "write a time zone of the IANA database such as `Europe/Vienna`",
        ),
        Claim::PhoneNumber => (
            is_phone(text),
            "write it as `+43123456789` (E.164): `+`, country code and number, digits only",
        ),
        Claim::Birthdate => (
            is_birthdate(text),
            "write it as `1990-12-31`, as `1990`, or without the year as `0000-12-31`",
        ),
        Claim::Country => (
            COUNTRIES.contains(&text),
            "write the two capital letters of the country (ISO 3166-1), such as `AT`",
        ),
        Claim::RecoveryEmail => (
            Address::external(text).is_ok(),
            "write an address such as `alice@example.net`, in lower case",
        ),
        Claim::Picture => (
            is_picture(text) || is_https_link(text),
            "write the path of a file in `pictures/`, or a URL that starts with `https://`",
        ),
        Claim::Website | Claim::Profile => (is_link(text), "write a URL that starts with `https://` or `http://`"),
        Claim::GivenName
        | Claim::FamilyName
        | Claim::MiddleName
        | Claim::Nickname
        | Claim::Gender
        | Claim::StreetAddress
        | Claim::Locality
        | Claim::Region
        | Claim::PostalCode => (is_words(text), "write 1 to 256 characters, without blanks at the ends"),
    };
    if fits { Ok(()) } else { Err(form) }
}

fn is_words(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && text.chars().count() <= 256
}

/// `language[-Script][-REGION][-variant…]` (RFC 5646 §2.1) in the usual case (§2.1.1); no extensions, no private use.
fn is_language_tag(text: &str) -> bool {
    let is = |part: &str, lengths: std::ops::RangeInclusive<usize>, class: fn(u8) -> bool| {
        lengths.contains(&part.len()) && part.bytes().all(class)
    };
    let lower = |byte: u8| byte.is_ascii_lowercase();
    let mut parts = text.split('-').peekable();
    if !parts.next().is_some_and(|part| is(part, 2..=3, lower)) {
        return false;
    }
    let is_script = |part: &&str| {
        part.len() == 4
            && part.as_bytes()[0].is_ascii_uppercase()
            && part.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
    };
    let is_region = |part: &&str| {
        is(part, 2..=2, |byte| byte.is_ascii_uppercase()) || is(part, 3..=3, |byte| byte.is_ascii_digit())
    };
    parts.next_if(is_script);
    parts.next_if(is_region);
    parts.all(|part| {
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        is(part, 5..=8, word) || (is(part, 4..=4, word) && part.as_bytes()[0].is_ascii_digit())
    })
}

fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_birthdate(text: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(text, 4) {
        return text != "0000";
    }
    // Without the year, the 29th of February is a date.
    let dated = text
        .strip_prefix("0000-")
        .map_or_else(|| text.to_owned(), |day| format!("2000-{day}"));
    dated.len() == 10 && dated.split('-').count() == 3 && dated.parse::<Date>().is_ok()
}

fn is_link(text: &str) -> bool {
    text.len() <= 2000 && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn is_https_link(text: &str) -> bool {
    text.starts_with("https://") && is_link(text)
}

/// `pictures/<64 hexadecimal digits>.<png|jpg|webp>`.
pub(in crate::document) fn is_picture(text: &str) -> bool {
    let name = text.strip_prefix("pictures/").and_then(|file| file.rsplit_once('.'));
    name.is_some_and(|(digest, extension)| {
        digest.len() == 64
            && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            && matches!(extension, "png" | "jpg" | "jpeg" | "webp")
    })
}

/// ISO 3166-1 alpha-2, officially assigned.
#[rustfmt::skip]
const COUNTRIES: &[&str] = &[
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD", "BE",
    "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD",
    "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM",
    "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU",
    "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN",
    "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME",
    "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM",
    "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI",
    "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK",
    "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A claim, texts that may be its value, and texts that may not.
    type Form = (Claim, &'static [&'static str], &'static [&'static str]);

    #[test]
    fn forms_that_a_standard_has() {
        check_all(&[
            (
                Claim::Locale,
                &[
                    "en",
                    "en-GB",
                    "de-AT",
                    "zh-Hant-TW",
                    "es-419",
                    "sl-rozaj",
                    "de-1996",
                    "gsw",
                ],
                &[
                    "",
                    "EN",
                    "en_GB",
                    "en-gb",
                    "e",
                    "english",
                    "en-",
                    "en-GB-",
                    "en-GB-x-y",
                    "en--GB",
                    "en-US-POSIX",
                ],
            ),
            (
                Claim::Zoneinfo,
                &["Europe/Vienna", "America/Argentina/Ushuaia", "UTC", "Etc/GMT+5"],
                &["", "Europe/Wien", "europe/vienna", "CET", "+01:00", "../Europe/Vienna"],
            ),
            (
                Claim::PhoneNumber,
                &["+43123456789", "+4912345678", "+123456789012345"],
                &[
                    "",
                    "43123456789",
                    "+043123456",
                    "+43 1 234",
                    "+123",
                    "+1234567890123456",
                    "+43a23456789",
                ],
            ),
            (
                Claim::Birthdate,
                &["1990-12-31", "1990", "0000-02-29", "2000-02-29"],
                &[
                    "",
                    "0000",
                    "1990-02-30",
                    "1990-13-01",
                    "90-12-31",
                    "31.12.1990",
                    "1990-12-31T00:00",
                    "0000-00-00",
                    "1990-1-1",
                ],
            ),
        ]);
    }

    #[test]
    fn forms_of_words_links_and_countries() {
        check_all(&[
            (Claim::Country, &["AT", "GB"], &["", "at", "UK", "AUT", "Austria", "XX"]),
            (
                Claim::RecoveryEmail,
                &["alice@example.net"],
                &["", "alice", "Alice@example.net"],
            ),
            (
                Claim::Website,
                &["https://example.org/~alice"],
                &["", "example.org", "javascript:alert(1)", "https://"],
            ),
            (
                Claim::Picture,
                &["https://cdn.example.org/alice.png"],
                &[
                    "",
                    "http://cdn.example.org/alice.png",
                    "https://",
                    "data:image/png;base64,AAAA",
                    "alice.png",
                ],
            ),
            (
                Claim::GivenName,
                &["Alice", "Anna Maria", "ä"],
                &["", " Alice", "Alice "],
            ),
        ]);
    }

    fn check_all(forms: &[Form]) {
        let zones = Zones::bundled();
        for (claim, good, bad) in forms {
            for text in *good {
                assert!(check(*claim, text, &zones).is_ok(), "{} {text:?}", claim.as_str());
            }
            for text in *bad {
                assert!(check(*claim, text, &zones).is_err(), "{} {text:?}", claim.as_str());
            }
        }
    }

    #[test]
    fn pictures_are_named_by_their_digest() {
        let digest = "0a".repeat(32);
        for good in ["png", "jpg", "jpeg", "webp"] {
            assert!(is_picture(&format!("pictures/{digest}.{good}")));
        }
        for bad in ["svg", "PNG", ""] {
            assert!(!is_picture(&format!("pictures/{digest}.{bad}")));
        }
        assert!(!is_picture(&format!("pictures/{}.png", digest.to_uppercase())));
        assert!(!is_picture(&format!("pictures/../{digest}.png")));
    }

    #[test]
    fn countries_are_sorted_and_all_there() {
        assert!(COUNTRIES.is_sorted());
        assert_eq!(COUNTRIES.len(), 249);
    }
}
