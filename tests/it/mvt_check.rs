//! What MVT 2.1 asks of a tile, byte by byte; every tile that a test decodes goes through it.
//!
//! It reads protobuf by itself, so that no library's leniency hides a mistake.

use std::collections::BTreeSet;

/// A field of a message: its number and what it holds.
enum Field<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    Fixed64,
    Fixed32,
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn varint(&mut self) -> Result<u64, String> {
        let mut value = 0_u64;
        for shift in 0..10 {
            let (byte, rest) = self.0.split_first().ok_or("a number ends in the middle")?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << (7 * shift);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number has more than ten bytes".to_owned())
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or("a field is longer than its message")?;
        self.0 = rest;
        Ok(taken)
    }

    fn field(&mut self) -> Result<Option<(u64, Field<'a>)>, String> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Varint(self.varint()?),
            1 => self.take(8).map(|_| Field::Fixed64)?,
            2 => {
                let length = self.varint()?;
                Field::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Field::Fixed32)?,
            kind => return Err(format!("wire type {kind}")),
        };
        Ok(Some((key >> 3, field)))
    }
}

/// Tells what is wrong with a tile.
pub(crate) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut names = BTreeSet::new();
    let mut tile = Reader(bytes);
    while let Some((number, field)) = tile.field()? {
        let (3, Field::Bytes(layer)) = (number, field) else {
            // 4.1: extensions have numbers from 16 on.
            if number >= 16 {
                continue;
            }
            return Err(format!("field {number} of a tile"));
        };
        let name = check_layer(layer)?;
        if !names.insert(name.to_vec()) {
            return Err("two layers have one name".to_owned());
        }
    }
    Ok(())
}

/// Checks a layer and gives its name.
fn check_layer(bytes: &[u8]) -> Result<&[u8], String> {
    let (mut name, mut version) = (None, None);
    let (mut keys, mut values) = (0_u64, 0_u64);
    let mut features = Vec::new();
    let mut layer = Reader(bytes);
    while let Some((number, field)) = layer.field()? {
        match (number, field) {
            (1, Field::Bytes(text)) if !text.is_empty() => name = Some(text),
            (2, Field::Bytes(feature)) => features.push(feature),
            (3, Field::Bytes(key)) => {
                std::str::from_utf8(key).map_err(|_| "a key is no text")?;
                keys += 1;
            }
            (4, Field::Bytes(value)) => {
                check_value(value)?;
                values += 1;
            }
            (5, Field::Varint(extent)) if extent > 0 => {}
            (15, Field::Varint(number)) => version = Some(number),
            (16.., _) => {}
            _ => return Err(format!("field {number} of a layer")),
        }
    }
    // The second one is ours; readers know both.
    if !matches!(version, Some(1 | 2)) {
        return Err(format!("version {version:?}"));
    }
    for feature in features {
        check_feature(feature, keys, values)?;
    }
    name.ok_or_else(|| "a layer without a name".to_owned())
}

fn check_value(bytes: &[u8]) -> Result<(), String> {
    let mut value = Reader(bytes);
    let mut count = 0;
    while let Some((number, field)) = value.field()? {
        match (number, field) {
            (1, Field::Bytes(text)) => {
                std::str::from_utf8(text).map_err(|_| "a value is no text")?;
            }
            (2, Field::Fixed32) | (3, Field::Fixed64) | (4..=7, Field::Varint(_)) => {}
            _ => return Err(format!("field {number} of a value")),
        }
        count += 1;
    }
    // 4.1: exactly one.
    if count == 1 {
        Ok(())
    } else {
        Err(format!("a value with {count} fields"))
    }
}

fn numbers(bytes: &[u8]) -> Result<Vec<u64>, String> {
    let mut reader = Reader(bytes);
    let mut numbers = Vec::new();
    while !reader.0.is_empty() {
        numbers.push(reader.varint()?);
    }
    Ok(numbers)
}

fn check_feature(bytes: &[u8], keys: u64, values: u64) -> Result<(), String> {
    let (mut kind, mut geometry) = (None, None);
    let mut feature = Reader(bytes);
    while let Some((number, field)) = feature.field()? {
        match (number, field) {
            (1, Field::Varint(_)) => {}
            (2, Field::Bytes(tags)) => {
                let tags = numbers(tags)?;
                if tags.len() % 2 != 0 {
                    return Err("tags are not in pairs".to_owned());
                }
                for pair in tags.chunks(2) {
                    if pair[0] >= keys || pair[1] >= values {
                        return Err("a tag names what is not there".to_owned());
                    }
                }
            }
            (3, Field::Varint(found @ 0..=3)) => kind = Some(found),
            (4, Field::Bytes(commands)) if geometry.is_none() => geometry = Some(commands),
            _ => return Err(format!("field {number} of a feature")),
        }
    }
    let commands = numbers(geometry.ok_or("a feature without geometry")?)?;
    match kind.ok_or("a feature without type")? {
        1 => check_points(&commands),
        2 => check_paths(&commands, false),
        3 => check_paths(&commands, true),
        // 4.3.4.1: whoever reads it may do with it what they like.
        _ => Ok(()),
    }
}

