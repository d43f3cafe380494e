//! Well-known binary to flat arrays of two dimensions.
//!
//! Types are those of ISO 13249-3 and the older ones with flags for Z and M; arcs become
//! points on them.

use wire::{MultiLine, MultiPolygon, ShapeError};

use super::curve;

/// Geometries in one another; files of the world need three.
const DEPTH: u32 = 8;
/// Points of one arc.
const ARC_POINTS: usize = 10_000;

/// What a geometry holds, by kind.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) polygons: MultiPolygon,
    pub(crate) lines: MultiLine,
    pub(crate) points: Vec<[f64; 2]>,
    /// Positions have a height.
    pub(crate) has_z: bool,
    /// Positions have a measure.
    pub(crate) has_m: bool,
    /// There are arcs.
    pub(crate) has_curves: bool,
    /// Geometries were in a collection of mixed ones.
    pub(crate) is_collection: bool,
}

impl Parts {
    /// Returns the number of points in all.
    pub(crate) fn vertices(&self) -> usize {
        self.polygons.vertex_count() + self.lines.points().len() + self.points.len()
    }
}

/// Why a geometry is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    /// A ring or a line has not the form that it must have.
    #[error("{0}")]
    Shape(#[from] ShapeError),
    /// A geometry is of a type that is not read.
    #[error("a geometry of type {0} is not read")]
    Type(u32),
    /// There are too many vertices.
    #[error("there are too many vertices")]
    TooMany,
    /// Geometries are nested too deeply.
    #[error("geometries are nested too deeply")]
    TooDeep,
    /// The bytes end too early.
    #[error("the geometry is cut off")]
    Cut,
}

/// How a geometry is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Vertices of a feature at most.
    pub(crate) vertices: usize,
    /// How far a chord may be from its arc, in units of the CRS.
    pub(crate) tolerance: f64,
}

/// Reads a geometry.
pub(crate) fn read(bytes: &[u8], reading: Reading) -> Result<Parts, Problem> {
    let mut walk = Walk {
        bytes,
        parts: Parts::default(),
        reading,
    };
    walk.geometry(0)?;
    Ok(walk.parts)
}

/// Returns the name of a geometry's type, whatever its dimension.
pub(crate) fn type_name(bytes: &[u8]) -> &'static str {
    let Some((&[order, a, b, c, d], _)) = bytes.split_first_chunk::<5>() else {
        return "empty";
    };
    let raw = if order == 1 {
        u32::from_le_bytes([a, b, c, d])
    } else {
        u32::from_be_bytes([a, b, c, d])
    };
    match (raw & 0x0FFF_FFFF) % 1000 {
        1 => "Point",
        2 => "LineString",
        3 => "Polygon",
        4 => "MultiPoint",
        5 => "MultiLineString",
        6 => "MultiPolygon",
        7 => "GeometryCollection",
        8 => "CircularString",
        9 => "CompoundCurve",
        10 => "CurvePolygon",
        11 => "MultiCurve",
        12 => "MultiSurface",
        15 => "PolyhedralSurface",
        16 => "TIN",
        17 => "Triangle",
        _ => "other",
    }
}

/// The head of a geometry.
#[derive(Clone, Copy)]
struct Head {
    little: bool,
    kind: u32,
    /// Numbers of a position.
    dimension: usize,
}

struct Walk<'a> {
    bytes: &'a [u8],
    parts: Parts,
    reading: Reading,
}

