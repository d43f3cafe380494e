-- What the GIS staff does: acts in the chain, guided loads, remembered mappings, discarded
-- versions, publications by two persons, reviewed lineage.

create table audit.staff_act (
    id            bigint generated always as identity primary key,
    at            timestamptz not null default clock_timestamp(),
    by            text not null check (length(by) between 1 and 200),
    kind          text not null check (kind ~ '^[a-z_]{1,40}$'),
    territory_id  bigint references place.territory (id),
    layer         text check (length(layer) between 1 and 48),
    content       text not null,
    salt          bytea not null check (length(salt) = 32),
    link          bigint not null unique references audit.link (position)
);
comment on table audit.staff_act is 'What the staff did with maps: rows are only added, each is a link of the chain.';
comment on column audit.staff_act.id is 'Number of the act.';
comment on column audit.staff_act.at is 'When it was done.';
comment on column audit.staff_act.by is 'Name of who did it.';
comment on column audit.staff_act.kind is 'What was done: publish, withdraw, load, discard and the like.';
comment on column audit.staff_act.territory_id is 'The comune that it was done for; null for the whole installation.';
comment on column audit.staff_act.layer is 'The layer that it was done to; null when it was done to none.';
comment on column audit.staff_act.content is 'The act as JSON, exactly as it was hashed.';
comment on column audit.staff_act.salt is 'Random bytes hashed with the content.';
comment on column audit.staff_act.link is 'Position of its link in the chain.';
create index staff_act_newest on audit.staff_act (territory_id, id desc);
create trigger staff_act_is_immutable before update or delete on audit.staff_act
    for each row execute function layer.refuse_change();

create table job.load_session (
    id            uuid primary key,
    territory_id  bigint not null references place.territory (id),
    state         text not null check (state in ('uploading', 'inspecting', 'recognised', 'loading',
                                                 'checked', 'published', 'discarded')),
    layer         text check (length(layer) between 1 and 48),
    reading       jsonb not null default '{}',
    inspection    jsonb,
    mapping       jsonb,
    part_id       bigint references layer.part (id),
    fault         text check (length(fault) <= 4000),
    bytes_read    bigint not null default 0,
    bytes_total   bigint not null default 0,
    alive_at      timestamptz,
    by            text not null check (length(by) between 1 and 200),
    created_at    timestamptz not null default now(),
    changed_at    timestamptz not null default now()
);
comment on table job.load_session is 'Guided loads under way and their outcome. A row changes as its load goes on; files are below var/uploads.';
comment on column job.load_session.id is 'Random number of the load, in its address.';
comment on column job.load_session.territory_id is 'The comune that the files are about.';
comment on column job.load_session.state is 'Where the load is.';
comment on column job.load_session.layer is 'The layer to be filled, once it was chosen.';
comment on column job.load_session.reading is 'How the files are to be read, where not as they say themselves: driver, member, layer, crs, encoding, repair.';
comment on column job.load_session.inspection is 'What was recognised in the files.';
comment on column job.load_session.mapping is 'Which fields and values fill the columns; null: as the definition says.';
comment on column job.load_session.part_id is 'The version that was loaded.';
comment on column job.load_session.fault is 'Why the last step did not succeed, in words.';
comment on column job.load_session.bytes_read is 'Bytes read by the step under way.';
comment on column job.load_session.bytes_total is 'Bytes that the step under way has to read.';
comment on column job.load_session.alive_at is 'When the step under way last gave a sign; an old one means that it died.';
comment on column job.load_session.by is 'Name of who began it.';
comment on column job.load_session.created_at is 'When it was begun.';
comment on column job.load_session.changed_at is 'When it last went on.';
create index load_session_open on job.load_session (territory_id, changed_at desc);
grant update, delete on job.load_session to mappale_writer;

