-- Plans: versions that group parts, acts, norms and, for partial ones, a perimeter. A version
-- is published whole, by one row of layer.publication; what is in force follows from it and
-- from the dates of the acts.

create table layer.plan (
    id            bigint generated always as identity primary key,
    territory_id  bigint not null references place.territory (id),
    slug          text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
    title         text not null check (title <> '' and length(title) <= 200),
    at            timestamptz not null default clock_timestamp(),
    by            text not null,
    unique (territory_id, slug)
);
comment on table layer.plan is 'Plans of a territory, such as its urban plan.';
comment on column layer.plan.id is 'Number of the plan.';
comment on column layer.plan.territory_id is 'The territory that it is about.';
comment on column layer.plan.slug is 'Word of the plan in URLs and commands.';
comment on column layer.plan.title is 'Official name.';
comment on column layer.plan.at is 'When it was recorded.';
comment on column layer.plan.by is 'Account or name of who recorded it.';

create table layer.plan_version (
    id         bigint generated always as identity primary key,
    plan_id    bigint not null references layer.plan (id),
    code       text not null check (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(code) <= 60),
    kind       text not null check (kind in ('general', 'partial', 'suap', 'correction')),
    title      text not null check (title <> '' and length(title) <= 200),
    perimeter  geometry check (st_isvalid(perimeter)) check (geometrytype(perimeter) = 'MULTIPOLYGON'),
    at         timestamptz not null default clock_timestamp(),
    by         text not null,
    unique (plan_id, code),
    check (kind = 'correction' or (kind = 'general') = (perimeter is null))
);
comment on table layer.plan_version is 'Versions of a plan: the general ones, and variants that count only inside their perimeter.';
comment on column layer.plan_version.id is 'Number of the version.';
comment on column layer.plan_version.plan_id is 'The plan.';
comment on column layer.plan_version.code is 'Word of the version in URLs and commands.';
comment on column layer.plan_version.kind is 'general: the whole plan; partial: a variant of a place; suap: a variant for one enterprise (DPR 160/2010 art. 8); correction: of a material error.';
comment on column layer.plan_version.title is 'Official name.';
comment on column layer.plan_version.perimeter is 'MultiPolygon in the storage CRS inside which it counts; null: everywhere in the territory.';
comment on column layer.plan_version.at is 'When it was recorded.';
comment on column layer.plan_version.by is 'Account or name of who recorded it.';

create table layer.plan_part (
    id               bigint generated always as identity primary key,
    plan_version_id  bigint not null references layer.plan_version (id),
    part_id          bigint not null references layer.part (id),
    at               timestamptz not null default clock_timestamp(),
    by               text not null
);
comment on table layer.plan_part is 'The parts of plan versions: the newest row of a layer counts. Complete once the version is published.';
comment on column layer.plan_part.id is 'Number of the row.';
comment on column layer.plan_part.plan_version_id is 'The version.';
comment on column layer.plan_part.part_id is 'The part.';
comment on column layer.plan_part.at is 'When it was added.';
comment on column layer.plan_part.by is 'Account or name of who added it.';
create index plan_part_of_version on layer.plan_part (plan_version_id, id);
create index plan_part_of_part on layer.plan_part (part_id);

create table layer.plan_act (
    id               bigint generated always as identity primary key,
    plan_version_id  bigint not null references layer.plan_version (id),
    kind             text not null check (kind in ('adoption', 'deposit', 'observations', 'submission',
                         'counter_deductions', 'approval', 'publication', 'revocation',
                         'annulment', 'other', 'cancel')),
    number           text check (number <> '' and length(number) <= 60),
    date             date not null,
    body             text check (body <> '' and length(body) <= 200),
    note             text check (note <> '' and length(note) <= 2000),
    cancels          bigint unique references layer.plan_act (id),
    at               timestamptz not null default clock_timestamp(),
    by               text not null,
    check ((kind = 'cancel') = (cancels is not null))
);
comment on table layer.plan_act is 'Acts about plan versions: rows are only added; a wrong one is cancelled by another.';
comment on column layer.plan_act.id is 'Number of the row.';
comment on column layer.plan_act.plan_version_id is 'The version.';
comment on column layer.plan_act.kind is 'adoption; deposit for observations; observations: end of their term; submission for approval; counter_deductions; approval; publication on the bulletin: from its date the version is in force; revocation or annulment: from its date it is not; other; cancel: another row was a mistake.';
comment on column layer.plan_act.number is 'Number of the act in its register.';
comment on column layer.plan_act.date is 'Date of the act.';
comment on column layer.plan_act.body is 'Who decided, such as the council.';
comment on column layer.plan_act.note is 'What else is to be known of it.';
comment on column layer.plan_act.cancels is 'The row that was a mistake, for kind cancel.';
comment on column layer.plan_act.at is 'When it was recorded.';
comment on column layer.plan_act.by is 'Account or name of who recorded it.';
create index plan_act_of_version on layer.plan_act (plan_version_id, id);

