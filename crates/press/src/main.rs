//! `mappale-press`: an order on standard input, a PDF on standard output.

use std::io::{Read, Write};
use std::process::ExitCode;

use press::{Error, Limits, Order};

/// The order cannot be read or names what does not exist.
const WRONG_ORDER: u8 = 2;
/// The template does not come out right with this data.
const NOT_PRINTED: u8 = 3;
/// Wrong command.
const USAGE: u8 = 64;
/// The limits cannot be set.
const NO_LIMITS: u8 = 71;
/// The input cannot be read or the output cannot be written.
const BROKEN_PIPE: u8 = 74;

/// Bytes of an order, at most.
const MAX_ORDER: u64 = 256 << 20;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, message)) => {
            // Nothing can be done about a complaint that nobody reads.
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::from(code)
        }
    }
}

fn run() -> Result<(), (u8, String)> {
    let limits =
        Limits::parse(std::env::args().skip(1)).map_err(|error| (USAGE, error.to_string()))?;
    limits
        .apply()
        .map_err(|error| (NO_LIMITS, format!("limits cannot be set: {error}")))?;
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(MAX_ORDER + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| (BROKEN_PIPE, format!("the order cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_ORDER {
        return Err((
            WRONG_ORDER,
            format!("the order has more than {MAX_ORDER} bytes"),
        ));
    }
    let order = Order::read(&bytes).map_err(|error| (WRONG_ORDER, error.to_string()))?;
    drop(bytes);
    let pdf = press::print(order).map_err(|error| match error {
        Error::Order(_) | Error::Template { .. } | Error::Moment { .. } | Error::Name { .. } => {
            (WRONG_ORDER, error.to_string())
        }
        Error::Print { .. } => (NOT_PRINTED, error.to_string()),
    })?;
    std::io::stdout()
        .write_all(&pdf)
        .and_then(|()| std::io::stdout().flush())
        .map_err(|error| (BROKEN_PIPE, format!("the PDF cannot be written: {error}")))
}
