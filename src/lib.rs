//! The map and the front desk of a municipality in one program.
//!
//! Modules stand in the order in which they may use each other: each uses only those above it
//! (ARCHITECTURE.md; `tests/it/layering.rs` checks it).

pub mod config;
pub mod text;
pub mod geo;
pub mod cadastre;
pub mod access;
pub mod db;
pub mod job;
pub mod place;
pub mod crs;
pub mod layer;
pub mod style;
pub mod ingest;
pub mod snapshot;
pub mod tile;
pub mod fact;
pub mod person;
pub mod app;
pub mod http;
pub mod cli;
