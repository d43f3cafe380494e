//! Statements about plans.

// Plan versions, of these territories or all, with their perimeter.
pub(super) const VERSIONS: &str = "
select plan_version.id, plan.id, plan.territory_id, plan.slug, plan.title, plan_version.code,
       plan_version.kind, plan_version.title, st_srid(plan_version.perimeter),
       plan_version.perimeter
  from layer.plan_version
  join layer.plan on plan.id = plan_version.plan_id
 where plan_version.at <= coalesce($2::timestamptz, 'infinity')
   and ($1::bigint[] is null or plan.territory_id = any($1))
 order by plan.territory_id, plan.slug, plan_version.id";

// The days of every publication of a plan version.
pub(super) const ENTRIES: &str = "
select publication_id, plan_version_id, plan_id, is_general, adopted_from, in_force_from,
       withdrawn_from
  from layer.plan_entry(coalesce($2::timestamptz, 'infinity'))
 where $1::bigint[] is null or territory_id = any($1)
 order by publication_id";

// Acts that count, oldest first.
pub(super) const ACTS: &str = "
select act.plan_version_id, act.id, act.kind, act.number, act.date, act.body, act.note, act.at, act.by
  from layer.plan_act as act
  join layer.plan_version on plan_version.id = act.plan_version_id
  join layer.plan on plan.id = plan_version.plan_id
 where act.kind <> 'cancel' and act.at <= coalesce($2::timestamptz, 'infinity')
   and ($1::bigint[] is null or plan.territory_id = any($1))
   and not exists (select from layer.plan_act as cancelling
                    where cancelling.cancels = act.id
                      and cancelling.at <= coalesce($2::timestamptz, 'infinity'))
 order by act.date, act.id";

// Publications and withdrawals that count, oldest first.
pub(super) const PUBLICATIONS: &str = "
select publication.plan_version_id, publication.id, publication.kind, publication.valid_from,
       publication.at, publication.by, publication.reason
  from layer.publication
  join layer.plan_version on plan_version.id = publication.plan_version_id
  join layer.plan on plan.id = plan_version.plan_id
 where publication.kind <> 'cancel' and publication.at <= coalesce($2::timestamptz, 'infinity')
   and ($1::bigint[] is null or plan.territory_id = any($1))
   and not exists (select from layer.publication as cancelling
                    where cancelling.cancels = publication.id
                      and cancelling.at <= coalesce($2::timestamptz, 'infinity'))
 order by publication.id";

pub(super) const MEMBERS: &str = "
select member.plan_version_id, member.layer, member.part_id, member.version
  from layer.plan_member as member
  join layer.plan_version on plan_version.id = member.plan_version_id
  join layer.plan on plan.id = plan_version.plan_id
 where $1::bigint[] is null or plan.territory_id = any($1)
 order by member.plan_version_id, member.layer";

// Titles of articles, the newest of each.
pub(super) const ARTICLES: &str = "
select distinct on (norm.plan_version_id, norm.article)
       norm.plan_version_id, norm.article, norm.title, norm.document is not null
  from layer.norm
  join layer.plan_version on plan_version.id = norm.plan_version_id
  join layer.plan on plan.id = plan_version.plan_id
 where norm.at <= coalesce($2::timestamptz, 'infinity')
   and ($1::bigint[] is null or plan.territory_id = any($1))
 order by norm.plan_version_id, norm.article, norm.id desc";

pub(super) const NORM: &str = "
select norm.article, norm.title, norm.markdown, norm.document, norm.document_name, norm.page, norm.at
  from layer.norm
 where norm.plan_version_id = $1 and norm.article = $2
   and norm.at <= coalesce($3::timestamptz, 'infinity')
 order by norm.id desc
 limit 1";

// Every article of a plan version, as known at a moment.
pub(super) const NORMS: &str = "
select distinct on (norm.article)
       norm.article, norm.title, norm.markdown, norm.document, norm.document_name, norm.page, norm.at
  from layer.norm
 where norm.plan_version_id = $1
   and norm.at <= coalesce($2::timestamptz, 'infinity')
 order by norm.article, norm.id desc";