impl Walk<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>().ok_or(Problem::Cut)?;
        self.bytes = rest;
        Ok(*taken)
    }

    fn number(&mut self, little: bool) -> Result<u32, Problem> {
        let bytes = self.take()?;
        Ok(if little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn head(&mut self) -> Result<Head, Problem> {
        let little = self.take::<1>()?[0] == 1;
        let raw = self.number(little)?;
        let code = raw & 0x0FFF_FFFF;
        let (kind, thousands) = (code % 1000, code / 1000);
        let has_z = raw & 0x8000_0000 != 0 || thousands == 1 || thousands == 3;
        let has_m = raw & 0x4000_0000 != 0 || thousands == 2 || thousands == 3;
        self.parts.has_z |= has_z;
        self.parts.has_m |= has_m;
        Ok(Head {
            little,
            kind,
            dimension: 2 + usize::from(has_z) + usize::from(has_m),
        })
    }

    fn points(&mut self, head: Head) -> Result<Vec<[f64; 2]>, Problem> {
        let count = self.number(head.little)? as usize;
        if self.parts.vertices().saturating_add(count) > self.reading.vertices {
            return Err(Problem::TooMany);
        }
        if count.saturating_mul(head.dimension * 8) > self.bytes.len() {
            return Err(Problem::Cut);
        }
        (0..count).map(|_| self.position(head)).collect()
    }

    fn position(&mut self, head: Head) -> Result<[f64; 2], Problem> {
        let mut numbers = [0.0; 4];
        for number in numbers.iter_mut().take(head.dimension) {
            let bytes = self.take()?;
            *number = if head.little {
                f64::from_le_bytes(bytes)
            } else {
                f64::from_be_bytes(bytes)
            };
        }
        Ok([numbers[0], numbers[1]])
    }

    fn geometry(&mut self, depth: u32) -> Result<(), Problem> {
        if depth > DEPTH {
            return Err(Problem::TooDeep);
        }
        let head = self.head()?;
        match head.kind {
            1 => {
                let point = self.position(head)?;
                // An empty point has no numbers.
                if point.iter().all(|number| number.is_nan()) {
                    return Ok(());
                }
                self.push_point(point)
            }
            2 | 8 | 9 => {
                let line = self.curve(head, depth)?;
                self.push_line(&line)
            }
            3 | 17 => self.polygon(head),
            10 => self.curve_polygon(head, depth),
            4..=6 | 11 | 12 | 15 | 16 => self.members(head, depth),
            7 => {
                self.parts.is_collection = true;
                self.members(head, depth)
            }
            other => Err(Problem::Type(other)),
        }
    }

    fn members(&mut self, head: Head, depth: u32) -> Result<(), Problem> {
        for _ in 0..self.number(head.little)? {
            self.geometry(depth + 1)?;
        }
        Ok(())
    }

    fn push_point(&mut self, point: [f64; 2]) -> Result<(), Problem> {
        if !point.iter().all(|number| number.is_finite()) {
            return Err(ShapeError::NotFinite.into());
        }
        if self.parts.vertices() >= self.reading.vertices {
            return Err(Problem::TooMany);
        }
        self.parts.points.push(point);
        Ok(())
    }

    fn push_line(&mut self, line: &[[f64; 2]]) -> Result<(), Problem> {
        if line.is_empty() {
            return Ok(());
        }
        Ok(self.parts.lines.push_line(line)?)
    }

    fn polygon(&mut self, head: Head) -> Result<(), Problem> {
        let rings = self.number(head.little)?;
        let mut pushed = false;
        for _ in 0..rings {
            let ring = self.points(head)?;
            pushed |= self.push_ring(&ring)?;
        }
        self.end_polygon(pushed)
    }

    fn curve_polygon(&mut self, head: Head, depth: u32) -> Result<(), Problem> {
        let rings = self.number(head.little)?;
        let mut pushed = false;
        for _ in 0..rings {
            let inner = self.head()?;
            let ring = self.curve(inner, depth)?;
            pushed |= self.push_ring(&ring)?;
        }
        self.end_polygon(pushed)
    }

    fn push_ring(&mut self, ring: &[[f64; 2]]) -> Result<bool, Problem> {
        if ring.is_empty() {
            return Ok(false);
        }
        self.parts.polygons.push_ring(ring)?;
        Ok(true)
    }

    fn end_polygon(&mut self, pushed: bool) -> Result<(), Problem> {
        if pushed {
            self.parts.polygons.end_polygon()?;
        }
        Ok(())
    }

    /// Returns the points of a line string, a circular string or a compound of them.
    fn curve(&mut self, head: Head, depth: u32) -> Result<Vec<[f64; 2]>, Problem> {
        match head.kind {
            2 => self.points(head),
            8 => {
                self.parts.has_curves = true;
                let controls = self.points(head)?;
                if !controls.iter().flatten().all(|number| number.is_finite()) {
                    return Err(ShapeError::NotFinite.into());
                }
                let points = curve::through(&controls, self.reading.tolerance, ARC_POINTS);
                self.checked(points)
            }
            9 => {
                if depth > DEPTH {
                    return Err(Problem::TooDeep);
                }
                self.parts.has_curves = true;
                let mut whole: Vec<[f64; 2]> = Vec::new();
                for _ in 0..self.number(head.little)? {
                    let inner = self.head()?;
                    let piece = self.curve(inner, depth + 1)?;
                    let skipped = usize::from(whole.last() == piece.first() && !whole.is_empty());
                    whole.extend_from_slice(&piece[skipped.min(piece.len())..]);
                    whole = self.checked(whole)?;
                }
                Ok(whole)
            }
            other => Err(Problem::Type(other)),
        }
    }

    fn checked(&self, points: Vec<[f64; 2]>) -> Result<Vec<[f64; 2]>, Problem> {
        if self.parts.vertices() + points.len() > self.reading.vertices {
            return Err(Problem::TooMany);
        }
        Ok(points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READING: Reading = Reading {
        vertices: 1_000,
        tolerance: 0.01,
    };

    fn geometry(kind: u32, parts: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![1];
        bytes.extend(kind.to_le_bytes());
        bytes.extend(parts.concat());
        bytes
    }

    fn count(number: u32) -> Vec<u8> {
        number.to_le_bytes().to_vec()
    }

    fn numbers(list: &[f64]) -> Vec<u8> {
        list.iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    }

    #[test]
    fn points_with_heights_are_read_in_both_spellings() {
        for (kind, list) in [
            (1, &[1.0, 2.0][..]),
            (1001, &[1.0, 2.0, 3.0]),
            (2001, &[1.0, 2.0, 3.0]),
            (3001, &[1.0, 2.0, 3.0, 4.0]),
            (0x8000_0001, &[1.0, 2.0, 3.0]),
        ] {
            let parts = read(&geometry(kind, &[numbers(list)]), READING).expect("a point");
            assert_eq!(parts.points, [[1.0, 2.0]], "{kind}");
            assert_eq!(
                parts.has_z,
                kind & 1 == 1 && [1001, 3001, 0x8000_0001].contains(&kind)
            );
            assert_eq!(parts.has_m, [2001, 3001].contains(&kind));
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let nan = geometry(1, &[numbers(&[1.0, f64::NAN])]);
        let infinite = geometry(2, &[count(2), numbers(&[0.0, 0.0, f64::INFINITY, 1.0])]);
        let open = geometry(
            3,
            &[count(1), count(4), numbers(&[0.0; 7]), numbers(&[1.0])],
        );
        let cut = geometry(2, &[count(900)]);
        let many = geometry(2, &[count(2_000_000_000)]);
        let mut deep = geometry(1, &[numbers(&[1.0, 2.0])]);
        for _ in 0..20 {
            deep = geometry(7, &[count(1), deep]);
        }
        for (bytes, problem) in [
            (nan, Problem::Shape(ShapeError::NotFinite)),
            (infinite, Problem::Shape(ShapeError::NotFinite)),
            (open, Problem::Shape(ShapeError::RingOpen)),
            (cut, Problem::Cut),
            (many, Problem::TooMany),
            (deep, Problem::TooDeep),
            (geometry(13, &[]), Problem::Type(13)),
        ] {
            assert_eq!(read(&bytes, READING).err(), Some(problem));
        }
    }

    #[test]
    fn a_collection_is_taken_apart() {
        let line = geometry(2, &[count(2), numbers(&[0.0, 0.0, 1.0, 1.0])]);
        let point = geometry(1, &[numbers(&[1.0, 2.0])]);
        let parts = read(&geometry(7, &[count(2), line, point]), READING).expect("both");
        assert_eq!((parts.points.len(), parts.lines.points().len()), (1, 2));
        assert!(parts.is_collection && parts.polygons.is_empty());
    }
}
