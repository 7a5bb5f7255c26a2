use http::StatusCode;

use crate::{
    Role,
    samples::fixtures,
    tests::{
        browser::{StationBrowser, open_browser, open_terminal},
        fake_system::{FakeEligibilitySystem, ordinary_behaviour},
    },
};

#[tokio::test]
async fn the_administrator_sees_the_terminals_settings_though_the_system_tells_none() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut administrator = open_browser(&terminal);
    administrator.sign_in(fixtures::institution(), Role::Administrator).await;
    let page = administrator.get("/settings").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(&fixtures::institution().to_string()) && page.body.contains("未対応です。"));
}

#[tokio::test]
async fn the_administrator_changes_settings_and_addresses() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut administrator = open_browser(&terminal);
    administrator.sign_in(fixtures::institution(), Role::Administrator).await;
    let page = administrator.get("/addresses/online").await;
    assert!(page.body.contains("http://reception.localhost:8400/i/kept") && page.body.contains("<svg"));
    let page = administrator.get("/addresses/online/change").await;
    assert!(page.body.contains("前のURLは使えなくなります"));
    let response = administrator.submit_form(&page, "/addresses/online/change", &[]).await;
    assert_eq!(response.location(), Some("/addresses/online?said=changed"));
    assert_eq!(administrator.get("/addresses/elsewhere").await.status, StatusCode::NOT_FOUND);
    assert_eq!(administrator.get("/addresses/online/qr.svg").await.status, StatusCode::NOT_FOUND);
    assert_eq!(administrator.get("/addresses/online/qr.png").await.status, StatusCode::OK);
    let page = administrator.get("/settings").await;
    let response = administrator
        .post_with_token(&page, "/settings", &[("online", "1"), ("home_visit", ""), ("prescription", "9")])
        .await;
    assert_eq!(response.location(), Some("/settings?said=changed"));
    let requests = system.requested_prefixes();
    assert_eq!(requests.iter().filter(|name| *name == "OQSsiurl01req").count(), 3);
    assert_eq!(requests.iter().filter(|name| *name == "OQSsiupd01req").count(), 1);
}
