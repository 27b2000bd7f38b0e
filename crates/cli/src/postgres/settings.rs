//! The server's configuration file, tuned for the machine it runs on.
//!
//! It is written anew at every start; an operator's own settings belong into `local.conf` beside
//! it, which wins. Nothing here ever trades durability for speed. Statements and values that were
//! refused stay out of the server's log, as they may hold personal data.

use std::fmt::Write as _;
use std::path::Path;

const MIB: u64 = 1024 * 1024;
/// Taken where the system does not tell how much memory it has.
const ASSUMED_MEMORY_BYTES: u64 = 2048 * MIB;

/// Settings that are the same on every machine.
const FIXED: [(&str, &str); 31] = [
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("max_connections", "100"),
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("wal_level", "replica"),
    ("wal_buffers", "16MB"),
    ("min_wal_size", "256MB"),
    ("max_wal_size", "4GB"),
    ("checkpoint_timeout", "15min"),
    ("checkpoint_completion_target", "0.9"),
    ("random_page_cost", "1.1"),
    ("jit", "off"),
    ("autovacuum_naptime", "10s"),
    ("autovacuum_vacuum_cost_delay", "2ms"),
    ("autovacuum_vacuum_cost_limit", "400"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("lc_messages", "C"),
    ("lc_monetary", "C"),
    ("lc_numeric", "C"),
    ("lc_time", "C"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("log_line_prefix", "%m [%p] "),
    ("log_checkpoints", "off"),
    ("log_min_messages", "warning"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    ("cluster_name", "mraos"),
];

/// The whole configuration file.
pub(super) fn render(socket_dir: &Path, port: u16, wal_compression: &str) -> String {
    let memory = Memory::share_of(machine_memory_bytes());
    let mut text = String::from(
        "# Written by mraos at every start. Your own settings belong into local.conf, one\n\
         # directory up, which wins.\n",
    );
    let mut set = |name: &str, value: &str| {
        // A String never refuses what is written to it.
        let _ = writeln!(text, "{name} = '{}'", value.replace('\'', "''"));
    };
    for (name, value) in FIXED {
        set(name, value);
    }
    // The value is a list, in which a quoted entry may hold any character.
    let quoted = format!("\"{}\"", socket_dir.display().to_string().replace('"', "\"\""));
    set("unix_socket_directories", &quoted);
    set("port", &port.to_string());
    set("wal_compression", wal_compression);
    set("shared_buffers", &format!("{}MB", memory.shared_buffers_mib));
    set("effective_cache_size", &format!("{}MB", memory.effective_cache_mib));
    set("maintenance_work_mem", &format!("{}MB", memory.maintenance_work_mib));
    text
}

#[derive(Debug, PartialEq, Eq)]
struct Memory {
    shared_buffers_mib: u64,
    effective_cache_mib: u64,
    maintenance_work_mib: u64,
}

impl Memory {
    /// A share that leaves room for everything else on a small box.
    fn share_of(machine_bytes: u64) -> Self {
        let mib = machine_bytes / MIB;
        Self {
            shared_buffers_mib: (mib / 4).clamp(64, 8192),
            effective_cache_mib: (mib / 2).max(128),
            maintenance_work_mib: (mib / 32).clamp(32, 512),
        }
    }
}

fn machine_memory_bytes() -> u64 {
    std::fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| parse_total_bytes(&text))
        .unwrap_or(ASSUMED_MEMORY_BYTES)
}

fn parse_total_bytes(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durability_is_on_and_no_network_port_is_opened() {
        let text = render(Path::new("/srv/run"), 5432, "lz4");
        for line in [
            "fsync = 'on'",
            "synchronous_commit = 'on'",
            "full_page_writes = 'on'",
            "listen_addresses = ''",
            "unix_socket_directories = '\"/srv/run\"'",
            "wal_compression = 'lz4'",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} missing in\n{text}");
        }
    }

    #[test]
    fn memory_follows_the_machine_within_bounds() {
        assert_eq!(parse_total_bytes("MemTotal:  1048576 kB\nMemFree: 1 kB"), Some(1024 * MIB));
        let small = Memory::share_of(256 * MIB);
        assert_eq!((small.shared_buffers_mib, small.maintenance_work_mib), (64, 32));
        let big = Memory::share_of(65536 * MIB);
        assert_eq!((big.shared_buffers_mib, big.maintenance_work_mib), (8192, 512));
    }

    #[test]
    fn quotes_in_a_directory_name_do_not_end_the_value() {
        let text = render(Path::new("/srv/o'brien \"x\""), 5432, "on");
        assert!(text.contains("'\"/srv/o''brien \"\"x\"\"\"'"), "{text}");
    }
}
