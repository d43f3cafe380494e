//! The cadastral code of a comune (codice catastale, "Belfiore").

use std::fmt;
use std::str::FromStr;

/// A letter and three digits: `H833`. The same comune may have had several over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComuneCode([u8; 4]);

/// A text that is no comune code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no cadastral code of a comune: a letter and three digits, such as H833")]
pub struct CodeError(pub String);

impl ComuneCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for ComuneCode {
    type Err = CodeError;

    /// Accepts upper and lower case.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let upper = text.trim().to_ascii_uppercase();
        match <[u8; 4]>::try_from(upper.as_bytes()) {
            Ok(bytes)
                if bytes[0].is_ascii_uppercase() && bytes[1..].iter().all(u8::is_ascii_digit) =>
            {
                Ok(Self(bytes))
            }
            _ => Err(CodeError(text.chars().take(20).collect())),
        }
    }
}

impl fmt::Display for ComuneCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
