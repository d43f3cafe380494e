//! The whole world as a template sees it: its own text, the order's data and files, the fonts.

use std::collections::HashMap;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};

use super::order::Order;
use super::{Error, template};

const FONTS: [&[u8]; 5] = [
    include_bytes!("../fonts/TitilliumWeb-Regular.ttf"),
    include_bytes!("../fonts/TitilliumWeb-Italic.ttf"),
    include_bytes!("../fonts/TitilliumWeb-SemiBold.ttf"),
    include_bytes!("../fonts/TitilliumWeb-Bold.ttf"),
    include_bytes!("../fonts/DejaVuSans.ttf"),
];

/// An order laid out for the typesetter.
pub(super) struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

impl Desk {
    /// Lays out an order.
    ///
    /// # Errors
    /// [`Error::Template`], [`Error::Name`], [`Error::Order`].
    pub(super) fn lay(order: Order) -> Result<Self, Error> {
        let text = template::template(&order.template).ok_or_else(|| Error::Template {
            name: order.template.clone(),
            known: template::names(),
        })?;
        let main = path("main.typ")?;
        let shared = path(template::SHARED.0)?;
        let sources = HashMap::from([
            (main, Source::new(main, text.to_owned())),
            (shared, Source::new(shared, template::SHARED.1.to_owned())),
        ]);
        let fonts: Vec<Font> = FONTS
            .iter()
            .flat_map(|data| Font::iter(Bytes::new(*data)))
            .collect();
        let covered = |c: char| {
            let number = u32::from(c);
            c.is_control()
                || fonts
                    .iter()
                    .any(|font| font.info().coverage.contains(number))
        };
        let mut data = order.data;
        make_printable(&mut data, &covered);
        let data = serde_json::to_vec(&data).map_err(Error::Order)?;
        let mut files = HashMap::from([(path("data.json")?, Bytes::new(data))]);
        for (name, content) in order.files {
            // Attachments stay as they are; what is drawn must be printable.
            let content = if name.ends_with(".svg") {
                printable(&content, &covered).unwrap_or(content)
            } else {
                content
            };
            // Beside the template, for names in attachments are whole paths.
            if files
                .insert(path(&name)?, Bytes::from_string(content))
                .is_some()
            {
                return Err(Error::Name { name });
            }
        }
        Ok(Self {
            library: LazyHash::new(Library::builder().build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            main,
            sources,
            files,
        })
    }

    /// Where something is, as `main.typ:12: `; nothing when nobody knows.
    pub(super) fn place_of(&self, span: typst::syntax::DiagSpan) -> String {
        let Some(id) = span.id() else {
            return String::new();
        };
        let name = id.vpath().get_without_slash();
        let line = WorldExt::range(self, span).and_then(|range| {
            let source = self.sources.get(&id)?;
            source.lines().byte_to_line(range.start)
        });
        match line {
            Some(line) => format!("{name}:{}: ", line + 1),
            None => format!("{name}: "),
        }
    }
}

/// Stands for a character that no font has; DejaVu Sans has it.
const UNKNOWN: char = '□';

/// A text whose every character a font has; none where it is so already.
fn printable(text: &str, covered: &impl Fn(char) -> bool) -> Option<String> {
    let all = text.chars().all(covered);
    (!all).then(|| {
        text.chars()
            .map(|c| if covered(c) { c } else { UNKNOWN })
            .collect()
    })
}

// PDF/A refuses a character without a glyph: one strange name must not cost the document.
fn make_printable(value: &mut serde_json::Value, covered: &impl Fn(char) -> bool) {
    use serde_json::Value;
    match value {
        Value::String(text) => {
            if let Some(changed) = printable(text, covered) {
                *text = changed;
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| make_printable(item, covered)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| make_printable(field, covered)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn path(name: &str) -> Result<FileId, Error> {
    VirtualPath::new(name)
        .map(|path| FileId::new(RootedPath::new(VirtualRoot::Project, path)))
        .map_err(|_| Error::Name {
            name: name.to_owned(),
        })
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources
            .get(&id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    // A document knows the moment of its issue only from its data.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
