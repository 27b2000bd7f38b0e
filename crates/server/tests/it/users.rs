//! Administering users and tokens: what changes, what it ends, and that a key makes it repeatable.
//!
//! A password and a secret go one way each; no answer and no table shows them again.

use serde_json::{Value, json};

use crate::harness::{Plant, Request};

const PASSWORD: &str = "correct horse battery";

async fn patch(plant: &Plant, user_id: &str, body: &Value) -> crate::harness::Answer {
    let request = Request::new("PATCH", &format!("/api/v1/users/{user_id}")).if_match("*");
    plant.send(request.json(body)).await
}

#[tokio::test]
async fn a_user_is_made_listed_changed_and_deactivated() {
    let plant = Plant::with_floor().await;
    let body = json!({
        "user_id": "S-042", "role": "supervisor", "password": PASSWORD,
        "display_name": "Grace Hopper", "production_lines": ["Line-2", "Line-1"],
    });
    let made = plant.post("/api/v1/users", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.header("etag").unwrap(), "\"1\"");
    assert_eq!(made.header("location").unwrap(), "/api/v1/users/S-042");
    assert_eq!(made.body["production_lines"], json!(["Line-1", "Line-2"]));
    assert_eq!(made.body["display_name"], "Grace Hopper");
    assert!(!made.body.to_string().contains(PASSWORD));
    let again = plant.post("/api/v1/users", &body).await;
    assert_eq!((again.status, &again.body["code"]), (409, &json!("user_exists")));

    let signed_in = plant.sign_in("S-042", PASSWORD).await;
    let session = signed_in.body["session_token"].as_str().unwrap().to_owned();
    let me = async || plant.send(Request::new("GET", "/api/v1/auth/me").token(&session)).await;
    assert_eq!(me().await.body["display_name"], "Grace Hopper");

    let stale = Request::new("PATCH", "/api/v1/users/S-042").if_match("\"9\"");
    assert_eq!(plant.send(stale.json(&json!({"role": "viewer"}))).await.status, 412);
    let bare = Request::new("PATCH", "/api/v1/users/S-042").json(&json!({"role": "viewer"}));
    assert_eq!(plant.send(bare).await.status, 428);
    let body = json!({"role": "viewer", "production_lines": null, "display_name": null});
    let changed = patch(&plant, "S-042", &body).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let now = me().await.body;
    assert_eq!((&now["role"], &now["production_lines"]), (&json!("viewer"), &Value::Null));
    assert_eq!(now["display_name"], Value::Null);

    let listed = plant.get("/api/v1/users?role=viewer&is_active=true").await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1, "{}", listed.body);
    let token = json!({"name": "S-042", "role": "viewer"});
    let token = plant.post("/api/v1/tokens", &token).await.body["secret"].clone();
    let gone = plant.send(Request::new("DELETE", "/api/v1/users/S-042")).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    assert_eq!(me().await.status, 401);
    let by_token = Request::new("GET", "/api/v1/machines").token(token.as_str().unwrap());
    assert_eq!(plant.send(by_token).await.status, 401, "tokens of that name go as well");
    assert_eq!(plant.sign_in("S-042", PASSWORD).await.status, 401);
    let anew = json!({"user_id": "S-042", "role": "admin", "password": PASSWORD});
    let made_anew = plant.post("/api/v1/users", &anew).await;
    assert_eq!((made_anew.status, &made_anew.body["code"]), (409, &json!("user_exists")));
    assert!(made_anew.body["detail"].as_str().unwrap().contains("deactivated"));
    let shown = plant.get("/api/v1/users/S-042").await;
    assert_eq!(shown.body["is_active"], false);
    assert_eq!(plant.get("/api/v1/users/S-404").await.body["code"], "unknown_user");
}

