//! Archives of tiles, read back by a reader of their own.

use std::collections::BTreeMap;
use std::path::Path;

use mappale::access::Viewer;
use mappale::app::App;
use mappale::geo::TileAddress;
use mappale::snapshot::Catalogue;
use mappale::tile::{ArchiveError, ArchiveOrder, WrittenArchive, render, select, write_archive};

use crate::sample::Town;
use crate::tile::tiles;

const LAYERS: &str = "catasto.foglio,catasto.particella";
const AREA: [f64; 4] = [9.34, 45.59, 9.39, 45.63];

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 1 << 22];
    let length = libdeflater::Decompressor::new()
        .gzip_decompress(bytes, &mut out)
        .expect("is gzip");
    out.truncate(length);
    out
}

/// A reader of PMTiles v3, written from the specification and not from the writer.
struct Reader {
    file: Vec<u8>,
}

impl Reader {
    fn open(path: &Path) -> Self {
        let file = std::fs::read(path).expect("was written");
        assert_eq!(&file[..8], b"PMTiles\x03");
        Self { file }
    }

    fn number(&self, at: usize) -> usize {
        let bytes: [u8; 8] = self.file[at..at + 8].try_into().expect("eight bytes");
        usize::try_from(u64::from_le_bytes(bytes)).expect("small")
    }

    fn section(&self, at: usize) -> &[u8] {
        let (from, length) = (self.number(at), self.number(at + 8));
        &self.file[from..from + length]
    }

    /// Columns of a directory: id, run, length, offset.
    fn directory(bytes: &[u8]) -> Vec<[u64; 4]> {
        let bytes = inflate(bytes);
        let mut rest = bytes.iter();
        let mut next = || {
            let mut value = 0;
            for shift in (0..64).step_by(7) {
                let byte = u64::from(*rest.next().expect("goes on"));
                value |= (byte & 0x7f) << shift;
                if byte < 0x80 {
                    break;
                }
            }
            value
        };
        let count = usize::try_from(next()).expect("small");
        let mut rows = vec![[0; 4]; count];
        let mut id = 0;
        for row in &mut rows {
            id += next();
            row[0] = id;
        }
        for column in [1, 2] {
            for row in &mut rows {
                row[column] = next();
            }
        }
        for index in 0..count {
            let offset = next();
            rows[index][3] = match offset {
                0 => rows[index - 1][3] + rows[index - 1][2],
                _ => offset - 1,
            };
        }
        assert!(rest.next().is_none(), "nothing is left over");
        rows
    }

    /// A tile as it was drawn; none where there is none.
    fn tile(&self, tile: TileAddress) -> Option<Vec<u8>> {
        let id = id_of(tile);
        let mut directory = Self::directory(self.section(8));
        for _ in 0..4 {
            let [first, run, length, offset] = *directory.iter().rev().find(|row| row[0] <= id)?;
            let (from, length) = (offset as usize, length as usize);
            if run > 0 {
                let tiles = self.section(56);
                let there = id < first + run;
                return there.then(|| inflate(&tiles[from..from + length]));
            }
            directory = Self::directory(&self.section(40)[from..from + length]);
        }
        panic!("directories are too deep");
    }
}

/// The id of a tile, after the specification's own function.
fn id_of(tile: TileAddress) -> u64 {
    let before: u64 = (0..tile.z()).map(|z| 1_u64 << (2 * z)).sum();
    let (mut x, mut y) = (u64::from(tile.x()), u64::from(tile.y()));
    let side = 1_u64 << tile.z();
    let mut place = 0;
    let mut size = side / 2;
    while size > 0 {
        let (right, down) = (u64::from(x & size > 0), u64::from(y & size > 0));
        place += size * size * ((3 * right) ^ down);
        if down == 0 {
            if right == 1 {
                x = (side - 1).wrapping_sub(x);
                y = (side - 1).wrapping_sub(y);
            }
            std::mem::swap(&mut x, &mut y);
        }
        size /= 2;
    }
    before + place
}

async fn town() -> (Town, std::sync::Arc<Catalogue>) {
    let town = Town::published().await;
    let app = App::open(town.db.config.clone(), false).await;
    let catalogue = app.expect("the program opens").catalogue();
    (town, catalogue)
}

fn order(folder: &Path, name: &str, zooms: [u8; 2]) -> ArchiveOrder {
    ArchiveOrder {
        layers: LAYERS.to_owned(),
        zooms,
        file: folder.join(name),
    }
}

