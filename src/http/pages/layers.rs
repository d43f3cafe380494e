//! The layers that a comune has, in their themes.

use crate::access::{Action, Viewer, authorize};
use crate::fact::Evidence;
use crate::layer::Definition;
use crate::snapshot::{LayerEntry, PartSnapshot};

use super::super::extract::Visit;
use super::present;
use super::view::{LayerView, ThemeView};

/// The part of a layer that answers for the comune of a visit.
pub(super) fn part<'a>(visit: &Visit, entry: &'a LayerEntry) -> Option<&'a PartSnapshot> {
    let comune = visit.comune.as_deref()?;
    entry
        .parts
        .iter()
        .find(|part| part.territory_id == comune.id)
        .or_else(|| entry.parts.first().filter(|_| near(visit, entry)))
        .map(|part| &**part)
}

fn near(visit: &Visit, entry: &LayerEntry) -> bool {
    visit
        .comune
        .as_deref()
        .is_some_and(|comune| visit.catalogue.parts_near(entry, comune).next().is_some())
}

/// A layer as templates show it.
pub(super) fn layer(visit: &Visit, definition: &Definition, part: &PartSnapshot) -> LayerView {
    LayerView {
        id: definition.id.clone(),
        title: present::localized(&definition.title, visit.lang),
        description: present::localized(&definition.description, visit.lang),
        licence: definition.source.licence.clone(),
        data: present::data(visit.lang, definition, &Evidence::of(part)),
        visible: true,
        coverage: definition.coverage,
        page_url: format!("{}/livelli/{}", visit.prefix, definition.id),
    }
}

/// The layers that a viewer may read, theme after theme.
pub(super) fn themes(visit: &Visit, viewer: &Viewer) -> Vec<ThemeView> {
    let mut themes: Vec<ThemeView> = Vec::new();
    for entry in visit.catalogue.layers() {
        let definition = entry.definition();
        if authorize(viewer, Action::Read, definition.policy).is_err() {
            continue;
        }
        let Some(part) = part(visit, entry) else {
            continue;
        };
        let id = definition.id.split('.').next().unwrap_or_default();
        let view = layer(visit, definition, part);
        match themes.iter_mut().find(|theme| theme.id == id) {
            Some(theme) => theme.layers.push(view),
            None => themes.push(ThemeView {
                id: id.to_owned(),
                title: visit.lang.text("theme-catasto"),
                layers: vec![view],
            }),
        }
    }
    themes
}
