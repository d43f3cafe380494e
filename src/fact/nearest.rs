//! What to offer for a parcel that is not there.

use jiff::civil::Date;
use jiff_sqlx::Date as SqlDate;
use sqlx::PgConnection;

use crate::access::{Action, Viewer, authorize};
use crate::cadastre::{CadastralReference, ParcelKind};
use crate::layer::LayerRole;
use crate::place::Comune;
use crate::snapshot::Catalogue;

use super::parcel::ParcelFacts;
use super::sql;

/// The parcels whose references come nearest to one that is not there: on the same sheet those
/// with the nearest numbers; where there is no such sheet, those of the nearest one.
pub fn nearest(
    catalogue: &Catalogue,
    viewer: &Viewer,
    reference: &CadastralReference,
    wanted: usize,
) -> Vec<ParcelFacts> {
    let comune = catalogue.comune_by_code(reference.sheet.comune);
    let entry = catalogue
        .layer_with_role(LayerRole::Parcel)
        .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok());
    let (Some(comune), Some(entry)) = (comune, entry) else {
        return Vec::new();
    };
    let mut found: Vec<(u8, u16, u64, CadastralReference, usize, usize)> = Vec::new();
    for (part_number, part) in entry.parts.iter().enumerate() {
        if part.territory_id != comune.id {
            continue;
        }
        for feature in 0..part.features.len() {
            let Ok(other) = part.features.key(feature).parse::<CadastralReference>() else {
                continue;
            };
            if other.kind() != ParcelKind::Parcel {
                continue;
            }
            // Allegati and sviluppi of a sheet number their parcels as the sheet does.
            let elsewhere = u8::from(other.sheet != reference.sheet);
            let sheets = other.sheet.foglio.abs_diff(reference.sheet.foglio);
            let numbers = digits(&other.number).abs_diff(digits(&reference.number));
            found.push((elsewhere, sheets, numbers, other, part_number, feature));
        }
    }
    found.sort_by(|a, b| {
        (a.1, a.0, a.2)
            .cmp(&(b.1, b.0, b.2))
            .then_with(|| a.3.natural_cmp(&b.3))
    });
    found
        .into_iter()
        .take(wanted)
        .filter_map(|(.., part, feature)| {
            ParcelFacts::of(catalogue, entry.definition(), &entry.parts[part], feature)
        })
        .collect()
}

/// The number that a parcel's number begins with.
fn digits(number: &str) -> u64 {
    let end = number
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(number.len());
    number[..end].parse().unwrap_or(0)
}

/// The first day on which a layer was in force in a comune, whatever was withdrawn since.
///
/// # Errors
/// Those of the database.
pub async fn first_day(
    connection: &mut PgConnection,
    layer: &str,
    comune: &Comune,
) -> Result<Option<Date>, sqlx::Error> {
    let day: Option<SqlDate> = sqlx::query_scalar(sql::FIRST_DAY)
        .bind(layer)
        .bind(comune.id)
        .fetch_one(connection)
        .await?;
    Ok(day.map(SqlDate::to_jiff))
}
