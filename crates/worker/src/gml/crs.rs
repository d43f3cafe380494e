//! Names of the CRS: the cadastre's files are in EPSG:6706 (RDN2008), latitude first.

use crate::failure::{Failure, FailureKind};
use crate::order::is_swapped_in_italy;

/// The CRS of the stream; its coordinates are x = longitude, y = latitude.
pub const CRS: &str = "EPSG:6706";

/// The names under which a file may give it. All of them mean the order of the EPSG register,
/// latitude first; [`check_order`] refuses a file that means the other one.
const NAMES: [&str; 4] = [
    "urn:ogc:def:crs:EPSG::6706",
    "http://www.opengis.net/def/crs/EPSG/0/6706",
    "https://www.opengis.net/def/crs/EPSG/0/6706",
    CRS,
];

/// The name that a file uses.
#[derive(Debug, Default)]
pub(crate) struct Named(Option<&'static str>);

impl Named {
    /// Says whether the file has named its CRS so far.
    pub(crate) const fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// Takes note of a name.
    pub(crate) fn meet(&mut self, name: &str, line: u64) -> Result<(), Failure> {
        if self.0 == Some(name) {
            return Ok(());
        }
        let Some(known) = NAMES.into_iter().find(|known| *known == name) else {
            return Err(Failure::at(
                FailureKind::CrsUnsupported,
                line,
                format!("The coordinates are in {name:?}; the cadastre's files are in {CRS}."),
            ));
        };
        if let Some(before) = self.0 {
            return Err(Failure::at(
                FailureKind::CrsMixed,
                line,
                format!("The coordinates are in {name:?}, further up in {before:?}."),
            ));
        }
        self.0 = Some(known);
        Ok(())
    }
}

/// Refuses a position that is in Italy only if its two numbers change places.
pub(crate) fn check_order(position: [f64; 2], line: u64) -> Result<(), Failure> {
    if is_swapped_in_italy(position) {
        return Err(Failure::at(
            FailureKind::CrsAxisOrder,
            line,
            format!("The longitude stands before the latitude; {CRS} has the latitude first."),
        ));
    }
    Ok(())
}