fn write(catalogue: &Catalogue, order: &ArchiveOrder) -> WrittenArchive {
    let written = write_archive(catalogue, order, &mut |_| true);
    written.expect("is written").expect("was not stopped")
}

#[tokio::test]
async fn what_is_in_the_archive_is_what_is_served() {
    let (_town, catalogue) = town().await;
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let order = order(folder.path(), "a.pmtiles", [0, 17]);
    let written = write(&catalogue, &order);
    let reader = Reader::open(&order.file);
    assert_eq!(reader.file.len() as u64, written.bytes);
    assert_eq!(reader.number(72) as u64, written.tiles);
    assert_eq!(&reader.file[96..102], &[1, 2, 2, 1, 0, 17]);
    let metadata: serde_json::Value =
        serde_json::from_slice(&inflate(reader.section(24))).expect("is JSON");
    assert_eq!(metadata["vector_layers"][1]["id"], "catasto.particella");
    let mut found = BTreeMap::new();
    for z in 0..=17 {
        for tile in tiles(z, AREA) {
            let selection = select(&catalogue, &Viewer::Anonymous, None, LAYERS, tile);
            let served = render(&selection.expect("the layers exist"), tile);
            let kept = reader.tile(tile).unwrap_or_default();
            assert!(kept == served, "{tile}: {} {}", kept.len(), served.len());
            *found.entry(z).or_insert(0_u64) += u64::from(!served.is_empty());
        }
    }
    assert_eq!(found.values().sum::<u64>(), written.tiles, "{found:?}");
    assert!(found[&17] > 20, "{found:?}");
    assert!(written.contents <= written.tiles);
}

#[tokio::test]
async fn the_bytes_are_the_same_whatever_interrupts_the_work() {
    let (_town, catalogue) = town().await;
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let whole = order(folder.path(), "whole.pmtiles", [8, 18]);
    let first = write(&catalogue, &whole);
    assert_eq!(first.resumed, 0);
    let cut = order(folder.path(), "cut.pmtiles", [8, 18]);
    let mut left = 9;
    let stopped = write_archive(&catalogue, &cut, &mut |_| {
        left -= 1;
        left > 0
    });
    assert_eq!(stopped.expect("stops in order"), None);
    assert!(!cut.file.exists(), "nothing that is not whole has the name");
    // What a fall of the machine may leave: half an entry, and tiles that no entry tells of.
    let part = folder.path().join("cut.pmtiles.part");
    for (name, more) in [("entries", 17), ("tiles", 999)] {
        let mut bytes = std::fs::read(part.join(name)).expect("is there");
        assert!(!bytes.is_empty(), "{name}");
        bytes.extend(std::iter::repeat_n(7, more));
        std::fs::write(part.join(name), bytes).expect("is ours");
    }
    let second = write(&catalogue, &cut);
    assert!(second.resumed > 0);
    let read = |order: &ArchiveOrder| std::fs::read(&order.file).expect("was written");
    assert!(read(&whole) == read(&cut));
    assert!(!part.exists());
    // What another run left, of other zooms, is not gone on with.
    let other = order(folder.path(), "other.pmtiles", [8, 12]);
    let other_part = folder.path().join("other.pmtiles.part");
    std::fs::create_dir(&other_part).expect("is ours");
    std::fs::write(other_part.join("key"), "of something else").expect("is ours");
    std::fs::write(other_part.join("entries"), [0; 36]).expect("is ours");
    assert_eq!(write(&catalogue, &other).resumed, 0);
}

#[tokio::test]
async fn what_cannot_be_exported_is_said() {
    let (_town, catalogue) = town().await;
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let attempt = |layers: &str, zooms| {
        let order = ArchiveOrder {
            layers: layers.to_owned(),
            ..order(folder.path(), "x.pmtiles", zooms)
        };
        write_archive(&catalogue, &order, &mut |_| true).expect_err("cannot be")
    };
    assert!(matches!(
        attempt("catasto.altro", [0, 3]),
        ArchiveError::Layers(_)
    ));
    assert!(matches!(
        attempt("pratica.luogo", [0, 3]),
        ArchiveError::Layers(_)
    ));
    assert!(matches!(attempt(LAYERS, [5, 3]), ArchiveError::Range(5, 3)));
    assert!(matches!(attempt(LAYERS, [0, 21]), ArchiveError::Zoom(_)));
    assert!(matches!(
        attempt("piano.zona", [0, 3]),
        ArchiveError::Nothing(_)
    ));
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("is ours").count(),
        0
    );
}
