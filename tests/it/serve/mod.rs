//! `dockspace serve` as a host runs it: the built program, a repository, signals and sockets.

mod demo;
mod following;
mod reached;
mod replicas;
mod starting;

use serde_json::Value;

use crate::support::host::Host;

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The status and text of an answer.
async fn get(url: &str) -> (u16, String) {
    let answer = client().get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// What `/readyz` says, to everybody or, by the port of the numbers, in full.
async fn ready(port: u16) -> Value {
    let (status, text) = get(&format!("http://127.0.0.1:{port}/readyz")).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn it_serves_tells_and_stops_in_order() {
    let host = Host::new();
    let head = host.repo.git(["rev-parse", "HEAD"]).trim_end().to_owned();
    let mut server = host.serve();
    let line = server.wait_for(|line| line["event"] == "revision_in_force");
    assert_eq!(line["revision"], head);
    let said = ready(host.port).await;
    assert_eq!(
        (&said["status"], &said["in_force"]["id"], &said["head"]["id"]),
        (&"ready".into(), &head.clone().into(), &head.into())
    );
    assert_eq!(get(&format!("{}/livez", host.url())).await, (200, "ok\n".to_owned()));
    assert_eq!(
        get(&format!("{}/metrics", host.url())).await.0,
        404,
        "numbers are not for everybody"
    );
    let (status, numbers) = get(&format!("http://127.0.0.1:{}/metrics", host.metrics)).await;
    assert_eq!(status, 200);
    assert!(
        numbers.contains("\ndockspace_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"} 1\n"),
        "{numbers}"
    );
    assert!(
        numbers.contains("dockspace_follow_trouble{code=\"invalid\"} 0\n"),
        "{numbers}"
    );
    assert!(
        numbers.contains("dockspace_events_total{event=\"revision_in_force\"} 1\n"),
        "{numbers}"
    );
    assert_eq!(server.stop(), Some(0), "{:#?}", server.log);
}
