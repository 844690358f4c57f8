//! Keys of aliases, groups and `retired.toml`.

use super::{REQUIRED, Shape::*, formats::*, value};

tables! {
    CATCH_ALL {
        /// Where it goes.
        "to": List(&TARGET), REQUIRED;
    }

    ALIASES {
        /// Shared aliases by what stands before the `@`. `group:NAME` is everybody in the group who has a mailbox.
        "aliases": Map("NAME", &List(&TARGET));
        /// Where mail to any other address of the domain goes.
        "catch_all": Table(CATCH_ALL);
    }

    GROUP_FILE {
        /// What the group is for.
        "description": TEXT, value("\"\"");
        /// Who decides about its members.
        "owners": Set(&MAILBOX), value("[]");
        /// Whether its members must have a second factor.
        "require_totp": Flag, value("false");
    }

    RETIRED {
        /// The id, refused for ever.
        "id": ID, REQUIRED;
        /// The last mailbox address.
        "address": MAILBOX, REQUIRED;
        /// When the person was purged.
        "date": Date, REQUIRED;
    }

    RETIRED_FILE {
        /// One person who is gone; the file only ever grows.
        "retired": Tables(RETIRED);
    }
}
