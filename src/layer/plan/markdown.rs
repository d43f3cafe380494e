//! The text of an article as HTML: CommonMark with tables, and nothing that could act.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// The HTML of an article's Markdown.
///
/// Raw HTML is shown as the text that it is, images give way to their description, links lead
/// only to `https:`, `http:`, `mailto:` and to addresses of this site; headings begin at the
/// second level, because the page has the first. No attribute carries a style: the pages'
/// content security policy forbids it.
pub fn markdown_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).filter_map(harmless);
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut out, events);
    out.replace("<table>", "<table class=\"table\">")
}

/// The first line, from 1, on which a text has HTML of its own; none where it has not.
///
/// Such a text is not recorded: its tags would be read by nobody who sees the page, and by
/// everybody who prints it.
pub fn html_line(markdown: &str) -> Option<usize> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events = Parser::new_ext(markdown, options).into_offset_iter();
    let (_, at) =
        events.find(|(event, _)| matches!(event, Event::Html(_) | Event::InlineHtml(_)))?;
    let before = markdown.get(..at.start)?;
    Some(before.matches('\n').count() + 1)
}

fn harmless(event: Event<'_>) -> Option<Event<'_>> {
    Some(match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        // The blocks around raw HTML would be paragraphs without a beginning.
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: if leads_somewhere(&dest_url) {
                dest_url
            } else {
                CowStr::Borrowed("#")
            },
            title,
            id,
        }),
        Event::Start(Tag::Table(columns)) => {
            let plain = columns.iter().map(|_| pulldown_cmark::Alignment::None);
            Event::Start(Tag::Table(plain.collect()))
        }
        Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
            level: lower(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => other,
    })
}

fn leads_somewhere(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    let known = ["https://", "http://", "mailto:", "#"];
    let on_this_site = address.starts_with('/') && !address.starts_with("//");
    on_this_site || known.iter().any(|start| address.starts_with(start))
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_emphasis_are_kept() {
        let html = markdown_html(
            "# Indici\n\nIndice **0,8** m³/m².\n\n| a | b |\n|:--|--:|\n| 1 | x < 2 |\n",
        );
        for piece in [
            "<h2>Indici</h2>",
            "<strong>0,8</strong>",
            "<table class=\"table\">",
            "<td>x &lt; 2</td>",
        ] {
            assert!(html.contains(piece), "{piece} is not in {html}");
        }
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn nothing_in_a_text_can_act() {
        let hostile = [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div onclick=\"x\">\n\ntext\n\n</div>",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](data:text/html;base64,PHNjcmlwdD4=)",
            "[a](//elsewhere.example/x)",
            "![b](https://elsewhere.example/x.png)",
            "<https://example.org> <javascript:alert(1)>",
            "[a]: javascript:alert(1)\n\n[a]",
            "# h {#x onclick=y}",
            "<iframe src=x>",
            "<!-- c --><style>*{display:none}</style>",
        ];
        for text in hostile {
            let html = markdown_html(text);
            for bad in [
                "<script",
                "<img",
                "<div",
                "<iframe",
                "<style",
                "<!--",
                "href=\"javascript",
                "href=\"data",
                "href=\"//",
                "src=",
            ] {
                // What is shown as text is escaped.
                assert!(
                    !html.to_lowercase().contains(bad) || bad == "src=" && html.contains("&lt;"),
                    "{text}: {html}"
                );
            }
        }
        assert!(markdown_html("[a](/norme/pgt/9)").contains("href=\"/norme/pgt/9\""));
        assert!(
            markdown_html("[a](https://example.org/x)").contains("href=\"https://example.org/x\"")
        );
    }

    #[test]
    fn html_is_told_with_its_line() {
        for (text, line) in [
            ("# Art. 1\n\nIndice 0,8 < 1 m³/m² e > 0.\n", None),
            ("<https://example.org> e `<b>` e\n\n    <div>\n", None),
            ("uno\ndue <b>tre</b>\n", Some(2)),
            ("uno\n\n<div>\n\ndue\n</div>\n", Some(3)),
            ("uno\n\n| a | b |\n|---|---|\n| 1 | 2<br>3 |\n", Some(5)),
            ("<!-- nota -->\n", Some(1)),
        ] {
            assert_eq!(html_line(text), line, "{text}");
        }
    }

    #[test]
    fn deep_and_long_texts_end() {
        let deep = "> ".repeat(20_000) + "x";
        assert!(!markdown_html(&deep).is_empty());
        let brackets = "[".repeat(50_000);
        assert!(markdown_html(&brackets).contains('['));
    }
}
