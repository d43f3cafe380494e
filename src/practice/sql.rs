//! Statements about practices.

pub(super) const KEEP_DEFINITION: &str = "
insert into procedure.definition (sha256, code, scope, version, text)
values ($1, $2, $3, $4, $5)
on conflict (sha256) do nothing";

pub(super) const DEFINITION_TEXT: &str = "
select text from procedure.definition where sha256 = $1";

pub(super) const OPEN_DRAFT: &str = "
insert into practice.draft (id, person, territory_id, procedure_code, definition_sha256, answers)
values ($1, $2, $3, $4, $5, $6)";

pub(super) const DRAFT: &str = "
select id, person, territory_id, procedure_code, definition_sha256, answers, touched, revision,
       saved_at, expires_at, submitted_as
  from practice.draft
 where id = $1 and person = $2";

pub(super) const LOCK_DRAFT: &str = "
select id, person, territory_id, procedure_code, definition_sha256, answers, touched, revision,
       saved_at, expires_at, submitted_as
  from practice.draft
 where id = $1 and person = $2
   for update";

pub(super) const DRAFTS: &str = "
select id, person, territory_id, procedure_code, definition_sha256, answers, touched, revision,
       saved_at, expires_at, submitted_as
  from practice.draft
 where person = $1 and submitted_as is null
 order by saved_at desc
 limit 100";

pub(super) const COUNT_DRAFTS: &str = "
select count(*) from practice.draft where person = $1 and submitted_as is null";

/// Saves when the revision is still the one that the writer has seen.
pub(super) const SAVE_DRAFT: &str = "
update practice.draft
   set answers = $4,
       touched = case when $5::text is null or $5 = any(touched) then touched
                      else array_append(touched, $5) end,
       revision = revision + 1,
       saved_at = now(),
       expires_at = now() + interval '90 days'
 where id = $1 and person = $2 and revision = $3 and submitted_as is null";

pub(super) const DROP_EXPIRED: &str = "
delete from practice.draft where expires_at < now() and submitted_as is null";

pub(super) const END_DRAFT: &str = "
update practice.draft set submitted_as = $2 where id = $1";

pub(super) const PUT_FILE: &str = "
insert into practice.draft_file (draft_id, code, sha256, name, media, bytes)
values ($1, $2, $3, $4, $5, $6)
on conflict (draft_id, code) do update
   set sha256 = excluded.sha256, name = excluded.name, media = excluded.media,
       bytes = excluded.bytes, added_at = now()";

/// Bytes of the documents in a person's drafts, without one that is to be replaced.
pub(super) const DRAFT_BYTES: &str = "
select coalesce(sum(draft_file.bytes), 0)::bigint
  from practice.draft_file
  join practice.draft on draft.id = draft_file.draft_id
 where draft.person = (select person from practice.draft where id = $1)
   and draft.submitted_as is null
   and (draft_file.draft_id, draft_file.code) <> ($1, $2)";

pub(super) const DROP_FILE: &str = "
delete from practice.draft_file where draft_id = $1 and code = $2";

pub(super) const DRAFT_FILES: &str = "
select code, sha256, name, media, bytes from practice.draft_file where draft_id = $1 order by code";

pub(super) const BY_KEY: &str = "
select id, body_sha256 from practice.practice where person = $1 and idempotency_key = $2";

pub(super) const NOW: &str = "
select now()";

pub(super) const OPEN_REGISTER: &str = "
insert into practice.register (territory_id, year, last_number, last_at)
values ($1, $2, 0, now())
on conflict (territory_id, year) do nothing";

/// Takes the next number; the row stays locked until the transaction ends.
pub(super) const TAKE_NUMBER: &str = "
update practice.register
   set last_number = last_number + 1, last_at = greatest(last_at, clock_timestamp())
 where territory_id = $1 and year = $2
returning last_number, last_at";

