//! Documents of the office as PDF: maps to scale, extracts of parcels, zoning certificates.
//!
//! What a document says is put together here; how it looks is the press's business, a program
//! of its own ([`Press`]). The same content, dressing and moment of issue give the same bytes.

mod block;
mod certificate;
mod code;
mod compose;
mod dressing;
mod extract;
mod extracts;
mod gather;
mod issued;
mod map_sheet;
mod markdown;
mod parcel_sheet;
mod press;
mod qr;
mod receipt;
mod site;
mod sql;

pub use certificate::{
    Answer, AnswerStatus, Article, CertifiedComune, CertifiedLayer, CertifiedParcel,
    CertifiedPiece, Chapter, Extent, Instrument, InstrumentStatus, LayerVersion, Request,
    ZoningCertificate, certificate_schema,
};
pub use code::{CodeError, VerificationCode};
pub use compose::{DATA_FILE, Print, certificate_order};
pub use dressing::{Dressing, Dressings, Letterhead, Problem};
pub use extract::Extract;
pub use extracts::{Atelier, certificate_extracts, parcel_extracts};
pub use gather::{GatherError, Gathered, MAX_CERTIFIED, gather, valid_until};
pub use issued::{
    CertificateFile, CertificateLine, FileKind, IssueError, IssuedCertificate, NewCertificate,
    add_signed, draft, find, keep, sha256, valid_for,
};
pub use map_sheet::{MapSheet, Paper, map_order};
pub use parcel_sheet::{ParcelSheet, parcel_order};
pub use press::{Order, Press, PressError, PressLimits};
pub use qr::qr_svg;
pub use receipt::{FiledReceipt, ReceiptFile, receipt_order};
pub use site::{Bilingual, SiteDressing, SitePage};

pub(crate) use sql::ALL as STATEMENTS;

use jiff::Timestamp;
use jiff::civil::Date;

/// The legal time of Italy.
const TIME_ZONE: &str = "Europe/Rome";

/// The first moment of a day at the offices: the moment of issue of what is dated by the day.
fn start_of(day: Date) -> Timestamp {
    day.in_tz(TIME_ZONE)
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// The name of a storage CRS as documents write it.
pub fn crs_name(srid: i32) -> String {
    match srid {
        6707..=6709 => format!("RDN2008 / UTM {} (EPSG:{srid})", srid - 6707 + 32),
        7791..=7793 => format!("RDN2008 / UTM {}N (EPSG:{srid})", srid - 7791 + 32),
        _ => format!("EPSG:{srid}"),
    }
}
