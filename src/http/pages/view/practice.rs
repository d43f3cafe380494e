//! What the pages of practices and of the desk show.

use askama::Template;

use super::PageView;

/// A task of a draft.
#[derive(Debug, Clone)]
pub struct TaskView {
    /// In words.
    pub title: String,
    /// Its page.
    pub url: String,
    /// `done`, `todo` or `problem`: the key of its words.
    pub status: &'static str,
}

/// A group of tasks.
#[derive(Debug, Clone)]
pub struct TaskGroup {
    /// The key of its name.
    pub title: &'static str,
    /// Its tasks.
    pub tasks: Vec<TaskView>,
}

/// The task list of a draft.
#[derive(Debug, Template)]
#[template(path = "practice/tasks.html")]
pub struct TasksPage {
    /// What stands around the content.
    pub page: PageView,
    /// The procedure.
    pub title: String,
    /// When it was saved.
    pub saved: String,
    /// Until when it is kept.
    pub expires: String,
    /// Whether that is soon.
    pub expires_soon: bool,
    /// The tasks.
    pub groups: Vec<TaskGroup>,
    /// The next task that is open: name and page.
    pub next: Option<(String, String)>,
    /// The page of the documents: status as of tasks.
    pub documents: TaskView,
    /// The page of the answers, when all is done.
    pub check_url: Option<String>,
}

/// Something to choose.
#[derive(Debug, Clone)]
pub struct OptionView {
    /// The value.
    pub value: String,
    /// In words.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A question.
#[derive(Debug, Clone)]
pub struct QuestionView {
    /// Its name in the form.
    pub key: String,
    /// How it is asked: `line`, `lines`, `date`, `radio`, `boxes`, `tick`, `shown`.
    pub control: &'static str,
    /// The question.
    pub label: String,
    /// A line of help.
    pub help: Option<String>,
    /// Why it is asked.
    pub why: Option<String>,
    /// The answer as it was typed.
    pub value: String,
    /// What there is to choose from.
    pub options: Vec<OptionView>,
    /// What is wrong with it.
    pub error: Option<String>,
    /// What somebody else saved meanwhile, in words, where it is not the same.
    pub other: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Whether it may be left empty.
    pub optional: bool,
    /// `decimal`, `email`, `tel` or `text`: the keyboard to show.
    pub input_mode: &'static str,
}

/// What was typed when the session had ended: kept until its writer has signed in again.
#[derive(Debug, Template)]
#[template(path = "practice/expired.html")]
pub struct ExpiredPage {
    /// What stands around the content.
    pub page: PageView,
    /// Where it is to be sent.
    pub url: String,
    /// Where one signs in.
    pub sign_in_url: String,
    /// Names and values.
    pub pairs: Vec<(String, String)>,
}

/// A page of a form.
#[derive(Debug, Template)]
#[template(path = "practice/form.html")]
pub struct FormPage {
    /// What stands around the content.
    pub page: PageView,
    /// The section.
    pub title: String,
    /// What stands above the questions.
    pub intro: Option<String>,
    /// Position of the page and how many there are.
    pub position: (usize, usize),
    /// Mark of the answers that are shown.
    pub mark: String,
    /// When they were saved, in words.
    pub saved: String,
    /// Whether somebody saved in the meantime.
    pub conflict: bool,
    /// This page, as it was saved.
    pub own_url: String,
    /// Where one signs in again.
    pub sign_in_url: String,
    /// The questions.
    pub fields: Vec<QuestionView>,
    /// What is wrong: key and message, the first for the summary.
    pub errors: Vec<(String, String)>,
    /// The page before.
    pub back_url: String,
    /// The map on which an area is drawn, where one is asked for.
    pub draw: Option<DrawView>,
    /// Who else has the same ground, in words.
    pub conflicts: Vec<String>,
}

/// The map on which an area is drawn.
#[derive(Debug)]
pub struct DrawView {
    /// Address of its style.
    pub style_url: String,
    /// West, south, east and north in degrees, joined by commas.
    pub bounds: String,
    /// EPSG code in which corners are written.
    pub storage_srid: i32,
}

/// A document of a draft.
#[derive(Debug, Clone)]
pub struct SlotView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub title: String,
    /// Why it is due.
    pub reason: String,
    /// Whether it is due.
    pub due: bool,
    /// Formats and size, in words.
    pub limits: String,
    /// What is there: name, size, SHA-256.
    pub file: Option<(String, String, String)>,
    /// What was wrong with the last upload.
    pub error: Option<String>,
}

/// The documents of a draft.
#[derive(Debug, Template)]
#[template(path = "practice/documents.html")]
pub struct DocumentsPage {
    /// What stands around the content.
    pub page: PageView,
    /// The documents.
    pub slots: Vec<SlotView>,
    /// The address of this page.
    pub url: String,
    /// The task list.
    pub back_url: String,
}

/// Answers of a section.
#[derive(Debug, Clone)]
pub struct AnswersView {
    /// The section.
    pub title: String,
    /// Where to change them.
    pub url: String,
    /// Questions and answers.
    pub rows: Vec<(String, String)>,
}

/// The answers before they are sent.
#[derive(Debug, Template)]
#[template(path = "practice/check.html")]
pub struct CheckPage {
    /// What stands around the content.
    pub page: PageView,
    /// The procedure.
    pub title: String,
    /// The answers.
    pub sections: Vec<AnswersView>,
    /// The documents: name and file.
    pub documents: Vec<(String, String)>,
    /// Costs: name and amount.
    pub fees: Vec<(String, String)>,
    /// Who else has the same ground, in words.
    pub conflicts: Vec<String>,
    /// The key of the submission.
    pub key: String,
    /// Where it is sent.
    pub send_url: String,
    /// The task list.
    pub back_url: String,
}

