//! The worker: parses foreign files and writes what they hold as a [`wire`] stream.
//!
//! | module | holds |
//! |---|---|
//! | `args` | the command line |
//! | `confine` | the limits that the process puts on itself |
//! | `failure` | why a file is refused |
//! | `output` | the stream, with a bound on findings |
//! | `gml` | the reader of the national cadastre's GML |
//! | `validity` | OGC validity of a geometry, with reason and place |
//! | `dissolve` | joins parts that share edges |

pub mod args;
pub mod confine;
pub mod dissolve;
pub mod failure;
pub mod gml;
pub mod output;
pub mod validity;
