//! Every code of the check can be met in the demonstration's plant, by whoever looks around.
//!
//! Situations are made up as in the dialog, from lists alone: order, person, machine, time.
//! Nothing is known of how the plant was made. `docs/demo.md` tells the same ways to people; it
//! has a row for each code and no other.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use mraos_plant::client::Client;
use serde_json::{Value, json};

use crate::server::{Server, open_directory};

/// So many situations somebody tries before giving up.
const MOST_TRIED: usize = 400;

#[test]
fn every_check_code_can_be_met_in_the_seeded_plant() {
    let directory = open_directory();
    let server = Server::start(directory.path(), "127.0.0.1:0");
    server.run_json(&["simulate", "--seed-only", "--json"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let told = rows_of_the_page();
    let mut met = BTreeSet::new();
    runtime.block_on(async {
        let visitor = Visitor::look(server.client()).await;
        for (code, situations) in visitor.ways().await {
            let (body, others) = visitor.meet(code, situations).await;
            println!("{code}: {body} (beside {others:?})");
            assert!(others.is_empty(), "{code} is never met alone; at best beside {others:?}");
            met.insert(code.to_owned());
        }
    });
    assert_eq!(met, told, "docs/demo.md tells other codes than the plant shows");
    assert_eq!(met, check_codes(), "the check has other codes");
}

/// Codes of the rules that let work begin, and of what an allocation may name in vain.
fn check_codes() -> BTreeSet<String> {
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../domain/src/eligibility");
    let is_rule = |code: &&mraos_domain::RefusalCode| {
        let named = ["unknown_operator", "unknown_machine", "unknown_work_order"];
        named.contains(&code.as_str()) || rules.join(format!("{}.rs", code.as_str())).is_file()
    };
    let codes = mraos_domain::RefusalCode::ALL.iter().filter(is_rule);
    codes.map(|code| code.as_str().to_owned()).collect()
}

/// Codes in the first column of the page's table.
fn rows_of_the_page() -> BTreeSet<String> {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/demo.md");
    let text = std::fs::read_to_string(page).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once('`')).map(|(code, _)| code.to_owned()).collect()
}

/// Somebody with the lists before them.
struct Visitor {
    client: Client,
    now: Timestamp,
    orders: Vec<Value>,
    people: Vec<Value>,
    /// Shifts of the people, in the same order.
    shifts: Vec<Vec<Value>>,
    machines: Vec<Value>,
}

type Ways = Vec<(&'static str, Vec<Value>)>;

impl Visitor {
    async fn look(client: Client) -> Self {
        let (orders, people, machines) = (
            items(&client, "/work-orders?is_open=true&limit=500").await,
            items(&client, "/operators?limit=500").await,
            items(&client, "/machines?limit=500").await,
        );
        let mut shifts = Vec::new();
        for person in &people {
            let id = person["operator_id"].as_str().unwrap();
            shifts.push(items(&client, &format!("/operators/{id}/shifts")).await);
        }
        // Seeded moments ago; that is now, as far as breaks and bookings are concerned.
        let now = orders[0]["created_at"].as_str().unwrap().parse().unwrap();
        Self { client, now, orders, people, shifts, machines }
    }

    /// Tries situations until the code is the only answer; what else is said at best.
    async fn meet(&self, code: &str, situations: Vec<Value>) -> (Value, Vec<String>) {
        let mut best: Option<(Value, Vec<String>)> = None;
        for body in situations.into_iter().take(MOST_TRIED) {
            let answer = self.client.post::<Value>("/allocations/validate", &body, None).await;
            let answer = answer.unwrap_or_else(|error| panic!("{body}: {error}")).body;
            let refusals = answer["refusals"].as_array().unwrap();
            let mut others: Vec<String> =
                refusals.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
            if !others.iter().any(|one| one == code) {
                continue;
            }
            others.retain(|one| one != code);
            if others.is_empty() {
                return (body, others);
            }
            if best.as_ref().is_none_or(|(_, known)| others.len() < known.len()) {
                best = Some((body, others));
            }
        }
        best.unwrap_or_else(|| panic!("nobody meets {code}"))
    }

    async fn ways(&self) -> Ways {
        let mut ways = self.about_orders().await;
        ways.extend(self.about_people().await);
        ways.extend(self.about_machines().await);
        let order = &self.free_orders()[0]["work_order_id"];
        ways.push((
            "unknown_work_order",
            vec![json!({
                "work_order_id": "WO-999999-10", "machine_id": self.machines[0]["machine_id"],
                "expected_start_time": self.later(600),
            })],
        ));
        ways.push((
            "unknown_operator",
            vec![json!({ "work_order_id": order, "operator_id": "O-9999" })],
        ));
        ways.push((
            "unknown_machine",
            vec![json!({ "work_order_id": order, "machine_id": "M-999" })],
        ));
        ways
    }

    async fn about_orders(&self) -> Ways {
        let at_machine = |order: &Value| {
            let machine = self.makers(order).next().unwrap_or(&self.machines[0]);
            json!({
                "work_order_id": order["work_order_id"], "machine_id": machine["machine_id"],
                "expected_start_time": self.later(900),
            })
        };
        let steps = self.orders.iter().filter(|order| !order["wait_minutes"].is_null());
        let mut waiting = Vec::new();
        for order in self.orders.iter().filter(|order| order["wait_minutes"].is_null()).take(60) {
            let id = order["work_order_id"].as_str().unwrap();
            if !items(&self.client, &format!("/work-orders/{id}/dependencies")).await.is_empty() {
                waiting.push(at_machine(order));
            }
        }
        let short = items(&self.client, "/materials/shortages?limit=500").await;
        let short = short.iter().filter(|one| one["is_critical"] == true);
        let short = short.flat_map(|one| one["work_order_ids"].as_array().unwrap());
        let orders =
            short.filter_map(|id| self.orders.iter().find(|order| order["work_order_id"] == *id));
        let steps = steps.flat_map(|order| {
            self.people_to_come().take(2).map(|(person, from)| {
                json!({
                    "work_order_id": order["work_order_id"], "operator_id": person["operator_id"],
                    "expected_start_time": from, "expected_duration_minutes": 40,
                })
            })
        });
        vec![
            ("work_order_not_allocatable", steps.collect()),
            ("dependency_unmet", waiting),
            ("material_short", orders.map(at_machine).collect()),
        ]
    }

    async fn about_people(&self) -> Ways {
        let order = &self.free_orders()[0]["work_order_id"];
        let asked = |person: &Value, from: Option<Timestamp>, minutes: i64| {
            json!({
                "work_order_id": order, "operator_id": person["operator_id"],
                "expected_start_time": from, "expected_duration_minutes": minutes,
            })
        };
        let is = |status: &'static str| {
            self.people.iter().filter(move |person| person["current_status"] == status)
        };
        let soon = Some(self.now + SignedDuration::from_mins(10));
        let breaks = self.people.iter().zip(&self.shifts).flat_map(|(person, shifts)| {
            let coming = shifts.iter().filter_map(|shift| self.break_of(shift));
            coming.map(|start| asked(person, Some(start), 5)).collect::<Vec<_>>()
        });
        let breaks = breaks.collect();
        let booked = self.booked("operator_id").await;
        let away = is("vacation").chain(is("sick"));
        vec![
            ("operator_unavailable", away.map(|one| asked(one, None, 1)).collect()),
            ("operator_off_shift", is("offline").map(|one| asked(one, soon, 5)).collect()),
            ("operator_on_break", breaks),
            ("operator_booked", booked),
            ("skill_missing", self.pairs(|_| true)),
            ("skill_level_too_low", self.pairs(|_| true)),
            ("certification_expires", self.running_out().await),
        ]
    }

    async fn about_machines(&self) -> Ways {
        let on = |machine: &Value, order: &Value, from: Option<Timestamp>, minutes: i64| {
            json!({
                "work_order_id": order["work_order_id"], "machine_id": machine["machine_id"],
                "expected_start_time": from, "expected_duration_minutes": minutes,
            })
        };
        let free = self.free_orders();
        let made = |machine: &Value| {
            free.iter().copied().find(|order| makes(machine, order)).unwrap_or(free[0])
        };
        let down = self.machines.iter().filter(|machine| machine["current_status"] != "idle");
        let down = down.flat_map(|machine| {
            let orders = free.iter().filter(|order| makes(machine, order));
            orders.map(|order| on(machine, order, None, 200)).collect::<Vec<_>>()
        });
        let foreign = self.machines.iter().flat_map(|machine| {
            let others = free.iter().filter(|order| !makes(machine, order));
            others.take(1).map(|order| on(machine, order, Some(self.later(900)), 200))
        });
        let rated = self.machines.iter().filter(|one| !one["max_capacity_per_hour"].is_null());
        let windows = self.windows().await;
        vec![
            ("machine_unavailable", down.collect()),
            ("machine_booked", self.booked("machine_id").await),
            ("machine_cannot_produce", foreign.collect()),
            (
                "machine_capacity_exceeded",
                rated.map(|machine| on(machine, made(machine), Some(self.later(900)), 1)).collect(),
            ),
            (
                "maintenance_planned",
                windows
                    .into_iter()
                    .map(|(machine, start)| on(machine, made(machine), Some(start), 200))
                    .collect(),
            ),
        ]
    }

    /// Orders that wait for nothing and somebody can work on.
    fn free_orders(&self) -> Vec<&Value> {
        let mut seen = BTreeSet::new();
        let batch = |order: &Value| order["erp_work_order_id"].as_str().unwrap().to_owned();
        // The first open order of a batch is the one that nothing comes before.
        let mut orders: Vec<&Value> = self.orders.iter().collect();
        orders.sort_by_key(|order| order["work_order_id"].as_str().unwrap().to_owned());
        let first = orders.into_iter().filter(|order| seen.insert(batch(order)));
        first.filter(|order| order["wait_minutes"].is_null()).collect()
    }

    /// People whose next shift is known, and an hour after it has begun, when they have no break.
    fn people_to_come(&self) -> impl Iterator<Item = (&Value, Timestamp)> {
        self.people.iter().zip(&self.shifts).filter_map(|(person, shifts)| {
            let begins = shifts
                .iter()
                .filter_map(|shift| shift["starts_at"].as_str()?.parse::<Timestamp>().ok());
            let next = begins.filter(|begin| *begin > self.now).min()?;
            Some((person, next + SignedDuration::from_mins(60)))
        })
    }

    fn makers(&self, order: &Value) -> impl Iterator<Item = &Value> {
        self.machines.iter().filter(move |machine| makes(machine, order))
    }

    /// People and machines of the same line, for an order that is free, in the person's next shift.
    fn pairs(&self, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut pairs = Vec::new();
        for order in self.free_orders() {
            let Some(machine) = self.makers(order).next() else { continue };
            let people = self.people_to_come().filter(|(person, _)| {
                person["production_line"] == order["production_line"] && fits(person)
            });
            pairs.extend(people.map(|(person, from)| {
                json!({
                    "work_order_id": order["work_order_id"], "machine_id": machine["machine_id"],
                    "operator_id": person["operator_id"], "expected_duration_minutes": 40,
                    "expected_start_time": from,
                })
            }));
        }
        pairs
    }

    /// Bookings of others, asked for a second time with another order.
    async fn booked(&self, side: &str) -> Vec<Value> {
        let jobs = items(&self.client, "/allocations?phase=booked&limit=500").await;
        let free = self.free_orders();
        let taken =
            |order: &Value| jobs.iter().any(|job| job["work_order_id"] == order["work_order_id"]);
        let again = jobs.iter().filter(|job| !job[side].is_null()).filter_map(|job| {
            let machine =
                self.machines.iter().find(|one| one["machine_id"] == job["machine_id"])?;
            let order = free.iter().find(|order| !taken(order) && makes(machine, order))?;
            let mut body = json!({
                "work_order_id": order["work_order_id"],
                "expected_start_time": job["expected_start_time"],
                "expected_duration_minutes": 200,
            });
            body[side] = job[side].clone();
            Some(body)
        });
        again.collect()
    }

    /// Work of people of whom a certificate has run out, or does so before their next shift.
    async fn running_out(&self) -> Vec<Value> {
        let today = self.now.to_zoned(TimeZone::UTC).date();
        let mut bodies = Vec::new();
        for person in &self.people {
            let id = person["operator_id"].as_str().unwrap();
            let skills = items(&self.client, &format!("/operators/{id}/skills")).await;
            let days = skills
                .iter()
                .filter_map(|skill| skill["certification_expiry"].as_str()?.parse::<Date>().ok());
            let mut days = days.filter(|day| *day <= today);
            if days.next().is_none() {
                continue;
            }
            bodies.extend(self.pairs(|one| one["operator_id"] == id));
        }
        bodies
    }

    /// When the break of a shift begins, if that is still to come.
    fn break_of(&self, shift: &Value) -> Option<Timestamp> {
        let begin: Timestamp = shift["starts_at"].as_str()?.parse().ok()?;
        let time = |field: &str| shift[field].as_str()?.parse::<Time>().ok();
        let after = time("break_start")?.duration_since(time("start_time")?);
        let day = SignedDuration::from_hours(24);
        let start = begin + if after.is_negative() { after + day } else { after };
        (start > self.now).then_some(start)
    }

    async fn windows(&self) -> Vec<(&Value, Timestamp)> {
        let mut windows = Vec::new();
        for machine in &self.machines {
            let path = format!("/machines/{}/maintenance", machine["machine_id"].as_str().unwrap());
            let planned = items(&self.client, &path).await;
            let starts = planned.iter().filter_map(|one| one["planned_start"].as_str());
            windows.extend(starts.map(|start| (machine, start.parse().unwrap())));
        }
        windows
    }

    /// So many minutes from now: nobody's present state counts then.
    fn later(&self, minutes: i64) -> Timestamp {
        self.now + SignedDuration::from_mins(minutes)
    }
}

fn makes(machine: &Value, order: &Value) -> bool {
    machine["product_types"].as_array().unwrap().contains(&order["product_id"])
}

async fn items(client: &Client, path: &str) -> Vec<Value> {
    let page: Value = client.get(path).await.unwrap();
    page["items"].as_array().unwrap().clone()
}
