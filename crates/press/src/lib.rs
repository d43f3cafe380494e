//! Makes PDF documents: an order (template, data, files) in, a PDF/A-3 with tags out.
//!
//! The only user of typst. Nothing comes from outside the order: templates and fonts are compiled
//! in, there is no file system, no network, no clock. The same order makes the same bytes.

mod limits;
mod order;
mod template;
mod world;

pub use limits::{Limits, LimitsError};
pub use order::Order;

use typst::diag::{Severity, SourceDiagnostic};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use world::Desk;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The order is no order.
    #[error("the order cannot be read: {0}")]
    Order(serde_json::Error),
    /// No such template.
    #[error("there is no template '{name}'; there are: {known}")]
    Template {
        /// Name asked for.
        name: String,
        /// Names of those that exist.
        known: String,
    },
    /// The moment of issue is before year 0 or after year 9999.
    #[error("the moment of issue {issued_at} cannot be written into a PDF")]
    Moment {
        /// As it was given.
        issued_at: jiff::Timestamp,
    },
    /// A file of the order has a name that is none.
    #[error("'{name}' is no name of a file in an order")]
    Name {
        /// As it was given.
        name: String,
    },
    /// The template does not come out right with this data.
    #[error("template '{template}': {complaints}")]
    Print {
        /// Name of the template.
        template: String,
        /// What typst says, one a line.
        complaints: String,
    },
}

/// The PDF of an order: PDF/A-3a and PDF/UA-1, fonts embedded.
///
/// # Errors
/// [`Error`]; a warning of the typesetter is an error too, for a document with a missing font or
/// glyph must not leave the house.
pub fn print(order: Order) -> Result<Vec<u8>, Error> {
    let moment = order.issued_at.to_zoned(jiff::tz::TimeZone::UTC);
    let number = |value: i8| u8::try_from(value).unwrap_or_default();
    let timestamp = Datetime::from_ymd_hms(
        i32::from(moment.year()),
        number(moment.month()),
        number(moment.day()),
        number(moment.hour()),
        number(moment.minute()),
        number(moment.second()),
    )
    .filter(|_| moment.year() >= 0)
    .map(Timestamp::new_utc)
    .ok_or(Error::Moment {
        issued_at: order.issued_at,
    })?;
    let template = order.template.clone();
    let identifier = order.identifier.clone();
    let desk = Desk::lay(order)?;
    let failed = |desk: &Desk, diagnostics: &[SourceDiagnostic]| Error::Print {
        template: template.clone(),
        complaints: complaints(desk, diagnostics),
    };
    let compiled = typst::compile::<PagedDocument>(&desk);
    let document = compiled
        .output
        .map_err(|diagnostics| failed(&desk, &diagnostics))?;
    if !compiled.warnings.is_empty() {
        return Err(failed(&desk, &compiled.warnings));
    }
    let standards =
        PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1]).map_err(|error| {
            Error::Print {
                template: template.clone(),
                complaints: error.message().to_string(),
            }
        })?;
    let options = PdfOptions {
        ident: Smart::Custom(identifier),
        creator: Smart::Custom(Some(format!("Mappale {}", env!("CARGO_PKG_VERSION")))),
        timestamp: Some(timestamp),
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    typst_pdf::pdf(&document, &options).map_err(|diagnostics| failed(&desk, &diagnostics))
}

fn complaints(desk: &Desk, diagnostics: &[SourceDiagnostic]) -> String {
    let lines: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| {
            let kind = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let place = desk.place_of(diagnostic.span);
            let hints: String = diagnostic
                .hints
                .iter()
                .map(|hint| format!(" ({})", hint.v))
                .collect();
            format!("{place}{kind}: {}{hints}", diagnostic.message)
        })
        .collect();
    lines.join("\n")
}
