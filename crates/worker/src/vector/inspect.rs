//! What is in a file: layers, fields with samples, counts, CRS, encoding.

use std::collections::HashMap;
use std::path::Path;

use wire::{
    Counted, EncodingInspection, EncodingSource, FieldInspection, Finding, Inspection,
    LayerInspection, Severity,
};

use super::source::{Head, Row, Source};
use super::wkb::{self, Reading};
use super::{Driver, Options, agreed, crs, declared_encoding, markup};
use crate::failure::{Failure, FailureKind, Stop};

/// Values of a field that are shown as samples.
const SAMPLES: usize = 5;
/// Values of a field that are counted one by one, if there are no more.
const VALUES: usize = 20;
/// Letters of a value that are shown.
const SHOWN: usize = 80;
/// Bytes of all values that are shown.
const ALL_SHOWN: usize = 4 << 20;

/// Returns what is in a file.
///
/// # Errors
/// Where it cannot be read, or holds more than the limits allow.
pub fn inspect(path: &Path, options: &Options) -> Result<Inspection, Failure> {
    let declared = declared_encoding(options.encoding.as_deref())?;
    let driver = agreed(path, options.driver)?;
    let source = Source::open(path, driver, declared)?;
    if source.layers() > options.limits.layers {
        let message = format!("The file has more than {} layers.", options.limits.layers);
        return Err(Failure::of_file(FailureKind::LimitFields, message));
    }
    let mut inspection = Inspection {
        driver: driver.name().to_owned(),
        layers: Vec::new(),
        findings: Vec::new(),
    };
    let mut left = ALL_SHOWN;
    for index in 0..source.layers() {
        let head = source.head(index)?;
        if options
            .layer
            .as_ref()
            .is_some_and(|wanted| *wanted != head.name)
        {
            continue;
        }
        if head.fields.len() > options.limits.fields {
            let message = format!(
                "The layer {:?} has more than {} fields.",
                head.name, options.limits.fields
            );
            return Err(Failure::of_file(FailureKind::LimitFields, message));
        }
        let (layer, garbled) = layer(&source, index, head, options, &mut left)?;
        if garbled > 0 {
            let encoding = layer.encoding.as_ref().map_or("UTF-8", |found| &found.name);
            inspection.findings.push(Finding {
                rule: "value.encoding".to_owned(),
                severity: Severity::Warning,
                line: None,
                subject: Some(layer.name.clone()),
                message: format!(
                    "{garbled} features have values with bytes that mean nothing in {encoding}: \
                     another encoding must be given."
                ),
            });
        }
        inspection.layers.push(layer);
    }
    if driver == Driver::Kml
        && let Some(reference) = markup::reference(path)?
    {
        inspection.findings.push(Finding {
            rule: "kml.reference".to_owned(),
            severity: Severity::Warning,
            line: None,
            subject: Some(reference.to_owned()),
            message: format!(
                "The file refers to others by {reference}, which is not followed: what stands \
                 there is not read."
            ),
        });
    }
    Ok(inspection)
}

fn layer(
    source: &Source,
    index: usize,
    head: Head,
    options: &Options,
    left: &mut usize,
) -> Result<(LayerInspection, u64), Failure> {
    let mut seen = Seen::new(head.fields.len());
    source
        .rows(index, &head.fields, |row| Ok(seen.take(row, options)?))
        .map_err(|stop| match stop {
            Stop::Refused(failure) => failure,
            Stop::Write(error) => Failure::of_file(FailureKind::Unread, error.to_string()),
        })?;
    let crs = match options.crs {
        Some(code) => Some(crs::declared(code)?),
        None => head.crs,
    };
    let encoding = source.encoding().map(|(encoding, how)| EncodingInspection {
        name: encoding.name().to_owned(),
        // The table may hold only ASCII in the part that was looked at.
        source: match how {
            EncodingSource::Ascii if !seen.accented.is_empty() => EncodingSource::Supposed,
            how => how,
        },
        samples: seen.accented,
    });
    let fields = head
        .fields
        .into_iter()
        .zip(seen.fields)
        .map(|(field, seen)| seen.told(field.name, field.kind, left))
        .collect();
    let mut geometries: Vec<Counted> = seen
        .geometries
        .into_iter()
        .map(|(value, count)| Counted {
            value: value.to_owned(),
            count,
        })
        .collect();
    geometries.sort_by(|a, b| (b.count, &a.value).cmp(&(a.count, &b.value)));
    let garbled = seen.garbled;
    let inspection = LayerInspection {
        name: head.name,
        features: seen.rows,
        geometries,
        fields,
        crs,
        extent: seen.extent,
        encoding,
        has_z: seen.has_z,
        has_m: seen.has_m,
        has_curves: seen.has_curves,
    };
    Ok((inspection, garbled))
}

