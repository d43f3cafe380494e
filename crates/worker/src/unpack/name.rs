//! Names of entries.

use crate::failure::{Failure, FailureKind};
use crate::vector::Encoding;

/// Bytes of a name at most.
const LONGEST: usize = 1_000;

/// The name of an entry: folders and file, separated by `/`, none of which leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(String);

impl Name {
    /// Returns a name from its bytes.
    pub(super) fn of_entry(bytes: &[u8]) -> Result<Self, Failure> {
        // Many programs write UTF-8 without saying so; Windows here otherwise code page 850.
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => Encoding::Cp850.decode(bytes).0,
        };
        let text = text.replace('\\', "/");
        let refused = |what: &str| {
            let shown: String = text.chars().take(80).collect();
            let message = format!("The name {shown:?} in the archive {what}.");
            Err(Failure::of_file(FailureKind::EntryName, message))
        };
        if text.starts_with('/') || text.as_bytes().get(1) == Some(&b':') {
            return refused("is absolute");
        }
        if text.chars().any(char::is_control) {
            return refused("holds control characters");
        }
        if text.len() > LONGEST {
            return refused("is too long");
        }
        let parts: Vec<&str> = text
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .collect();
        if parts.contains(&"..") {
            return refused("leads out of its folder");
        }
        if parts.is_empty() {
            return refused("is empty");
        }
        Ok(Self(parts.join("/")))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name in small letters, which must be there once only.
    pub(super) fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// Returns the folders, `None` at the top.
    pub(super) fn folder(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(folder, _)| folder)
    }

    /// Returns what stands after the last `/`.
    pub(super) fn file(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, file)| file)
    }

    /// Returns what follows the last dot of the file, in small letters.
    pub(super) fn ending(&self) -> String {
        let ending = self.file().rsplit_once('.').map(|(_, ending)| ending);
        ending.unwrap_or_default().to_lowercase()
    }

    /// Says whether it is what file managers leave behind.
    pub(super) fn is_clutter(&self) -> bool {
        let file = self.file();
        self.0.starts_with("__MACOSX/")
            || file.starts_with("._")
            || file.eq_ignore_ascii_case(".DS_Store")
            || file.eq_ignore_ascii_case("thumbs.db")
            || file.eq_ignore_ascii_case("desktop.ini")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for text in [
            "../a",
            "a/../../b",
            "/etc/x",
            "\\x",
            "C:\\x",
            "c:x",
            "..\\a",
            "a\\..\\b",
            "",
            "/",
            ".",
            "a\nb",
            "a\0b",
        ] {
            assert!(Name::of_entry(text.as_bytes()).is_err(), "{text:?}");
        }
        let long = "x".repeat(2_000);
        assert!(Name::of_entry(long.as_bytes()).is_err());
    }

    #[test]
    fn names_are_brought_into_one_form() {
        for (text, name, ending) in [
            ("a/b.SHP", "a/b.SHP", "shp"),
            (
                "./a//b\\Zona di l\u{e0}.Dbf",
                "a/b/Zona di l\u{e0}.Dbf",
                "dbf",
            ),
            ("..a/b..c", "..a/b..c", "c"),
            ("x/", "x", ""),
        ] {
            let found = Name::of_entry(text.as_bytes()).expect(text);
            assert_eq!((found.as_str(), found.ending().as_str()), (name, ending));
        }
        let found = Name::of_entry(b"citt\x85.shp").expect("a name");
        assert_eq!(found.as_str(), "citt\u{e0}.shp");
    }
}