// A document of a plan version, by its digest.
pub(super) const DOCUMENT: &str = "
select document.content, norm.document_name
  from layer.norm
  join layer.document on document.sha256 = norm.document
 where norm.plan_version_id = $1 and norm.document = $2
 order by norm.id desc
 limit 1";

pub(super) const FIND_VERSION: &str = "
select plan_version.id, plan.id
  from layer.plan_version
  join layer.plan on plan.id = plan_version.plan_id
 where plan.territory_id = $1 and plan.slug = $2 and plan_version.code = $3";

pub(super) const FIND_PLAN: &str = "
select id from layer.plan where territory_id = $1 and slug = $2";

pub(super) const INSERT_PLAN: &str = "
insert into layer.plan (territory_id, slug, title, at, by) values ($1, $2, $3, $4, $5)
returning id";

pub(super) const INSERT_VERSION: &str = "
insert into layer.plan_version (plan_id, code, kind, title, perimeter, at, by)
values ($1, $2, $3, $4, $5, $6, $7)
returning id";

pub(super) const INSERT_PART: &str = "
insert into layer.plan_part (plan_version_id, part_id, at, by) values ($1, $2, $3, $4)";

pub(super) const INSERT_ACT: &str = "
insert into layer.plan_act (plan_version_id, kind, number, date, body, note, cancels, at, by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
returning id";

// An act that may be cancelled: its date, and whether it was already.
pub(super) const FIND_ACT: &str = "
select act.date,
       exists (select from layer.plan_act as cancelling where cancelling.cancels = act.id)
  from layer.plan_act as act
 where act.id = $1 and act.plan_version_id = $2 and act.kind <> 'cancel'";

pub(super) const INSERT_DOCUMENT: &str = "
insert into layer.document (sha256, media_type, content) values ($1, 'application/pdf', $2)
on conflict (sha256) do nothing";

pub(super) const INSERT_NORM: &str = "
insert into layer.norm (plan_version_id, article, title, markdown, document, document_name, page,
                        at, by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

// What a version lacks to be published: its parts, the layers whose report has errors, dates.
pub(super) const READINESS: &str = "
select (select count(*) from layer.plan_member where plan_version_id = $1),
       (select coalesce(array_agg(member.layer order by member.layer), '{}')
          from layer.plan_member as member
          join layer.part on part.id = member.part_id
         where member.plan_version_id = $1
           and (jsonb_path_exists(part.report, '$.checks[*] ? (@.severity == \"error\")')
                or jsonb_path_exists(part.report, '$.findings[*] ? (@.severity == \"error\")'))),
       exists (select from layer.plan_act as act
                where act.plan_version_id = $1 and act.kind in ('adoption', 'publication')
                  and not exists (select from layer.plan_act as cancelling
                                   where cancelling.cancels = act.id))";

pub(super) const RECORD_PUBLICATION: &str = "
insert into layer.publication (plan_version_id, kind, at, valid_from, by, reason, cancels)
values ($1, $2, $3, $4, $5, $6, $7)";

pub(super) const IS_PUBLISHED: &str = "
select publication_id from layer.plan_entry('infinity') where plan_version_id = $1 limit 1";

// A publication of a plan version that may be cancelled, and whether it was already.
pub(super) const FIND_PUBLICATION: &str = "
select exists (select from layer.publication as cancelling
                where cancelling.cancels = publication.id)
  from layer.publication
 where publication.id = $1 and publication.plan_version_id = $2 and publication.kind <> 'cancel'";

/// Every fixed statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[
    VERSIONS,
    ENTRIES,
    ACTS,
    PUBLICATIONS,
    MEMBERS,
    ARTICLES,
    NORM,
    NORMS,
    DOCUMENT,
    FIND_VERSION,
    FIND_PLAN,
    INSERT_PLAN,
    INSERT_VERSION,
    INSERT_PART,
    INSERT_ACT,
    FIND_ACT,
    INSERT_DOCUMENT,
    INSERT_NORM,
    READINESS,
    RECORD_PUBLICATION,
    IS_PUBLISHED,
    FIND_PUBLICATION,
];
