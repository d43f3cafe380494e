//! What a file of a procedure says, as written. The JSON Schema comes from these types.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::layer::Localized;

/// A procedure: what it is for, who decides, what is asked, what its clocks are.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Short code: `ED-CILA`.
    #[schemars(regex(pattern = r"^[A-Z]{2}-[A-Z0-9]{2,8}$"))]
    pub code: String,
    /// Subject identifier: `procedure:s_italia:cila`.
    #[schemars(regex(pattern = r"^procedure:(s_italia|r_[a-z]+|c_[a-z][0-9]{3}):[a-z0-9.;]+$"))]
    pub subject: String,
    /// Whose rule it is: `s_italia`, a region, a comune.
    #[schemars(regex(pattern = r"^(s_italia|r_[a-z]+|c_[a-z][0-9]{3})$"))]
    pub scope: String,
    /// Counts from 1; a practice keeps the text of the version it started with.
    #[schemars(range(min = 1))]
    pub version: u32,
    /// First day on which it may be filed.
    #[schemars(with = "String", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub valid_from: Date,
    /// Last day.
    #[serde(default)]
    #[schemars(with = "Option<String>", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub valid_to: Option<Date>,
    /// Code of its area.
    pub area: String,
    /// Code of the office that decides.
    pub office: String,
    /// What filing it means.
    pub regime: Regime,
    /// Its name.
    pub title: Localized,
    /// The service sheet, after the model of Designers Italia.
    pub sheet: Sheet,
    /// What it is about on the map.
    pub place: Place,
    /// Intentions in plain words that lead to it.
    #[schemars(length(min = 1))]
    pub intention: Vec<Intention>,
    /// Who takes part.
    #[schemars(length(min = 1))]
    pub role: Vec<RoleRule>,
    /// What the map has to say.
    #[serde(default)]
    pub condition: Vec<Condition>,
    /// The pages of its form, in order.
    #[schemars(length(min = 1))]
    pub step: Vec<Step>,
    /// Documents.
    #[serde(default)]
    pub attachment: Vec<AttachmentRule>,
    /// What it costs.
    #[serde(default)]
    pub fee: Vec<Fee>,
    /// Its clocks.
    #[serde(default)]
    pub clock: Vec<ClockRule>,
    /// The parts of the national form that it stands for, and where each is asked.
    #[serde(default)]
    pub quadro: Vec<Quadro>,
    /// What it means when nobody answers.
    pub silence: Localized,
    /// What comes out.
    pub outcome: Outcome,
    /// True when the map shows anybody where it is going on: state, procedure and year, and
    /// nothing of the persons.
    #[serde(default)]
    pub public_on_map: bool,
    /// How long its files are kept.
    pub retention: Retention,
    /// The laws it rests on.
    #[schemars(length(min = 1))]
    pub law: Vec<String>,
    /// What no jurist has confirmed yet; shown with a mark.
    #[serde(default)]
    pub to_be_confirmed: Vec<Localized>,
    /// Answers and what must come of them; the check runs every one.
    #[schemars(length(min = 1))]
    pub example: Vec<Example>,
}

/// What filing means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// Told, and done at once (comunicazione).
    Communication,
    /// Told, done at once, controlled within a term (SCIA).
    Notice,
    /// Asked for, and decided (istanza).
    Application,
}

/// The headings of the national service sheet that are text.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Why it cannot be used now; without it the service is active.
    #[serde(default)]
    pub suspended_because: Option<Localized>,
    /// Short description.
    pub summary: Localized,
    /// A chi è rivolto.
    pub audience: Localized,
    /// Come fare.
    pub how: Localized,
    /// Cosa serve.
    #[schemars(length(min = 1))]
    pub needed: Vec<Localized>,
    /// Cosa si ottiene.
    pub obtained: Localized,
    /// Tempi e scadenze.
    pub times: Localized,
    /// Condizioni di servizio.
    pub conditions: Localized,
    /// Argomenti.
    #[schemars(length(min = 1))]
    pub topics: Vec<Localized>,
}

/// What a procedure is about on the map.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Kinds of places.
    pub kind: PlaceKind,
    /// How many at least.
    #[serde(default)]
    pub min: u32,
    /// How many at most.
    #[schemars(range(min = 1, max = 1000))]
    pub max: u32,
}

/// Kinds of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// None.
    None,
    /// Parcels.
    Parcels,
    /// Parcels, and units of buildings on them.
    Units,
    /// An area on public ground.
    Area,
}

/// Something that people want to do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Intention {
    /// In plain words.
    pub text: Localized,
    /// An example of it.
    #[serde(default)]
    pub example: Option<Localized>,
}

/// A person who takes part.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// Which.
    pub role: PartRole,
    /// False when the procedure does without.
    pub required: bool,
}

/// What persons are in a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartRole {
    /// Who asks or tells (richiedente).
    Applicant,
    /// Who files for somebody (delegato).
    Delegate,
    /// Who attests (tecnico).
    Professional,
    /// Who builds (impresa).
    Company,
}

/// What the map has to say about filing here.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Its name within the procedure.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"))]
    pub code: String,
    /// When it applies (CEL).
    #[schemars(length(min = 1))]
    pub when: String,
    /// What to do when a layer that it reads has no data here; due when it reads layers.
    #[serde(default)]
    pub on_no_data: Option<OnNoData>,
    /// What it leads to.
    pub consequence: Consequence,
    /// Also procedure, attachment, opinion: which.
    #[serde(default)]
    pub target: Option<String>,
    /// What is said.
    pub text: Localized,
    /// The law.
    #[schemars(length(min = 1))]
    pub law: String,
}

