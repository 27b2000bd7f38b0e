//! Signing in and out: what is answered, what a browser is asked to prove, what ends when.
//!
//! No test here measures time: that an unknown user costs the same work is counted.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Answer, Plant, Request};

const PASSWORD: &str = "correct horse battery";
const ME: &str = "/api/v1/auth/me";
const STATUS: &str = "/api/v1/operators/O-1/status";

/// The cookie and the token beside it, as a browser has them after a sign-in.
struct Browser {
    cookie: String,
    csrf_token: String,
    session_token: String,
}

impl Browser {
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.contains("; HttpOnly; SameSite=Strict; Path=/"), "{cookie}");
        let text = |member: &str| answer.body[member].as_str().unwrap().to_owned();
        Self {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf_token: text("csrf_token"),
            session_token: text("session_token"),
        }
    }

    fn request(&self, method: &str, path: &str) -> Request {
        Request::new(method, path).token("").header("cookie", &self.cookie)
    }
}

async fn supervisor(plant: &Plant) -> Browser {
    plant.add_user("S-042", "supervisor", PASSWORD).await;
    Browser::of(&plant.sign_in("S-042", PASSWORD).await)
}

#[tokio::test]
async fn a_session_works_by_cookie_and_as_bearer_until_it_ends() {
    let plant = Plant::with_floor().await;
    let browser = supervisor(&plant).await;
    let me = plant.send(browser.request("GET", ME)).await;
    assert_eq!(me.status, 200, "{}", me.body);
    assert_eq!((&me.body["user_id"], &me.body["role"]), (&json!("S-042"), &json!("supervisor")));
    assert_eq!(me.body["csrf_token"], browser.csrf_token);
    assert_eq!(me.body["time_zone"], "UTC");
    let may = me.body["permissions"].as_array().unwrap();
    assert!(may.contains(&json!("override")) && !may.contains(&json!("manage_users")));
    assert_eq!(me.header("cache-control").unwrap(), "no-store");
    let bearer = || Request::new("GET", ME).token(&browser.session_token);
    assert_eq!(plant.send(bearer()).await.status, 200);

    plant.test().clock.advance_minutes(8 * 60 - 1);
    assert_eq!(plant.send(bearer()).await.status, 200);
    plant.test().clock.advance_minutes(1);
    assert_eq!(plant.send(bearer()).await.status, 401);
    assert_eq!(plant.send(browser.request("GET", ME)).await.status, 401);
}

#[tokio::test]
async fn whoever_signs_out_is_a_stranger_at_once() {
    let plant = Plant::with_floor().await;
    let browser = supervisor(&plant).await;
    let other = Browser::of(&plant.sign_in("S-042", PASSWORD).await);
    let out = browser.request("POST", "/api/v1/auth/logout");
    let out = plant.send(out.header("x-csrf-token", &browser.csrf_token)).await;
    assert_eq!(out.status, 204, "{}", out.body);
    assert!(out.header("set-cookie").unwrap().starts_with("mraos_session=; "), "taken away");
    assert_eq!(plant.send(browser.request("GET", ME)).await.status, 401);
    assert_eq!(plant.send(other.request("GET", ME)).await.status, 200);
    let token = Request::new("POST", "/api/v1/auth/logout");
    assert_eq!(plant.send(token).await.body["code"], "session_required");
}

