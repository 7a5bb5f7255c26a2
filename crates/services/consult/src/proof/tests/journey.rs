//! Leaving for a reception and coming back, with a stub of the reception.

use base::Span;
use handover::RegistrationStatus;
use http::StatusCode;

use crate::{
    directory,
    tests::world::{PatientBrowser, StubBehaviour, parse_timestamp, world},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_books_leaves_registers_and_comes_back() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    let done = browser.get(&format!("{detail}/booked")).await;
    let policy = done.header("content-security-policy");
    assert!(policy.contains("form-action 'self' http://127.0.0.1:"), "{policy}");
    done.assert_contains("予約できました")
        .assert_contains("次は、保険の確認です")
        .assert_contains("同意可否を選択する")
        .assert_contains("保険証画像をアップロードする");
    let departure = browser.depart(&detail).await;
    browser.get(&detail).await.assert_contains("手続きの途中です").assert_contains("手続きの続きへ");
    browser.get("/appointments").await.assert_contains("手続きの途中です");
    let return_path = world.reception.register(departure.redirect_target());
    let returned = browser.get(&return_path).await;
    let page = returned.redirect_target().to_owned();
    browser
        .get(&page)
        .await
        .assert_contains("以上で、マイナ保険証の利用のための手続きは完了です")
        .assert_contains("11月25日（水）の夜12時まで");
    // Back button or reload: the same page, and the code is not redeemed twice.
    assert_eq!(browser.get(&return_path).await.redirect_target(), page);
    assert_eq!(world.reception.state.lock().unwrap().redemptions, 1);
    let detail_page = browser.get(&detail).await.assert_contains("準備ができています").assert_contains("受付番号");
    assert!(!detail_page.body.contains("同意可否を選択する"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_ends_without_registering_is_told_so_and_goes_on() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    let departure = browser.depart(&detail).await;
    let return_path = world.reception.end_without_registering(departure.redirect_target());
    let page = browser.get(&return_path).await.redirect_target().to_owned();
    browser.get(&page).await.assert_contains("同意は登録されていません").assert_contains("同意可否を選択する");
    let departure = browser.depart(&detail).await;
    let return_path = world.reception.register(departure.redirect_target());
    let page = browser.get(&return_path).await.redirect_target().to_owned();
    browser.get(&page).await.assert_contains("手続きが終わりました");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_browser_takes_nothing() {
    let world = world().await;
    let (mut account, mut other_patient) = (world.browser(), world.browser());
    account.sign_in(&world, "hanako@example.jp").await;
    other_patient.sign_in(&world, "taro@example.jp").await;
    let detail = account.book(0, "1").await;
    assert_eq!(other_patient.get(&detail).await.status, StatusCode::NOT_FOUND);
    let departure = account.depart(&detail).await;
    let return_path = world.reception.register(departure.redirect_target());
    let refused = other_patient.get(&return_path).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.assert_contains("別のブラウザで手続きが終わりました");
    assert_eq!(world.reception.state.lock().unwrap().redemptions, 0);
    // A response that was changed is refused.
    let wrong_issuer = format!("{return_path}x");
    assert_eq!(account.get(&wrong_issuer).await.status, StatusCode::BAD_REQUEST);
    let page = account.get(&return_path).await.redirect_target().to_owned();
    account.get(&page).await.assert_contains("手続きが終わりました");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reception_that_is_down_loses_nothing() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    world.reception.update_state(|state| state.behaviour = StubBehaviour::Down);
    let failed_departure = browser.depart(&detail).await;
    assert_eq!(failed_departure.status, StatusCode::BAD_GATEWAY);
    failed_departure.assert_contains("予約は失われていません");
    browser.get(&detail).await.assert_contains("次は、保険の確認です");
    world.reception.update_state(|state| state.behaviour = StubBehaviour::Normal);
    let departure = browser.depart(&detail).await;
    let return_path = world.reception.register(departure.redirect_target());
    world.reception.update_state(|state| state.behaviour = StubBehaviour::TokenBroken);
    let unconfirmed = browser.get(&return_path).await;
    assert_eq!(unconfirmed.status, StatusCode::BAD_GATEWAY);
    unconfirmed.assert_contains("登録状況を確認できません");
    world.reception.update_state(|state| state.behaviour = StubBehaviour::Normal);
    // The code is still valid: a reload redeems it.
    let page = browser.get(&return_path).await.redirect_target().to_owned();
    browser.get(&page).await.assert_contains("手続きが終わりました");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_seen_and_a_silent_reception_is_no_error() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    let departure = browser.depart(&detail).await;
    let return_path = world.reception.register(departure.redirect_target());
    browser.get(&return_path).await;
    world.reception.update_state(|state| {
        (state.behaviour, state.registration_status) = (StubBehaviour::Down, RegistrationStatus::Withdrawn);
    });
    world.clock.set(world.clock.now().plus(Span::from_mins(2)));
    browser.get(&detail).await.assert_contains("準備ができています");
    world.reception.update_state(|state| state.behaviour = StubBehaviour::Normal);
    browser.get(&detail).await.assert_contains("準備ができています");
    assert_eq!(world.reception.state.lock().unwrap().status_requests, 1, "at most once a minute");
    world.clock.set(world.clock.now().plus(Span::from_mins(2)));
    browser.get(&detail).await.assert_contains("同意が取り消されました").assert_contains("同意可否を選択する");
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_voids_and_midnight_ends() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    let departure = browser.depart(&detail).await;
    let return_path = world.reception.register(departure.redirect_target());
    browser.get(&return_path).await;
    browser.get(&format!("{detail}/move")).await.assert_contains("日付を変えると、保険の手続きは無効になります");
    let start = parse_timestamp("2026-11-26T10:00:00+09:00").milliseconds().to_string();
    let confirm = format!("{detail}/move/confirm?start={start}");
    browser.get(&confirm).await.assert_contains("今の保険の手続きは無効になります");
    let moved = browser.open_and_submit(&confirm, &format!("{detail}/move"), &[("start", &start)]).await;
    assert_eq!(moved.redirect_target(), format!("{detail}?moved=1"));
    browser
        .get(moved.redirect_target())
        .await
        .assert_contains("日時を変更しました")
        .assert_contains("2026年11月25日（水） 10:00〜10:15");
    browser
        .get(&detail)
        .await
        .assert_contains("11月25日（水）の診察のための手続きは無効になりました")
        .assert_contains("同意可否を選択する");
    world.clock.set(parse_timestamp("2026-11-27T00:00:00+09:00"));
    let over = browser.get(&detail).await.assert_contains("診察日が終わりました");
    assert!(!over.body.contains("同意可否を選択する"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fixed_url_shows_the_day_and_takes_her_word() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(1, "1").await;
    let departure = browser.depart(&detail).await;
    let page = departure.redirect_target().to_owned();
    assert_eq!(page, format!("{detail}/leave"));
    browser
        .get(&page)
        .await
        .assert_contains("2026年11月25日（水）")
        .assert_contains("手続きを終えました")
        .assert_contains("<svg");
    let done = browser.open_and_submit(&page, &format!("{detail}/done"), &[]).await;
    assert_eq!(done.redirect_target(), detail);
    browser
        .get(&detail)
        .await
        .assert_contains("登録は医療機関が確認します")
        .assert_contains(&format!("href=\"{page}\""));
    // A patient who reported too early still finds the page of the procedure.
    browser.get(&page).await.assert_contains("マイナ在宅受付Webを開く");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_without_the_card_offers_only_the_picture_and_self_pay_nothing() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(2, "1").await;
    let page = browser.get(&detail).await;
    let page = page.assert_contains("保険証画像をアップロードする").assert_contains("マイナ保険証に対応していない");
    assert!(!page.body.contains("同意可否を選択する"));
    let code = directory::samples::institutions()[2].code;
    browser.get(&format!("/institutions/{code}")).await.assert_contains("この医療機関はマイナ保険証に対応していません");
    let self_pay = browser.book(0, "2").await;
    browser.get(&self_pay).await.assert_contains("保険の確認は必要ありません");
}
