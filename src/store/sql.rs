//! The table and every statement on it. One text serves SQLite and PostgreSQL.
//!
//! Times are milliseconds since 1970. An expired row is as good as absent in every statement, long before the sweep comes by: it
//! isn't found, and a new row may take its place.
//!
//! SQLite numbers parameters as they come up in the text, PostgreSQL by the number itself: here the two are the same.

/// What this program writes. A store with a higher one was made by a newer program.
pub(super) const SCHEMA_VERSION: i64 = 1;

/// SQLite keeps a row inside its primary key, so a record is one place and not two.
pub(super) const SCHEMA_SQLITE: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS dockspace_store (version BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS dockspace_record (
        kind TEXT NOT NULL, id BLOB NOT NULL, subject TEXT, family BLOB, payload TEXT NOT NULL,
        version BIGINT NOT NULL, created BIGINT NOT NULL, expires BIGINT NOT NULL,
        PRIMARY KEY (kind, id)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS dockspace_boot (id TEXT PRIMARY KEY)",
    BY_SUBJECT,
    BY_FAMILY,
    BY_EXPIRY,
];

/// The same for PostgreSQL.
pub(super) const SCHEMA_POSTGRES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS dockspace_store (version BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS dockspace_record (
        kind TEXT NOT NULL, id BYTEA NOT NULL, subject TEXT, family BYTEA, payload TEXT NOT NULL,
        version BIGINT NOT NULL, created BIGINT NOT NULL, expires BIGINT NOT NULL,
        PRIMARY KEY (kind, id))",
    BY_SUBJECT,
    BY_FAMILY,
    BY_EXPIRY,
];

// Rows without a subject or a grant stay out of these indexes, and cost nothing there.
const BY_SUBJECT: &str = "CREATE INDEX IF NOT EXISTS dockspace_record_subject
    ON dockspace_record (subject, kind) WHERE subject IS NOT NULL";
const BY_FAMILY: &str = "CREATE INDEX IF NOT EXISTS dockspace_record_family
    ON dockspace_record (family) WHERE family IS NOT NULL";
const BY_EXPIRY: &str = "CREATE INDEX IF NOT EXISTS dockspace_record_expires ON dockspace_record (expires)";

/// Two replicas that start on an empty PostgreSQL make its tables one after the other. The number is any, but ours.
pub(super) const LOCK_SCHEMA_POSTGRES: &str = "SELECT pg_advisory_xact_lock(4918023714553102)";

pub(super) const VERSION: &str = "SELECT version FROM dockspace_store";
pub(super) const SET_VERSION: &str = "INSERT INTO dockspace_store (version) VALUES ($1)";

macro_rules! add {
    () => {
        "INSERT INTO dockspace_record
    (kind, id, subject, family, payload, version, created, expires)"
    };
}

macro_rules! replace {
    () => {
        "UPDATE dockspace_record SET payload = $1, expires = $2, version = version + 1
    WHERE kind = $3 AND id = $4 AND version = $5 AND expires > $6"
    };
}

/// Takes the place of an expired row. The version starts at the time, so that it is never one an earlier row of the key had.
/// `kind id subject family payload now expires`
pub(super) const PUT: &str = concat!(
    add!(),
    " VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
    ON CONFLICT (kind, id) DO UPDATE SET subject = excluded.subject, family = excluded.family,
        payload = excluded.payload, version = excluded.version, created = excluded.created, expires = excluded.expires
        WHERE dockspace_record.expires <= $6"
);

/// The same under a key that is new. `kind id subject family payload now expires`
pub(super) const ADD: &str = concat!(add!(), " VALUES ($1, $2, $3, $4, $5, $6, $6, $7)");

/// `kind id now`
pub(super) const GET: &str = "SELECT id, subject, family, payload, version, created, expires
    FROM dockspace_record WHERE kind = $1 AND id = $2 AND expires > $3";

/// `kind id now`
pub(super) const TAKE: &str = "DELETE FROM dockspace_record WHERE kind = $1 AND id = $2 AND expires > $3
    RETURNING id, subject, family, payload, version, created, expires";

/// `payload expires kind id version now`
pub(super) const REPLACE: &str = replace!();

/// [`REPLACE`], and [`ADD`] for each element of the further values, if a row was replaced; how many were.
/// `payload expires kind id version now kinds ids subjects families payloads expiries`
pub(super) const EXCHANGE_POSTGRES: &str = concat!(
    "WITH replaced AS (",
    replace!(),
    " RETURNING 1), added AS (",
    add!(),
    " SELECT kind, id, subject, family, payload, $6, $6, expires FROM
    unnest($7::text[], $8::bytea[], $9::text[], $10::bytea[], $11::text[], $12::bigint[])
    AS other (kind, id, subject, family, payload, expires) WHERE EXISTS (SELECT 1 FROM replaced))
    SELECT count(*) FROM replaced"
);

