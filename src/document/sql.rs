//! Statements about issued certificates.

pub(super) const INSERT: &str = "
insert into document.certificate
       (code, territory_id, issued_at, valid_until, content, content_sha256, applicant, issued_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning certificate_id";

pub(super) const INSERT_PARCELS: &str = "
insert into document.certificate_parcel (certificate_id, place, reference)
select $1, place::integer, reference
  from unnest($2::text[]) with ordinality as listed (reference, place)";

pub(super) const INSERT_FILE: &str = "
insert into document.certificate_file (certificate_id, kind, sha256, bytes, content, added_at, added_by)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (certificate_id, sha256) do nothing";

pub(super) const FIND: &str = "
select certificate_id, territory_id, content
  from document.certificate
 where code = $1";

pub(super) const FILES: &str = "
select kind, sha256, bytes, added_at
  from document.certificate_file
 where certificate_id = $1
 order by added_at, kind";

pub(super) const DRAFT: &str = "
select content
  from document.certificate_file
 where certificate_id = $1 and kind = 'draft'
 order by added_at
 limit 1";

pub(super) const OF_PARCELS: &str = "
select distinct c.code, c.issued_at, c.valid_until
  from document.certificate c
  join document.certificate_parcel p using (certificate_id)
 where p.reference = any ($1) and c.valid_until >= $2
 order by c.issued_at desc
 limit $3";

pub(crate) const ALL: &[&str] = &[
    INSERT,
    INSERT_PARCELS,
    INSERT_FILE,
    FIND,
    FILES,
    DRAFT,
    OF_PARCELS,
];
