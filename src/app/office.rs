//! What the office prints: facts, maps and dressing of one moment, put together and handed to
//! the press.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::access::Viewer;
use crate::cadastre::CadastralReference;
use crate::census::census_areas;
use crate::document::{
    self, Answer, Article, Atelier, GatherError, Gathered, IssueError, IssuedCertificate, MapSheet,
    NewCertificate, Order, Paper, ParcelSheet, PressError, Print, Request, VerificationCode,
    ZoningCertificate, certificate_extracts, certificate_order, gather, map_order, parcel_extracts,
    parcel_order, valid_until,
};
use crate::draw::{self, Frame, Selection, Sheet, Subject, draw};
use crate::layer::{Localized, norm};
use crate::place::Comune;
use crate::snapshot::Catalogue;
use crate::text::Lang;

use super::open::App;

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// There is no content.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// A map could not be drawn.
    #[error(transparent)]
    Draw(#[from] draw::Error),
    /// The press failed.
    #[error(transparent)]
    Press(#[from] PressError),
    /// The certificate could not be kept.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The census could not be asked.
    #[error(transparent)]
    Census(#[from] crate::census::Error),
    /// The operating system gives no random bytes for a code.
    #[error("no random bytes for a verification code")]
    Random,
    /// The task that drew and composed ended in the middle.
    #[error("the document could not be put together")]
    Stopped,
}

/// A certificate to be issued.
#[derive(Debug, Clone)]
pub struct CertificateOrder {
    /// What is published.
    pub catalogue: Arc<Catalogue>,
    /// For whom.
    pub viewer: Viewer,
    /// The comune that issues it.
    pub comune: Arc<Comune>,
    /// The parcels.
    pub references: Vec<CadastralReference>,
    /// The request.
    pub request: Option<Request>,
    /// Who asked.
    pub applicant: Option<String>,
    /// Who issues it.
    pub issued_by: String,
    /// True for articles of the norms in full; otherwise by reference.
    pub in_full: bool,
    /// Scheme and host of the address printed for verification.
    pub origin: String,
}

/// A certificate that was issued.
#[derive(Debug)]
pub struct Issued {
    /// Its code.
    pub code: VerificationCode,
    /// Its content.
    pub content: ZoningCertificate,
    /// The PDF.
    pub pdf: Vec<u8>,
}

/// Issues a certificate: gathers, draws, prints, keeps; when this returns it is kept.
///
/// # Errors
/// [`OfficeError`]; then nothing is kept.
pub async fn issue_certificate(app: &App, order: CertificateOrder) -> Result<Issued, OfficeError> {
    let code = VerificationCode::generate().map_err(|_| OfficeError::Random)?;
    let (territory_id, applicant) = (order.comune.id, order.applicant.clone());
    let issued_by = order.issued_by.clone();
    let mut gathered = {
        let order = order.clone();
        apart(move || {
            Ok(gather(
                &order.catalogue,
                &order.viewer,
                &order.comune,
                &order.references,
                Lang::It,
            )?)
        })
        .await?
    };
    let site = &app.dressings().of(&order.comune.slug).site;
    let areas = census_areas(app.databases(), &order.references).await?;
    gathered.add_census(&areas, site.scale_to_census_area);
    let articles = articles(app, &gathered.articles, order.in_full).await?;
    let (content, print) = {
        let (app, code) = (app.clone(), code.clone());
        apart(move || compose_certificate(&app, &order, &code, gathered, articles)).await?
    };
    let pdf = app.press().print(&print).await?;
    let new = NewCertificate {
        code: code.clone(),
        territory_id,
        content: content.clone(),
        applicant,
        issued_by,
        pdf: pdf.clone(),
    };
    document::keep(&app.databases().writer, new).await?;
    Ok(Issued { code, content, pdf })
}

/// The articles that zones name, as the norms of their plans have them.
///
/// One that the norms do not have is left out: the tables name it all the same.
async fn articles(
    app: &App,
    wanted: &[(i64, String)],
    in_full: bool,
) -> Result<Vec<Article>, OfficeError> {
    let mut found = Vec::new();
    let mut connection = app
        .databases()
        .reader
        .acquire()
        .await
        .map_err(IssueError::from)?;
    for (plan, number) in wanted {
        let norm = norm(&mut connection, *plan, number, None)
            .await
            .map_err(IssueError::from)?;
        if let Some(norm) = norm {
            found.push(Article {
                number: number.clone(),
                title: norm.title,
                text: norm.markdown.filter(|_| in_full),
            });
        }
    }
    Ok(found)
}

fn compose_certificate(
    app: &App,
    order: &CertificateOrder,
    code: &VerificationCode,
    gathered: Gathered,
    articles: Vec<Article>,
) -> Result<(ZoningCertificate, Order), OfficeError> {
    let issued_at = app.now();
    let content = ZoningCertificate {
        format: 1,
        code: code.to_string(),
        issued_at,
        date: app.today(),
        valid_until: valid_until(issued_at),
        comune: gathered.comune,
        request: order.request.clone(),
        parcels: gathered.parcels,
        layers: gathered.layers,
        instruments: gathered.instruments,
        articles,
    };
    let dressing = app.dressings().of(&order.comune.slug);
    let atelier = Atelier {
        catalogue: &order.catalogue,
        viewer: &order.viewer,
        fragments: app.fragments(),
    };
    let extracts = certificate_extracts(atelier, dressing, &content)?;
    let print = certificate_order(
        &content,
        &Print {
            dressing,
            applicant: order.applicant.as_deref(),
            verification_url: &format!("{}/verifica/{code}", order.origin),
            extracts: &extracts,
        },
    );
    Ok((content, print))
}

/// A map or a parcel to be printed for a visitor.
#[derive(Debug, Clone)]
pub struct PrintOrder {
    /// What is published, as of `date`.
    pub catalogue: Arc<Catalogue>,
    /// For whom.
    pub viewer: Viewer,
    /// Language of the print.
    pub lang: Lang,
    /// The comune.
    pub comune: Arc<Comune>,
    /// Day on which it shows what was in force.
    pub date: Date,
}

/// The PDF of a map to scale; `frame` has the paper's size for the map.
///
/// # Errors
/// [`OfficeError`].
pub async fn print_map(
    app: &App,
    order: PrintOrder,
    paper: Paper,
    frame: Frame,
    layers: Selection,
    subjects: Vec<Subject>,
    title: Option<String>,
) -> Result<Vec<u8>, OfficeError> {
    let print = {
        let app = app.clone();
        apart(move || {
            let dressing = app.dressings().of(&order.comune.slug);
            let mut sheet = Sheet {
                frame,
                layers,
                subjects: &subjects,
                lang: order.lang,
                description: String::new(),
            };
            let draw_sheet =
                |sheet: &Sheet<'_>| draw(&order.catalogue, &order.viewer, app.fragments(), sheet);
            // How long the legend is, and so how much room the map has, shows when it is drawn.
            let mut drawing = draw_sheet(&sheet)?;
            let rows = drawing.legend.len().div_ceil(paper.legend_columns());
            let [width_mm, height_mm] = paper.map_mm(rows);
            if (height_mm, width_mm) != (frame.height_mm, frame.width_mm) {
                sheet.frame = Frame {
                    width_mm,
                    height_mm,
                    ..frame
                };
                drawing = draw_sheet(&sheet)?;
            }
            let sources = sources(&order, &drawing.layers);
            Ok(map_order(MapSheet {
                lang: order.lang,
                dressing,
                comune: &order.comune.name,
                paper,
                frame: sheet.frame,
                title: title.as_deref(),
                drawing,
                sources,
                day: app.today(),
                date: order.date,
            }))
        })
        .await?
    };
    Ok(app.press().print(&print).await?)
}

fn sources(order: &PrintOrder, drawn: &[String]) -> Vec<String> {
    let mut sources: Vec<String> = Vec::new();
    for id in drawn {
        let Some(entry) = order.catalogue.layer(id) else {
            continue;
        };
        let source = &entry.definition().source;
        let text = format!("{} ({})", say(&source.name, order.lang), source.licence);
        if !sources.contains(&text) {
            sources.push(text);
        }
    }
    sources
}

fn say(text: &Localized, lang: Lang) -> &str {
    match lang {
        Lang::It => &text.it,
        Lang::En => &text.en,
    }
}

/// The PDF of a parcel's extract; `page_url` is the address of its page.
///
/// # Errors
/// [`OfficeError`].
pub async fn print_parcel(
    app: &App,
    order: PrintOrder,
    reference: CadastralReference,
    page_url: String,
) -> Result<Vec<u8>, OfficeError> {
    let areas = app
        .census_areas(&order.viewer, std::slice::from_ref(&reference))
        .await;
    let print = {
        let app = app.clone();
        apart(move || {
            let asked = std::slice::from_ref(&reference);
            let mut gathered = gather(
                &order.catalogue,
                &order.viewer,
                &order.comune,
                asked,
                order.lang,
            )?;
            gathered.add_census(&areas, false);
            let atelier = Atelier {
                catalogue: &order.catalogue,
                viewer: &order.viewer,
                fragments: app.fragments(),
            };
            let extracts =
                parcel_extracts(atelier, &reference, order.comune.storage_srid, order.lang)?;
            Ok(parcel_order(&ParcelSheet {
                lang: order.lang,
                dressing: app.dressings().of(&order.comune.slug),
                comune: &gathered.comune,
                parcel: &gathered.parcels[0],
                layers: &gathered.layers,
                instruments: &gathered.instruments,
                colours: &BTreeMap::new(),
                extracts: &extracts,
                page_url: &page_url,
                day: app.today(),
                date: order.date,
            }))
        })
        .await?
    };
    Ok(app.press().print(&print).await?)
}

/// Runs what takes a core for a while beside the threads that answer requests.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OfficeError> + Send + 'static,
) -> Result<T, OfficeError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(OfficeError::Stopped))
}

