//! Codes under which a certificate is found again.

use std::fmt;
use std::str::FromStr;

/// A code that nobody can guess: 100 random bits, in four groups of five letters and digits.
///
/// The letters are Crockford's: none looks like a digit, and I, L and O are read as 1 and 0.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct VerificationCode(String);

/// A text that is no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{text}' is no verification code: one has 20 letters and digits, such as 7F3K9-Q2M4T-08XVB-C6HRN"
)]
pub struct CodeError {
    /// The text, shortened.
    pub text: String,
}

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 20;
const GROUP: usize = 5;

impl VerificationCode {
    /// A new code from the operating system's randomness.
    ///
    /// # Errors
    /// When the operating system gives none.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; LENGTH];
        getrandom::fill(&mut bytes)?;
        // Five bits of each byte: 256 is a multiple of 32, so every letter is as likely.
        Ok(Self(
            bytes
                .iter()
                .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
                .collect(),
        ))
    }

    /// The letters and digits alone, as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for VerificationCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let wrong = || CodeError {
            text: text.chars().take(40).collect(),
        };
        let mut code = String::with_capacity(LENGTH);
        for c in text.chars() {
            let letter = match c.to_ascii_uppercase() {
                '-' | ' ' => continue,
                'I' | 'L' => '1',
                'O' => '0',
                letter => letter,
            };
            let known = u8::try_from(letter).is_ok_and(|byte| LETTERS.contains(&byte));
            if !known || code.len() == LENGTH {
                return Err(wrong());
            }
            code.push(letter);
        }
        if code.len() == LENGTH {
            Ok(Self(code))
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for VerificationCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, letter) in self.0.chars().enumerate() {
            if index > 0 && index % GROUP == 0 {
                formatter.write_str("-")?;
            }
            write!(formatter, "{letter}")?;
        }
        Ok(())
    }
}

// Whoever knows a code can see the certificate: logs must not hold one.
impl fmt::Debug for VerificationCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("VerificationCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_copy_it() {
        let code: VerificationCode = "7F3K9-Q2M4T-08XVB-C6HRN".parse().expect("it is one");
        assert_eq!(code.to_string(), "7F3K9-Q2M4T-08XVB-C6HRN");
        assert_eq!("7f3k9 q2m4t o8xvb c6hrn".parse(), Ok(code));
        for text in [
            "",
            "7F3K9",
            "7F3K9-Q2M4T-08XVB-C6HRN-1",
            "7F3K9-Q2M4T-08XVB-C6HR'",
            "ùùùùù",
        ] {
            assert!(text.parse::<VerificationCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn codes_differ_and_do_not_show_in_logs() {
        let codes: std::collections::HashSet<String> = (0..200)
            .map(|_| {
                VerificationCode::generate()
                    .expect("randomness")
                    .to_string()
            })
            .collect();
        assert_eq!(codes.len(), 200);
        let code = VerificationCode::generate().expect("randomness");
        assert!(!format!("{code:?}").contains(code.as_str()));
    }
}
