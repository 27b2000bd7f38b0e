use std::time::Duration;
use mraos_plant::{client::Client, generator::*, seeding, simulator::*};
#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let client = Client::new(&args[1], "tok").unwrap();
    let now = jiff::Timestamp::now();
    let opening = Opening { at: now, zone: jiff::tz::TimeZone::UTC };
    let t = std::time::Instant::now();
    let plant = generate(1, Sizes::default(), &opening).unwrap();
    println!("{:?} {:?}", seeding::seed(&client, &plant, &opening).await, t.elapsed());
    let options = SimulatorOptions { seed: 1, speed: args[2].parse().unwrap(), open_orders: Some(300), run_for: Some(Duration::from_secs(args[3].parse().unwrap())), now };
    let s = run(&client, &options, std::future::pending(), |s| println!("{} s {} acts {:?} {:?} trouble {:?}", s.seconds, s.done_in_all(), s.floor, s.refused, s.last_trouble)).await.unwrap();
    println!("{s}");
}
