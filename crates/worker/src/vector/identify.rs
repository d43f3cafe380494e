//! Which of the systems that are used in Italy a CRS without a code is: by its parameters and by
//! what its datum is called.
//!
//! A datum that is not recognised is never taken for another one: PROJ would then leave the datum
//! shift out, which moves a map by 70 to 80 m in Italy.

use gdal::spatial_ref::SpatialRef;

/// What was found.
#[derive(Debug, PartialEq)]
pub(super) enum Identified {
    /// It is this one, and how that is known.
    As(u32, String),
    /// It might be one of several, and which.
    Perhaps(String),
    /// It is none of them.
    No,
}

/// What coordinates refer to, under the names that files give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Datum {
    MonteMario,
    Ed50,
    Etrs89,
    Rdn2008,
    Wgs84,
}

/// Parts of names, lower case, letters and digits alone.
const NAMES: [(Datum, &[&str]); 5] = [
    (
        Datum::MonteMario,
        &[
            "montemario",
            "roma40",
            "roma1940",
            "rome40",
            "rome1940",
            "gaussboaga",
        ],
    ),
    (
        Datum::Ed50,
        &["ed50", "europeandatum1950", "european1950", "europeo1950"],
    ),
    (
        Datum::Etrs89,
        &["etrs89", "etrs1989", "europeanterrestrial"],
    ),
    (Datum::Rdn2008, &["rdn2008", "etrf2000", "retedinamica"]),
    (Datum::Wgs84, &["wgs84", "wgs1984"]),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// Degrees from a prime meridian, itself in degrees from Greenwich.
    Geographic(f64),
    /// Transverse Mercator: central meridian from Greenwich, scale, false easting.
    Mercator(f64, f64, f64),
}

const ROME: f64 = 12.452_333_333_333_333;
/// UTM, whose zones 32 to 34 cover Italy.
const UTM: fn(f64) -> Form = |meridian| Form::Mercator(meridian, 0.9996, 500_000.0);

/// Systems that are used in Italy, with x first in files.
fn known() -> Vec<(u32, Datum, Form, &'static str)> {
    use Datum::{Ed50, Etrs89, MonteMario, Rdn2008, Wgs84};
    let (zone_1, zone_2) = (1_500_000.0, 2_520_000.0);
    let mut all = vec![
        (
            3003,
            MonteMario,
            Form::Mercator(9.0, 0.9996, zone_1),
            "Monte Mario / Italy zone 1",
        ),
        (
            3004,
            MonteMario,
            Form::Mercator(15.0, 0.9996, zone_2),
            "Monte Mario / Italy zone 2",
        ),
        (4265, MonteMario, Form::Geographic(0.0), "Monte Mario"),
        (
            4806,
            MonteMario,
            Form::Geographic(ROME),
            "Monte Mario (Rome)",
        ),
        (4230, Ed50, Form::Geographic(0.0), "ED50"),
        (4258, Etrs89, Form::Geographic(0.0), "ETRS89"),
        (6706, Rdn2008, Form::Geographic(0.0), "RDN2008"),
        (4326, Wgs84, Form::Geographic(0.0), "WGS 84"),
        (
            7794,
            Rdn2008,
            Form::Mercator(12.0, 0.9985, 7_000_000.0),
            "RDN2008 / Italy zone (E-N)",
        ),
        (
            7795,
            Rdn2008,
            Form::Mercator(12.0, 1.0, 3_000_000.0),
            "RDN2008 / Zone 12 (E-N)",
        ),
    ];
    let zones = [
        (
            9.0,
            [23032, 25832, 7791, 32632],
            [
                "ED50 / UTM zone 32N",
                "ETRS89 / UTM zone 32N",
                "RDN2008 / UTM zone 32N (E-N)",
                "WGS 84 / UTM zone 32N",
            ],
        ),
        (
            15.0,
            [23033, 25833, 7792, 32633],
            [
                "ED50 / UTM zone 33N",
                "ETRS89 / UTM zone 33N",
                "RDN2008 / UTM zone 33N (E-N)",
                "WGS 84 / UTM zone 33N",
            ],
        ),
        (
            21.0,
            [23034, 25834, 7793, 32634],
            [
                "ED50 / UTM zone 34N",
                "ETRS89 / UTM zone 34N",
                "RDN2008 / UTM zone 34N (E-N)",
                "WGS 84 / UTM zone 34N",
            ],
        ),
    ];
    for (meridian, codes, names) in zones {
        let datums = [Ed50, Etrs89, Rdn2008, Wgs84];
        for ((code, datum), name) in codes.into_iter().zip(datums).zip(names) {
            all.push((code, datum, UTM(meridian), name));
        }
    }
    all
}

