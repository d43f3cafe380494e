//! Loads files into layers: worker, mapping, coordinates, bulk copy, checks, report, publication.
//!
//! A load is one transaction from its first row to its publication: whatever kills it leaves
//! nothing half-done. Foreign bytes are parsed only by the worker, a process of its own, and
//! what the worker writes is itself read as untrusted.

mod boundary;
mod confinement;
mod content_key;
mod copy;
mod coverage;
mod error;
mod ewkb;
mod files;
mod findings;
mod folder;
mod hypothesis;
mod inside;
mod inspect;
mod intake;
mod label;
mod load;
mod measure;
mod national;
mod options;
mod original;
mod packed;
mod page;
mod prepare;
mod report;
mod sheet;
mod sql;
mod worker;

pub use boundary::{add_comune, read_perimeter};
pub use confinement::Confinement;
pub use error::Error;
pub use ewkb::{geometry_ewkb, multipolygon_ewkb};
pub use files::{InputFile, files_digest};
pub use findings::findings_geopackage;
pub use inside::boundary_outline;
pub use inspect::{InspectRequest, Inspected, InspectedDataset, inspect};
pub use load::{LoadRequest, Outcome, load};
pub use national::{
    NationalMember, NationalOutcome, NationalReport, NationalRequest, load_national,
};
pub use options::ReadOptions;
pub use packed::{PackedFile, PackedFormat, pack_features};
pub use page::{
    FindingMark, FindingsMap, Reported, findings_geojson, findings_map, report_page, stored_report,
};
pub use report::{Check, CheckStatus, Finding, Report, Severity};
pub use worker::{ProgressSender, WorkerError, read_census};

pub(crate) use sql::ALL as STATEMENTS;
