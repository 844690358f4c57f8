//! `DS-P…`: `[policy]` in `dockspace.toml`.

use crate::diagnostic::Rule;

rules! {
    DURATION = Error "DS-P001" "not a duration":
        "A duration is a whole number and a unit: s, m, h or d for seconds, minutes, hours or days, such as `8h`. It is \
         at least a minute and at most a year.";
    SESSION_ORDER = Error "DS-P002" "a session that idles longer than it lasts":
        "`idle` is how long a sign-in lasts without being used, `absolute` how long in all. An idle time beyond the absolute one \
         would never be reached.";
    GLOB = Error "DS-P003" "not a pattern":
        "Each entry of `unmanaged` is a glob: `*` for any text, `?` for a character, `[a-z]` for one of several, `{a,b}` for \
         alternatives.";
    UNMANAGED_DECLARED = Error "DS-P004" "declared, but unmanaged":
        "Addresses that match a pattern of [policy] unmanaged are left alone on the mail server, so what the repository says about \
         one would have no effect. Narrow the pattern, or remove the declaration.";
    RULE_KIND = Error "DS-P005" "a rule of no kind, or of several":
        "A table of [policy.rules] is one rule: who may change what (paths or fields, with by, or_self or reviewed_by), which groups \
         nobody is in together (apart), or who has a second factor (second_factor). Write several rules as several tables.";
    HALF_A_RULE = Error "DS-P006" "half a rule":
        "A rule that names nothing it is about, or nobody who may, would silently hold nothing together. The hint shows what to add.";
    FIELD = Error "DS-P007" "not a thing or field of one":
        "Each entry of `fields` is a kind of thing as plans name it, such as `group`, or one field of a thing, such as `user.groups` or \
         `settings.policy`.";
}
