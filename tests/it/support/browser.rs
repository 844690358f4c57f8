//! What a browser does, without its window: it keeps cookies, says where a form comes from, and fills in forms by their names.
//!
//! It follows no redirect by itself, so that a test sees each step.

use std::collections::BTreeMap;

use axum_extra::extract::cookie::Cookie;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Client, Method, RequestBuilder, redirect};

/// One person's browser.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    origin: String,
    /// Where it connects: the origin, unless a test goes to one of several servers behind it.
    pub(crate) door: String,
    /// The cookies, by name.
    pub(crate) cookies: BTreeMap<String, String>,
    /// Headers of each further request, such as another address by `X-Forwarded-For`.
    pub(crate) headers: BTreeMap<&'static str, String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The path and query that was asked for.
    pub(crate) path: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The text.
    pub(crate) body: String,
}

impl Browser {
    /// A browser that has been nowhere, at the server with this origin.
    pub(crate) fn new(origin: &str) -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy();
        Self {
            client: client.build().unwrap(),
            origin: origin.to_owned(),
            door: origin.to_owned(),
            cookies: BTreeMap::new(),
            headers: BTreeMap::new(),
        }
    }

    /// Goes to `path`.
    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let request = self
            .request(Method::GET, path)
            .header("sec-fetch-site", "none")
            .header("sec-fetch-mode", "navigate");
        self.send(path, request).await
    }

    /// Sends a form of our own page to `path`.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self
            .request(Method::POST, path)
            .header("origin", &self.origin)
            .header("sec-fetch-site", "same-origin")
            .form(fields);
        self.send(path, request).await
    }

    /// Fills in the first form of `page` and sends it. Fields that the form doesn't have are a fault of the test.
    #[track_caller]
    pub(crate) fn fill(&self, page: &Page, fields: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let form = page.form();
        let mut values = form.values;
        for (name, value) in fields {
            assert!(
                form.names.iter().any(|known| known == name),
                "no field {name}: {}",
                page.body
            );
            values.insert((*name).to_owned(), (*value).to_owned());
        }
        (
            form.action.unwrap_or_else(|| page.path.clone()),
            values.into_iter().collect(),
        )
    }

    /// Fills in the first form of `page` and sends it.
    pub(crate) async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let (action, values) = self.fill(page, fields);
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post(&action, &values).await
    }

    /// Goes where `page` redirects to, if that is on this server.
    #[track_caller]
    pub(crate) fn target(&self, page: &Page) -> String {
        let location = page.location();
        location.strip_prefix(&self.origin).unwrap_or(location).to_owned()
    }

    /// Goes where `page` redirects to.
    pub(crate) async fn follow(&mut self, page: &Page) -> Page {
        let target = self.target(page);
        self.get(&target).await
    }

    /// A request with our cookies, to be sent by [`Self::send`].
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.client.request(method, format!("{}{path}", self.door));
        if !self.cookies.is_empty() {
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request
    }

    /// Sends a request and keeps the cookies of the answer.
    pub(crate) async fn send(&mut self, path: &str, request: RequestBuilder) -> Page {
        self.try_send(path, request).await.unwrap()
    }

    /// The same where the server may go away meanwhile.
    pub(crate) async fn try_send(&mut self, path: &str, request: RequestBuilder) -> reqwest::Result<Page> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for value in headers.get_all("set-cookie") {
            let cookie = Cookie::parse(value.to_str().unwrap()).unwrap();
            if cookie.max_age().is_some_and(|age| age.is_zero()) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        Ok(Page {
            path: path.to_owned(),
            status,
            headers,
            body: response.text().await?,
        })
    }
}

struct Form {
    action: Option<String>,
    names: Vec<String>,
    values: BTreeMap<String, String>,
}

impl Page {
    /// An answer that a handler gave without a request.
    pub(crate) async fn read(response: axum::response::Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Self {
            path: String::new(),
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// The value of a header; empty when it is not there.
    #[track_caller]
    pub(crate) fn header(&self, name: &'static str) -> &str {
        let value = self.headers.get(HeaderName::from_static(name));
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// Where it redirects to, which must be by 303.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        self.header("location")
    }

    /// The first form that is posted.
    #[track_caller]
    fn form(&self) -> Form {
        let (_, rest) = self
            .body
            .split_once("<form")
            .unwrap_or_else(|| panic!("no form: {}", self.body));
        let (form, _) = rest.split_once("</form>").unwrap();
        let (head, inside) = form.split_once('>').unwrap();
        assert_eq!(attribute(head, "method").as_deref(), Some("post"));
        let mut names = Vec::new();
        let mut values = BTreeMap::new();
        for tag in inside.split('<').filter(|tag| tag.starts_with("input ")) {
            let tag = tag.split('>').next().unwrap();
            if let Some(name) = attribute(tag, "name") {
                values.insert(name.clone(), attribute(tag, "value").unwrap_or_default());
                names.push(name);
            }
        }
        for tag in inside.split('<').filter(|tag| tag.starts_with("button ")) {
            names.extend(attribute(tag.split('>').next().unwrap(), "name"));
        }
        Form {
            action: attribute(head, "action"),
            names,
            values,
        }
    }
}

/// The value of an attribute, unescaped.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    let escapes = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    Some(
        escapes
            .iter()
            .fold(value.to_owned(), |text, (from, to)| text.replace(from, to)),
    )
}
