//! Encodings of text: their names, and bytes to text.

use std::borrow::Cow;

use encoding_rs::{Encoding as Standard, UTF_8, WINDOWS_1252};

/// The upper half of code page 850 (DOS, Western Europe).
const CP850: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
/// The upper half of code page 437 (DOS, United States).
const CP437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// An encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// One of the Encoding Standard; `iso-8859-1` is `windows-1252` there.
    Standard(&'static Standard),
    /// Code page 850.
    Cp850,
    /// Code page 437.
    Cp437,
}

impl Encoding {
    /// UTF-8.
    pub(crate) const UTF8: Self = Self::Standard(UTF_8);
    /// What files without a word about it are most often in.
    pub(crate) const SUPPOSED: Self = Self::Standard(WINDOWS_1252);

    /// Returns the encoding of a name as people, `.cpg` files and ESRI write it.
    pub(crate) fn from_label(label: &str) -> Option<Self> {
        let label = label
            .trim()
            .trim_start_matches('\u{feff}')
            .to_ascii_lowercase();
        let label = label.strip_prefix("ansi ").unwrap_or(&label).trim();
        if let Some(language) = label.strip_prefix("ldid/") {
            return Self::from_ldid(language.parse().ok()?);
        }
        let digits = ["windows-", "cp", "ibm", "oem ", "oem", "ms", ""]
            .into_iter()
            .find_map(|prefix| label.strip_prefix(prefix))
            .unwrap_or(label);
        match digits {
            "850" => return Some(Self::Cp850),
            "437" => return Some(Self::Cp437),
            "65001" => return Some(Self::UTF8),
            "88591" => return Some(Self::SUPPOSED),
            "885915" => return Standard::for_label(b"iso-8859-15").map(Self::Standard),
            _ => {}
        }
        let standard = |name: &str| {
            // What cannot be read byte by byte, such as UTF-16, is in no table of attributes.
            Standard::for_label(name.as_bytes())
                .filter(|found| found.is_ascii_compatible() && found.name() != "replacement")
                .map(Self::Standard)
        };
        standard(label)
            .or_else(|| standard(&format!("windows-{digits}")))
            .or_else(|| standard(&format!("ibm{digits}")))
    }

    /// Returns the encoding of a language driver id, byte 29 of a DBF file.
    pub(crate) fn from_ldid(id: u8) -> Option<Self> {
        let label = match id {
            0x01 | 0x09 | 0x0B | 0x0D | 0x0F | 0x11 | 0x15 | 0x18 | 0x19 | 0x1B => "437",
            0x02 | 0x0A | 0x0C | 0x0E | 0x10 | 0x12 | 0x14 | 0x16 | 0x1A | 0x1D | 0x37 => "850",
            0x03 | 0x57 | 0x58 | 0x59 => "windows-1252",
            0x26 | 0x65 => "ibm866",
            0xC8 => "windows-1250",
            0xC9 => "windows-1251",
            0xCA => "windows-1254",
            0xCB => "windows-1253",
            _ => return None,
        };
        Self::from_label(label)
    }

    /// Returns its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Standard(standard) => standard.name(),
            Self::Cp850 => "cp850",
            Self::Cp437 => "cp437",
        }
    }

    /// Returns the text of bytes, and whether each of them had a meaning.
    pub(crate) fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        match self {
            Self::Standard(standard) => {
                let (text, broken) = standard.decode_without_bom_handling(bytes);
                (text, !broken)
            }
            Self::Cp850 => (by_table(bytes, CP850), true),
            Self::Cp437 => (by_table(bytes, CP437), true),
        }
    }
}

fn by_table(bytes: &[u8], upper: &'static str) -> Cow<'static, str> {
    bytes
        .iter()
        .map(|&byte| match byte {
            0..=0x7F => char::from(byte),
            _ => upper
                .chars()
                .nth(usize::from(byte - 0x80))
                .unwrap_or(char::REPLACEMENT_CHARACTER),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_people_and_files_are_known() {
        for (label, name) in [
            ("UTF-8", "UTF-8"),
            ("utf8\r\n", "UTF-8"),
            ("65001", "UTF-8"),
            ("1252", "windows-1252"),
            ("ANSI 1252", "windows-1252"),
            ("CP1252", "windows-1252"),
            ("ISO-8859-1", "windows-1252"),
            ("ISO8859-1", "windows-1252"),
            ("88591", "windows-1252"),
            ("iso-8859-15", "ISO-8859-15"),
            ("LDID/87", "windows-1252"),
            ("OEM 850", "cp850"),
            ("cp850", "cp850"),
            ("ibm437", "cp437"),
            ("866", "IBM866"),
        ] {
            let found = Encoding::from_label(label).map(Encoding::name);
            assert_eq!(found, Some(name), "{label}");
        }
        for label in ["", "utf-16", "klingon", "99999", "hz-gb-2312"] {
            assert_eq!(Encoding::from_label(label), None, "{label}");
        }
    }

    #[test]
    fn one_place_name_in_four_encodings() {
        let text = "Localit\u{e0} Ca' d'Oro";
        for (label, byte) in [("1252", 0xE0), ("850", 0x85), ("437", 0x85)] {
            let mut bytes = b"Localit? Ca' d'Oro".to_vec();
            bytes[7] = byte;
            let encoding = Encoding::from_label(label).expect("a label");
            assert_eq!(encoding.decode(&bytes), (text.into(), true), "{label}");
        }
        assert_eq!(Encoding::UTF8.decode(text.as_bytes()), (text.into(), true));
        assert!(!Encoding::UTF8.decode(b"\xE0").1);
    }
}
