//! `mappale plan norm`: articles from Markdown files, or from the pages of a document.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde::Deserialize;

use super::{Which, say, write};
use crate::config::Config;
use crate::layer::{self, MAX_DOCUMENT_BYTES, NewDocument, NewNorm};

/// Bytes of a Markdown file at most.
const MAX_TEXT_BYTES: u64 = 1_000_000;

/// Articles to record.
#[derive(Debug, Args)]
pub(in crate::cli) struct NormArguments {
    #[command(flatten)]
    which: Which,
    /// Markdown files, or folders of them: 24.md holds article 24, its first line its title.
    #[arg(required_unless_present = "document")]
    files: Vec<PathBuf>,
    /// A PDF in which the articles stand.
    #[arg(long)]
    document: Option<PathBuf>,
    /// A TOML file that says on which page of the document each article begins:
    /// [[article]] code = "24" title = "…" page = 31.
    #[arg(long, requires = "document")]
    pages: Option<PathBuf>,
    /// Who records, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pages {
    article: Vec<Page>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    code: String,
    title: String,
    page: i32,
}

/// Records articles.
pub(super) async fn run(config: &Config, arguments: NormArguments) -> Result<()> {
    let mut norms = read_articles(&arguments.files)?;
    let document = arguments
        .document
        .as_deref()
        .map(read_document)
        .transpose()?;
    if let Some(path) = &arguments.pages {
        let text = read_text(path)?;
        let pages: Pages = toml::from_str(&text)
            .with_context(|| format!("{} is not as wanted", path.display()))?;
        for page in pages.article {
            add_page(&mut norms, page);
        }
    }
    if norms.is_empty() {
        bail!("there is no article to record: give Markdown files, or --pages with the document");
    }
    let (count, by) = (norms.len(), arguments.by);
    write(config, arguments.which, move |tx, id, which| {
        Box::pin(async move {
            let name = (which.plan.as_str(), which.version.as_str());
            layer::add_norm(tx, id, name, &norms, document.as_ref(), &by).await
        })
    })
    .await?;
    say(&format!("{count} articles were recorded."))
}

/// Reads the articles of Markdown files and of folders of them.
pub(in crate::cli) fn read_articles(paths: &[PathBuf]) -> Result<Vec<NewNorm>> {
    let mut norms = Vec::new();
    for path in paths {
        for file in markdown_files(path)? {
            norms.push(read_article(&file)?);
        }
    }
    Ok(norms)
}

// An article may have both: its text, and the page of the official document.
fn add_page(norms: &mut Vec<NewNorm>, page: Page) {
    match norms.iter_mut().find(|norm| norm.article == page.code) {
        Some(norm) => norm.page = Some(page.page),
        None => norms.push(NewNorm {
            article: page.code,
            title: page.title,
            markdown: None,
            document: None,
            page: Some(page.page),
        }),
    }
}

fn markdown_files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let cannot = || format!("{} cannot be read", path.display());
    for entry in std::fs::read_dir(path).with_context(cannot)? {
        let file = entry.with_context(cannot)?.path();
        if file.extension().is_some_and(|ending| ending == "md") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn read_text(path: &Path) -> Result<String> {
    let cannot = || format!("{} cannot be read", path.display());
    let bytes = std::fs::metadata(path).with_context(cannot)?.len();
    if bytes > MAX_TEXT_BYTES {
        bail!("{} has more than {MAX_TEXT_BYTES} bytes", path.display());
    }
    std::fs::read_to_string(path).with_context(cannot)
}

fn read_article(path: &Path) -> Result<NewNorm> {
    let text = read_text(path)?;
    let article = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default()
        .to_owned();
    let Some((title, body)) = title_and_body(&text) else {
        bail!(
            "{}: the first line is not a title such as '# Art. 24 - Zone residenziali'",
            path.display()
        );
    };
    if let Some(line) = layer::html_line(&text) {
        bail!(
            "{}:{line}: here is HTML: an article is written in Markdown alone",
            path.display()
        );
    }
    Ok(NewNorm {
        article,
        title: title.to_owned(),
        markdown: Some(body.trim().to_owned()),
        document: None,
        page: None,
    })
}

/// The title of the first line without its number, and what follows.
fn title_and_body(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches('\u{feff}');
    let (first, body) = text.split_once('\n').unwrap_or((text, ""));
    let heading = first.trim().strip_prefix("# ")?.trim();
    let title = [" - ", " – ", " — "]
        .iter()
        .find_map(|dash| heading.split_once(dash))
        .filter(|(number, _)| number.to_lowercase().starts_with("art"))
        .map_or(heading, |(_, title)| title.trim());
    (!title.is_empty()).then_some((title, body))
}

fn read_document(path: &Path) -> Result<NewDocument> {
    let cannot = || format!("{} cannot be read", path.display());
    let bytes = std::fs::metadata(path).with_context(cannot)?.len();
    if bytes > MAX_DOCUMENT_BYTES as u64 {
        bail!(
            "{} has more than {} MB",
            path.display(),
            MAX_DOCUMENT_BYTES >> 20
        );
    }
    let name = path.file_name().and_then(|name| name.to_str());
    Ok(NewDocument {
        name: name.unwrap_or("norme.pdf").to_owned(),
        content: std::fs::read(path).with_context(cannot)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_title() {
        let table = [
            (
                "# Art. 24 - Zone residenziali\n\nTesto",
                Some("Zone residenziali"),
            ),
            ("# Articolo 9 – Definizioni\nTesto", Some("Definizioni")),
            ("\u{feff}# Zone - e altro\r\nTesto", Some("Zone - e altro")),
            ("# Art. 3", Some("Art. 3")),
            ("Testo senza titolo", None),
            ("## Art. 2 - Titolo", None),
            ("# ", None),
            ("", None),
        ];
        for (text, title) in table {
            let found = title_and_body(text).map(|(title, _)| title);
            assert_eq!(found, title, "{text:?}");
        }
        let (_, body) = title_and_body("# Art. 1 - A\n\n| x |\n").expect("a title");
        assert_eq!(body.trim(), "| x |");
    }
}
