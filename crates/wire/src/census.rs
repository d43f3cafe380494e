//! Records of the census of land and buildings: one JSON object a line.
//!
//! They carry personal data: whoever reads them keeps them out of logs and answers.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use crate::{DocumentError, Failed, Finding};

/// Bytes of a line at most.
const LINE: u64 = 1 << 20;

/// A line of the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CensusLine {
    /// A parcel of land (TER, record 1).
    Land(Land),
    /// A unit of a building (FAB, record 1).
    Unit(Unit),
    /// Where a unit is on the map (FAB, record 2; common parts: record 4).
    Identifier(Identifier),
    /// The address of a unit (FAB, record 3).
    Address(Address),
    /// A person or body (SOG).
    Person(Person),
    /// A right of a person on land or a unit (TIT).
    Title(Title),
    /// A line of the file of parameters (PRM).
    Parameter(Parameter),
    /// Something that a person should read about the file; it never holds a value of it.
    Finding(Finding),
    /// The last line of a file that could not be read.
    Failed(Failed),
    /// The last line.
    Done(Tally),
}

/// Which object of the census a record is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Code of the comune.
    pub comune: String,
    /// Section, where there is one.
    pub sezione: Option<String>,
    /// Its number in the comune (identificativo immobile).
    pub immobile: i64,
    /// Number of its state (progressivo).
    pub progressivo: i64,
}

/// Numbers of the map; texts as the file has them, without blanks around.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapNumbers {
    /// Section of the map.
    pub sezione: Option<String>,
    /// Sheet.
    pub foglio: Option<String>,
    /// Parcel.
    pub numero: Option<String>,
    /// What stands below the parcel's number.
    pub denominatore: Option<String>,
    /// Unit in the building.
    pub subalterno: Option<String>,
}

/// A parcel of land.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Land {
    /// Which it is.
    pub object: Object,
    /// Where it is.
    pub map: MapNumbers,
    /// Code of its quality.
    pub qualita: Option<String>,
    /// Its class.
    pub classe: Option<String>,
    /// Area in m².
    pub area_m2: Option<i64>,
    /// Income of the owner in euro cents (reddito dominicale).
    pub dominicale_cents: Option<i64>,
    /// Income of the farmer in euro cents (reddito agrario).
    pub agrario_cents: Option<i64>,
    /// Its partita; `C` for what was suppressed.
    pub partita: Option<String>,
}

/// A unit of a building.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Which it is.
    pub object: Object,
    /// Its category, such as `A/3`.
    pub categoria: Option<String>,
    /// Its class.
    pub classe: Option<String>,
    /// Its size in the measure of its category, in hundredths.
    pub consistenza_hundredths: Option<i64>,
    /// Area in m².
    pub superficie_m2: Option<i64>,
    /// Rent in euro cents (rendita).
    pub rendita_cents: Option<i64>,
    /// Its partita; `C` for what was suppressed.
    pub partita: Option<String>,
}

/// Where a unit is on the map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Which unit.
    pub object: Object,
    /// Where.
    pub map: MapNumbers,
    /// Whether it is a part that several units share.
    pub common: bool,
}

/// The address of a unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Which unit.
    pub object: Object,
    /// Street.
    pub street: String,
    /// House numbers.
    pub numbers: Vec<String>,
}

/// A person or body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Code of the comune of the supply.
    pub comune: String,
    /// Number in the supply.
    pub soggetto: i64,
    /// `P` a person, `G` a body.
    pub kind: String,
    /// Last name, or name of a body.
    pub name: String,
    /// First name.
    pub first_name: Option<String>,
    /// Day of birth, as `1950-01-31`.
    pub born: Option<String>,
    /// Place of birth, or seat of a body.
    pub place: Option<String>,
    /// Tax code.
    pub tax_code: Option<String>,
}

/// A right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Code of the comune.
    pub comune: String,
    /// Whose.
    pub soggetto: i64,
    /// `P` a person, `G` a body.
    pub soggetto_kind: String,
    /// On what.
    pub immobile: i64,
    /// `F` a unit, `T` land.
    pub immobile_kind: String,
    /// Code of the right.
    pub right: String,
    /// Numerator of the share.
    pub share: Option<i64>,
    /// Denominator of the share.
    pub of: Option<i64>,
}

/// A line of the parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// What it is.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// How much was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Records that were read.
    pub records: u64,
    /// Records that could not be.
    pub left_out: u64,
}

impl CensusLine {
    /// Reads the next line, believing nothing; none at the end of the stream.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn read(input: &mut impl BufRead) -> Result<Option<Self>, DocumentError> {
        let mut line = Vec::new();
        std::io::Read::take(&mut *input, LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(DocumentError::Limit(LINE));
        }
        Ok(Some(serde_json::from_slice(&line)?))
    }
}