/// A practice or a draft in a list.
#[derive(Debug, Clone, Default)]
pub struct PracticeLink {
    /// The procedure.
    pub title: String,
    /// Its page.
    pub url: String,
    /// Number of the register; empty for drafts.
    pub number: String,
    /// When it was filed or saved.
    pub date: String,
    /// How it stands, in words.
    pub state: String,
    /// Whose turn it is, in words.
    pub turn: String,
    /// Who filed it; for the office.
    pub who: String,
    /// Where: parcels.
    pub place: String,
    /// Days until something follows; none without a clock.
    pub days_left: Option<i64>,
    /// The last day, in words.
    pub due: Option<String>,
}

/// My practices: `/pratiche`.
#[derive(Debug, Template)]
#[template(path = "practice/mine.html")]
pub struct MinePage {
    /// What stands around the content.
    pub page: PageView,
    /// Drafts.
    pub drafts: Vec<PracticeLink>,
    /// Practices.
    pub practices: Vec<PracticeLink>,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct EventView {
    /// When.
    pub date: String,
    /// What, in words.
    pub what: String,
    /// Who.
    pub who: String,
    /// What was written.
    pub text: Option<String>,
}

/// Where the clock stands.
#[derive(Debug, Clone)]
pub struct ClockLine {
    /// `Giorno 37 di 60`.
    pub day: String,
    /// Its bar: kind (`passed`, `pause`, `late`), start and width in thousandths.
    pub bar: Vec<(&'static str, i64, i64)>,
    /// How long it stood still, in words.
    pub pauses: Option<String>,
    /// The last day in words.
    pub due: String,
    /// Whether it stands still.
    pub suspended: bool,
    /// How late it is, in words.
    pub late: Option<String>,
    /// The law.
    pub law: String,
}

/// Something that may be done.
#[derive(Debug, Clone)]
pub struct ActionView {
    /// The step.
    pub step: &'static str,
    /// The key of the button.
    pub label: &'static str,
    /// Whether a text belongs to it.
    pub with_text: bool,
    /// Why it cannot be done now: the key of the words.
    pub forbidden: Option<&'static str>,
}

/// A practice, for its person or for the office.
#[derive(Debug, Template)]
#[template(path = "practice/practice.html")]
pub struct PracticePage {
    /// What stands around the content.
    pub page: PageView,
    /// Whether it was filed just now.
    pub receipt: bool,
    /// Whether the office looks at it.
    pub office: bool,
    /// Whether somebody acted in the meantime.
    pub conflict: bool,
    /// The procedure.
    pub title: String,
    /// Register number.
    pub number: String,
    /// When it was registered.
    pub registered: String,
    /// Hash of what was filed.
    pub hash: String,
    /// How it stands.
    pub state: String,
    /// Whose turn it is.
    pub turn: String,
    /// The clock.
    pub clock: Option<ClockLine>,
    /// What silence means.
    pub silence: String,
    /// Office, responsible, substitute.
    pub office_names: [String; 3],
    /// Parcels: name and page.
    pub parcels: Vec<(String, String)>,
    /// The events, the oldest first.
    pub events: Vec<EventView>,
    /// The answers.
    pub sections: Vec<AnswersView>,
    /// The documents: name, file, address.
    pub documents: Vec<(String, String, String)>,
    /// What the map said: condition and how it stood.
    pub conditions: Vec<(String, String)>,
    /// What may be done.
    pub actions: Vec<ActionView>,
    /// Number of events that are shown.
    pub seen: i32,
    /// Where actions are sent.
    pub action_url: String,
    /// Who else has the same ground, in words.
    pub conflicts: Vec<String>,
    /// The receipt, once it is printed.
    pub receipt_url: Option<String>,
    /// The code by which it is followed.
    pub code: Option<String>,
    /// Whether the applicant who looks has to do something.
    pub your_turn: bool,
    /// What is expected: day and what.
    pub expected: Option<(String, String)>,
    /// Picture of the first parcel.
    pub map_url: Option<String>,
}

/// The officers' queue: `/ufficio`.
#[derive(Debug, Template)]
#[template(path = "desk/queue.html")]
pub struct QueuePage {
    /// What stands around the content.
    pub page: PageView,
    /// The practices, the most urgent first.
    pub practices: Vec<PracticeLink>,
}

impl PracticeLink {
    /// Returns whether something follows within three days, or has followed.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.days_left.is_some_and(|days| days <= 3)
    }
}

/// The form of a code by which a practice is followed.
#[derive(Debug, Template)]
#[template(path = "practice/follow_form.html")]
pub struct FollowFormPage {
    /// What stands around the content.
    pub page: PageView,
    /// The code as it was typed.
    pub code: String,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// A practice as whoever has its code sees it.
#[derive(Debug, Template)]
#[template(path = "practice/follow.html")]
pub struct FollowPage {
    /// What stands around the content.
    pub page: PageView,
    /// The procedure.
    pub title: String,
    /// Register number.
    pub number: String,
    /// How it stands.
    pub state: String,
    /// Whose turn it is.
    pub turn: String,
    /// The clock.
    pub clock: Option<ClockLine>,
    /// The office that decides.
    pub office: String,
    /// What happened: moment and what.
    pub events: Vec<(String, String)>,
}