const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u64 = 7;

/// The command at the head of the numbers: which, how often, and its parameters.
fn command(numbers: &[u64]) -> Result<(u64, &[u64], &[u64]), String> {
    let (head, rest) = numbers.split_first().ok_or("commands end in the middle")?;
    let (which, count) = (head & 7, head >> 3);
    let each = match which {
        MOVE_TO | LINE_TO => 2,
        CLOSE_PATH if count == 1 => 0,
        _ => return Err(format!("command {which}, {count} times")),
    };
    let length = usize::try_from(count * each).unwrap_or(usize::MAX);
    let (parameters, rest) = rest
        .split_at_checked(length)
        .ok_or("a command has too few parameters")?;
    Ok((which, parameters, rest))
}

fn check_points(numbers: &[u64]) -> Result<(), String> {
    match command(numbers)? {
        (MOVE_TO, parameters, []) if !parameters.is_empty() => Ok(()),
        (which, ..) => Err(format!("points by command {which}")),
    }
}

/// Lines, or rings: of rings an outer one comes first, and none is without area.
fn check_paths(mut numbers: &[u64], closed: bool) -> Result<(), String> {
    let mut cursor = [0_i64; 2];
    let mut first = true;
    let step = |cursor: &mut [i64; 2], parameters: &[u64]| {
        for (at, parameter) in cursor.iter_mut().zip(parameters) {
            // 4.3.2: zigzag.
            *at +=
                i64::try_from(parameter >> 1).unwrap_or(i64::MAX) ^ -i64::from(parameter & 1 == 1);
        }
    };
    while first || !numbers.is_empty() {
        let (MOVE_TO, [x, y], rest) = command(numbers)? else {
            return Err("a path does not begin with one MoveTo".to_owned());
        };
        step(&mut cursor, &[*x, *y]);
        let (LINE_TO, parameters, rest) = command(rest)? else {
            return Err("no LineTo after MoveTo".to_owned());
        };
        let least = if closed { 4 } else { 2 };
        if parameters.len() < least {
            return Err("a path of too few points".to_owned());
        }
        let mut path = vec![cursor];
        for pair in parameters.chunks(2) {
            if pair == [0, 0] {
                return Err("a point comes twice in a row".to_owned());
            }
            step(&mut cursor, pair);
            path.push(cursor);
        }
        numbers = rest;
        if closed {
            let (CLOSE_PATH, _, rest) = command(numbers)? else {
                return Err("a ring is not closed".to_owned());
            };
            numbers = rest;
            let twice: i64 = (0..path.len())
                .map(|at| (path[at], path[(at + 1) % path.len()]))
                .map(|([ax, ay], [bx, by])| ax * by - bx * ay)
                .sum();
            if twice == 0 || (first && twice < 0) {
                return Err(format!("a ring of twice the area {twice}"));
            }
        }
        first = false;
    }
    Ok(())
}

/// A fixture, by its number.
fn fixture(folder: &std::path::Path) -> Option<(Vec<u8>, bool, String)> {
    let info = std::fs::read_to_string(folder.join("info.json")).ok()?;
    let info: serde_json::Value = serde_json::from_str(&info).ok()?;
    let tile = std::fs::read(folder.join("tile.mvt")).ok()?;
    let valid = info["validity"]["v2"].as_bool()?;
    Some((tile, valid, info["description"].to_string()))
}

#[test]
fn the_fixtures_of_mapbox_are_told_apart() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/web/node_modules/@mapbox/mvt-fixtures/fixtures"
    );
    let Ok(entries) = std::fs::read_dir(folder) else {
        crate::support::skip("the fixtures of npm @mapbox/mvt-fixtures are not installed");
        return;
    };
    // 016 has the bytes of 003, which is invalid: there is no type. 057 is a MoveTo of half a
    // billion points with the parameters of one: a reader may read on, a server never sends it.
    const NOT_OURS: [&str; 2] = ["016", "057"];
    let (mut valid, mut invalid) = (0, 0);
    for entry in entries {
        let path = entry.expect("can be listed").path();
        let name = path
            .file_name()
            .expect("has a name")
            .to_string_lossy()
            .into_owned();
        let Some((tile, is_valid, description)) = fixture(&path) else {
            continue;
        };
        let found = check(&tile);
        if NOT_OURS.contains(&name.as_str()) {
            assert!(found.is_err(), "{name}");
            continue;
        }
        assert_eq!(found.is_ok(), is_valid, "{name} {description}: {found:?}");
        if is_valid {
            valid += 1;
        } else {
            invalid += 1;
        }
    }
    assert_eq!((valid, invalid), (44, 28));
}
