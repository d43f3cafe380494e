//! Content codings of tiles.

use libdeflater::{CompressionLvl, Compressor};

/// A content coding (RFC 9110, 8.4) that tiles can be sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Encoding {
    /// The token of `Content-Encoding`; none for identity.
    pub fn token(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// The word in an entity tag: the same tile in two codings is two entities.
    pub fn word(self) -> &'static str {
        self.token().unwrap_or("id")
    }
}

/// How much time a compression may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// As little as the coding can: somebody waits.
    Least,
    /// As much as pays: nobody waits, and many will read it.
    Most,
}

/// The cheapest coding that an `Accept-Encoding` header allows: zstd, gzip, brotli, identity.
///
/// zstd level 1 takes half the time of gzip level 1 at the same size (figures in benches/).
pub fn negotiate(accept_encoding: Option<&str>) -> Encoding {
    let Some(header) = accept_encoding else {
        return Encoding::Identity;
    };
    let accepts = |wanted: &str| {
        header.split(',').any(|item| {
            let mut parts = item.split(';');
            let named = parts
                .next()
                .is_some_and(|token| token.trim().eq_ignore_ascii_case(wanted));
            let refused = parts.any(|parameter| {
                parameter
                    .trim()
                    .strip_prefix("q=")
                    .and_then(|q| q.trim().parse::<f32>().ok())
                    .is_some_and(|q| q <= 0.0)
            });
            named && !refused
        })
    };
    if accepts("zstd") {
        Encoding::Zstd
    } else if accepts("gzip") {
        Encoding::Gzip
    } else if accepts("br") {
        Encoding::Brotli
    } else {
        Encoding::Identity
    }
}

/// Compresses a tile; when a coding fails or there is nothing to compress, it stays as it is.
pub fn compress(bytes: Vec<u8>, encoding: Encoding, effort: Effort) -> (Vec<u8>, Encoding) {
    if bytes.is_empty() {
        return (bytes, Encoding::Identity);
    }
    let packed = match encoding {
        Encoding::Identity => None,
        Encoding::Gzip => gzip(&bytes, effort),
        Encoding::Brotli => brotli(&bytes, effort),
        Encoding::Zstd => match effort {
            Effort::Least => QUICK_ZSTD.with_borrow_mut(|compressor| {
                let packed = compressor.as_mut()?.compress(&bytes).ok();
                // The bound is larger than the tile: what is kept should not be.
                packed.map(|mut packed| {
                    packed.shrink_to_fit();
                    packed
                })
            }),
            Effort::Most => zstd::bulk::compress(&bytes, 12).ok(),
        },
    };
    match packed {
        Some(packed) => (packed, encoding),
        None => (bytes, Encoding::Identity),
    }
}

thread_local! {
    /// A compressor of level 1: it has tables of some 100 kB, which small tiles would pay for
    /// each time.
    static QUICK: std::cell::RefCell<Compressor> = std::cell::RefCell::new(
        // `CompressionLvl::fastest()` is level 0, which stores and compresses nothing.
        Compressor::new(CompressionLvl::new(1).unwrap_or_default()),
    );
    /// The same for zstd.
    static QUICK_ZSTD: std::cell::RefCell<Option<zstd::bulk::Compressor<'static>>> =
        std::cell::RefCell::new(zstd::bulk::Compressor::new(1).ok());
}

fn gzip(bytes: &[u8], effort: Effort) -> Option<Vec<u8>> {
    let pack = |compressor: &mut Compressor| {
        let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
        let length = compressor.gzip_compress(bytes, &mut out).ok()?;
        out.truncate(length);
        // The bound is larger than the tile: what is kept should not be.
        out.shrink_to_fit();
        Some(out)
    };
    match effort {
        Effort::Least => QUICK.with_borrow_mut(pack),
        Effort::Most => pack(&mut Compressor::new(CompressionLvl::new(10).ok()?)),
    }
}

fn brotli(bytes: &[u8], effort: Effort) -> Option<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: match effort {
            Effort::Least => 2,
            Effort::Most => 9,
        },
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::with_capacity(bytes.len() / 2);
    let mut input = bytes;
    brotli::BrotliCompress(&mut input, &mut out, &parameters).ok()?;
    Some(out)
}

/// A tile as it was before [`compress`]; none when the bytes are not in the coding.
///
/// For bytes of our own alone: it sets no limit to what comes out.
pub(super) fn decompress(bytes: &[u8], encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Identity => Some(bytes.to_vec()),
        Encoding::Gzip => {
            // RFC 1952, 2.3.1: the last four bytes are the length of the input.
            let length = bytes.last_chunk::<4>()?;
            let mut out = vec![0; u32::from_le_bytes(*length) as usize];
            let length = libdeflater::Decompressor::new()
                .gzip_decompress(bytes, &mut out)
                .ok()?;
            out.truncate(length);
            Some(out)
        }
        Encoding::Brotli => {
            let mut out = Vec::new();
            let mut input = bytes;
            brotli::BrotliDecompress(&mut input, &mut out).ok()?;
            Some(out)
        }
        Encoding::Zstd => zstd::stream::decode_all(bytes).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_coding_makes_a_tile_smaller() {
        let bytes = b"catasto.particella".repeat(100);
        for encoding in [Encoding::Gzip, Encoding::Brotli, Encoding::Zstd] {
            for effort in [Effort::Least, Effort::Most] {
                let (packed, used) = compress(bytes.clone(), encoding, effort);
                assert_eq!(used, encoding);
                assert!(packed.len() < bytes.len() / 4, "{used:?}: {}", packed.len());
                assert_eq!(decompress(&packed, used).as_deref(), Some(&bytes[..]));
            }
        }
        assert_eq!(
            compress(Vec::new(), Encoding::Gzip, Effort::Least),
            (Vec::new(), Encoding::Identity)
        );
    }

    #[test]
    fn the_cheapest_accepted_coding_is_taken() {
        assert_eq!(negotiate(None), Encoding::Identity);
        assert_eq!(negotiate(Some("gzip, deflate, br, zstd")), Encoding::Zstd);
        assert_eq!(negotiate(Some("gzip, deflate, br")), Encoding::Gzip);
        assert_eq!(negotiate(Some("zstd;q=0, gzip;q=0.5")), Encoding::Gzip);
        assert_eq!(negotiate(Some("br")), Encoding::Brotli);
        assert_eq!(negotiate(Some("deflate")), Encoding::Identity);
        assert_eq!(negotiate(Some("GZIP")), Encoding::Gzip);
    }
}
