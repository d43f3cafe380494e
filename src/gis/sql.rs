//! Statements about the work of the GIS staff.

use crate::layer::{Definition, data_table};

pub(super) const ADD_ACT: &str = "
insert into audit.staff_act (at, by, kind, territory_id, layer, content, salt, link)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning id";

pub(super) const ACTS: &str = "
select id, at, by, kind, layer, content
  from audit.staff_act
 where territory_id = $1 and ($2::text is null or layer = $2)
 order by id desc
 limit $3";

pub(super) const CONTENTS: &str = "
select staff_act.id, staff_act.at, staff_act.by, staff_act.kind, staff_act.territory_id,
       staff_act.layer, staff_act.content, staff_act.salt, link.content_sha256
  from audit.staff_act
  join audit.link on link.position = staff_act.link
 order by staff_act.id";

// Versions of the layers of a territory, the newest first, with how they stand on a day.
pub(super) const OVERVIEW: &str = "
-- what answers on that day
with standing as (
    select part_id, status, valid_from, valid_to, plan_version_id
      from layer.standing($3, 'infinity')
     where territory_id = $1
),
-- acts that were not cancelled
counting as (
    select publication.part_id, publication.kind, publication.valid_from
      from layer.publication
     where publication.kind <> 'cancel'
       and not exists (select from layer.publication as later where later.cancels = publication.id)
)
select part.id, part.layer, part.version, part.srid, part.feature_count, part.vertex_count,
       (select coalesce(sum((file ->> 'bytes')::bigint), 0)::bigint
          from jsonb_array_elements(part.files) as file) as bytes,
       part.loaded_at, part.loaded_by,
       jsonb_path_exists(part.report, '$.checks[*] ? (@.severity == \"error\")')
         or jsonb_path_exists(part.report, '$.findings[*] ? (@.severity == \"error\")') as has_errors,
       exists (select from layer.discarded_part where discarded_part.part_id = part.id) as discarded,
       standing.status, standing.valid_from, standing.valid_to,
       (select min(counting.valid_from) from counting
         where counting.part_id = part.id and counting.kind = 'publish'
           and counting.valid_from > $3) as planned,
       exists (select from counting where counting.part_id = part.id) as ever,
       (select plan_version.title from layer.plan_part
          join layer.plan_version on plan_version.id = plan_part.plan_version_id
         where plan_part.part_id = part.id limit 1) as plan
  from layer.part
  left join lateral (select * from standing where standing.part_id = part.id limit 1) as standing
    on true
 where part.territory_id = $1 and ($2::text is null or part.layer = $2)
 order by part.layer, part.version desc";

/// The box of some parts of a layer in their CRS: west, south, east, north.
pub(super) fn extent(definition: &Definition) -> String {
    format!(
        "
select st_xmin(box.geom), st_ymin(box.geom), st_xmax(box.geom), st_ymax(box.geom)
  from (select st_extent(row.geom)::geometry as geom from {} as row where row.part_id = any($1)) as box
 where box.geom is not null",
        data_table(&definition.id)
    )
}

// Paths of the SVG: moved to an origin, coarsened, points as small circles.
fn path(row: &str) -> String {
    format!(
        "st_assvg(st_translate(
           case when geometrytype({row}.geom) = 'MULTIPOINT' then st_buffer({row}.geom, 3 * $4, 2)
                else st_simplify({row}.geom, $4, true) end, -$2, -$3), 1, 1)"
    )
}

/// Features of a part as paths, the largest first.
pub(super) fn part_paths(definition: &Definition) -> String {
    format!(
        "
select row.key, {}
  from {} as row
 where row.part_id = $1
 order by st_area(box2d(row.geom)) desc, row.key
 limit $5",
        path("row"),
        data_table(&definition.id)
    )
}

/// Features of a part with certain keys, as paths.
pub(super) fn key_paths(definition: &Definition) -> String {
    format!(
        "
select row.key, {}
  from {} as row
 where row.part_id = $1 and row.key = any($5::text[])
 order by st_area(box2d(row.geom)) desc, row.key",
        path("row"),
        data_table(&definition.id)
    )
}

/// The box of features with certain keys in some parts: west, south, east, north.
pub(super) fn key_extent(definition: &Definition) -> String {
    format!(
        "
select st_xmin(box.geom), st_ymin(box.geom), st_xmax(box.geom), st_ymax(box.geom)
  from (select st_extent(row.geom)::geometry as geom from {} as row
         where row.part_id = any($1) and row.key = any($2::text[])) as box
 where box.geom is not null",
        data_table(&definition.id)
    )
}

/// Every fixed statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[ADD_ACT, ACTS, CONTENTS, OVERVIEW];
