//! SUP: the areas of a sheet as the office counts them, a checksum of the map.
//!
//! Rows of 11 characters and a number of 10. A difference of 1 m² in an area comes from rounding.

use std::collections::BTreeMap;

use wire::Severity;

use super::class::{Class, class_of};
use super::geometry::area;
use super::record::{Records, decoded, number};
use super::sheet::Sheet;
use crate::output::Note;

/// Difference in m² that rounding explains.
const ROUNDING_M2: f64 = 1.0;

/// What a SUP says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sup {
    /// Name of the map.
    pub name: String,
    /// Day of the file, as written: `AAAAMMGG`.
    pub day: String,
    /// Rows of totals by their word, such as `N.PARTIC` or `TOTALE`, with their line.
    pub totals: BTreeMap<String, (u64, f64)>,
    /// Areas of parcels in m², with their line, by code; of a code that several have, ascending.
    pub parcels: BTreeMap<String, Vec<(u64, f64)>>,
    /// Rows that could not be read.
    pub notes: Vec<Note>,
}

/// Words of rows that are no parcels; the first ones are counts.
const TOTALS: [&str; 12] = [
    "N.FABBRIC",
    "N.PARTIC",
    "N.STRADE",
    "N.ACQUE",
    "N.SVIL-ALL",
    "FABBRIC",
    "PARTIC",
    "STRADE",
    "ACQUE",
    "SVIL-ALL",
    "TOTALE",
    "CONFINE",
];

/// The word of the row that tells what is between the total and the border.
const IMBALANCE: &str = "SBILANCIO";

/// Parses a SUP.
#[must_use]
pub fn parse(bytes: &[u8]) -> Sup {
    let mut records = Records::new(bytes);
    let mut sup = Sup::default();
    let mut named = false;
    while let Some(line) = records.peek() {
        let at = records.line();
        records.skip();
        let text = decoded(line);
        let Some((word, value)) = text.rsplit_once(char::is_whitespace) else {
            if !text.is_empty() {
                sup.unread(at, &text);
            }
            continue;
        };
        let (word, value) = (word.trim(), value.trim());
        if !named {
            named = true;
            if number(word.as_bytes()).is_none() && !is_total(word) {
                (sup.name, sup.day) = (word.to_owned(), value.to_owned());
                continue;
            }
        }
        match number(value.as_bytes()) {
            Some(value) if is_total(word) => {
                sup.totals.insert(word.to_uppercase(), (at, value));
            }
            Some(value) => sup
                .parcels
                .entry(word.to_owned())
                .or_default()
                .push((at, value)),
            None => sup.unread(at, &text),
        }
    }
    sup
}

fn is_total(word: &str) -> bool {
    let known = |total: &&str| word.eq_ignore_ascii_case(total);
    TOTALS.iter().any(known) || known(&IMBALANCE)
}

impl Sup {
    fn unread(&mut self, line: u64, text: &str) {
        let shown: String = text.chars().take(40).collect();
        self.notes.push(Note {
            rule: "sup.row",
            severity: Severity::Warning,
            line,
            subject: None,
            message: format!("SUP: the row {shown:?} is no word with a number."),
        });
    }
}