create table layer.document (
    sha256      bytea primary key check (length(sha256) = 32),
    media_type  text not null check (media_type = 'application/pdf'),
    content     bytea not null check (sha256(content) = sha256),
    at          timestamptz not null default clock_timestamp()
);
alter table layer.document alter column content set storage external;
comment on table layer.document is 'Documents of norms, by their content.';
comment on column layer.document.sha256 is 'SHA-256 of the content.';
comment on column layer.document.media_type is 'Always application/pdf.';
comment on column layer.document.content is 'The bytes as they were given; nothing here reads them.';
comment on column layer.document.at is 'When it was stored.';

create table layer.norm (
    id               bigint generated always as identity primary key,
    plan_version_id  bigint not null references layer.plan_version (id),
    article          text not null check (article ~ '^[0-9A-Za-z]+([._-][0-9A-Za-z]+)*$' and length(article) <= 40),
    title            text not null check (title <> '' and length(title) <= 300),
    markdown         text check (length(markdown) <= 1000000),
    document         bytea references layer.document (sha256),
    document_name    text check (document_name <> '' and length(document_name) <= 200),
    page             integer check (page between 1 and 100000),
    at               timestamptz not null default clock_timestamp(),
    by               text not null,
    check (markdown is not null or document is not null),
    check ((document is null) = (document_name is null)),
    check (page is null or document is not null)
);
comment on table layer.norm is 'Articles of the norms of plan versions: rows are only added, the newest of an article counts.';
comment on column layer.norm.id is 'Number of the row.';
comment on column layer.norm.plan_version_id is 'The version.';
comment on column layer.norm.article is 'Code of the article as features name it, such as 24.';
comment on column layer.norm.title is 'Title of the article.';
comment on column layer.norm.markdown is 'Its text, in CommonMark with tables.';
comment on column layer.norm.document is 'The document that it stands in.';
comment on column layer.norm.document_name is 'Name of the document for people who download it.';
comment on column layer.norm.page is 'Page of the document, from 1.';
comment on column layer.norm.at is 'When it was recorded.';
comment on column layer.norm.by is 'Account or name of who recorded it.';
create index norm_of_version on layer.norm (plan_version_id, article, id desc);

do $$
declare
    name text;
