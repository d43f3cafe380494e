-- Versions of layers ("parts") and what is published. Published rows never change.

create table layer.part (
    id                 bigint generated always as identity primary key,
    layer              text not null check (layer ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'),
    territory_id       bigint not null references place.territory (id),
    version            integer not null check (version > 0),
    srid               integer not null,
    definition         text not null,
    definition_sha256  bytea not null check (length(definition_sha256) = 32),
    files              jsonb not null,
    files_sha256       bytea not null check (length(files_sha256) = 32),
    operation          jsonb not null default '{}',
    report             jsonb not null default '{}',
    feature_count      bigint not null default 0 check (feature_count >= 0),
    vertex_count       bigint not null default 0 check (vertex_count >= 0),
    loaded_at          timestamptz not null default now(),
    loaded_by          text not null,
    unique (layer, territory_id, version)
);
comment on table layer.part is 'One version of one layer for one territory. Written in the transaction of its load, immutable afterwards.';
comment on column layer.part.version is 'Counts from 1 within layer and territory.';
comment on column layer.part.srid is 'EPSG code of its geometries: the storage CRS of the territory when it was loaded.';
comment on column layer.part.definition is 'Text of the layer definition with which it was loaded.';
comment on column layer.part.files is 'The files that were loaded: name, bytes, SHA-256.';
comment on column layer.part.files_sha256 is 'SHA-256 over the sorted digests of the files: recognises an identical load.';
comment on column layer.part.operation is 'Coordinate operation: source and target CRS, name, accuracy in metres, pipeline.';
comment on column layer.part.report is 'Report of the checks, as shown to staff.';
comment on column layer.part.loaded_by is 'Account or name of who loaded it.';
create index part_identical on layer.part (layer, territory_id, files_sha256, definition_sha256);

create table layer.publication (
    id        bigint generated always as identity primary key,
    part_id   bigint not null references layer.part (id),
    kind      text not null check (kind in ('publish', 'withdraw')),
    at        timestamptz not null default now(),
    by        text not null,
    reason    text
);
comment on table layer.publication is 'Acts of publishing and withdrawing: rows are only added; the newest row of a layer and territory says what is in force.';
comment on column layer.publication.by is 'Account or name of who published.';
comment on column layer.publication.reason is 'Why, where a reason is due.';
create index publication_of_part on layer.publication (part_id, id);

create view layer.published as
select distinct on (part.layer, part.territory_id)
       part.id as part_id, part.layer, part.territory_id, part.version,
       publication.id as publication_id, publication.kind, publication.at
  from layer.publication
  join layer.part on part.id = publication.part_id
 order by part.layer, part.territory_id, publication.id desc;
comment on view layer.published is 'The newest publication of each layer and territory; in force when kind is publish.';

create table layer.feature (
    id            bigint primary key check (id > 0),
    layer         text not null,
    territory_id  bigint not null references place.territory (id),
    key           text not null,
    unique (layer, territory_id, key)
);
comment on table layer.feature is 'Numeric names of features, stable across versions: the ids in tiles.';
comment on column layer.feature.key is 'Value of the key column of the layer, such as the cadastral reference.';

-- A loader takes 1024 feature ids at a time; gaps are harmless.
create sequence layer.feature_block minvalue 1 maxvalue 8796093022207;
comment on sequence layer.feature_block is 'Blocks of 1024 feature ids; ids stay below 2^53, exact in JavaScript.';
grant usage on sequence layer.feature_block to mappale_writer;

-- Rows of history are never changed or removed, not even by the program. The transaction that
-- inserts a row may still complete it: a load knows its report only at its end.
create function layer.refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.xmin = pg_current_xact_id()::xid then
        return new;
    end if;
    raise exception 'rows of %.% are never changed', tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;
comment on function layer.refuse_change() is 'Refuses updates and deletions of rows that are history, except updates by the transaction that inserted them.';
grant update on layer.part to mappale_writer;
create trigger part_is_immutable before update or delete on layer.part
    for each row execute function layer.refuse_change();
create trigger publication_is_immutable before update or delete on layer.publication
    for each row execute function layer.refuse_change();

-- Every data table gets this trigger: rows come only with a part that is not published yet,
-- and in the CRS of that part.
create function layer.check_new_rows() returns trigger language plpgsql
    set search_path = public, pg_temp as $$
declare
    wrong bigint;
begin
    select added.part_id into wrong
      from added
      left join layer.part on part.id = added.part_id
     where part.id is null or st_srid(added.geom) is distinct from part.srid
     limit 1;
    if found then
        raise exception 'a row is not in the CRS of its part %', wrong using errcode = 'check_violation';
    end if;
    select publication.part_id into wrong
      from layer.publication
     where publication.part_id in (select distinct part_id from added)
     limit 1;
    if found then
        raise exception 'part % is published, its rows never change', wrong using errcode = 'check_violation';
    end if;
    return null;
end
$$;
comment on function layer.check_new_rows() is 'Statement trigger of data tables: new rows are in the CRS of their part, and their part is not published.';

comment on column layer.part.id is 'Number of the part.';
comment on column layer.part.layer is 'Id of the layer, such as catasto.particella.';
comment on column layer.part.territory_id is 'The territory that it is about.';
comment on column layer.part.definition_sha256 is 'SHA-256 of that text.';
comment on column layer.part.feature_count is 'Features stored.';
comment on column layer.part.vertex_count is 'Vertices stored, closing ones included.';
comment on column layer.part.loaded_at is 'When it was loaded.';
comment on column layer.publication.id is 'Number of the act; the newest counts.';
comment on column layer.publication.part_id is 'The part that the act is about.';
comment on column layer.publication.kind is 'publish: the part is in force; withdraw: nothing of its layer and territory is.';
comment on column layer.publication.at is 'When it was done.';
comment on column layer.published.part_id is 'The part of the newest act.';
comment on column layer.published.layer is 'Its layer.';
comment on column layer.published.territory_id is 'Its territory.';
comment on column layer.published.version is 'Its version.';
comment on column layer.published.publication_id is 'The newest act.';
comment on column layer.published.kind is 'What the act was: only publish means in force.';
comment on column layer.published.at is 'When it was done.';
comment on column layer.feature.id is 'The numeric name.';
comment on column layer.feature.layer is 'The layer.';
comment on column layer.feature.territory_id is 'The territory.';
