//! The areas of the census, for those who may see them.

use std::collections::HashMap;

use crate::access::{Action, PolicyClass, Viewer, authorize};
use crate::cadastre::CadastralReference;
use crate::census;

use super::open::App;

impl App {
    /// The areas in m² that the census gives parcels of one comune, for the people of the office;
    /// nothing for others, for parcels without land there, and while the database does not answer.
    pub async fn census_areas(
        &self,
        viewer: &Viewer,
        references: &[CadastralReference],
    ) -> HashMap<CadastralReference, f64> {
        if authorize(viewer, Action::Read, PolicyClass::Staff).is_err() {
            return HashMap::new();
        }
        let read = census::census_areas(self.databases(), references);
        read.await.unwrap_or_else(|error| {
            tracing::warn!(error = ?error, "areas of the census could not be read");
            HashMap::new()
        })
    }
}
