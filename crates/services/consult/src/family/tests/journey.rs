//! A mother books for her child, and the father goes on with it.

use test_browser::Browser;

use crate::{
    directory,
    tests::world::{PatientBrowser, START, World, parse_timestamp, world},
};

const MOTHER: &str = "mother@example.jp";
const FATHER: &str = "father@example.jp";

const CHILD: [(&str, &str); 5] = [
    ("relationship", "child"),
    ("name", "山田 小春"),
    ("kana", "やまだ こはる"),
    ("birth", "令和元年5月8日"),
    ("phone", "090-1234-5678"),
];

/// The path of the link in the newest letter to an address.
async fn mailed_path(world: &World, address: &str, prefix: &str) -> String {
    let letters = world.consult.list_outbox().await.expect("the outbox");
    let letter = letters.into_iter().find(|outbox| outbox.letter.to == address).expect("a letter");
    let start = letter.letter.body.find(prefix).expect("a link");
    letter.letter.body[start..].lines().next().expect("a line").to_owned()
}

async fn hold(browser: &mut Browser) -> String {
    let menu = format!("/institutions/{}/menus/1", directory::samples::institutions()[0].code);
    let start = parse_timestamp(START).milliseconds().to_string();
    let held = browser.open_and_submit(&menu, &format!("{menu}/hold"), &[("start", &start)]).await;
    held.redirect_target().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_added_on_the_way_to_booking_and_booked_for() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, MOTHER).await;
    let confirm = hold(&mut browser).await;
    // With one patient nobody is asked; the page offers to book for somebody else.
    let choice = browser.get(&confirm).await.link("/book/patient?");
    let add = browser.get(&choice).await.assert_contains("どなたの予約ですか").link("/profile/family/new?");
    let added = browser.open_and_submit(&add, "/profile/family/new", &CHILD).await;
    assert_eq!(added.redirect_target(), choice, "back to where the person is chosen");
    // From now on it is asked for whom.
    assert_eq!(browser.get(&confirm).await.redirect_target(), choice);
    let links = browser.get(&choice).await.assert_contains("7歳").find_links("&patient=");
    assert_eq!(links.len(), 2);
    let page = browser.get(&links[1]).await.assert_contains("山田　小春（ヤマダ　コハル）");
    let booked = browser.submit_form(&page, "/book", &[]).await;
    let appointment = booked.redirect_target().strip_suffix("/booked").expect("予約完了画面").to_owned();
    browser
        .get(&appointment)
        .await
        .assert_contains("山田 小春")
        .assert_contains("お子さまのマイナンバーカードを使います")
        .assert_contains("法定代理人");
    browser.get("/appointments").await.assert_contains("山田 小春");
    // The choice of a stranger's patient is none.
    let mut stranger = world.browser();
    stranger.sign_in(&world, "stranger@example.jp").await;
    assert_eq!(stranger.get(&links[1]).await.status, http::StatusCode::NOT_FOUND);
    assert_eq!(stranger.get(&appointment).await.status, http::StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_parent_is_invited_by_mail_and_goes_on_with_the_appointment() {
    let world = world().await;
    let mut mother = world.browser();
    mother.sign_in(&world, MOTHER).await;
    mother.open_and_submit("/profile/family/new", "/profile/family/new", &CHILD).await;
    let confirm = hold(&mut mother).await;
    let choice = mother.get(&confirm).await.redirect_target().to_owned();
    let child = mother.get(&choice).await.find_links("&patient=").remove(1);
    let page = mother.get(&child).await;
    let booked = mother.submit_form(&page, "/book", &[]).await;
    let appointment = booked.redirect_target().strip_suffix("/booked").expect("予約完了画面").to_owned();
    let invite = format!("{}/invite", mother.get("/profile/family").await.link("/profile/family/"));
    let sent = mother.open_and_submit(&invite, &invite, &[("mail", FATHER), ("relationship", "child")]).await;
    assert_eq!(sent.redirect_target(), "/profile/family?invited=1");
    mother.get("/profile/family?invited=1").await.assert_contains("招待のメールを送りました");
    let link = mailed_path(&world, FATHER, "/family-invitations/").await;
    // Another address is told nothing of the child.
    let mut stranger = world.browser();
    assert!(stranger.get(&link).await.redirect_target().starts_with("/sign-in?"));
    stranger.sign_in(&world, "stranger@example.jp").await;
    let refused =
        stranger.get(&link).await.assert_contains("stranger@example.jp").assert_contains("この招待は開けません");
    assert!(!refused.body.contains("小春"), "{}", refused.body);
    let mut father = world.browser();
    father.sign_in(&world, FATHER).await;
    father.get(&link).await.assert_contains("山田 小春");
    assert_eq!(father.open_and_submit(&link, &link, &[]).await.redirect_target(), "/appointments");
    father.get("/appointments").await.assert_contains("山田 小春");
    father.get(&appointment).await.assert_contains("山田 小春");
    father.get(&link).await.assert_contains("この招待は、もう使われました");
    mother.get("/profile/family").await.assert_contains("f***@example.jp");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relative_is_changed_and_removed_with_their_visits() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, MOTHER).await;
    browser
        .open_and_submit("/profile/family/new", "/profile/family/new", &CHILD[..1])
        .await
        .assert_contains("お名前を、保険の書類に書かれているとおりに入力してください");
    browser.open_and_submit("/profile/family/new", "/profile/family/new", &CHILD).await;
    let change = browser.get("/profile/family").await.link("/profile/family/");
    let remove = format!("{change}/remove");
    let with = |name: &'static str, value: &'static str| {
        CHILD.map(|field| if field.0 == name { (name, value) } else { field })
    };
    let of_age = browser.open_and_submit(&change, &change, &with("birth", "昭和60年4月3日")).await;
    of_age.assert_contains("18歳以上の方は");
    let changed = browser.open_and_submit(&change, &change, &with("name", "山田 春子")).await;
    assert_eq!(changed.redirect_target(), "/profile/family");
    browser.get("/profile/family").await.assert_contains("山田 春子");
    let confirm = hold(&mut browser).await;
    let choice = browser.get(&confirm).await.redirect_target().to_owned();
    let page = browser.get(&choice).await.find_links("&patient=").remove(1);
    let page = browser.get(&page).await;
    browser.submit_form(&page, "/book", &[]).await;
    browser
        .open_and_submit(&remove, &remove, &[])
        .await
        .assert_contains("これからの予約をキャンセルする場合は、チェックを入れてください");
    let removed = browser.open_and_submit(&remove, &remove, &[("cancel", "1")]).await;
    assert_eq!(removed.redirect_target(), "/profile/family");
    browser.get("/profile/family").await.assert_contains("まだどなたも登録されていません");
    assert_eq!(browser.get(&remove).await.status, http::StatusCode::NOT_FOUND);
}