/// How a certificate stands to what is in force now.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// Every layer answers from the version that it answered from then.
    Same,
    /// Some layers have other versions, which say the same of these parcels.
    Newer,
    /// Something is different now.
    Changed(Vec<Change>),
}

/// What is different now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The parcel, as a national reference.
    pub reference: String,
    /// Name of the layer; none when the parcel itself is not there any more.
    pub layer: Option<String>,
    /// What was certified: codes with whole square metres.
    pub then: Vec<(String, i64)>,
    /// What is so now.
    pub now: Vec<(String, i64)>,
}

/// Compares a certificate with what is in force now, for the public.
///
/// # Errors
/// [`OfficeError`].
pub async fn compare(app: &App, issued: &IssuedCertificate) -> Result<Comparison, OfficeError> {
    let catalogue = app.catalogue();
    if let Some(known) = app.comparisons().get(issued.id, &catalogue) {
        return Ok(known);
    }
    let (territory_id, content) = (issued.territory_id, issued.content.clone());
    let with = Arc::clone(&catalogue);
    let made = apart(move || Ok(compared(&with, territory_id, &content)?)).await?;
    app.comparisons().keep(issued.id, &catalogue, made.clone());
    Ok(made)
}

fn compared(
    catalogue: &Catalogue,
    territory_id: i64,
    content: &ZoningCertificate,
) -> Result<Comparison, GatherError> {
    let mut changes = Vec::new();
    let mut is_newer = false;
    for parcel in &content.parcels {
        let gone = || Change {
            reference: parcel.reference.clone(),
            layer: None,
            then: Vec::new(),
            now: Vec::new(),
        };
        let (Some(comune), Ok(reference)) = (
            catalogue.comune(territory_id),
            parcel.reference.parse::<CadastralReference>(),
        ) else {
            changes.push(gone());
            continue;
        };
        let asked = std::slice::from_ref(&reference);
        let mut now = match gather(catalogue, &Viewer::Anonymous, comune, asked, Lang::It) {
            Ok(now) => now,
            Err(GatherError::Fact(
                crate::fact::Error::NoParcel(_) | crate::fact::Error::NoCadastre(_),
            )) => {
                changes.push(gone());
                continue;
            }
            Err(error) => return Err(error),
        };
        // Compared in the measure of the certificate.
        if parcel.scaled_to_census {
            now.parcels[0].census_area_m2 = parcel.census_area_m2;
            now.parcels[0].scale_to_census();
        }
        let told = now.layers.iter().zip(&now.parcels[0].answers);
        for (layer, answer) in told {
            let position = content.layers.iter().position(|old| old.id == layer.id);
            let old = position.map(|position| &content.layers[position]);
            let part = |layer: &document::CertifiedLayer| layer.version.as_ref().map(|v| v.part);
            if old.and_then(part) == part(layer) {
                continue;
            }
            is_newer = true;
            let before = position.and_then(|position| parcel.answers.get(position));
            let (then, now) = (before.map(told_by).unwrap_or_default(), told_by(answer));
            if then != now {
                changes.push(Change {
                    reference: parcel.reference.clone(),
                    layer: Some(layer.title.clone()),
                    then,
                    now,
                });
            }
        }
        for (layer, answer) in content.layers.iter().zip(&parcel.answers) {
            let is_gone = !now.layers.iter().any(|new| new.id == layer.id);
            if is_gone && !answer.pieces.is_empty() {
                changes.push(Change {
                    reference: parcel.reference.clone(),
                    layer: Some(layer.title.clone()),
                    then: told_by(answer),
                    now: Vec::new(),
                });
            }
        }
    }
    Ok(match (changes.is_empty(), is_newer) {
        (false, _) => Comparison::Changed(changes),
        (true, true) => Comparison::Newer,
        (true, false) => Comparison::Same,
    })
}

/// What an answer says, coarse enough that a redrawn line of a centimetre is no change.
fn told_by(answer: &Answer) -> Vec<(String, i64)> {
    let mut told: Vec<(String, i64)> = answer
        .pieces
        .iter()
        .map(|piece| {
            let size = piece.extent.area_m2.or(piece.extent.length_m);
            (piece.code.clone(), size.unwrap_or_default().round() as i64)
        })
        .collect();
    told.sort();
    told
}