/// What has been seen of a layer.
struct Seen {
    rows: u64,
    garbled: u64,
    vertices: u64,
    fields: Vec<SeenField>,
    geometries: HashMap<&'static str, u64>,
    extent: Option<[f64; 4]>,
    accented: Vec<String>,
    has_z: bool,
    has_m: bool,
    has_curves: bool,
}

impl Seen {
    fn new(fields: usize) -> Self {
        Self {
            rows: 0,
            garbled: 0,
            vertices: 0,
            fields: vec![SeenField::default(); fields],
            geometries: HashMap::new(),
            extent: None,
            accented: Vec::new(),
            has_z: false,
            has_m: false,
            has_curves: false,
        }
    }

    fn take(&mut self, row: Row, options: &Options) -> Result<(), Failure> {
        self.rows = row.number;
        self.garbled += u64::from(row.is_garbled);
        if self.rows > options.limits.features {
            let message = format!(
                "The layer has more than {} features.",
                options.limits.features
            );
            return Err(Failure::of_file(FailureKind::LimitFeatures, message));
        }
        for (field, value) in self.fields.iter_mut().zip(row.values) {
            let Some(value) = value else {
                field.nulls += 1;
                continue;
            };
            if self.accented.len() < SAMPLES && !value.is_ascii() {
                let value = shortened(&value);
                if !self.accented.contains(&value) {
                    self.accented.push(value);
                }
            }
            field.take(&value);
        }
        let kind = self.geometry(row.geometry.as_deref(), options);
        *self.geometries.entry(kind).or_default() += 1;
        if self.vertices > options.limits.vertices {
            let message = format!(
                "The layer has more than {} vertices.",
                options.limits.vertices
            );
            return Err(Failure::of_file(FailureKind::LimitVertices, message));
        }
        Ok(())
    }

    /// Takes in a geometry and returns the name of its type.
    fn geometry(&mut self, bytes: Option<&[u8]>, options: &Options) -> &'static str {
        let bytes = match bytes {
            None => return "none",
            Some([]) => return "empty",
            Some(bytes) => bytes,
        };
        let reading = Reading {
            vertices: options.limits.feature_vertices,
            tolerance: 1.0,
        };
        if let Ok(parts) = wkb::read(bytes, reading) {
            self.has_z |= parts.has_z;
            self.has_m |= parts.has_m;
            self.has_curves |= parts.has_curves;
            self.vertices += parts.vertices() as u64;
            let all = [parts.polygons.points(), parts.lines.points(), &parts.points];
            for [x, y] in all.into_iter().flatten() {
                let [x0, y0, x1, y1] = self.extent.unwrap_or([*x, *y, *x, *y]);
                self.extent = Some([x0.min(*x), y0.min(*y), x1.max(*x), y1.max(*y)]);
            }
        }
        wkb::type_name(bytes)
    }
}

/// What has been seen of a field.
#[derive(Debug, Clone, Default)]
struct SeenField {
    nulls: u64,
    empties: u64,
    /// Values with their counts, in the order of their first place, one more than are told.
    values: Vec<Counted>,
}

impl SeenField {
    fn take(&mut self, value: &str) {
        if value.is_empty() {
            self.empties += 1;
            return;
        }
        let same = |seen: &&mut Counted| seen.value == value;
        if let Some(seen) = self.values.iter_mut().find(same) {
            seen.count += 1;
        } else if self.values.len() <= VALUES {
            self.values.push(Counted {
                value: value.to_owned(),
                count: 1,
            });
        }
    }

    fn told(self, name: String, kind: wire::FieldType, left: &mut usize) -> FieldInspection {
        let mut values = self.values;
        for seen in &mut values {
            seen.value = shortened(&seen.value);
        }
        let samples = values
            .iter()
            .take(SAMPLES)
            .map(|seen| seen.value.clone())
            .collect();
        let bytes = values.iter().map(|seen| seen.value.len()).sum::<usize>();
        let complete = values.len() <= VALUES && bytes <= *left;
        *left = left.saturating_sub(bytes);
        values.sort_by(|a, b| (b.count, &a.value).cmp(&(a.count, &b.value)));
        FieldInspection {
            name,
            kind,
            samples,
            nulls: self.nulls,
            empties: self.empties,
            values: complete.then_some(values),
        }
    }
}

fn shortened(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.to_owned(),
    }
}