/// What to do without data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnNoData {
    /// Ask the applicant.
    Ask,
    /// As if it applied.
    TreatAsHit,
    /// Leave it to the officer.
    Officer,
}

/// What a condition leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// It cannot be filed here.
    NotHere,
    /// Another procedure is due too.
    AlsoProcedure,
    /// Somebody's opinion is due.
    Opinion,
    /// A document is due.
    Attachment,
    /// Silence does not mean consent.
    ExcludesTacitConsent,
    /// Something to know.
    Notice,
}

/// A page of the form.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Code of the section.
    pub section: String,
    /// Group of the task list.
    pub group: StepGroup,
    /// Condition (CEL) under which the page is asked.
    #[serde(default)]
    pub visible_if: Option<String>,
}

/// Groups of the task list.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StepGroup {
    /// Dove.
    Where,
    /// Chi.
    Who,
    /// Cosa.
    What,
    /// Dichiarazioni.
    Declarations,
}

/// A document that may be due.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachmentRule {
    /// Its name within the procedure.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"))]
    pub code: String,
    /// Its name for people.
    pub title: Localized,
    /// Why it is due.
    pub reason: Localized,
    /// Condition (CEL) under which it is due; without it, always.
    #[serde(default)]
    pub required_if: Option<String>,
    /// True when it is never due, only welcome.
    #[serde(default)]
    pub optional: bool,
    /// Ends of file names that are taken.
    #[schemars(length(min = 1))]
    pub formats: Vec<FileFormat>,
    /// The most megabytes.
    #[schemars(range(min = 1, max = 100))]
    pub max_mb: u32,
}

/// Formats of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// PDF.
    Pdf,
    /// A signed envelope (CAdES).
    P7m,
    /// JPEG.
    Jpg,
    /// PNG.
    Png,
}

/// Something to pay.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// Its name within the procedure.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"))]
    pub code: String,
    /// Its name for people.
    pub title: Localized,
    /// Stamp duty, or a fee of the comune.
    pub kind: FeeKind,
    /// Amount in euro (CEL): `16.0`, `15.0 + 1.0 * size(parcels)`.
    #[schemars(length(min = 1))]
    pub amount: String,
    /// Condition (CEL) under which it is due; without it, always.
    #[serde(default)]
    pub due_if: Option<String>,
    /// The law or rule.
    #[schemars(length(min = 1))]
    pub law: String,
    /// True while nobody has confirmed the amount.
    #[serde(default)]
    pub to_be_confirmed: bool,
}

/// Kinds of payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// Imposta di bollo.
    Stamp,
    /// Diritti, canone.
    Fee,
}

/// A part of a national form, and where it is asked.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quadro {
    /// The form: `Accordo 27-3-2025, CILA`.
    pub form: String,
    /// Its letter or number and its title.
    pub title: String,
    /// Code of the section that asks it, or of the attachment that stands for it.
    pub section: String,
    /// False while nobody has held it against the published form.
    pub checked: bool,
}

/// A clock of the practice.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// Its name within the procedure.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"))]
    pub code: String,
    /// Code of the term of law.
    pub term: String,
    /// What starts it.
    pub starts: ClockStart,
    /// True for the one whose end decides the practice.
    #[serde(default)]
    pub main: bool,
}

/// What starts a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockStart {
    /// The submission.
    Submission,
    /// The request for more, towards the applicant.
    IntegrationRequest,
    /// The drawing for sample control.
    SampleControl,
    /// The request for an opinion.
    OpinionRequest,
    /// The decision.
    Decision,
}

/// What comes out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Its name: `Certificato`.
    pub title: Localized,
    /// True when the office decides; false when nothing is decided (communication).
    pub decided: bool,
}

/// How long files are kept.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Years after the end; none is for ever.
    #[serde(default)]
    pub years: Option<u32>,
    /// The rule.
    #[schemars(length(min = 1))]
    pub rule: String,
}

/// Answers and facts, and what must come of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The answers.
    #[serde(default)]
    pub form: serde_json::Map<String, serde_json::Value>,
    /// The facts by layer; layers that are not named are clear.
    #[serde(default)]
    pub facts: serde_json::Map<String, serde_json::Value>,
    /// The parcels.
    #[serde(default)]
    pub parcels: Vec<serde_json::Value>,
    /// The day; by default the first of validity.
    #[serde(default)]
    pub today: Option<String>,
    /// Fields at which something is wrong.
    #[serde(default)]
    pub errors: Vec<String>,
    /// Documents that are due.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// Conditions that apply; `ask:code` and `officer:code` where data are missing.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// Euro in all.
    #[serde(default)]
    pub cost: Option<f64>,
}

/// A file of areas.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaFile {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// The areas, in the order in which they are shown.
    #[schemars(length(min = 1))]
    pub area: Vec<Area>,
}

/// An area of services.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its code.
    #[schemars(regex(pattern = r"^[a-z][a-z_]*$"))]
    pub code: String,
    /// Its name.
    pub title: Localized,
    /// What is in it.
    pub description: Localized,
}

/// A file of offices.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeFile {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// The offices.
    #[schemars(length(min = 1))]
    pub office: Vec<Office>,
}

/// An office.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Its code.
    #[schemars(regex(pattern = r"^[a-z][a-z_]*$"))]
    pub code: String,
    /// Its name.
    pub name: Localized,
    /// Who answers for its procedures, by function.
    pub responsible: Localized,
    /// Who decides when it does not in time (L. 241/1990, art. 2, c. 9-bis).
    pub substitute: Localized,
    /// Opening hours.
    pub hours: Localized,
}
