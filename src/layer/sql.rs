//! Statements about layers, their versions and their tables.

use super::definition::{ColumnType, Definition, GeometryKind};

/// A name as an SQL identifier.
///
/// Layer ids and column names are checked against `[a-z0-9_.]` when definitions are read.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Quoted name of a layer's data table: `data."catasto_particella"`.
pub(crate) fn data_table(layer: &str) -> String {
    format!("data.{}", quoted(&layer.replace('.', "_")))
}

/// SQL type of a column type.
pub(crate) fn column_type_sql(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text",
        ColumnType::Integer => "bigint",
        ColumnType::Real => "double precision",
        ColumnType::Date => "date",
    }
}

/// Statements that make a layer's table, in order; each is harmless when repeated.
pub(super) fn create_table(definition: &Definition) -> Vec<String> {
    let table = data_table(&definition.id);
    let name = definition.id.replace('.', "_");
    let columns: String = definition
        .column
        .iter()
        .map(|column| {
            format!(
                ",\n    {} {}{}",
                quoted(&column.name),
                column_type_sql(column.kind),
                if column.required { " not null" } else { "" }
            )
        })
        .collect();
    let geometry = match definition.geometry {
        GeometryKind::Polygon => "MULTIPOLYGON",
        GeometryKind::Line => "MULTILINESTRING",
        GeometryKind::Point => "MULTIPOINT",
    };
    let mut statements = vec![format!(
        "create table if not exists {table} (
    part_id bigint not null,
    feature_id bigint not null check (feature_id > 0),
    key text not null{columns},
    original jsonb not null,
    label_e double precision not null,
    label_n double precision not null,
    geom geometry not null check (st_isvalid(geom)) check (geometrytype(geom) = '{geometry}'),
    primary key (part_id, feature_id),
    unique (part_id, key)
)"
    )];
    statements.push(format!(
        "create index if not exists {} on {table} using gist (geom)",
        quoted(&format!("{name}_geom"))
    ));
    statements.push(format!(
        "create or replace trigger check_new_rows after insert on {table}
    referencing new table as added for each statement execute function layer.check_new_rows()"
    ));
    statements.push(format!(
        "create or replace trigger rows_are_immutable before update or delete on {table}
    for each row execute function layer.refuse_change()"
    ));
    statements.push(format!(
        "create or replace view data.{} as
select row.* from {table} as row
  join layer.published on published.part_id = row.part_id and published.kind = 'publish'",
        quoted(&format!("{name}_current"))
    ));
    statements.push(format!(
        "comment on table {table} is 'Rows of layer {}: columns of its definition, original attributes, geometry in the CRS of the part.'",
        definition.id
    ));
    statements.push(format!(
        "comment on view data.{} is 'Rows of layer {} that are in force now.'",
        quoted(&format!("{name}_current")),
        definition.id
    ));
    statements
}

// `create table if not exists` fails when two sessions run it at once: they take turns.
pub(super) const LOCK_TABLE: &str =
    "select pg_advisory_xact_lock(hashtextextended('layer.table ' || $1, 0))";

pub(super) const TABLE_COLUMNS: &str = "
select column_name::text, data_type::text
  from information_schema.columns
 where table_schema = 'data' and table_name = $1
 order by ordinal_position";

// Two loads of one layer in one territory exclude each other until the end of the transaction.
pub(super) const LOCK_PART: &str = "
select pg_try_advisory_xact_lock(hashtextextended('layer.part ' || $1 || ' ' || $2::text, 0))";

pub(super) const NEXT_VERSION: &str = "
select coalesce(max(version), 0) + 1 from layer.part where layer = $1 and territory_id = $2";

// The newest version of the same content, and the newer version that has been published since
// this one was; none where going on to publish it takes nothing back.
pub(super) const FIND_IDENTICAL: &str = "
select part.id, part.version, newer.version
  from layer.part
  left join lateral (
    -- the newest published version, where this one was published before
    select max(other.version) as version
      from layer.part as other
      join layer.publication on publication.part_id = other.id and publication.kind = 'publish'
     where other.layer = part.layer and other.territory_id = part.territory_id
       and other.version > part.version
       and exists (select from layer.publication as own
                    where own.part_id = part.id and own.kind = 'publish')
 ) as newer on true
 where part.layer = $1 and part.territory_id = $2 and part.files_sha256 = $3
   and part.definition_sha256 = $4 and part.srid = $5 and part.reading = $6
   and not exists (select from layer.discarded_part as discarded
                    where discarded.part_id = part.id)
 order by part.version desc
 limit 1";

