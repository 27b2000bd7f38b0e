//! Every kind of write at once, on few things so that they meet, through two nodes.
//!
//! Most of what is sent makes sense, some does not, some is stated to have happened earlier.
//! Whatever it is, no request may fail on the server's side, no batch may be poisoned, and the
//! tables must be what the log says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use mraos_app::{Clock as _, SystemClock};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::{Answer, Client};
use crate::history::History;
use crate::site::Site;
use crate::{ONE_AT_A_TIME, size};

const WORKERS: usize = 16;
const THINGS: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn no_mixture_of_writes_breaks_anything() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let requests = size("CHAOS_COMMANDS", 2_400) / WORKERS;
    let site = Site::new();
    let nodes = [site.start_node(), site.start_node()];
    let client = Client::new();
    let newest = Arc::new(AtomicI64::new(1));
    let mut workers = JoinSet::new();
    for n in 0..WORKERS {
        let (client, newest) = (client.clone(), Arc::clone(&newest));
        let url = nodes[n % 2].url.clone();
        workers.spawn(async move {
            let mut writer =
                Writer { random: StdRng::seed_from_u64(n as u64), client, url, newest };
            let mut counts: BTreeMap<(&str, u16), usize> = BTreeMap::new();
            for _ in 0..requests {
                let (kind, answer) = writer.write().await;
                let status = answer.status.as_u16();
                assert!((200..500).contains(&status), "{kind}: {answer:#?}");
                *counts.entry((kind, status)).or_default() += 1;
            }
            counts
        });
    }
    let mut counts: BTreeMap<(&str, u16), usize> = BTreeMap::new();
    for (key, count) in workers.join_all().await.into_iter().flatten() {
        *counts.entry(key).or_default() += count;
    }
    for kind in KINDS {
        let done = counts.iter().any(|((name, status), _)| *name == kind && *status < 300);
        assert!(done, "no {kind} succeeded: {counts:#?}");
    }
    let history = History::read(&client, &nodes[0].url).await;
    let report = site.verify_log();
    assert_eq!(report["position"], history.len());
    let rebuilt = site.run(&["log", "rebuild", "--json"]);
    let rebuilt: Value = serde_json::from_slice(&rebuilt.stdout).unwrap();
    assert_eq!(rebuilt["repaired"], json!([]), "{rebuilt:#}");
    for node in nodes {
        assert_eq!(client.counter(&node.url, "mraos_commit_bisections_total").await, 0.0);
        assert!(node.stop().success());
    }
}

const KINDS: [&str; 23] = [
    "create operator",
    "create machine",
    "create order",
    "change operator",
    "change machine",
    "change order",
    "post operator status",
    "post machine status",
    "set skill",
    "add shift",
    "require skill",
    "tie orders",
    "report progress",
    "define reason",
    "take away",
    "clock",
    "call off",
    "undo call off",
    "clock many",
    "ingest",
    "allocate many",
    "allocate",
    "move allocation",
];

/// Rules that are passed over, so that more work begins.
const SOFT: [&str; 5] = [
    "operator_off_shift",
    "operator_on_break",
    "skill_level_too_low",
    "machine_capacity_exceeded",
    "dependency_unmet",
];

struct Writer {
    random: StdRng,
    client: Client,
    url: String,
    newest: Arc<AtomicI64>,
}

