//! The payload of a feature: nothing is allocated that its bytes do not fill.

use crate::geometry::check_finite;
use crate::writer::{KIND_LINES, KIND_POINTS, KIND_POLYGONS, NO_VALUE};
use crate::{Error, Feature, Geometry, Invalid, Limits, MultiLine, MultiPolygon, Reason};

/// Reads values from a payload that is in memory in full.
pub(crate) struct Payload<'a> {
    bytes: &'a [u8],
    /// Offset of `bytes` in the stream.
    offset: u64,
}

impl<'a> Payload<'a> {
    pub(crate) const fn new(bytes: &'a [u8], offset: u64) -> Self {
        Self { bytes, offset }
    }

    fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], Error> {
        let Some((taken, rest)) = self.bytes.split_at_checked(count) else {
            return Err(Error::ShortPayload {
                offset: self.offset,
                what,
            });
        };
        self.bytes = rest;
        self.offset += count as u64;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, what)?);
        Ok(array)
    }

    fn byte(&mut self, what: &'static str) -> Result<u8, Error> {
        Ok(self.array::<1>(what)?[0])
    }

    fn u32(&mut self, what: &'static str) -> Result<u32, Error> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, Error> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    fn f64(&mut self, what: &'static str) -> Result<f64, Error> {
        Ok(f64::from_le_bytes(self.array(what)?))
    }

    pub(crate) const fn end(&self) -> Result<(), Error> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        Err(Error::TrailingBytes {
            offset: self.offset,
        })
    }
}

/// Reads a feature; `ring` is memory for the points of one ring.
pub(crate) fn feature(
    payload: &mut Payload<'_>,
    fields: usize,
    limits: &Limits,
    ring: &mut Vec<[f64; 2]>,
) -> Result<Feature, Error> {
    let line = payload.u64("line")?;
    let values = values(payload, fields, limits)?;
    let at = payload.offset;
    let members = payload.u32("number of members")?;
    if members == 0 {
        return Err(Error::NoMember { offset: at });
    }
    let invalid = invalid(payload)?;
    let geometry = geometry(payload, limits, ring)?;
    payload.end()?;
    Ok(Feature {
        line,
        values,
        members,
        invalid,
        geometry,
    })
}

fn values(
    payload: &mut Payload<'_>,
    fields: usize,
    limits: &Limits,
) -> Result<Vec<Option<String>>, Error> {
    let at = payload.offset;
    let found = payload.u32("number of values")? as usize;
    if found != fields {
        return Err(Error::ValueCount {
            offset: at,
            found: found as u64,
            expected: fields as u64,
        });
    }
    // The hello bounds the number of fields, and this its number of values.
    let mut values = Vec::with_capacity(fields);
    for _ in 0..fields {
        let at = payload.offset;
        let bytes = payload.u32("length of a value")?;
        if bytes == NO_VALUE {
            values.push(None);
            continue;
        }
        if bytes > limits.string_bytes {
            return Err(Error::Limit {
                offset: at,
                what: "bytes in a string",
                limit: u64::from(limits.string_bytes),
            });
        }
        let text = std::str::from_utf8(payload.take(bytes as usize, "value")?).map_err(|_| {
            Error::NotUtf8 {
                offset: at,
                what: "value",
            }
        })?;
        values.push(Some(text.to_owned()));
    }
    Ok(values)
}

fn invalid(payload: &mut Payload<'_>) -> Result<Option<Invalid>, Error> {
    let at = payload.offset;
    let code = payload.byte("reason")?;
    if code == 0 {
        return Ok(None);
    }
    let Some(reason) = Reason::from_code(code) else {
        return Err(Error::UnknownReason { offset: at, code });
    };
    let at = payload.offset;
    let (x, y) = (payload.f64("place")?, payload.f64("place")?);
    if !x.is_finite() || !y.is_finite() {
        return Err(Error::Place { offset: at });
    }
    Ok(Some(Invalid { reason, x, y }))
}

fn geometry(
    payload: &mut Payload<'_>,
    limits: &Limits,
    ring: &mut Vec<[f64; 2]>,
) -> Result<Geometry, Error> {
    let at = payload.offset;
    let kind = payload.byte("kind of geometry")?;
    let mut vertices = 0;
    match kind {
        KIND_POLYGONS => polygons(payload, limits, ring).map(Geometry::Polygons),
        KIND_LINES => lines(payload, limits, ring).map(Geometry::Lines),
        KIND_POINTS => {
            let at = payload.offset;
            points(payload, limits, &mut vertices, ring)?;
            check_finite(ring).map_err(|source| Error::Shape { offset: at, source })?;
            if ring.is_empty() {
                return Err(Error::EmptyGeometry { offset: at });
            }
            Ok(Geometry::Points(ring.clone()))
        }
        kind => Err(Error::UnknownKind { offset: at, kind }),
    }
}

fn polygons(
    payload: &mut Payload<'_>,
    limits: &Limits,
    ring: &mut Vec<[f64; 2]>,
) -> Result<MultiPolygon, Error> {
    let at = payload.offset;
    let polygons = payload.u32("number of polygons")?;
    if polygons == 0 {
        return Err(Error::NoPolygon { offset: at });
    }
    let mut geometry = MultiPolygon::new();
    let mut vertices = 0;
    for _ in 0..polygons {
        let start = payload.offset;
        let rings = payload.u32("number of rings")?;
        for _ in 0..rings {
            let at = payload.offset;
            points(payload, limits, &mut vertices, ring)?;
            geometry
                .push_ring(ring)
                .map_err(|source| Error::Shape { offset: at, source })?;
        }
        geometry.end_polygon().map_err(|source| Error::Shape {
            offset: start,
            source,
        })?;
    }
    Ok(geometry)
}

fn lines(
    payload: &mut Payload<'_>,
    limits: &Limits,
    line: &mut Vec<[f64; 2]>,
) -> Result<MultiLine, Error> {
    let at = payload.offset;
    let lines = payload.u32("number of lines")?;
    if lines == 0 {
        return Err(Error::EmptyGeometry { offset: at });
    }
    let mut geometry = MultiLine::new();
    let mut vertices = 0;
    for _ in 0..lines {
        let at = payload.offset;
        points(payload, limits, &mut vertices, line)?;
        geometry
            .push_line(line)
            .map_err(|source| Error::Shape { offset: at, source })?;
    }
    Ok(geometry)
}

/// Reads a number and as many points into `into`.
fn points(
    payload: &mut Payload<'_>,
    limits: &Limits,
    vertices: &mut u64,
    into: &mut Vec<[f64; 2]>,
) -> Result<(), Error> {
    let at = payload.offset;
    let points = payload.u32("number of points")?;
    *vertices += u64::from(points);
    if *vertices > limits.feature_vertices {
        return Err(Error::Limit {
            offset: at,
            what: "vertices in a feature",
            limit: limits.feature_vertices,
        });
    }
    let bytes = (points as usize).saturating_mul(16);
    let coordinates = payload.take(bytes, "points")?;
    into.clear();
    into.extend(coordinates.chunks_exact(16).map(|pair| {
        let (x, y) = pair.split_at(8);
        [number(x), number(y)]
    }));
    Ok(())
}

fn number(bytes: &[u8]) -> f64 {
    let mut array = [0; 8];
    array.copy_from_slice(bytes);
    f64::from_le_bytes(array)
}
