//! What makes a drawing a map: frame, grid with coordinates, scale bar, north.

use std::fmt::Write as _;

use crate::text::{Lang, NumberFormat};

use super::frame::{Frame, GroundBox, UNITS_PER_MM};
use super::label::{Room, width_em};

const INK: &str = "#1c2a36";

/// Metres between the lines of the grid: a round number, at least 35 mm of paper.
pub fn grid_step_m(frame: &Frame) -> f64 {
    round_up(35.0 * frame.metres_per_mm())
}

/// The next 1, 2 or 5 times a power of ten.
fn round_up(metres: f64) -> f64 {
    let power = 10_f64.powf(metres.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|candidate| *candidate >= metres * 0.999_999)
        .unwrap_or(10.0 * power)
}

/// Crosses where the lines of the grid meet, ticks and coordinates at the edges.
pub(super) fn grid(frame: &Frame, svg: &mut String, room: &mut Room) {
    let step = grid_step_m(frame);
    let ground = frame.ground();
    let (wide, high) = (frame.width(), frame.height());
    let lines = |axis: usize| {
        let first = (ground.min[axis] / step).ceil() as i64;
        let last = (ground.max[axis] / step).floor() as i64;
        (first..=last).map(move |index| index as f64 * step)
    };
    let mut ticks = String::new();
    let mut crosses = String::new();
    let mut texts = String::new();
    for e in lines(0) {
        let x = frame.place([e, ground.min[1]])[0].round();
        let _ = write!(ticks, "M{x} 0v{TICK}M{x} {high}v-{TICK}");
        for n in lines(1) {
            let y = frame.place([e, n])[1].round();
            let _ = write!(crosses, "M{} {y}h300M{x} {}v300", x - 150.0, y - 150.0);
        }
        let text = coordinate("E", e);
        // Room for the text beside its tick, and away from the corners.
        let half = width_em(&text) * SIZE / 2.0;
        if x > half + CORNER && x < wide - half - CORNER {
            for (y, base) in [(TICK + 40.0 + SIZE * 0.72, 0.0), (high - TICK - 50.0, high)] {
                note(&mut texts, &text, &format!("x=\"{x}\" y=\"{}\"", y.round()));
                let middle = (y + base) / 2.0;
                room.take(GroundBox {
                    min: [x - half, middle - 170.0],
                    max: [x + half, middle + 170.0],
                });
            }
        }
    }
    for n in lines(1) {
        let y = frame.place([ground.min[0], n])[1].round();
        let _ = write!(ticks, "M0 {y}h{TICK}M{wide} {y}h-{TICK}");
        let text = coordinate("N", n);
        let half = width_em(&text) * SIZE / 2.0;
        if y > half + CORNER && y < high - half - CORNER {
            for (x, middle) in [
                (TICK + 40.0 + SIZE * 0.72, 170.0),
                (wide - TICK - 50.0, wide - 170.0),
            ] {
                let place = format!("transform=\"translate({} {y})rotate(-90)\"", x.round());
                note(&mut texts, &text, &place);
                room.take(GroundBox {
                    min: [middle - 170.0, y - half],
                    max: [middle + 170.0, y + half],
                });
            }
        }
    }
    let _ = write!(
        svg,
        "<path d=\"{crosses}\" fill=\"none\" stroke=\"{INK}\" stroke-width=\"10\" stroke-opacity=\"0.7\"/>\
         <path d=\"{ticks}\" fill=\"none\" stroke=\"{INK}\" stroke-width=\"14\"/>{texts}"
    );
}

const TICK: f64 = 200.0;
const SIZE: f64 = 190.0;
const CORNER: f64 = 300.0;

