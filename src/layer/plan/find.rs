//! Words in the text of articles.

/// Characters that a passage shows before and after what was found.
const AROUND: usize = 80;

/// True when a text has every word, whatever its case and accents; a word may be a beginning.
pub fn has_words(text: &str, words: &str) -> bool {
    let text = folded(text);
    let mut wanted = words.split_whitespace().map(folded).peekable();
    wanted.peek().is_some() && wanted.all(|word| position(&text, &word).is_some())
}

/// The first paragraph or row of an article's Markdown that has every word: what stands before
/// the first word, the word as it is written, and what stands after.
pub fn passage(markdown: &str, words: &str) -> Option<(String, String, String)> {
    let first = folded(words.split_whitespace().next()?);
    let paragraph = markdown
        .lines()
        .map(plain)
        .find(|line| has_words(line, words))?;
    let chars: Vec<char> = paragraph.chars().collect();
    let at = position(&folded(&paragraph), &first)?;
    let end = at + first.len();
    let begin = at.saturating_sub(AROUND);
    let stop = (end + AROUND).min(chars.len());
    let text = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
    let mut before = text(begin..at);
    let mut after = text(end..stop);
    if begin > 0 {
        // A word that is cut is left out.
        before = format!("… {}", before.split_once(' ').map_or("", |(_, rest)| rest));
    }
    if stop < chars.len() {
        let whole = after.rsplit_once(' ').map_or("", |(whole, _)| whole);
        after = format!("{whole} …");
    }
    Some((before, text(at..end), after))
}

/// A line without the marks of Markdown.
fn plain(line: &str) -> String {
    let line = line.trim().trim_start_matches(['#', '>', '-', '*']).trim();
    let cells: Vec<&str> = line
        .split('|')
        .map(str::trim)
        .filter(|cell| !cell.is_empty() && !cell.chars().all(|c| "-: ".contains(c)))
        .collect();
    cells.join(" · ").replace("**", "").replace('`', "")
}

/// A character for each character: small, without accents, typographic apostrophes straight.
fn folded(text: &str) -> Vec<char> {
    text.chars()
        .map(|c| {
            let small = c.to_lowercase().next().unwrap_or(c);
            match small {
                'à' | 'á' | 'â' | 'ä' => 'a',
                'è' | 'é' | 'ê' | 'ë' => 'e',
                'ì' | 'í' | 'î' | 'ï' => 'i',
                'ò' | 'ó' | 'ô' | 'ö' => 'o',
                'ù' | 'ú' | 'û' | 'ü' => 'u',
                '’' => '\'',
                other => other,
            }
        })
        .collect()
}

/// Where a word begins in a text, at the beginning of a word of it.
fn position(text: &[char], word: &[char]) -> Option<usize> {
    if word.is_empty() || word.len() > text.len() {
        return None;
    }
    (0..=text.len() - word.len()).find(|at| {
        let is_beginning = *at == 0 || !text[at - 1].is_alphanumeric();
        is_beginning && text[*at..at + word.len()] == *word
    })
}

#[cfg(test)]
mod tests {
    use super::{has_words, passage};

    #[test]
    fn words_are_found_whatever_their_case_and_accents() {
        assert!(has_words("Modalità di attuazione", "modalita ATTUAZ"));
        assert!(!has_words("Modalità di attuazione", "tuazione"));
        assert!(!has_words("Modalità", "modalità deroga"));
        assert!(!has_words("Modalità", "  "));
    }

    #[test]
    fn a_passage_is_the_paragraph_with_all_words() {
        let markdown = "# Distanze\n\nDai confini: **5 m**.\n\n| Parametro | Valore |\n|---|---|\n| Altezza massima | 10,50 m |\n";
        assert_eq!(
            passage(markdown, "massima altezza"),
            Some(("Altezza ".into(), "massima".into(), " · 10,50 m".into()))
        );
        assert_eq!(passage(markdown, "confini altezza"), None);
        let long = format!("{} perché {}", "parola ".repeat(30), "altro ".repeat(30));
        let (before, hit, after) = passage(&long, "PERCHE").expect("it is there");
        assert!(
            before.starts_with("… parola") && after.ends_with(" altro …"),
            "{before}{after}"
        );
        assert_eq!(hit, "perché");
    }
}
