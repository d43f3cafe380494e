//! Compares what people type with names: accents, case, abbreviations and house numbers.

/// A word, with what it may stand for: `s` is `san`, `santo`, `santa` or `sant`.
type Word = Vec<String>;

/// Abbreviations of Italian street names, written without their dots.
const ABBREVIATIONS: &[(&str, &[&str])] = &[
    ("avv", &["avvocato"]),
    ("bgo", &["borgo"]),
    ("brig", &["brigata", "brigadiere"]),
    ("c", &["corso", "cascina", "contrada"]),
    ("cap", &["capitano"]),
    ("card", &["cardinale"]),
    ("casc", &["cascina"]),
    ("cav", &["cavaliere"]),
    ("cda", &["contrada"]),
    ("cna", &["cascina"]),
    ("col", &["colonnello"]),
    ("cso", &["corso"]),
    ("ctr", &["contrada"]),
    ("dott", &["dottor"]),
    ("dr", &["dottor"]),
    ("flli", &["fratelli"]),
    ("fraz", &["frazione"]),
    ("gen", &["generale"]),
    ("ing", &["ingegner"]),
    ("lgo", &["largo"]),
    ("loc", &["localita"]),
    ("mons", &["monsignor"]),
    ("p", &["piazza", "piazzale"]),
    ("ple", &["piazzale"]),
    ("prof", &["professor"]),
    ("pza", &["piazza"]),
    ("pzale", &["piazzale"]),
    ("pzle", &["piazzale"]),
    ("pzza", &["piazza"]),
    ("s", &["san", "santo", "santa", "sant"]),
    ("sen", &["senatore"]),
    ("ss", &["santi", "santissima", "santissimo"]),
    ("sta", &["santa"]),
    ("sto", &["santo"]),
    ("str", &["strada"]),
    ("ten", &["tenente"]),
    ("trav", &["traversa"]),
    ("v", &["via"]),
    ("vco", &["vicolo"]),
    ("vic", &["vicolo"]),
    ("vle", &["viale"]),
    ("vlo", &["vicolo"]),
];

/// Words that a name may have and people leave out.
const LIGHT: &[&str] = &[
    "via",
    "viale",
    "vicolo",
    "piazza",
    "piazzale",
    "piazzetta",
    "corso",
    "largo",
    "strada",
    "borgo",
    "contrada",
    "traversa",
    "localita",
    "frazione",
    "cascina",
    "di",
    "del",
    "dello",
    "della",
    "dell",
    "dei",
    "degli",
    "delle",
    "da",
    "dal",
    "dalla",
    "a",
    "al",
    "alla",
    "alle",
    "ai",
    "e",
    "ed",
    "il",
    "lo",
    "la",
    "i",
    "gli",
    "le",
    "l",
    "in",
];

/// A word shorter than this has to be right to the letter.
const FORGIVING_CHARS: usize = 5;

/// How well a name answers what was typed; smaller is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// Words with a slip of the finger.
    slips: usize,
    /// Words of the name that were not typed, the light ones left out.
    left_over: usize,
    /// Words that were typed only in part.
    partial: usize,
    /// Position in the name of the first word that was typed.
    first: usize,
}

/// A house number: its digits and what follows them, lower case: `8/A` is 8 and `a`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HouseNumber {
    /// The digits.
    pub(super) number: u32,
    /// The letter, `bis` or `ter`; empty for none.
    pub(super) suffix: String,
}

impl HouseNumber {
    /// Returns the number that a text is; none when it is no house number.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let words = split(text);
        let (number, rest) = Self::at_end(&words)?;
        rest.is_empty().then_some(number)
    }

    /// Returns the number at the end of some words, and the words before it.
    fn at_end(words: &[String]) -> Option<(Self, &[String])> {
        let (last, before) = words.split_last()?;
        let (number, suffix, before) = match split_digits(last) {
            Some((digits, suffix)) => (digits, suffix.to_owned(), before),
            None => {
                let (digits, before) = before.split_last()?;
                let (digits, "") = split_digits(digits)? else {
                    return None;
                };
                is_suffix(last).then(|| (digits, last.clone(), before))?
            }
        };
        let before = match before.split_last() {
            Some((label, rest))
                if ["n", "nr", "num", "numero", "civico"].contains(&label.as_str()) =>
            {
                rest
            }
            _ => before,
        };
        Some((Self { number, suffix }, before))
    }

    /// Returns whether a house with this number is meant by `typed`.
    pub(super) fn is_meant_by(&self, typed: &Self) -> bool {
        self.number == typed.number && (typed.suffix.is_empty() || typed.suffix == self.suffix)
    }
}

fn is_suffix(word: &str) -> bool {
    matches!(word, "bis" | "ter" | "quater")
        || (word.len() == 1 && word.bytes().all(|b| b.is_ascii_lowercase()))
}

