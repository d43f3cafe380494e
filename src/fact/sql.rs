//! The overlay in the database: the oracle, and the way out where memory is not trusted.

use crate::layer::{Definition, data_table};

/// What a region shares with a feature of a part, as a multipolygon in GeoJSON of full precision;
/// empty where they share no area.
pub(super) fn shared(definition: &Definition) -> String {
    format!(
        "
select st_asgeojson(st_multi(st_collectionextract(st_intersection(geom, $3), 3)), 15)
  from {}
 where part_id = $1 and feature_id = $2",
        data_table(&definition.id)
    )
}

pub(super) const FIRST_DAY: &str = "
select min(publication.valid_from)
  from layer.publication
  join layer.part on part.id = publication.part_id
 where part.layer = $1 and part.territory_id = $2 and publication.kind = 'publish'
   and not exists (select from layer.publication as other where other.cancels = publication.id)";

/// Every fixed statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[FIRST_DAY];
