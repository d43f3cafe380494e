//! An empty environment: GDAL, PROJ and their libraries read hundreds of variables.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// The environment is not empty and the program cannot be started anew.
#[derive(Debug, thiserror::Error)]
#[error("the environment cannot be emptied: {0}")]
pub struct EnvironmentError(std::io::Error);

/// Replaces the process by itself with an empty environment, unless it has one already.
///
/// Emptying it in place is unsafe in Rust, and some variables (`LD_PRELOAD`) have had their
/// effect by then. The server starts the worker with an empty environment.
///
/// # Errors
/// Where the program cannot be started again.
pub fn empty_environment() -> Result<(), EnvironmentError> {
    // bubblewrap sets PWD whatever it is told.
    if std::env::vars_os().all(|(name, _)| name == "PWD") {
        return Ok(());
    }
    let program = std::env::current_exe().map_err(EnvironmentError)?;
    let mut args = std::env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = args.next() {
        command.arg0(name);
    }
    Err(EnvironmentError(command.args(args).env_clear().exec()))
}
