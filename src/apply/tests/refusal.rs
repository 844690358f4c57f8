//! What is never written to.

use std::os::unix::fs::symlink;

use super::*;

fn hazard(result: Result<(), ApplyError>) -> Hazard {
    match result {
        Err(ApplyError::Unsafe { hazard, .. }) => hazard,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_that_changed_since_the_plan_is_stale() {
    for method in METHODS {
        let target = Target::new(&[("a.cf", "old"), ("b.cf", "old")]);
        let seen = target.seen();
        let check = |expected: &str| {
            let result = target.swap_seen(&[("a.cf", "new")], &seen, None, method);
            assert!(
                matches!(&result, Err(ApplyError::Stale(path)) if path == expected),
                "{result:?}"
            );
            assert_eq!(target.record(), None);
        };
        fs::write(target.path("b.cf"), "theirs").unwrap();
        check("b.cf");
        fs::write(target.path("b.cf"), "old").unwrap();
        fs::write(target.path("c.cf"), "theirs").unwrap();
        check("c.cf");
        fs::remove_file(target.path("c.cf")).unwrap();
        fs::remove_file(target.path("a.cf")).unwrap();
        check("a.cf");
        assert_eq!(target.names(), ["b.cf"]);
    }
}

#[test]
fn a_changed_file_the_plan_did_not_see_is_expected_to_be_new() {
    let target = Target::new(&[("a.cf", "old")]);
    let result = target.swap_seen(&[("a.cf", "new")], &Seen::new(), None, Method::Exchange);
    assert!(matches!(result, Err(ApplyError::Stale(_))));
    target
        .swap_seen(&[("b.cf", "new")], &Seen::new(), None, Method::Exchange)
        .unwrap();
}

#[test]
fn only_owned_paths_are_written() {
    let mut target = Target::new(&[]);
    target
        .owned
        .extend(["../x", "/tmp/x", ".dockspace/lock", "", ".", "sub/../../x"].map(Utf8PathBuf::from));
    for path in [
        "other.cf",
        "../x",
        "/tmp/x",
        ".dockspace/lock",
        "",
        ".",
        "sub/../../x",
        "A.cf",
    ] {
        let result = target.swap_seen(&[(path, "new")], &Seen::new(), None, Method::Exchange);
        assert_eq!(hazard(result), Hazard::NotOwned, "{path:?}");
    }
    assert_eq!(target.names(), [""; 0]);
}

#[test]
fn links_and_things_that_are_no_files_are_refused() {
    let target = Target::new(&[("elsewhere", "precious")]);
    let try_it = |path: &str| hazard(target.swap_seen(&[(path, "new")], &Seen::new(), None, Method::Exchange));
    symlink("elsewhere", target.path("a.cf")).unwrap();
    assert_eq!(try_it("a.cf"), Hazard::Symlink);
    symlink("/nowhere", target.path("b.cf")).unwrap();
    assert_eq!(try_it("b.cf"), Hazard::Symlink);
    fs::create_dir(target.path("c.cf")).unwrap();
    assert_eq!(try_it("c.cf"), Hazard::NotAFile);
    symlink("/tmp", target.path("sub")).unwrap();
    assert_eq!(try_it("sub/d.cf"), Hazard::Symlink);
    fs::remove_dir(target.path("c.cf")).unwrap();
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        target.path("c.cf").as_std_path(),
        rustix::fs::Mode::RUSR,
    )
    .unwrap();
    assert_eq!(try_it("c.cf"), Hazard::NotAFile);
    assert_eq!(target.read("elsewhere"), "precious");
}

#[test]
fn a_link_in_place_of_the_work_folder_is_refused() {
    let target = Target::new(&[]);
    fs::create_dir(target.path("elsewhere")).unwrap();
    symlink("elsewhere", &target.place.work).unwrap();
    assert_eq!(hazard(target.swap(&[("a.cf", "new")])), Hazard::Symlink);
    fs::remove_file(&target.place.work).unwrap();
    fs::create_dir(&target.place.work).unwrap();
    symlink("../elsewhere", target.place.work.join("tx")).unwrap();
    assert_eq!(hazard(target.swap(&[("a.cf", "new")])), Hazard::Symlink);
    assert_eq!(fs::read_dir(target.path("elsewhere")).unwrap().count(), 0);
}

#[test]
fn a_file_mounted_by_itself_is_refused() {
    if let Ok(directory) = std::env::var("SWAP_TEST") {
        let mut target = Target::new(&[]);
        target.place = Place::inside(directory);
        // Were anything staged, that would fail first.
        fs::create_dir(&target.place.work).unwrap();
        fs::write(target.place.work.join("tx"), "in the way").unwrap();
        let error = target.swap(&[("a.cf", "new")]).unwrap_err();
        assert!(
            matches!(
                error,
                ApplyError::Unsafe {
                    hazard: Hazard::MountedAlone,
                    ..
                }
            ),
            "{error}"
        );
        assert!(error.hint().contains("`…/a.cf:…/a.cf`"));
        return;
    }
    let target = Target::new(&[("a.cf", "old"), ("source", "old")]);
    let mount = format!("mount --bind '{}' '{}'", target.path("source"), target.path("a.cf"));
    // Where nobody may mount, there is nothing to test.
    let name = "apply::tests::refusal::a_file_mounted_by_itself_is_refused";
    again(
        &["unshare", "--map-root-user", "--mount"],
        &mount,
        name,
        target.place.directory.as_str(),
    );
    assert_eq!(target.read("source"), "old");
}
