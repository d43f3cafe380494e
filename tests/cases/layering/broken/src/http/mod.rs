use axum::Router;
pub const NAME: &str = "http may use everything below";
pub fn router() -> Router {
    crate::tile::routes()
}