pub(super) const ADD_PRACTICE: &str = "
insert into practice.practice (
       id, draft_id, person, person_name, idempotency_key, body_sha256, territory_id, year, number,
       registered_at, procedure_code, definition_sha256, answers, facts)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

pub(super) const ADD_PARCEL: &str = "
insert into practice.parcel (practice_id, reference, area_m2) values ($1, $2, $3)";

pub(super) const ADD_FILES: &str = "
insert into practice.file (practice_id, code, sha256, name, media, bytes)
select $1, code, sha256, name, media, bytes from practice.draft_file where draft_id = $2";

pub(super) const ADD_EVENT: &str = "
insert into practice.event (
       practice_id, seq, kind, at, actor, actor_name, actor_role, content, salt, link)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

pub(super) const LAST_SEQ: &str = "
select coalesce(max(seq), 0)::int from practice.event where practice_id = $1";

pub(super) const PRACTICE: &str = "
select id, person, person_name, territory_id, year, number, registered_at, procedure_code,
       definition_sha256, answers, facts
  from practice.practice
 where id = $1 and ($3 or person = $2)";

pub(super) const OF_PERSON: &str = "
select id, person, person_name, territory_id, year, number, registered_at, procedure_code,
       definition_sha256, answers, facts
  from practice.practice
 where person = $1
 order by registered_at desc
 limit 200";

pub(super) const OF_OFFICE: &str = "
select id, person, person_name, territory_id, year, number, registered_at, procedure_code,
       definition_sha256, answers, facts
  from practice.practice
 order by registered_at desc
 limit 500";

pub(super) const EVENTS: &str = "
select seq, kind, at, actor, actor_name, actor_role, content
  from practice.event
 where practice_id = $1
 order by seq";

pub(super) const PARCELS: &str = "
select reference from practice.parcel where practice_id = $1 order by reference";

pub(super) const FILES: &str = "
select code, sha256, name, media, bytes from practice.file where practice_id = $1 order by code";

/// Events in the order of the chain, each with its link and whether its content was erased.
pub(super) const CONTENTS: &str = "
select event.practice_id, event.seq, event.kind, event.at, event.actor, event.actor_name,
       event.actor_role, event.content, event.salt, event.link, link.content_sha256,
       erasure.practice_id is not null as erased
  from practice.event
  left join audit.link on link.position = event.link
  left join practice.erasure using (practice_id)
 order by event.link";

/// Links that nothing belongs to.
pub(super) const BARE_LINKS: &str = "
select position
  from audit.link
 where not exists (select from practice.event where event.link = link.position)
   and not exists (select from practice.erasure where erasure.link = link.position)
   and not exists (select from audit.staff_act where staff_act.link = link.position)
 order by position";

pub(super) const DEFINITION_HASHES: &str = "
select sha256 from procedure.definition";

/// Everything that a practice is made of, as one text.
pub(super) const RECORD: &str = "
select jsonb_build_object(
           'id', practice.id, 'draft', practice.draft_id, 'person', practice.person,
           'name', practice.person_name, 'key', practice.idempotency_key,
           'body', encode(practice.body_sha256, 'hex'), 'territory', practice.territory_id,
           'year', practice.year, 'number', practice.number,
           'at', extract(epoch from practice.registered_at),
           'procedure', practice.procedure_code,
           'definition', encode(practice.definition_sha256, 'hex'),
           'answers', practice.answers, 'facts', practice.facts,
           'parcels', (select jsonb_agg(jsonb_build_array(reference, area_m2) order by reference)
                         from practice.parcel where parcel.practice_id = practice.id),
           'files', (select jsonb_agg(jsonb_build_array(
                                code, encode(sha256, 'hex'), name, media, bytes) order by code)
                       from practice.file where file.practice_id = practice.id))::text
  from practice.practice
 where practice.id = $1";

