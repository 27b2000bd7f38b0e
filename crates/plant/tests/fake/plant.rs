//! A server of a few rules: capacity per machine and person, predecessors, breakdowns, quantities.
//!
//! Not the product's rules but simple enough to be right at a glance, so that the floor's behaviour
//! can be told from them. Answers take turns that depend on the request, to mix up a wave.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::http::{Asked, Reply, serve};

#[derive(Default)]
pub(crate) struct Order {
    pub(crate) ordered: u64,
    pub(crate) produced: u64,
    pub(crate) completed: bool,
    predecessor: Option<String>,
    maker: Value,
}

#[derive(Clone)]
pub(crate) struct Job {
    order: String,
    machine: String,
    operator: String,
    pub(crate) phase: &'static str,
}

#[derive(Default)]
pub(crate) struct Plant {
    capacity: HashMap<String, u64>,
    pub(crate) orders: BTreeMap<String, Order>,
    pub(crate) jobs: Vec<Job>,
    broken: HashMap<String, bool>,
    recorded: HashMap<String, (u16, Value)>,
}

/// A running server and its state.
pub(crate) async fn start() -> (String, Arc<Mutex<Plant>>) {
    let plant = Arc::new(Mutex::new(Plant::default()));
    let state = Arc::clone(&plant);
    let url = serve(move |asked| {
        let state = Arc::clone(&state);
        async move {
            let jitter = asked.key.iter().flat_map(|key| key.bytes()).map(u64::from).sum::<u64>();
            for _ in 0..jitter * 7919 % 13 {
                tokio::task::yield_now().await;
            }
            state.lock().unwrap().answer(&asked)
        }
    })
    .await;
    (url, plant)
}

impl Plant {
    fn answer(&mut self, asked: &Asked) -> Reply {
        let recorded = asked.key.as_ref().and_then(|key| self.recorded.get(key));
        if let Some((status, body)) = recorded {
            return Reply(*status, body.clone(), true);
        }
        let (status, body) = self.decide(asked);
        if let Some(key) = &asked.key {
            self.recorded.insert(key.clone(), (status, body.clone()));
        }
        Reply(status, body, false)
    }

    fn decide(&mut self, asked: &Asked) -> (u16, Value) {
        let words: Vec<&str> = asked.path.split('/').skip(1).collect();
        match (asked.method.as_str(), words.as_slice()) {
            (_, ["reason-codes"]) => (201, json!({})),
            (_, [_, "batch"]) => self.create(&asked.body),
            (_, ["allocations"]) => self.allocate(&asked.body),
            (_, ["allocations", id, verb]) => {
                self.change(id.parse::<usize>().unwrap() - 1, verb, &asked.body)
            }
            (_, ["work-orders", id, "progress"]) => {
                match self.produce(id, &asked.body["quantity_delta"]) {
                    Ok(()) => (200, json!({})),
                    Err(code) => refuse(&[code]),
                }
            }
            ("GET", ["work-orders", id]) => match self.orders.get(*id) {
                Some(order) => (
                    200,
                    json!({
                        "customer_order_id": order.maker, "created_at": "2026-01-15T11:00:00Z"
                    }),
                ),
                None => missing(),
            },
            ("GET", [_, id]) if self.capacity.contains_key(*id) => (200, json!({})),
            ("GET", _) => missing(),
            ("POST", ["machines", id, "status"]) => {
                let down = asked.body["status"] == "breakdown";
                self.broken.insert((*id).to_owned(), down);
                let hit = |job: &&mut Job| down && job.machine == *id && job.phase == "running";
                self.jobs.iter_mut().filter(hit).for_each(|job| job.phase = "paused");
                (200, json!({}))
            }
            (method, path) => panic!("nobody should ask for {method} {path:?}"),
        }
    }

    fn create(&mut self, body: &Value) -> (u16, Value) {
        let mut results = Vec::new();
        for item in body["items"].as_array().unwrap() {
            let id = ["machine_id", "operator_id", "work_order_id"]
                .iter()
                .find_map(|field| item[field].as_str())
                .unwrap();
            if self.capacity.contains_key(id) || self.orders.contains_key(id) {
                let (status, body) = refuse(&["duplicate_value"]);
                results.push(json!({"status": status, "body": body}));
                continue;
            }
            if let Some(capacity) = item["parallel_capacity"].as_u64() {
                self.capacity.insert(id.to_owned(), capacity);
            } else {
                let predecessor = item["dependencies"][0]["predecessor_work_order_id"].as_str();
                assert!(predecessor.is_none_or(|before| self.orders.contains_key(before)));
                let ordered = item["quantity_ordered"].as_str().unwrap().parse().unwrap();
                let predecessor = predecessor.map(str::to_owned);
                self.orders.insert(
                    id.to_owned(),
                    Order {
                        ordered,
                        predecessor,
                        maker: item["customer_order_id"].clone(),
                        ..Order::default()
                    },
                );
            }
            results.push(json!({"status": 201, "body": {}}));
        }
        (200, json!({ "results": results }))
    }

