//! HTTP: the only module that knows requests and responses.

mod api;
mod assets;
mod error;
mod extract;
mod headers;
pub mod pages;
mod router;
mod serve;
mod session;
mod times;

pub use api::facts_json;
pub use router::{openapi, router};
pub use serve::{Error, Limits, serve, serve_within};
