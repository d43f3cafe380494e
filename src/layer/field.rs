//! Finds a field among those of a file, which spells it in its own way.

/// Letters of a field's name that a shapefile keeps.
const SHAPEFILE_LETTERS: usize = 10;

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    None,
    /// The position of the field.
    One(usize),
    /// Several that could be it: their names, for a message.
    Several(String),
}

/// Finds a field: as it is spelt, else in any letter case, else as a shapefile cuts it.
pub(super) fn find_field<S: AsRef<str>>(fields: &[S], wanted: &str) -> Found {
    if let Some(position) = fields.iter().position(|field| field.as_ref() == wanted) {
        return Found::One(position);
    }
    let folded = wanted.trim().to_lowercase();
    let found = equal(fields, &folded);
    if found != Found::None || folded.chars().count() <= SHAPEFILE_LETTERS {
        return found;
    }
    let cut: String = folded.chars().take(SHAPEFILE_LETTERS).collect();
    equal(fields, cut.trim_end())
}

fn equal<S: AsRef<str>>(fields: &[S], folded: &str) -> Found {
    let mut positions = (0..fields.len())
        .filter(|position| fields[*position].as_ref().trim().to_lowercase() == folded);
    let Some(first) = positions.next() else {
        return Found::None;
    };
    let others: Vec<usize> = positions.collect();
    if others.is_empty() {
        return Found::One(first);
    }
    let names: Vec<String> = std::iter::once(first)
        .chain(others)
        .map(|position| format!("'{}'", fields[position].as_ref()))
        .collect();
    Found::Several(names.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_in_the_files_own_spelling() {
        let fields = [
            "ID",
            "Id_Zona",
            "DESCRIZION",
            "riferimento legislativo",
            "id",
        ];
        assert_eq!(find_field(&fields, "id"), Found::One(4));
        assert_eq!(find_field(&fields, "ID_ZONA"), Found::One(1));
        assert_eq!(find_field(&fields, "DESCRIZIONE"), Found::One(2));
        assert_eq!(
            find_field(&fields, "RIFERIMENTO LEGISLATIVO"),
            Found::One(3)
        );
        assert_eq!(find_field(&fields, "DESCR"), Found::None);
        let both = Found::Several("'ID' and 'id'".to_owned());
        assert_eq!(find_field(&fields, "Id"), both);
    }
}
