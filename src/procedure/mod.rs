//! Procedures as data: terms of law, holidays, and later everything that a desk offers.

mod clock_case;
mod law;

pub use clock_case::{ClockAnswer, ClockCase, Moment, TermChoice};
pub use law::{HolidayFile, Law, TermDefinition, TermFile, holiday_schema, term_schema};
