//! What a forge asks of the repository, and what a reviewer sees: owners of files, pipelines, comments, hooks, merges.

mod owners;
