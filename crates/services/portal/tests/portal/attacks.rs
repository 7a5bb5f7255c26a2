use axum::http::{Method, StatusCode};
use base::{Id, Randomness, Timestamp};
use web::Access;

use crate::world::{ANDROID, IPHONE, World, ticket};

#[tokio::test(flavor = "multi_thread")]
async fn opening_a_link_claims_nothing() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    for route in ["open", "scan"] {
        let page = browser.get(&format!("/{route}?ticket={}", ticket("preview").reveal())).await;
        assert!(page.body.contains("マイナポータルアプリを開いています") && page.body.contains("続ける"));
        assert!(!page.body.contains("http-equiv"), "nothing goes on by itself");
    }
    assert_eq!(world.claim_count(), 0);
    for link in ["/open", "/open?ticket=", "/scan?ticket=short", "/open?ticket=x&ticket=y"] {
        assert_eq!(browser.get(link).await.status, StatusCode::BAD_REQUEST, "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_nobody_elses() {
    let world = World::new().await;
    let (mut owner, mut stranger) = (world.browser(ANDROID), world.browser(ANDROID));
    let session_path = owner.open_with_card(&ticket("owner"), "hanako").await;
    stranger.get("/").await;
    assert_eq!(stranger.get(&session_path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.get(&format!("{session_path}/progress")).await.status, StatusCode::NOT_FOUND);
    for (action, fields) in [("pin", [("pin", "1234")]), ("card", [("card", "hanako")])] {
        assert_eq!(stranger.post(&format!("{session_path}/{action}"), &fields).await.status, StatusCode::NOT_FOUND);
    }
    for action in ["cancel", "send", "another-card"] {
        assert_eq!(stranger.post(&format!("{session_path}/{action}"), &[]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(world.give_ups(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_another_app_claimed_is_refused_in_the_receptions_words() {
    let world = World::new().await;
    let (mut first, mut second) = (world.browser(ANDROID), world.browser(IPHONE));
    first.open_app(&ticket("once"), "link").await;
    let session_path = second.open_app(&ticket("once"), "link").await;
    let page = second.get(&session_path).await;
    assert!(
        page.body.contains("すでに別のアプリで開かれています")
            && page.body.contains("reception.authentication.claimed_before")
    );
    assert_eq!(world.claim_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_submit_presents_the_pin_once() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    let session_path = browser.open_with_card(&ticket("double"), "hanako").await;
    let path = format!("{session_path}/pin");
    let submits = (0..4).map(|_| {
        let (mut browser, path) = (browser.clone(), path.clone());
        tokio::spawn(async move { browser.post(&path, &[("pin", "9999")]).await.status })
    });
    for submit in submits.collect::<Vec<_>>() {
        assert_eq!(submit.await.unwrap(), StatusCode::SEE_OTHER);
    }
    assert_eq!(world.tries_left("hanako").await, 2);
    // Sent again later, the same form confirms nothing either.
    let page = browser.post_and_follow(&path, &[("pin", "9999")]).await;
    assert!(page.body.contains("あと2回"));
    assert_eq!(world.tries_left("hanako").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_asks_for_its_token() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    browser.get("/").await;
    "forged".clone_into(&mut browser.csrf);
    let session_path: Id<()> = Id::new(Timestamp::from_seconds(0), &Randomness::system());
    for route in world.portal.routes().iter().filter(|route| route.method == Method::POST) {
        let path = route.path.replace("{id}", &session_path.to_string());
        assert_eq!(browser.post(&path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_for_whoever_holds_it_and_all_else_is_for_anyone() {
    let world = World::new().await;
    for route in world.portal.routes() {
        let expected = if route.path.starts_with("/visits/") || (route.path == "/open" && route.method == Method::POST)
        {
            Access::Session
        } else {
            Access::Anyone
        };
        assert_eq!(route.access, expected, "{} {}", route.method, route.path);
    }
}