pub(super) const INSERT_PART: &str = "
insert into layer.part (layer, territory_id, version, srid, definition, definition_sha256,
                        files, files_sha256, loaded_by, reading)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning id";

// Allowed only in the transaction that inserted the row.
pub(super) const COMPLETE_PART: &str = "
update layer.part set operation = $2, report = $3, feature_count = $4, vertex_count = $5
 where id = $1";

pub(super) const FEATURE_IDS: &str = "
select key, id from layer.feature where layer = $1 and territory_id = $2";

pub(super) const TAKE_BLOCK: &str = "select nextval('layer.feature_block')";

pub(super) const RECORD_FEATURES: &str = "
copy layer.feature (id, layer, territory_id, key) from stdin (format binary)";

// Acts wait for each other, so that they become visible in the order of their moments: what
// was visible at a moment is then exactly what was recorded until it.
pub(super) const LOCK_ACTS: &str =
    "select pg_advisory_xact_lock(hashtextextended('layer.publication', 0))";

// A moment after every recorded one, also when the clock was set back.
pub(super) const MOMENT: &str = "
select greatest(clock_timestamp(), max(at) + interval '1 microsecond')
  from (select max(at) as at from layer.publication
         union all select max(at) from layer.plan_act
         union all select max(at) from layer.norm
         union all select max(at) from layer.plan_version) as recorded";

pub(super) const RECORD_ACT: &str = "
insert into layer.publication (part_id, kind, at, valid_from, by, reason, cancels)
values ($1, $2, $3, $4, $5, $6, $7)";

// What answers on a day as known at a moment: in force everywhere, inside the perimeter of a
// variant, or adopted.
pub(super) const STANDING: &str = "
select part.id, part.layer, part.territory_id, part.version, part.srid, part.definition,
       part.definition_sha256, part.loaded_at, standing.at, part.feature_count,
       standing.publication_id, standing.valid_from, standing.valid_to, standing.status,
       standing.plan_version_id
  from layer.standing($1, coalesce($2::timestamptz, 'infinity')) as standing
  join layer.part on part.id = standing.part_id
 where $3::bigint[] is null or standing.territory_id = any($3)
 order by part.layer, part.territory_id, standing.status desc, standing.valid_from desc,
          standing.publication_id desc";

// The part in force of one layer and territory on a day as known at a moment.
pub(super) const PART_IN_FORCE: &str = "
select part_id, publication_id
  from layer.deciding($3, coalesce($4::timestamptz, 'infinity'))
 where layer = $1 and territory_id = $2 and kind = 'publish'";

// The newest act that counts for what was known at a moment.
pub(super) const KNOWN_UNTIL: &str = "
select max(at)
  from (select max(at) as at from layer.publication where at <= coalesce($1::timestamptz, 'infinity')
         union all
        select max(at) from layer.plan_act where at <= coalesce($1::timestamptz, 'infinity')
         union all
        select max(at) from layer.norm where at <= coalesce($1::timestamptz, 'infinity')) as recorded";

pub(super) const PARTS: &str = "
select part.id, part.layer, part.territory_id, part.version, part.feature_count,
       part.loaded_at, part.loaded_by,
       (select max(publication.at) from layer.publication where publication.part_id = part.id),
       coalesce(published.part_id = part.id and published.kind = 'publish', false)
  from layer.part
  left join layer.published
    on published.layer = part.layer and published.territory_id = part.territory_id
 where ($1::text is null or part.layer = $1) and ($2::bigint is null or part.territory_id = $2)
   and not exists (select from layer.discarded_part where discarded_part.part_id = part.id)
 order by part.layer, part.territory_id, part.version";

pub(super) const PART: &str = "
select part.id, part.version, part.srid, part.files, part.operation, part.report,
       part.feature_count, part.vertex_count, part.loaded_at, part.loaded_by,
       coalesce(published.part_id = part.id and published.kind = 'publish', false)
  from layer.part
  left join layer.published
    on published.layer = part.layer and published.territory_id = part.territory_id
 where part.layer = $1 and part.territory_id = $2 and ($3::integer is null or part.version = $3)
   and not exists (select from layer.discarded_part where discarded_part.part_id = part.id)
 order by part.version desc
 limit 1";

pub(super) const ACTS: &str = "
select publication.id, publication.kind, publication.at, publication.by, publication.reason,
       publication.valid_from, publication.cancels
  from layer.publication
 where publication.part_id = $1
 order by publication.id";

