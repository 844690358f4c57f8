//! Keys of the three files of a user.

use super::{REQUIRED, Shape::*, formats::*, value, words};

tables! {
    USER {
        /// The person's lasting identifier, the `sub` of OpenID Connect, byte for byte; never reused. `dockspace fmt`
        /// mints it.
        "id": ID, REQUIRED;
        /// What the person signs in with, `preferred_username`; unique. `dockspace fmt` takes it from the address once;
        /// it is never derived again.
        "username": USERNAME, REQUIRED;
        /// The name shown to people.
        "name": TEXT, REQUIRED;
        /// The groups this user is a member of.
        "groups": Set(&GROUP), value("[]");
        /// Further addresses that deliver here.
        "aliases": Set(&ALIAS), value("[]");
        /// Where mail goes instead of the mailbox.
        "forward": List(&EXTERNAL), value("[]");
        /// Whether the mailbox keeps a copy of what is forwarded.
        "keep_copy": Flag, value("false");
        /// The quota of the mailbox.
        "quota": QUOTA, words("the domain's, else the quota class's");
        /// A human being; a mailbox that several people own; or a test user, who lives in a test domain.
        "class": Word(&["person", "shared", "test"]), value("\"person\"");
        /// Who answers for a shared mailbox.
        "owners": Set(&MAILBOX), words("must be written for `shared`");
        /// The last day a test user may be used.
        "expires": Date, words("must be written for `test`");
        /// Locked: mail is delivered, no password is accepted. Suspended: as if the mailbox did not exist, everything
        /// is kept. Absent: gone.
        "state": Word(&["active", "locked", "suspended", "absent"]), value("\"active\"");
        /// What the user may use. Further names are entitlements of your own.
        "services": Set(&SERVICE), words("`mail` and `login` for a person, `mail` for the others");
        /// Whether others need an acknowledgement to remove, rename or demote this user or to change the credentials.
        "protected": Flag, value("false");
        /// The person's account at the forge that keeps the repository, without `@`; `dockspace owners` writes it.
        "forge": FORGE, words("the mailbox's address; for Forgejo the username");
        /// Dovecot extra fields, as Dovecot 2.3 writes them: the third field of `postfix-accounts.cf`. Only `userdb_mail`,
        /// `nologin` and `allow_nets`.
        "dovecot": List(&DOVECOT_FIELD), value("[]");
        /// A password in clear text, for `class = "test"` alone.
        "password": TEXT;
    }

    ADDRESS {
        /// Street and house number.
        "street_address": CLEAR_OR_SEALED;
        /// City.
        "locality": CLEAR_OR_SEALED;
        /// State, province or region.
        "region": CLEAR_OR_SEALED;
        /// Postal code.
        "postal_code": CLEAR_OR_SEALED;
        /// Two letters (ISO 3166-1).
        "country": CLEAR_OR_SEALED;
    }

    PROFILE {
        /// First names.
        "given_name": CLEAR_OR_SEALED;
        /// Last names.
        "family_name": CLEAR_OR_SEALED;
        /// Middle names.
        "middle_name": CLEAR_OR_SEALED;
        /// A casual name.
        "nickname": CLEAR_OR_SEALED;
        /// The URL of a page about the person.
        "profile": CLEAR_OR_SEALED;
        /// The profile picture: a file by the SHA-256 of its bytes, or a picture elsewhere.
        "picture": PICTURE;
        /// The URL of the person's site.
        "website": CLEAR_OR_SEALED;
        /// `female`, `male` or other words. Sealed by default.
        "gender": CLEAR_OR_SEALED;
        /// `YYYY-MM-DD`, `YYYY`, or `0000-MM-DD` without the year. Sealed by default.
        "birthdate": CLEAR_OR_SEALED;
        /// The time zone, such as `Europe/Berlin`.
        "zoneinfo": ZONE;
        /// The language, such as `en-GB`.
        "locale": LOCALE;
        /// In E.164, such as `+4930123456`. Sealed by default.
        "phone_number": CLEAR_OR_SEALED;
        /// The postal address. Sealed by default.
        "address": Table(ADDRESS);
        /// Where a link to reset the password is sent. Sealed by default.
        "recovery_email": CLEAR_OR_SEALED;
    }

    SEALED_APP_PASSWORDS {
        /// A tagged Dovecot hash.
        "password": SEALED, REQUIRED;
    }

    SEALED_FILE {
        /// A tagged Dovecot hash, never clear text.
        "password": SEALED;
        /// The secret of the second factor.
        "totp": SEALED;
        /// SHA-256 of the recovery codes that are left.
        "recovery_codes": SEALED;
        /// Passwords for single devices.
        "app_passwords": Map("NAME", &Table(SEALED_APP_PASSWORDS));
    }
}
