//! Statements about sessions.

pub(super) const OPEN: &str = "
insert into person.session (token_sha256, name, role, demonstration, expires_at, person)
values ($1, $2, $3, $4, now() + $5 * interval '1 second', case when $4 then 'demo:' || $3 end)";

pub(super) const FIND: &str = "
select name, role
  from person.session
 where token_sha256 = $1 and expires_at > now() and (not demonstration or $2)";

pub(super) const FIND_PERSON: &str = "
select person
  from person.session
 where token_sha256 = $1 and expires_at > now() and (not demonstration or $2)";

pub(super) const CLOSE: &str = "
delete from person.session where token_sha256 = $1 or expires_at <= now()";

pub(super) const REPORTS_OF_AN_HOUR: &str = "
select count(*) from person.fact_report where at > now() - interval '1 hour'";

pub(super) const ADD_REPORT: &str = "
insert into person.fact_report (territory_id, parcel, layer, text, contact, evidence)
values ($1, $2, $3, $4, $5, $6)
returning id";

// Open reports come first, then the newest.
pub(super) const REPORTS: &str = "
select report.id, report.parcel, report.layer, report.text, report.contact, report.evidence,
       report.at, answer.note, answer.by
  from person.fact_report as report
  left join person.fact_report_answer as answer on answer.report_id = report.id
 where report.territory_id = $1
 order by answer.report_id is not null, report.id desc
 limit $2";

// A report is answered once.
pub(super) const ANSWER_REPORT: &str = "
insert into person.fact_report_answer (report_id, note, by)
select id, $3, $4 from person.fact_report where id = $1 and territory_id = $2
on conflict do nothing";

pub(crate) const ALL: &[&str] = &[
    OPEN,
    FIND,
    FIND_PERSON,
    CLOSE,
    REPORTS_OF_AN_HOUR,
    ADD_REPORT,
    REPORTS,
    ANSWER_REPORT,
];
