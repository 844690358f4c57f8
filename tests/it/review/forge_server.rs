//! A forge on loopback: the calls a pipeline makes, answered in the forms of each forge's API documentation.
//!
//! Comments lie in memory. GitHub and GitLab give lists page by page, Forgejo gives all comments at once. Each knows its token
//! and whose it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, patch};
use axum::{Json, Router};
use serde_json::{Value, json};

pub(super) const TOKEN: &str = "a-token-that-may-comment";

/// A comment as it stands under a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) author: String,
    pub(super) body: String,
}

#[derive(Clone, Debug, Default)]
struct Requests {
    comments: HashMap<u64, Vec<Comment>>,
    calls: Vec<String>,
    last_id: u64,
}

/// A running forge with the project `example/organisation`, for GitLab number 42.
pub(super) struct ForgeServer {
    kind: &'static str,
    state: Shared,
    address: String,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Clone)]
struct Shared {
    kind: &'static str,
    requests: Arc<Mutex<Requests>>,
}

impl ForgeServer {
    pub(super) fn start(kind: &'static str) -> Self {
        let state = Shared {
            kind,
            requests: Arc::default(),
        };
        let router = match kind {
            "gitlab" => Router::new()
                .route("/api/v4/user", get(me))
                .route("/api/v4/projects/{project}/merge_requests", get(requests))
                .route(
                    "/api/v4/projects/{project}/merge_requests/{n}/notes",
                    get(list_notes).post(create_note),
                )
                .route(
                    "/api/v4/projects/{project}/merge_requests/{n}/notes/{id}",
                    axum::routing::put(update_note),
                ),
            _ => Router::new()
                .route("/api/v1/repos/example/organisation/pulls", get(requests))
                .route(
                    "/api/v1/repos/example/organisation/issues/{n}/comments",
                    get(list).post(create),
                )
                .route("/api/v1/repos/example/organisation/issues/comments/{id}", patch(update)),
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let app = router.with_state(state.clone());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            kind,
            state,
            address,
            _runtime: runtime,
        }
    }

    /// The address of the API.
    pub(super) fn api(&self) -> String {
        let version = if self.kind == "gitlab" { "v4" } else { "v1" };
        format!("http://{}/api/{version}", self.address)
    }

    /// Puts a comment under a request.
    pub(super) fn says(&self, request: u64, author: &str, body: &str) {
        self.state.requests.lock().unwrap().add(request, author, body);
    }

    pub(super) fn comments(&self, request: u64) -> Vec<Comment> {
        let requests = self.state.requests.lock().unwrap();
        requests.comments.get(&request).cloned().unwrap_or_default()
    }

    /// What changed something, since the last time this was asked.
    pub(super) fn writes(&self) -> Vec<String> {
        std::mem::take(&mut self.state.requests.lock().unwrap().calls)
    }

    /// Makes it have this open request, without a comment.
    pub(super) fn opens(&self, request: u64) {
        self.state.requests.lock().unwrap().comments.entry(request).or_default();
    }

    /// The name of whoever has the token.
    pub(super) fn own_name(&self) -> &'static str {
        own_name(self.kind)
    }
}

fn own_name(kind: &str) -> &'static str {
    match kind {
        "github" => "github-actions[bot]",
        "gitlab" => "project_42_bot_f00",
        _ => "forgejo-actions",
    }
}

impl Requests {
    fn add(&mut self, request: u64, author: &str, body: &str) -> Comment {
        self.last_id += 1;
        let comment = Comment {
            id: self.last_id,
            author: author.to_owned(),
            body: body.to_owned(),
        };
        self.comments.entry(request).or_default().push(comment.clone());
        comment
    }
}

type Answer = Result<Json<Value>, StatusCode>;

impl Shared {
    /// The token as each forge takes it.
    fn admit(&self, headers: &HeaderMap) -> Result<(), StatusCode> {
        let (name, expected) = match self.kind {
            "gitlab" => ("private-token", TOKEN.to_owned()),
            _ => ("authorization", format!("Bearer {TOKEN}")),
        };
        let given = headers.get(name).and_then(|value| value.to_str().ok());
        (given == Some(&expected)).then_some(()).ok_or(StatusCode::UNAUTHORIZED)
    }

