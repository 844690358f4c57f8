//! Row 29: what is given twice, nested, too long or no form.

use reqwest::Method;

use super::super::app::{BOB, WIKI, claims, server, with};
use super::{ENDPOINTS, FORM, INACTIVE, Says, encoded, judged};

#[tokio::test]
async fn row_29_what_is_given_twice_nested_too_long_or_broken_is_refused_everywhere() {
    let server = server().await;
    let mut browser = server.browser();
    WIKI.tokens_in(&server, &mut browser, BOB, "openid").await;
    for endpoint in ENDPOINTS {
        let good = encoded(endpoint.fields);
        for (name, value) in endpoint.fields {
            let long = "x".repeat(4097);
            for (what, bad) in [
                ("twice", format!("{good}&{}", encoded(&[(name, value)]))),
                ("twice, otherwise", format!("{good}&{name}=other")),
                (
                    "twice, encoded",
                    format!("{good}&%{:02X}{}=other", name.as_bytes()[0], &name[1..]),
                ),
                ("a list", format!("{good}&{name}%5B%5D=other")),
                ("a structure", format!("{good}&{name}[0]=other")),
                ("too long", format!("{good}&more={long}")),
                ("a long name", format!("{good}&{long}=x")),
                ("no UTF-8", format!("{good}&more=%ff%fe")),
                ("no UTF-8 in a name", format!("{good}&%ff=x")),
            ] {
                let page = judged(endpoint, &mut browser.clone(), &bad).await;
                let page = match (endpoint.says, page.status) {
                    // What was posted reaches the app as what is in a query does.
                    (Says::PageAfter, 303) => {
                        assert!(page.location().contains("error=invalid_request"), "{what}: {page:?}");
                        continue;
                    }
                    _ => page,
                };
                endpoint.is_refused(&page, &format!("{name} {what}"));
            }
        }
    }
}

#[tokio::test]
async fn row_29_a_body_that_is_too_large_or_no_form_is_refused_everywhere() {
    let server = server().await;
    let mut browser = server.browser();
    WIKI.tokens_in(&server, &mut browser, BOB, "openid").await;
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.method == "POST") {
        let good = encoded(endpoint.fields);
        for (what, kind, body) in [
            ("too large", FORM, format!("{good}&more={}", "x".repeat(65_536))),
            ("JSON", "application/json", "{\"token\":\"x\"}".to_owned()),
            ("XML", "text/xml", "<token>x</token>".to_owned()),
            ("multipart", "multipart/form-data; boundary=b", "--b--".to_owned()),
            ("untyped", "", good.clone()),
            ("almost", "application/x-www-form-urlencoded2", good.clone()),
        ] {
            let mut request = browser.request(Method::POST, endpoint.path);
            if !kind.is_empty() {
                request = request.header("content-type", kind);
            }
            let page = browser.send(endpoint.path, request.body(body)).await;
            let refused = match endpoint.says {
                Says::Inactive => page.body == INACTIVE,
                _ => matches!(page.status, 400 | 413),
            };
            assert!(refused, "{} {what}: {page:?}", endpoint.path);
        }
    }
    assert_eq!(browser.get("/").await.status, 200, "nobody was signed out");
}

#[tokio::test]
async fn row_29_long_words_that_may_be_long_are_taken() {
    let server = server().await;
    let mut browser = server.browser();
    let long = "y".repeat(4096);
    let request = with(WIKI.request("openid"), &[("state", &long), ("nonce", &long)]);
    let page = WIKI.sign_in(&mut browser, BOB, &request).await;
    let answer = WIKI.answer(&page);
    assert_eq!(answer["state"], long);
    let answer = WIKI.redeem(&server, &answer["code"]).await;
    assert_eq!(claims(&answer)["nonce"], long);
}
