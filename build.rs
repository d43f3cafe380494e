//! Links the system's PROJ, the one that PostGIS and GDAL use too.
//!
//! `proj-sys` insists on a newer PROJ than Debian 12 has and would compile its own;
//! its feature `nobuild` leaves the linking to us.

fn main() {
    println!("cargo:rustc-link-lib=dylib=proj");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=web/templates");
}
