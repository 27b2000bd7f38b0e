//! Materials over HTTP: stock, reservations, bills, shortages, costs, and two hundred at once.
//!
//! The rules are tested in the domain; here it is what a client asks and is answered.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, Plant, Request};

/// A plant with material MAT-1 in pieces, which costs something.
async fn plant_with_material() -> Plant {
    let plant = Plant::with_floor().await;
    let body = json!({
        "material_id": "MAT-1", "part_number": "PN-1", "part_name": "Bearing",
        "unit_of_measure": "EA", "standard_cost": "3.25", "safety_stock_level": 5,
        "packages": [{"unit_of_measure": "BOX", "quantity": 12}],
    });
    plant.create("materials", &body).await;
    plant
}

async fn moved(plant: &Plant, body: Value) -> Answer {
    plant.post("/api/v1/materials/MAT-1/transactions", &body).await
}

async fn receive(plant: &Plant, quantity: u32, lot: &str, expiry: Option<&str>) {
    let answer = moved(
        plant,
        json!({
            "transaction_type": "receipt", "quantity": quantity, "lot_number": lot,
            "expiration_date": expiry, "to_location": "A-1", "unit_cost": "3.10",
        }),
    )
    .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}

async fn need(plant: &Plant, order: &str, quantity: u32) -> Answer {
    let body = json!({"material_id": "MAT-1", "quantity_required": quantity, "is_critical": true});
    plant.post(&format!("/api/v1/work-orders/{order}/bom"), &body).await
}

async fn stock(plant: &Plant) -> [Value; 3] {
    let body = plant.get("/api/v1/materials/MAT-1").await.body;
    ["on_hand_quantity", "allocated_quantity", "available_quantity"].map(|name| body[name].clone())
}

fn codes(answer: &Answer) -> Vec<&str> {
    let refusals = answer.body["refusals"].as_array().into_iter().flatten();
    refusals.filter_map(|refusal| refusal["code"].as_str()).collect()
}

