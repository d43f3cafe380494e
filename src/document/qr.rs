//! QR codes as SVG.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// The QR code of a text, as an SVG of modules with a quiet zone of four; none for what is too long.
///
/// Error correction Q: a quarter of it may be covered by a stamp.
pub fn qr_svg(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Quartile).ok()?;
    let size = code.size();
    let whole = size + 2 * QUIET;
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let start = x;
            while x < size && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                // A row of dark modules; half-open rows would show gaps in some viewers.
                let _ = write!(
                    path,
                    "M{} {}h{}v1h-{}z",
                    start + QUIET,
                    y + QUIET,
                    x - start,
                    x - start
                );
            }
            x += 1;
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" width=\"{whole}\" height=\"{whole}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{whole}\" height=\"{whole}\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

const QUIET: i32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_three_corners_of_every_qr_code() {
        let svg = qr_svg("https://example.org/verifica/7F3K9-Q2M4T-08XVB-C6HRN").expect("it fits");
        // The upper left and right finder patterns start with seven dark modules.
        let size: i32 = svg
            .split("viewBox=\"0 0 ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .and_then(|size| size.parse().ok())
            .expect("a size");
        assert!(svg.contains("M4 4h7v1h-7z"));
        assert!(svg.contains(&format!("M{} 4h7v1h-7z", size - 11)));
        assert!(svg.contains(&format!("M4 {}h7v1h-7z", size - 5)));
        assert!(qr_svg(&"x".repeat(8000)).is_none());
    }
}
