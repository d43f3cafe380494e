//! What a comune says of itself on its pages: the host that is its own, a line under its name,
//! and the texts behind the links of the footer.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::layer::{html_line, markdown_html};
use crate::text::Lang;

use super::dressing::{Letterhead, Problem};

const SITE: &str = "site.toml";
const PAGES: &str = "pages";

/// A page behind a link of the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SitePage {
    /// The privacy notice (GDPR, art. 13).
    Privacy,
    /// How accessible the site is, and where to say that it is not (L. 4/2004).
    Accessibility,
    /// Legal notes: what the information is worth, and licences.
    LegalNotes,
    /// How to reach the office.
    Contacts,
}

impl SitePage {
    /// Every page, in the order of the footer.
    pub const ALL: [Self; 4] = [
        Self::Contacts,
        Self::Accessibility,
        Self::Privacy,
        Self::LegalNotes,
    ];

    /// Its word in URLs and in the names of files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::Accessibility => "accessibilita",
            Self::LegalNotes => "note-legali",
            Self::Contacts => "contatti",
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// In Italian.
    pub it: String,
    /// In English.
    pub en: String,
}

impl Bilingual {
    /// The text in a language.
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::It => &self.it,
            Lang::En => &self.en,
        }
    }
}

/// What `site.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    format: u32,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    subtitle: Option<Bilingual>,
    #[serde(default)]
    accessibility: Option<String>,
    #[serde(default)]
    report: Option<String>,
    #[serde(default)]
    scale_to_census_area: bool,
}

/// What a comune says of itself on its pages.
#[derive(Debug, Clone, Default)]
pub struct SiteDressing {
    /// A line under the name of the comune.
    pub subtitle: Option<Bilingual>,
    /// The accessibility declaration on the form of AgID, where it is published.
    pub accessibility: Option<String>,
    /// Where a fault of the site is reported, where that is not the page of contacts.
    pub report: Option<String>,
    /// Whether certificates scale the measured areas to the area of the census.
    pub scale_to_census_area: bool,
    pub(super) hosts: Vec<String>,
    texts: HashMap<(SitePage, Lang), String>,
}

impl SiteDressing {
    /// The text of a page as HTML that holds nothing but text, tables and links.
    ///
    /// `{comune}`, `{ufficio}` and `{recapiti}` of the text are the name, the office and the
    /// addresses of the letterhead.
    pub fn page_html(&self, page: SitePage, lang: Lang, comune: &str, head: &Letterhead) -> String {
        let text = self.texts.get(&(page, lang)).map_or("", String::as_str);
        let lines: Vec<String> = head.lines.iter().map(|line| format!("- {line}")).collect();
        let filled = text
            .replace("{comune}", comune)
            .replace("{ufficio}", &head.office)
            .replace("{recapiti}", &lines.join("\n"));
        markdown_html(&filled)
    }
}