// "8a" → 8 and "a"; a name that begins with digits is no number.
fn split_digits(word: &str) -> Option<(u32, &str)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = word.split_at(digits);
    if digits > 5 || !(suffix.is_empty() || is_suffix(suffix)) {
        return None;
    }
    Some((number.parse().ok()?, suffix))
}

/// What was typed, ready to be compared with names.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    words: Vec<Word>,
    /// The words without the house number at their end, and that number.
    addressed: Option<(Vec<Word>, HouseNumber)>,
}

impl Typed {
    /// Reads a text; none when it has no word with letters, which every name has.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let words = split(text);
        let has_letters = |words: &[String]| {
            words
                .iter()
                .any(|word| word.len() > 1 && word.chars().any(char::is_alphabetic))
        };
        if !has_letters(&words) {
            return None;
        }
        let addressed = HouseNumber::at_end(&words)
            .filter(|(_, name)| has_letters(name))
            .map(|(number, name)| (meanings(name), number));
        Some(Self {
            words: meanings(&words),
            addressed,
        })
    }

    /// Returns how well a name answers the whole text; none when it does not.
    pub(super) fn rank(&self, name: &str) -> Option<Rank> {
        rank(&self.words, name)
    }

    /// Returns the house number, when the text ends with one.
    pub(super) fn house_number(&self) -> Option<&HouseNumber> {
        self.addressed.as_ref().map(|(_, number)| number)
    }

    /// Returns how well a street answers the text before the house number.
    pub(super) fn rank_street(&self, name: &str) -> Option<Rank> {
        let (words, _) = self.addressed.as_ref()?;
        rank(words, name)
    }
}

/// Returns a text as names are compared: lower case, without accents, words parted by one space.
pub(super) fn folded(text: &str) -> String {
    split(text).join(" ")
}

fn rank(typed: &[Word], name: &str) -> Option<Rank> {
    let words = meanings(&split(name));
    let mut taken = vec![false; words.len()];
    let mut rank = Rank {
        slips: 0,
        left_over: 0,
        partial: 0,
        first: usize::MAX,
    };
    for wanted in typed {
        let best = words
            .iter()
            .enumerate()
            .filter(|(index, _)| !taken[*index])
            .filter_map(|(index, word)| Some((likeness(wanted, word)?, index)))
            .min()?;
        let (likeness, index) = best;
        taken[index] = true;
        rank.first = rank.first.min(index);
        match likeness {
            Likeness::Same => {}
            Likeness::Begun => rank.partial += 1,
            Likeness::Slip => rank.slips += 1,
        }
    }
    rank.left_over = words
        .iter()
        .zip(&taken)
        .filter(|(word, taken)| !**taken && !word.iter().any(|w| LIGHT.contains(&w.as_str())))
        .count();
    // Somebody who types one word of four with a slip means something else.
    (rank.slips == 0 || rank.left_over <= 1).then_some(rank)
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Same,
    Begun,
    Slip,
}

fn likeness(wanted: &Word, word: &Word) -> Option<Likeness> {
    wanted
        .iter()
        .flat_map(|wanted| word.iter().map(move |word| (wanted, word)))
        .filter_map(|(wanted, word)| {
            if wanted == word {
                Some(Likeness::Same)
            } else if word.starts_with(wanted.as_str()) {
                Some(Likeness::Begun)
            } else if wanted.chars().count() >= FORGIVING_CHARS && one_slip(wanted, word) {
                Some(Likeness::Slip)
            } else {
                None
            }
        })
        .min()
}

/// Returns whether one letter more, less, other or swapped makes `typed` the beginning of `word`.
fn one_slip(typed: &str, word: &str) -> bool {
    let typed: Vec<char> = typed.chars().collect();
    let word: Vec<char> = word.chars().collect();
    let same = typed.iter().zip(&word).take_while(|(a, b)| a == b).count();
    let (typed, word) = (&typed[same..], &word[same..]);
    let begins = |typed: &[char], word: &[char]| word.starts_with(typed);
    match (typed, word) {
        ([], _) => true,
        (_, []) => typed.len() == 1,
        ([a, rest @ ..], [b, tail @ ..]) => {
            begins(rest, tail)
                || begins(rest, word)
                || begins(typed, tail)
                || matches!((rest, tail), ([c, rest @ ..], [d, tail @ ..])
                    if a == d && b == c && begins(rest, tail))
        }
    }
}

