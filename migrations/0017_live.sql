-- Practices as a live layer of the map: a view of the shape that every live layer has, and the
-- announcement that wakes those who keep a copy of it.

-- The newest publication of each parcel decides its outline; a parcel that a newer cadastre does
-- not have any more keeps the outline of the last one that had it.
create function practice.outline(wanted text[], of_territory bigint) returns geometry
language plpgsql stable
set search_path = public, pg_temp as $$
declare
    found geometry;
begin
    -- A table of a layer is made by the first load.
    if cardinality(wanted) = 0 or to_regclass('data.catasto_particella') is null then
        return null;
    end if;
    execute '
        with shown as (
            -- parts of the parcels of this territory that were published, with their last act
            select part.id, max(publication.id) as act
              from layer.part
              join layer.publication on publication.part_id = part.id
              join place.territory on territory.id = part.territory_id
             where part.layer = ''catasto.particella'' and part.territory_id = $2
               and part.srid = territory.storage_srid
               and publication.kind = ''publish''
               and publication.valid_from <= (now() at time zone ''Europe/Rome'')::date
               and not exists (select from layer.publication as cancelling
                                where cancelling.cancels = publication.id)
             group by part.id
        ), newest as (
            select distinct on (parcel.key) parcel.geom
              from shown
              join data.catasto_particella as parcel
                on parcel.part_id = shown.id and parcel.key = any($1)
             order by parcel.key, shown.act desc
        )
        select st_multi(st_union(geom)) from newest'
       into found using wanted, of_territory;
    return found;
end
$$;
comment on function practice.outline(text[], bigint) is 'Outline of some parcels of a territory together, in its storage CRS; null where none is known.';
revoke all on function practice.outline(text[], bigint) from public;
grant execute on function practice.outline(text[], bigint) to mappale_writer;

create view practice.on_map as
select ('x' || left(encode(sha256(convert_to(filed.id::text, 'UTF8')), 'hex'), 13))::bit(52)::bigint
           as id,
       hashtextextended(happened.last_link::text || ' ' || coalesce(cadastre.publication_id, 0), 0)
           as revision,
       filed.territory_id,
       practice.outline(array(select parcel.reference from practice.parcel
                               where parcel.practice_id = filed.id), filed.territory_id) as geom,
       jsonb_build_object(
           'practice', filed.id,
           'register_number', filed.year || '/' || lpad(filed.number::text, 7, '0'),
           'year', filed.year,
           'procedure', filed.procedure_code,
           'definition', encode(filed.definition_sha256, 'hex'),
           'steps', happened.steps) as attributes,
       jsonb_build_object(
           'persons', jsonb_build_array(filed.person),
           'office', true,
           'public', false) as policy
  from practice.practice as filed
  cross join lateral (
       select max(event.link) as last_link, jsonb_agg(event.kind order by event.seq) as steps
         from practice.event
        where event.practice_id = filed.id) as happened
  left join layer.published as cadastre
    on cadastre.layer = 'catasto.particella' and cadastre.territory_id = filed.territory_id;
comment on view practice.on_map is 'Practices where they are: a view of the shape of live layers. Read by the writer only: it names persons.';
comment on column practice.on_map.id is 'Numeric name: 52 bits of a digest of the random number of the practice, so that it tells nothing.';
comment on column practice.on_map.revision is 'Differs whenever the row does: a digest of the last link of its events and of the publication of the cadastre.';
comment on column practice.on_map.territory_id is 'The comune.';
comment on column practice.on_map.geom is 'The parcels together, in the storage CRS; null where none is known.';
comment on column practice.on_map.attributes is 'Values by name; the program makes the state from the steps.';
comment on column practice.on_map.policy is 'Who may see it: persons, whether the office may, whether anybody may.';
grant select on practice.on_map to mappale_writer;

-- Whoever adds an event announces it, at commit, on the channel of all announcements.
create function practice.announce_event() returns trigger language plpgsql as $$
begin
    perform pg_notify('mappale', 'live.changed practice.on_map');
    return null;
end
$$;
comment on function practice.announce_event() is 'Wakes those who keep a copy of the live layer of practices.';
create trigger announce_event after insert on practice.event
    for each statement execute function practice.announce_event();
