//! What a forge asks of the repository, and what a reviewer sees: owners of files, pipelines, comments, hooks, merges.

mod comment;
mod forge_server;
mod merges;
mod owners;
mod pipelines;
mod proposal;
mod requests;
mod workflow;
