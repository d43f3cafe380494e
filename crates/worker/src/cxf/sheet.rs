//! What is on a sheet, as the file has it; coordinates are `[east, north]` in the file's metres.

use crate::output::Note;

/// What kind of map a file holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MapKind {
    /// `MAPPA`.
    #[default]
    Map,
    /// `MAPPA FONDIARIO`: the land register of what was Austrian, with numbered roads and waters.
    Fondiario,
    /// `QUADRO D'UNIONE`: the borders of the sheets of a comune.
    Index,
}

/// A file, parsed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// What kind of map it is.
    pub kind: MapKind,
    /// Name of the map, such as `H501D076700`; empty where the file has none.
    pub name: String,
    /// Denominator of the scale, where the file has one.
    pub scale: Option<f64>,
    /// `BORDO`: areas.
    pub borders: Vec<Border>,
    /// `TESTO`.
    pub texts: Vec<Text>,
    /// `SIMBOLO`.
    pub symbols: Vec<Symbol>,
    /// `FIDUCIALE`.
    pub fiducials: Vec<Fiducial>,
    /// `LINEA`.
    pub lines: Vec<Line>,
    /// `RIFERIMENTO_RASTER`.
    pub rasters: Vec<Raster>,
    /// `LIBRETTO`.
    pub booklets: Vec<Booklet>,
    /// Elements that could not be read.
    pub broken: u64,
    /// What a person should read, in the order of the file.
    pub notes: Vec<Note>,
}

/// An area: a parcel, a building, a road, a water or the border of a sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Border {
    /// Line of its keyword, from 1.
    pub line: u64,
    /// Its code, such as `123`, `123+`, `STRADA`.
    pub code: String,
    /// Height of the label in tenths of a millimetre on the map.
    pub height: f64,
    /// Direction of the label in radians, counter-clockwise from east.
    pub angle: f64,
    /// Lower left corner of the label.
    pub position: [f64; 2],
    /// What the file calls a point inside; it often is not.
    pub interior: [f64; 2],
    /// The outer ring, then the islands, as the file has them.
    pub rings: Vec<Vec<[f64; 2]>>,
}

/// A text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Text {
    /// Line of its keyword, from 1.
    pub line: u64,
    /// Whether it is mostly outside the border of the sheet.
    pub outside: bool,
    /// The text.
    pub text: String,
    /// Its height in tenths of a millimetre on the map.
    pub height: f64,
    /// Its direction in radians, counter-clockwise from east.
    pub angle: f64,
    /// Its lower left corner.
    pub position: [f64; 2],
}

/// A symbol.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Symbol {
    /// Line of its keyword, from 1.
    pub line: u64,
    /// Whether it is mostly outside the border of the sheet.
    pub outside: bool,
    /// Its code.
    pub code: usize,
    /// Its direction in radians, counter-clockwise from east.
    pub angle: f64,
    /// Where it is anchored.
    pub position: [f64; 2],
}

/// A fiducial point.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fiducial {
    /// Line of its keyword, from 1.
    pub line: u64,
    /// Whether it is outside the border of the sheet.
    pub outside: bool,
    /// Its number.
    pub number: String,
    /// Its symbol: 8 trigonometric, 20 plain.
    pub code: usize,
    /// Where it is.
    pub position: [f64; 2],
    /// Where its number is written.
    pub label: [f64; 2],
}

/// A line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// Line of its keyword, from 1.
    pub line: u64,
    /// Whether it is mostly outside the border of the sheet.
    pub outside: bool,
    /// Its type.
    pub code: usize,
    /// Its vertices.
    pub points: Vec<[f64; 2]>,
}

/// The place of a scanned map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Raster {
    /// Line of its keyword, from 1.
    pub line: u64,
    /// Name of the file.
    pub file: String,
    /// Its corners.
    pub corners: [[f64; 2]; 4],
}

/// A line of a surveyor's booklet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Booklet {
    /// Line of its keyword, from 1.
    pub line: u64,
    /// Its protocol.
    pub protocol: String,
    /// Its type.
    pub code: usize,
    /// Its vertices.
    pub points: Vec<[f64; 2]>,
}

impl Sheet {
    /// Returns how many elements were read.
    #[must_use]
    pub fn element_count(&self) -> usize {
        self.borders.len()
            + self.texts.len()
            + self.symbols.len()
            + self.fiducials.len()
            + self.lines.len()
            + self.rasters.len()
            + self.booklets.len()
    }

    /// Returns the box of all areas, of everything where there are none: smallest east and
    /// north, largest east and north.
    #[must_use]
    pub fn extent(&self) -> Option<[f64; 4]> {
        let areas = self
            .borders
            .iter()
            .flat_map(|border| &border.rings)
            .flatten();
        let found = extent_of(areas);
        found.or_else(|| {
            let lines = self.lines.iter().flat_map(|line| &line.points);
            let symbols = self.symbols.iter().map(|symbol| &symbol.position);
            let texts = self.texts.iter().map(|text| &text.position);
            let fiducials = self.fiducials.iter().map(|fiducial| &fiducial.position);
            extent_of(lines.chain(symbols).chain(texts).chain(fiducials))
        })
    }
}

fn extent_of<'a>(points: impl Iterator<Item = &'a [f64; 2]>) -> Option<[f64; 4]> {
    points.fold(None, |found, [x, y]| {
        let [west, south, east, north] = found.unwrap_or([*x, *y, *x, *y]);
        Some([west.min(*x), south.min(*y), east.max(*x), north.max(*y)])
    })
}