/// The same of all.
pub(super) const RECORDS: &str = "
select practice.id,
       jsonb_build_object(
           'id', practice.id, 'draft', practice.draft_id, 'person', practice.person,
           'name', practice.person_name, 'key', practice.idempotency_key,
           'body', encode(practice.body_sha256, 'hex'), 'territory', practice.territory_id,
           'year', practice.year, 'number', practice.number,
           'at', extract(epoch from practice.registered_at),
           'procedure', practice.procedure_code,
           'definition', encode(practice.definition_sha256, 'hex'),
           'answers', practice.answers, 'facts', practice.facts,
           'parcels', (select jsonb_agg(jsonb_build_array(reference, area_m2) order by reference)
                         from practice.parcel where parcel.practice_id = practice.id),
           'files', (select jsonb_agg(jsonb_build_array(
                                code, encode(sha256, 'hex'), name, media, bytes) order by code)
                       from practice.file where file.practice_id = practice.id))::text
  from practice.practice
 where not exists (select from practice.erasure where erasure.practice_id = practice.id)";

/// What belongs to a practice beside its record, as one text: areas and the code to follow it by.
pub(super) const ATTACHED: &str = "
select jsonb_build_object(
           'code', (select code from practice.follow where practice_id = $1),
           'places', (select jsonb_agg(jsonb_build_array(
                                 key, from_day, to_day, encode(st_asewkb(geom), 'hex')) order by key)
                        from practice.place where practice_id = $1))::text";

/// The same of all.
pub(super) const ALL_ATTACHED: &str = "
select practice.id,
       jsonb_build_object(
           'code', (select code from practice.follow where practice_id = practice.id),
           'places', (select jsonb_agg(jsonb_build_array(
                                 key, from_day, to_day, encode(st_asewkb(geom), 'hex')) order by key)
                        from practice.place where practice_id = practice.id))::text
  from practice.practice";

/// What an erasure leaves of a practice, as one text.
pub(super) const REMAINS: &str = "
select jsonb_build_object(
           'id', practice.id, 'draft', practice.draft_id, 'person', practice.person,
           'name', practice.person_name, 'key', practice.idempotency_key,
           'body', encode(practice.body_sha256, 'hex'), 'territory', practice.territory_id,
           'year', practice.year, 'number', practice.number,
           'at', extract(epoch from practice.registered_at),
           'procedure', practice.procedure_code,
           'definition', encode(practice.definition_sha256, 'hex'),
           'answers', practice.answers, 'facts', practice.facts,
           'parcels', (select jsonb_agg(jsonb_build_array(reference, area_m2) order by reference)
                         from practice.parcel where parcel.practice_id = practice.id),
           'files', (select jsonb_agg(jsonb_build_array(
                                code, encode(sha256, 'hex'), name, media, bytes) order by code)
                       from practice.file where file.practice_id = practice.id),
           'code', (select code from practice.follow where practice_id = practice.id),
           'places', (select jsonb_agg(jsonb_build_array(
                                 key, from_day, to_day, encode(st_asewkb(geom), 'hex')) order by key)
                        from practice.place where practice_id = practice.id),
           'events', (select jsonb_agg(jsonb_build_array(
                                seq, kind, extract(epoch from event.at), actor, actor_name, actor_role,
                                event.content, encode(event.salt, 'hex'), event.link) order by seq)
                        from practice.event where event.practice_id = practice.id))::text
  from practice.practice
 where practice.id = $1";

pub(super) const ERASURES: &str = "
select erasure.practice_id, erasure.at, erasure.by, erasure.reason, erasure.content, erasure.salt,
       link.content_sha256
  from practice.erasure
  left join audit.link on link.position = erasure.link
 order by erasure.link";

pub(super) const ADD_ERASURE: &str = "
insert into practice.erasure (practice_id, at, by, reason, content, salt, link)
values ($1, $2, $3, $4, $5, $6, $7)";

/// The one practice that may be erased in this transaction.
pub(super) const ALLOW_ERASING: &str = "
select set_config('mappale.erasing', $1, true)";

