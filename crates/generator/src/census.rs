//! The census of land and buildings as the office delivers it: FAB, TER, SOG, TIT, PRM.
//!
//! Everything is invented. No person has these names together with these tax codes: the codes
//! carry the cadastral code of no comune, so that nobody's can be among them.

use std::fmt::Write as _;

use crate::block::Kind;
use crate::cxf::{Standing, polygon_area};
use crate::dice::Dice;
use crate::sheet::Sheet;

/// Land: quality as the office codes it, classes that it has, income in cents a square metre.
const QUALITIES: [(&str, usize); 5] = [
    ("001", 3), // seminativo
    ("002", 3), // seminativo irriguo
    ("006", 2), // prato
    ("015", 2), // vigneto
    ("021", 2), // bosco ceduo
];
/// Code of land under buildings (ente urbano).
const URBAN: &str = "282";
/// Categories of units, the frequent ones more than once.
const CATEGORIES: [&str; 8] = ["A02", "A03", "A03", "A04", "A07", "C06", "C06", "C02"];
const FIRST: [&str; 10] = [
    "PRIMA", "SECONDO", "TERZIA", "QUARTINO", "QUINTA", "SESTO", "SETTIMIA", "OTTAVIO", "NOVELLA",
    "DECIMO",
];
const LAST: [&str; 12] = [
    "INVENTATI",
    "FINTONI",
    "PROVATI",
    "ESEMPLARI",
    "CAMPIONI",
    "FITTIZIO",
    "IPOTETICI",
    "SIMULATI",
    "APPARENTI",
    "VEROSIMILI",
    "MODELLINI",
    "BOZZETTI",
];

/// The five files of a supply, by their endings.
pub(crate) struct Supply {
    pub(crate) fab: String,
    pub(crate) ter: String,
    pub(crate) sog: String,
    pub(crate) tit: String,
    pub(crate) prm: String,
}

/// Writes the census of a comune's sheets.
pub(crate) fn write(
    code: &str,
    sheets: &[&Sheet],
    standing: &[Standing<'_>],
    dice: &mut Dice,
) -> Supply {
    let mut supply = Supply {
        fab: String::new(),
        ter: String::new(),
        sog: String::new(),
        tit: String::new(),
        prm: String::new(),
    };
    let people = LAST.len() * FIRST.len();
    for person in 0..people {
        let (last, first) = (LAST[person / FIRST.len()], FIRST[person % FIRST.len()]);
        let sex = 1 + person % 2;
        // The code of the comune of birth, X999, does not exist.
        let tax = format!(
            "{}{}{:02}A{:02}X999{}",
            consonants(last),
            consonants(first),
            50 + person % 50,
            1 + person % 28,
            char::from(b'A' + (person % 26) as u8)
        );
        let _ = write!(
            supply.sog,
            "{code}||{}|P|{last}|{first}|{sex}|0101{}|X999|{tax}||\r\n",
            person + 1,
            1950 + person % 50
        );
    }
    let mut unit = 0;
    let mut owned = 0;
    for sheet in sheets {
        let foglio = sheet.code[..4].trim_start_matches('0');
        for parcel in &sheet.parcels {
            if !matches!(parcel.kind, Kind::Parcel) {
                continue;
            }
            let m2: f64 = parcel.parts.iter().map(polygon_area).sum();
            let built = standing
                .iter()
                .filter(|one| one.sheet == sheet.code && one.parcel == parcel.label)
                .count();
            unit += 1;
            // One parcel in forty has another area in the census than on the map.
            let census = match dice.below(40) {
                0 => m2 * 1.09,
                _ => m2,
            };
            land(
                &mut supply.ter,
                code,
                unit,
                foglio,
                &parcel.label,
                census,
                built > 0,
                dice,
            );
            if built == 0 {
                owned += 1;
                title(&mut supply.tit, code, owned, unit, 'T', dice.below(people));
            }
            for sub in 0..built {
                unit += 1;
                owned += 1;
                building(
                    &mut supply.fab,
                    code,
                    unit,
                    foglio,
                    &parcel.label,
                    sub + 1,
                    dice,
                );
                title(&mut supply.tit, code, owned, unit, 'F', dice.below(people));
            }
        }
    }
    let _ = write!(
        supply.prm,
        "Data richiesta : 01012026\r\nData elaborazione : 02012026\r\nTipologia di estrazione : \
         completa\r\nComune : {code}\r\nNumero record : {}\r\n",
        supply.fab.lines().count()
            + supply.ter.lines().count()
            + supply.sog.lines().count()
            + supply.tit.lines().count()
    );
    supply
}

fn consonants(name: &str) -> String {
    let mut letters: String = name
        .chars()
        .filter(|c| !"AEIOU".contains(*c))
        .take(3)
        .collect();
    while letters.len() < 3 {
        letters.push('X');
    }
    letters
}

/// A record of land: the six common fields and forty of its own.
#[expect(
    clippy::too_many_arguments,
    reason = "they are the fields of one record"
)]
fn land(
    out: &mut String,
    code: &str,
    unit: usize,
    foglio: &str,
    number: &str,
    m2: f64,
    built: bool,
    dice: &mut Dice,
) {
    let whole = m2.round() as u64;
    let (number, denominator) = number.split_once('/').unwrap_or((number, ""));
    let (quality, classes) = QUALITIES[dice.below(QUALITIES.len())];
    let (quality, class) = match built {
        true => (URBAN, String::new()),
        false => (quality, (1 + dice.below(classes)).to_string()),
    };
    let income = match built {
        true => ["", ""].map(str::to_owned),
        false => [7, 5].map(|cents| {
            let all = whole * cents / 10;
            format!("{},{:02}", all / 100, all % 100)
        }),
    };
    let mut fields = vec![String::new(); 40];
    for (at, value) in [
        (0, foglio.to_owned()),
        (1, number.to_owned()),
        (2, denominator.to_owned()),
        (5, quality.to_owned()),
        (6, class),
        (7, (whole / 10_000).to_string()),
        (8, (whole / 100 % 100).to_string()),
        (9, (whole % 100).to_string()),
        (15, income[0].clone()),
        (16, income[1].clone()),
        (17, "01012020".to_owned()),
    ] {
        fields[at] = value;
    }
    let _ = write!(out, "{code}||{unit}|T|1|1|{}\r\n", fields[..34].join("|"));
}