// Dots stay inside a word, so that "p.za" is one; apostrophes and the rest part words.
fn split(text: &str) -> Vec<String> {
    text.chars()
        .take(200)
        .flat_map(char::to_lowercase)
        .filter(|c| *c != '.' && *c != '\u{300}' && *c != '\u{301}')
        .map(plain)
        .collect::<String>()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' | 'č' | 'ć' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'š' | 'ß' => 's',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' => 'y',
        'ž' => 'z',
        'đ' => 'd',
        c if c.is_alphanumeric() => c,
        _ => ' ',
    }
}

fn meanings(words: &[String]) -> Vec<Word> {
    words.iter().map(|word| meaning(word)).collect()
}

fn meaning(word: &str) -> Word {
    let mut meanings = vec![word.to_owned()];
    if let Ok(position) = ABBREVIATIONS.binary_search_by(|(short, _)| (*short).cmp(word)) {
        meanings.extend(
            ABBREVIATIONS[position]
                .1
                .iter()
                .map(|long| (*long).to_owned()),
        );
    }
    if let Some(roman) = word.parse().ok().and_then(roman) {
        meanings.push(roman);
    }
    meanings
}

// Via 25 Aprile is often written Via XXV Aprile.
fn roman(number: u32) -> Option<String> {
    if !(1..40).contains(&number) {
        return None;
    }
    let ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    Some("x".repeat(number as usize / 10) + ones[number as usize % 10])
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREETS: [&str; 9] = [
        "Via dei Mulini",
        "Viale dei Tigli",
        "Piazza San Marco",
        "Via XXV Aprile",
        "Corso Giuseppe Garibaldi",
        "Via Sant'Àngelo",
        "Via Marconi",
        "Vicolo Stretto",
        "Via Fratelli Cervi",
    ];

    fn best(text: &str) -> Option<&'static str> {
        let typed = Typed::parse(text)?;
        let ranked = STREETS.iter().filter_map(|name| {
            Some((typed.rank(name).or_else(|| typed.rank_street(name))?, *name))
        });
        ranked.min().map(|(_, name)| name)
    }

    #[test]
    fn abbreviations_are_in_the_order_that_the_search_needs() {
        assert!(ABBREVIATIONS.is_sorted_by_key(|(short, _)| *short));
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        for (text, name) in [
            ("mulini", "Via dei Mulini"),
            ("VIA MULINI", "Via dei Mulini"),
            ("v.le tigli", "Viale dei Tigli"),
            ("v.le dei Tigli 3", "Viale dei Tigli"),
            ("p.za S. Marco", "Piazza San Marco"),
            ("p.zza san marco, 12/b", "Piazza San Marco"),
            ("via 25 aprile", "Via XXV Aprile"),
            ("via 25 aprile 4", "Via XXV Aprile"),
            ("c.so G. Garibaldi", "Corso Giuseppe Garibaldi"),
            ("garibaldi giuseppe", "Corso Giuseppe Garibaldi"),
            ("sant'angelo", "Via Sant'Àngelo"),
            ("s. angelo", "Via Sant'Àngelo"),
            ("via f.lli cervi n. 8", "Via Fratelli Cervi"),
            ("garibladi", "Corso Giuseppe Garibaldi"),
            ("garibldi", "Corso Giuseppe Garibaldi"),
            ("marcconi", "Via Marconi"),
            ("marc", "Via Marconi"),
        ] {
            assert_eq!(best(text), Some(name), "{text}");
        }
        for text in ["via verdi", "12 345", "8", "mulino bianco"] {
            assert_eq!(best(text), None, "{text}");
        }
    }

    #[test]
    fn the_whole_name_goes_before_a_part_of_it() {
        let typed = Typed::parse("san marco").expect("has words");
        assert!(typed.rank("Via San Marco") < typed.rank("Via San Marco Evangelista"));
        assert!(typed.rank("Piazza San Marco") < typed.rank("Via San Marcolfo"));
    }

    #[test]
    fn house_numbers_have_letters() {
        let parse = |text: &str| HouseNumber::parse(text).map(|n| (n.number, n.suffix));
        assert_eq!(parse("8"), Some((8, String::new())));
        assert_eq!(parse("8/A"), Some((8, "a".into())));
        assert_eq!(parse("8a"), Some((8, "a".into())));
        assert_eq!(parse("12 bis"), Some((12, "bis".into())));
        assert_eq!(parse("snc"), None);
        let typed = |text: &str| Typed::parse(text)?.house_number().cloned();
        assert_eq!(typed("via roma 8 A"), HouseNumber::parse("8/A"));
        assert_eq!(typed("via roma, n. 8/a"), HouseNumber::parse("8/A"));
        assert_eq!(typed("via roma"), None);
        let eight = HouseNumber::parse("8").expect("is a number");
        let eight_a = HouseNumber::parse("8/A").expect("is a number");
        assert!(eight_a.is_meant_by(&eight) && !eight.is_meant_by(&eight_a));
    }
}
