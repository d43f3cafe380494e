//! Verification of the chain, on a path of its own: nothing here is shared with what adds links,
//! neither the layout of what is hashed nor the implementation of SHA-256.

use futures_util::TryStreamExt as _;
use ring::digest::{SHA256, digest};
use sqlx::PgConnection;

use super::chain::{Error, Flaw};
use super::sql;

/// Bytes of a hash.
const HASH: usize = 32;

/// SHA-256 of some bytes, hexadecimal, by the implementation that only verification uses.
#[must_use]
pub fn verified_sha256(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * HASH);
    for byte in digest(&SHA256, bytes).as_ref() {
        for half in [byte >> 4, byte & 0xf] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or_default());
        }
    }
    text
}

/// Whether a content with its salt is what was hashed.
#[must_use]
pub fn is_content(salt: &[u8], content: &[u8], hash: &[u8]) -> bool {
    if salt.len() != HASH {
        return false;
    }
    let mut bytes = Vec::with_capacity(HASH + content.len());
    bytes.extend_from_slice(salt);
    bytes.extend_from_slice(content);
    digest(&SHA256, &bytes).as_ref() == hash
}

/// Whether a link is what its hash says: eight bytes of its position, the greatest first, then the
/// hash of the link before, then that of its content.
fn is_link(position: i64, before: &[u8], content: &[u8], hash: &[u8]) -> bool {
    let mut bytes = [0; 8 + HASH + HASH];
    if before.len() != HASH || content.len() != HASH {
        return false;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = match at {
            0..8 => (position >> (56 - 8 * at)) as u8,
            8..40 => before[at - 8],
            _ => content[at - 40],
        };
    }
    digest(&SHA256, &bytes).as_ref() == hash
}

/// Verifies every link and returns how many there are, and what does not fit.
///
/// # Errors
/// [`Error::Database`].
pub async fn verify_links(connection: &mut PgConnection) -> Result<(i64, Vec<Flaw>), Error> {
    let (noted, noted_hash): (i64, Vec<u8>) =
        sqlx::query_as(sql::END).fetch_one(&mut *connection).await?;
    let mut flaws = Vec::new();
    let mut expected = 1;
    let mut previous = vec![0_u8; HASH];
    type Link = (i64, Vec<u8>, Vec<u8>, Vec<u8>);
    let mut links = sqlx::query_as::<_, Link>(sql::LINKS).fetch(connection);
    while let Some((position, content, before, hash)) = links.try_next().await? {
        while expected < position {
            flaws.push(Flaw::Missing(expected));
            expected += 1;
        }
        if !is_link(position, &before, &content, &hash) {
            flaws.push(Flaw::Altered(position));
        }
        if before != previous {
            flaws.push(Flaw::Broken(position));
        }
        previous = hash;
        expected = position + 1;
    }
    let found = expected - 1;
    if found != noted {
        flaws.push(Flaw::Cut { found, noted });
    } else if previous != noted_hash {
        flaws.push(Flaw::OtherEnd(found));
    }
    Ok((found, flaws))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both paths, on what is known: SHA-256 of "abc" (FIPS 180-2).
    #[test]
    fn the_other_path_comes_to_the_same() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(verified_sha256(b"abc"), known);
        let salt = [7; 32];
        let hash = super::super::content_hash(&salt, b"abc");
        assert!(is_content(&salt, b"abc", &hash));
        assert!(!is_content(&salt, b"abd", &hash));
        assert!(!is_content(&salt[..31], b"abc", &hash));
        assert!(!is_link(1, &[0; 31], &hash, &hash));
    }
}