#[tokio::test]
async fn what_makes_no_user_is_named() {
    let plant = Plant::with_floor().await;
    for (member, value, pointer) in [
        ("role", json!("root"), "/role"),
        ("user_id", json!(""), "/user_id"),
        ("password", json!("short"), "/password"),
        ("password", json!("Password1234"), "/password"),
        ("production_lines", json!([]), "/production_lines"),
        ("production_lines", json!(["L"]), "/production_lines"),
        ("operator_id", json!("a b"), "/operator_id"),
    ] {
        // The one line that is right is wrong for an administrator.
        let mut body = json!({"user_id": "A", "role": "admin", "password": PASSWORD});
        body[member] = value;
        let answer = plant.post("/api/v1/users", &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.body);
        assert!(!answer.body.to_string().contains("Password1234"), "{}", answer.body);
    }
}

#[tokio::test]
async fn somebody_administers_always() {
    let plant = Plant::with_floor().await;
    plant.add_user("A-1", "admin", PASSWORD).await;
    let gone = plant.send(Request::new("DELETE", "/api/v1/users/A-1")).await;
    assert_eq!((gone.status, &gone.body["code"]), (409, &json!("last_administrator")));
    let demoted = patch(&plant, "A-1", &json!({"role": "viewer"})).await;
    assert_eq!(demoted.status, 409, "{}", demoted.body);
    plant.add_user("A-2", "admin", PASSWORD).await;
    assert_eq!(patch(&plant, "A-1", &json!({"role": "viewer"})).await.status, 200);
}

#[tokio::test]
async fn a_reset_password_ends_every_session() {
    let plant = Plant::with_floor().await;
    plant.add_user("S-042", "viewer", PASSWORD).await;
    let signed_in = plant.sign_in("S-042", PASSWORD).await;
    let session = signed_in.body["session_token"].as_str().unwrap().to_owned();
    let reset = patch(&plant, "S-042", &json!({"password": "another horse battery"})).await;
    assert_eq!(reset.status, 200, "{}", reset.body);
    let me = Request::new("GET", "/api/v1/auth/me").token(&session);
    assert_eq!(plant.send(me).await.status, 401);
    assert_eq!(plant.sign_in("S-042", "another horse battery").await.status, 200);
}

#[tokio::test]
async fn the_same_key_gives_the_same_user_and_the_same_secret() {
    let plant = Plant::with_floor().await;
    let user = json!({"user_id": "S-042", "role": "viewer", "password": PASSWORD});
    let token = json!({"name": "mes", "role": "integration"});
    for (path, body) in [("/api/v1/users", &user), ("/api/v1/tokens", &token)] {
        let post =
            |body: &Value| Request::new("POST", path).header("idempotency-key", path).json(body);
        let first = plant.send(post(body)).await;
        assert_eq!(first.status, 201, "{}", first.body);
        assert!(first.header("idempotency-replayed").is_none());
        let second = plant.send(post(body)).await;
        assert_eq!((second.status, &second.body), (201, &first.body));
        assert_eq!(second.header("idempotency-replayed").unwrap(), "true");
        let mut other = body.clone();
        other["role"] = json!("planner");
        let reused = plant.send(post(&other)).await;
        assert_eq!((reused.status, &reused.body["code"]), (422, &json!("idempotency_key_reused")));
    }
    let count = plant.get("/api/v1/tokens").await.body["items"].as_array().unwrap().len();
    assert_eq!(count, 1, "a repeated request makes no second token");
    let sql = "SELECT coalesce(string_agg(outcome, ' '), '') FROM idempotency";
    let owner = plant.test().database.owner().await;
    let kept: String = owner.query_one(sql, &[]).await.unwrap().get(0);
    let again = Request::new("POST", "/api/v1/tokens").header("idempotency-key", "/api/v1/tokens");
    let secret = plant.send(again.json(&token)).await.body["secret"].clone();
    assert!(!kept.contains(secret.as_str().unwrap()), "the secret is kept sealed");
    assert!(!kept.contains("argon2") && !kept.contains(PASSWORD), "{kept}");
    let works = Request::new("GET", "/api/v1/machines").token(secret.as_str().unwrap());
    assert_eq!(plant.send(works).await.status, 200);
}
