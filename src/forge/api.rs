//! The few calls of a forge's API that a pipeline needs, in the forms of its documentation.
//!
//! GitHub: REST API, "Issue comments" and "Pulls". GitLab: "Notes API", "Merge requests API". Forgejo: its Swagger document,
//! `issue` and `repository`.

use serde_json::{Value, json};
use url::Url;

use super::Forge;
use crate::{
    outbound::{Call, Method, Outbound, OutboundError},
    seal::Secret,
};

/// A page of comments may hold a hundred of the longest.
const ANSWER_BYTES: usize = 16 << 20;

/// Pages that are read at most: ten thousand comments, after which nobody finds anything.
const PAGES: usize = 100;

const PER_PAGE: usize = 100;

/// A project at a forge, and a token to call its API with.
#[derive(Clone, Debug)]
pub struct Project {
    /// Which kind of forge.
    pub forge: Forge,
    /// Where its API is, such as `https://api.github.com`.
    pub api: Url,
    /// `owner/name`; for GitLab the number or the path.
    pub path: String,
    /// The token.
    pub token: Secret<String>,
}

/// A comment on a pull or merge request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) author: String,
    pub(super) body: String,
}

/// Why the forge did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// Nothing came back.
    #[error("cannot call the forge")]
    Outbound(#[from] OutboundError),
    /// It said no.
    #[error("the forge refuses {what} with HTTP status {status}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
    },
    /// It said something else than its documentation.
    #[error("the forge's answer is not what its documentation says")]
    Answer,
    /// Nothing can be put behind the address of the API.
    #[error("this is no address of an API")]
    Address,
}

impl ForgeError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Refused { status: 401 | 403, .. } => {
                Some("the token must be allowed to write comments, and to nothing else")
            }
            Self::Refused { status: 404, .. } => {
                Some("there is no such project or request, or the token may not see it")
            }
            Self::Outbound(OutboundError::Scheme) => Some("the API must be reached by https"),
            Self::Refused { .. } | Self::Outbound(_) | Self::Answer | Self::Address => None,
        }
    }
}

impl Project {
    /// The comments on a request, oldest first.
    pub(super) async fn comments(&self, outbound: &Outbound, request: u64) -> Result<Vec<Comment>, ForgeError> {
        let rows = self.rows(outbound, &self.comments_of(request), &[]).await?;
        rows.iter()
            .map(|row| self.comment(row).ok_or(ForgeError::Answer))
            .collect()
    }

    /// The numbers of the open requests to merge into `branch`.
    ///
    /// # Errors
    /// A [`ForgeError`].
    pub async fn open_requests(&self, outbound: &Outbound, branch: &str) -> Result<Vec<u64>, ForgeError> {
        let (requests, number, filter) = match self.forge {
            Forge::Github | Forge::Forgejo => (self.below_project("pulls"), "number", ("state", "open")),
            Forge::Gitlab => (self.below_project("merge_requests"), "iid", ("state", "opened")),
        };
        let rows = self.rows(outbound, &requests, &[filter]).await?;
        let target = |row: &Value| match self.forge {
            Forge::Github | Forge::Forgejo => row["base"]["ref"] == branch,
            Forge::Gitlab => row["target_branch"] == branch,
        };
        let rows = rows.iter().filter(|row| target(row));
        rows.map(|row| row[number].as_u64().ok_or(ForgeError::Answer)).collect()
    }

    /// Whose token this is; `None` when the forge does not tell its pipelines.
    pub(super) async fn me(&self, outbound: &Outbound) -> Result<String, ForgeError> {
        match self.forge {
            // The names under which the forge's own pipelines write; their tokens may not ask.
            Forge::Github => Ok("github-actions[bot]".to_owned()),
            Forge::Forgejo => Ok("forgejo-actions".to_owned()),
            Forge::Gitlab => {
                let user = self.call(outbound, Method::Get, &["user".into()], &[], None).await?;
                user["username"].as_str().map(str::to_owned).ok_or(ForgeError::Answer)
            }
        }
    }

    /// Writes a new comment.
    pub(super) async fn create(&self, outbound: &Outbound, request: u64, body: &str) -> Result<(), ForgeError> {
        let body = json!({ "body": body });
        self.call(outbound, Method::Post, &self.comments_of(request), &[], Some(&body))
            .await?;
        Ok(())
    }

