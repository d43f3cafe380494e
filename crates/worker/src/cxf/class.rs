//! What the elements of a sheet are: classes of areas by their code, names of symbols and lines.

use super::sheet::MapKind;

/// A kind of feature that is read from a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A parcel (particella).
    Parcel,
    /// Public road (strada).
    Road,
    /// Public water (acqua).
    Water,
    /// A building (fabbricato).
    Building,
    /// The border of the sheet itself (confine).
    Border,
    /// The border of a sheet in a map of all (quadro d'unione).
    Index,
    /// A text.
    Text,
    /// A symbol.
    Symbol,
    /// A line.
    Line,
    /// A fiducial point.
    Fiducial,
    /// The place of a scanned map.
    Raster,
    /// A line of a surveyor's booklet (libretto).
    Booklet,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 12] = [
        Self::Parcel,
        Self::Road,
        Self::Water,
        Self::Building,
        Self::Border,
        Self::Index,
        Self::Text,
        Self::Symbol,
        Self::Line,
        Self::Fiducial,
        Self::Raster,
        Self::Booklet,
    ];

    /// Returns its word on the command line and in the stream.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Parcel => "parcel",
            Self::Road => "road",
            Self::Water => "water",
            Self::Building => "building",
            Self::Border => "border",
            Self::Index => "index",
            Self::Text => "text",
            Self::Symbol => "symbol",
            Self::Line => "line",
            Self::Fiducial => "fiducial",
            Self::Raster => "raster",
            Self::Booklet => "booklet",
        }
    }

    /// Returns the class of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }
}

/// Returns the class of an area by its code.
pub(super) fn class_of(code: &str, map: &str, kind: MapKind) -> Class {
    if !map.is_empty() && code.eq_ignore_ascii_case(map) {
        return Class::Border;
    }
    if sheet_name(code).is_some() {
        // In the map of one sheet it is told as odd.
        return Class::Index;
    }
    if code.ends_with('+') {
        return Class::Building;
    }
    let numbered = |prefix: &str| {
        let upper = code.to_ascii_uppercase();
        let rest = upper.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let fondiario = kind == MapKind::Fondiario && code.len() > 1;
    if numbered("STRADA") || (fondiario && numbered("S")) {
        Class::Road
    } else if numbered("ACQUA") || (fondiario && numbered("A")) {
        Class::Water
    } else {
        Class::Parcel
    }
}

/// Returns the name of a map in capitals, such as `H501D076700`, where a text is one.
///
/// Comune, section or `_`, four digits of the sheet, annex, development; in a map of all sheets
/// the last two are `QU`.
pub(super) fn sheet_name(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let bytes = upper.as_bytes();
    let well_formed = bytes.len() == 11
        && bytes[0].is_ascii_uppercase()
        && bytes[1..4].iter().all(u8::is_ascii_digit)
        && (bytes[4] == b'_' || bytes[4].is_ascii_uppercase())
        && bytes[5..9].iter().all(u8::is_ascii_digit)
        && bytes[9..]
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    well_formed.then_some(upper)
}

/// Returns what a symbol stands for, in the words of the specification.
pub(super) const fn symbol_name(code: usize) -> Option<&'static str> {
    Some(match code {
        1 => "punto di controllo",
        2 => "termine particellare",
        3 => "parametro",
        4 => "osso di morto",
        5 => "flusso grande",
        6 => "flusso medio",
        7 => "flusso piccolo",
        8 => "punto fiduciale trigonometrico",
        9 => "graffa piccola",
        10 => "ancora",
        11 => "termine provinciale",
        13 => "croce su roccia",
        14 => "graffa grande",
        15 => "baffettatura piccola",
        16 => "baffettatura grande",
        20 => "punto fiduciale semplice",
        _ => return None,
    })
}

/// Returns what a line is, in the words of the specification.
pub(super) const fn line_name(code: usize) -> Option<&'static str> {
    Some(match code {
        1 => "continua",
        5 => "tratteggiata",
        6 => "punteggiata",
        11 => "croce di chiesa",
        12 => "cornice",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_what_areas_are() {
        let map = "H501D076700";
        for (code, class) in [
            ("H501D076700", Class::Border),
            ("h501d076700", Class::Border),
            ("H501D076800", Class::Index),
            ("STRADA", Class::Road),
            ("STRADA001", Class::Road),
            ("STRADALE", Class::Parcel),
            ("ACQUA", Class::Water),
            ("12+", Class::Building),
            ("123/A+", Class::Building),
            ("12", Class::Parcel),
            ("123/A", Class::Parcel),
            ("B", Class::Parcel),
            ("X0001", Class::Parcel),
            ("S12", Class::Parcel),
            ("A1", Class::Parcel),
        ] {
            assert_eq!(class_of(code, map, MapKind::Map), class, "{code}");
        }
        for (code, class) in [
            ("S12", Class::Road),
            ("A1", Class::Water),
            ("S", Class::Parcel),
            ("A", Class::Parcel),
            (".12", Class::Parcel),
            ("STRADA", Class::Road),
        ] {
            assert_eq!(class_of(code, map, MapKind::Fondiario), class, "{code}");
        }
    }

    #[test]
    fn names_of_maps_are_eleven_characters() {
        assert_eq!(sheet_name("h833_0013a0").as_deref(), Some("H833_0013A0"));
        assert_eq!(sheet_name("X0011234QU").as_deref(), None);
        assert_eq!(sheet_name("X001_1234QU").as_deref(), Some("X001_1234QU"));
        for text in [
            "",
            "30",
            "H833_13",
            "8833_001300",
            "H833-001300",
            "H833_0013è",
        ] {
            assert_eq!(sheet_name(text), None, "{text}");
        }
    }
}
