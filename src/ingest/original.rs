//! What a file says of a feature, kept as it is there.

/// The fields of a file as names in a JSON object.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<Vec<u8>>);

impl Names {
    /// The names of fields.
    pub(super) fn new(fields: &[String]) -> Self {
        let quoted = |field: &String| serde_json::to_vec(field).unwrap_or_default();
        Self(fields.iter().map(quoted).collect())
    }

    /// The values of a feature as the text of a JSON object; those that are absent are left out.
    pub(super) fn object(&self, values: &[Option<String>]) -> String {
        let mut text = vec![b'{'];
        for (name, value) in self.0.iter().zip(values) {
            let Some(value) = value else { continue };
            if text.len() > 1 {
                text.push(b',');
            }
            text.extend_from_slice(name);
            text.push(b':');
            // The database knows no NUL in a text. Writing to memory does not fail.
            let _ = match value.contains('\0') {
                true => serde_json::to_writer(&mut text, &value.replace('\0', "")),
                false => serde_json::to_writer(&mut text, value),
            };
        }
        text.push(b'}');
        String::from_utf8(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_as_they_are_but_for_what_json_cannot_hold() {
        let names = Names::new(&["a \"b\"".to_owned(), "c".to_owned(), "è".to_owned()]);
        let values = [Some("1\n".to_owned()), None, Some("x\0y\\".to_owned())];
        assert_eq!(names.object(&values), r#"{"a \"b\"":"1\n","è":"xy\\"}"#);
        assert_eq!(names.object(&[None, None, None]), "{}");
    }
}
