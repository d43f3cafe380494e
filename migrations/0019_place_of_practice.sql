-- Areas that practices are about, and when.

create table practice.place (
    practice_id  uuid not null references practice.practice (id),
    key          text not null,
    from_day     date,
    to_day       date,
    geom         geometry not null check (st_isvalid(geom) and not st_isempty(geom)),
    primary key (practice_id, key)
);
comment on table practice.place is 'Areas that were drawn for practices, and the days for which they are asked.';
comment on column practice.place.practice_id is 'The practice.';
comment on column practice.place.key is 'The question that it answers.';
comment on column practice.place.from_day is 'First day; none when no period is asked.';
comment on column practice.place.to_day is 'Last day.';
comment on column practice.place.geom is 'Polygon in the storage CRS of the comune.';
create index practice_place_geom on practice.place using gist (geom);
create trigger place_is_immutable before update or delete on practice.place
    for each row execute function layer.refuse_change();

alter table practice.place enable row level security;
create policy of_seen on practice.place for all to mappale_writer using (
    (select practice.viewer()) = 'system'
    or exists (select from practice.practice where practice.id = practice_id)
);
