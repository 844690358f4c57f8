//! `docs/guides/secrets.md`: every command in it does what it is there for.

use std::fs;
use std::path::Path;

use crate::support::repo::TestRepo;

#[test]
fn the_guide_can_be_typed_from_top_to_bottom() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides/secrets.md")).unwrap();
    let commands: Vec<&str> = guide.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let place = TestRepo::new();
    let script = place.beside("guide.sh");
    fs::write(&script, format!("set -eu -o pipefail\n{}\n", commands.join("\n"))).unwrap();
    let output = place.shell(&script).run().expect_code(0);
    assert!(
        output.stdout.contains("{SHA512-CRYPT}$6$"),
        "reveal and age show the hash: {}",
        output.stdout
    );
    assert!(output.stdout.contains("\"field\":\"password\""), "{}", output.stdout);

    // What the guide says is true in the end: the newest and the offline key open everything, the lost and the leaked one nothing.
    let check = |key: &str, code| {
        let identity = place.path().join(key);
        place
            .dockspace([
                "-C",
                "org",
                "secrets",
                "check",
                "--identity",
                identity.to_str().unwrap(),
            ])
            .run()
            .expect_code(code)
    };
    for good in ["offline.txt", "newer.txt"] {
        let output = check(good, 0);
        assert!(
            output.stdout.contains("relay.example.org.password  ok"),
            "{}",
            output.stdout
        );
    }
    for gone in ["org.identity.txt", "new.txt"] {
        assert!(!check(gone, 3).stdout.contains("  ok"), "{gone}");
    }
    assert_eq!(place.git(["-C", "org", "status", "--porcelain"]), "");
}
