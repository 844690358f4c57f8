//! Runs a pipeline as its forge would: the jobs whose conditions hold, step by step, with the variables that it says.
//!
//! Of the forges' expression languages only what the pipelines use; anything else fails the test. A step that `uses` an action is
//! not run: it is told to the caller.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::forge_server::TOKEN;
use super::proposal::Project;
use crate::support::repo::Output;
use crate::support::text;

/// A pipeline, parsed.
pub(super) struct Pipeline(pub(super) Value);

/// What happened in a job.
#[derive(Debug, Default)]
pub(super) struct Job {
    /// What each step printed and said, and how it ended; the last is the one that failed.
    pub(super) steps: Vec<Output>,
    /// What the job's steps gave to later jobs.
    outputs: BTreeMap<String, String>,
}

impl Job {
    pub(super) fn code(&self) -> i32 {
        self.steps.last().map_or(0, |step| step.code.unwrap())
    }

    pub(super) fn stdout(&self) -> String {
        self.steps.iter().map(|step| step.stdout.as_str()).collect()
    }

    pub(super) fn stderr(&self) -> String {
        self.steps.iter().map(|step| step.stderr.as_str()).collect()
    }
}

/// The text of a file of `ci/forge/`.
pub(super) fn template(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ci/forge").join(path)).unwrap()
}

pub(super) fn parse(path: &str) -> Pipeline {
    let text = template(path);
    Pipeline(serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}")))
}

/// An event on the forge, and what it tells the pipeline.
pub(super) struct Event {
    pub(super) name: &'static str,
    pub(super) request: u64,
}

impl Pipeline {
    /// Every step of every job, with the name of the job.
    pub(super) fn steps(&self) -> Vec<(String, Value)> {
        let jobs = self.0["jobs"].as_object().unwrap();
        let steps = |(name, job): (&String, &Value)| {
            let steps = job["steps"].as_array().unwrap().clone();
            steps.into_iter().map(|step| (name.clone(), step)).collect::<Vec<_>>()
        };
        jobs.iter().flat_map(steps).collect()
    }

    /// Runs it at GitHub or Forgejo.
    pub(super) fn run(&self, project: &Project, event: &Event) -> BTreeMap<String, Job> {
        let mut ran: BTreeMap<String, Job> = BTreeMap::new();
        let mut waiting: Vec<(&String, &Value)> = self.0["jobs"].as_object().unwrap().iter().collect();
        while !waiting.is_empty() {
            let ready = |job: &Value, ran: &BTreeMap<String, Job>| {
                job["needs"].as_str().is_none_or(|needed| ran.contains_key(needed))
            };
            let at = waiting.iter().position(|(_, job)| ready(job, &ran)).unwrap();
            let (name, job) = waiting.remove(at);
            let needed = job["needs"].as_str().map(|needed| &ran[needed]);
            let scope = Scope { project, event, needed };
            let skipped = !job["if"].as_str().is_none_or(|condition| scope.holds(condition))
                || needed.is_some_and(|needed| needed.steps.is_empty() || needed.code() != 0);
            let job = if skipped {
                Job::default()
            } else {
                self.job(&scope, name, job)
            };
            ran.insert(name.clone(), job);
        }
        ran
    }

    fn job(&self, scope: &Scope<'_>, name: &str, job: &Value) -> Job {
        let folder = format!("{}-{}-{name}", scope.event.name, scope.event.request);
        let outputs_file = scope.project.clone.beside(&format!("{folder}.outputs"));
        std::fs::write(&outputs_file, "").unwrap();
        let mut done = Job::default();
        let mut step_outputs = BTreeMap::new();
        for step in job["steps"].as_array().unwrap() {
            let Some(script) = step["run"].as_str() else { continue };
            let mut env = vec![("GITHUB_OUTPUT".to_owned(), text(&outputs_file).to_owned())];
            for table in [&self.0["env"], &job["env"], &step["env"]] {
                for (name, value) in table.as_object().into_iter().flatten() {
                    env.push((name.clone(), scope.filled(value.as_str().unwrap())));
                }
            }
            let output = scope.project.step(&folder, script, &env);
            let failed = output.code != Some(0);
            done.steps.push(output);
            if failed {
                return done;
            }
            let said = std::fs::read_to_string(&outputs_file).unwrap();
            for (key, value) in said.lines().filter_map(|line| line.split_once('=')) {
                let step = step["id"].as_str().expect("a step with outputs has an id");
                step_outputs.insert(format!("${{{{ steps.{step}.outputs.{key} }}}}"), value.to_owned());
            }
        }
        for (name, expression) in job["outputs"].as_object().into_iter().flatten() {
            let value = step_outputs[expression.as_str().unwrap()].clone();
            done.outputs.insert(name.clone(), value);
        }
        done
    }
}

