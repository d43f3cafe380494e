//! The table of systems, and which row a sheet goes by.

use jiff::Timestamp;
use sqlx::{PgConnection, Row as _};

use crate::cadastre::{ComuneCode, SheetReference};

use super::super::sql;
use super::{Correction, FitMethod};

/// What a row of the table is about; what is none stands for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetKey {
    /// Code of the comune.
    pub comune: ComuneCode,
    /// Census section, `_` for none.
    pub sezione: Option<char>,
    /// Number of the sheet.
    pub foglio: Option<u16>,
    /// Annex and development, such as `A0`.
    pub part: Option<String>,
}

/// The system of a sheet or of several.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetSystem {
    /// Which sheets.
    pub key: SheetKey,
    /// EPSG code (`EPSG:3003`) or PROJ string.
    pub system: String,
    /// What is done to the file's numbers before.
    pub correction: Correction,
    /// `set`, `helmert` or `affine`.
    pub method: String,
    /// Where it comes from, in words.
    pub source: String,
    /// Root mean square in metres of what is left at the points of a fit.
    pub residual_m: Option<f64>,
    /// When it was recorded.
    pub set_at: Timestamp,
    /// Who recorded it.
    pub set_by: String,
}

/// The systems of some comuni.
#[derive(Debug, Clone, Default)]
pub struct SheetSystems(Vec<SheetSystem>);

impl SheetKey {
    fn fits(&self, sheet: &SheetReference) -> bool {
        let part: String = [sheet.allegato, sheet.sviluppo].iter().collect();
        self.comune == sheet.comune
            && self.sezione.is_none_or(|sezione| sezione == sheet.sezione)
            && self.foglio.is_none_or(|foglio| foglio == sheet.foglio)
            && self.part.as_ref().is_none_or(|own| *own == part)
    }

    /// How closely a sheet is named.
    fn weight(&self) -> u8 {
        u8::from(self.part.is_some())
            + 2 * u8::from(self.foglio.is_some())
            + 4 * u8::from(self.sezione.is_some())
    }
}

impl std::fmt::Display for SheetKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.comune)?;
        if let Some(sezione) = self.sezione {
            write!(f, " section {sezione}")?;
        }
        match self.foglio {
            Some(foglio) => write!(f, " sheet {foglio}")?,
            None => write!(f, " all sheets")?,
        }
        if let Some(part) = &self.part {
            write!(f, " part {part}")?;
        }
        Ok(())
    }
}

impl SheetSystem {
    /// What it says, in a line.
    pub fn told(&self) -> String {
        let Correction {
            shift: [east, north],
            ..
        } = self.correction;
        let residual = match self.residual_m {
            Some(metres) => format!("{metres:.2} m left"),
            None => "accuracy not known".to_owned(),
        };
        format!(
            "{}: {}; shift {east:+.3} {north:+.3} m, rotation {:+.5}°; {}, {residual}; source: {}",
            self.key,
            self.system,
            self.correction.rotation(),
            self.method,
            self.source
        )
    }

    /// A row for all sheets of an invented comune.
    #[cfg(test)]
    pub(super) fn of(system: &str, correction: Correction) -> Self {
        Self {
            key: SheetKey {
                comune: "X001".parse().expect("is a code"),
                sezione: None,
                foglio: None,
                part: None,
            },
            system: system.to_owned(),
            correction,
            method: "set".to_owned(),
            source: "test".to_owned(),
            residual_m: None,
            set_at: Timestamp::UNIX_EPOCH,
            set_by: "test".to_owned(),
        }
    }
}

