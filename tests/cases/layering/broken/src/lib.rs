//! The root declares the modules and belongs to none.
pub mod geo;