/// Compares a sheet with its SUP; lines are those of the SUP.
///
/// The last note says how much agreed, as information where all of it did.
#[must_use]
pub fn compare(sheet: &Sheet, sup: &Sup) -> Vec<Note> {
    let mut notes = sup.notes.clone();
    let mut say = |line: u64, subject: Option<&str>, rule: &'static str, message: String| {
        notes.push(Note {
            rule,
            severity: Severity::Warning,
            line,
            subject: subject.map(str::to_owned),
            message,
        });
    };
    if !sup.name.is_empty() && !sup.name.eq_ignore_ascii_case(&sheet.name) {
        let message = format!("SUP: it is of the map {}, not of {}.", sup.name, sheet.name);
        say(1, None, "sup.name", message);
    }
    let measured = Measured::of(sheet);
    let mut compared = 0;
    for (word, found) in measured.counts() {
        if let Some((line, said)) = sup.totals.get(word) {
            compared += 1;
            if (said - found).abs() > 0.0 {
                let message = format!("SUP: {word} is {said}, the map has {found}.");
                say(*line, Some(word), "sup.count", message);
            }
        }
    }
    for (code, rows) in &sup.parcels {
        let mut found = measured
            .parcels
            .get(code.as_str())
            .cloned()
            .unwrap_or_default();
        found.sort_by(f64::total_cmp);
        let mut rows = rows.clone();
        rows.sort_by(|a, b| a.1.total_cmp(&b.1));
        let line = rows.first().map_or(1, |row| row.0);
        if found.len() != rows.len() {
            let (said, has) = (rows.len(), found.len());
            let message = format!("SUP: {said} parcels are called {code}, the map has {has}.");
            say(line, Some(code), "sup.parcel", message);
            continue;
        }
        for ((line, said), area) in rows.iter().zip(&found) {
            compared += 1;
            if (said - area).abs() > ROUNDING_M2 {
                let message = format!("SUP: parcel {code} has {said} m², on the map {area:.1} m².");
                say(*line, Some(code), "sup.area", message);
            }
        }
    }
    for (code, areas) in &measured.parcels {
        if !sup.parcels.contains_key(*code) && !sup.parcels.is_empty() {
            let message = format!("SUP: parcel {code} ({:.0} m²) is not in it.", areas[0]);
            say(1, Some(code), "sup.parcel", message);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a sheet has few areas")]
    let areas = sheet.borders.len() as f64;
    for (word, sums) in measured.sums() {
        if let Some((line, said)) = sup.totals.get(word) {
            compared += 1;
            // Of some hundred areas one lies on the edge between two whole numbers.
            let rounding = ROUNDING_M2 + areas / 200.0;
            if sums.iter().all(|sum| (said - sum).abs() > rounding) {
                let message = format!("SUP: {word} is {said} m², on the map {:.1} m².", sums[0]);
                say(*line, Some(word), "sup.area", message);
            }
        }
    }
    let total = |word: &str| sup.totals.get(word).copied();
    if let Some((line, imbalance)) = total(IMBALANCE) {
        if let (Some((_, all)), Some((_, border))) = (total("TOTALE"), total("CONFINE"))
            && (all - border - imbalance).abs() > ROUNDING_M2
        {
            let message = format!(
                "SUP: SBILANCIO is {imbalance} m², TOTALE − CONFINE is {} m².",
                all - border
            );
            say(line, Some(IMBALANCE), "sup.imbalance", message);
        }
        // Each area was rounded by itself: what is over grows with the root of their number.
        if imbalance.abs() > ROUNDING_M2 + areas.sqrt() {
            let message = format!(
                "SUP: parcels, roads and waters differ from the border by {imbalance} m² \
                 (SBILANCIO)."
            );
            say(line, Some(IMBALANCE), "sup.imbalance", message);
        }
    }
    let differ = notes.len();
    notes.push(Note {
        rule: "sup.compared",
        severity: if differ == 0 {
            Severity::Info
        } else {
            Severity::Warning
        },
        line: 1,
        subject: Some(sheet.name.clone()),
        message: match differ {
            0 => format!("The map agrees with its SUP: {compared} numbers compared."),
            _ => format!("{differ} of {compared} numbers of the SUP differ from the map."),
        },
    });
    notes
}

/// Counts and areas of a sheet as a SUP has them.
struct Measured<'a> {
    buildings: Vec<f64>,
    parcels: BTreeMap<&'a str, Vec<f64>>,
    roads: Vec<f64>,
    waters: Vec<f64>,
    border: Vec<f64>,
    cut_out: Vec<f64>,
}

impl<'a> Measured<'a> {
    fn of(sheet: &'a Sheet) -> Self {
        let mut measured = Self {
            buildings: Vec::new(),
            parcels: BTreeMap::new(),
            roads: Vec::new(),
            waters: Vec::new(),
            border: Vec::new(),
            cut_out: Vec::new(),
        };
        for border in &sheet.borders {
            let m2 = area(border);
            match class_of(&border.code, &sheet.name, sheet.kind) {
                Class::Building => measured.buildings.push(m2),
                Class::Parcel => measured.parcels.entry(&border.code).or_default().push(m2),
                Class::Road => measured.roads.push(m2),
                Class::Water => measured.waters.push(m2),
                Class::Border => {
                    measured.border.push(m2);
                    let islands = border.rings.iter().skip(1);
                    measured.cut_out.extend(islands.map(|ring| {
                        area(&super::sheet::Border {
                            rings: vec![ring.clone()],
                            ..Default::default()
                        })
                    }));
                }
                _ => {}
            }
        }
        measured
    }