/// `kind id`
pub(super) const DELETE: &str = "DELETE FROM dockspace_record WHERE kind = $1 AND id = $2";

/// `kind subject now`
pub(super) const LIST_BY_SUBJECT: &str = "SELECT id, subject, family, payload, version, created, expires
    FROM dockspace_record WHERE kind = $1 AND subject = $2 AND expires > $3 ORDER BY created, id";

/// `kind grant now`
pub(super) const LIST_BY_GRANT: &str = "SELECT id, subject, family, payload, version, created, expires
    FROM dockspace_record WHERE kind = $1 AND family = $2 AND expires > $3 ORDER BY created, id";

/// `kind subject`
pub(super) const DELETE_BY_SUBJECT: &str = "DELETE FROM dockspace_record WHERE kind = $1 AND subject = $2";

/// `grant`
pub(super) const DELETE_BY_GRANT: &str = "DELETE FROM dockspace_record WHERE family = $1";

/// Counts in `version`. `name id now ends`
pub(super) const COUNT_UP: &str = "INSERT INTO dockspace_record
    (kind, id, payload, version, created, expires) VALUES ('count:' || $1, $2, '', 1, $3, $4)
    ON CONFLICT (kind, id) DO UPDATE SET
        version = CASE WHEN dockspace_record.expires <= $3 THEN 1 ELSE dockspace_record.version + 1 END,
        created = CASE WHEN dockspace_record.expires <= $3 THEN $3 ELSE dockspace_record.created END,
        expires = CASE WHEN dockspace_record.expires <= $3 THEN $4 ELSE dockspace_record.expires END
    RETURNING version, expires";

/// `name id now`
pub(super) const COUNT: &str = "SELECT version, expires FROM dockspace_record
    WHERE kind = 'count:' || $1 AND id = $2 AND expires > $3";

/// `name id`
pub(super) const COUNT_ANEW: &str = "DELETE FROM dockspace_record WHERE kind = 'count:' || $1 AND id = $2";

/// `name id now expires`
pub(super) const CLAIM: &str = "INSERT INTO dockspace_record
    (kind, id, payload, version, created, expires) VALUES ('claim:' || $1, $2, '', $3, $3, $4)
    ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, created = excluded.created, expires = excluded.expires
        WHERE dockspace_record.expires <= $3";

/// That a SQLite file was opened in this boot of its host; changes nothing the second time. `boot`
pub(super) const SET_BOOT: &str = "INSERT INTO dockspace_boot (id) VALUES ($1) ON CONFLICT (id) DO NOTHING";

/// `boot`
pub(super) const FORGET_BOOTS: &str = "DELETE FROM dockspace_boot WHERE id <> $1";

/// What was made to live no longer. `milliseconds`
pub(super) const FORGET_BRIEF: &str = "DELETE FROM dockspace_record WHERE expires - created <= $1";

/// `now limit`
pub(super) const SWEEP: &str = "DELETE FROM dockspace_record WHERE (kind, id) IN
    (SELECT kind, id FROM dockspace_record WHERE expires <= $1 ORDER BY expires LIMIT $2)";
