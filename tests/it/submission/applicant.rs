//! Somebody who files, over HTTP.

#![allow(dead_code, reason = "tests and benches each use their part")]

use std::net::SocketAddr;
use std::time::Duration;

use sqlx::PgConnection;
use uuid::Uuid;

/// A parcel of the sample.
const PARCEL: &str = "X001_000200.88";

/// Media type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A submission: a draft and the key that it is sent with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Filing {
    pub(crate) draft: Uuid,
    pub(crate) key: Uuid,
}

/// Somebody who files.
pub(crate) struct Applicant {
    client: reqwest::Client,
    pub(crate) cookie: String,
    /// A draft with everything that it needs, of which others are made.
    pub(crate) template: Uuid,
}

pub(crate) fn client(idle: usize) -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(idle)
        .timeout(Duration::from_secs(60))
        .build()
        .expect("a client can be made")
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

impl Applicant {
    /// Signs in and prepares a draft; `client` is how to ask.
    pub(crate) async fn new(server: SocketAddr, client: reqwest::Client) -> Self {
        let mut applicant = Self {
            client,
            cookie: String::new(),
            template: Uuid::nil(),
        };
        let signed = applicant
            .request(server, "/demo/accedi", FORM, "ruolo=citizen&ritorno=/")
            .await;
        let cookie = signed.headers().get("set-cookie").expect("a session");
        let cookie = cookie.to_str().expect("is text");
        applicant.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let begun = applicant
            .request(
                server,
                "/servizi/ur-cdu/inizia",
                FORM,
                &format!("sel={PARCEL}"),
            )
            .await;
        let draft = location(&begun);
        let pages = [
            format!("parcels={PARCEL}"),
            "applicant_name=Nome+Inventato&applicant_tax_code=rssmra85t10a562s&applicant_address=\
             Via+dei+Mulini+8&applicant_email=nome%40example.org&for_company=no"
                .to_owned(),
            "has_delegate=no".to_owned(),
            "purpose=sale&urgent=no&stamp_number=01234567890123".to_owned(),
            "third_parties=yes&truth=yes&privacy=yes".to_owned(),
        ];
        for (index, form) in pages.iter().enumerate() {
            let path = format!("{draft}/{}", index + 1);
            let page = applicant.page(server, &path).await;
            let revision = hidden(&page, "_revision");
            let form = format!("_revision={revision}&_then=next&{form}");
            location(&applicant.request(server, &path, FORM, &form).await);
        }
        let file = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"r.pdf\"\r\n\
                    content-type: application/pdf\r\n\r\n%PDF-1.7 invented\r\n--edge--\r\n";
        let path = format!("{draft}/documenti/payment");
        let kind = "multipart/form-data; boundary=edge";
        location(&applicant.request(server, &path, kind, file).await);
        let id = draft.rsplit('/').next().unwrap_or_default();
        applicant.template = id.parse().expect("drafts have numbers");
        applicant
    }

    pub(crate) async fn page(&self, server: SocketAddr, path: &str) -> String {
        let answer = self
            .client
            .get(format!("http://{server}{path}"))
            .header("cookie", &self.cookie)
            .send()
            .await
            .expect("answers");
        answer.text().await.expect("is text")
    }

    async fn request(
        &self,
        server: SocketAddr,
        path: &str,
        kind: &str,
        body: &str,
    ) -> reqwest::Response {
        self.client
            .post(format!("http://{server}{path}"))
            .header("cookie", &self.cookie)
            .header("content-type", kind)
            .body(body.to_owned())
            .send()
            .await
            .expect("answers")
    }

    /// Complete drafts, each to be filed once with its key.
    pub(crate) async fn drafts(&self, owner: &mut PgConnection, count: usize) -> Vec<Filing> {
        let mut filings = Vec::new();
        for _ in 0..count {
            let filing = Filing {
                draft: Uuid::new_v4(),
                key: Uuid::new_v4(),
            };
            for statement in [
                "insert into practice.draft (id, person, territory_id, procedure_code,
                                             definition_sha256, answers, touched)
                 select $2, person, territory_id, procedure_code, definition_sha256, answers, touched
                   from practice.draft where id = $1",
                "insert into practice.draft_file (draft_id, code, sha256, name, media, bytes)
                 select $2, code, sha256, name, media, bytes
                   from practice.draft_file where draft_id = $1",
            ] {
                let copied = sqlx::query(statement)
                    .bind(self.template)
                    .bind(filing.draft)
                    .execute(&mut *owner)
                    .await
                    .expect("the owner may");
                assert_eq!(copied.rows_affected(), 1);
            }
            filings.push(filing);
        }
        filings
    }

    /// Sends a filing; the address of the practice, if that was the answer.
    pub(crate) fn send(
        &self,
        server: SocketAddr,
        filing: Filing,
    ) -> impl Future<Output = Option<String>> + use<> {
        let request = self
            .client
            .post(format!(
                "http://{}/pratiche/bozze/{}/invia",
                server, filing.draft
            ))
            .header("cookie", &self.cookie)
            .header("content-type", FORM)
            .body(format!("key={}", filing.key));
        async move {
            let answer = request.send().await.ok()?;
            let to = answer.headers().get("location")?.to_str().ok()?.to_owned();
            let id = to.strip_prefix("/pratiche/")?.strip_suffix("?ricevuta=1")?;
            id.parse::<Uuid>().ok()?;
            (answer.status() == 303).then_some(to)
        }
    }
}

/// Where an answer leads.
fn location(answer: &reqwest::Response) -> String {
    assert_eq!(answer.status(), 303, "{answer:?}");
    let to = answer.headers().get("location").expect("leads somewhere");
    to.to_str().expect("is text").to_owned()
}
