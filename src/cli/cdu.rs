//! `mappale cdu`: issues zoning certificates.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use jiff::civil::Date;

use crate::access::{Role, Viewer};
use crate::app::{App, CertificateOrder, issue_certificate};
use crate::cadastre::{CadastralReference, ComuneCode, ParcelQuery};
use crate::config::Config;
use crate::document::Request;
use crate::fact;
use crate::layer::parse_day;

use super::say;

/// A certificate to be issued.
#[derive(Debug, Args)]
pub(super) struct CduArguments {
    /// The parcels, such as `12/345` (sheet and number) or `H833_001200.345`; 1 to 200.
    #[arg(required = true)]
    parcels: Vec<String>,
    /// Cadastral code of the comune; not needed where there is only one.
    #[arg(long)]
    comune: Option<ComuneCode>,
    /// Who asked, as it is to be printed.
    #[arg(long)]
    applicant: Option<String>,
    /// Number of the request in the register.
    #[arg(long)]
    number: Option<String>,
    /// Day of the request, such as 2026-11-24.
    #[arg(long, value_parser = day)]
    date: Option<Date>,
    /// Refer to the articles of the norms instead of printing them.
    #[arg(long)]
    by_reference: bool,
    /// Where the PDF is written.
    #[arg(long, default_value = "cdu.pdf")]
    out: PathBuf,
}

fn day(text: &str) -> Result<Date, String> {
    parse_day(text).ok_or_else(|| format!("'{text}' is no day, such as 2026-11-24"))
}

/// Issues a certificate and writes its PDF.
pub(super) async fn run(config: Config, arguments: CduArguments) -> Result<()> {
    let origin = config
        .origin
        .clone()
        .unwrap_or_else(|| format!("http://{}", config.listen));
    let app = App::open(config, false).await?;
    let catalogue = app.catalogue();
    let comune = match arguments.comune {
        Some(code) => match catalogue.comune_by_code(code) {
            Some(comune) => comune.clone(),
            None => bail!("there is no comune {code}"),
        },
        None => match catalogue.comuni() {
            [only] => only.clone(),
            [] => bail!("there is no comune yet"),
            _ => bail!("there are several comuni: say which with --comune"),
        },
    };
    let viewer = Viewer::known("mappale cdu", "mappale cdu", Role::Officer);
    let mut references: Vec<CadastralReference> = Vec::new();
    for text in &arguments.parcels {
        if let Ok(reference) = text.parse() {
            references.push(reference);
            continue;
        }
        let query = ParcelQuery::parse(&text.replacen('/', " ", 1))
            .with_context(|| format!("'{text}' is no parcel"))?;
        let (found, _) = fact::find_parcels(&catalogue, &viewer, Some(&comune), &query);
        match found.as_slice() {
            [only] => references.push(only.reference.clone()),
            [] => bail!("there is no parcel '{text}' in {}", comune.name),
            several => {
                let names: Vec<String> = several.iter().map(|p| p.reference.to_string()).collect();
                bail!("'{text}' may mean {}: say which", names.join(" or "));
            }
        }
    }
    let request = (arguments.number.is_some() || arguments.date.is_some()).then_some(Request {
        number: arguments.number,
        date: arguments.date,
    });
    let issued = issue_certificate(
        &app,
        CertificateOrder {
            catalogue,
            viewer,
            comune,
            references,
            request,
            applicant: arguments.applicant,
            issued_by: "mappale cdu".to_owned(),
            in_full: !arguments.by_reference,
            origin: origin.clone(),
        },
    )
    .await?;
    std::fs::write(&arguments.out, &issued.pdf)
        .with_context(|| format!("{} cannot be written", arguments.out.display()))?;
    say(&format!(
        "{}: draft of {} bytes, {origin}/verifica/{}",
        arguments.out.display(),
        issued.pdf.len(),
        issued.code
    ))
}
