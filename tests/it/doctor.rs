//! `dockspace doctor`: what it prints for the example organisation.

use std::path::Path;

use crate::support::repo::Output;
use crate::support::run;

fn dovecot(arguments: &[&str]) -> Output {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("example-repo");
    let repo = crate::support::repo::TestRepo::new();
    let copied = run(
        "cp",
        &["-a", &format!("{}/.", example.display()), repo.path().to_str().unwrap()],
    );
    assert!(copied.status.success());
    repo.dockspace([&["doctor", "dovecot"], arguments].concat())
        .run()
        .expect_code(0)
}

#[test]
fn dovecot_is_told_where_to_ask_in_the_words_of_its_version() {
    let url = "http://localhost:8000/oidc/mail-token\n";
    let output = dovecot(&[]);
    for line in [
        "# docker-mailserver 16",
        &format!("OAUTH2_INTROSPECTION_URL={url}"),
        &format!("\noauth2_introspection_url = {url}"),
        "passdb oauth2 {",
    ] {
        assert!(output.stdout.contains(line), "{line}: {}", output.stdout);
    }
    assert!(output.stderr.contains("no app gets such tokens"), "{}", output.stderr);
    let output = dovecot(&["--dialect", "15"]);
    for line in [
        "# docker-mailserver 15",
        &format!("OAUTH2_INTROSPECTION_URL={url}"),
        &format!("\nintrospection_url = {url}"),
        "driver = oauth2",
    ] {
        assert!(output.stdout.contains(line), "{line}: {}", output.stdout);
    }
}
