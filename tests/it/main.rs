//! The integration tests: one binary, one module per subject.

/// Archives of tiles, read back.
mod archive;
/// The census of land and buildings.
mod census;
/// Terms of law: where they stand on a day.
mod clock;
mod cluster;
/// A load that is killed leaves what was in force, and nothing else.
mod coverage;
mod crash;
/// Sheets of the cadastre (CXF).
mod cxf;
mod database;
/// What is true at a place.
mod fact;
/// Pages, API and tiles as a client sees them.
mod hostile;
mod http;
/// Lines and points, from rows to tiles and clicks, against PostGIS.
mod kinds;
/// Layer definitions: ours are clean, broken ones are told by file and line.
mod layer;
mod layering;
/// What became of parcels from one version to the next, on a small invented case.
mod lineage;
/// From files to a published version, or to a clear error and nothing stored.
mod load;
/// Tiles of metric tile matrix sets.
mod matrix;
/// Vector tiles, decoded: the form a test can read and compare.
mod mvt;
/// What MVT 2.1 asks of a tile, byte by byte.
mod mvt_check;
/// Archives of the national cadastre.
mod national;
/// What a publication leaves as it is elsewhere.
mod neighbours;
/// Overlays of parcels with zones: known answers, analytic areas, PostGIS.
mod overlay;
/// Plans: versions published whole, adopted beside what is in force, replaced and withdrawn.
mod plan;
/// Procedures, terms and holidays: ours are in order, broken ones are told by file and line.
mod procedure;
/// Tiles read by the programs of others.
mod readers;
/// The real cadastre of a comune, where the folder with it is given.
mod real;
mod real_files;
/// Where a layer lies, and the report that says so.
mod report;
/// The sample comune in a database of its own, and files made for one test.
mod sample;
/// The program as a server, in a process of its own.
mod seams;
mod server;
/// Slow clients, and a server that is full.
mod slow;
/// Every fixed SQL statement, prepared.
mod statements;
/// What was stored cannot be changed, and what is added must fit.
mod stored;
/// Styles, their colours and their legend.
mod style;
/// Submissions while everything is killed, and many equal ones at once.
mod submission;
mod support;
/// Vector tiles against ST_AsMVT of the same rows.
mod tile;
/// The two times of an answer: the day in force, and what was known when.
mod times;
mod vector;