    fn counts(&self) -> [(&'static str, f64); 5] {
        #[expect(clippy::cast_precision_loss, reason = "a sheet has few elements")]
        let count = |list: &[f64]| list.len() as f64;
        let parcels: Vec<f64> = self.parcels.values().flatten().copied().collect();
        [
            ("N.FABBRIC", count(&self.buildings)),
            ("N.PARTIC", count(&parcels)),
            ("N.STRADE", count(&self.roads)),
            ("N.ACQUE", count(&self.waters)),
            ("N.SVIL-ALL", count(&self.cut_out)),
        ]
    }

    /// Sums of areas, each in the ways in which an office may have counted it: exact and from
    /// rounded areas; what is cut out of the border left out of total and border, or in both.
    fn sums(&self) -> Vec<(&'static str, Vec<f64>)> {
        let sum = |list: &[f64]| -> [f64; 2] {
            [list.iter().sum(), list.iter().map(|m2| m2.round()).sum()]
        };
        let plus = |a: [f64; 2], b: [f64; 2]| [a[0] + b[0], a[1] + b[1]];
        let parcels: Vec<f64> = self.parcels.values().flatten().copied().collect();
        let [parcels, roads, waters] = [&parcels, &self.roads, &self.waters].map(|list| sum(list));
        let (cut_out, border) = (sum(&self.cut_out), sum(&self.border));
        let total = plus(plus(parcels, roads), waters);
        let both = |without: [f64; 2]| [without, plus(without, cut_out)].concat();
        vec![
            ("FABBRIC", sum(&self.buildings).to_vec()),
            ("PARTIC", parcels.to_vec()),
            ("STRADE", roads.to_vec()),
            ("ACQUE", waters.to_vec()),
            ("SVIL-ALL", cut_out.to_vec()),
            ("TOTALE", both(total)),
            ("CONFINE", both(border)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse as parse_cxf;
    use super::*;

    const CXF: &str = "MAPPA\r\nX001_000100\r\n1000\r\n\
        BORDO\r\nX001_000100\r\n12\r\n0\r\n0\r\n0\r\n0\r\n0\r\n0\r\n5\r\n\
        0\r\n0\r\n30\r\n0\r\n30\r\n10\r\n0\r\n10\r\n0\r\n0\r\n\
        BORDO\r\n1\r\n12\r\n0\r\n0\r\n0\r\n0\r\n0\r\n0\r\n5\r\n\
        0\r\n0\r\n10\r\n0\r\n10\r\n10\r\n0\r\n10\r\n0\r\n0\r\n\
        BORDO\r\n1\r\n12\r\n0\r\n0\r\n0\r\n0\r\n0\r\n0\r\n5\r\n\
        10\r\n0\r\n30\r\n0\r\n30\r\n10\r\n10\r\n10\r\n10\r\n0\r\nEOF\r\n";

    const SUP: &str = "X001_000100  20260101\r\nN.FABBRIC           0\r\nN.PARTIC            2\r\n\
        1                 101\r\n1                 200\r\nPARTIC            301\r\n\
        TOTALE            301\r\nCONFINE           300\r\nSBILANCIO           1\r\n";

    fn compared(text: &str) -> Vec<Note> {
        let sheet = parse_cxf(CXF.as_bytes()).expect("is CXF");
        compare(&sheet, &parse(text.as_bytes()))
    }

    #[test]
    fn rounding_is_no_difference() {
        let notes = compared(SUP);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert_eq!(
            (notes[0].rule, notes[0].severity),
            ("sup.compared", Severity::Info)
        );
    }

    #[test]
    fn every_difference_is_told_with_its_line() {
        for (from, to, rule, line) in [
            (
                "N.PARTIC            2",
                "N.PARTIC            3",
                "sup.count",
                3,
            ),
            (
                "1                 101",
                "1                 105",
                "sup.area",
                4,
            ),
            ("1                 101\r\n", "", "sup.parcel", 4),
            (
                "1                 101",
                "7                 101",
                "sup.parcel",
                5,
            ),
            (
                "CONFINE           300",
                "CONFINE           310",
                "sup.area",
                8,
            ),
            (
                "SBILANCIO           1",
                "SBILANCIO           9",
                "sup.imbalance",
                9,
            ),
            ("X001_000100", "X001_000200", "sup.name", 1),
            (
                "PARTIC            301",
                "PARTIC            ???",
                "sup.row",
                6,
            ),
        ] {
            let notes = compared(&SUP.replacen(from, to, 1));
            let found = notes
                .iter()
                .any(|note| note.rule == rule && note.line == line);
            assert!(found, "{to}: {notes:?}");
            assert!(
                notes
                    .iter()
                    .any(|note| note.rule == "sup.compared" && note.severity == Severity::Warning)
            );
        }
    }
}
