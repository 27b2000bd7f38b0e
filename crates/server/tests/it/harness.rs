//! A plant behind a real socket: application, database, server, and a client to ask with.
//!
//! Every test has a plant of its own. The server speaks HTTP on loopback and ends with the test.

use std::sync::Arc;
use std::time::Duration;

use mraos_app::App;
use mraos_domain::Role;
use mraos_server::{Settings, router, serve};
use mraos_testkit::TestApp;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::documented::assert_documented;

/// The administrator's token that the test application accepts.
const ADMIN: &str = "test-token";
/// Longer than any answer takes.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(60);

/// A served plant with two operators, two machines and two orders.
pub(crate) struct Plant {
    test: Arc<TestApp>,
    base: String,
    client: reqwest::Client,
}

/// A request to be sent.
pub(crate) struct Request {
    method: String,
    path: String,
    token: Option<String>,
    body: Option<Vec<u8>>,
    headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Value,
    headers: HeaderMap,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}

impl Request {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            token: Some(ADMIN.to_owned()),
            body: None,
            headers: Vec::new(),
        }
    }

    /// Another token than the administrator's; none if empty.
    pub(crate) fn token(mut self, token: &str) -> Self {
        self.token = (!token.is_empty()).then(|| token.to_owned());
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body(body.to_string().into_bytes())
    }

    /// These bytes, declared as JSON unless said otherwise later.
    pub(crate) fn body(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self.content_type("application/json")
    }

    pub(crate) fn content_type(mut self, value: &str) -> Self {
        self.headers.retain(|(name, _)| name != "content-type");
        self.header("content-type", value)
    }

    pub(crate) fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Plant {
    /// Operators O-1 and O-2, machines M-1 and M-2, orders WO-1 and WO-2 of 100 pieces each.
    pub(crate) async fn with_floor() -> Self {
        let test = TestApp::start().await;
        let base = serve_app(test.app.clone()).await;
        let client = reqwest::Client::builder().no_proxy().timeout(CLIENT_TIMEOUT);
        let plant = Self { test: test.into(), base, client: client.build().unwrap() };
        for n in 1..=2 {
            plant.create("operators", &operator(n)).await;
            plant.create("machines", &machine(n)).await;
            plant.create("work-orders", &order(n)).await;
        }
        plant
    }

    /// The full address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The application behind it.
    pub(crate) fn app(&self) -> &App {
        &self.test.app
    }

    /// The same plant, asked at a second node.
    pub(crate) async fn at_another_node(&self) -> Self {
        let base = serve_app(self.test.another_node().await).await;
        Self { test: self.test.clone(), base, client: self.client.clone() }
    }

    /// O-9, M-9, WO-8 and WO-9 on Line-2, and an order WO-3 of no line.
    pub(crate) async fn add_second_line(&self) {
        let on = |mut thing: Value, line: &str| {
            thing["production_line"] = json!(line);
            thing
        };
        self.create("operators", &on(operator(9), "Line-2")).await;
        self.create("machines", &on(machine(9), "Line-2")).await;
        self.create("work-orders", &on(order(8), "Line-2")).await;
        self.create("work-orders", &on(order(9), "Line-2")).await;
        self.create("work-orders", &order(3)).await;
    }

    /// Material MAT-1, of which there are 1,000 pieces, and an order WO-3 that needs some.
    pub(crate) async fn add_material(&self) {
        let material = json!({
            "material_id": "MAT-1", "part_number": "PN-1", "part_name": "Bearing",
            "unit_of_measure": "EA",
        });
        self.create("materials", &material).await;
        let receipt = json!({"transaction_type": "receipt", "quantity": 1000});
        self.create("materials/MAT-1/transactions", &receipt).await;
        let line = json!({"material_id": "MAT-1", "quantity_required": 100});
        self.create("work-orders/WO-3/bom", &line).await;
    }

    /// A fresh token that is limited to a line and an operator; an administrator's is not.
    pub(crate) async fn token_on_line(&self, role: Role, line: &str, operator: &str) -> String {
        let mut body = json!({"name": format!("on-{line}"), "role": role.as_str()});
        if role != Role::Admin {
            body["production_lines"] = json!([line]);
            body["operator_id"] = json!(operator);
        }
        let answer = self.post("/api/v1/tokens", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["secret"].as_str().unwrap().to_owned()
    }

    /// A user with this role and password.
    pub(crate) async fn add_user(&self, user_id: &str, role: &str, password: &str) -> Answer {
        let body = json!({"user_id": user_id, "role": role, "password": password});
        let answer = self.post("/api/v1/users", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer
    }

    /// Tries to sign in.
    pub(crate) async fn sign_in(&self, user_id: &str, password: &str) -> Answer {
        let body = json!({"user_id": user_id, "password": password});
        self.send(Request::new("POST", "/api/v1/auth/login").token("").json(&body)).await
    }

    /// Where it is served.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The application that is served.
    pub(crate) fn test(&self) -> &TestApp {
        &self.test
    }

    /// Creates something; its answer is 201.
    pub(crate) async fn create(&self, noun: &str, body: &Value) {
        let answer = self.post(&format!("/api/v1/{noun}"), body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }

    /// A path of the route table with ids of things that exist.
    pub(crate) fn fill(&self, path: &str) -> String {
        let id = match path.split('/').nth(3) {
            Some("operators") => "O-1",
            Some("machines") => "M-1",
            Some("work-orders") => "WO-1",
            Some("materials") => "MAT-1",
            Some("tokens") => "00000000-0000-7000-8000-000000000000",
            _ => "1",
        };
        path.replace("{id}", id)
            .replace("{skill_code}", "W")
            .replace("{day}", "2026-12-25")
            .replace("{shift_id}", "1")
            .replace("{dependency_id}", "1")
            .replace("{bom_id}", "1")
            .replace("{maintenance_id}", "1")
    }

    /// A fresh token of a role.
    pub(crate) async fn token_of(&self, role: &str) -> String {
        let body = json!({"name": format!("a-{role}"), "role": role});
        let answer = self.post("/api/v1/tokens", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["secret"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::new("GET", path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Request::new("POST", path).json(body)).await
    }

    pub(crate) async fn send(&self, request: Request) -> Answer {
        let method = request.method.parse().unwrap();
        let mut sent = self.client.request(method, format!("{}{}", self.base, request.path));
        if let Some(token) = request.token {
            let value = reqwest::header::HeaderValue::from_bytes(token.as_bytes()).unwrap();
            let mut bearer = b"Bearer ".to_vec();
            bearer.extend_from_slice(value.as_bytes());
            sent = sent.header("authorization", bearer);
        }
        for (name, value) in &request.headers {
            sent = sent.header(name, value);
        }
        if let Some(body) = request.body {
            sent = sent.body(body);
        }
        let answer = sent.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap();
        let content_type = headers.get("content-type").map(|value| value.to_str().unwrap());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        assert_documented(&request.method, &request.path, status, &content_type, &body);
        Answer { status, content_type, body, headers }
    }

    /// No batch was ever refused by the database, and the plant still works.
    pub(crate) async fn assert_sound(&self) {
        let metrics = self.client.get(format!("{}/metrics", self.base)).send().await.unwrap();
        let text = metrics.text().await.unwrap();
        for counter in ["mraos_commit_bisections_total", "mraos_commit_panics_total"] {
            assert!(text.contains(&format!("\n{counter} 0\n")), "{text}");
        }
        let body = json!({"status": "break"});
        let answer = self.post("/api/v1/operators/O-2/status", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

/// Serves an application on a port of its own; the address.
async fn serve_app(app: App) -> String {
    let router = router(app, Settings::default()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, router, std::future::pending(), Duration::ZERO));
    base
}

fn operator(n: u32) -> Value {
    json!({
        "operator_id": format!("O-{n}"), "employee_id": format!("E-{n}"),
        "first_name": "Grace", "last_name": "Hopper",
    })
}

fn machine(n: u32) -> Value {
    json!({
        "machine_id": format!("M-{n}"), "machine_name": format!("Mill {n}"),
        "machine_type": "CNC Mill", "production_line": "Line-1",
    })
}

fn order(n: u32) -> Value {
    json!({
        "work_order_id": format!("WO-{n}"), "work_order_number": format!("N-{n}"),
        "product_id": "P-1", "product_name": "Bracket", "quantity_ordered": 100,
        "unit_of_measure": "EA", "due_date": "2030-01-01T00:00:00Z",
    })
}
