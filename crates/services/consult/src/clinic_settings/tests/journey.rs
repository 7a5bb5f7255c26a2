//! The pages of the clinic's settings, as a manager uses them.

use http::StatusCode;
use test_browser::{Browser, Page};

use crate::{
    clinic::rules::staff_role::StaffRole,
    directory::samples::{institutions, offers},
    tests::world::world,
};

/// The address that a page links to with this label.
fn link_target(page: &Page, label: &str) -> String {
    let (before, _) = page.body.split_once(&format!("\">{label}<")).expect(label);
    before.rsplit_once("href=\"").expect("a link").1.to_owned()
}

async fn submit(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    browser.open_and_submit(path, path, fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_adds_a_doctor_hours_and_a_menu_and_patients_see_them_at_once() {
    let world = world().await;
    let mut manager = world.sign_in_with_role(0, StaffRole::Manager).await;
    let code = institutions()[0].code;

    let wrong = submit(&mut manager, "/desk/clinic/doctors/new", &[("name", ""), ("hours", "clinic")]).await;
    assert_eq!(wrong.status, StatusCode::OK);
    assert!(wrong.body.contains("氏名を確認してください"), "{}", wrong.body);
    let doctor =
        [("name", "新任 医師"), ("registration_year", "２０１０"), ("hours", "own"), ("hours_2", "18:00-20:00")];
    let saved = submit(&mut manager, "/desk/clinic/doctors/new", &doctor).await;
    assert_eq!(saved.redirect_target(), "/desk/clinic?said=saved");
    let overview = manager.get("/desk/clinic").await;
    assert!(overview.body.contains("新任　医師（医籍登録 2010年）"), "{}", overview.body);

    let wrong = submit(&mut manager, "/desk/clinic/hours", &[("hours_0", "22:00-26:00")]).await;
    assert!(wrong.body.contains("日をまたぐ時間は"), "{}", wrong.body);
    assert!(wrong.body.contains("22:00-26:00"), "what was typed is still there");
    let saved = submit(&mut manager, "/desk/clinic/hours", &[("hours_2", "9:00-12:00")]).await;
    assert_eq!(saved.redirect_target(), "/desk/clinic?said=saved");

    let wrong = submit(&mut manager, "/desk/clinic/menus/new", &[("name", "夜間"), ("minutes", "0")]).await;
    assert!(wrong.body.contains("1から240までの数字"), "{}", wrong.body);
    let menu = [
        ("charge", "insured"),
        ("name", "夜間の再診"),
        ("minutes", "20"),
        ("fee", "自己負担分"),
        ("horizon_days", "30"),
    ];
    let saved = submit(&mut manager, "/desk/clinic/menus/new", &menu).await;
    assert_eq!(saved.redirect_target(), "/desk/clinic?said=saved");

    let mut account = world.browser();
    let page = account.get(&format!("/institutions/{code}")).await;
    for expected in ["夜間の再診", "新任　医師（医籍登録 2010年）", "水 9:00〜12:00"] {
        assert!(page.body.contains(expected), "{expected}: {}", page.body);
    }
    let slots = account.get(&format!("/institutions/{code}/menus/3")).await;
    assert!(slots.body.contains("どの医師でもよい"), "{}", slots.body);
    let of_doctor = account.get(&link_target(&slots, "新任　医師").replace("&amp;", "&")).await;
    assert!(of_doctor.body.contains("18:00") && !of_doctor.body.contains(">9:00<"), "{}", of_doctor.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_is_checked_recorded_and_lifted() {
    let world = world().await;
    let mut manager = world.sign_in_with_role(0, StaffRole::Manager).await;
    let code = offers()[0].institution.code;
    let fields = [("from_date", "2026-11-25"), ("reason", "学会"), ("reason_english", "Congress")];
    let wrong = submit(&mut manager, "/desk/clinic/closures/new", &[("from_date", "2026-11-01")]).await;
    assert!(wrong.body.contains("過ぎた時間は休診にできません"), "{}", wrong.body);
    let checked = submit(&mut manager, "/desk/clinic/closures/new", &fields).await;
    assert!(checked.body.contains("この時間に予約はありません"), "{}", checked.body);
    let mut account = world.browser();
    let before = account.get(&format!("/institutions/{code}/menus/1?day=2026-11-25")).await;
    assert!(!before.body.contains("学会"), "nothing is closed before the button is pressed");
    let close = [&fields[..], &[("step", "close")]].concat();
    let closed = submit(&mut manager, "/desk/clinic/closures/new", &close).await;
    let path = closed.redirect_target().to_owned();
    let shown = account.get(&format!("/institutions/{code}/menus/1?day=2026-11-25")).await;
    assert!(shown.body.contains("学会"), "{}", shown.body);
    let lifted = manager.open_and_submit(&path, &format!("{path}/lift"), &[]).await;
    assert_eq!(lifted.redirect_target(), "/desk/clinic?said=lifted");
    let open = account.get(&format!("/institutions/{code}/menus/1?day=2026-11-25")).await;
    assert!(!open.body.contains("学会"), "{}", open.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_role_finds_the_settings() {
    let world = world().await;
    for role in [StaffRole::Desk, StaffRole::Doctor] {
        let mut browser = world.sign_in_with_role(0, role).await;
        assert_eq!(browser.get("/desk/clinic").await.status, StatusCode::NOT_FOUND, "{role}");
        let page = browser.get("/desk/settings").await;
        assert!(!page.body.contains("href=\"/desk/clinic\""), "{role}");
        let refused = browser.post_with_token(&page, "/desk/clinic/hours", &[("hours_0", "9:00-10:00")]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{role}");
    }
}
