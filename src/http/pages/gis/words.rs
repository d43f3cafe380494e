//! Keys of sentences: states, acts and rules of checks.

use crate::gis::PartState;
use crate::text::{DateFormat as _, Lang, NumberFormat as _};

/// The key of a state's name.
pub(super) const fn state(state: PartState) -> &'static str {
    match state {
        PartState::InForce => "gis-state-in-force",
        PartState::Adopted => "gis-state-adopted",
        PartState::Planned => "gis-state-planned",
        PartState::Past => "gis-state-past",
        PartState::Waiting => "gis-state-waiting",
        PartState::Faulty => "gis-state-faulty",
        PartState::Discarded => "gis-state-discarded",
    }
}

/// The key of the name of an act.
pub(super) fn act(kind: &str) -> &'static str {
    match kind {
        "publish" => "gis-act-publish",
        "withdraw" => "gis-act-withdraw",
        "cancel" => "gis-act-cancel",
        "load" => "gis-act-load",
        "upload" => "gis-act-upload",
        "discard" => "gis-act-discard",
        "lineage" => "gis-act-lineage",
        "request" => "gis-act-request",
        "plan" => "gis-act-plan",
        "style" => "gis-act-style",
        _ => "gis-act-other",
    }
}

/// Keys of what a rule of a check means, and of what can be done.
pub(super) fn rule(rule: &str) -> (&'static str, &'static str) {
    match rule {
        "file.empty" => ("gis-rule-empty", "gis-fix-empty"),
        "field.missing" => ("gis-rule-field", "gis-fix-mapping"),
        "value.unusable" | "value.encoding" => ("gis-rule-value", "gis-fix-mapping"),
        "mapping.only" | "mapping.applied" => ("gis-rule-mapping", "gis-fix-none"),
        "comune.other" => ("gis-rule-other-comune", "gis-fix-other-comune"),
        "key.duplicate" => ("gis-rule-duplicate", "gis-fix-duplicate"),
        "geometry.repaired" | "geometry.not_repaired" => ("gis-rule-repaired", "gis-fix-repaired"),
        "coverage.overlap" => ("gis-rule-overlap", "gis-fix-coverage"),
        "coverage.gap" => ("gis-rule-gap", "gis-fix-coverage"),
        "territory.inside" | "territory.shift" => ("gis-rule-inside", "gis-fix-crs"),
        "crs.accuracy" => ("gis-rule-accuracy", "gis-fix-grids"),
        "encoding.supposed" => ("gis-rule-encoding", "gis-fix-encoding"),
        "geometry.spike" => ("gis-rule-spike", "gis-fix-geometry"),
        "cadastre.sliver" => ("gis-rule-sliver", "gis-fix-coverage"),
        "building.parcel" => ("gis-rule-building", "gis-fix-building"),
        "norm.missing" => ("gis-rule-article", "gis-fix-article"),
        "census.area" => ("gis-rule-census", "gis-fix-census"),
        _ if rule.starts_with("geometry.") => ("gis-rule-geometry", "gis-fix-geometry"),
        _ if rule.starts_with("crs.") => ("gis-rule-crs", "gis-fix-crs"),
        _ if rule.starts_with("archive.") => ("gis-rule-archive", "gis-fix-none"),
        _ => ("gis-rule-other", "gis-fix-none"),
    }
}

/// A moment as people write it, in the legal time of Italy.
pub(super) fn moment(lang: Lang, moment: jiff::Timestamp) -> String {
    let zoned = moment.in_tz("Europe/Rome");
    zoned.map_or_else(
        |_| moment.to_string(),
        |zoned| format!("{} {}", lang.date(zoned.date()), zoned.strftime("%H:%M")),
    )
}

/// A size of files.
pub(super) fn size(lang: Lang, bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", lang.number(bytes as f64 / 1e3, 0)),
        1_000_000..1_000_000_000 => format!("{} MB", lang.number(bytes as f64 / 1e6, 1)),
        _ => format!("{} GB", lang.number(bytes as f64 / 1e9, 2)),
    }
}
