//! The `crs` member of files from before RFC 7946.

use serde::Deserialize;

/// The CRS of the stream; its coordinates are x = longitude, y = latitude.
pub const CRS: &str = "EPSG:4326";

#[derive(Deserialize)]
struct Member {
    properties: Option<Properties>,
}

#[derive(Deserialize)]
struct Properties {
    name: Option<String>,
    code: Option<u32>,
}

/// Says what is wrong with a `crs` member: any but WGS 84, under whatever name, is.
///
/// GeoJSON always has the longitude first, so that both names mean the same here.
pub(crate) fn check(member: &str) -> Result<(), String> {
    let unnamed = || "The crs member does not name a CRS in a way that can be read.".to_owned();
    let properties = serde_json::from_str::<Member>(member)
        .map_err(|_| unnamed())?
        .properties
        .ok_or_else(unnamed)?;
    let name = match (properties.name, properties.code) {
        (Some(name), _) => name,
        (None, Some(code)) => format!("EPSG:{code}"),
        (None, None) => return Err(unnamed()),
    };
    if is_wgs84(&name) {
        return Ok(());
    }
    Err(format!(
        "The coordinates are in {name:?}; GeoJSON is read in CRS84 or {CRS} only."
    ))
}

fn is_wgs84(name: &str) -> bool {
    let name = name.trim().to_ascii_uppercase();
    let name = [
        "URN:OGC:DEF:CRS:",
        "URN:X-OGC:DEF:CRS:",
        "HTTP://WWW.OPENGIS.NET/DEF/CRS/",
        "HTTPS://WWW.OPENGIS.NET/DEF/CRS/",
    ]
    .into_iter()
    .find_map(|prefix| name.strip_prefix(prefix))
    .unwrap_or(&name);
    let parts: Vec<&str> = name.splitn(4, [':', '/']).collect();
    matches!(
        parts.as_slice(),
        ["OGC", "CRS84"] | ["OGC", _, "CRS84"] | ["EPSG", "4326"] | ["EPSG", _, "4326"]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_wgs84_are_known() {
        for (name, known) in [
            ("urn:ogc:def:crs:OGC:1.3:CRS84", true),
            ("urn:ogc:def:crs:OGC::CRS84", true),
            ("OGC:CRS84", true),
            ("EPSG:4326", true),
            ("epsg:4326", true),
            ("urn:ogc:def:crs:EPSG::4326", true),
            ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", true),
            ("https://www.opengis.net/def/crs/EPSG/0/4326", true),
            ("EPSG:3003", false),
            ("EPSG:43260", false),
            ("urn:ogc:def:crs:EPSG::6706", false),
            ("OGC:EPSG:1:CRS84", false),
            ("", false),
        ] {
            assert_eq!(is_wgs84(name), known, "{name}");
        }
    }
}
