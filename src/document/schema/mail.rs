//! Keys of `mail.toml` and `mail.sealed.toml`.

use super::{REQUIRED, Shape::*, formats::*};

tables! {
    REGEXP {
        /// A Postfix pcre pattern with its slashes. Anchor it: like a catch-all it can take the mail of addresses that
        /// have none.
        "pattern": PATTERN, REQUIRED;
        /// Where matching mail goes.
        "to": List(&EXTERNAL), REQUIRED;
    }

    RELAY {
        /// Where mail from this domain is handed over; `none` opts out of the server's default.
        "host": RELAY_HOST, REQUIRED;
        /// The name to authenticate with; its password stands in `mail.sealed.toml`.
        "user": RELAY_USER;
    }

    ACCESS {
        /// By envelope sender (`postfix-send-access.cf`).
        "send": Map("ADDRESS or DOMAIN", &ACTION);
        /// By envelope recipient (`postfix-receive-access.cf`).
        "receive": Map("ADDRESS or DOMAIN", &ACTION);
    }

    MAIL {
        /// Aliases by pattern (`postfix-regexp.cf`), in order: the first match wins.
        "regexp": Tables(REGEXP);
        /// Where mail to local names goes (`postfix-aliases.cf`).
        "system_aliases": Map("NAME", &Either(&SYSTEM_TARGET, &List(&SYSTEM_TARGET)));
        /// How mail from one of our domains leaves (`postfix-relaymap.cf`).
        "relay": Map("DOMAIN", &Table(RELAY));
        /// Who may open every mailbox (`dovecot-masters.cf`). The password stands in `mail.sealed.toml`.
        "masters": Map("NAME", &Table(&[]));
        /// What is done about certain addresses.
        "access": Table(ACCESS);
    }

    SEALED_RELAY {
        /// What the relay host asks for, in clear when opened.
        "password": SEALED, REQUIRED;
    }

    SEALED_MASTERS {
        /// A tagged Dovecot hash.
        "password": SEALED, REQUIRED;
    }

    MAIL_SEALED {
        /// By the same name as in `mail.toml`.
        "relay": Map("DOMAIN", &Table(SEALED_RELAY));
        /// By the same name as in `mail.toml`.
        "masters": Map("NAME", &Table(SEALED_MASTERS));
    }
}