create table job.load_file (
    session_id  uuid not null references job.load_session (id) on delete cascade,
    number      integer not null check (number between 0 and 999),
    name        text not null check (length(name) between 1 and 200),
    bytes       bigint not null check (bytes >= 0),
    received    bigint not null default 0 check (received between 0 and bytes),
    sha256      bytea check (length(sha256) = 32),
    primary key (session_id, number),
    unique (session_id, name)
);
comment on table job.load_file is 'Files of guided loads, as far as they have arrived.';
comment on column job.load_file.session_id is 'The load.';
comment on column job.load_file.number is 'Position among its files, from 0.';
comment on column job.load_file.name is 'Name of the file, without folder.';
comment on column job.load_file.bytes is 'Its size.';
comment on column job.load_file.received is 'How much of it is on the disk.';
comment on column job.load_file.sha256 is 'SHA-256 of its content, once it is complete.';
grant update, delete on job.load_file to mappale_writer;

create table layer.kept_mapping (
    id             bigint generated always as identity primary key,
    territory_id   bigint not null references place.territory (id),
    layer          text not null check (length(layer) between 1 and 48),
    fields_sha256  bytea not null check (length(fields_sha256) = 32),
    mapping        jsonb not null,
    by             text not null,
    at             timestamptz not null default clock_timestamp()
);
comment on table layer.kept_mapping is 'How files with certain fields filled a layer: offered again for the next file of the same source. The newest row counts.';
comment on column layer.kept_mapping.id is 'Number of the row.';
comment on column layer.kept_mapping.territory_id is 'The comune that files were loaded for.';
comment on column layer.kept_mapping.layer is 'The layer that was filled.';
comment on column layer.kept_mapping.fields_sha256 is 'SHA-256 over the names of the fields: two files of one source have the same.';
comment on column layer.kept_mapping.mapping is 'Which fields and values fill the columns.';
comment on column layer.kept_mapping.by is 'Name of who mapped them.';
comment on column layer.kept_mapping.at is 'When.';
create index kept_mapping_newest on layer.kept_mapping (territory_id, layer, fields_sha256, id desc);

create table layer.discarded_part (
    part_id  bigint primary key references layer.part (id),
    by       text not null,
    at       timestamptz not null default clock_timestamp()
);
comment on table layer.discarded_part is 'Versions that were loaded and discarded: their rows are gone, that they were loaded stays known.';
comment on column layer.discarded_part.part_id is 'The version.';
comment on column layer.discarded_part.by is 'Name of who discarded it.';
comment on column layer.discarded_part.at is 'When.';
create trigger discarded_part_is_immutable before update or delete on layer.discarded_part
    for each row execute function layer.refuse_change();

-- Rows of a version that was never published may go, by layer.discard_part alone.
create or replace function layer.refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.xmin = pg_current_xact_id()::xid then
        return new;
    end if;
    if tg_op = 'DELETE' and tg_table_schema = 'data'
       and coalesce(current_setting('mappale.discarding', true), '') <> '' then
        if old.part_id::text = current_setting('mappale.discarding', true) then
            return old;
        end if;
    end if;
    raise exception 'rows of %.% are never changed', tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;

create function layer.discard_part(discarded bigint, who text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wanted layer.part;
begin
    select * into wanted from layer.part where id = discarded for update;
    if not found
       or exists (select from layer.publication where part_id = discarded)
       or exists (select from layer.plan_part where part_id = discarded)
       or exists (select from layer.lineage where old_part = discarded or new_part = discarded)
       or exists (select from layer.discarded_part where part_id = discarded) then
        return false;
    end if;
    perform set_config('mappale.discarding', discarded::text, true);
    execute format('delete from data.%I where part_id = $1', replace(wanted.layer, '.', '_'))
      using discarded;
    perform set_config('mappale.discarding', '', true);
    insert into layer.discarded_part (part_id, by) values (discarded, who);
    return true;
end
$$;
comment on function layer.discard_part(bigint, text) is 'Removes the rows of a version that was never published nor made part of a plan; false when it may not go.';
revoke execute on function layer.discard_part(bigint, text) from public, mappale_reader;