// An act of a layer and territory that may be cancelled, and whether it was already.
pub(super) const ACT: &str = "
select publication.part_id, publication.valid_from,
       exists (select from layer.publication as cancelling
                where cancelling.cancels = publication.id)
  from layer.publication
  join layer.part on part.id = publication.part_id
 where publication.id = $1 and part.layer = $2 and part.territory_id = $3
   and publication.kind <> 'cancel'";

/// Differences between two parts by key: one row a feature that differs.
///
/// Geometries are compared on a grid of 1 mm, with rings in a normal order and start, so that
/// the same outline written differently is no difference.
pub(super) fn differences(definition: &Definition) -> String {
    let table = data_table(&definition.id);
    let columns: String = definition
        .column
        .iter()
        .map(|column| format!(", '{}', row.{}", column.name, quoted(&column.name)))
        .collect();
    format!(
        "
-- the rows of the first part, with what is compared
with old as (
    select key, geom, jsonb_build_object('key', key{columns}) as attributes,
           st_normalize(st_snaptogrid(geom, 0.001)) as outline
      from {table} as row where part_id = $1
),
-- the rows of the second
new as (
    select key, geom, jsonb_build_object('key', key{columns}) as attributes,
           st_normalize(st_snaptogrid(geom, 0.001)) as outline
      from {table} as row where part_id = $2
)
select coalesce(old.key, new.key) as key,
       old.key is null as added,
       new.key is null as removed,
       coalesce(old.attributes <> new.attributes, false) as attributes_differ,
       outline.differs as geometry_differs,
       coalesce(st_area(old.geom), 0) as old_area_m2,
       coalesce(st_area(new.geom), 0) as new_area_m2,
       case when outline.differs then st_area(st_symdifference(old.geom, new.geom)) else 0 end
           as moved_m2,
       old.attributes as old_attributes,
       new.attributes as new_attributes
  from old
  full join new on new.key = old.key
 cross join lateral (
    -- two roundings of one place may fall into neighbouring cells of the grid
    select coalesce(st_asbinary(old.outline) <> st_asbinary(new.outline)
                    and st_hausdorffdistance(old.geom, new.geom) > 0.001, false) as differs
 ) as outline
 where old.key is null or new.key is null or old.attributes <> new.attributes
    or outline.differs
 order by 1"
    )
}

/// Areas that features of two parts share, among the keys given for each.
pub(super) fn shared_areas(definition: &Definition) -> String {
    let table = data_table(&definition.id);
    format!(
        "
select old.key, new.key, shared.area_m2
  from {table} as old
  join {table} as new on new.part_id = $2 and st_intersects(old.geom, new.geom)
 cross join lateral (select st_area(st_intersection(old.geom, new.geom)) as area_m2) as shared
 where old.part_id = $1 and old.key = any($3::text[]) and new.key = any($4::text[])
   and shared.area_m2 > 0"
    )
}

pub(super) const HAS_LINEAGE: &str = "
select exists (select from layer.lineage where old_part = $1 and new_part = $2)";

pub(super) const RECORD_LINEAGE: &str = "
insert into layer.lineage (old_part, new_part, kind, predecessor, successor, shared_m2, confidence)
select $1, $2, kind, predecessor, successor, shared_m2, confidence
  from unnest($3::text[], $4::text[], $5::text[], $6::double precision[], $7::double precision[])
       as found (kind, predecessor, successor, shared_m2, confidence)";

pub(super) const LINEAGE_OF: &str = "
select lineage.kind, lineage.predecessor, lineage.successor, lineage.shared_m2,
       lineage.confidence, old_part.version, new_part.version, lineage.at
  from layer.lineage
  join layer.part as old_part on old_part.id = lineage.old_part
  join layer.part as new_part on new_part.id = lineage.new_part
 where new_part.layer = $1 and new_part.territory_id = $2
   and (lineage.predecessor = $3 or lineage.successor = $3)
 order by new_part.version, old_part.version, lineage.predecessor, lineage.successor";

/// Every fixed statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[
    LOCK_TABLE,
    TABLE_COLUMNS,
    LOCK_PART,
    NEXT_VERSION,
    FIND_IDENTICAL,
    INSERT_PART,
    COMPLETE_PART,
    FEATURE_IDS,
    TAKE_BLOCK,
    LOCK_ACTS,
    MOMENT,
    RECORD_ACT,
    STANDING,
    PART_IN_FORCE,
    KNOWN_UNTIL,
    PARTS,
    PART,
    ACTS,
    ACT,
    HAS_LINEAGE,
    RECORD_LINEAGE,
    LINEAGE_OF,
];