/// A practice that is to be erased, locked, and whether it was erased before.
pub(super) const LOCK_FOR_ERASURE: &str = "
select territory_id, procedure_code, definition_sha256,
       exists (select from practice.erasure where erasure.practice_id = practice.id)
  from practice.practice
 where id = $1
   for update";

pub(super) const ERASE_PRACTICE: &str = "
update practice.practice
   set person = 'erased', person_name = '', answers = '{}',
       body_sha256 = decode(repeat('00', 32), 'hex')
 where id = $1";

pub(super) const ERASE_FILES: &str = "
update practice.file set name = '' where practice_id = $1";

/// Officers act in the name of the comune: their names stay.
pub(super) const ERASE_EVENTS: &str = "
update practice.event
   set content = '', salt = decode(repeat('00', 32), 'hex'),
       actor = case when actor_role = 'officer' then actor else 'erased' end,
       actor_name = case when actor_role = 'officer' then actor_name else '' end
 where practice_id = $1";

pub(super) const ERASE_DRAFT: &str = "
delete from practice.draft where submitted_as = $1";

/// Documents of a practice that nothing else needs any more.
pub(super) const ERASED_BLOBS: &str = "
select sha256 from practice.file where practice_id = $1
union
select sha256 from practice.receipt where practice_id = $1
except
select file.sha256
  from practice.file
 where not exists (select from practice.erasure where erasure.practice_id = file.practice_id)
except
select sha256 from practice.draft_file
except
select receipt.sha256
  from practice.receipt
 where not exists (select from practice.erasure where erasure.practice_id = receipt.practice_id)";

pub(super) const DEFINITIONS: &str = "
select sha256, code, scope, version, text from procedure.definition";

pub(super) const REGISTERS: &str = "
select register.territory_id, register.year, register.last_number,
       count(practice.id), coalesce(max(practice.number), 0),
       coalesce(max(practice.registered_at) = register.last_at, false)
  from practice.register
  left join practice.practice using (territory_id, year)
 group by register.territory_id, register.year, register.last_number, register.last_at
 order by register.territory_id, register.year";

/// Every document that a draft, a practice or a receipt needs.
pub(super) const BLOBS: &str = "
select file.sha256
  from practice.file
 where not exists (select from practice.erasure where erasure.practice_id = file.practice_id)
union
select sha256 from practice.draft_file
union
select receipt.sha256
  from practice.receipt
 where not exists (select from practice.erasure where erasure.practice_id = receipt.practice_id)
 order by 1";

pub(super) const ADD_FOLLOW: &str = "
insert into practice.follow (practice_id, code) values ($1, $2)";

pub(super) const FOLLOW_CODE: &str = "
select code from practice.follow where practice_id = $1";

pub(super) const BY_CODE: &str = "
select practice_id from practice.follow where code = $1";

pub(super) const ADD_DUE: &str = "
insert into practice.outbox (practice_id, kind) values ($1, $2)";

/// Claims the next entry that is due: nobody else has it for a minute, which is longer than anything
/// that is done for an entry may take. Whoever dies over it leaves it due.
pub(super) const TAKE_DUE: &str = "
update practice.outbox
   set due_at = clock_timestamp() + interval '60 seconds'
 where id = (select id
               from practice.outbox
              where done_at is null and due_at <= clock_timestamp()
              order by due_at
              limit 1
                for update skip locked)
returning id, practice_id, attempts";

pub(super) const END_DUE: &str = "
update practice.outbox
   set done_at = clock_timestamp(), attempts = attempts + 1, last_error = null
 where id = $1";

pub(super) const PUT_OFF: &str = "
update practice.outbox
   set attempts = attempts + 1, last_error = $2, due_at = now() + make_interval(secs => $3)
 where id = $1";

