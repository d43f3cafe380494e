//! Statements of a load.

use crate::layer::{Definition, data_table, quoted};

/// The bulk copy into a layer's table; columns as [`super::prepare`] writes them.
pub(super) fn copy_rows(definition: &Definition) -> String {
    let columns: String = definition
        .column
        .iter()
        .map(|column| format!("{}, ", quoted(&column.name)))
        .collect();
    format!(
        "copy {} (part_id, feature_id, key, {columns}original, label_e, label_n, geom)
from stdin (format binary)",
        data_table(&definition.id)
    )
}

// The box of the boundary in use.
pub(super) const BOUNDARY_BOX: &str = "
select st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom)
  from place.boundary
 where territory_id = $1 and st_srid(geom) = $2
 order by origin, id desc
 limit 1";

// The rings of the boundary in use, simplified by a tolerance in metres.
pub(super) const BOUNDARY_OUTLINE: &str = "
-- the points of the rings
with point as (
    select dumped.path, st_x(dumped.geom) as x, st_y(dumped.geom) as y
      from (select geom
              from place.boundary
             where territory_id = $1 and st_srid(geom) = $2
             order by origin, id desc
             limit 1) as boundary
     cross join st_dumppoints(
         -- simplified, a single part may come out as a plain polygon
         st_multi(st_simplifypreservetopology(boundary.geom, $3))) as dumped
)
select array_agg(x order by path), array_agg(y order by path)
  from point
 group by path[1], path[2]
 order by path[1], path[2]";

// How many of some points lie within two margins of the boundary in use.
pub(super) const POINTS_INSIDE: &str = "
-- the boundary in use, grown by both margins in metres
with boundary as materialized (
    select st_buffer(geom, $3) as near, st_buffer(geom, $4) as close
      from place.boundary
     where territory_id = $1 and st_srid(geom) = $2
     order by origin, id desc
     limit 1
),
-- the points
point as (
    select st_setsrid(st_makepoint(x, y), $2) as geom
      from unnest($5::double precision[], $6::double precision[]) as given (x, y)
)
select count(*) filter (where st_covers(boundary.near, point.geom)),
       count(*) filter (where st_covers(boundary.close, point.geom))
  from boundary
 cross join point";

/// Features outside the territory, more than the margin: their number and the first keys.
///
/// A boundary from a file goes before one made from sheets; `null` without a boundary.
pub(super) fn outside(definition: &Definition) -> String {
    format!(
        "
-- the boundary in use, grown by the margin in metres and cut into small pieces for speed
with boundary as (
    select st_buffer(geom, $3) as geom
      from place.boundary
     where territory_id = $1 and st_srid(geom) = $4
     order by origin, id desc
     limit 1
),
-- rows that reach beyond it
beyond as (
    select row.key
      from {} as row
     cross join boundary
     where row.part_id = $2 and not st_coveredby(row.geom, boundary.geom)
)
select (select count(*) from boundary) as boundaries,
       (select count(*) from beyond) as features,
       (select coalesce(array_agg(key), '{{}}') from (select key from beyond order by key limit 20) as first) as keys",
        data_table(&definition.id)
    )
}

// What was last loaded of a comune of the national cadastre.
pub(super) const NATIONAL_MEMBER: &str = "
select sha256, definition_sha256, published
  from layer.national_member
 where comune = $1
 order by national_member_id desc
 limit 1";

// Records what was loaded of a comune of the national cadastre.
pub(super) const ADD_NATIONAL_MEMBER: &str = "
insert into layer.national_member (comune, name, sha256, definition_sha256, published, loaded_by)
values ($1, $2, $3, $4, $5, $6)";

// A load may take longer than a page.
pub(super) const ALLOW_LONG: &str = "set local statement_timeout = '30min'";

/// Every fixed statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[
    ADD_NATIONAL_MEMBER,
    ALLOW_LONG,
    BOUNDARY_BOX,
    BOUNDARY_OUTLINE,
    NATIONAL_MEMBER,
    POINTS_INSIDE,
];
