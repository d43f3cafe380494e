//! Procedures as data: what a desk offers, what it asks, what the answers mean.
//!
//! Files below `procedures/` are read strictly and held against each other: sections of forms
//! are shared, expressions are compiled against the answers that a procedure asks for, terms
//! must hold, and the examples of every procedure must come true. [`assess`] takes a set of
//! answers to what they mean; it is pure and knows nothing of practices.

mod answer;
mod catalogue;
mod clock_case;
mod definition;
mod form;
mod identifier;
mod law;
mod pinned;
mod section;
mod sense;

pub use answer::{Fault, is_empty, read as read_answer};
pub use catalogue::{
    LayerFile, Procedure, Procedures, area_schema, layer_schema, office_schema, procedure_schema,
    scopes_of, section_schema,
};
pub use clock_case::{ClockAnswer, ClockCase, Moment, TermChoice};
pub use definition::{
    Area, AreaFile, AttachmentRule, ClockRule, ClockStart, Condition, Consequence, Definition, Fee,
    FeeKind, FileFormat, Intention, Office, OfficeFile, OnNoData, PartRole, Place, PlaceKind,
    Quadro, Regime, RoleRule, Sheet, Step, StepGroup,
};
pub use form::{Answers, Assessment, ConditionState, DueAttachment, Standing, Violation, assess};
pub use identifier::{is_tax_code, is_vat_number};
pub use law::{HolidayFile, Law, TermDefinition, TermFile, holiday_schema, term_schema};
pub use pinned::TextError;
pub use section::{Choice, Field, FieldKind, Prefill, Section, SectionFile};