/// A unit: its record, its identifier and its address.
fn building(
    out: &mut String,
    code: &str,
    unit: usize,
    foglio: &str,
    number: &str,
    sub: usize,
    dice: &mut Dice,
) {
    let category = CATEGORIES[dice.below(CATEGORIES.len())];
    let (number, denominator) = number.split_once('/').unwrap_or((number, ""));
    let rooms = 20 + dice.below(60);
    let mut fields = vec![String::new(); 34];
    for (at, value) in [
        (1, category.to_owned()),
        (2, (1 + dice.below(4)).to_string()),
        (
            3,
            format!("{},{}", rooms / 10, if rooms % 10 < 5 { 0 } else { 5 }),
        ),
        (4, (40 + dice.below(120)).to_string()),
        (
            6,
            format!("{},{:02}", 60 + dice.below(700), dice.below(100)),
        ),
        (12, "T".to_owned()),
        (16, "01012020".to_owned()),
    ] {
        fields[at] = value;
    }
    let _ = write!(out, "{code}||{unit}|F|1|1|{}\r\n", fields.join("|"));
    let _ = write!(
        out,
        "{code}||{unit}|F|1|2||{foglio:0>4}|{number:0>5}|{denominator}|{sub:0>4}||\r\n"
    );
    let _ = write!(
        out,
        "{code}||{unit}|F|1|3|236|DEI PLATANI|{}|||\r\n",
        1 + dice.below(90)
    );
}

/// A right: the whole property of one person.
fn title(out: &mut String, code: &str, row: usize, unit: usize, kind: char, person: usize) {
    let mut fields = vec![String::new(); 28];
    for (at, value) in [
        (0, code.to_owned()),
        (2, (person + 1).to_string()),
        (3, "P".to_owned()),
        (4, unit.to_string()),
        (5, kind.to_string()),
        (6, "1".to_owned()),
        (8, "1000".to_owned()),
        (9, "1000".to_owned()),
        (12, "01012020".to_owned()),
        (27, row.to_string()),
    ] {
        fields[at] = value;
    }
    let _ = write!(out, "{}\r\n", fields.join("|"));
}
