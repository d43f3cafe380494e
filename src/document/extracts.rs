//! Chooses and draws the map extracts of a document.

use crate::access::Viewer;
use crate::cadastre::CadastralReference;
use crate::draw::{
    self, Frame, GroundBox, Selection, Sheet, Subject, draw, fit, grid_step_m, subjects,
};
use crate::layer::{Definition, Theme};
use crate::snapshot::Catalogue;
use crate::style::Fragments;
use crate::text::{Lang, NumberFormat};

use super::certificate::{Chapter, ZoningCertificate};
use super::crs_name;
use super::dressing::Dressing;
use super::extract::Extract;

/// Size of an extract on paper: two stand on a page of A4.
const SIZE_MM: [f64; 2] = [170.0, 98.0];

/// Share of the paper that parcels may fill: the rest shows what lies around them.
const FILLED: f64 = 0.72;

/// Scales of extracts, the largest first.
const SCALES: [u32; 6] = [500, 1000, 2000, 5000, 10_000, 25_000];

/// What extracts are drawn from.
#[derive(Clone, Copy)]
pub struct Atelier<'a> {
    /// What is published.
    pub catalogue: &'a Catalogue,
    /// For whom.
    pub viewer: &'a Viewer,
    /// How it is drawn.
    pub fragments: &'a Fragments,
}

/// Parcels that one map shows.
#[derive(Debug, Clone)]
struct Group {
    ground: GroundBox,
    members: Vec<usize>,
}

/// The maps of a certificate: for each group of parcels that lie together the cadastre, the plan,
/// and the constraints where there are some.
///
/// # Errors
/// [`draw::Error`].
pub fn certificate_extracts(
    atelier: Atelier<'_>,
    dressing: &Dressing,
    content: &ZoningCertificate,
) -> Result<Vec<Extract>, draw::Error> {
    let srid = content.comune.srid;
    let references: Vec<CadastralReference> = content
        .parcels
        .iter()
        .filter_map(|parcel| parcel.reference.parse().ok())
        .collect();
    let parcels = subjects(atelier.catalogue, atelier.viewer, &references, srid)?;
    let (scale, groups) = grouped(&parcels);
    let mut extracts = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let members: Vec<Subject> = group.members.iter().map(|i| parcels[*i].clone()).collect();
        let frame = fit(&group.ground, srid, SIZE_MM, &[scale], FILLED);
        let has = |chapters: &[Chapter]| {
            content.layers.iter().enumerate().any(|(index, layer)| {
                let touched =
                    |parcel: &usize| !content.parcels[*parcel].answers[index].pieces.is_empty();
                chapters.contains(&layer.chapter) && group.members.iter().any(touched)
            })
        };
        let mut kinds = vec![("map-cadastre", Kind::Cadastre)];
        if has(&[Chapter::Zones, Chapter::Provisions]) {
            kinds.push(("map-zones", Kind::Plan));
        }
        if has(&[Chapter::Constraints, Chapter::Fire]) {
            kinds.push(("map-constraints", Kind::Constraints));
        }
        for (key, kind) in kinds {
            let mut title = dressing.text(key, &[]);
            if groups.len() > 1 {
                let more = dressing.text(
                    "map-more",
                    &[
                        ("number", (number + 1).into()),
                        ("count", groups.len().into()),
                    ],
                );
                title = format!("{title} – {more}");
            }
            let scale = Lang::It.number(f64::from(frame.scale), 0);
            let crs = crs_name(srid);
            let step = Lang::It.number(grid_step_m(&frame), 0);
            let shown = numbers(&members);
            let alt = dressing.text(
                "map-alt",
                &[
                    ("title", (&title).into()),
                    ("scale", (&scale).into()),
                    ("parcels", (&shown).into()),
                ],
            );
            let caption = dressing.text(
                "map-caption",
                &[
                    ("scale", (&scale).into()),
                    ("crs", (&crs).into()),
                    ("step", (&step).into()),
                ],
            );
            extracts.push(extract(
                atelier,
                kind,
                Plate {
                    name: format!("mappa-{}-{}", number + 1, kind.word()),
                    title,
                    caption,
                    alt,
                    frame,
                    lang: Lang::It,
                },
                &members,
            )?);
        }
    }
    Ok(extracts)
}

