-- Loads of hundreds of thousands of rows: what is checked of the rows is checked once for all.

-- As before, but the new rows, which a large load keeps in a file, are gone through once.
create or replace function layer.check_new_rows() returns trigger language plpgsql
    set search_path = public, pg_temp as $$
declare
    parts bigint[];
    srids integer[];
    wrong bigint;
begin
    select array_agg(part_id), array_agg(srid) into parts, srids
      from (select part_id, st_srid(geom) as srid from added group by 1, 2) as kind;
    select kind.part_id into wrong
      from unnest(parts, srids) as kind (part_id, srid)
      left join layer.part on part.id = kind.part_id
     where part.id is null or kind.srid is distinct from part.srid
     limit 1;
    if found then
        raise exception 'a row is not in the CRS of its part %', wrong using errcode = 'check_violation';
    end if;
    select part.id into wrong
      from layer.part
     where part.id = any(parts)
       and (exists (select from layer.publication where publication.part_id = part.id)
            or exists (select from layer.plan_part where plan_part.part_id = part.id))
     limit 1;
    if found then
        raise exception 'part % is published, its rows never change', wrong using errcode = 'check_violation';
    end if;
    return null;
end
$$;

-- The foreign key asked for the territory once a row. Territories are never removed: no role may,
-- and a feature has a part, which refers to the same territory.
create function layer.check_new_features() returns trigger language plpgsql
    set search_path = public, pg_temp as $$
declare
    wrong bigint;
begin
    select known.territory_id into wrong
      from (select territory_id from added group by territory_id) as known
     where not exists (select from place.territory where territory.id = known.territory_id)
     limit 1;
    if found then
        raise exception 'there is no territory %', wrong using errcode = 'foreign_key_violation';
    end if;
    return null;
end
$$;
comment on function layer.check_new_features() is 'Statement trigger of layer.feature: new features are of a territory that exists.';
create trigger check_new_features after insert on layer.feature
    referencing new table as added for each statement execute function layer.check_new_features();
alter table layer.feature drop constraint feature_territory_id_fkey;