// Digits in groups of three, as on the sheets of the cadastre.
fn coordinate(axis: &str, metres: f64) -> String {
    let digits = format!("{:.0}", metres.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    let sign = if metres < 0.0 { "−" } else { "" };
    format!("{axis}\u{a0}{sign}{text}")
}

fn note(svg: &mut String, text: &str, place: &str) {
    let _ = write!(
        svg,
        "<text {place} font-size=\"{SIZE}\" fill=\"{INK}\" stroke=\"#fff\" stroke-width=\"70\" \
         stroke-linejoin=\"round\" paint-order=\"stroke\">{text}</text>"
    );
}

/// Length of the scale bar in metres: a round number, at most 50 mm of paper.
pub(super) fn bar_length(frame: &Frame) -> f64 {
    let most = 50.0 * frame.metres_per_mm();
    let above = round_up(most);
    if above <= most {
        return above;
    }
    let power = 10_f64.powf(above.log10().floor());
    match (above / power).round() as i64 {
        1 => power / 2.0,
        2 => power,
        _ => power * 2.0,
    }
}

/// The scale bar with the scale in numbers, in the lower left corner.
pub(super) fn scale_bar(frame: &Frame, lang: Lang, svg: &mut String, room: &mut Room) {
    let metres = bar_length(frame);
    let long = metres / frame.metres_per_mm() * UNITS_PER_MM;
    let (left, bottom) = (520.0, frame.height() - 520.0);
    let plate = GroundBox {
        min: [left - 260.0, bottom - 860.0],
        max: [left + long + 660.0, bottom + 260.0],
    };
    room.take(plate);
    let quarter = long / 4.0;
    let _ = write!(
        svg,
        "<g id=\"scale-bar\"><rect x=\"{}\" y=\"{}\" width=\"{:.0}\" height=\"{:.0}\" rx=\"60\" fill=\"#fff\" fill-opacity=\"0.88\"/>",
        plate.min[0],
        plate.min[1].round(),
        plate.max[0] - plate.min[0],
        plate.max[1] - plate.min[1],
    );
    let _ = write!(
        svg,
        "<text x=\"{left}\" y=\"{}\" font-size=\"260\" font-weight=\"700\" text-anchor=\"start\" fill=\"{INK}\">1:{}</text>",
        (bottom - 560.0).round(),
        lang.number(f64::from(frame.scale), 0),
    );
    let _ = write!(
        svg,
        "<rect x=\"{left}\" y=\"{0}\" width=\"{1:.2}\" height=\"140\" fill=\"#fff\" stroke=\"{INK}\" stroke-width=\"14\"/>\
         <path d=\"M{left} {0}h{2:.2}v140h-{2:.2}zM{3:.2} {0}h{2:.2}v140h-{2:.2}z\" fill=\"{INK}\"/>",
        bottom - 140.0,
        long,
        quarter,
        left + 2.0 * quarter,
    );
    for (share, text) in [
        (0.0, "0".to_owned()),
        (
            0.5,
            lang.number(metres / 2.0, usize::from(metres % 2.0 != 0.0)),
        ),
        (1.0, format!("{}\u{a0}m", lang.number(metres, 0))),
    ] {
        let _ = write!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.0}\" font-size=\"190\" fill=\"{INK}\">{text}</text>",
            left + share * long,
            bottom - 200.0,
        );
    }
    svg.push_str("</g>");
}

/// The arrow to the north of the grid, in the upper right corner.
pub(super) fn north(frame: &Frame, svg: &mut String, room: &mut Room) {
    let (x, y) = (frame.width() - 760.0, 460.0);
    room.take(GroundBox {
        min: [x - 420.0, y - 100.0],
        max: [x + 420.0, y + 1_300.0],
    });
    let _ = write!(
        svg,
        "<g id=\"north\"><rect x=\"{}\" y=\"{}\" width=\"640\" height=\"1220\" rx=\"60\" fill=\"#fff\" fill-opacity=\"0.88\"/>\
         <path d=\"M{x} {y}l190 760l-190 -150z\" fill=\"{INK}\"/>\
         <path d=\"M{x} {y}l-190 760l190 -150z\" fill=\"#fff\" stroke=\"{INK}\" stroke-width=\"16\" stroke-linejoin=\"round\"/>\
         <text x=\"{x}\" y=\"{}\" font-size=\"300\" font-weight=\"700\" fill=\"{INK}\">N</text></g>",
        x - 320.0,
        y - 70.0,
        y + 1_070.0,
    );
}

/// The line around everything.
pub(super) fn border(frame: &Frame, svg: &mut String) {
    let _ = write!(
        svg,
        "<rect id=\"frame\" x=\"0\" y=\"0\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"{INK}\" stroke-width=\"40\"/>",
        frame.width().round(),
        frame.height().round(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(scale: u32) -> Frame {
        Frame {
            srid: 7791,
            centre: [520_010.0, 5_050_020.0],
            scale,
            width_mm: 170.0,
            height_mm: 120.0,
        }
    }

    #[test]
    fn the_grid_has_round_steps() {
        for (scale, step) in [
            (500, 20.0),
            (1000, 50.0),
            (2000, 100.0),
            (5000, 200.0),
            (10_000, 500.0),
        ] {
            assert_eq!(grid_step_m(&frame(scale)), step, "1:{scale}");
        }
    }

    #[test]
    fn the_scale_bar_is_as_long_as_it_says() {
        for (scale, metres) in [
            (500, 20.0),
            (1000, 50.0),
            (2000, 100.0),
            (5000, 200.0),
            (10_000, 500.0),
        ] {
            assert_eq!(bar_length(&frame(scale)), metres, "1:{scale}");
        }
        let mut svg = String::new();
        scale_bar(&frame(1000), Lang::It, &mut svg, &mut Room::default());
        // 50 m at 1:1000 are 50 mm: 5,000 units.
        assert!(svg.contains("width=\"5000.00\""), "{svg}");
        assert!(svg.contains(">1:1.000</text>") && svg.contains(">50\u{a0}m</text>"));
    }

    #[test]
    fn coordinates_stand_where_they_belong() {
        let mut svg = String::new();
        grid(&frame(1000), &mut svg, &mut Room::default());
        // E 520050 lies 40 m to the east of the middle: 40 mm from 85 mm.
        assert!(svg.contains("x=\"12500\""), "{svg}");
        assert!(svg.contains("E\u{a0}520\u{a0}050") && svg.contains("N\u{a0}5\u{a0}050\u{a0}050"));
    }
}
