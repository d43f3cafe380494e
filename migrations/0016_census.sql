-- The census of land and buildings (catasto censuario): a schema and a role of its own. Owners are
-- personal data: encrypted, read only with a purpose that is written down. Rows are only added.

create schema census;
comment on schema census is 'The census of land and buildings as the office delivers it; only mappale_census reads it.';
revoke all on schema census from public;
grant usage on schema census to mappale_census;
create extension if not exists pgcrypto with schema census;

-- Parcels are joined by their keys.
grant usage on schema data, layer, place to mappale_census;
grant select on all tables in schema data, layer, place to mappale_census;
grant execute on all functions in schema layer to mappale_census;
alter default privileges in schema data, layer, place grant select on tables to mappale_census;

create table census.supply (
    supply_id bigint generated always as identity primary key,
    comune    text not null check (comune ~ '^[A-Z][0-9]{3}$'),
    complete  boolean not null,
    day       text,
    files     jsonb not null,
    sha256    bytea not null check (length(sha256) = 32),
    report    jsonb not null,
    loaded_at timestamptz not null default clock_timestamp(),
    loaded_by text not null
);
comment on table census.supply is 'Supplies of the census that were loaded.';
comment on column census.supply.supply_id is 'Number of the supply; what is current comes from the last complete one and those after it.';
comment on column census.supply.comune is 'Cadastral code of the comune.';
comment on column census.supply.complete is 'True for a full supply, false for one of updates.';
comment on column census.supply.day is 'Day of its making, as its parameters write it.';
comment on column census.supply.files is 'Names, sizes and digests of its files.';
comment on column census.supply.sha256 is 'SHA-256 over the digests of its files.';
comment on column census.supply.report is 'What the load found; it holds no value of the files.';
comment on column census.supply.loaded_at is 'When it was loaded.';
comment on column census.supply.loaded_by is 'Who loaded it.';
create index supply_comune on census.supply (comune, supply_id);

create table census.land (
    supply_id        bigint not null references census.supply,
    immobile         bigint not null,
    progressivo      bigint not null,
    parcel_key       text,
    qualita          text,
    classe           text,
    area_m2          bigint,
    dominicale_cents bigint,
    agrario_cents    bigint,
    suppressed       boolean not null
);
comment on table census.land is 'Parcels of land of the census (TER).';
comment on column census.land.supply_id is 'The supply.';
comment on column census.land.immobile is 'Number of the parcel in the census of the comune.';
comment on column census.land.progressivo is 'Number of its state; the largest is the newest.';
comment on column census.land.parcel_key is 'Section, sheet and number in the form that both sides are joined by, such as _|12|345/A.';
comment on column census.land.qualita is 'Code of its quality.';
comment on column census.land.classe is 'Its class.';
comment on column census.land.area_m2 is 'Area of the census in square metres.';
comment on column census.land.dominicale_cents is 'Reddito dominicale in euro cents.';
comment on column census.land.agrario_cents is 'Reddito agrario in euro cents.';
comment on column census.land.suppressed is 'True for what was suppressed (partita C).';
create index land_supply on census.land (supply_id, parcel_key);
create index land_immobile on census.land (immobile, supply_id);

create table census.unit (
    supply_id              bigint not null references census.supply,
    immobile               bigint not null,
    progressivo            bigint not null,
    categoria              text,
    classe                 text,
    consistenza_hundredths bigint,
    superficie_m2          bigint,
    rendita_cents          bigint,
    suppressed             boolean not null
);
comment on table census.unit is 'Units of buildings of the census (FAB).';
comment on column census.unit.supply_id is 'The supply.';
comment on column census.unit.immobile is 'Number of the unit in the census of the comune.';
comment on column census.unit.progressivo is 'Number of its state; the largest is the newest.';
comment on column census.unit.categoria is 'Category, such as A/3.';
comment on column census.unit.classe is 'Class.';
comment on column census.unit.consistenza_hundredths is 'Size in the measure of the category, in hundredths.';
comment on column census.unit.superficie_m2 is 'Area in square metres.';
comment on column census.unit.rendita_cents is 'Rendita in euro cents.';
comment on column census.unit.suppressed is 'True for what was suppressed (partita C).';
create index unit_supply on census.unit (supply_id, immobile);

create table census.identifier (
    supply_id   bigint not null references census.supply,
    immobile    bigint not null,
    progressivo bigint not null,
    parcel_key  text,
    subalterno  text,
    common      boolean not null
);
comment on table census.identifier is 'Where units are on the map (FAB, records 2 and 4).';
comment on column census.identifier.supply_id is 'The supply.';
comment on column census.identifier.immobile is 'The unit.';
comment on column census.identifier.progressivo is 'The state of the unit.';
comment on column census.identifier.parcel_key is 'Section, sheet and number in the form that both sides are joined by.';
comment on column census.identifier.subalterno is 'Unit in the building.';
comment on column census.identifier.common is 'True for a part that several units share.';
create index identifier_supply on census.identifier (supply_id, parcel_key);
create index identifier_immobile on census.identifier (supply_id, immobile);

create table census.person (
    supply_id bigint not null references census.supply,
    soggetto  bigint not null,
    kind      text not null check (kind in ('P', 'G')),
    secret    bytea not null
);
comment on table census.person is 'Persons and bodies of the census (SOG): personal data, encrypted.';
comment on column census.person.supply_id is 'The supply.';
comment on column census.person.soggetto is 'Number in the supply.';
comment on column census.person.kind is 'P a person, G a body.';
comment on column census.person.secret is 'Name, birth, tax code as JSON, encrypted (pgp_sym_encrypt, AES-256) with the key of the installation.';
create index person_supply on census.person (supply_id, soggetto);

create table census.title (
    supply_id     bigint not null references census.supply,
    soggetto      bigint not null,
    soggetto_kind text not null check (soggetto_kind in ('P', 'G')),
    immobile      bigint not null,
    immobile_kind text not null check (immobile_kind in ('F', 'T')),
    right_code    text not null,
    share         bigint,
    share_of      bigint
);
comment on table census.title is 'Rights of persons on land and units (TIT).';
comment on column census.title.supply_id is 'The supply.';
comment on column census.title.soggetto is 'Whose.';
comment on column census.title.soggetto_kind is 'P a person, G a body.';
comment on column census.title.immobile is 'On what.';
comment on column census.title.immobile_kind is 'F a unit, T land.';
comment on column census.title.right_code is 'Code of the right; 1 is property.';
comment on column census.title.share is 'Numerator of the share.';
comment on column census.title.share_of is 'Denominator of the share.';
create index title_supply on census.title (supply_id, immobile, immobile_kind);

create table census.access (
    access_id bigint generated always as identity primary key,
    at        timestamptz not null default clock_timestamp(),
    by        text not null check (by <> ''),
    purpose   text not null check (length(purpose) >= 5),
    parcel    text not null,
    persons   bigint not null
);
comment on table census.access is 'Who read the owners of a parcel, when and what for.';
comment on column census.access.access_id is 'Number of the row.';
comment on column census.access.at is 'When.';
comment on column census.access.by is 'Who.';
comment on column census.access.purpose is 'What for, in words.';
comment on column census.access.parcel is 'National reference of the parcel.';
comment on column census.access.persons is 'How many owners were shown.';

grant select, insert on all tables in schema census to mappale_census;
grant usage, select on all sequences in schema census to mappale_census;
grant execute on all functions in schema census to mappale_census;
