-- Two times of every publication: the day from which it counts (valid_from) and the moment at
-- which it was recorded (at). A correction is another row; what was recorded stays.

alter table layer.publication disable trigger publication_is_immutable;
alter table layer.publication add column valid_from date;
-- Publications counted from the day on which they were made.
update layer.publication set valid_from = (at at time zone 'Europe/Rome')::date;
alter table layer.publication
    alter column valid_from set not null,
    alter column valid_from set default (clock_timestamp() at time zone 'Europe/Rome')::date,
    alter column at set default clock_timestamp(),
    add column cancels bigint unique references layer.publication (id),
    drop constraint publication_kind_check,
    add constraint publication_kind_check check (kind in ('publish', 'withdraw', 'cancel')),
    add constraint publication_cancels_check check ((kind = 'cancel') = (cancels is not null));
alter table layer.publication enable trigger publication_is_immutable;

comment on table layer.publication is 'Acts of publishing and withdrawing: rows are only added. layer.deciding says which of them decides on a day.';
comment on column layer.publication.kind is 'publish: the part is in force from valid_from on; withdraw: nothing of its layer and territory is, from that day on; cancel: another act was a mistake and does not count.';
comment on column layer.publication.at is 'When it was recorded; acts become visible in the order of these moments.';
comment on column layer.publication.valid_from is 'First day on which it counts, in the legal time of Italy; may lie before or after the day of recording.';
comment on column layer.publication.cancels is 'The act that was a mistake, for kind cancel.';

-- The acts that decide what is in force on a day, one a layer and territory, as far as was
-- known at a moment: among the acts recorded until then and not cancelled, the one with the
-- latest first day not after the day asked for; of two with the same first day, the one
-- recorded later.
create function layer.deciding(on_day date, known timestamptz)
returns table (part_id bigint, layer text, territory_id bigint, version integer,
               publication_id bigint, kind text, at timestamptz, valid_from date, valid_to date)
language sql stable as $$
    with act as (
        select part.id as part_id, part.layer, part.territory_id, part.version,
               publication.id, publication.kind, publication.at, publication.valid_from
          from layer.publication
          join layer.part on part.id = publication.part_id
         where publication.kind <> 'cancel' and publication.at <= known
           and not exists (select from layer.publication as cancelling
                            where cancelling.cancels = publication.id and cancelling.at <= known)
    )
    select distinct on (act.layer, act.territory_id)
           act.part_id, act.layer, act.territory_id, act.version, act.id, act.kind, act.at,
           act.valid_from,
           -- the day before another part or nothing takes its place
           (select min(later.valid_from) - 1
              from act as later
             where later.layer = act.layer and later.territory_id = act.territory_id
               and later.valid_from > act.valid_from
               and (later.kind <> act.kind or later.part_id <> act.part_id))
      from act
     where act.valid_from <= on_day
     order by act.layer, act.territory_id, act.valid_from desc, act.id desc
$$;
comment on function layer.deciding(date, timestamptz) is 'The act that decides for each layer and territory on a day, as known at a moment (infinity: all that is known); its part is in force when kind is publish.';

create or replace view layer.published as
select part_id, layer, territory_id, version, publication_id, kind, at, valid_from
  from layer.deciding((now() at time zone 'Europe/Rome')::date, 'infinity');
comment on view layer.published is 'The act that decides for each layer and territory today; in force when kind is publish.';
comment on column layer.published.part_id is 'The part of the deciding act.';
comment on column layer.published.publication_id is 'The deciding act.';
comment on column layer.published.at is 'When it was recorded.';
comment on column layer.published.valid_from is 'First day on which it counts.';

-- A boundary made from sheets counts from the day of its sheets; one from a file always.
alter table place.boundary
    add column valid_from date,
    alter column created_at set default clock_timestamp();
comment on column place.boundary.valid_from is 'First day on which it counts; null: always.';
comment on table place.boundary is 'Boundaries of territories: rows are only added, the newest row that counts on a day is used; one from a file goes before one from sheets.';