begin
    foreach name in array array['plan', 'plan_version', 'plan_part', 'plan_act', 'document', 'norm'] loop
        execute format('create trigger %I before update or delete on layer.%I
            for each row execute function layer.refuse_change()', name || '_is_immutable', name);
    end loop;
end
$$;

-- A publication is about a part or about a whole plan version.
alter table layer.publication
    alter column part_id drop not null,
    alter column valid_from drop not null,
    add column plan_version_id bigint references layer.plan_version (id),
    add constraint publication_subject_check check (num_nonnulls(part_id, plan_version_id) = 1),
    add constraint publication_day_check check (valid_from is not null or plan_version_id is not null);
create index publication_of_plan_version on layer.publication (plan_version_id, id);
comment on column layer.publication.part_id is 'The part that the act is about; null when it is about a plan version.';
comment on column layer.publication.plan_version_id is 'The plan version that the act is about, with all its parts; null when it is about a part.';
comment on column layer.publication.valid_from is 'First day on which it counts, in the legal time of Italy; may lie before or after the day of recording. Null for a plan version whose own acts say it.';

-- What belongs to a published version is complete: parts come before, or with another version.
create function layer.check_plan_part() returns trigger language plpgsql as $$
begin
    if exists (select from layer.publication where plan_version_id = new.plan_version_id) then
        raise exception 'plan version % is published, its parts never change', new.plan_version_id
            using errcode = 'check_violation';
    end if;
    if not exists (select from layer.part
                     join layer.plan on plan.territory_id = part.territory_id
                     join layer.plan_version on plan_version.plan_id = plan.id
                    where part.id = new.part_id and plan_version.id = new.plan_version_id) then
        raise exception 'part % is not of the territory of plan version %', new.part_id, new.plan_version_id
            using errcode = 'check_violation';
    end if;
    return new;
end
$$;
comment on function layer.check_plan_part() is 'Refuses parts for a version that is published, and parts of another territory.';
create trigger part_fits_its_version before insert on layer.plan_part
    for each row execute function layer.check_plan_part();

create or replace function layer.check_new_rows() returns trigger language plpgsql
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
    select part.id into wrong
      from layer.part
     where part.id in (select distinct part_id from added)
       and (exists (select from layer.publication where publication.part_id = part.id)
            or exists (select from layer.plan_part where plan_part.part_id = part.id))
     limit 1;
    if found then
        raise exception 'part % is published, its rows never change', wrong using errcode = 'check_violation';
    end if;
    return null;
end
$$;
comment on function layer.check_new_rows() is 'Statement trigger of data tables: new rows are in the CRS of their part, and their part is neither published nor of a plan version.';

-- The days of each publication of a plan version, as far as was known at a moment.
create function layer.plan_entry(known timestamptz)
returns table (publication_id bigint, plan_version_id bigint, plan_id bigint, territory_id bigint,
               is_general boolean, at timestamptz, adopted_from date, in_force_from date,
               withdrawn_from date)
language sql stable as $$
    -- dates that the acts say
    with dated as (
        select act.plan_version_id,
               min(act.date) filter (where act.kind = 'adoption') as adopted,
               min(act.date) filter (where act.kind = 'publication') as effective,
               min(act.date) filter (where act.kind in ('revocation', 'annulment')) as ended
          from layer.plan_act as act
         where act.at <= known and act.kind <> 'cancel'
           and not exists (select from layer.plan_act as cancelling
                            where cancelling.cancels = act.id and cancelling.at <= known)
         group by act.plan_version_id
    ),
    -- publications of versions that were not cancelled
    counting as (
        select publication.id, publication.plan_version_id, publication.kind, publication.at,
               publication.valid_from
          from layer.publication
         where publication.plan_version_id is not null and publication.kind <> 'cancel'
           and publication.at <= known
           and not exists (select from layer.publication as cancelling
                            where cancelling.cancels = publication.id and cancelling.at <= known)
    )
    select counting.id, plan_version.id, plan.id, plan.territory_id, plan_version.perimeter is null,
           counting.at, dated.adopted, coalesce(counting.valid_from, dated.effective),
           least(dated.ended,
                 (select min(withdrawal.valid_from)
                    from counting as withdrawal
                   where withdrawal.plan_version_id = counting.plan_version_id
                     and withdrawal.kind = 'withdraw' and withdrawal.id > counting.id))
      from counting
      join layer.plan_version on plan_version.id = counting.plan_version_id
      join layer.plan on plan.id = plan_version.plan_id
      left join dated on dated.plan_version_id = counting.plan_version_id
     where counting.kind = 'publish'
$$;
comment on function layer.plan_entry(timestamptz) is 'Publications of plan versions with the days from which the version is adopted, in force and withdrawn, as known at a moment.';

-- The parts of each plan version, one a layer.
create view layer.plan_member as
select distinct on (plan_part.plan_version_id, part.layer)
       plan_part.plan_version_id, part.layer, part.id as part_id, part.version
  from layer.plan_part
  join layer.part on part.id = plan_part.part_id
 order by plan_part.plan_version_id, part.layer, plan_part.id desc;
comment on view layer.plan_member is 'Parts of plan versions, the newest of each layer.';
comment on column layer.plan_member.plan_version_id is 'The version.';
comment on column layer.plan_member.layer is 'The layer.';
comment on column layer.plan_member.part_id is 'Its part.';
comment on column layer.plan_member.version is 'Version of the part.';

-- As before, with general versions of plans: each publishes all its parts, from the day that
-- its acts say. A version that is withdrawn counts as if it had ended: the one before it is in
-- force again.
create or replace function layer.deciding(on_day date, known timestamptz)
returns table (part_id bigint, layer text, territory_id bigint, version integer,
               publication_id bigint, kind text, at timestamptz, valid_from date, valid_to date)
language sql stable as $$
    with act as (
        select part.id as part_id, part.layer, part.territory_id, part.version,
               publication.id, publication.kind, publication.at, publication.valid_from,
               null::date as ends
          from layer.publication
          join layer.part on part.id = publication.part_id
         where publication.kind <> 'cancel' and publication.at <= known
           and not exists (select from layer.publication as cancelling
                            where cancelling.cancels = publication.id and cancelling.at <= known)
         union all
        select member.part_id, member.layer, entry.territory_id, member.version,
               entry.publication_id, 'publish', entry.at, entry.in_force_from, entry.withdrawn_from
          from layer.plan_entry(known) as entry
          join layer.plan_member as member on member.plan_version_id = entry.plan_version_id
         where entry.is_general and entry.in_force_from is not null
           and (entry.withdrawn_from is null or entry.withdrawn_from > entry.in_force_from)
    )
    select distinct on (act.layer, act.territory_id)
           act.part_id, act.layer, act.territory_id, act.version, act.id, act.kind, act.at,
           act.valid_from,
           -- the day before another part or nothing takes its place, or it is withdrawn
           least(act.ends, (select min(later.valid_from)
              from act as later
             where later.layer = act.layer and later.territory_id = act.territory_id
               and later.valid_from > act.valid_from
               and (later.ends is null or later.ends > on_day)
               and (later.kind <> act.kind or later.part_id <> act.part_id))) - 1
      from act
     where act.valid_from <= on_day and (act.ends is null or act.ends > on_day)
     order by act.layer, act.territory_id, act.valid_from desc, act.id desc
$$;

-- Everything that answers on a day: the part in force of each layer and territory, variants in
-- force inside their perimeter, and versions that are adopted.
create function layer.standing(on_day date, known timestamptz)
returns table (part_id bigint, layer text, territory_id bigint, version integer,
               publication_id bigint, plan_version_id bigint, status text, at timestamptz,
               valid_from date, valid_to date)
language sql stable as $$
    -- what is in force everywhere in a territory
    with base as (
        select deciding.*, publication.plan_version_id
          from layer.deciding(on_day, known) as deciding
          join layer.publication on publication.id = deciding.publication_id
         where deciding.kind = 'publish'
    ),
    entry as materialized (
        select * from layer.plan_entry(known)
    ),
    -- variants in force, each by its latest publication
    variant as (
        select distinct on (entry.plan_version_id) entry.*
          from entry
         where not entry.is_general and entry.in_force_from <= on_day
           and (entry.withdrawn_from is null or entry.withdrawn_from > on_day)
         order by entry.plan_version_id, entry.in_force_from desc, entry.publication_id desc
    ),
    -- versions that are adopted and not in force yet
    adopted as (
        select distinct on (entry.plan_version_id) entry.*
          from entry
         where entry.adopted_from <= on_day
           and (entry.in_force_from is null or entry.in_force_from > on_day)
           and (entry.withdrawn_from is null or entry.withdrawn_from > on_day)
           and not exists (select from entry as other
                            where other.plan_version_id = entry.plan_version_id
                              and other.in_force_from <= on_day)
         order by entry.plan_version_id, entry.in_force_from, entry.publication_id desc
    )
    select part_id, layer, territory_id, version, publication_id, plan_version_id, 'in_force', at,
           valid_from, valid_to
      from base
     union all
    select member.part_id, member.layer, variant.territory_id, member.version,
           variant.publication_id, variant.plan_version_id, 'variant', variant.at,
           variant.in_force_from, least(variant.withdrawn_from - 1, base.valid_to)
      from variant
      join layer.plan_member as member on member.plan_version_id = variant.plan_version_id
      left join base on base.layer = member.layer and base.territory_id = variant.territory_id
     -- a general version that came later has taken the variant in
     where base.part_id is null or (base.valid_from, base.publication_id)
                                   <= (variant.in_force_from, variant.publication_id)
     union all
    select member.part_id, member.layer, adopted.territory_id, member.version,
           adopted.publication_id, adopted.plan_version_id, 'adopted', adopted.at,
           adopted.adopted_from, least(adopted.withdrawn_from, adopted.in_force_from) - 1
      from adopted
      join layer.plan_member as member on member.plan_version_id = adopted.plan_version_id
$$;
comment on function layer.standing(date, timestamptz) is 'Parts that answer on a day as known at a moment: in force everywhere, in force inside the perimeter of a variant, or adopted.';

comment on function layer.deciding(date, timestamptz) is 'The act that decides for each layer and territory on a day, as known at a moment (infinity: all that is known); its part is in force when kind is publish.';
