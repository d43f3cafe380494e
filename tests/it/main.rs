//! The integration tests: one binary, one module per subject.

mod cluster;
mod database;
mod layering;
mod support;
