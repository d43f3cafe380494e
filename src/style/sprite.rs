//! The images of all patterns side by side, as MapLibre loads them.

use std::fmt::Write as _;

use libdeflater::{CompressionLvl, Compressor, crc32};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::hatch::Pattern;

/// Pattern images in one PNG, with their places in it.
#[derive(Debug, Clone, Default)]
pub struct Sprite {
    /// The image.
    pub png: Vec<u8>,
    /// Places of the patterns in it, by their names, as MapLibre wants them.
    pub places: Value,
}

/// The sprite for screens of one and of two device pixels a pixel.
#[derive(Debug, Clone, Default)]
pub struct Sprites {
    plain: Sprite,
    double: Sprite,
    version: String,
}

impl Sprites {
    /// Draws patterns; each name once.
    pub(super) fn draw(patterns: &[Pattern]) -> Self {
        let [plain, double] = [1, 2].map(|ratio| sprite(patterns, ratio));
        let digest = Sha256::new()
            .chain_update(&plain.png)
            .chain_update(&double.png)
            .chain_update(plain.places.to_string())
            .finalize();
        let version = digest.iter().take(8).fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        Self {
            plain,
            double,
            version,
        }
    }

    /// Its version: another one when any pattern changes.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The sprite for so many device pixels a pixel: of 1 or 2.
    pub fn of_ratio(&self, ratio: u8) -> &Sprite {
        match ratio {
            2 => &self.double,
            _ => &self.plain,
        }
    }
}

fn sprite(patterns: &[Pattern], ratio: u8) -> Sprite {
    let images: Vec<_> = patterns
        .iter()
        .map(|pattern| (pattern, pattern.image(f64::from(ratio))))
        .collect();
    let width: usize = images.iter().map(|(_, image)| image.side).sum();
    let height = images
        .iter()
        .map(|(_, image)| image.side)
        .max()
        .unwrap_or(0);
    let mut pixels = vec![0; width * height * 4];
    let mut places = Map::new();
    let mut left = 0;
    for (pattern, image) in &images {
        let bytes = image.side * 4;
        for (row, line) in image.rgba.chunks_exact(bytes).enumerate() {
            let start = (row * width + left) * 4;
            pixels[start..start + bytes].copy_from_slice(line);
        }
        places.insert(
            pattern.id.clone(),
            json!({
                "x": left, "y": 0,
                "width": image.side, "height": image.side,
                "pixelRatio": ratio,
            }),
        );
        left += image.side;
    }
    Sprite {
        png: png(width, height, &pixels),
        places: Value::Object(places),
    }
}

/// Pixels as PNG (ISO/IEC 15948): eight bits of red, green, blue and opacity; no filter.
fn png(width: usize, height: usize, rgba: &[u8]) -> Vec<u8> {
    let (width, height) = (width.max(1), height.max(1));
    let mut lines = Vec::with_capacity((width * 4 + 1) * height);
    for row in 0..height {
        lines.push(0);
        let line = rgba.get(row * width * 4..(row + 1) * width * 4);
        match line {
            Some(line) => lines.extend_from_slice(line),
            None => lines.resize(lines.len() + width * 4, 0),
        }
    }
    let mut compressor = Compressor::new(CompressionLvl::best());
    let mut data = vec![0; compressor.zlib_compress_bound(lines.len())];
    // The buffer is as large as the library asks for, so this cannot fail.
    let size = compressor.zlib_compress(&lines, &mut data).unwrap_or(0);
    data.truncate(size);
    let mut out = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
    let mut header = Vec::with_capacity(13);
    for side in [width, height] {
        header.extend(u32::try_from(side).unwrap_or(u32::MAX).to_be_bytes());
    }
    header.extend([8, 6, 0, 0, 0]);
    for (kind, content) in [(b"IHDR", &header), (b"IDAT", &data), (b"IEND", &Vec::new())] {
        let mut chunk = kind.to_vec();
        chunk.extend_from_slice(content);
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        out.extend(length.to_be_bytes());
        out.extend_from_slice(&chunk);
        out.extend(crc32(&chunk).to_be_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use libdeflater::Decompressor;

    use super::*;

    #[test]
    fn a_sprite_holds_every_pattern_in_its_place() {
        let patterns: Vec<Pattern> = ["hatch-45-8-1.5-c0392b", "dots-9-1.6-0a7e8c"]
            .iter()
            .map(|id| Pattern::parse(id).expect("is a pattern"))
            .collect();
        let sprites = Sprites::draw(&patterns);
        for ratio in [1_u8, 2] {
            let sprite = sprites.of_ratio(ratio);
            let side =
                |at: usize| u32::from_be_bytes(sprite.png[at..at + 4].try_into().expect("4"));
            let (width, height) = (side(16) as usize, side(20) as usize);
            // The signature, a header of 25 bytes, then the length of the data and its name.
            let data = &sprite.png[41..sprite.png.len() - 16];
            let mut lines = vec![0; (width * 4 + 1) * height];
            let size = Decompressor::new()
                .zlib_decompress(data, &mut lines)
                .expect("is zlib");
            assert_eq!(size, lines.len());
            for pattern in &patterns {
                let place = &sprite.places[&pattern.id];
                assert_eq!(place["pixelRatio"], ratio);
                let left = place["x"].as_u64().expect("a number") as usize;
                let image = pattern.image(f64::from(ratio));
                for row in 0..image.side {
                    let start = row * (width * 4 + 1) + 1 + left * 4;
                    let bytes = image.side * 4;
                    let expected = &image.rgba[row * bytes..(row + 1) * bytes];
                    assert_eq!(&lines[start..start + bytes], expected, "{}", pattern.id);
                }
            }
        }
        assert_eq!(sprites.version().len(), 16);
        assert_ne!(sprites.version(), Sprites::draw(&patterns[..1]).version());
        assert!(!Sprites::draw(&[]).of_ratio(1).png.is_empty());
    }
}