    fn row(&self, comment: &Comment) -> Value {
        let author = match self.kind {
            "gitlab" => (
                "author",
                json!({ "id": 7, "username": comment.author, "state": "active" }),
            ),
            _ => ("user", json!({ "id": 7, "login": comment.author, "type": "Bot" })),
        };
        let mut row = json!({ "id": comment.id, "body": comment.body, "created_at": "2026-01-02T03:04:05Z" });
        row[author.0] = author.1;
        row
    }

    fn page(&self, rows: Vec<Value>, query: &HashMap<String, String>) -> Answer {
        let number = |name: &str, default: usize| query.get(name).map_or(default, |text| text.parse().unwrap());
        let (page, size) = (number("page", 1), number("per_page", 20).min(100));
        Ok(Json(rows.into_iter().skip((page - 1) * size).take(size).collect()))
    }

    fn list(&self, headers: &HeaderMap, request: u64, query: &HashMap<String, String>) -> Answer {
        self.admit(headers)?;
        let requests = self.requests.lock().unwrap();
        let rows = requests.comments.get(&request).ok_or(StatusCode::NOT_FOUND)?;
        let rows: Vec<Value> = rows.iter().map(|comment| self.row(comment)).collect();
        match self.kind {
            "forgejo" => Ok(Json(rows.into())),
            _ => self.page(rows, query),
        }
    }

    fn create(&self, headers: &HeaderMap, request: u64, body: &Value) -> Result<(StatusCode, Json<Value>), StatusCode> {
        self.admit(headers)?;
        let mut requests = self.requests.lock().unwrap();
        requests.calls.push(format!("create {request}"));
        let text = body["body"].as_str().ok_or(StatusCode::UNPROCESSABLE_ENTITY)?;
        let comment = requests.add(request, own_name(self.kind), text);
        Ok((StatusCode::CREATED, Json(self.row(&comment))))
    }

    fn update(&self, headers: &HeaderMap, id: u64, body: &Value) -> Answer {
        self.admit(headers)?;
        let mut requests = self.requests.lock().unwrap();
        requests.calls.push(format!("update {id}"));
        let mut comments = requests.comments.values_mut().flatten();
        let comment = comments.find(|comment| comment.id == id).ok_or(StatusCode::NOT_FOUND)?;
        comment.body = body["body"]
            .as_str()
            .ok_or(StatusCode::UNPROCESSABLE_ENTITY)?
            .to_owned();
        Ok(Json(self.row(comment)))
    }
}

async fn me(State(forge): State<Shared>, headers: HeaderMap) -> Answer {
    forge.admit(&headers)?;
    Ok(Json(json!({ "id": 7, "username": own_name(forge.kind), "bot": true })))
}

async fn requests(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    forge.admit(&headers)?;
    let open = if forge.kind == "gitlab" { "opened" } else { "open" };
    assert_eq!(query["state"], open);
    let requests = forge.requests.lock().unwrap();
    let mut numbers: Vec<u64> = requests.comments.keys().copied().collect();
    numbers.sort_unstable();
    let row = |number: u64| match forge.kind {
        "gitlab" => json!({ "iid": number, "target_branch": "main" }),
        _ => json!({ "number": number, "base": { "ref": "main" } }),
    };
    let other = json!({ "iid": 99, "number": 99, "target_branch": "old", "base": { "ref": "old" } });
    forge.page(numbers.into_iter().map(row).chain([other]).collect(), &query)
}

async fn list(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Path(request): Path<u64>,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    forge.list(&headers, request, &query)
}

async fn create(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Path(request): Path<u64>,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    forge.create(&headers, request, &body)
}

async fn update(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<u64>,
    Json(body): Json<Value>,
) -> Answer {
    forge.update(&headers, id, &body)
}

async fn list_notes(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Path((project, request)): Path<(String, u64)>,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    known(&project)?;
    forge.list(&headers, request, &query)
}

async fn create_note(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Path((project, request)): Path<(String, u64)>,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    known(&project)?;
    forge.create(&headers, request, &body)
}

async fn update_note(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Path((project, _, id)): Path<(String, u64, u64)>,
    Json(body): Json<Value>,
) -> Answer {
    known(&project)?;
    forge.update(&headers, id, &body)
}

/// GitLab knows a project by its number, or by its path as one step of the address.
fn known(project: &str) -> Result<(), StatusCode> {
    let is_known = ["42", "example/organisation"].contains(&project);
    is_known.then_some(()).ok_or(StatusCode::NOT_FOUND)
}
