//! The live stream on a real socket: what arrives, who sees it, and what bad clients get.
//!
//! Speaks WebSocket frame by frame, as no well-behaved client would.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::harness::{Plant, Request};

const ALL: [&str; 4] = ["resource-status", "allocation-changes", "work-order-progress", "alerts"];
const PATIENCE: Duration = Duration::from_secs(20);

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What a socket gave.
#[derive(Debug)]
enum Got {
    Frame(Value),
    Closed(u16, String),
}

impl Socket {
    async fn open(plant: &Plant, token: &str) -> Self {
        let url = plant.url("/api/v1/live").replacen("http", "ws", 1);
        let mut request = url.into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        headers.insert("sec-websocket-protocol", "mraos.v1".parse().unwrap());
        let (socket, answer) = connect_async(request).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "mraos.v1");
        Self(socket)
    }

    async fn send(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn next(&mut self) -> Got {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap();
            match message {
                Some(Ok(Message::Text(text))) => {
                    return Got::Frame(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Got::Closed(frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next frame that is no heartbeat.
    async fn frame(&mut self) -> Value {
        loop {
            match self.next().await {
                Got::Frame(frame) if frame["type"] == "heartbeat" => {}
                Got::Frame(frame) => return frame,
                closed => panic!("{closed:?}"),
            }
        }
    }

    async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Got::Closed(code, reason) = self.next().await {
                return (code, reason);
            }
        }
    }

    async fn subscribe(&mut self, channels: &[&str], from: Value) -> Value {
        self.send(json!({"type": "subscribe", "id": "a", "channels": channels, "from": from}))
            .await;
        self.frame().await
    }
}

async fn allocate(plant: &Plant) -> Value {
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let answer = plant.post("/api/v1/allocations", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body
}

fn shown(frame: &Value) -> Vec<(&str, &str)> {
    let events = frame["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| (event["event_type"].as_str().unwrap(), event["entity_id"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn one_decision_arrives_with_all_that_follows_from_it() {
    let plant = Plant::with_floor().await;
    let mut socket = Socket::open(&plant, "test-token").await;
    let subscribed = socket.subscribe(&ALL, json!("now")).await;
    let allocation = allocate(&plant).await;
    let frame = socket.frame().await;
    let id = allocation["allocation_id"].to_string();
    assert_eq!(frame["position"], allocation["allocation_id"]);
    assert_eq!(frame["previous_position"], subscribed["position"]);
    assert_eq!(
        shown(&frame),
        [
            ("allocation_created", id.as_str()),
            ("resource_status_changed", "O-1"),
            ("resource_status_changed", "M-1"),
            ("work_order_status_changed", "WO-1"),
        ]
    );
    let operator = &frame["events"][1]["data"];
    assert_eq!(operator["current_status"], "busy");
    assert_eq!(operator["previous_status"], "available");
    assert_eq!(operator["production_line"], "Line-1", "where the work is");
    assert_eq!(operator["name"], "Grace Hopper");
    assert_eq!(frame["events"][1]["metadata"]["channel"], "resource-status");
}

#[tokio::test]
async fn a_breakdown_raises_an_alert_and_its_end_resolves_it() {
    let plant = Plant::with_floor().await;
    allocate(&plant).await;
    let mut socket = Socket::open(&plant, "test-token").await;
    socket.subscribe(&["alerts"], json!("now")).await;
    plant.post("/api/v1/machines/M-1/status", &json!({"status": "breakdown"})).await;
    let raised = socket.frame().await;
    let alert = &raised["events"][0];
    assert_eq!(alert["event_type"], "alert_raised");
    assert_eq!(alert["data"]["alert_id"], "machine_breakdown:M-1");
    assert_eq!(alert["data"]["severity"], "critical");
    assert_eq!(alert["data"]["affected_allocation_ids"].as_array().unwrap().len(), 1);
    plant.post("/api/v1/machines/M-1/status", &json!({"status": "idle"})).await;
    let resolved = loop {
        let frame = socket.frame().await;
        if frame["events"][0]["event_type"] == "alert_resolved" {
            break frame;
        }
    };
    assert!(resolved["events"][0]["data"]["resolved_at"].is_string());
}

#[tokio::test]
async fn who_comes_late_or_not_at_all_is_told_with_the_shift() {
    let plant = Plant::with_floor().await;
    for id in ["O-1", "O-2"] {
        let shift = json!({"shift_name": "Early", "shift_date": "2026-11-23",
                           "start_time": "08:00", "end_time": "16:00"});
        plant.create(&format!("operators/{id}/shifts"), &shift).await;
    }
    let mut socket = Socket::open(&plant, "test-token").await;
    socket.subscribe(&["resource-status", "alerts"], json!("now")).await;
    plant.test().clock.advance_minutes(31);
    let clock = async |kind: &str| {
        let answer = plant.post("/api/v1/operators/O-1/attendance", &json!({ "type": kind })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    clock("clock_in").await;
    let came = socket.frame().await;
    assert_eq!(shown(&came), [("resource_changed", "O-1"), ("alert_raised", "operator_late:O-1")]);
    let card = &came["events"][0]["data"]["shift"];
    assert_eq!((&card["status"], &card["shift_name"]), (&json!("late"), &json!("Early")));
    assert_eq!(card["actual_clock_in"], "2026-11-23T08:31:00.000000Z");
    let alert = &came["events"][1]["data"];
    assert_eq!((&alert["severity"], &alert["code"]), (&json!("info"), &json!("operator_late")));
    assert_eq!(alert["message"], "Operator O-1 came 31 minutes late for shift Early.");

    assert_eq!(mraos_app::absences::note(plant.app()).await.unwrap(), 1);
    let missed = socket.frame().await;
    assert_eq!(shown(&missed), [("resource_changed", "O-2")]);
    assert_eq!(missed["events"][0]["data"]["shift"]["status"], "absent");
    let absent = socket.frame().await;
    assert_eq!(
        shown(&absent),
        [("resource_status_changed", "O-2"), ("alert_raised", "operator_absent:O-2")]
    );
    let message = &absent["events"][1]["data"]["message"];
    assert_eq!(message, "Operator O-2 has not come for shift Early.");
    let mut late = Socket::open(&plant, "test-token").await;
    late.subscribe(&["alerts"], json!("snapshot")).await;
    assert_eq!(late.frame().await["items"].as_array().unwrap().len(), 2);

    clock("clock_out").await;
    let gone = socket.frame().await;
    assert_eq!(
        shown(&gone),
        [("resource_changed", "O-1"), ("alert_resolved", "operator_late:O-1")]
    );
    assert_eq!(gone["events"][0]["data"]["shift"]["status"], "completed");
}

#[tokio::test]
async fn work_that_runs_too_long_raises_an_alert_until_it_ends() {
    let plant = Plant::with_floor().await;
    let allocation = allocate(&plant).await;
    let id = &allocation["allocation_id"];
    let mut socket = Socket::open(&plant, "test-token").await;
    socket.subscribe(&["alerts"], json!("now")).await;
    plant.test().clock.advance_minutes(24 * 60);
    let raised = socket.frame().await;
    let alert = &raised["events"][0];
    assert_eq!(alert["event_type"], "alert_raised");
    assert_eq!(alert["data"]["alert_id"], format!("allocation_overrun:{id}"));
    let mut late = Socket::open(&plant, "test-token").await;
    late.subscribe(&["alerts"], json!("snapshot")).await;
    let snapshot = late.frame().await;
    assert_eq!(snapshot["items"][0]["data"]["alert_id"], alert["data"]["alert_id"], "{snapshot}");
    plant.post(&format!("/api/v1/allocations/{id}/release"), &json!({})).await;
    let resolved = socket.frame().await;
    assert_eq!(resolved["events"][0]["event_type"], "alert_resolved");
    assert_eq!(resolved["events"][0]["data"]["alert_id"], alert["data"]["alert_id"]);
}

#[tokio::test]
async fn a_machine_tells_which_maintenance_comes_next() {
    let plant = Plant::with_floor().await;
    let mut socket = Socket::open(&plant, "test-token").await;
    socket.subscribe(&["resource-status"], json!("now")).await;
    const PATH: &str = "/api/v1/machines/M-1/maintenance";
    let at = |hour: u32| format!("2026-11-23T{hour:02}:00:00.000000Z");
    let plan = async |kind: &str, from: u32, until: u32| {
        let body = json!({
            "maintenance_type": kind, "planned_start": at(from), "planned_end": at(until),
        });
        let made = plant.post(PATH, &body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.body["maintenance_id"].as_i64().unwrap()
    };
    let told = |id: i64, kind: &str, from: u32, until: u32| {
        json!({
            "maintenance_id": id, "maintenance_type": kind, "planned_start": at(from),
            "planned_end": at(until),
        })
    };
    let overhaul = plan("Overhaul", 18, 20).await;
    let next = |frame: &Value| frame["events"][0]["data"]["next_maintenance"].clone();
    let frame = socket.frame().await;
    assert_eq!(shown(&frame), [("resource_changed", "M-1")]);
    assert_eq!(next(&frame), told(overhaul, "Overhaul", 18, 20));
    let grease = plan("Grease", 14, 15).await;
    assert_eq!(next(&socket.frame().await), told(grease, "Grease", 14, 15));
    let change = Request::new("PATCH", &format!("{PATH}/{grease}")).if_match("*");
    let moved = json!({"planned_start": at(9), "planned_end": at(10)});
    assert_eq!(plant.send(change.json(&moved)).await.status, 200);
    assert_eq!(next(&socket.frame().await), told(grease, "Grease", 9, 10));

    // Work changes the card as it always did, and what is planned stays on it.
    allocate(&plant).await;
    let frame = socket.frame().await;
    let both = [("resource_status_changed", "O-1"), ("resource_status_changed", "M-1")];
    assert_eq!(shown(&frame), both);
    assert_eq!(frame["events"][1]["data"]["next_maintenance"]["maintenance_id"], grease);
    plant.test().clock.advance_minutes(90);
    let progress = json!({"status": "maintenance"});
    plant.post("/api/v1/machines/M-1/status", &progress).await;
    assert_eq!(next(&socket.frame().await)["maintenance_id"], grease, "under way");
    let mut late = Socket::open(&plant, "test-token").await;
    late.subscribe(&["resource-status"], json!("snapshot")).await;
    let snapshot = late.frame().await;
    let of = |id: &str| {
        let mut items = snapshot["items"].as_array().unwrap().iter();
        items.find(|one| one["entity_id"] == id).unwrap()["data"]["next_maintenance"].clone()
    };
    assert_eq!((of("M-1"), of("M-2")), (told(grease, "Grease", 9, 10), Value::Null));

    let done = plant.post(&format!("{PATH}/{grease}/complete"), &json!({})).await;
    assert_eq!(done.status, 200, "{}", done.body);
    loop {
        let frame = socket.frame().await;
        if shown(&frame) == [("resource_changed", "M-1")] {
            assert_eq!(next(&frame), told(overhaul, "Overhaul", 18, 20));
            break;
        }
    }
    plant.post(&format!("{PATH}/{overhaul}/cancel"), &json!({})).await;
    assert_eq!(next(&socket.frame().await), Value::Null);
}

#[tokio::test]
async fn a_snapshot_goes_on_with_what_comes_after_it() {
    let plant = Plant::with_floor().await;
    let allocation = allocate(&plant).await;
    let mut socket = Socket::open(&plant, "test-token").await;
    let subscribed = socket.subscribe(&ALL, json!("snapshot")).await;
    let snapshot = socket.frame().await;
    assert_eq!((&snapshot["type"], &snapshot["last"]), (&json!("snapshot"), &json!(true)));
    assert_eq!(snapshot["position"], subscribed["position"]);
    let items = snapshot["items"].as_array().unwrap();
    let of = |kind: &str| items.iter().filter(|item| item["entity_type"] == kind).count();
    assert_eq!((of("operator"), of("machine"), of("allocation"), of("work_order")), (2, 2, 1, 2));
    let path = format!("/api/v1/allocations/{}/release", allocation["allocation_id"]);
    plant.post(&path, &json!({})).await;
    let frame = socket.frame().await;
    assert_eq!(frame["previous_position"], snapshot["position"]);
    assert_eq!(shown(&frame)[0].0, "allocation_released");
}

#[tokio::test]
async fn any_position_of_the_log_can_be_resumed_after() {
    let plant = Plant::with_floor().await;
    let mut socket = Socket::open(&plant, "test-token").await;
    let epoch = socket.subscribe(&["alerts"], json!("now")).await["epoch"].clone();
    allocate(&plant).await;
    let mut resumed = Socket::open(&plant, "test-token").await;
    let from = json!({"position": 0, "epoch": epoch});
    let subscribed = resumed.subscribe(&ALL, from).await;
    assert_eq!(subscribed["position"], 0);
    let mut had = 0;
    for position in 1..=7 {
        let frame = resumed.frame().await;
        assert_eq!(
            (&frame["position"], &frame["previous_position"]),
            (&json!(position), &json!(had))
        );
        had = position;
    }
    let mut lost = Socket::open(&plant, "test-token").await;
    let elsewhere = json!({"position": 1, "epoch": "00000000-0000-0000-0000-000000000000"});
    let resync = lost.subscribe(&ALL, elsewhere).await;
    assert_eq!((&resync["type"], &resync["reason"]), (&json!("resync"), &json!("epoch_changed")));
    let ahead = lost.subscribe(&ALL, json!({"position": 1_000, "epoch": epoch})).await;
    assert_eq!(ahead["reason"], "position_unknown");
}

#[tokio::test]
async fn nobody_gets_what_the_role_may_not_see() {
    let plant = Plant::with_floor().await;
    let viewer = plant.token_of("viewer").await;
    let worker = plant.token_of("operator").await;
    let body = json!({"name": "l", "role": "supervisor", "production_lines": ["Line-9"]});
    let limited = plant.post("/api/v1/tokens", &body).await.body["secret"].clone();
    let mut nameless = Socket::open(&plant, &viewer).await;
    nameless.subscribe(&ALL, json!("now")).await;
    let mut own = Socket::open(&plant, &worker).await;
    own.subscribe(&ALL, json!("now")).await;
    let mut elsewhere = Socket::open(&plant, limited.as_str().unwrap()).await;
    elsewhere.subscribe(&ALL, json!("now")).await;
    allocate(&plant).await;
    let frame = nameless.frame().await;
    assert_eq!(shown(&frame).len(), 4);
    assert!(!frame.to_string().contains("Hopper"), "{frame}");
    // Somebody who is no operator of this plant sees machines and orders, and whose work it is not.
    let frame = own.frame().await;
    let seen: Vec<&str> = shown(&frame).iter().map(|(_, id)| *id).collect();
    assert_eq!(seen, ["M-1", "WO-1"]);
    assert_eq!(frame["events"][0]["data"]["allocation_ids"], json!([]));
    // The order has no line and belongs to all; the rest stands on another line.
    let frame = elsewhere.frame().await;
    let seen: Vec<&str> = shown(&frame).iter().map(|(_, id)| *id).collect();
    assert_eq!(seen, ["WO-1"]);
}

#[tokio::test]
async fn a_line_gets_what_stands_on_it() {
    let plant = Plant::with_floor().await;
    let mut other = Socket::open(&plant, "test-token").await;
    other.subscribe(&["line:Line-2:*"], json!("now")).await;
    let mut socket = Socket::open(&plant, "test-token").await;
    socket.subscribe(&["line:Line-1:resource-status"], json!("now")).await;
    allocate(&plant).await;
    assert_eq!(shown(&socket.frame().await).len(), 2);
    // Nothing has come before the answer to a later ping.
    other.send(json!({"type": "ping"})).await;
    assert_eq!(other.frame().await["type"], "pong");
}

#[tokio::test]
async fn a_revoked_token_falls_silent_within_a_second() {
    let plant = Plant::with_floor().await;
    let issued = plant.post("/api/v1/tokens", &json!({"name": "gone", "role": "viewer"})).await;
    let mut socket = Socket::open(&plant, issued.body["secret"].as_str().unwrap()).await;
    socket.subscribe(&ALL, json!("now")).await;
    let path = format!("/api/v1/tokens/{}", issued.body["token_id"].as_str().unwrap());
    let answer = plant.send(Request::new("DELETE", &path)).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    let revoked_at = Instant::now();
    let (code, _) = socket.closed().await;
    assert_eq!(code, 4003);
    assert!(revoked_at.elapsed() < Duration::from_secs(1), "{:?}", revoked_at.elapsed());
}

#[tokio::test]
async fn bad_clients_are_told_and_cut_and_hurt_nobody() {
    let plant = Plant::with_floor().await;
    let mut bystander = Socket::open(&plant, "test-token").await;
    bystander.subscribe(&ALL, json!("now")).await;
    let big = "x".repeat(20_000);
    let huge = "x".repeat(2_000_000);
    for (message, code) in [
        (Message::text("no JSON"), 4400),
        (Message::text(r#"{"type":"dance"}"#), 4400),
        (Message::binary(vec![0; 100]), 4400),
        (Message::text(big), 4413),
        (Message::text(huge), 4413),
    ] {
        let mut socket = Socket::open(&plant, "test-token").await;
        // The server may close before all of it is sent.
        socket.0.send(message).await.ok();
        assert_eq!(socket.closed().await.0, code);
    }
    let mut greedy = Socket::open(&plant, "test-token").await;
    for n in 0..33 {
        greedy
            .send(json!({"type": "subscribe", "id": n.to_string(), "channels": ["alerts"]}))
            .await;
    }
    assert_eq!(greedy.closed().await.0, 4429);
    let mut wrong = Socket::open(&plant, "test-token").await;
    for (channels, code) in [(json!(["gossip"]), "unknown_channel"), (json!([]), "unknown_channel")]
    {
        wrong.send(json!({"type": "subscribe", "id": "a", "channels": channels})).await;
        assert_eq!(wrong.frame().await["code"], code);
    }
    allocate(&plant).await;
    assert_eq!(shown(&bystander.frame().await).len(), 4);
    let plain = plant.get("/api/v1/live").await;
    assert_eq!((plain.status, &plain.body["code"]), (426, &json!("upgrade_required")));
}

#[tokio::test]
async fn one_sender_cannot_have_the_stream_encoded_in_a_thousand_ways() {
    let plant = Plant::with_floor().await;
    let viewer = plant.token_of("viewer").await;
    let mut sockets = Vec::new();
    for socket in 0..5 {
        let mut open = Socket::open(&plant, &viewer).await;
        for n in 0..30 {
            let other = format!("line:Line-{socket}-{n}:*");
            let channels = json!(["resource-status", other]);
            open.send(json!({"type": "subscribe", "id": n.to_string(), "channels": channels}))
                .await;
            // Sockets are served beside each other: the first four have theirs before the last.
            if socket < 4 {
                assert_eq!(open.frame().await["type"], "subscribed");
            }
        }
        sockets.push(open);
    }
    // 128 are given out; the socket that asked for one more is cut and gives its own back.
    assert_eq!(sockets[4].closed().await.0, 4429);
    let mut bystander = Socket::open(&plant, "test-token").await;
    bystander.subscribe(&ALL, json!("now")).await;
    allocate(&plant).await;
    assert_eq!(shown(&bystander.frame().await).len(), 4);
    let mut again = Socket::open(&plant, &viewer).await;
    assert_eq!(again.subscribe(&["line:Line-9:*"], json!("now")).await["type"], "subscribed");
}

#[tokio::test]
async fn a_node_that_goes_down_says_when_to_come_back() {
    let plant = Plant::with_floor().await;
    let mut first = Socket::open(&plant, "test-token").await;
    let mut second = Socket::open(&plant, "test-token").await;
    for socket in [&mut first, &mut second] {
        socket.subscribe(&ALL, json!("now")).await;
    }
    let drain = plant.app().live().drain(PATIENCE);
    let (_, a, b) = tokio::join!(drain, first.closed(), second.closed());
    let retry = |(code, reason): (u16, String)| {
        assert_eq!(code, 1012);
        let reason: Value = serde_json::from_str(&reason).unwrap();
        reason["retry_after_ms"].as_u64().unwrap()
    };
    assert_ne!(retry(a), retry(b), "not all at once");
}

#[tokio::test]
async fn a_subscription_to_cards_with_names_is_audited_once() {
    let plant = Plant::with_floor().await;
    let supervisor = plant.token_of("supervisor").await;
    let viewer = plant.token_of("viewer").await;
    for (token, channels) in
        [(&viewer, &ALL[..]), (&supervisor, &["alerts"][..]), (&supervisor, &ALL[..])]
    {
        let mut socket = Socket::open(&plant, token).await;
        assert_eq!(socket.subscribe(channels, json!("snapshot")).await["type"], "subscribed");
    }
    let deadline = Instant::now() + PATIENCE;
    let rows = loop {
        let answer = plant.get("/api/v1/data-access-audit?entity_type=operator").await;
        let rows = answer.body["items"].as_array().unwrap().clone();
        if !rows.is_empty() {
            break rows;
        }
        assert!(Instant::now() < deadline, "{}", answer.body);
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert_eq!(
        (&rows[0]["user_id"], &rows[0]["action"]),
        (&json!("a-supervisor"), &json!("subscribe"))
    );
    let asked = rows[0]["query_executed"].as_str().unwrap();
    assert!(asked.starts_with("GET /api/v1/live") && asked.ends_with("alerts"), "{asked}");
}
