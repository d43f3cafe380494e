//! HTTP below http/, and the environment outside config.rs.
use hyper::body::Body;
pub fn routes() -> axum::Router {
    let level = std::env::var("LEVEL");
    axum::Router::new()
}