#[tokio::test]
async fn a_change_with_the_cookie_has_to_come_from_our_own_page() {
    let plant = Plant::with_floor().await;
    let browser = supervisor(&plant).await;
    let body = json!({"status": "break"});
    let post = || browser.request("POST", STATUS).json(&body);
    let code = async |request: Request| {
        let answer = plant.send(request).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
        answer.body["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code(post()).await, "csrf_token_wrong");
    assert_eq!(code(post().header("x-csrf-token", "0")).await, "csrf_token_wrong");
    let right = || post().header("x-csrf-token", &browser.csrf_token);
    assert_eq!(code(right().header("origin", "https://evil.example")).await, "foreign_origin");
    assert_eq!(code(right().header("origin", "null")).await, "foreign_origin");
    assert_eq!(plant.send(right()).await.status, 200);
    assert_eq!(plant.send(right().header("origin", plant.base())).await.status, 200);
    let bearer = Request::new("POST", STATUS).token(&browser.session_token).json(&body);
    assert_eq!(plant.send(bearer).await.status, 200);
    let login = Request::new("POST", "/api/v1/auth/login").token("");
    let login = login.json(&json!({"user_id": "S-042", "password": PASSWORD}));
    assert_eq!(code(login.header("origin", "https://evil.example")).await, "foreign_origin");
}

#[tokio::test]
async fn a_refused_sign_in_does_not_tell_why() {
    let plant = Plant::with_floor().await;
    supervisor(&plant).await;
    plant.add_user("S-043", "viewer", PASSWORD).await;
    let gone = plant.send(Request::new("DELETE", "/api/v1/users/S-043")).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    let checks = || plant.test().app.accounts().password_checks();
    let mut answers = Vec::new();
    let before = checks();
    for (user_id, password) in [
        ("S-042", "wrong horse battery"),
        ("nobody", PASSWORD),
        ("S-043", PASSWORD),
        ("S-042", &"x".repeat(500)),
    ] {
        let answer = plant.sign_in(user_id, password).await;
        assert_eq!(answer.body["code"], "wrong_credentials", "{user_id}: {}", answer.body);
        answers.push((answer.status, answer.body));
    }
    assert!(answers.iter().all(|one| *one == answers[0]), "{answers:?}");
    assert_eq!(checks() - before, 4, "each costs one hash, whoever is meant");
}

#[tokio::test]
async fn failures_run_out_and_success_costs_nothing() {
    let plant = Plant::with_floor().await;
    supervisor(&plant).await;
    for _ in 0..12 {
        assert_eq!(plant.sign_in("S-042", PASSWORD).await.status, 200);
    }
    let mut statuses = Vec::new();
    for _ in 0..11 {
        let answer = plant.sign_in("S-042", "wrong horse battery").await;
        statuses.push(answer.status);
        if answer.status == 429 {
            let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=31).contains(&wait), "{wait}");
            assert_eq!(answer.body["code"], "too_many_attempts");
        }
    }
    assert!(statuses[..10].iter().all(|status| *status == 401), "{statuses:?}");
    assert_eq!(statuses[10], 429, "{statuses:?}");
    assert_eq!(plant.sign_in("S-042", PASSWORD).await.status, 429, "not even the right one");
    assert_eq!(plant.sign_in("S-999", PASSWORD).await.status, 401, "others go on");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let plant = Plant::with_floor().await;
    let browser = supervisor(&plant).await;
    let other = Browser::of(&plant.sign_in("S-042", PASSWORD).await);
    let change = async |current: &str, new: &str| {
        let request = browser.request("POST", "/api/v1/auth/password");
        let request = request.header("x-csrf-token", &browser.csrf_token);
        let body = json!({"current_password": current, "new_password": new});
        plant.send(request.json(&body)).await
    };
    let wrong = change("wrong horse battery", "a new horse battery").await;
    assert_eq!(
        (wrong.status, &wrong.body["errors"][0]["pointer"]),
        (422, &json!("/current_password"))
    );
    let weak = change(PASSWORD, "password1234").await;
    assert_eq!((weak.status, &weak.body["errors"][0]["pointer"]), (422, &json!("/new_password")));
    assert_eq!(change(PASSWORD, "a new horse battery").await.status, 204);
    assert_eq!(plant.send(browser.request("GET", ME)).await.status, 200);
    assert_eq!(plant.send(other.request("GET", ME)).await.status, 401);
    assert_eq!(plant.sign_in("S-042", PASSWORD).await.status, 401);
    assert_eq!(plant.sign_in("S-042", "a new horse battery").await.status, 200);
}

#[tokio::test]
async fn what_one_node_revokes_every_node_refuses_within_a_second() {
    let plant = Plant::with_floor().await;
    let elsewhere = plant.at_another_node().await;
    let browser = supervisor(&plant).await;
    let ask = || browser.request("GET", ME);
    let until = async |wanted: u16| {
        let began = Instant::now();
        while elsewhere.send(ask()).await.status != wanted {
            assert!(began.elapsed() < Duration::from_secs(5), "never {wanted}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        began.elapsed()
    };
    until(200).await;
    let gone = plant.send(Request::new("DELETE", "/api/v1/users/S-042")).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    assert_eq!(plant.send(ask()).await.status, 401, "at once where it was done");
    let took = until(401).await;
    assert!(took <= Duration::from_millis(1_100), "{took:?}");
}

#[tokio::test]
async fn a_ticket_is_good_for_one_use_and_half_a_minute() {
    let plant = Plant::with_floor().await;
    let browser = supervisor(&plant).await;
    let accounts = plant.test().app.accounts();
    let issue = async || {
        let request = browser.request("POST", "/api/v1/auth/live-ticket");
        let answer = plant.send(request.header("x-csrf-token", &browser.csrf_token)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["ticket"].as_str().unwrap().to_owned()
    };
    let ticket = issue().await;
    let access = accounts.redeem_ticket(&ticket).await.unwrap().unwrap();
    assert_eq!(access.actor.id.as_str(), "S-042");
    assert!(accounts.redeem_ticket(&ticket).await.unwrap().is_none(), "used up");
    let late = issue().await;
    plant.test().clock.advance_minutes(1);
    assert!(accounts.redeem_ticket(&late).await.unwrap().is_none(), "too late");
    let stale = issue().await;
    plant.send(Request::new("DELETE", "/api/v1/users/S-042")).await;
    assert!(accounts.redeem_ticket(&stale).await.unwrap().is_none(), "its owner is gone");
}

#[tokio::test]
async fn every_answer_says_what_it_may_not_be_used_for() {
    let plant = Plant::with_floor().await;
    for path in ["/api/v1/machines", "/api/v1/nothing", "/healthz", "/", "/api/v1/auth/me"] {
        for token in ["test-token", ""] {
            let answer = plant.send(Request::new("GET", path).token(token)).await;
            assert_eq!(answer.header("x-content-type-options").unwrap(), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy").unwrap(), "no-referrer", "{path}");
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
            assert!(answer.header("access-control-allow-origin").is_none(), "{path}");
            if path.starts_with("/api/") {
                assert_eq!(answer.header("cache-control").unwrap(), "no-store", "{path}");
            }
        }
    }
}
