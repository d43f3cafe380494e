//! How files are to be read, as the person says who loads them.

use serde::Serialize;

use crate::layer::Definition;

use super::error::Error;

/// How files are to be read; what is not given is told by the file or the layer's definition.
///
/// It is recorded with the part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReadOptions {
    /// Name of the driver, such as `GPKG`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Name of the layer in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// CRS, whatever the file says, such as `EPSG:3003`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crs: Option<String>,
    /// Encoding of text, whatever the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

impl ReadOptions {
    /// The worker's arguments for a layer's files.
    pub(super) fn arguments(&self, definition: &Definition) -> Result<Vec<String>, Error> {
        let options = [
            ("--driver", &self.driver),
            ("--layer", &self.layer),
            ("--crs", &self.crs),
            ("--encoding", &self.encoding),
        ];
        let given = options
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let reader = &definition.reader;
        if let Some(cadastre) = &reader.cadastre_gml {
            if let Some((name, _)) = given.into_iter().next() {
                return Err(Error::Unusable(format!(
                    "the files of the national cadastre are read in one way only: {name} has no \
                     meaning for them"
                )));
            }
            let arguments = ["cadastre-gml", "--feature", &cadastre.feature];
            return Ok(arguments.map(str::to_owned).to_vec());
        }
        let kind = definition.geometry.word();
        let mut arguments = ["vector", "--geometry", kind].map(str::to_owned).to_vec();
        for (name, value) in given {
            arguments.extend([name.to_owned(), value.clone()]);
        }
        let preferred = reader.vector.as_ref().and_then(|file| file.layer.as_ref());
        if let Some(layer) = preferred {
            arguments.extend(["--prefer".to_owned(), layer.clone()]);
        }
        Ok(arguments)
    }
}
