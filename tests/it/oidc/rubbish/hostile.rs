//! Rows 31 and 3: markup and addresses of elsewhere.

use super::super::app::{BOB, WIKI, server};
use super::{ENDPOINTS, encoded, judged};

#[tokio::test]
async fn row_31_nothing_that_was_sent_stands_in_an_answer_as_markup() {
    const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\\";
    let server = server().await;
    let mut signed_in = server.browser();
    WIKI.tokens_in(&server, &mut signed_in, BOB, "openid").await;
    for endpoint in ENDPOINTS {
        for (name, _) in endpoint.fields {
            let mut fields: Vec<_> = endpoint.fields.to_vec();
            fields.retain(|(own, _)| own != name);
            fields.push((name, HOSTILE));
            let page = judged(endpoint, &mut signed_in.clone(), &encoded(&fields)).await;
            let what = format!("{} {name}: {page:?}", endpoint.path);
            assert!(
                !page.body.contains("<script>alert") && !page.body.contains("<img"),
                "{what}"
            );
            assert!(!page.header("location").contains('<'), "{what}");
            if page.header("content-type") == "application/json" {
                let json: serde_json::Value = serde_json::from_str(&page.body).unwrap();
                let said = json["error_description"].as_str().unwrap_or_default();
                assert!(
                    said.bytes()
                        .all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'),
                    "{what}"
                );
                assert!(!said.contains("alert"), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn row_03_no_word_leads_a_browser_elsewhere() {
    let server = server().await;
    let mut signed_in = server.browser();
    WIKI.tokens_in(&server, &mut signed_in, BOB, "openid").await;
    for endpoint in ENDPOINTS {
        for elsewhere in [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example",
            "https:evil.example",
            "javascript:alert(1)//evil.example",
            "data:text/html,evil.example",
        ] {
            let fields = endpoint.fields.iter().map(|(name, _)| *name);
            for name in fields.chain(["next", "rd", "return_to", "redirect", "url", "continue", "posted"]) {
                let mut fields: Vec<_> = endpoint.fields.to_vec();
                fields.retain(|(own, _)| *own != name);
                fields.push((name, elsewhere));
                let page = judged(endpoint, &mut signed_in.clone(), &encoded(&fields)).await;
                let location = page.header("location");
                let to = location.split('?').next().unwrap();
                assert!(!to.contains("evil"), "{} {name}={elsewhere}: {location}", endpoint.path);
                let refreshed = page.headers.contains_key("refresh") || page.body.contains("http-equiv=\"refresh");
                assert!(!refreshed, "{page:?}");
            }
        }
    }
}
