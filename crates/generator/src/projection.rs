//! From metres of EPSG:7791 (RDN2008 / UTM 32, east-north) to latitude and longitude.

/// Constants of Krüger's series on GRS80 (Karney 2011, eq. 35 and 36; latitude by the series
/// of the conformal latitude, to the fourth power of the third flattening).
pub(crate) struct Utm32 {
    radius: f64,
    beta: [f64; 4],
    phi: [f64; 4],
}

impl Utm32 {
    pub(crate) fn new() -> Self {
        let f = 1.0 / 298.257_222_101;
        let n: f64 = f / (2.0 - f);
        let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n);
        Self {
            radius: 0.9996 * 6_378_137.0 / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0),
            beta: [
                n / 2.0 - 2.0 * n2 / 3.0 + 37.0 * n3 / 96.0 - n4 / 360.0,
                n2 / 48.0 + n3 / 15.0 - 437.0 * n4 / 1440.0,
                17.0 * n3 / 480.0 - 37.0 * n4 / 840.0,
                4397.0 * n4 / 161_280.0,
            ],
            phi: [
                2.0 * n - 2.0 * n2 / 3.0 - 2.0 * n3 + 116.0 * n4 / 45.0,
                7.0 * n2 / 3.0 - 8.0 * n3 / 5.0 - 227.0 * n4 / 45.0,
                56.0 * n3 / 15.0 - 136.0 * n4 / 35.0,
                4279.0 * n4 / 630.0,
            ],
        }
    }

    /// Latitude and longitude in units of 0.000 000 01 degrees, as the national files write them.
    pub(crate) fn to_lat_lon(&self, e: f64, n: f64) -> (i64, i64) {
        let (xi, eta) = (n / self.radius, (e - 500_000.0) / self.radius);
        let (s2, c2) = libm::sincos(2.0 * xi);
        let (sh2, ch2) = (libm::sinh(2.0 * eta), libm::cosh(2.0 * eta));
        let (mut sin, mut cos, mut sinh, mut cosh) = (s2, c2, sh2, ch2);
        let (mut xi1, mut eta1) = (xi, eta);
        for b in self.beta {
            xi1 -= b * sin * cosh;
            eta1 -= b * cos * sinh;
            (sin, cos) = (sin * c2 + cos * s2, cos * c2 - sin * s2);
            (sinh, cosh) = (sinh * ch2 + cosh * sh2, cosh * ch2 + sinh * sh2);
        }
        let lon = libm::atan2(libm::sinh(eta1), libm::cos(xi1)).to_degrees() + 9.0;
        let chi = libm::asin(libm::sin(xi1) / libm::cosh(eta1));
        let (s, c) = libm::sincos(2.0 * chi);
        let (mut sin, mut cos, mut lat) = (s, c, chi);
        for p in self.phi {
            lat += p * sin;
            (sin, cos) = (sin * c + cos * s, cos * c - sin * s);
        }
        (
            (lat.to_degrees() * 1e8).round() as i64,
            (lon * 1e8).round() as i64,
        )
    }
}
