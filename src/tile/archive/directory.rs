//! Header and directories of PMTiles v3.

use super::Error;

/// Bytes of the header.
pub(super) const HEADER_BYTES: usize = 127;

/// The root directory ends within the first 16,384 bytes.
const ROOT_BYTES: usize = 16_384 - HEADER_BYTES;

/// Entries of a leaf at first; larger when the root would not hold so many leaves.
const LEAF_ENTRIES: usize = 4096;

/// Where the bytes of one tile, or of several in a row that are equal, stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) offset: u64,
    pub(super) length: u32,
    /// Tiles in a row; 0 for a leaf directory.
    pub(super) run: u32,
}

/// The root directory and the leaves, compressed as they stand in the file.
pub(super) fn directories(entries: &[Entry]) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let root = gzip(&serialize(entries))?;
    if root.len() <= ROOT_BYTES {
        return Ok((root, Vec::new()));
    }
    let mut size = LEAF_ENTRIES;
    loop {
        let (mut leaves, mut pointers) = (Vec::new(), Vec::new());
        for part in entries.chunks(size) {
            let leaf = gzip(&serialize(part))?;
            pointers.push(Entry {
                id: part[0].id,
                offset: leaves.len() as u64,
                length: u32::try_from(leaf.len()).map_err(|_| Error::TooLarge)?,
                run: 0,
            });
            leaves.extend_from_slice(&leaf);
        }
        let root = gzip(&serialize(&pointers))?;
        if root.len() <= ROOT_BYTES {
            return Ok((root, leaves));
        }
        size *= 2;
    }
}

/// A directory before compression: column after column, ids as differences.
fn serialize(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 6 + 4);
    varint(&mut out, entries.len() as u64);
    let mut last = 0;
    for entry in entries {
        varint(&mut out, entry.id - last);
        last = entry.id;
    }
    for entry in entries {
        varint(&mut out, u64::from(entry.run));
    }
    for entry in entries {
        varint(&mut out, u64::from(entry.length));
    }
    let mut end = None;
    for entry in entries {
        // 0: right behind the one before.
        let follows = end == Some(entry.offset);
        varint(&mut out, if follows { 0 } else { entry.offset + 1 });
        end = Some(entry.offset + u64::from(entry.length));
    }
    out
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Gzip that depends on the bytes alone: no time, no name.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut compressor =
        libdeflater::Compressor::new(libdeflater::CompressionLvl::new(6).unwrap_or_default());
    let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor
        .gzip_compress(bytes, &mut out)
        .map_err(|_| Error::TooLarge)?;
    out.truncate(length);
    Ok(out)
}

/// What the header says.
pub(super) struct Header {
    pub(super) root: u64,
    pub(super) metadata: u64,
    pub(super) leaves: u64,
    pub(super) tiles: u64,
    pub(super) addressed: u64,
    pub(super) entries: u64,
    pub(super) contents: u64,
    pub(super) zooms: [u8; 2],
    /// West, south, east, north in degrees.
    pub(super) bounds: [f64; 4],
}

impl Header {
    /// The header's bytes; sections stand one behind the other: root, metadata, leaves, tiles.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = b"PMTiles\x03".to_vec();
        let mut at = HEADER_BYTES as u64;
        for length in [self.root, self.metadata, self.leaves, self.tiles] {
            out.extend_from_slice(&at.to_le_bytes());
            out.extend_from_slice(&length.to_le_bytes());
            at += length;
        }
        for count in [self.addressed, self.entries, self.contents] {
            out.extend_from_slice(&count.to_le_bytes());
        }
        // In the order of ids; gzip inside and for tiles; tiles are MVT.
        out.extend_from_slice(&[1, 2, 2, 1]);
        out.extend_from_slice(&self.zooms);
        // Ten-millionths of a degree: 1.8e9 at most.
        let e7 = |degrees: f64| ((degrees * 1e7).round() as i32).to_le_bytes();
        let [west, south, east, north] = self.bounds;
        for degrees in [west, south, east, north] {
            out.extend_from_slice(&e7(degrees));
        }
        out.push(self.zooms[0]);
        out.extend_from_slice(&e7((west + east) / 2.0));
        out.extend_from_slice(&e7((south + north) / 2.0));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_as_long_as_it_says() {
        let header = Header {
            root: 1,
            metadata: 2,
            leaves: 3,
            tiles: 4,
            addressed: 5,
            entries: 6,
            contents: 7,
            zooms: [0, 16],
            bounds: [9.0, 45.0, 9.5, 45.5],
        };
        assert_eq!(header.bytes().len(), HEADER_BYTES);
    }

    #[test]
    fn many_entries_go_into_leaves_and_the_root_stays_small() {
        let entries: Vec<Entry> = (0..300_000_u64)
            .map(|n| Entry {
                id: n * 3 + n % 2,
                offset: n * 1000 + n.wrapping_mul(2_654_435_761) % 900,
                length: 100 + (n % 800) as u32,
                run: 1,
            })
            .collect();
        let (root, leaves) = directories(&entries).expect("fits");
        assert!(root.len() <= ROOT_BYTES && !leaves.is_empty());
        let (root, leaves) = directories(&entries[..10]).expect("fits");
        assert!(root.len() < 200 && leaves.is_empty());
    }
}