impl SheetSystems {
    /// The system of a sheet: that of the row which names it the most closely.
    pub fn of(&self, sheet: &SheetReference) -> Option<&SheetSystem> {
        let fitting = self.0.iter().filter(|row| row.key.fits(sheet));
        fitting.max_by_key(|row| row.key.weight())
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = &SheetSystem> {
        self.0.iter()
    }
}

/// The systems that hold for some comuni; for all of them without codes.
///
/// # Errors
/// Those of the database.
pub async fn sheet_systems(
    connection: &mut PgConnection,
    comuni: Option<&[ComuneCode]>,
) -> Result<SheetSystems, sqlx::Error> {
    let codes: Option<Vec<String>> =
        comuni.map(|codes| codes.iter().map(ToString::to_string).collect());
    let rows = sqlx::query(sql::SHEET_SYSTEMS)
        .bind(codes)
        .fetch_all(connection)
        .await?;
    let mut systems = Vec::new();
    for row in rows {
        let Some(system) = row.try_get::<Option<String>, _>("system")? else {
            continue;
        };
        let Ok(comune) = row.try_get::<String, _>("comune")?.parse() else {
            continue;
        };
        let sezione: Option<String> = row.try_get("sezione")?;
        let foglio: Option<i32> = row.try_get("foglio")?;
        let matrix: Vec<f64> = row.try_get("matrix")?;
        systems.push(SheetSystem {
            key: SheetKey {
                comune,
                sezione: sezione.and_then(|text| text.chars().next()),
                foglio: foglio.and_then(|number| u16::try_from(number).ok()),
                part: row.try_get("part")?,
            },
            system,
            correction: Correction {
                matrix: matrix.try_into().unwrap_or(Correction::NONE.matrix),
                shift: [row.try_get("shift_e")?, row.try_get("shift_n")?],
            },
            method: row.try_get("method")?,
            source: row.try_get("source")?,
            residual_m: row.try_get("residual_m")?,
            set_at: row.try_get::<jiff_sqlx::Timestamp, _>("set_at")?.to_jiff(),
            set_by: row.try_get("set_by")?,
        });
    }
    Ok(SheetSystems(systems))
}

/// Records a system, or with none that what was said of the sheets no longer holds.
///
/// `fitted` is the method of a fit, `points` what is kept of its points.
///
/// # Errors
/// Those of the database.
pub async fn add_sheet_system(
    connection: &mut PgConnection,
    key: &SheetKey,
    system: Option<(&str, Correction)>,
    fitted: Option<(FitMethod, f64)>,
    about: (&str, &serde_json::Value, &str),
) -> Result<(), sqlx::Error> {
    let (source, points, by) = about;
    let correction = system.map_or(Correction::NONE, |(_, correction)| correction);
    sqlx::query(sql::ADD_SHEET_SYSTEM)
        .bind(key.comune.as_str())
        .bind(key.sezione.map(String::from))
        .bind(key.foglio.map(i32::from))
        .bind(&key.part)
        .bind(system.map(|(system, _)| system))
        .bind(correction.matrix.to_vec())
        .bind(correction.shift[0])
        .bind(correction.shift[1])
        .bind(fitted.map_or("set", |(method, _)| method.word()))
        .bind(source)
        .bind(fitted.map(|(_, rms)| rms))
        .bind(points)
        .bind(by)
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_that_names_a_sheet_most_closely_counts() {
        let row = |sezione, foglio, part: Option<&str>, source: &str| SheetSystem {
            key: SheetKey {
                sezione,
                foglio,
                part: part.map(str::to_owned),
                ..SheetSystem::of("EPSG:3003", Correction::NONE).key
            },
            source: source.to_owned(),
            ..SheetSystem::of("EPSG:3003", Correction::NONE)
        };
        let systems = SheetSystems(vec![
            row(None, None, None, "comune"),
            row(None, Some(3), None, "sheet"),
            row(Some('B'), None, None, "section"),
            row(None, Some(3), Some("A0"), "annex"),
        ]);
        for (sheet, source) in [
            ("X001_000100", "comune"),
            ("X001_000300", "sheet"),
            ("X001_0003A0", "annex"),
            ("X001B000300", "section"),
        ] {
            let sheet: SheetReference = sheet.parse().expect("is a sheet");
            assert_eq!(
                systems.of(&sheet).map(|row| row.source.as_str()),
                Some(source)
            );
        }
        let other: SheetReference = "X002_000100".parse().expect("is a sheet");
        assert!(systems.of(&other).is_none());
    }
}