/// What expressions may name.
struct Scope<'a> {
    project: &'a Project,
    event: &'a Event,
    needed: Option<&'a Job>,
}

impl Scope<'_> {
    fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after.split_once("}}").unwrap();
            filled = filled + before + &self.value(expression.trim());
            rest = after;
        }
        filled + rest
    }

    fn value(&self, expression: &str) -> String {
        if let Some((first, second)) = expression.split_once(" || ") {
            let first = self.value(first);
            return if first.is_empty() { self.value(second) } else { first };
        }
        if let Some(output) = expression.strip_prefix("needs.plan.outputs.") {
            return self.needed.unwrap().outputs[output].clone();
        }
        let is_request = self.event.name != "push";
        match expression {
            "github.server_url" => text(&self.project.server()).to_owned(),
            "github.repository" => "example/organisation".to_owned(),
            "github.api_url" => self.project.forge.api(),
            "github.base_ref" if is_request => "main".to_owned(),
            "github.base_ref" => String::new(),
            "github.ref_name" => "main".to_owned(),
            "github.token" => TOKEN.to_owned(),
            "github.event.pull_request.number" if is_request => self.event.request.to_string(),
            "github.event.pull_request.number" => String::new(),
            "github.event_name" => self.event.name.to_owned(),
            "vars.APPLY_ON_MERGE" => String::new(),
            other => panic!("the forge of this test does not know {other}"),
        }
    }

    fn holds(&self, condition: &str) -> bool {
        condition.split(" && ").all(|part| {
            let (what, wanted) = part.split_once(" == ").unwrap();
            self.value(what) == wanted.trim_matches('\'')
        })
    }
}

/// Runs the jobs of a GitLab pipeline of this source; without an event, the schedule's.
pub(super) fn run_gitlab(pipeline: &Pipeline, project: &Project, request: Option<u64>) -> BTreeMap<String, Job> {
    let source = if request.is_some() {
        "merge_request_event"
    } else {
        "schedule"
    };
    let mut known = BTreeMap::from([
        ("CI_PIPELINE_SOURCE", source.to_owned()),
        ("CI_DEFAULT_BRANCH", "main".to_owned()),
        ("CI_COMMIT_BRANCH", "main".to_owned()),
        ("CI_API_V4_URL", project.forge.api()),
        ("CI_PROJECT_ID", "42".to_owned()),
        ("CI_PROJECT_URL", text(&project.page()).to_owned()),
        ("CI_JOB_TOKEN", "of-the-job".to_owned()),
    ]);
    if let Some(request) = request {
        known.insert("CI_MERGE_REQUEST_IID", request.to_string());
        known.insert("CI_MERGE_REQUEST_PROJECT_URL", text(&project.page()).to_owned());
        known.insert("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main".to_owned());
        known.remove("CI_COMMIT_BRANCH");
    } else {
        // Protected: only a pipeline of the default branch has it.
        known.insert("REVIEW_TOKEN", TOKEN.to_owned());
    }
    let expanded = |value: &Value| match value {
        Value::String(text) => known.iter().rev().fold(text.clone(), |text, (name, value)| {
            text.replace(&format!("${name}"), value)
        }),
        other => {
            assert_eq!(other["expand"], false);
            other["value"].as_str().unwrap().to_owned()
        }
    };
    let mut ran = BTreeMap::new();
    for (name, job) in pipeline.0.as_object().unwrap() {
        let Some(script) = job["script"].as_array() else {
            continue;
        };
        let parent = job["extends"]
            .as_str()
            .map_or(&Value::Null, |parent| &pipeline.0[parent]);
        let rule = [&parent["rules"], &job["rules"]]
            .into_iter()
            .find_map(|rules| rules[0]["if"].as_str());
        if !rule.unwrap().contains(&format!("\"{source}\"")) {
            continue;
        }
        let mut env: Vec<(String, String)> = known
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        for table in [&pipeline.0["variables"], &parent["variables"], &job["variables"]] {
            let table = table.as_object().into_iter().flatten();
            env.extend(table.map(|(name, value)| (name.clone(), expanded(value))));
        }
        // GitLab has fetched the repository when a job begins: the default branch, or what is proposed.
        let reference = request.map_or_else(|| "refs/heads/main".to_owned(), |request| project.reference(request));
        let folder = format!("gitlab-{}-{name}", request.unwrap_or_default());
        let fetch = format!(
            "git init --quiet . && git fetch --quiet {} {reference} && git checkout --quiet --detach FETCH_HEAD",
            text(&project.bare())
        );
        let lines: Vec<&str> = script.iter().map(|line| line.as_str().unwrap()).collect();
        let step = project.step(&folder, &format!("{fetch}\n{}", lines.join("\n")), &env);
        ran.insert(
            name.clone(),
            Job {
                steps: vec![step],
                ..Job::default()
            },
        );
    }
    ran
}
