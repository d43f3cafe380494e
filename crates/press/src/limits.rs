//! What the process allows itself, as its caller says.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Limits from the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Memory in MiB; beyond it the process ends.
    pub memory_mib: Option<u64>,
    /// Processor time in seconds; beyond it the process is killed.
    pub cpu_seconds: Option<u64>,
}

/// A command line that is none.
#[derive(Debug, thiserror::Error)]
#[error("{0}; usage: mappale-press [--memory-mib N] [--cpu-seconds N] <order.json >out.pdf")]
pub struct LimitsError(String);

impl Limits {
    /// Reads the command line.
    ///
    /// # Errors
    /// [`LimitsError`] for an unknown option or a value that is no positive number.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, LimitsError> {
        let mut limits = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let slot = match name.as_str() {
                "--memory-mib" => &mut limits.memory_mib,
                "--cpu-seconds" => &mut limits.cpu_seconds,
                _ => return Err(LimitsError(format!("'{name}' is not known"))),
            };
            let value = arguments.next().unwrap_or_default();
            *slot = match value.parse() {
                Ok(number) if number > 0 => Some(number),
                _ => return Err(LimitsError(format!("{name} '{value}' is no number"))),
            };
        }
        Ok(limits)
    }

    /// Puts the limits on this process: they can never be raised again.
    ///
    /// # Errors
    /// What the operating system says, when it refuses.
    pub fn apply(self) -> std::io::Result<()> {
        let set = |resource, value: u64| {
            setrlimit(
                resource,
                Rlimit {
                    current: Some(value),
                    maximum: Some(value),
                },
            )
        };
        // A core file would hold what is being printed.
        set(Resource::Core, 0)?;
        if let Some(mib) = self.memory_mib {
            set(Resource::As, mib.saturating_mul(1 << 20))?;
        }
        if let Some(seconds) = self.cpu_seconds {
            set(Resource::Cpu, seconds)?;
        }
        Ok(())
    }
}
