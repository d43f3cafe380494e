//! Tiles of many zooms in one file: PMTiles v3, for object storage or a content network.
//!
//! The file depends on what is published and on nothing else: the same layers, parts and zooms
//! give the same bytes, however often the work was interrupted. Tiles come in the order of
//! their ids; equal ones are kept once, and neighbours that are equal share an entry.
//!
//! While it is made, `FILE.part/` holds the tiles and their entries as far as they are done. A
//! run that finds them, made of the same parts, goes on behind the last entry that is whole.
//! Memory holds the entries (24 bytes a tile), the digests of at most a million tiles, and the
//! tiles of one step.

mod directory;
mod hilbert;

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::access::Viewer;
use crate::geo::{LonLatBox, TileAddress, TileError};
use crate::snapshot::Catalogue;

use super::render::render;
use super::select::{SelectionError, select};
use directory::{Entry, HEADER_BYTES, Header, directories, gzip};
use hilbert::{first_id, tile_at};

/// Tiles that are drawn in one step, by all cores together.
const STEP: usize = 512;

/// Distinct tiles that are known again.
const KNOWN: usize = 1_000_000;

/// Bytes of an entry while the file is made: id, offset, length, digest.
const RECORD: usize = 8 + 8 + 4 + 16;

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A layer that does not exist, or is not public.
    #[error(transparent)]
    Layers(#[from] SelectionError),
    /// Zooms that are not served.
    #[error(transparent)]
    Zoom(#[from] TileError),
    /// The first zoom is behind the last.
    #[error("zoom {0} to {1} is no range")]
    Range(u8, u8),
    /// Nothing is published of these layers.
    #[error("nothing is published of {0}")]
    Nothing(String),
    /// More than the format holds.
    #[error("the archive would be too large for its format")]
    TooLarge,
    /// The disk.
    #[error("archive {path}")]
    File {
        /// What was read or written.
        path: PathBuf,
        /// Why it could not be.
        source: io::Error,
    },
}

/// What to put into an archive.
#[derive(Debug, Clone)]
pub struct Order {
    /// Ids of public layers, joined by commas.
    pub layers: String,
    /// First and last zoom.
    pub zooms: [u8; 2],
    /// The file.
    pub file: PathBuf,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Tiles that are not empty.
    pub tiles: u64,
    /// Distinct ones among them.
    pub contents: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Tiles that an earlier run had made.
    pub resumed: u64,
}

/// Writes the tiles of public layers of a catalogue to a file; `progress` is told how far it is
/// (of 10,000), and says whether to go on.
///
/// # Errors
/// [`Error`]. What was made stays in `FILE.part/` for another run. None when `progress` stopped it.
pub fn write_archive(
    catalogue: &Catalogue,
    order: &Order,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<Written>, Error> {
    let [first, last] = order.zooms;
    if first > last {
        return Err(Error::Range(first, last));
    }
    TileAddress::new(u32::from(last), 0, 0)?;
    let content = Content::of(catalogue, order)?;
    let mut making = Making::open(&order.file, &content.key)?;
    let resumed = making.entries.len() as u64;
    let mut step = Vec::with_capacity(STEP);
    for z in first..=last {
        let mut stack = vec![(0_u8, 0_u64)];
        while let Some((level, place)) = stack.pop() {
            let [x, y] = tile_at(level, place);
            let node = TileAddress::new(u32::from(level), x, y)?;
            let ends = first_id(z) + ((place + 1) << (2 * u32::from(z - level)));
            let is_done = making.last_id().is_some_and(|id| ends <= id + 1);
            if is_done || !content.meets(node) {
                continue;
            }
            if level < z {
                // The last of the four is put down first.
                stack.extend((0..4).rev().map(|child| (level + 1, place * 4 + child)));
                continue;
            }
            step.push((ends - 1, node));
            if step.len() == STEP {
                making.add(&content, &mut step)?;
                if !progress(share_done(z, place, order.zooms)) {
                    return Ok(None);
                }
            }
        }
        making.add(&content, &mut step)?;
        if !progress(share_done(z, (1 << (2 * u32::from(z))) - 1, order.zooms)) {
            return Ok(None);
        }
    }
    let written = making.finish(&order.file, &content, order.zooms)?;
    Ok(Some(Written { resumed, ..written }))
}

/// How far a run is, of 10,000; the last zoom is most of the work.
fn share_done(z: u8, place: u64, [first, last]: [u8; 2]) -> u64 {
    let id = |z: u8| first_id(z) as f64;
    let all = id(last + 1) - id(first);
    let done = id(z) + place as f64 + 1.0 - id(first);
    (done / all * 10_000.0) as u64
}

/// What the tiles are made of.
struct Content<'a> {
    catalogue: &'a Catalogue,
    layers: &'a str,
    key: String,
    bounds: LonLatBox,
    metadata: Vec<u8>,
}

impl<'a> Content<'a> {
    fn of(catalogue: &'a Catalogue, order: &'a Order) -> Result<Self, Error> {
        // The whole world: every part meets it, where its layer is drawn at all.
        let deepest = TileAddress::new(0, 0, 0)?;
        let selection = select(catalogue, &Viewer::Anonymous, None, &order.layers, deepest)?;
        let mut hash = Sha256::new();
        hash.update(crate::snapshot::ENCODER);
        hash.update(order.layers.as_bytes());
        hash.update(order.zooms);
        let mut bounds = LonLatBox::EMPTY;
        let mut vector_layers = Vec::new();
        for (file, _) in &selection.layers {
            let definition = &file.definition;
            hash.update(file.sha256);
            let parts = catalogue.layer(&definition.id).map(|entry| &entry.parts);
            for part in parts.into_iter().flatten() {
                hash.update(part.part_id.to_le_bytes());
                if let Some(area) = part.lon_lat_box() {
                    bounds = bounds.union(area);
                }
            }
            let fields: serde_json::Map<String, serde_json::Value> = definition
                .tile
                .attributes
                .iter()
                .map(|name| (name.clone(), "".into()))
                .collect();
            vector_layers.push(json!({
                "id": definition.id,
                "description": definition.description.it,
                "minzoom": definition.tile.min_zoom.max(order.zooms[0]),
                "maxzoom": order.zooms[1],
                "fields": fields,
            }));
        }
        if bounds.is_empty() {
            return Err(Error::Nothing(order.layers.clone()));
        }
        let metadata = json!({
            "name": order.layers,
            "vector_layers": vector_layers,
            "generator": concat!("mappale ", env!("CARGO_PKG_VERSION")),
        });
        Ok(Self {
            catalogue,
            layers: &order.layers,
            key: crate::blob::hex(&hash.finalize()),
            bounds,
            metadata: gzip(metadata.to_string().as_bytes())?,
        })
    }

    /// Whether anything may be in a tile or below it.
    fn meets(&self, tile: TileAddress) -> bool {
        let area = tile.buffered_box();
        self.layers
            .split(',')
            .filter_map(|id| self.catalogue.layer(id))
            .flat_map(|entry| &entry.parts)
            .any(|part| !part.features.is_empty() && part.features.bounds().intersects(&area))
    }

    /// A tile as it stands in the archive; none when it is empty.
    fn draw(&self, tile: TileAddress) -> Result<Option<Vec<u8>>, Error> {
        let selection = select(self.catalogue, &Viewer::Anonymous, None, self.layers, tile)?;
        if selection.is_empty() {
            return Ok(None);
        }
        let bytes = render(&selection, tile);
        if bytes.is_empty() {
            return Ok(None);
        }
        gzip(&bytes).map(Some)
    }
}

/// An archive while it is made.
struct Making {
    folder: PathBuf,
    tiles: BufWriter<File>,
    records: BufWriter<File>,
    entries: Vec<Entry>,
    known: HashMap<[u8; 16], (u64, u32)>,
    contents: u64,
    end: u64,
}

impl Making {
    /// Goes on with what an earlier run made of the same parts, or begins.
    fn open(file: &Path, key: &str) -> Result<Self, Error> {
        let mut folder = file.as_os_str().to_owned();
        folder.push(".part");
        let folder = PathBuf::from(folder);
        let fault = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::File { path, source }
        };
        let key_path = folder.join("key");
        let is_ours = fs::read_to_string(&key_path).is_ok_and(|found| found == key);
        if !is_ours {
            if folder.exists() {
                fs::remove_dir_all(&folder).map_err(fault(&folder))?;
            }
            fs::create_dir_all(&folder).map_err(fault(&folder))?;
            fs::write(&key_path, key).map_err(fault(&key_path))?;
        }
        let open = |name: &str| {
            let path = folder.join(name);
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            options.open(&path).map_err(fault(&path))
        };
        let (tiles, records) = (open("tiles")?, open("entries")?);
        let there = tiles.metadata().map_err(fault(&folder))?.len();
        let mut making = Self {
            tiles: BufWriter::new(tiles),
            records: BufWriter::new(records),
            entries: Vec::new(),
            known: HashMap::new(),
            contents: 0,
            end: 0,
            folder,
        };
        let read = making.read_back(there).and_then(|()| making.rewind());
        read.map_err(fault(&making.folder))?;
        Ok(making)
    }

    /// Takes over the entries whose tiles are whole.
    fn read_back(&mut self, there: u64) -> io::Result<()> {
        let mut reader = BufReader::new(self.records.get_ref().try_clone()?);
        let mut record = [0; RECORD];
        while reader.read_exact(&mut record).is_ok() {
            let number = |at: usize| {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&record[at..at + 8]);
                u64::from_le_bytes(bytes)
            };
            let (id, offset) = (number(0), number(8));
            let mut length = [0; 4];
            length.copy_from_slice(&record[16..20]);
            let length = u32::from_le_bytes(length);
            let mut digest = [0; 16];
            digest.copy_from_slice(&record[20..]);
            let end = offset + u64::from(length);
            if end > there || self.last_id().is_some_and(|last| id <= last) {
                break;
            }
            self.keep(id, offset, length, digest);
        }
        Ok(())
    }

    /// Cuts off what is behind the last whole entry.
    fn rewind(&mut self) -> io::Result<()> {
        let records = self.addressed() * RECORD as u64;
        for (file, length) in [(&mut self.tiles, self.end), (&mut self.records, records)] {
            file.get_ref().set_len(length)?;
            file.seek(SeekFrom::Start(length))?;
        }
        Ok(())
    }

    fn addressed(&self) -> u64 {
        self.entries.iter().map(|entry| u64::from(entry.run)).sum()
    }

    fn last_id(&self) -> Option<u64> {
        let last = self.entries.last()?;
        Some(last.id + u64::from(last.run) - 1)
    }

    fn keep(&mut self, id: u64, offset: u64, length: u32, digest: [u8; 16]) {
        if offset == self.end {
            self.end += u64::from(length);
            self.contents += 1;
            if self.known.len() < KNOWN {
                self.known.insert(digest, (offset, length));
            }
        }
        match self.entries.last_mut() {
            Some(last) if last.offset == offset && last.id + u64::from(last.run) == id => {
                last.run += 1;
            }
            _ => self.entries.push(Entry {
                id,
                offset,
                length,
                run: 1,
            }),
        }
    }

    /// Draws some tiles with all cores and adds them in their order.
    fn add(
        &mut self,
        content: &Content<'_>,
        step: &mut Vec<(u64, TileAddress)>,
    ) -> Result<(), Error> {
        if step.is_empty() {
            return Ok(());
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = step.len().div_ceil(cores);
        let drawn: Vec<Result<Vec<Option<Vec<u8>>>, Error>> = std::thread::scope(|scope| {
            let tasks: Vec<_> = step
                .chunks(share)
                .map(|tiles| {
                    scope.spawn(move || tiles.iter().map(|(_, tile)| content.draw(*tile)).collect())
                })
                .collect();
            let joined = tasks.into_iter().map(|task| task.join());
            joined
                .map(|done| done.unwrap_or(Err(Error::TooLarge)))
                .collect()
        });
        let mut all = Vec::with_capacity(step.len());
        for part in drawn {
            all.extend(part?);
        }
        let ids = step.drain(..).map(|(id, _)| id);
        let written = self.write(ids.zip(all));
        written.map_err(|source| Error::File {
            path: self.folder.clone(),
            source,
        })
    }

    fn write(&mut self, tiles: impl Iterator<Item = (u64, Option<Vec<u8>>)>) -> io::Result<()> {
        let mut records = Vec::new();
        for (id, bytes) in tiles {
            let Some(bytes) = bytes else { continue };
            // A step that was interrupted is drawn again from its beginning.
            if self.last_id().is_some_and(|last| id <= last) {
                continue;
            }
            let mut digest = [0; 16];
            digest.copy_from_slice(&Sha256::digest(&bytes)[..16]);
            let (offset, length) = match self.known.get(&digest) {
                Some(known) => *known,
                None => {
                    self.tiles.write_all(&bytes)?;
                    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
                    (self.end, length)
                }
            };
            self.keep(id, offset, length, digest);
            records.extend_from_slice(&id.to_le_bytes());
            records.extend_from_slice(&offset.to_le_bytes());
            records.extend_from_slice(&length.to_le_bytes());
            records.extend_from_slice(&digest);
        }
        // Tiles are on the disk before the entries that tell of them.
        self.tiles.flush()?;
        self.records.write_all(&records)?;
        self.records.flush()
    }

    /// Puts the file together under another name, and names it when it is whole.
    fn finish(
        mut self,
        file: &Path,
        content: &Content<'_>,
        zooms: [u8; 2],
    ) -> Result<Written, Error> {
        let (root, leaves) = directories(&self.entries)?;
        let header = Header {
            root: root.len() as u64,
            metadata: content.metadata.len() as u64,
            leaves: leaves.len() as u64,
            tiles: self.end,
            addressed: self.addressed(),
            entries: self.entries.len() as u64,
            contents: self.contents,
            zooms,
            bounds: content.bounds.to_array(),
        };
        let whole = self.folder.join("whole");
        let mut assemble = || -> io::Result<u64> {
            let mut out = BufWriter::new(File::create(&whole)?);
            for bytes in [&header.bytes(), &root, &content.metadata, &leaves] {
                out.write_all(bytes)?;
            }
            self.tiles.seek(SeekFrom::Start(0))?;
            io::copy(&mut self.tiles.get_ref().take(self.end), &mut out)?;
            out.flush()?;
            out.get_ref().sync_all()?;
            let front = HEADER_BYTES + root.len() + content.metadata.len() + leaves.len();
            fs::rename(&whole, file)?;
            fs::remove_dir_all(&self.folder)?;
            Ok(front as u64 + self.end)
        };
        let bytes = assemble().map_err(|source| Error::File {
            path: file.to_owned(),
            source,
        })?;
        Ok(Written {
            tiles: header.addressed,
            contents: header.contents,
            bytes,
            resumed: 0,
        })
    }
}
