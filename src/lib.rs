//! The map and the front desk of a municipality in one program.
//!
//! Modules stand in the order in which they may use each other: each uses only those above it
//! (ARCHITECTURE.md; `tests/it/layering.rs` checks it).

pub mod access;
pub mod app;
pub mod audit;
pub mod blob;
pub mod cadastre;
pub mod calendar;
pub mod census;
pub mod cli;
pub mod config;
pub mod crs;
pub mod db;
pub mod document;
pub mod draw;
pub mod fact;
pub mod failpoint;
pub mod geo;
pub mod gis;
pub mod http;
pub mod imagery;
pub mod ingest;
pub mod job;
pub mod layer;
pub mod person;
pub mod place;
pub mod practice;
pub mod procedure;
pub mod rule;
pub mod snapshot;
pub mod strict;
pub mod style;
pub mod text;
pub mod tile;