/// Reads what a folder says; what it does not say is taken of the fallback.
pub(super) fn read_site(
    folder: &Path,
    slug: &str,
    fallback: Option<&SiteDressing>,
    problems: &mut Vec<Problem>,
) -> SiteDressing {
    let mut site = SiteDressing {
        // A host is one comune's, and the links are what each has published.
        texts: fallback.map_or_else(HashMap::new, |known| known.texts.clone()),
        ..SiteDressing::default()
    };
    let file = format!("{slug}/{SITE}");
    let mut fail = |file: &str, message: String| {
        problems.push(Problem {
            file: PathBuf::from(file),
            message,
        });
    };
    if let Ok(text) = std::fs::read_to_string(folder.join(&file)) {
        match toml::from_str::<SiteFile>(&text) {
            Ok(read) if read.format != 1 => {
                fail(&file, format!("format {} is not known", read.format));
            }
            Ok(read) => {
                for (name, address) in [
                    ("accessibility", &read.accessibility),
                    ("report", &read.report),
                ] {
                    let good = |address: &str| address.starts_with("https://");
                    if address.as_deref().is_some_and(|address| !good(address)) {
                        fail(&file, format!("{name}: expected an address with https://"));
                    }
                }
                for host in &read.hosts {
                    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
                    let good = |c: char| plain(c) || c == '.' || c == '-';
                    if host.is_empty() || !host.chars().all(good) {
                        let wanted = "a name in small letters, without a port";
                        fail(
                            &file,
                            format!("hosts: '{host}' is no host: expected {wanted}"),
                        );
                    }
                }
                site.hosts = read.hosts;
                site.subtitle = read.subtitle;
                site.accessibility = read.accessibility;
                site.report = read.report;
                site.scale_to_census_area = read.scale_to_census_area;
            }
            Err(error) => fail(&file, error.to_string()),
        }
    }
    for page in SitePage::ALL {
        for lang in Lang::ALL {
            let file = format!("{slug}/{PAGES}/{}.{}.md", page.word(), lang.code());
            match std::fs::read_to_string(folder.join(&file)) {
                Ok(text) => {
                    if let Some(line) = html_line(&text) {
                        fail(
                            &file,
                            format!("line {line}: HTML is not shown; write Markdown"),
                        );
                    }
                    site.texts.insert((page, lang), text);
                }
                Err(_) if fallback.is_some() => {}
                Err(error) => fail(&file, format!("it cannot be read: {error}")),
            }
        }
    }
    site
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(site: &str, page: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("temporary folders can be made");
        let pages = folder.path().join("borgo").join(PAGES);
        std::fs::create_dir_all(&pages).expect("is ours");
        std::fs::write(folder.path().join("borgo").join(SITE), site).expect("is ours");
        std::fs::write(pages.join("contatti.it.md"), page).expect("is ours");
        folder
    }

    #[test]
    fn names_and_addresses_stand_in_the_texts() {
        let folder = folder(
            "format = 1\nhosts = [\"mappa.borgo.example\"]\n",
            "**{comune}**, {ufficio}\n\n{recapiti}\n",
        );
        let mut problems = Vec::new();
        let base = SiteDressing::default();
        let site = read_site(folder.path(), "borgo", Some(&base), &mut problems);
        assert_eq!(problems, []);
        assert_eq!(site.hosts, ["mappa.borgo.example"]);
        let head: Letterhead = toml::from_str(
            "format = 1\noffice = \"Ufficio <tecnico>\"\nlines = [\"Piazza 1\"]\nsignatory = \"x\"\n",
        )
        .expect("is a letterhead");
        let html = site.page_html(SitePage::Contacts, Lang::It, "Borgo", &head);
        assert!(html.contains("<strong>Borgo</strong>"), "{html}");
        assert!(html.contains("<li>Piazza 1</li>"), "{html}");
        assert!(!html.contains("<tecnico>"), "{html}");
        let other = site.page_html(SitePage::Privacy, Lang::En, "Borgo", &head);
        assert_eq!(other, "");
    }

    #[test]
    fn mistakes_are_told_with_their_files() {
        let folder = folder(
            "format = 1\nhosts = [\"Mappa:80\"]\nreport = \"javascript:alert(1)\"\n",
            "<b>grasso</b>\n",
        );
        let mut problems = Vec::new();
        let base = SiteDressing::default();
        read_site(folder.path(), "borgo", Some(&base), &mut problems);
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("borgo/site.toml: report"), "{said:?}");
        assert!(said[1].contains("'Mappa:80' is no host"), "{said:?}");
        assert!(
            said[2].starts_with("borgo/pages/contatti.it.md: line 1"),
            "{said:?}"
        );
    }

    #[test]
    fn the_folder_of_all_must_have_every_page() {
        let folder = folder("format = 1\n", "Testo\n");
        let mut problems = Vec::new();
        read_site(folder.path(), "borgo", None, &mut problems);
        assert_eq!(problems.len(), 7, "{problems:?}");
    }
}
