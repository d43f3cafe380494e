//! The receipt of a submission (L. 241/1990, art. 18-bis).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::text::Lang;

use super::block::{self, Column, Table};
use super::dressing::Dressing;
use super::press::Order;
use super::qr::qr_svg;

/// A document that was filed.
#[derive(Debug, Clone)]
pub struct ReceiptFile {
    /// Which document of the procedure.
    pub title: String,
    /// Name that the file had.
    pub name: String,
    /// Size in words.
    pub size: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// What a receipt says; every text is already in the language of the receipt.
#[derive(Debug, Clone)]
pub struct FiledReceipt<'a> {
    /// Letterhead.
    pub dressing: &'a Dressing,
    /// Name of the comune.
    pub comune: String,
    /// Language.
    pub lang: Lang,
    /// Identifies the practice for ever.
    pub practice: String,
    /// Moment of the registration.
    pub registered_at: Timestamp,
    /// The same in words.
    pub registered: String,
    /// Number in the register.
    pub number: String,
    /// Name of the procedure.
    pub procedure: String,
    /// Who filed it.
    pub applicant: String,
    /// Parcels, in words.
    pub parcels: Vec<String>,
    /// Office that decides.
    pub office: String,
    /// Who answers for it.
    pub responsible: String,
    /// Who decides when it does not.
    pub substitute: String,
    /// The term: last day and law; none when nothing is decided.
    pub term: Option<(String, String)>,
    /// What silence means.
    pub silence: String,
    /// What takes effect, or what happens next.
    pub effect: String,
    /// SHA-256 of all that was filed, hexadecimal.
    pub sha256: String,
    /// Documents.
    pub files: Vec<ReceiptFile>,
    /// Code to follow the practice by.
    pub code: String,
    /// Address at which it is followed.
    pub url: String,
}

/// The order that prints a receipt.
pub fn receipt_order(receipt: &FiledReceipt<'_>) -> Order {
    let lang = receipt.lang;
    let text = |key: &str| lang.text(key);
    let letterhead = &receipt.dressing.letterhead;
    let title = text("receipt-pdf-title");
    let name = lang.text_with("site-comune", &[("name", (&receipt.comune).into())]);
    let mut files = BTreeMap::from([(
        "segui.svg".to_owned(),
        qr_svg(&receipt.url).unwrap_or_default(),
    )]);
    if let Some(svg) = &letterhead.emblem_svg {
        files.insert("stemma.svg".to_owned(), svg.clone());
    }
    let data = json!({
        "lang": lang.code(),
        "title": title,
        "title_align": "left",
        "subtitle": receipt.procedure,
        "subject": format!("{} {}", receipt.procedure, receipt.number),
        "keywords": [receipt.number],
        "running": format!("{title} {}", receipt.number),
        "letterhead": {
            "name": name,
            "office": receipt.office,
            "lines": letterhead.lines,
            "emblem": letterhead.emblem_svg.as_ref().map(|_| "stemma.svg"),
            "emblem_alt": letterhead.emblem_description,
        },
        "stamp_duty": null,
        "draft": null,
        "references": [],
        "footer": lang.text_with("receipt-pdf-footer", &[("number", (&receipt.number).into())]),
        "page": text("sheet-page"),
        "blocks": blocks(receipt),
        "attachments": [],
    });
    Order {
        template: "document",
        identifier: format!("receipt:{}", receipt.practice),
        issued_at: receipt.registered_at,
        data,
        files,
    }
}

fn blocks(receipt: &FiledReceipt<'_>) -> Vec<Value> {
    let lang = receipt.lang;
    let text = |key: &str| lang.text(key);
    let mut filed = vec![
        (text("receipt-pdf-number"), receipt.number.clone()),
        (text("receipt-pdf-moment"), receipt.registered.clone()),
        (text("receipt-pdf-applicant"), receipt.applicant.clone()),
    ];
    if !receipt.parcels.is_empty() {
        filed.push((text("practice-parcels"), receipt.parcels.join("; ")));
    }
    let mut next = vec![
        (text("service-office"), receipt.office.clone()),
        (text("service-responsible"), receipt.responsible.clone()),
        (text("service-substitute"), receipt.substitute.clone()),
    ];
    if let Some((day, law)) = &receipt.term {
        next.push((text("receipt-pdf-term"), format!("{day} ({law})")));
    }
    let mut blocks = vec![
        block::par(text("receipt-pdf-lead")),
        block::facts(filed),
        block::heading(2, text("receipt-pdf-next")),
        block::par(receipt.effect.clone()),
        block::facts(next),
        block::aside(receipt.silence.clone()),
        block::heading(2, text("receipt-pdf-filed")),
    ];
    if !receipt.files.is_empty() {
        let mut table = Table::new(vec![
            Column::text(text("receipt-pdf-document"), 2.0),
            Column::text("SHA-256", 3.0),
            Column::narrow(text("receipt-pdf-size")),
        ]);
        for file in &receipt.files {
            table.row(vec![
                json!(format!("{}: {}", file.title, file.name)),
                block::faint(in_groups(&file.sha256)),
                json!(file.size),
            ]);
        }
        blocks.push(table.finish());
    }
    blocks.push(block::note(lang.text_with(
        "receipt-pdf-hash",
        &[("hash", (&in_groups(&receipt.sha256)).into())],
    )));
    blocks.push(json!({
        "kind": "verification",
        "title": text("receipt-pdf-follow"),
        "text": text("receipt-pdf-follow-text"),
        "code": receipt.code,
        "url": receipt.url,
        "qr": "segui.svg",
        "qr_alt": text("receipt-pdf-qr"),
    }));
    blocks
}

/// A hash in groups of eight digits, so that lines can break.
fn in_groups(hash: &str) -> String {
    let digits: Vec<char> = hash.chars().collect();
    let groups: Vec<String> = digits
        .chunks(8)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}
