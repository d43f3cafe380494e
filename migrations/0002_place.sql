-- Territories: comuni now, wider ones (union, province, region, authority) by the same table.

create table place.territory (
    id            bigint generated always as identity primary key,
    kind          text not null check (kind in ('comune', 'union', 'province', 'region', 'authority')),
    slug          text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
    name          text not null check (name <> '' and length(name) <= 120),
    storage_srid  integer not null check (storage_srid between 1024 and 999999),
    created_at    timestamptz not null default now()
);
comment on table place.territory is 'A comune, or a wider territory whose maps answer for the comuni inside it.';
comment on column place.territory.slug is 'Word of the territory in URLs: /c/{slug}/mappa.';
comment on column place.territory.name is 'Name shown to people, without "Comune di".';
comment on column place.territory.storage_srid is 'EPSG code of the metric CRS in which its maps are stored and measured; in Italy 7791, 7792 or 7793 (E-N).';

create table place.comune_code (
    territory_id  bigint not null references place.territory (id),
    code          text not null check (code ~ '^[A-Z][0-9]{3}$'),
    valid_from    date,
    valid_to      date,
    primary key (territory_id, code),
    check (valid_from is null or valid_to is null or valid_from <= valid_to)
);
comment on table place.comune_code is 'Cadastral codes of a comune: after a merger the old codes stay in use on the maps.';
comment on column place.comune_code.valid_from is 'First day of the code; null: always.';
comment on column place.comune_code.valid_to is 'Last day of the code; null: still in use.';
create unique index comune_code_in_use on place.comune_code (code) where valid_to is null;

create table place.boundary (
    id            bigint generated always as identity primary key,
    territory_id  bigint not null references place.territory (id),
    origin        text not null check (origin in ('file', 'sheets')),
    detail        text not null,
    geom          geometry not null check (st_isvalid(geom)) check (geometrytype(geom) = 'MULTIPOLYGON'),
    created_at    timestamptz not null default now()
);
comment on table place.boundary is 'Boundaries of territories: rows are only added, the newest row counts; one from a file goes before one from sheets.';
comment on column place.boundary.origin is 'file: given by the municipality; sheets: union of its cadastral sheets.';
comment on column place.boundary.detail is 'Name and SHA-256 of the file, or the part of sheets that it was made from.';
comment on column place.boundary.geom is 'MultiPolygon in the storage CRS of the territory.';
create index boundary_of_territory on place.boundary (territory_id, id desc);

comment on column place.territory.id is 'Number of the territory.';
comment on column place.territory.kind is 'comune, union, province, region or authority.';
comment on column place.territory.created_at is 'When it was added.';
comment on column place.comune_code.territory_id is 'The comune.';
comment on column place.comune_code.code is 'Letter and three digits (codice catastale).';
comment on column place.boundary.id is 'Number of the row; the newest of a kind counts.';
comment on column place.boundary.territory_id is 'The territory.';
comment on column place.boundary.created_at is 'When it was stored.';
