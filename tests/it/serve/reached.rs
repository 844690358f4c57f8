//! How people reach the server: by https of its own, or through a listed proxy.

use std::fs;
use std::path::Path;

use super::{client, get};
use crate::support::host::Host;
use crate::support::{run, stdout_of, text};

/// Makes a certificate for `localhost` with OpenSSL, and gives its serial number.
fn certificate(folder: &Path, serial: &str) {
    let (certificate, key) = (folder.join("c.pem"), folder.join("k.pem"));
    let made = run(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-set_serial",
            serial,
            "-keyout",
            text(&key),
            "-out",
            text(&certificate),
        ],
    );
    assert!(made.status.success(), "{made:?}");
}

/// The serial number of the certificate that is shown at `port`.
fn shown(port: u16) -> String {
    let script = format!(
        "openssl s_client -connect 127.0.0.1:{port} -servername localhost </dev/null 2>/dev/null | openssl x509 -noout -serial"
    );
    stdout_of("sh", &["-c", &script]).trim_end().to_owned()
}

#[tokio::test]
async fn https_of_its_own_and_a_renewed_certificate_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path(), "0x1001");
    let (c, k) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    let host = Host::with(&format!("[tls]\ncertificate = {c:?}\nkey = {k:?}"));
    host.edit(
        "dockspace.toml",
        &host.url(),
        &format!("https://localhost:{}", host.port),
    );
    host.repo.commit("By https");
    let mut server = host.serve();
    let trusted = reqwest::Certificate::from_pem(&fs::read(&c).unwrap()).unwrap();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([trusted])
        .build()
        .unwrap();
    let answer = client
        .get(format!("https://localhost:{}/nothing", host.port))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    assert_eq!(shown(host.port), "serial=1001");
    assert!(
        reqwest::get(format!("http://127.0.0.1:{}/livez", host.port))
            .await
            .is_err(),
        "no plain http beside it"
    );

    fs::write(&k, "rubbish").unwrap();
    server.wait_for(|line| line["message"] == "the certificate was not renewed");
    assert_eq!(shown(host.port), "serial=1001", "the one before stays");
    certificate(folder.path(), "0x1002");
    server.wait_for(|line| line["message"] == "the certificate was renewed");
    assert_eq!(shown(host.port), "serial=1002");
}

#[tokio::test]
async fn row_28_what_came_in_clear_is_refused_unless_a_listed_proxy_says_otherwise() {
    async fn asked(host: &Host, headers: &[(&str, &str)]) -> u16 {
        let mut request = client().get(format!("{}/nothing", host.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    }
    let by_https = |host: &Host| {
        host.edit("dockspace.toml", &host.url(), "https://localhost");
        host.repo.commit("By https");
    };
    let host = Host::with("trusted_proxies = [\"127.0.0.1\"]");
    by_https(&host);
    let _server = host.serve();
    assert_eq!(asked(&host, &[]).await, 404, "the proxy is trusted");
    assert_eq!(asked(&host, &[("x-forwarded-proto", "https")]).await, 404);
    assert_eq!(asked(&host, &[("x-forwarded-proto", "http")]).await, 403);

    let host = Host::with("trusted_proxies = [\"10.0.0.0/8\"]");
    by_https(&host);
    let _server = host.serve();
    assert_eq!(asked(&host, &[]).await, 403);
    assert_eq!(
        asked(
            &host,
            &[("x-forwarded-proto", "https"), ("x-forwarded-for", "192.0.2.1")]
        )
        .await,
        403,
        "a lie"
    );
    assert_eq!(
        get(&format!("{}/livez", host.url())).await.0,
        200,
        "probes come as they come"
    );

    let host = Host::new();
    by_https(&host);
    let output = host.serve_in_vain().expect_code(1);
    assert!(
        output.stderr.contains("no proxy is listed") && output.stderr.contains("trusted_proxies"),
        "{}",
        output.stderr
    );
}
