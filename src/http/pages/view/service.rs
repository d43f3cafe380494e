//! What the pages of services show.

use askama::Template;

use super::PageView;

/// A procedure in a list.
#[derive(Debug, Clone)]
pub struct ServiceLink {
    /// Its short code.
    pub code: String,
    /// Its name.
    pub title: String,
    /// What it is good for.
    pub summary: String,
    /// Its page.
    pub url: String,
}

/// The procedures of an area.
#[derive(Debug, Clone)]
pub struct AreaView {
    /// Its name.
    pub title: String,
    /// What is in it.
    pub description: String,
    /// Its procedures.
    pub services: Vec<ServiceLink>,
}

/// The catalogue: `/servizi`.
#[derive(Debug, Template)]
#[template(path = "services/list.html")]
pub struct ServicesPage {
    /// What stands around the content.
    pub page: PageView,
    /// What was searched for.
    pub query: String,
    /// The areas that have something to show.
    pub areas: Vec<AreaView>,
}

/// Something to pay.
#[derive(Debug, Clone)]
pub struct FeeView {
    /// What for.
    pub title: String,
    /// How much, in words, where it does not depend on answers.
    pub amount: Option<String>,
    /// The law.
    pub law: String,
    /// Whether nobody has confirmed it.
    pub to_be_confirmed: bool,
}

/// A term of law of a procedure.
#[derive(Debug, Clone)]
pub struct TermView {
    /// Its name.
    pub title: String,
    /// How long: `30 giorni`.
    pub length: String,
    /// The law.
    pub law: String,
    /// Whether nobody has confirmed it.
    pub to_be_confirmed: bool,
}

/// The service sheet: `/servizi/{code}`.
#[derive(Debug, Template)]
#[template(path = "services/sheet.html")]
pub struct ServicePage {
    /// What stands around the content.
    pub page: PageView,
    /// Short code.
    pub code: String,
    /// Its area.
    pub category: String,
    /// Name.
    pub title: String,
    /// Why it cannot be used now.
    pub suspended: Option<String>,
    /// Short description.
    pub summary: String,
    /// A chi è rivolto.
    pub audience: String,
    /// Come fare.
    pub how: String,
    /// Cosa serve.
    pub needed: Vec<String>,
    /// Documents: name, reason, whether always due.
    pub documents: Vec<(String, String, bool)>,
    /// Cosa si ottiene.
    pub obtained: String,
    /// Tempi e scadenze.
    pub times: String,
    /// The terms of law.
    pub terms: Vec<TermView>,
    /// What silence means.
    pub silence: String,
    /// Costs.
    pub fees: Vec<FeeView>,
    /// Condizioni di servizio.
    pub conditions: String,
    /// The office: name, who answers, who decides instead, hours.
    pub office: [String; 4],
    /// Argomenti.
    pub topics: Vec<String>,
    /// Laws.
    pub laws: Vec<String>,
    /// What is to be confirmed.
    pub to_be_confirmed: Vec<String>,
    /// Where to begin it from a selection.
    pub can_do_url: String,
}

/// Why a procedure applies, or what stands against it.
#[derive(Debug, Clone)]
pub struct ReasonView {
    /// `blocks`, `applies`, `ask` or `officer`: the key of its label and class.
    pub kind: &'static str,
    /// In words.
    pub text: String,
    /// The law.
    pub law: String,
    /// Another procedure that is due too, when the desk offers it.
    pub link: Option<ServiceLink>,
}

/// A procedure that is possible at a place.
#[derive(Debug, Clone)]
pub struct PossibleView {
    /// What somebody wants to do, in plain words.
    pub intentions: Vec<String>,
    /// The procedure.
    pub service: ServiceLink,
    /// What filing it means: the key of the words.
    pub regime: &'static str,
    /// What the map says about it.
    pub reasons: Vec<ReasonView>,
    /// Whether it cannot be filed here.
    pub blocked: bool,
    /// What it costs at least.
    pub cost: Option<String>,
    /// How long it takes.
    pub times: String,
}

/// What can be done with a selection: `/cosa-posso-fare?sel=…`.
#[derive(Debug, Template)]
#[template(path = "services/can_do.html")]
pub struct CanDoPage {
    /// What stands around the content.
    pub page: PageView,
    /// The parcels: name and address.
    pub parcels: Vec<(String, String)>,
    /// What was not understood.
    pub unknown: Vec<String>,
    /// The selection as the address has it.
    pub selection: String,
    /// The procedures, those that are possible first.
    pub possible: Vec<PossibleView>,
    /// Layers of which there is no map here.
    pub without_data: usize,
}

impl CanDoPage {
    /// Returns the number of layers of which there is no map here.
    #[must_use]
    pub fn blind(&self) -> usize {
        self.without_data
    }
}
