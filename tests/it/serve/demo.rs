//! `dockspace demo` with its server, its app, and `dockspace selftest oidc` against it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::get;
use crate::support::browser::{Browser, Page};
use crate::support::repo::TestRepo;
use crate::support::text;

const CAROL: (&str, &str) = ("carol", "warm pipes hum all winter");

/// Reads what a program says until a line that `wanted` knows.
pub(super) fn read_until<T>(lines: &mut impl Iterator<Item = String>, wanted: impl Fn(&str) -> Option<T>) -> T {
    let mut said = Vec::new();
    for line in lines {
        if let Some(found) = wanted(&line) {
            return found;
        }
        said.push(line);
    }
    panic!("it never said that: {said:#?}");
}

/// Starts a program, and gives the lines that it says beside its results.
pub(super) fn spawn(mut command: Command) -> (Child, impl Iterator<Item = String>) {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    (child, lines)
}

/// Goes through the pages of the sign-in server, and gives the answer to the app.
async fn sign_in(browser: &mut Browser, url: &str, origin: &str) -> Page {
    let mut page = browser.get(url.strip_prefix(origin).unwrap()).await;
    loop {
        page = match page.status {
            303 if browser.target(&page).starts_with('/') => browser.follow(&page).await,
            303 => return page,
            200 if page.body.contains("name=\"password\"") => {
                browser
                    .submit(&page, &[("username", CAROL.0), ("password", CAROL.1)])
                    .await
            }
            200 if page.body.contains("name=\"decision\"") => browser.submit(&page, &[("decision", "allow")]).await,
            _ => panic!("{page:?}"),
        };
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_ends_with_people_signing_in() {
    let machine = TestRepo::new();
    let folder = machine.beside("demo");
    let (mut demo, mut lines) = spawn(
        machine
            .dockspace(["demo", "--serve", "--dir", text(&folder)])
            .into_command(),
    );
    let (board, issuer) = tokio::task::block_in_place(|| {
        let first = |line: &str| line.trim().split('/').take(3).collect::<Vec<_>>().join("/");
        let board = read_until(&mut lines, |line| {
            line.contains("an app, the notice board").then(|| first(line))
        });
        let issuer = read_until(&mut lines, |line| {
            line.contains("the sign-in server itself").then(|| first(line))
        });
        read_until(&mut lines, |line| line.contains("Ctrl-C").then_some(()));
        (board, issuer)
    });
    let (status, page) = get(&format!("{board}/")).await;
    assert!(status == 200 && page.contains("/sign-in"), "{page}");
    let mut app = Browser::new(&board);
    let away = app.get("/sign-in").await;
    let mut browser = Browser::new(&issuer);
    let back = sign_in(&mut browser, away.location(), &issuer).await;
    let shown = app.get(back.location().strip_prefix(&board).unwrap()).await;
    assert!(
        shown.body.contains("You are Carol") && shown.body.contains("preferred_username"),
        "{}",
        shown.body
    );
    let again = app.get(back.location().strip_prefix(&board).unwrap()).await;
    assert!(again.body.contains("Nobody was sent"), "{}", again.body);

    let (organisation, host) = (folder.join("organisation"), folder.join("host.toml"));
    let place = ["-C", text(&organisation), "--config", text(&host)];
    let arguments = ["selftest", "oidc", "--client", "noticeboard"];
    let (mut test, mut said) = spawn(machine.dockspace([&place[..], &arguments].concat()).into_command());
    let url =
        tokio::task::block_in_place(|| read_until(&mut said, |line| line.strip_prefix("Open ").map(str::to_owned)));
    let back = sign_in(&mut browser, &url, &issuer).await;
    assert_eq!(get(back.location()).await.0, 200);
    let told: Vec<String> = tokio::task::block_in_place(|| said.collect());
    assert_eq!(test.wait().unwrap().code(), Some(0), "{told:#?}");
    assert!(told.iter().any(|line| line.contains("userinfo")), "{told:#?}");

    let id = rustix::process::Pid::from_child(&demo);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert_eq!(demo.wait().unwrap().code(), Some(0));
}
