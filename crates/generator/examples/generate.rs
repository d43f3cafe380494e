//! `cargo run --release -p mappale-generator --example generate -- SEED town|province DIR`
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let seed = args.next().unwrap_or_default().parse()?;
    let scale = match args.next().as_deref() {
        Some("province") => generator::Scale::Province,
        Some("region") => generator::Scale::Region,
        Some("town") => generator::Scale::Town,
        other => generator::Scale::Sample(other.unwrap_or("600").parse()?),
    };
    let out = args.next().unwrap_or_else(|| "var/demo".to_owned());
    let plan = generator::Plan { seed, scale };
    let started = std::time::Instant::now();
    let summary = generator::generate(&plan, Path::new(&out), |p| {
        eprintln!("{}/{} {} {}", p.done, p.total, p.parcels, p.name);
    })?;
    for c in &summary.comuni {
        println!(
            "{} {} sheets {} members {}",
            c.code, c.name, c.sheets, c.members
        );
    }
    println!("{:.2} s", started.elapsed().as_secs_f64());
    Ok(())
}
