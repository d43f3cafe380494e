//! Geometries as PostGIS sends and takes them.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};

/// A geometry in EWKB: WKB whose type word may carry an SRID. The bytes are not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ewkb(pub Vec<u8>);

impl Type<Postgres> for Ewkb {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("geometry")
    }
}

impl PgHasArrayType for Ewkb {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("_geometry")
    }
}

impl Encode<'_, Postgres> for Ewkb {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for Ewkb {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        let bytes = value.as_bytes()?;
        match value.format() {
            PgValueFormat::Binary => Ok(Self(bytes.to_vec())),
            // Simple queries answer in hexadecimal.
            PgValueFormat::Text => from_hex(bytes)
                .map(Self)
                .ok_or_else(|| "geometry is no even run of hexadecimal digits".into()),
        }
    }
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_read_strictly() {
        assert_eq!(from_hex(b"0101fF"), Some(vec![1, 1, 255]));
        assert_eq!(from_hex(b"010"), None);
        assert_eq!(from_hex(b"0g"), None);
    }
}
