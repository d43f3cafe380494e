//! Small pictures of a version, and of what differs between two, as paths of an SVG.

use sqlx::{AssertSqlSafe, PgConnection};

use crate::crs;
use crate::layer::{Definition, Differences};

use super::error::Error;
use super::sql;

/// Pixels of the longer side of a picture, about.
const PIXELS: f64 = 720.0;
/// Features drawn at most; the largest are.
const DRAWN: i64 = 4000;
/// Changed features drawn at most.
const CHANGED: usize = 2000;

/// What a shape of a picture stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShapeKind {
    /// A feature as it is.
    Plain,
    /// A feature of the first version that is gone.
    Removed,
    /// A feature of the second version that is new.
    Added,
    /// A changed feature, as it was.
    Before,
    /// A changed feature, as it is.
    After,
}

impl ShapeKind {
    /// Its class in the stylesheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Removed => "removed",
            Self::Added => "added",
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// A feature in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Key of the feature.
    pub key: String,
    /// What it stands for.
    pub kind: ShapeKind,
    /// Path in the coordinates of the picture.
    pub path: String,
}

/// A picture: metres, x to the east, y to the south, from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Metres from west to east.
    pub width: f64,
    /// Metres from north to south.
    pub height: f64,
    /// Metres that a pixel shows, about.
    pub pixel_m: f64,
    /// E and N of the upper left corner.
    pub origin: [f64; 2],
    /// What is drawn, in this order.
    pub shapes: Vec<Shape>,
}

impl Picture {
    fn around([west, south, east, north]: [f64; 4]) -> Self {
        // A single place is drawn in a box of 50 m.
        let wide = (east - west).max(50.0);
        let high = (north - south).max(50.0);
        let margin = wide.max(high) * 0.04;
        let (width, height) = (wide + 2.0 * margin, high + 2.0 * margin);
        Self {
            width,
            height,
            pixel_m: width.max(height) / PIXELS,
            origin: [(west + east - width) / 2.0, (south + north + height) / 2.0],
            shapes: Vec::new(),
        }
    }

    /// Returns the path of rings in the CRS of the picture.
    pub fn path_of(&self, rings: &[Vec<[f64; 2]>]) -> String {
        use std::fmt::Write as _;
        let mut path = String::new();
        for ring in rings {
            for (index, [x, y]) in ring.iter().enumerate() {
                let step = if index == 0 { 'M' } else { 'L' };
                let (x, y) = (x - self.origin[0], self.origin[1] - y);
                // Writing to a String cannot fail.
                let _ = write!(path, "{step}{x:.1} {y:.1}");
            }
            path.push('Z');
        }
        path
    }
}

type Extent = (f64, f64, f64, f64);

/// A picture of a version; none when it has no features.
///
/// # Errors
/// [`Error::Database`].
pub async fn part_picture(
    connection: &mut PgConnection,
    definition: &Definition,
    part_id: i64,
) -> Result<Option<Picture>, Error> {
    let extent: Option<Extent> = sqlx::query_as(AssertSqlSafe(sql::extent(definition)))
        .bind([part_id].as_slice())
        .fetch_optional(&mut *connection)
        .await?;
    let Some((west, south, east, north)) = extent else {
        return Ok(None);
    };
    let mut picture = Picture::around([west, south, east, north]);
    let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql::part_paths(definition)))
        .bind(part_id)
        .bind(picture.origin[0])
        .bind(picture.origin[1])
        .bind(picture.pixel_m)
        .bind(DRAWN)
        .fetch_all(connection)
        .await?;
    add(&mut picture, rows, |_| Some(ShapeKind::Plain));
    Ok(Some(picture))
}

fn add(
    picture: &mut Picture,
    rows: Vec<(String, String)>,
    kind: impl Fn(&str) -> Option<ShapeKind>,
) {
    let shapes = rows.into_iter().filter_map(|(key, path)| {
        let kind = kind(&key)?;
        (!path.is_empty()).then_some(Shape { key, kind, path })
    });
    picture.shapes.extend(shapes);
}

/// A picture of what differs between two versions; none where no outline can be shown.
///
/// # Errors
/// [`Error::Database`].
pub async fn difference_picture(
    connection: &mut PgConnection,
    definition: &Definition,
    (old_part, new_part): (i64, i64),
    differences: &Differences,
) -> Result<Option<Picture>, Error> {
    let changes: Vec<_> = differences.changes.iter().take(CHANGED).collect();
    let keys: Vec<String> = changes.iter().map(|change| change.key.clone()).collect();
    let extent: Option<Extent> = sqlx::query_as(AssertSqlSafe(sql::key_extent(definition)))
        .bind([old_part, new_part].as_slice())
        .bind(&keys)
        .fetch_optional(&mut *connection)
        .await?;
    let Some((west, south, east, north)) = extent else {
        return Ok(None);
    };
    let mut picture = Picture::around([west, south, east, north]);
    let added: std::collections::HashSet<&str> = changes
        .iter()
        .filter(|change| change.added)
        .map(|change| change.key.as_str())
        .collect();
    let removed: std::collections::HashSet<&str> = changes
        .iter()
        .filter(|change| change.removed)
        .map(|change| change.key.as_str())
        .collect();
    for part in [old_part, new_part] {
        let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql::key_paths(definition)))
            .bind(part)
            .bind(picture.origin[0])
            .bind(picture.origin[1])
            .bind(picture.pixel_m)
            .bind(&keys)
            .fetch_all(&mut *connection)
            .await?;
        let kind = |key: &str| {
            Some(match part == old_part {
                true if removed.contains(key) => ShapeKind::Removed,
                true => ShapeKind::Before,
                false if added.contains(key) => ShapeKind::Added,
                false => ShapeKind::After,
            })
        };
        add(&mut picture, rows, kind);
    }
    Ok(Some(picture))
}

/// A picture of the box of a layer that was recognised in a file, over the boundary of the comune
/// in its storage CRS; none where it cannot be placed.
pub fn extent_picture(
    boundary: &[Vec<[f64; 2]>],
    storage_srid: i32,
    layer: &wire::LayerInspection,
) -> Option<Picture> {
    let [west, south, east, north] = layer.extent?;
    let code = layer.crs.as_ref()?.code.as_deref()?.strip_prefix("EPSG:")?;
    let from: i32 = code.parse().ok()?;
    let mut corners = [[west, south], [east, south], [east, north], [west, north]];
    let moved = crs::with_transformation(from, storage_srid, |t| t.apply_to(&mut corners));
    if !matches!(moved, Ok(Ok(()))) || corners.iter().flatten().any(|v| !v.is_finite()) {
        return None;
    }
    let mut extent = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    for [x, y] in boundary.iter().flatten().chain(&corners) {
        extent = [
            extent[0].min(*x),
            extent[1].min(*y),
            extent[2].max(*x),
            extent[3].max(*y),
        ];
    }
    let mut picture = Picture::around(extent);
    let path = picture.path_of(&[corners.to_vec()]);
    picture.shapes.push(Shape {
        key: layer.name.clone(),
        kind: ShapeKind::After,
        path,
    });
    Some(picture)
}
