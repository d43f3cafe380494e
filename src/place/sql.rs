//! Statements about territories.

pub(super) const INSERT_TERRITORY: &str = "
insert into place.territory (kind, slug, name, storage_srid)
values ('comune', $1, $2, $3)
returning id";

pub(super) const INSERT_CODE: &str = "
insert into place.comune_code (territory_id, code) values ($1, $2)";

pub(super) const COMUNE_OF_CODE: &str = "
select territory.name
  from place.comune_code
  join place.territory on territory.id = comune_code.territory_id
 where comune_code.code = $1 and comune_code.valid_to is null";

pub(super) const COMUNI: &str = "
select territory.id, territory.slug, territory.name, territory.storage_srid,
       array_agg(comune_code.code order by comune_code.valid_to nulls first, comune_code.code)
  from place.territory
  join place.comune_code on comune_code.territory_id = territory.id
 where territory.kind = 'comune'
 group by territory.id
 order by territory.id";

pub(super) const INSERT_BOUNDARY: &str = "
insert into place.boundary (territory_id, origin, detail, geom)
values ($1, $2, $3, st_multi($4))";

// A boundary given by the municipality goes before one made from sheets.
pub(super) const BOUNDARY_STATE: &str = "
select origin, detail
  from place.boundary
 where territory_id = $1
 order by origin, id desc
 limit 1";

// The boundary in use of every territory on a day as known at a moment: the latest that counts
// by then, else the earliest of all.
pub(super) const BOUNDARIES: &str = "
select distinct on (territory_id) id, territory_id, st_srid(geom), geom
  from place.boundary
 where created_at <= coalesce($2::timestamptz, 'infinity')
 order by territory_id, origin, coalesce(valid_from, '-infinity') > $1,
          case when valid_from <= $1 then valid_from end desc nulls last, valid_from, id desc";

// Sheets are drawn each on its own: gaps of up to a metre between them are closed, rings of
// gaps that remain inside are kept. The closing is done on valid geometry of our own.
pub(super) fn derive_boundary(sheets: &str) -> String {
    format!(
        "
insert into place.boundary (territory_id, origin, detail, created_at, valid_from, geom)
select $1, 'sheets', $2, $4, $5,
       st_multi(st_buffer(st_buffer(st_union(geom), 1, 'join=mitre'), -1, 'join=mitre'))
  from {sheets}
 where part_id = $3
having count(*) > 0"
    )
}

/// Every fixed statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[
    INSERT_TERRITORY,
    INSERT_CODE,
    COMUNE_OF_CODE,
    COMUNI,
    INSERT_BOUNDARY,
    BOUNDARY_STATE,
    BOUNDARIES,
];
