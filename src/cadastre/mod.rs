//! Comune codes and cadastral references: parse, print, compare.
//!
//! A reference is the one key on which map, census and practices meet:
//! `CCCC Z FFFF A S . particella` (Agenzia delle Entrate, "Specifica tecnica CXF" for the
//! sheet's name; national open cadastre 2025 for the whole).

mod code;
mod query;
mod reference;

pub use code::{CodeError, ComuneCode};
pub use query::{ParcelQuery, QueryError};
pub use reference::{CadastralReference, ParcelKind, ReferenceError, SheetReference};
