//! Templates: how documents look. What they say comes with the order.

/// The part of all templates.
pub(super) const SHARED: (&str, &str) = ("style.typ", include_str!("../templates/style.typ"));

/// The templates by name.
const TEMPLATES: [(&str, &str); 2] = [
    ("document", include_str!("../templates/document.typ")),
    ("map", include_str!("../templates/map.typ")),
];

/// The text of a template; none when there is no such template.
pub(super) fn template(name: &str) -> Option<&'static str> {
    TEMPLATES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}

/// The names of all templates, for people.
pub(super) fn names() -> String {
    TEMPLATES.map(|(name, _)| name).join(", ")
}
