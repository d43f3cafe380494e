//! Italian tax codes and VAT numbers: their check characters.

/// Value of a character on an odd place (the first is odd), for 0-9 and A-Z.
const ODD: [u32; 36] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6,
    8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/// Places at which a person's code has digits, or letters that stand for them (omocodia).
const DIGITS: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];

/// Letters that stand for the digits 0 to 9 when two persons would have the same code.
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";

/// Whether a text is a person's tax code (codice fiscale), in capitals: D.M. 23 December 1976.
#[must_use]
pub fn is_tax_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 16 {
        return false;
    }
    for (place, byte) in bytes.iter().enumerate() {
        let fits = if DIGITS.contains(&place) {
            byte.is_ascii_digit() || OMOCODIA.contains(byte)
        } else {
            byte.is_ascii_uppercase()
        };
        if !fits {
            return false;
        }
    }
    if !b"ABCDEHLMPRST".contains(&bytes[8]) {
        return false;
    }
    let sum: u32 = bytes[..15]
        .iter()
        .enumerate()
        .map(|(place, byte)| {
            let value = if byte.is_ascii_digit() {
                byte - b'0'
            } else {
                byte - b'A' + 10
            };
            if place % 2 == 0 {
                ODD[usize::from(value)]
            } else {
                // On even places digits and letters count from 0 alike.
                u32::from(if value < 10 { value } else { value - 10 })
            }
        })
        .sum();
    u32::from(bytes[15] - b'A') == sum % 26
}

/// Whether a text is a VAT number (partita IVA), also the tax code of an organisation.
#[must_use]
pub fn is_vat_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 11 || !bytes.iter().all(u8::is_ascii_digit) || text == "00000000000" {
        return false;
    }
    let sum: u32 = bytes
        .iter()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match (place % 2 == 1, digit * 2) {
                (false, _) => digit,
                (true, doubled) if doubled > 9 => doubled - 9,
                (true, doubled) => doubled,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Codes of nobody: the names of examples.
    #[test]
    fn check_characters_are_computed() {
        for code in ["RSSMRA80A01H501U", "RSSMRA85T10A562S", "BNCLRA75M41F205A"] {
            assert!(is_tax_code(code), "{code}");
        }
        for code in [
            "RSSMRA85T10A562T",
            "RSSMRA85T10A56S",
            "RSSMRA85T10A562SS",
            "RSSMRA85F10A562S",
            "1SSMRA85T10A562S",
            "rssmra85t10a562s",
            "RSSMRA85T10À562S",
        ] {
            assert!(!is_tax_code(code), "{code}");
        }
    }

    #[test]
    fn letters_may_stand_for_digits() {
        // RSSMRA85T10A562S with the last digit 2 as N, and its own check character.
        assert!(is_tax_code("RSSMRA85T10A56NH"));
        // A letter that stands for no digit does not.
        let fits =
            (b'A'..=b'Z').any(|last| is_tax_code(&format!("RSSMRA85T10A56A{}", char::from(last))));
        assert!(!fits);
    }

    #[test]
    fn vat_numbers_have_a_check_digit() {
        for number in ["00743110157", "12345678903"] {
            assert!(is_vat_number(number), "{number}");
        }
        for number in [
            "12345678901",
            "1234567890",
            "123456789030",
            "1234567890A",
            "00000000000",
        ] {
            assert!(!is_vat_number(number), "{number}");
        }
    }
}
