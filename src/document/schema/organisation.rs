//! Keys of `dockspace.toml`.

use super::{REQUIRED, Shape::*, formats::*, value};

tables! {
    ABOUT {
        /// The name of the organisation.
        "name": TEXT, REQUIRED;
        /// The group whose members administer everything. Who joins or leaves it needs an acknowledgement.
        "admin_group": GROUP, value("\"admins\"");
    }

    DOMAINS {
        /// The quota of a mailbox that has none of its own.
        "quota": QUOTA;
        /// May list the mailboxes of this domain and set their passwords.
        "managers": Set(&MAILBOX), value("[]");
        /// Whether this domain is for test users, and only for them.
        "test": Flag, value("false");
    }

    TARGETS {
        /// What is kept equal to the repository.
        "kind": Word(&["docker-mailserver"]), REQUIRED;
        /// The major version of docker-mailserver: 15 (Dovecot 2.3) or 16 (Dovecot 2.4).
        "dialect": Number(15, 16), value("16");
        /// Where passwords go: into `postfix-accounts.cf`, or into a passwd-file that Dovecot reads without a reload.
        "credentials": Word(&["accounts", "passdb"]), value("\"accounts\"");
        /// The public name of the host that mail programs connect to: IMAP at port 993, submission at 465, both with
        /// TLS. The site's set-up page and the files by which mail programs set themselves up are made from it.
        "hostname": HOST_NAME;
    }

    OIDC {
        /// The OpenID Connect issuer, byte for byte; it may have a path. `http` only on loopback.
        "issuer": URL, REQUIRED;
    }

    SECRETS {
        /// Who may open sealed values: the host, and a key kept offline.
        "recipients": Set(&RECIPIENT), REQUIRED;
    }

    TRUST {
        /// Who may sign commits: `PRINCIPAL TYPE BASE64`, the principal an address or `self-service`, then an SSH public
        /// key. Without any, signatures are not asked for.
        "signers": Set(&SIGNER), value("[]");
    }

    QUOTA_CLASSES {
        /// For test users.
        "test": QUOTA;
        /// For all others.
        "regular": QUOTA;
        /// For members of the admin group.
        "admin": QUOTA;
    }

    ORGANISATION {
        /// The version of this format.
        "format": Number(1, 1), REQUIRED;
        /// Who this is.
        "organisation": Table(ABOUT), REQUIRED;
        /// The mail domains. A mailbox or alias may only stand in one of these.
        "domains": Map("DOMAIN", &Table(DOMAINS));
        /// What is kept equal to the repository. Directories, commands and addresses of a host stand in its
        /// `host.toml`, never here.
        "targets": Map("TARGET", &Table(TARGETS));
        /// Sign-in for apps. Without it there is none.
        "oidc": Table(OIDC);
        /// Needed as soon as anything is sealed.
        "secrets": Table(SECRETS);
        /// Whose commits are followed.
        "trust": Table(TRUST);
        /// The organisation's rules about itself.
        "policy": Table(POLICY);
        /// Quotas for those who have none of their own nor of their domain.
        "quota_classes": Table(QUOTA_CLASSES);
        /// Per cent of a class's quota that each service gets; at most 100 in all. Without `mail` a mailbox gets the
        /// whole.
        "quota_shares": Map("SERVICE", &Number(0, 100));
    }

    SESSION {
        /// How long a sign-in lasts without being used.
        "idle": DURATION, value("\"8h\"");
        /// How long a sign-in lasts in all.
        "absolute": DURATION, value("\"7d\"");
    }

    PASSWORD {
        /// Characters of a new password, at least.
        "min_length": Number(8, 128), value("12");
        /// Rounds of SHA512-CRYPT. Each IMAP login pays for them: measure before raising.
        "sha512_rounds": Number(1000, 1_000_000), value("5000");
    }

    REMOVALS {
        /// In number.
        "count": Number(0, 1_000_000), value("2");
        /// In per cent; the larger of the two counts.
        "percent": Number(0, 100), value("10");
    }

    GUARDS {
        /// How much of a collection may go at once without an acknowledgement.
        "removals": Table(REMOVALS);
    }

    DRIFT {
        /// What happens when a live file was changed by another hand: report it, take it into the repository, or write
        /// over it.
        "default": Word(&["alarm", "adopt", "revert"]), value("\"alarm\"");
        /// The same for passwords of people outside the admin group, which other programs may change.
        "passwords": Word(&["alarm", "adopt", "revert"]), value("\"adopt\"");
    }

    RULES {
        /// Globs of files of the repository that the rule is about: `*` within a folder, `**` across folders.
        "paths": Set(&GLOB), value("[]");
        /// Things and fields that the rule is about, as plans name them: `group`, `user.groups`, `settings.policy`.
        "fields": Set(&FIELD), value("[]");
        /// Who may change these: the author of every commit is in one of these groups.
        "by": Set(&GROUP), value("[]");
        /// Whether somebody may change their own files as well.
        "or_self": Flag, value("false");
        /// Who has to review such a change: somebody in one of these groups who is no author of it.
        "reviewed_by": Set(&GROUP), value("[]");
        /// Nobody is in two of these groups.
        "apart": Set(&GROUP), value("[]");
        /// Members of these groups who may sign in have a second factor set up.
        "second_factor": Set(&GROUP), value("[]");
        /// Why, in a few words that a refusal shows.
        "because": TEXT;
    }

    POLICY {
        /// How long a sign-in lasts.
        "session": Table(SESSION);
        /// What a new password must be.
        "password": Table(PASSWORD);
        /// Whether birthdate, gender, phone number, postal address and recovery address are sealed when people write
        /// them.
        "seal_profile": Flag, value("true");
        /// Who may read the internal site: members of any of these; `*` is every active person.
        "site_groups": Set(&GROUP_OR_ALL), value("[\"*\"]");
        /// Live entries that Dockspace leaves alone. They must not be declared as well.
        "unmanaged": Set(&GLOB), value("[]");
        /// Rules that `check` holds people and changes against, those of the base revision too.
        "rules": Map("RULE", &Table(RULES));
        /// What needs an acknowledgement.
        "guards": Table(GUARDS);
        /// Changes made behind Dockspace's back.
        "drift": Table(DRIFT);
    }
}
