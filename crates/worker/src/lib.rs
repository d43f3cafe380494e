//! The worker: parses foreign files and writes what they hold as a [`wire`] stream.
//!
//! | module | holds |
//! |---|---|
//! | `args` | the command line |
//! | `sandbox` | the walls that the process puts around itself |
//! | `failure` | why a file is refused |
//! | `output` | the stream, with a bound on findings |
//! | `gml` | the reader of the national cadastre's GML |
//! | `census` | the reader of the census of land and buildings |
//! | `cxf` | the reader of the cadastre's own map files |
//! | `geojson` | the reader of GeoJSON |
//! | `vector` | the readers of all other map files, through GDAL |
//! | `unpack` | archives, with caps |
//! | `geopackage` | writes the findings of a report as a GeoPackage |
//! | `order` | tells positions of Italy whose numbers have changed places |
//! | `settle` | what both readers do with a shape |
//! | `validity` | OGC validity of a geometry, with reason and place |
//! | `dissolve` | joins parts that share edges |

pub mod args;
pub mod census;
pub mod cxf;
pub mod dissolve;
pub mod export;
pub mod failure;
pub mod geojson;
pub mod geopackage;
pub mod gml;
mod order;
pub mod output;
pub mod sandbox;
mod settle;
pub mod unpack;
pub mod validity;
pub mod vector;
