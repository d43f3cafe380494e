//! The one key by which census and map are joined.

use wire::census::MapNumbers;

use crate::cadastre::CadastralReference;

/// The key of a parcel of the map: section, sheet and number, such as `_|12|345/A`.
///
/// Annex and development are left out: the census names a parcel without them.
pub fn parcel_key(reference: &CadastralReference) -> String {
    let sheet = &reference.sheet;
    let number = without_zeros(&reference.number);
    format!("{}|{}|{number}", sheet.sezione, sheet.foglio)
}

/// The key of a record of the census; none where it has no sheet or no number.
///
/// Zeros in front are left out, on both sides; a sheet may have the letter of its annex behind.
pub(super) fn census_key(map: &MapNumbers) -> Option<String> {
    let foglio = map.foglio.as_deref()?.trim_start_matches('0');
    let digits = foglio.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let foglio: u16 = digits.parse().ok()?;
    let numero = without_zeros(map.numero.as_deref()?);
    let sezione = map.sezione.as_deref().unwrap_or("_").to_ascii_uppercase();
    let below = map.denominatore.as_deref().map(without_zeros);
    Some(match below.filter(|below| !below.is_empty()) {
        Some(below) => format!("{sezione}|{foglio}|{numero}/{below}"),
        None => format!("{sezione}|{foglio}|{numero}"),
    })
}

/// A number in capitals without zeros in front; one of zeros alone keeps its last.
fn without_zeros(text: &str) -> String {
    let upper = text.trim().to_ascii_uppercase();
    let rest = upper.trim_start_matches('0');
    match rest.chars().next() {
        Some(c) if c != '/' => rest.to_owned(),
        _ if upper.is_empty() => String::new(),
        _ => format!("0{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_make_the_same_key() {
        let of_map = |text: &str| parcel_key(&text.parse().expect("is a reference"));
        let of_census = |sezione: &str, foglio: &str, numero: &str, below: &str| {
            let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            census_key(&MapNumbers {
                sezione: text(sezione),
                foglio: text(foglio),
                numero: text(numero),
                denominatore: text(below),
                subalterno: None,
            })
        };
        for (map, census) in [
            ("X001_001200.345", of_census("", "0012", "00345", "")),
            ("X001_001200.345/A", of_census("", "12", "345", "A")),
            ("X001_001200.123/2", of_census("", "12", "00123", "0002")),
            ("X001_0012A0.007", of_census("", "12A", "7", "")),
            ("X001B001200.B", of_census("b", "0012", "b", "")),
            ("X001_001200.0", of_census("", "12", "000", "")),
        ] {
            assert_eq!(Some(of_map(map)), census, "{map}");
        }
        assert_eq!(of_census("", "", "12", ""), None);
        assert_eq!(of_census("", "12", "", ""), None);
        assert_eq!(of_census("", "XX", "12", ""), None);
    }
}
