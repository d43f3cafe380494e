//! The program.

use std::io::Write as _;
use std::process::ExitCode;

use mappale::cli::printable;

/// Tiles are many small and middling buffers on many threads, which this allocator serves with less
/// work than the system's (figures in benches/).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match mappale::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of causes, one a line; nobody is left to tell when this fails.
            let _ = writeln!(
                std::io::stderr(),
                "mappale: {}",
                printable(&error.to_string())
            );
            for cause in error.chain().skip(1) {
                let _ = writeln!(
                    std::io::stderr(),
                    "  because: {}",
                    printable(&cause.to_string())
                );
            }
            ExitCode::FAILURE
        }
    }
}
