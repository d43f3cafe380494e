//! Order of modules: a path in code, a nested `use`, `super`, and a path inside a macro.
mod util;
use crate::{config::home, tile::{self, Encoder}};
pub fn place() -> super::place::Comune {
    crate::snapshot::open()
}
pub fn inside_a_macro() {
    tracing::debug!(part = %crate::fact::NAME, "in tokens that are no expressions");
}
mod inner {
    use super::super::cadastre::Reference;
    use super::util;
    use self::deeper::Thing;
}
