//! Statements about sessions.

pub(super) const OPEN: &str = "
insert into person.session (
       token_sha256, name, role, demonstration, expires_at, person, assurance)
values ($1, $2, $3, $4, now() + $5 * interval '1 second', $6, $7)";

// The role of a demonstration is the session's; any other follows from the duties of this moment.
pub(super) const FIND: &str = "
select session.person, session.name,
       case when session.demonstration then session.role
            else coalesce((
                select duty.role
                  from person.duty
                 where duty.person = session.person and duty.ended_at is null
                   and duty.since <= now() and (duty.until is null or duty.until > now())
                 order by array_position(array['officer', 'administrator', 'gis_clerk'], duty.role)
                 limit 1), 'citizen')
       end as role,
       session.mandate_id, mandate.grantor,
       coalesce(mandate.on_behalf, grantor.name) as grantor_name,
       mandate.may_submit, mandate.procedure_code,
       mandate.revoked_at is null
           and mandate.valid_until >= (now() at time zone 'Europe/Rome')::date as mandate_holds
  from person.session
  left join person.mandate using (mandate_id)
  left join person.subject as grantor on grantor.person = mandate.grantor
 where token_sha256 = $1 and expires_at > now() and (not demonstration or $2)
   and session.person is not null";

pub(super) const ACT_UNDER: &str = "
update person.session
   set mandate_id = $2
 where token_sha256 = $1
   and ($2::bigint is null or exists (
       select from person.mandate
         join person.subject on subject.tax_code = mandate.agent_tax_code
        where mandate.mandate_id = $2 and subject.person = session.person
          and mandate.revoked_at is null
          and mandate.valid_until >= (now() at time zone 'Europe/Rome')::date))";

pub(super) const KEEP_SUBJECT: &str = "
insert into person.subject (person, name, tax_code)
values ($1, $2, $3)
on conflict (person) do update set name = excluded.name, seen_at = now()";

/// A person whom a provider knows; one who was named by tax code before stays the same person.
pub(super) const KEEP_KNOWN: &str = "
insert into person.subject (person, name, tax_code, issuer, issuer_key)
values ($1, $2, $3, $4, $5)
on conflict (tax_code) do update
   set name = excluded.name, issuer = excluded.issuer, issuer_key = excluded.issuer_key,
       seen_at = now()
returning person";

pub(super) const GIVE_DUTY: &str = "
insert into person.duty (person, territory_id, office, role, deputy_of, until, given_by)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing";

pub(super) const CLOSE: &str = "
delete from person.session where token_sha256 = $1 or expires_at <= now()";

pub(super) const REPORTS_OF_AN_HOUR: &str = "
select count(*) from person.fact_report where at > now() - interval '1 hour'";

pub(super) const ADD_REPORT: &str = "
insert into person.fact_report (territory_id, parcel, lon, lat, layer, text, contact, evidence)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning id";

pub(super) const REPORTS: &str = "
select report.id, report.parcel, report.lon, report.lat, report.layer, report.text,
       report.contact, report.evidence, report.at, answer.note, answer.by,
       answer.at as answered_at
  from person.fact_report as report
  left join person.fact_report_answer as answer on answer.report_id = report.id
 where report.territory_id = $1 and (answer.report_id is not null) = $2
 order by report.id desc
 limit $3";

pub(super) const REPORT: &str = "
select report.id, report.parcel, report.lon, report.lat, report.layer, report.text,
       report.contact, report.evidence, report.at, answer.note, answer.by,
       answer.at as answered_at
  from person.fact_report as report
  left join person.fact_report_answer as answer on answer.report_id = report.id
 where report.territory_id = $1 and report.id = $2";

pub(super) const REPORT_COUNTS: &str = "
select count(*) filter (where answer.report_id is null),
       count(*) filter (where answer.report_id is not null)
  from person.fact_report as report
  left join person.fact_report_answer as answer on answer.report_id = report.id
 where report.territory_id = $1";

// A report is answered once.
pub(super) const ANSWER_REPORT: &str = "
insert into person.fact_report_answer (report_id, note, by)
select id, $3, $4 from person.fact_report where id = $1 and territory_id = $2
on conflict do nothing";

pub(super) const RATINGS_OF_AN_HOUR: &str = "
select count(*) from person.page_rating where at > now() - interval '1 hour'";

pub(super) const ADD_RATING: &str = "
insert into person.page_rating (territory_id, page, stars, token)
values ($1, $2, $3, $4)";

pub(super) const RATING_OF: &str = "
select rating.stars, detail.rating_id is not null
  from person.page_rating as rating
  left join person.page_rating_detail as detail using (rating_id)
 where rating.token = $1 and rating.at > now() - interval '1 hour'";

// A rating is detailed once, and only while its page may still be open.
pub(super) const ADD_RATING_DETAIL: &str = "
insert into person.page_rating_detail (rating_id, reason, note)
select rating_id, $2, $3
  from person.page_rating
 where token = $1 and at > now() - interval '1 hour'
on conflict do nothing";

pub(super) const RATED_PAGES: &str = "
select page, count(*), avg(stars)::float8,
       count(*) filter (where stars <= 3)
  from person.page_rating
 where territory_id = $1
 group by page
 order by page";

pub(super) const RATING_NOTES: &str = "
select rating.page, rating.stars, detail.reason, detail.note, rating.at
  from person.page_rating as rating
  join person.page_rating_detail as detail using (rating_id)
 where rating.territory_id = $1
 order by rating.rating_id desc
 limit $2";

pub(crate) const ALL: &[&str] = &[
    OPEN,
    FIND,
    ACT_UNDER,
    KEEP_SUBJECT,
    KEEP_KNOWN,
    GIVE_DUTY,
    CLOSE,
    REPORTS_OF_AN_HOUR,
    ADD_REPORT,
    REPORTS,
    REPORT,
    REPORT_COUNTS,
    ANSWER_REPORT,
    RATINGS_OF_AN_HOUR,
    ADD_RATING,
    RATING_OF,
    ADD_RATING_DETAIL,
    RATED_PAGES,
    RATING_NOTES,
];