impl Writer {
    fn up_to(&mut self, most: u32) -> u32 {
        self.random.random_range(0..most)
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.random.random_range(0..all.len())]
    }

    fn thing(&mut self, prefix: &str) -> String {
        format!("{prefix}-{}", self.up_to(THINGS))
    }

    fn order(&mut self) -> String {
        format!("WO-{}", self.up_to(4 * THINGS))
    }

    /// In one of four cases a time up to two minutes ago.
    fn state_time(&mut self, body: &mut Value) {
        if self.up_to(4) == 0 {
            let ago = i64::from(self.up_to(3));
            body["occurred_at"] = json!(SystemClock.now().plus_minutes(-ago).to_string());
        }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.client.change(&self.url, "POST", path, None, &body).await
    }

    async fn patch(&self, path: &str, body: Value) -> Answer {
        let read = self.client.get(&self.url, &format!("/api/v1{path}")).await.unwrap();
        match read.etag.clone() {
            Some(etag) => self.client.change(&self.url, "PATCH", path, Some(&etag), &body).await,
            None => read,
        }
    }

    async fn write(&mut self) -> (&'static str, Answer) {
        let kind = KINDS[match self.up_to(44) {
            n @ 0..=20 => n as usize,
            21..=30 => 21,
            _ => 22,
        }];
        let answer = match kind {
            "create operator" | "create machine" | "create order" => self.create(kind).await,
            "change operator" | "change machine" | "change order" => self.change(kind).await,
            "post operator status" | "post machine status" => self.post_status(kind).await,
            "set skill" | "add shift" => self.qualify(kind).await,
            "require skill" => {
                let scope = self.one_of(&["machine", "work_order", "machine_type"]);
                let id = match scope {
                    "machine" => self.thing("M"),
                    "work_order" => self.order(),
                    _ => "press".to_owned(),
                };
                let body = json!({"scope": scope, "scope_id": id,
                    "minimum_level": 1 + self.up_to(2),
                                  "skill_code": self.one_of(&["WELD", "BEND"])});
                self.post("/skill-requirements", body).await
            }
            "tie orders" => {
                let path = format!("/work-orders/{}/dependencies", self.order());
                let kind = self.one_of(&["finish_to_start", "start_to_start", "finish_to_finish"]);
                let body = json!({"predecessor_work_order_id": self.order(),
                    "dependency_type": kind,
                                  "lag_minutes": 0, "is_mandatory": self.up_to(4) == 0});
                self.post(&path, body).await
            }
            "report progress" => {
                let path = format!("/work-orders/{}/progress", self.order());
                let body = json!({"quantity_delta": self.up_to(30), "quantity_rejected": "0.5"});
                self.post(&path, body).await
            }
            "define reason" => {
                let body = json!({"reason_code": self.thing("R"), "description": "Something broke",
                                  "is_active": self.up_to(4) > 0});
                self.post("/reason-codes", body).await
            }
            "take away" => self.take_away().await,
            "ingest" => {
                let items: Vec<Value> = (0..4).map(|_| self.signal()).collect();
                self.post("/ingest/status", json!({ "items": items })).await
            }
            "clock" => {
                let path = format!("/operators/{}/attendance", self.thing("O"));
                let mut body = json!({"type": self.one_of(&["clock_in", "clock_in", "clock_out"])});
                self.state_time(&mut body);
                self.post(&path, body).await
            }
            "call off" => {
                let path = format!("/operators/{}/call-off", self.thing("O"));
                let mut body = json!({"status": self.one_of(&["absent", "sick", "vacation"])});
                if self.up_to(2) == 0 {
                    body["shift_date"] = json!(format!("2030-01-{:02}", 1 + self.up_to(28)));
                }
                self.post(&path, body).await
            }
            "undo call off" => self.undo_call_off().await,
            "clock many" => {
                let items: Vec<Value> = (0..4).map(|_| self.clocking()).collect();
                self.post("/ingest/attendance", json!({ "items": items })).await
            }
            "allocate many" => {
                let items: Vec<Value> = (0..3).map(|_| self.proposal()).collect();
                self.post("/allocations/batch", json!({ "items": items })).await
            }
            "allocate" => self.allocate().await,
            _ => self.move_allocation().await,
        };
        (kind, answer)
    }

    async fn create(&mut self, kind: &str) -> Answer {
        match kind {
            "create operator" => {
                let id = self.thing("O");
                let body = json!({"operator_id": id, "employee_id": self.thing("E"),
                    "first_name": "Ana", "last_name": "Test", "email": "ana@example.org",
                    "parallel_capacity": 1 + self.up_to(2)});
                self.post("/operators", body).await
            }
            "create machine" => {
                let id = self.thing("M");
                let body = json!({"machine_id": id, "machine_name": "Press",
                    "machine_type": "press",
                    "production_line": "Line-1", "serial_number": self.thing("SN"),
                    "parallel_capacity": 1 + self.up_to(2)});
                self.post("/machines", body).await
            }
            _ => {
                let id = self.order();
                let body = json!({"work_order_id": id, "work_order_number": format!("N-{id}"),
                    "product_id": "P-1", "product_name": "Drum", "unit_of_measure": "EA",
                    "quantity_ordered": 50 + self.up_to(100), "due_date": "2999-01-01T00:00:00Z",
                    "estimated_duration_minutes": 1 + self.up_to(300)});
                self.post("/work-orders", body).await
            }
        }
    }

    async fn change(&mut self, kind: &str) -> Answer {
        match kind {
            "change operator" => {
                let path = format!("/operators/{}", self.thing("O"));
                let body = json!({"parallel_capacity": 1 + self.up_to(3),
                    "employee_id": self.thing("E"), "is_active": self.up_to(6) > 0});
                self.patch(&path, body).await
            }
            "change machine" => {
                let path = format!("/machines/{}", self.thing("M"));
                let serial = (self.up_to(3) > 0).then(|| self.thing("SN"));
                let body = json!({"parallel_capacity": 1 + self.up_to(3), "serial_number": serial,
                    "is_active": self.up_to(6) > 0, "max_capacity_per_hour": 1 + self.up_to(5000)});
                self.patch(&path, body).await
            }
            _ => {
                let path = format!("/work-orders/{}", self.order());
                let body = match self.up_to(6) {
                    0 => json!({"status": "cancelled"}),
                    _ => json!({"quantity_ordered": 1 + self.up_to(200), "priority": "high"}),
                };
                self.patch(&path, body).await
            }
        }
    }

    async fn post_status(&mut self, kind: &str) -> Answer {
        let (path, status) = if kind == "post operator status" {
            let all = ["available", "available", "break", "sick", "absent", "offline"];
            (format!("/operators/{}/status", self.thing("O")), self.one_of(&all))
        } else {
            let all = ["idle", "idle", "running", "breakdown", "maintenance", "offline"];
            (format!("/machines/{}/status", self.thing("M")), self.one_of(&all))
        };
        let mut body = json!({ "status": status });
        match self.up_to(4) {
            0 => body["reason_code"] = json!(self.thing("R")),
            1 => body["reason_code"] = json!("no_signal"),
            2 => body["reason_description"] = json!("As seen on the floor"),
            _ => body["source"] = json!({"id": "mes", "sequence": self.up_to(10_000)}),
        }
        self.state_time(&mut body);
        self.post(&path, body).await
    }

    async fn qualify(&mut self, kind: &str) -> Answer {
        let id = self.thing("O");
        if kind == "set skill" {
            let body = json!({"skill_code": self.one_of(&["WELD", "BEND"]), "skill_name": "Skill",
                "proficiency_level": 1 + self.up_to(4), "certification_expiry": "2998-12-31"});
            return self.post(&format!("/operators/{id}/skills"), body).await;
        }
        // Some shifts are the present ones, so that somebody can come for them.
        let mut day = format!("2030-01-{:02}", 1 + self.up_to(28));
        let (mut start, mut end) = ("22:00:00", "06:00:00");
        if self.up_to(3) == 0 {
            day = SystemClock.now().to_string()[..10].to_owned();
            (start, end) = ("00:00:00", "23:59:00");
        }
        let body = json!({"shift_name": "Shift A", "shift_date": day,
                          "start_time": start, "end_time": end});
        self.post(&format!("/operators/{id}/shifts"), body).await
    }

    /// Of the first shift of somebody that is called off, if there is one.
    async fn undo_call_off(&mut self) -> Answer {
        let person = format!("/operators/{}", self.thing("O"));
        let known = self.client.get(&self.url, &format!("/api/v1{person}/shifts")).await.unwrap();
        let shifts = known.body["items"].as_array().cloned().unwrap_or_default();
        let off = shifts.iter().find(|shift| shift["is_called_off"] == true).or(shifts.first());
        let shift_id = off.map_or(json!(1), |shift| shift["shift_id"].clone());
        self.post(&format!("{person}/call-off/undo"), json!({ "shift_id": shift_id })).await
    }

    /// A skill, shift, dependency or requirement, if there is one.
    async fn take_away(&mut self) -> Answer {
        let (list, id) = match self.up_to(4) {
            0 => (format!("/operators/{}/skills", self.thing("O")), "skill_code"),
            1 => (format!("/operators/{}/shifts", self.thing("O")), "shift_id"),
            2 => (format!("/work-orders/{}/dependencies", self.order()), "dependency_id"),
            _ => ("/skill-requirements".to_owned(), "skill_requirement_id"),
        };
        let known = self.client.get(&self.url, &format!("/api/v1{list}")).await.unwrap();
        let Some(first) = known.body["items"].as_array().and_then(|items| items.first()) else {
            return known;
        };
        let id = match &first[id] {
            Value::String(code) => code.clone(),
            number => number.to_string(),
        };
        self.client.change(&self.url, "DELETE", &format!("{list}/{id}"), None, &Value::Null).await
    }

    /// A status as a machine's own system sends it.
    fn signal(&mut self) -> Value {
        let (kind, id, status) = match self.up_to(2) {
            0 => ("operator", self.thing("O"), self.one_of(&["available", "break"])),
            _ => ("machine", self.thing("M"), self.one_of(&["idle", "running", "breakdown"])),
        };
        let mut signal = json!({"entity_type": kind, "entity_id": id, "status": status,
            "source": {"id": self.thing("plc"), "sequence": self.up_to(100_000)}});
        self.state_time(&mut signal);
        signal
    }

    /// A clocking as a terminal sends it.
    fn clocking(&mut self) -> Value {
        let mut clocking = json!({"operator_id": self.thing("O"),
            "type": self.one_of(&["clock_in", "clock_out"]),
            "source": {"id": self.thing("terminal"), "sequence": self.up_to(100_000)}});
        self.state_time(&mut clocking);
        clocking
    }

    fn proposal(&mut self) -> Value {
        let overrides = SOFT.map(|code| json!({"code": code, "reason": "it has to go on"}));
        let mut body = json!({
            "work_order_id": self.order(),
            "expected_duration_minutes": 1 + self.up_to(3),
            "overrides": overrides,
        });
        let sides = self.up_to(4);
        if sides != 0 {
            body["operator_id"] = json!(self.thing("O"));
        }
        if sides != 1 {
            body["machine_id"] = json!(self.thing("M"));
        }
        match self.up_to(3) {
            0 => {
                let ahead = i64::from(self.up_to(40));
                let start = SystemClock.now().plus_minutes(ahead);
                body["expected_start_time"] = json!(start.to_string());
            }
            _ => self.state_time(&mut body),
        }
        body
    }

    async fn allocate(&mut self) -> Answer {
        let body = self.proposal();
        let answer = self.post("/allocations", body).await;
        if let Some(id) = answer.body["allocation_id"].as_i64() {
            self.newest.fetch_max(id, Ordering::Relaxed);
        }
        answer
    }

    async fn move_allocation(&mut self) -> Answer {
        let newest = self.newest.load(Ordering::Relaxed);
        let page = format!("/api/v1/allocations?status=active&limit={}", 1 + self.up_to(20));
        let open = self.client.get(&self.url, &page).await.unwrap();
        let known = open.body["items"].as_array().and_then(|items| items.last());
        let id = known.and_then(|one| one["allocation_id"].as_i64()).unwrap_or(newest);
        let steps =
            ["start", "start", "pause", "resume", "release", "complete", "cancel", "reassign"];
        let step = self.one_of(&steps);
        let mut body = match step {
            "reassign" if self.up_to(2) == 0 => json!({"operator_id": self.thing("O")}),
            "reassign" => json!({"machine_id": self.thing("M")}),
            "complete" => json!({"quantity_produced": self.up_to(20), "quantity_rejected": 1,
                                 "work_order_completed": self.up_to(4) == 0}),
            _ => json!({}),
        };
        self.state_time(&mut body);
        self.post(&format!("/allocations/{id}/{step}"), body).await
    }
}
