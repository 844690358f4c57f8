//! The host file as a page, from its schema.

use serde_json::Value;

const ABOUT: &str = r#"# The host file

What belongs to a machine and never to the repository: paths, commands, addresses, credential files. A merged pull request must not be
able to run code or write files of its choosing on a host, so none of this is read from git.

The file is `/etc/dockspace/host.toml`, or what `--config` or `DOCKSPACE_CONFIG` names. Work on a repository needs none. Each
key can also be set by a variable, which wins over the file; a list is written as TOML there.

```toml
state_dir = "/var/lib/dockspace"
identity = "/etc/dockspace/identity.txt"

[targets.mail]
directory = "/srv/mail/config"
```
"#;

/// The page.
pub(super) fn page() -> String {
    let schema = dockspace::settings::json_schema();
    let mut page = format!("{ABOUT}\n| key | holds | variable | meaning |\n| --- | --- | --- | --- |\n");
    rows(&mut page, &schema, &schema, "");
    page
}

fn rows(page: &mut String, root: &Value, table: &Value, prefix: &str) {
    let Some(properties) = table["properties"].as_object() else {
        return;
    };
    for (name, property) in properties {
        let key = format!("{prefix}{name}");
        let meaning = property["description"].as_str().unwrap().replace('\n', " ");
        let kind = holds(root, property);
        let variable = variable(&key, &kind);
        page.push_str(&format!("| `{key}` | {kind} | {variable} | {meaning} |\n"));
        if let Some(inner) = followed(root, property) {
            rows(page, root, inner, &format!("{key}."));
        } else if let Some(each) = followed(root, &property["additionalProperties"]) {
            rows(page, root, each, &format!("{key}.NAME."));
        }
    }
}

/// The table that a property refers to, if it does.
fn followed<'s>(root: &'s Value, property: &'s Value) -> Option<&'s Value> {
    let reference = match property["anyOf"].as_array() {
        Some(choices) => choices.iter().find_map(|choice| choice["$ref"].as_str())?,
        None => property["$ref"].as_str()?,
    };
    root.pointer(reference.trim_start_matches('#'))
}

fn holds(root: &Value, property: &Value) -> String {
    if followed(root, property).is_some() {
        return "table".to_owned();
    }
    let kind = match &property["type"] {
        Value::Array(kinds) => kinds[0].as_str(),
        kind => kind.as_str(),
    };
    match kind.unwrap() {
        "array" => format!("list of: {}", holds(root, &property["items"])),
        "object" => format!("by name: {}", holds(root, &property["additionalProperties"])),
        kind => kind.to_owned(),
    }
}

/// Tables by name cannot be set by a variable, but for those of targets.
fn variable(key: &str, kind: &str) -> String {
    if kind == "table" || kind.starts_with("by name") {
        return String::new();
    }
    format!("`DOCKSPACE_{}`", key.replace('.', "_").to_uppercase())
}
