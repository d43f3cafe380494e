//! Somebody who walks from page to page, as a browser would.

use super::session::sign_in;
use super::{Answer, Site};
use crate::sample::Town;

/// A parcel of the sample.
pub(super) const PARCEL: &str = "X001_000200.88";

/// The sample with the demonstration's sign-in.
pub(super) async fn site() -> Site {
    Site::of(Town::published().await, true).await
}

/// Where an answer leads.
pub(super) fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{:?} {}", answer.headers, answer.text());
    answer.header("location").to_owned()
}

/// The value of a hidden field.
pub(super) fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Somebody in a browser.
pub(super) struct Walker<'s> {
    pub(super) site: &'s Site,
    pub(super) cookie: String,
}

impl Walker<'_> {
    pub(super) async fn get(&self, path: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("accept-language", "it")];
        self.site.get_with(path, &headers).await
    }

    pub(super) async fn post(&self, path: &str, form: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("accept-language", "it")];
        self.site.post(path, &headers, form).await
    }

    pub(super) async fn upload(&self, path: &str, name: &str, content: &str) -> Answer {
        let body = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n{content}\r\n--edge--\r\n"
        );
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("accept-language", "it"),
            ("content-type", "multipart/form-data; boundary=edge"),
        ];
        super::send(
            &self.site.router,
            axum::http::Method::POST,
            path,
            &headers,
            &body,
        )
        .await
    }

    /// Saves a page of the form with the revision that it shows.
    pub(super) async fn save(&self, path: &str, form: &str) -> Answer {
        let page = self.get(path).await.assert_page(200);
        let revision = hidden(&page, "_revision");
        self.post(path, &format!("_revision={revision}&_then=next&{form}"))
            .await
    }

    /// A draft of a CDU with everything that it needs.
    pub(super) async fn complete_draft(&self) -> String {
        let started = self
            .post("/servizi/ur-cdu/inizia", &format!("sel={PARCEL}"))
            .await;
        let draft = location(&started);
        self.complete(&draft).await;
        draft
    }

    /// Answers every page of a draft of a CDU and adds its document.
    pub(super) async fn complete(&self, draft: &str) {
        let (name, street) = ("Nome+Inventato", "Via+dei+Mulini+8");
        self.complete_as(draft, name, street, "nome%40example.org")
            .await;
    }

    /// The same of somebody with this name, street and e-mail address, encoded as in a form.
    pub(super) async fn complete_as(&self, draft: &str, name: &str, street: &str, mail: &str) {
        let pages = [
            format!("parcels={PARCEL}"),
            format!(
                "applicant_name={name}&applicant_tax_code=rssmra85t10a562s&\
                 applicant_address={street}&applicant_email={mail}&for_company=no"
            ),
            "has_delegate=no".to_owned(),
            "purpose=sale&urgent=no&stamp_number=01234567890123".to_owned(),
            "third_parties=yes&truth=yes&privacy=yes".to_owned(),
        ];
        for (index, form) in pages.iter().enumerate() {
            let path = format!("{draft}/{}", index + 1);
            location(&self.save(&path, form).await);
        }
        let path = format!("{draft}/documenti/payment");
        location(
            &self
                .upload(&path, "ricevuta.pdf", "%PDF-1.7 invented")
                .await,
        );
    }

    /// Files a complete draft and returns the address of the practice.
    pub(super) async fn file(&self, draft: &str) -> String {
        let key = self.key(draft).await;
        let sent = self
            .post(&format!("{draft}/invia"), &format!("key={key}"))
            .await;
        let receipt = location(&sent);
        receipt.split('?').next().unwrap_or_default().to_owned()
    }

    pub(super) async fn key(&self, draft: &str) -> String {
        let page = self.get(&format!("{draft}/riepilogo")).await;
        hidden(&page.assert_page(200), "key")
    }

    pub(super) async fn act(&self, practice: &str, step: &str, text: &str) -> Answer {
        let page = self.get(practice).await.assert_page(200);
        let seen = hidden(&page, "seen");
        self.post(
            &format!("{practice}/azione"),
            &format!("seen={seen}&step={step}&text={text}"),
        )
        .await
    }
}

/// Somebody who has signed in.
pub(super) async fn walker<'s>(site: &'s Site, role: &str) -> Walker<'s> {
    Walker {
        site,
        cookie: sign_in(site, role).await,
    }
}