    fn allocate(&mut self, body: &Value) -> (u16, Value) {
        let text = |field: &str| body[field].as_str().unwrap().to_owned();
        let order = text("work_order_id");
        let job = Job {
            machine: text("machine_id"),
            operator: text("operator_id"),
            phase: "running",
            order,
        };
        let codes = self.refusals_of(&job, body);
        if !codes.is_empty() {
            return refuse(&codes);
        }
        self.jobs.push(job);
        (201, self.show(self.jobs.len() - 1))
    }

    fn refusals_of(&self, job: &Job, body: &Value) -> Vec<&'static str> {
        let mut codes = self.refusals(job);
        if body["overrides"][0]["code"] == "dependency_unmet" {
            codes.retain(|code| *code != "dependency_unmet");
        }
        codes
    }

    fn refusals(&self, job: &Job) -> Vec<&'static str> {
        let running = |same: &dyn Fn(&Job) -> bool| {
            self.jobs.iter().filter(|other| other.phase == "running" && same(other)).count() as u64
        };
        let order = &self.orders[&job.order];
        let mut codes = Vec::new();
        if order.completed {
            codes.push("work_order_not_allocatable");
        }
        if order.predecessor.as_ref().is_some_and(|before| !self.orders[before].completed) {
            codes.push("dependency_unmet");
        }
        if running(&|other| other.operator == job.operator) >= self.capacity[&job.operator] {
            codes.push("operator_booked");
        }
        if running(&|other| other.machine == job.machine) >= self.capacity[&job.machine] {
            codes.push("machine_booked");
        }
        if self.broken.get(&job.machine) == Some(&true) {
            codes.push("machine_unavailable");
        }
        codes
    }

    fn change(&mut self, index: usize, verb: &str, body: &Value) -> (u16, Value) {
        let job = self.jobs[index].clone();
        match verb {
            _ if job.phase == "ended" => return refuse(&["wrong_phase"]),
            "resume" => match self.refusals_of(&job, body).as_slice() {
                [] => self.jobs[index].phase = "running",
                codes => return refuse(codes),
            },
            "release" => self.jobs[index].phase = "ended",
            "complete" => {
                if let Err(code) = self.produce(&job.order, &body["quantity_produced"]) {
                    return refuse(&[code]);
                }
                self.jobs[index].phase = "ended";
                if body["work_order_completed"] == true {
                    self.close(&job.order);
                }
            }
            other => panic!("nobody should {other} an allocation"),
        }
        (200, self.show(index))
    }

    fn produce(&mut self, order: &str, quantity: &Value) -> Result<(), &'static str> {
        let pieces: u64 = quantity.as_str().unwrap().parse().unwrap();
        let found = self.orders.get_mut(order).unwrap();
        if found.completed {
            return Err("order_closed");
        }
        if found.produced + pieces > found.ordered {
            return Err("would_exceed_ordered");
        }
        found.produced += pieces;
        if found.produced == found.ordered {
            self.close(order);
        }
        Ok(())
    }

    fn close(&mut self, order: &str) {
        self.orders.get_mut(order).unwrap().completed = true;
        let open = self.jobs.iter_mut().filter(|job| job.order == order);
        open.for_each(|job| job.phase = "ended");
    }

    fn show(&self, index: usize) -> Value {
        let job = &self.jobs[index];
        let at = "2024-03-04T00:00:00Z";
        json!({
            "allocation_id": index + 1, "work_order_id": job.order, "operator_id": job.operator,
            "machine_id": job.machine, "allocation_type": "operator_machine", "status": "active",
            "phase": job.phase, "allocated_at": at, "allocation_method": "manual",
            "allocated_by": "test", "quantity_produced": "0.000", "version": 1,
            "created_at": at, "updated_at": at
        })
    }
}

fn missing() -> (u16, Value) {
    let problem = json!({
        "type": "about:blank", "title": "Not found", "status": 404, "code": "not_found",
        "detail": "no such thing"
    });
    (404, problem)
}

fn refuse(codes: &[&str]) -> (u16, Value) {
    let refusals: Vec<Value> = codes
        .iter()
        .map(|code| {
            json!({
                "code": code, "entity_type": "machine", "entity_id": "?", "message": code,
                "overridable": *code == "dependency_unmet"
            })
        })
        .collect();
    let problem = json!({
        "type": "about:blank", "title": "Refused", "status": 409, "code": "refused",
        "detail": codes.join(", "), "refusals": refusals
    });
    (409, problem)
}