/// Says which CRS one without a code is.
pub(super) fn identify(crs: &SpatialRef) -> Identified {
    let Some(form) = form(crs) else {
        return Identified::No;
    };
    let fitting: Vec<_> = known()
        .into_iter()
        .filter(|(_, datum, other, _)| are_same(form, *other) && has_figure_of(crs, *datum))
        .collect();
    let attribute = |node| crs.get_attr_value(node, 0).ok().flatten();
    let datum_name = attribute("DATUM").unwrap_or_default();
    let names: Vec<String> = [Some(datum_name.clone()), attribute("GEOGCS"), crs.name()]
        .into_iter()
        .flatten()
        .map(|name| plain(&name))
        .collect();
    let mut named: Vec<Datum> = NAMES
        .into_iter()
        .filter(|(_, parts)| {
            parts
                .iter()
                .any(|part| names.iter().any(|name| name.contains(part)))
        })
        .map(|(datum, _)| datum)
        .collect();
    // RDN2008 is the Italian realisation of ETRS89: both names together mean it.
    if named.contains(&Datum::Rdn2008) {
        named.retain(|datum| *datum != Datum::Etrs89);
    }
    let listed = |some: &[(u32, Datum, Form, &str)]| {
        let texts: Vec<String> = some
            .iter()
            .map(|(code, _, _, name)| format!("EPSG:{code} ({name})"))
            .collect();
        texts.join(", ")
    };
    let (chosen, how): (Vec<_>, _) = if named.is_empty() {
        // A false easting that nothing else has; figures of the Earth whose systems coincide.
        let safe = fitting.iter().all(|(_, datum, form, _)| match datum {
            Datum::MonteMario => matches!(form, Form::Mercator(..)),
            Datum::Ed50 => false,
            Datum::Etrs89 | Datum::Rdn2008 => true,
            Datum::Wgs84 => false,
        });
        let first = fitting.iter().take(usize::from(safe)).copied();
        (first.collect(), "its parameters")
    } else {
        let of_name = fitting.iter().filter(|found| named.contains(&found.1));
        (
            of_name.copied().collect(),
            "the name of its datum and its parameters",
        )
    };
    match chosen.as_slice() {
        [(code, _, _, name)] => Identified::As(
            *code,
            format!(
                "The file names no code of its coordinate system; by {how} ('{datum_name}') it is \
                 EPSG:{code} ({name})."
            ),
        ),
        _ if fitting.is_empty() => Identified::No,
        [] => Identified::Perhaps(format!(
            "its parameters fit {}, the name of its datum, '{datum_name}', tells nothing or \
             contradicts them",
            listed(&fitting)
        )),
        several => Identified::Perhaps(format!("it might be {}", listed(several))),
    }
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn form(crs: &SpatialRef) -> Option<Form> {
    let prime = crs.get_attr_value("PRIMEM", 1).ok().flatten();
    let prime: f64 = prime.and_then(|text| text.parse().ok()).unwrap_or(0.0);
    if crs.is_geographic() {
        return Some(Form::Geographic(prime));
    }
    let method = crs.get_attr_value("PROJECTION", 0).ok().flatten()?;
    let is_metric = (crs.linear_units() - 1.0).abs() < 1e-9;
    if method != "Transverse_Mercator" || !is_metric {
        return None;
    }
    let value = |name| crs.get_proj_param(name).ok().flatten();
    let at_origin = |name| value(name).is_none_or(|value| value.abs() < 1e-6);
    if !at_origin("latitude_of_origin") || !at_origin("false_northing") {
        return None;
    }
    Some(Form::Mercator(
        prime + value("central_meridian")?,
        value("scale_factor")?,
        value("false_easting")?,
    ))
}

fn are_same(a: Form, b: Form) -> bool {
    let near = |a: f64, b: f64, most: f64| (a - b).abs() <= most;
    match (a, b) {
        // Rome's meridian is written with more digits and with fewer: 1e-5 degrees are a metre.
        (Form::Geographic(a), Form::Geographic(b)) => near(a, b, 1e-5),
        (Form::Mercator(a, k, x), Form::Mercator(b, l, y)) => {
            near(a, b, 1e-7) && near(k, l, 1e-9) && near(x, y, 1e-3)
        }
        _ => false,
    }
}

/// Whether the figure of the Earth is that of a datum; where two differ by a tenth of a
/// millimetre, by its flattening.
fn has_figure_of(crs: &SpatialRef, datum: Datum) -> bool {
    let (axis, flattening) = match datum {
        Datum::MonteMario | Datum::Ed50 => (6_378_388.0, 297.0),
        Datum::Etrs89 | Datum::Rdn2008 => (6_378_137.0, 298.257_222_101),
        Datum::Wgs84 => (6_378_137.0, 298.257_223_563),
    };
    let written = crs.get_attr_value("SPHEROID", 2).ok().flatten();
    let written: Option<f64> = written.and_then(|text| text.parse().ok());
    let is_axis = crs
        .semi_major()
        .is_ok_and(|found| (found - axis).abs() < 0.01);
    // Many files round the flattening to 298.257, which is all three: the name decides then.
    let near = |found: f64, other: f64| (found - other).abs() < 1e-7;
    is_axis
        && written.is_some_and(|found| {
            near(found, flattening) || near(found, 298.257) && near(flattening.floor(), 298.0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geographic(name: &str, datum: &str, figure: &str) -> String {
        format!(
            "GEOGCS[\"{name}\",DATUM[\"{datum}\",SPHEROID[{figure}]],\
             PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]"
        )
    }

    fn mercator(name: &str, datum: &str, figure: &str, [lon, k, x]: [f64; 3]) -> String {
        format!(
            "PROJCS[\"{name}\",{},PROJECTION[\"Transverse_Mercator\"],\
             PARAMETER[\"False_Easting\",{x:.1}],PARAMETER[\"False_Northing\",0.0],\
             PARAMETER[\"Central_Meridian\",{lon:.1}],PARAMETER[\"Scale_Factor\",{k}],\
             PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]",
            geographic("GCS", datum, figure)
        )
    }

    const INTERNATIONAL: &str = "\"International_1924\",6378388.0,297.0";
    const GRS80: &str = "\"GRS_1980\",6378137.0,298.257222101";
    const WGS84: &str = "\"WGS_1984\",6378137.0,298.257223563";
    const BESSEL: &str = "\"Bessel_1841\",6377397.155,299.1528128";
    const ZONE_1: [f64; 3] = [9.0, 0.9996, 1_500_000.0];
    const ZONE_2: [f64; 3] = [15.0, 0.9996, 2_520_000.0];
    const UTM_32: [f64; 3] = [9.0, 0.9996, 500_000.0];
    const UTM_33: [f64; 3] = [15.0, 0.9996, 500_000.0];

    fn of(wkt: &str) -> Identified {
        identify(&SpatialRef::from_esri(wkt).expect("is read"))
    }

    #[test]
    fn systems_are_known_by_name_and_parameters() {
        for (wkt, code) in [
            (
                mercator(
                    "Monte_Mario_Italy_1",
                    "D_Monte_Mario",
                    INTERNATIONAL,
                    ZONE_1,
                ),
                3003,
            ),
            (
                mercator("Gauss-Boaga Ovest", "Roma_1940", INTERNATIONAL, ZONE_1),
                3003,
            ),
            (
                mercator("Roma40 Est", "D_unnamed", INTERNATIONAL, ZONE_2),
                3004,
            ),
            (
                mercator("senza nome", "unnamed", INTERNATIONAL, ZONE_2),
                3004,
            ),
            (
                mercator("UTM 32", "European_1950", INTERNATIONAL, UTM_32),
                23032,
            ),
            (mercator("ED50_UTM33", "D_x", INTERNATIONAL, UTM_33), 23033),
            (
                mercator("UTM32N ETRF2000", "D_ETRF2000", GRS80, UTM_32),
                7791,
            ),
            (
                mercator("ETRS89_RDN2008_33", "D_ETRS_1989", GRS80, UTM_33),
                7792,
            ),
            (mercator("x", "D_ETRS_1989", GRS80, UTM_32), 25832),
            (mercator("x", "unknown", GRS80, UTM_32), 25832),
            (mercator("x", "D_WGS_1984", WGS84, UTM_33), 32633),
            (mercator("x", "RDN2008", GRS80, [12.0, 0.9985, 7e6]), 7794),
            (geographic("x", "D_Monte_Mario", INTERNATIONAL), 4265),
            (geographic("x", "Rete_Dinamica_Nazionale_2008", GRS80), 6706),
        ] {
            let found = of(&wkt);
            assert!(
                matches!(found, Identified::As(is, _) if is == code),
                "{code}: {found:?}"
            );
        }
    }

    #[test]
    fn what_might_be_several_is_told_and_not_chosen() {
        for (wkt, said) in [
            (
                mercator("x", "unnamed", INTERNATIONAL, UTM_32),
                "EPSG:23032",
            ),
            (
                mercator("x", "Roma_1940", INTERNATIONAL, UTM_32),
                "EPSG:23032",
            ),
            (
                mercator("Roma40 o ED50", "x", INTERNATIONAL, ZONE_1),
                "EPSG:3003",
            ),
            (
                geographic("x", "unnamed", INTERNATIONAL),
                "EPSG:4265 (Monte Mario), EPSG:4230",
            ),
        ] {
            match (said, of(&wkt)) {
                // A name too many does not hinder where one of them fits alone.
                ("EPSG:3003", found) => assert!(matches!(found, Identified::As(3003, _))),
                (said, Identified::Perhaps(text)) => assert!(text.contains(said), "{text}"),
                (said, found) => panic!("{said}: {found:?}"),
            }
        }
    }

    #[test]
    fn another_figure_or_origin_is_none_of_them() {
        for wkt in [
            mercator("Cassini", "D_Genova", BESSEL, ZONE_1),
            mercator(
                "UTMRER",
                "D_Monte_Mario",
                INTERNATIONAL,
                [9.0, 0.9996, 500_053.0],
            ),
            geographic("x", "Roma_1940", BESSEL),
        ] {
            assert_eq!(of(&wkt), Identified::No);
        }
    }
}