#[tokio::test]
async fn stock_moves_lot_by_lot_and_is_told_with_its_transactions() {
    let plant = plant_with_material().await;
    receive(&plant, 3, "L-2", Some("2027-06-30")).await;
    receive(&plant, 4, "L-1", Some("2027-01-31")).await;
    let issued = moved(&plant, json!({"transaction_type": "issue", "quantity": "5"})).await;
    assert_eq!(issued.status, 201, "{}", issued.body);
    let items = issued.body["items"].as_array().unwrap();
    let taken: Vec<_> = items.iter().map(|one| (&one["lot_number"], &one["quantity"])).collect();
    assert_eq!(taken, [(&json!("L-1"), &json!("4.000")), (&json!("L-2"), &json!("1.000"))]);
    assert_eq!(issued.body["material"]["on_hand_quantity"], "2.000");
    let counted = json!({
        "transaction_type": "adjustment", "counted_quantity": 24, "lot_number": "L-2",
        "expiration_date": "2027-06-30", "from_location": "A-1", "notes": "recount",
    });
    let counted = moved(&plant, counted).await;
    assert_eq!(counted.body["items"][0]["quantity"], "22.000", "{}", counted.body);
    assert_eq!(counted.body["items"][0]["notes"], "recount");
    let boxes = json!({"transaction_type": "receipt", "quantity": 2, "unit_of_measure": "BOX"});
    assert_eq!(moved(&plant, boxes).await.body["material"]["on_hand_quantity"], "48.000");
    let lots = plant.get("/api/v1/materials/MAT-1/lots").await.body;
    assert_eq!(lots["items"].as_array().unwrap().len(), 2);
    let path = "/api/v1/materials/MAT-1/transactions";
    let page = plant.get(&format!("{path}?limit=4")).await.body;
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = plant.get(&format!("{path}?cursor={cursor}")).await.body;
    let count = |page: &Value| page["items"].as_array().unwrap().len();
    assert_eq!((count(&page), count(&rest)), (4, 2));
    let receipts = plant.get(&format!("{path}?transaction_type=receipt")).await.body;
    assert_eq!(receipts["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_bill_makes_an_allocation_set_material_aside_or_refuse() {
    let plant = plant_with_material().await;
    receive(&plant, 10, "L-1", None).await;
    assert_eq!(need(&plant, "WO-1", 8).await.status, 201);
    assert_eq!(need(&plant, "WO-2", 8).await.status, 201);
    let work = |order: &str, n: u32| {
        json!({
            "work_order_id": order, "operator_id": format!("O-{n}"),
            "machine_id": format!("M-{n}"),
        })
    };
    let first = plant.post("/api/v1/allocations", &work("WO-1", 1)).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(stock(&plant).await, ["10.000", "8.000", "2.000"]);
    let path = "/api/v1/allocations/validate";
    let validated = plant.post(path, &work("WO-2", 2)).await.body;
    assert_eq!(validated["refusals"][0]["code"], "material_short", "{validated}");
    let refused = plant.post("/api/v1/allocations", &work("WO-2", 2)).await;
    assert_eq!((refused.status, codes(&refused)), (409, vec!["material_short"]));
    let refusal = &refused.body["refusals"][0];
    assert_eq!((&refusal["required"], &refusal["actual"]), (&json!("8.000"), &json!("2.000")));
    let short = plant.get("/api/v1/materials/shortages").await.body;
    let short = &short["items"][0];
    assert_eq!(short["shortage_quantity"], "6.000", "{short}");
    assert_eq!(short["work_order_ids"], json!(["WO-2"]));
    assert_eq!((&short["is_critical"], &short["unblocks_at"]), (&json!(true), &Value::Null));

    let held = plant.get("/api/v1/reservations?work_order_id=WO-1&status=active").await.body;
    let id = held["items"][0]["reservation_id"].as_i64().unwrap();
    let path = format!("/api/v1/reservations/{id}/move");
    let silent = plant.post(&path, &json!({"work_order_id": "WO-2", "quantity": 6})).await;
    assert_eq!(silent.status, 422, "{}", silent.body);
    let told = json!({"work_order_id": "WO-2", "quantity": 6, "notes": "the customer waits"});
    let handed = plant.post(&path, &told).await;
    assert_eq!(handed.status, 200, "{}", handed.body);
    assert_eq!(handed.body["work_order_id"], "WO-2");
    assert_eq!(stock(&plant).await, ["10.000", "8.000", "2.000"]);
    let second = plant.post("/api/v1/allocations", &work("WO-2", 2)).await;
    assert_eq!(second.status, 201, "{}", second.body);

    let id = second.body["allocation_id"].as_i64().unwrap();
    let done = json!({"quantity_produced": 50});
    let done = plant.post(&format!("/api/v1/allocations/{id}/complete"), &done).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let bom = plant.get("/api/v1/work-orders/WO-2/bom").await.body;
    let line = &bom["items"][0];
    assert_eq!(line["quantity_consumed"], "4.000", "half is made, half is used: {line}");
    assert_eq!(line["quantity_uncovered"], "2.000", "what a person set aside stays: {line}");
    assert_eq!(stock(&plant).await, ["6.000", "4.000", "2.000"]);
}

#[tokio::test]
async fn a_reservation_is_made_drawn_on_and_told_for_good() {
    let plant = plant_with_material().await;
    receive(&plant, 3, "L-1", Some("2027-01-31")).await;
    receive(&plant, 3, "L-2", Some("2027-06-30")).await;
    need(&plant, "WO-1", 5).await;
    let body = json!({"material_id": "MAT-1", "work_order_id": "WO-1", "quantity_reserved": 5});
    let made = plant.post("/api/v1/reservations", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["quantity_reserved"], "3.000", "of the lot that expires first");
    assert_eq!(made.body["further_lots"][0]["quantity_reserved"], "2.000");
    let again = plant.post("/api/v1/reservations", &body).await;
    assert_eq!((again.status, codes(&again)), (409, vec!["would_exceed_required"]));
    let unknown = json!({"material_id": "MAT-9", "work_order_id": "WO-1", "quantity_reserved": 1});
    let unknown = plant.post("/api/v1/reservations", &unknown).await;
    assert_eq!((unknown.status, codes(&unknown)), (409, vec!["unknown_material"]));
    let id = made.body["reservation_id"].as_i64().unwrap();
    let path = format!("/api/v1/reservations/{id}");
    let used = plant.post(&format!("{path}/consume"), &json!({"quantity": "1.5"})).await;
    assert_eq!((used.status, &used.body["quantity_open"]), (200, &json!("1.500")));
    let freed = plant.post(&format!("{path}/release"), &json!({})).await;
    assert_eq!((freed.status, &freed.body["status"]), (200, &json!("released")));
    let over = plant.post(&format!("{path}/consume"), &json!({})).await;
    assert_eq!((over.status, codes(&over)), (409, vec!["unknown_reservation"]));
    let told = plant.get(&path).await.body;
    assert_eq!(told["quantity_consumed"], "1.500");
    assert_eq!(plant.get("/api/v1/reservations/404404").await.status, 404);
    assert_eq!(stock(&plant).await, ["4.500", "2.000", "2.500"]);
}

#[tokio::test]
async fn costs_are_told_to_managers_alone() {
    let plant = plant_with_material().await;
    receive(&plant, 3, "L-1", None).await;
    for (role, sees) in [
        ("manager", true),
        ("admin", true),
        ("planner", false),
        ("supervisor", false),
        ("viewer", false),
        ("auditor", false),
        ("integration", false),
    ] {
        let token = plant.token_of(role).await;
        let look = async |path: &str| {
            plant.send(Request::new("GET", path).token(&token)).await.body.to_string()
        };
        for (path, cost) in [
            ("/api/v1/materials/MAT-1", "\"standard_cost\":\"3.2500\""),
            ("/api/v1/materials", "\"standard_cost\":\"3.2500\""),
            ("/api/v1/materials/MAT-1/transactions", "\"unit_cost\":\"3.1000\""),
        ] {
            let body = look(path).await;
            assert_eq!(body.contains(cost), sees, "{role} {path}: {body}");
            assert_eq!(body.contains("_cost"), sees, "{role} {path}: {body}");
        }
        let log = look("/api/v1/events?limit=500").await;
        if !log.contains("forbidden") {
            assert_eq!(log.contains("_cost"), sees, "{role}: {log}");
            assert!(log.contains("stock_moved"), "{log}");
        }
    }
    let token = plant.token_of("planner").await;
    let request = Request::new("PATCH", "/api/v1/materials/MAT-1").token(&token).if_match("*");
    let changed = plant.send(request.json(&json!({"part_name": "Ball bearing"}))).await;
    assert!(!changed.body.to_string().contains("_cost"), "{}", changed.body);
    let kept = plant.get("/api/v1/materials/MAT-1").await.body;
    assert_eq!(kept["standard_cost"], "3.2500", "who does not see it does not lose it");
}

#[tokio::test]
async fn an_inventory_feed_names_every_row_it_could_not_apply() {
    let plant = plant_with_material().await;
    let row = |sequence: u32, changes: Value| {
        let mut row = json!({
            "material_id": "MAT-1", "transaction_type": "receipt", "quantity": 2,
            "source": {"id": "wms", "sequence": sequence},
        });
        for (name, value) in changes.as_object().unwrap() {
            row[name] = value.clone();
        }
        row
    };
    let rows = json!({"items": [
        row(1, json!({})),
        row(1, json!({})),
        row(2, json!({"material_id": "MAT-9"})),
        row(3, json!({"quantity": -1})),
        row(4, json!({"no_such": 1})),
        row(5, json!({"transaction_type": "issue", "quantity": 3})),
    ]});
    let answer = plant.post("/api/v1/ingest/inventory", &rows).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!((&answer.body["applied"], &answer.body["unchanged"]), (&json!(1), &json!(1)));
    let rejected = answer.body["rejected"].as_array().unwrap();
    let number = |one: &Value, name: &str| one[name].as_u64().unwrap();
    let rejected: Vec<_> =
        rejected.iter().map(|one| (number(one, "row"), number(one, "status"))).collect();
    assert_eq!(rejected, [(3, 404), (4, 422), (5, 422), (6, 409)], "{}", answer.body);
    assert_eq!(stock(&plant).await[0], "2.000");
}

/// 200 at once want one each of the last five of ten units, over two nodes.
#[tokio::test]
async fn of_two_hundred_who_want_the_last_five_five_get_one() {
    let plant = plant_with_material().await;
    receive(&plant, 6, "L-1", Some("2027-01-31")).await;
    receive(&plant, 4, "L-2", None).await;
    let other = plant.at_another_node().await;
    need(&plant, "WO-1", 5).await;
    need(&plant, "WO-2", 500).await;
    let claim = |order: &str, amount: u32| {
        let mut body = json!({"material_id": "MAT-1", "quantity_reserved": amount});
        body["work_order_id"] = json!(order);
        body
    };
    let first = plant.post("/api/v1/reservations", &claim("WO-1", 5)).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let one = claim("WO-2", 1);
    let asked = (0..200).map(|n| {
        let node = if n % 2 == 0 { &plant } else { &other };
        node.post("/api/v1/reservations", &one)
    });
    let answers = join_all(asked).await;
    let got: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(got.len(), 5);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!((answer.status, codes(answer)), (409, vec!["material_short"]));
        assert_eq!(answer.body["refusals"][0]["actual"], "0.000");
    }
    assert_eq!(stock(&plant).await, ["10.000", "10.000", "0.000"]);
    let lots = plant.get("/api/v1/materials/MAT-1/lots").await.body;
    let of = |name: &str| -> f64 {
        let lots = lots["items"].as_array().unwrap().iter();
        lots.map(|lot| lot[name].as_str().unwrap().parse::<f64>().unwrap()).sum()
    };
    assert_eq!((of("quantity"), of("reserved_quantity")), (10.0, 10.0));
    explained_by_the_log(&plant).await;
    plant.assert_sound().await;
}

/// Adding up the log's movements gives what there is and what is set aside, unit by unit.
async fn explained_by_the_log(plant: &Plant) {
    let mut on_hand = 0.0;
    let mut allocated = 0.0;
    let log = plant.get("/api/v1/events?limit=500").await.body;
    for event in log["items"].as_array().unwrap() {
        for movement in event["payload"]["movements"].as_array().into_iter().flatten() {
            let part = |name: &str| movement[name].as_str().unwrap().parse::<f64>().unwrap();
            on_hand += part("on_hand");
            allocated += part("allocated");
            assert!(allocated <= on_hand, "less than nothing at {event}");
        }
    }
    let [told, held, _] = stock(plant).await;
    assert_eq!(told, format!("{on_hand:.3}"));
    assert_eq!(held, format!("{allocated:.3}"));
}
