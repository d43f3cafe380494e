//! Statements of the census.

use crate::layer::data_table;

/// Keys and areas of the parcels of a part of a layer.
pub(super) fn parcels(layer: &str) -> String {
    format!(
        "select key, st_area(geom) from {} where part_id = $1 and kind = 'parcel'",
        data_table(layer)
    )
}

// Records a supply.
pub(super) const ADD_SUPPLY: &str = "
insert into census.supply (comune, complete, day, files, sha256, report, loaded_by)
values ($1, $2, $3, $4, $5, $6, $7)
returning supply_id";

// The last supply of the same files, where nothing came after it.
pub(super) const SAME_SUPPLY: &str = "
select supply_id
  from census.supply
 where comune = $1
   and sha256 = $2
   and supply_id = (select max(supply_id) from census.supply where comune = $1)";

// The last complete supply of a comune.
pub(super) const BASE: &str = "
select max(supply_id) from census.supply where comune = $1 and complete";

// Records land.
pub(super) const ADD_LAND: &str = "
insert into census.land
       (supply_id, immobile, progressivo, parcel_key, qualita, classe, area_m2, dominicale_cents,
        agrario_cents, suppressed)
select $1, row.*
  from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[],
              $8::bigint[], $9::bigint[], $10::boolean[]) as row";

// Records units.
pub(super) const ADD_UNITS: &str = "
insert into census.unit
       (supply_id, immobile, progressivo, categoria, classe, consistenza_hundredths, superficie_m2,
        rendita_cents, suppressed)
select $1, row.*
  from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
              $8::bigint[], $9::boolean[]) as row";

// Records where units are.
pub(super) const ADD_IDENTIFIERS: &str = "
insert into census.identifier
       (supply_id, immobile, progressivo, parcel_key, subalterno, common)
select $1, row.*
  from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::boolean[]) as row";

// Records persons, encrypted; the key is random, so that it needs no stretching.
pub(super) const ADD_PERSONS: &str = "
insert into census.person (supply_id, soggetto, kind, secret)
select $1, soggetto, kind,
       census.pgp_sym_encrypt(secret, $5, 'cipher-algo=aes256, s2k-mode=1, compress-algo=0')
  from unnest($2::bigint[], $3::text[], $4::text[]) as row (soggetto, kind, secret)";

// Records rights.
pub(super) const ADD_TITLES: &str = "
insert into census.title
       (supply_id, soggetto, soggetto_kind, immobile, immobile_kind, right_code, share, share_of)
select $1, row.*
  from unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
              $8::bigint[]) as row";

// Land of a parcel as it is now: of each number the newest state that any supply since the base has.
pub(super) const LAND_OF: &str = "
-- the supplies that count
with since as (
    select supply_id
      from census.supply
     where comune = $1
       and supply_id >= (select max(supply_id) from census.supply where comune = $1 and complete)
),
-- the newest state of each number
newest as (
    select distinct on (land.immobile) land.*
      from census.land
      join since using (supply_id)
     where land.immobile in (select immobile from census.land join since using (supply_id) where parcel_key = $2)
     order by land.immobile, land.supply_id desc, land.progressivo desc
)
select immobile, qualita, classe, area_m2, dominicale_cents, agrario_cents
  from newest
 where parcel_key = $2 and not suppressed
 order by immobile";

// Areas of parcels as they are now, by their keys.
pub(super) const AREAS_OF: &str = "
-- the supplies that count
with since as (
    select supply_id
      from census.supply
     where comune = $1
       and supply_id >= (select max(supply_id) from census.supply where comune = $1 and complete)
),
-- the newest state of each number
newest as (
    select distinct on (land.immobile) land.*
      from census.land
      join since using (supply_id)
     where land.immobile in (select immobile from census.land join since using (supply_id) where parcel_key = any($2))
     order by land.immobile, land.supply_id desc, land.progressivo desc
)
select parcel_key, sum(area_m2)::float8
  from newest
 where parcel_key = any($2) and not suppressed and area_m2 is not null
 group by parcel_key";

// Units on a parcel as they are now.
pub(super) const UNITS_OF: &str = "
-- the supplies that count
with since as (
    select supply_id
      from census.supply
     where comune = $1
       and supply_id >= (select max(supply_id) from census.supply where comune = $1 and complete)
),
-- the newest state of each unit
newest as (
    select distinct on (unit.immobile) unit.*
      from census.unit
      join since using (supply_id)
     where unit.immobile in (select immobile from census.identifier join since using (supply_id) where parcel_key = $2)
     order by unit.immobile, unit.supply_id desc, unit.progressivo desc
)
select newest.immobile, newest.categoria, newest.classe, newest.consistenza_hundredths,
       newest.superficie_m2, newest.rendita_cents, min(identifier.subalterno) as subalterno
  from newest
  join census.identifier
    on identifier.supply_id = newest.supply_id
   and identifier.immobile = newest.immobile
   and identifier.progressivo = newest.progressivo
   and identifier.parcel_key = $2
 where not newest.suppressed
 group by newest.immobile, newest.categoria, newest.classe, newest.consistenza_hundredths,
          newest.superficie_m2, newest.rendita_cents
 order by subalterno, newest.immobile";

// Owners of land and units, decrypted; rights of the newest supply that has any of an object.
pub(super) const OWNERS_OF: &str = "
-- the objects that are asked about
with object as (
    select immobile, kind from unnest($2::bigint[], $3::text[]) as asked (immobile, kind)
),
-- rights of the supplies that count
counting as (
    select title.*,
           max(title.supply_id) over (partition by title.immobile, title.immobile_kind) as newest
      from census.title
      join census.supply using (supply_id)
      join object on object.immobile = title.immobile and object.kind = title.immobile_kind
     where supply.comune = $1
       and title.supply_id >= (select max(supply_id) from census.supply where comune = $1 and complete)
)
select counting.immobile, counting.immobile_kind, counting.right_code, counting.share,
       counting.share_of, census.pgp_sym_decrypt(person.secret, $4) as secret
  from counting
  left join lateral (
        select secret
          from census.person
         where person.soggetto = counting.soggetto
           and person.kind = counting.soggetto_kind
           and person.supply_id <= counting.supply_id
           and person.supply_id >= (select max(supply_id) from census.supply where comune = $1 and complete)
         order by person.supply_id desc
         limit 1
       ) as person on true
 where counting.supply_id = counting.newest
 order by counting.immobile_kind, counting.immobile, counting.right_code, counting.soggetto";

// Writes down who read owners, and what for.
pub(super) const ADD_ACCESS: &str = "
insert into census.access (by, purpose, parcel, persons) values ($1, $2, $3, $4)";

/// Every statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[
    ADD_ACCESS,
    ADD_IDENTIFIERS,
    ADD_LAND,
    ADD_PERSONS,
    ADD_SUPPLY,
    ADD_TITLES,
    ADD_UNITS,
    AREAS_OF,
    BASE,
    LAND_OF,
    OWNERS_OF,
    SAME_SUPPLY,
    UNITS_OF,
];