    /// Writes a comment anew.
    pub(super) async fn update(
        &self,
        outbound: &Outbound,
        request: u64,
        comment: &Comment,
        body: &str,
    ) -> Result<(), ForgeError> {
        let id = comment.id.to_string();
        let (method, path) = match self.forge {
            Forge::Github | Forge::Forgejo => (Method::Patch, self.below_project("issues/comments")),
            Forge::Gitlab => (Method::Put, self.comments_of(request)),
        };
        let path = [path, vec![id]].concat();
        self.call(outbound, method, &path, &[], Some(&json!({ "body": body })))
            .await?;
        Ok(())
    }

    fn comment(&self, row: &Value) -> Option<Comment> {
        let author = match self.forge {
            Forge::Github | Forge::Forgejo => &row["user"]["login"],
            Forge::Gitlab => &row["author"]["username"],
        };
        Some(Comment {
            id: row["id"].as_u64()?,
            // An account that was deleted has no name.
            author: author.as_str().unwrap_or_default().to_owned(),
            body: row["body"].as_str().unwrap_or_default().to_owned(),
        })
    }

    fn comments_of(&self, request: u64) -> Vec<String> {
        match self.forge {
            Forge::Github | Forge::Forgejo => self.below_project(&format!("issues/{request}/comments")),
            Forge::Gitlab => self.below_project(&format!("merge_requests/{request}/notes")),
        }
    }

    fn below_project(&self, path: &str) -> Vec<String> {
        let project = match self.forge {
            Forge::Github | Forge::Forgejo => ["repos"].into_iter().chain(self.path.split('/')).collect(),
            // One step of the path, slashes and all.
            Forge::Gitlab => vec!["projects", self.path.as_str()],
        };
        project.into_iter().chain(path.split('/')).map(str::to_owned).collect()
    }

    /// Every row of a list, page by page.
    async fn rows(
        &self,
        outbound: &Outbound,
        path: &[String],
        filter: &[(&str, &str)],
    ) -> Result<Vec<Value>, ForgeError> {
        let mut rows = Vec::new();
        for page in 1..=PAGES {
            let (page, size) = (page.to_string(), PER_PAGE.to_string());
            // Forgejo calls the length of a page `limit`, and ignores what it does not know.
            let query = [
                filter,
                &[("per_page", size.as_str()), ("limit", &size), ("page", &page)],
            ]
            .concat();
            let answer = self.call(outbound, Method::Get, path, &query, None).await?;
            let Value::Array(more) = answer else {
                return Err(ForgeError::Answer);
            };
            // Forgejo gives fewer than asked for where its administrator says so, and all comments at once: then the next page
            // begins as this one does.
            let is_last = more.is_empty() || (self.forge != Forge::Forgejo && more.len() < PER_PAGE);
            if !rows.is_empty() && rows.first() == more.first() {
                break;
            }
            rows.extend(more);
            if is_last {
                break;
            }
        }
        Ok(rows)
    }

    async fn call(
        &self,
        outbound: &Outbound,
        method: Method,
        path: &[String],
        query: &[(&str, &str)],
        json: Option<&Value>,
    ) -> Result<Value, ForgeError> {
        let mut url = self.api.clone();
        url.path_segments_mut()
            .map_err(|()| ForgeError::Address)?
            .pop_if_empty()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let token = self.token.expose();
        let bearer = format!("Bearer {token}");
        let credential = match self.forge {
            Forge::Github | Forge::Forgejo => ("authorization", bearer.as_str()),
            Forge::Gitlab => ("private-token", token.as_str()),
        };
        let call = Call {
            method,
            url: &url,
            credential,
            json,
            at_most: ANSWER_BYTES,
        };
        let answer = outbound.call(call).await?;
        if !answer.is_success() {
            return Err(ForgeError::Refused {
                what: match method {
                    Method::Get => "to answer",
                    Method::Post => "a new comment",
                    Method::Put | Method::Patch => "to change a comment",
                },
                status: answer.status,
            });
        }
        serde_json::from_slice(&answer.body).map_err(|_| ForgeError::Answer)
    }
}
