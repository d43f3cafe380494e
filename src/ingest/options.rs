//! How files are to be read, as the person says who loads them.

use serde::Serialize;

use crate::layer::{ChosenMapping, Definition};

use super::error::Error;

/// How files are to be read; what is not given is told by the file or the layer's definition.
///
/// It is recorded with the part.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ReadOptions {
    /// Name of the driver, such as `GPKG`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Name of the data set in an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Name of the layer in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// CRS, whatever the file says, such as `EPSG:3003`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crs: Option<String>,
    /// Encoding of text, whatever the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// How fields fill columns, where not as the definition says. With a mapping a layer of the
    /// national cadastre is filled from map files of other formats too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<ChosenMapping>,
    /// The part of its area by which an invalid polygon may change to become valid; nothing is
    /// repaired without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<f64>,
    /// True to leave out polygons that stay invalid and go on: they are warnings then. Of sheets
    /// of the cadastre, which offices deliver with such faults, it always holds.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub leave_out_invalid: bool,
}

impl ReadOptions {
    /// The worker's arguments for sheets of the cadastre; none where the layer has nothing of
    /// them.
    pub(super) fn sheet_arguments(&self, definition: &Definition) -> Option<Vec<String>> {
        let sheet = definition.reader.cxf.as_ref()?;
        let classes: Vec<&str> = sheet.classes.iter().map(|class| class.word()).collect();
        let mut arguments = vec!["cxf".to_owned(), "--classes".to_owned(), classes.join(",")];
        if let Some(crs) = &self.crs {
            arguments.extend(["--crs".to_owned(), crs.clone()]);
        }
        if let Some(part) = self.repair {
            arguments.extend(["--repair".to_owned(), part.to_string()]);
        }
        Some(arguments)
    }

    /// The worker's arguments for a layer's files, where they are no sheets of the cadastre.
    pub(super) fn arguments(&self, definition: &Definition) -> Result<Vec<String>, Error> {
        let repair = self.repair.map(|part| part.to_string());
        let options = [
            ("--repair", &repair),
            ("--driver", &self.driver),
            ("--layer", &self.layer),
            ("--crs", &self.crs),
            ("--encoding", &self.encoding),
        ];
        let given = options
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let reader = &definition.reader;
        if let (Some(cadastre), None) = (&reader.cadastre_gml, &self.mapping) {
            if let Some((name, _)) = given.into_iter().next() {
                return Err(Error::Unusable(format!(
                    "the files of the national cadastre are read in one way only: {name} has no \
                     meaning for them"
                )));
            }
            let arguments = ["cadastre-gml", "--feature", &cadastre.feature];
            return Ok(arguments.map(str::to_owned).to_vec());
        }
        if reader.vector.is_none() && self.mapping.is_none() {
            return Err(Error::Unusable(format!(
                "layer {} is filled from sheets of the cadastre (CXF, CTF): the files are none",
                definition.id
            )));
        }
        let kind = definition.geometry.word();
        let mut arguments = ["vector", "--geometry", kind].map(str::to_owned).to_vec();
        for (name, value) in given {
            arguments.extend([name.to_owned(), value.clone()]);
        }
        let mapped = self.mapping.iter().flat_map(|mapping| &mapping.layers);
        let mapped = mapped.filter_map(|mapping| mapping.layer.as_ref()).next();
        let defined = reader.vector.as_ref().and_then(|file| file.layer.as_ref());
        if let Some(layer) = mapped.or(defined) {
            arguments.extend(["--prefer".to_owned(), layer.clone()]);
        }
        Ok(arguments)
    }

    /// Names of data sets in archives that are taken where none was named.
    pub(super) fn preferred<'a>(&'a self, definition: &'a Definition) -> Vec<&'a str> {
        let mapped = self.mapping.iter().flat_map(|mapping| &mapping.layers);
        let mapped = mapped.filter_map(|mapping| mapping.member.as_deref());
        let vector = definition.reader.vector.as_ref();
        let defined = vector.and_then(|file| file.member.as_deref());
        mapped.chain(defined).collect()
    }
}
