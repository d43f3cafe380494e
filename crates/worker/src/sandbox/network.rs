//! Whether the process has a network at all.

/// Says whether the process is in a network namespace of its own, with nothing but a loopback.
///
/// Where that cannot be told, it is not.
pub(super) fn is_cut_off() -> bool {
    std::fs::read_to_string("/proc/self/net/dev").is_ok_and(|table| has_only_loopback(&table))
}

/// Reads the table of interfaces, whose first two lines are headings.
fn has_only_loopback(table: &str) -> bool {
    let mut interfaces = table.lines().skip(2).map(|line| line.trim_start());
    table.lines().count() >= 2 && interfaces.all(|line| line.starts_with("lo:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Inter-|   Receive\n face |bytes\n";

    #[test]
    fn a_loopback_alone_is_no_network() {
        assert!(has_only_loopback(&format!("{HEAD}    lo:       0\n")));
        assert!(has_only_loopback(HEAD));
        assert!(!has_only_loopback(&format!("{HEAD}    lo: 0\n  eth0: 1\n")));
        assert!(!has_only_loopback(""));
    }
}
