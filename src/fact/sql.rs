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