/// The maps of a parcel's extract: the cadastre and the plan, in a language.
///
/// # Errors
/// [`draw::Error`].
pub fn parcel_extracts(
    atelier: Atelier<'_>,
    reference: &CadastralReference,
    srid: i32,
    lang: Lang,
) -> Result<Vec<Extract>, draw::Error> {
    let asked = std::slice::from_ref(reference);
    let parcels = subjects(atelier.catalogue, atelier.viewer, asked, srid)?;
    let mut ground = GroundBox::EMPTY;
    for parcel in &parcels {
        ground = ground.union(parcel.ground());
    }
    let frame = fit(&ground, srid, SIZE_MM, &SCALES, FILLED);
    let scale = lang.number(f64::from(frame.scale), 0);
    let crs = crs_name(srid);
    let step = lang.number(grid_step_m(&frame), 0);
    let caption = lang.text_with(
        "sheet-map-caption",
        &[
            ("scale", (&scale).into()),
            ("crs", (&crs).into()),
            ("step", (&step).into()),
        ],
    );
    let mut extracts = Vec::new();
    for (key, kind) in [
        ("sheet-map-cadastre", Kind::Cadastre),
        ("sheet-map-plan", Kind::Plan),
    ] {
        let title = lang.text(key);
        let drawn = extract(
            atelier,
            kind,
            Plate {
                name: format!("mappa-{}", kind.word()),
                alt: format!("{title}, 1:{scale}"),
                title,
                caption: caption.clone(),
                frame,
                lang,
            },
            &parcels,
        )?;
        // A plan of which nothing is published here is no map.
        let shows = |id: &String| {
            let entry = atelier.catalogue.layer(id);
            entry.is_some_and(|entry| kind.is_about(entry.definition()))
        };
        if drawn.drawing.layers.iter().any(shows) {
            extracts.push(drawn);
        }
    }
    Ok(extracts)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cadastre,
    Plan,
    Constraints,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Cadastre => "catasto",
            Self::Plan => "piano",
            Self::Constraints => "vincoli",
        }
    }

    /// True for the layers that it is a map of.
    fn is_about(self, definition: &Definition) -> bool {
        definition.theme
            == match self {
                Self::Cadastre => Theme::Catasto,
                Self::Plan => Theme::Piano,
                Self::Constraints => Theme::Vincoli,
            }
    }
}

struct Plate {
    name: String,
    title: String,
    caption: String,
    alt: String,
    frame: Frame,
    lang: Lang,
}

fn extract(
    atelier: Atelier<'_>,
    kind: Kind,
    plate: Plate,
    parcels: &[Subject],
) -> Result<Extract, draw::Error> {
    let layers = atelier
        .catalogue
        .layers()
        .iter()
        .map(|entry| entry.definition())
        .filter(|definition| {
            // Land cover would tint everything.
            let is_base = match definition.theme {
                Theme::Catasto => true,
                Theme::Base => !definition.coverage,
                _ => false,
            };
            is_base || kind.is_about(definition)
        })
        .map(|definition| definition.id.clone())
        .collect();
    let drawing = draw(
        atelier.catalogue,
        atelier.viewer,
        atelier.fragments,
        &Sheet {
            frame: plate.frame,
            layers: Selection::Ids(layers),
            subjects: parcels,
            lang: plate.lang,
            description: plate.alt.clone(),
        },
    )?;
    Ok(Extract {
        name: plate.name,
        title: plate.title,
        caption: plate.caption,
        alt: plate.alt,
        width_mm: plate.frame.width_mm,
        height_mm: plate.frame.height_mm,
        drawing,
    })
}

fn numbers(parcels: &[Subject]) -> String {
    const SHOWN: usize = 12;
    let mut names: Vec<String> = parcels
        .iter()
        .take(SHOWN)
        .map(|parcel| {
            format!(
                "{}/{}",
                parcel.reference.sheet.foglio, parcel.reference.number
            )
        })
        .collect();
    if parcels.len() > SHOWN {
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// The largest scale at which few maps show all parcels, and the parcels of each map.
fn grouped(parcels: &[Subject]) -> (u32, Vec<Group>) {
    let grounds: Vec<GroundBox> = parcels.iter().map(Subject::ground).collect();
    let most = 1 + parcels.len() / 10;
    let mut last = (SCALES[SCALES.len() - 1], Vec::new());
    for scale in SCALES {
        let (groups, all_fit) = groups(&grounds, scale);
        let is_enough = all_fit && groups.len() <= most;
        last = (scale, groups);
        if is_enough {
            break;
        }
    }
    last
}

/// Parcels put together, one after the other, as long as they fit on one map of a scale.
fn groups(grounds: &[GroundBox], scale: u32) -> (Vec<Group>, bool) {
    let room = SIZE_MM.map(|mm| mm * FILLED * f64::from(scale) / 1000.0);
    let fits = |ground: &GroundBox| {
        let [wide, high] = ground.size();
        wide <= room[0] && high <= room[1]
    };
    let mut groups: Vec<Group> = Vec::new();
    for (index, ground) in grounds.iter().enumerate() {
        let joined = groups
            .iter()
            .position(|group| fits(&group.ground.union(*ground)));
        match joined {
            Some(position) => {
                let group = &mut groups[position];
                group.ground = group.ground.union(*ground);
                group.members.push(index);
            }
            None => groups.push(Group {
                ground: *ground,
                members: vec![index],
            }),
        }
    }
    let all_fit = groups.iter().all(|group| fits(&group.ground));
    (groups, all_fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(e: f64, n: f64, side: f64) -> GroundBox {
        GroundBox {
            min: [e, n],
            max: [e + side, n + side],
        }
    }

    #[test]
    fn parcels_that_lie_together_share_a_map() {
        let near = [square(0.0, 0.0, 20.0), square(60.0, 30.0, 20.0)];
        let (groups, all_fit) = groups(&near, 1000);
        assert_eq!((groups.len(), all_fit), (1, true));
        let far = [near[0], square(5_000.0, 0.0, 20.0), near[1]];
        let (groups, _) = super::groups(&far, 1000);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].members, [0, 2]);
    }

    #[test]
    fn a_parcel_too_large_for_a_scale_is_told() {
        assert!(!groups(&[square(0.0, 0.0, 900.0)], 1000).1);
        assert!(groups(&[square(0.0, 0.0, 300.0)], 5000).1);
    }
}
