//! Civil days, dated holidays and the arithmetic of terms: pure, time comes in as a value.
//!
//! A [`TermVersion`] says what a law grants: so many days, working days, months or years, what
//! may stop or restart them, and what happens when they are over. [`read_clock`] says where a
//! term that began on a day stands, given what was done since. Production reads the time of the
//! database once per transaction and turns it into a day with [`civil_day`]; tests choose it.

mod clock;
mod day;
mod holiday;
mod term;

pub use clock::{Act, ClockError, ClockState, Operation, Pause, Reading, read_clock};
pub use day::{TIME_ZONE, civil_day, easter};
pub use holiday::{Holiday, Holidays};
pub use term::{
    AllowedOperation, ExpiryEffect, HolidayPolicy, OperationKind, Party, TermVersion, Unit,
};
