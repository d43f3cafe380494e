//! The zones of the plan by their codes.

/// A zone of the plan by its local code.
pub(super) struct Code {
    pub(super) code: &'static str,
    /// Class of DM 1444/1968: A to F.
    pub(super) class: &'static str,
    pub(super) description: &'static str,
    pub(super) article: &'static str,
}

const fn code(
    code: &'static str,
    class: &'static str,
    article: &'static str,
    description: &'static str,
) -> Code {
    Code {
        code,
        class,
        description,
        article,
    }
}

pub(super) const CODES: [Code; 16] = [
    code("A1", "A", "22", "Centro storico"),
    code("A2", "A", "23", "Nuclei di antica formazione"),
    code("B1", "B", "24", "Tessuto consolidato di primo impianto"),
    code("B2", "B", "25", "Tessuto consolidato a bassa densità"),
    code("B3", "B", "26", "Tessuto consolidato a media densità"),
    code(
        "C1",
        "C",
        "27",
        "Tessuto residenziale di recente formazione",
    ),
    code("C2", "C", "28", "Aree di espansione residenziale"),
    code("D1", "D", "29", "Tessuto produttivo"),
    code("D2", "D", "30", "Tessuto commerciale e terziario"),
    code("E1", "E", "31", "Aree agricole produttive"),
    code("E2", "E", "32", "Aree agricole e boscate di tutela"),
    code("E3", "E", "33", "Aree fluviali e spondali"),
    code("F1", "F", "34", "Servizi pubblici e di interesse pubblico"),
    code("F2", "F", "35", "Impianti tecnologici"),
    code("F3", "F", "36", "Viabilità principale"),
    code("F4", "F", "37", "Impianti ferroviari"),
];

pub(super) const A1: usize = 0;
pub(super) const A2: usize = 1;
pub(super) const B1: usize = 2;
pub(super) const B2: usize = 3;
pub(super) const B3: usize = 4;
pub(super) const C1: usize = 5;
pub(super) const C2: usize = 6;
pub(super) const D1: usize = 7;
pub(super) const D2: usize = 8;
pub(super) const E1: usize = 9;
pub(super) const E2: usize = 10;
pub(super) const E3: usize = 11;
pub(super) const F1: usize = 12;
pub(super) const F2: usize = 13;
pub(super) const F3: usize = 14;
pub(super) const F4: usize = 15;