pub(super) const KEEP_RECEIPT: &str = "
insert into practice.receipt (practice_id, sha256, bytes) values ($1, $2, $3)
on conflict (practice_id) do nothing";

pub(super) const RECEIPT: &str = "
select sha256, bytes, made_at from practice.receipt where practice_id = $1";

pub(super) const ANY: &str = "
select id, person, person_name, territory_id, year, number, registered_at, procedure_code,
       definition_sha256, answers, facts
  from practice.practice
 where id = $1";

/// Row-level security lets the holder of a code see its practice.
pub(super) const SEE_LINKED: &str = "
select set_config('mappale.practice', $1, true)";

/// Square metres of an area that lie outside of the boundary in use; no row without one.
pub(super) const OUTSIDE_M2: &str = "
select st_area(st_difference(st_setsrid(st_geomfromtext($2), st_srid(geom)), geom))
  from place.boundary
 where territory_id = $1
 order by origin, coalesce(valid_from, '-infinity') > current_date,
          case when valid_from <= current_date then valid_from end desc nulls last, valid_from,
          id desc
 limit 1";

/// Areas of other practices on some of the same days.
pub(super) const CONFLICTS: &str = "
with asked as (
    select st_setsrid(st_geomfromtext($2), storage_srid) as geom
      from place.territory
     where id = $1
)
select place.from_day, place.to_day, st_area(st_intersection(place.geom, asked.geom))
  from practice.place
  join practice.practice on practice.id = place.practice_id
 cross join asked
 where practice.territory_id = $1
   and practice.id is distinct from $5
   and st_intersects(place.geom, asked.geom)
   and st_area(st_intersection(place.geom, asked.geom)) > 0.01
   and place.from_day <= $4 and place.to_day >= $3
   and not exists (
       select from practice.event
        where event.practice_id = practice.id and event.kind in ('refused', 'withdrawn')
   )
 order by place.from_day, place.to_day
 limit 50";

pub(super) const ADD_PLACE: &str = "
insert into practice.place (practice_id, key, from_day, to_day, geom)
select $1, $2, $3, $4, st_setsrid(st_geomfromtext($5), storage_srid)
  from place.territory
 where id = $6";

pub(crate) const ALL: &[&str] = &[
    KEEP_DEFINITION,
    DEFINITION_HASHES,
    DEFINITION_TEXT,
    OPEN_DRAFT,
    DRAFT,
    LOCK_DRAFT,
    DRAFTS,
    COUNT_DRAFTS,
    SAVE_DRAFT,
    DROP_EXPIRED,
    END_DRAFT,
    PUT_FILE,
    DRAFT_BYTES,
    DROP_FILE,
    DRAFT_FILES,
    BY_KEY,
    NOW,
    OPEN_REGISTER,
    TAKE_NUMBER,
    ADD_PRACTICE,
    ADD_PARCEL,
    ADD_FILES,
    ADD_EVENT,
    LAST_SEQ,
    PRACTICE,
    OF_PERSON,
    OF_OFFICE,
    EVENTS,
    PARCELS,
    FILES,
    CONTENTS,
    BARE_LINKS,
    ATTACHED,
    ALL_ATTACHED,
    REMAINS,
    ERASURES,
    ADD_ERASURE,
    ALLOW_ERASING,
    LOCK_FOR_ERASURE,
    ERASE_PRACTICE,
    ERASE_FILES,
    ERASE_EVENTS,
    ERASE_DRAFT,
    ERASED_BLOBS,
    RECORD,
    RECORDS,
    DEFINITIONS,
    REGISTERS,
    BLOBS,
    ADD_FOLLOW,
    FOLLOW_CODE,
    BY_CODE,
    ADD_DUE,
    TAKE_DUE,
    END_DUE,
    PUT_OFF,
    KEEP_RECEIPT,
    RECEIPT,
    ANY,
    SEE_LINKED,
    OUTSIDE_M2,
    CONFLICTS,
    ADD_PLACE,
];
