//! Booking, from choosing a slot to confirming it: what every page on the way shows and asks.

use base::Span;
use http::StatusCode;
use test_browser::{Browser, Page};

use crate::{
    directory,
    tests::world::{PatientBrowser, START, World, parse_timestamp, world},
};

const PATIENT: &str = "hanako@example.jp";

/// The path of the menu that is booked: the first one of the first clinic.
fn menu_path() -> String {
    format!("/institutions/{}/menus/1", directory::samples::institutions()[0].code)
}

/// The path of the page that confirms a slot of that menu.
fn confirm_path(start: &str) -> String {
    let code = directory::samples::institutions()[0].code;
    format!("/book?institution={code}&menu=1&start={}", parse_timestamp(start).milliseconds())
}

async fn choose(browser: &mut Browser, start: &str) -> Page {
    let start = parse_timestamp(start).milliseconds().to_string();
    let menu = menu_path();
    browser.open_and_submit(&menu, &format!("{menu}/hold"), &[("start", &start)]).await
}

/// The one-time codes in letters to an address, newest first.
async fn mailed_codes(world: &World, mail: &str) -> Vec<String> {
    let letters = world.consult.list_outbox().await.expect("the outbox");
    let entries = letters.into_iter().filter(|entry| entry.letter.to == mail);
    let code = |text: &str| text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned);
    entries.filter_map(|entry| code(&entry.letter.subject)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_from_signing_in_to_confirming_shows_what_is_booked() {
    let world = world().await;
    let mut browser = world.browser();
    assert_eq!(choose(&mut browser, START).await.redirect_target(), confirm_path(START));
    let sign_in = browser.get(&confirm_path(START)).await.redirect_target().to_owned();
    let name = &directory::samples::institutions()[0].name;
    let check_step = |page: Page, step: u8| {
        page.assert_contains(&format!("予約 {step}/4"))
            .assert_contains(name)
            .assert_contains("11月25日（水） 10:00")
            .assert_contains("8:10まで、この時間を確保")
    };
    check_step(browser.get(&sign_in).await, 1);
    let onward = confirm_path(START);
    browser.open_and_submit(&sign_in, "/sign-in", &[("mail", PATIENT), ("onward", &onward)]).await;
    check_step(browser.get("/sign-in/code").await, 2);
    let code = mailed_codes(&world, PATIENT).await.remove(0);
    let profile = browser
        .open_and_submit("/sign-in/code", "/sign-in/code", &[("code", &code)])
        .await
        .redirect_target()
        .to_owned();
    assert!(profile.starts_with("/profile?"), "{profile}");
    check_step(browser.get(&profile).await, 3);
    let fields = [
        ("name", "山田 花子"),
        ("kana", "やまだ はなこ"),
        ("birth", "昭和60年4月3日"),
        ("phone", "09012345678"),
        ("onward", &onward),
    ];
    assert_eq!(browser.open_and_submit(&profile, "/profile", &fields).await.redirect_target(), onward);
    // The confirmation repeats the details before anything is booked.
    let confirm = check_step(browser.get(&onward).await, 4)
        .assert_contains("山田　花子（ヤマダ　ハナコ）")
        .assert_contains("1985年（昭和60年）4月3日・41歳")
        .assert_contains("電話：090-1234-5678");
    let change = confirm.link("/profile?onward=");
    let fields =
        [("birth", "昭和61年4月3日")].into_iter().chain(fields.into_iter().filter(|(name, _)| *name != "birth"));
    let saved = browser.open_and_submit(&change, "/profile", &fields.collect::<Vec<_>>()).await;
    assert!(saved.redirect_target().starts_with(&onward), "and back to the booking");
    browser.get(&onward).await.assert_contains("1986年（昭和61年）4月3日・40歳");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_code_is_sent_half_a_minute_after_the_last_and_not_before() {
    let world = world().await;
    let mut browser = world.browser();
    browser.open_and_submit("/sign-in", "/sign-in", &[("mail", PATIENT), ("onward", &confirm_path(START))]).await;
    let resend_path = "/sign-in/code/again";
    world.clock.set(world.clock.now().plus(Span::from_secs(29)));
    let too_early = browser.open_and_submit("/sign-in/code", resend_path, &[]).await;
    too_early.assert_contains("あと1秒たつと、もう一度送れます").assert_contains("予約 2/4");
    assert_eq!(mailed_codes(&world, PATIENT).await.len(), 1);
    world.clock.set(world.clock.now().plus(Span::from_secs(1)));
    assert_eq!(browser.open_and_submit("/sign-in/code", resend_path, &[]).await.redirect_target(), "/sign-in/code");
    let codes = mailed_codes(&world, PATIENT).await;
    assert_eq!(codes.len(), 2);
    browser.get("/sign-in/code").await.assert_contains("予約 2/4");
    if codes[0] != codes[1] {
        browser
            .open_and_submit("/sign-in/code", "/sign-in/code", &[("code", &codes[1])])
            .await
            .assert_contains("コードが違います");
    }
    let signed_in = browser.open_and_submit("/sign-in/code", "/sign-in/code", &[("code", &codes[0])]).await;
    assert!(signed_in.redirect_target().starts_with("/profile?"), "{}", signed_in.redirect_target());
    let mut other_browser = world.browser();
    let page = other_browser.get("/sign-in").await;
    let response = other_browser.post_with_token(&page, resend_path, &[]).await;
    assert_eq!(response.redirect_target(), "/sign-in", "who waits for no code is asked for the address");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_time_leads_to_the_times_of_the_same_menu_on_the_same_day() {
    let world = world().await;
    let (mut account, mut other_patient) = (world.browser(), world.browser());
    account.sign_in(&world, PATIENT).await;
    other_patient.sign_in(&world, "taro@example.jp").await;
    let code = directory::samples::institutions()[0].code.to_string();
    let start = parse_timestamp(START).milliseconds().to_string();
    let fields = [("institution", code.as_str()), ("menu", "1"), ("start", start.as_str())];
    // The slot is not held, so that the other patient can book it meanwhile.
    account.get(&confirm_path(START)).await.assert_contains("この内容で予約する");
    other_patient.open_and_submit(&confirm_path(START), "/book", &fields).await.redirect_target();
    let page = account.get("/profile").await;
    let lost = [
        account.post_with_token(&page, "/book", &fields).await,
        choose(&mut account, START).await,
        account.get(&confirm_path(START)).await,
    ];
    for page in lost {
        assert_eq!(page.status, StatusCode::CONFLICT);
        let page = page
            .assert_contains("先にほかの方の予約が入りました")
            .assert_contains("11月25日（水） 10:00の予約はできていません")
            .assert_contains(&format!("action=\"{}/hold\"", menu_path()));
        let day = page.body.split("id=\"day-2026-11-25\"").nth(1).expect("the day is there");
        let day = day.split("id=\"day-").next().expect("up to the next day");
        assert!(day.contains("<details name=\"day\" open") && day.contains("name=\"start\""), "it is unfolded: {day}");
        assert_eq!(page.body.matches("<details name=\"day\" open").count(), 1, "and no other day is");
        page.assert_contains("山田さん").assert_contains("action=\"/sign-out\"").assert_contains("予約一覧");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_visit_on_one_day_is_booked_once_the_patient_confirms_it() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, PATIENT).await;
    let first_visit = browser.book(0, "1").await;
    let later = confirm_path("2026-11-25T11:00:00+09:00");
    let confirmation = browser
        .get(&later)
        .await
        .assert_contains("同じ日に、この医療機関の別の予約があります")
        .assert_contains("2026年11月25日（水） 10:00〜10:15")
        .assert_contains("両方とも予約する");
    let code = directory::samples::institutions()[0].code.to_string();
    let start = parse_timestamp("2026-11-25T11:00:00+09:00").milliseconds().to_string();
    let fields = [("institution", code.as_str()), ("menu", "1"), ("start", start.as_str())];
    let sent_back = browser.post_with_token(&confirmation, "/book", &fields).await;
    assert!(sent_back.redirect_target().starts_with(&later), "a form that does not name the other visit is sent back");
    let id = first_visit.rsplit('/').next().expect("an id");
    let accepted = browser.submit_form(&confirmation, "/book", &[("same_day", id)]).await;
    assert!(accepted.redirect_target().ends_with("/booked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_page_keeps_the_name_of_whoever_is_signed_in() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, PATIENT).await;
    let page = browser.get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.assert_contains("山田さん")
        .assert_contains("action=\"/sign-out\"")
        .assert_contains("予約一覧")
        .assert_contains("登録情報");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_when_the_week_is_over_is_shown_the_next_one() {
    let world = world().await;
    let mut browser = world.browser();
    let menu = format!("/institutions/{}/menus/1", directory::samples::institutions()[0].code);
    let load_page_at = async |browser: &mut Browser, path: &str, now: &str| {
        world.clock.set(parse_timestamp(now));
        browser.get(path).await.body
    };
    // Before and after the start of the last visit of that Friday.
    let friday = load_page_at(&mut browser, &menu, "2026-11-27T16:00:00+09:00").await;
    assert!(friday.contains("day-2026-11-27") && !friday.contains("day-2026-11-30"));
    let evening = load_page_at(&mut browser, &menu, "2026-11-27T19:00:00+09:00").await;
    assert!(evening.contains("day-2026-11-30"));
    // The requested week is shown nevertheless, with a link to the next free one.
    let over = load_page_at(&mut browser, &format!("{menu}?week=2026-11-27"), "2026-11-27T19:00:00+09:00").await;
    assert!(over.contains("11月27日") && over.contains(&format!("{menu}?week=2026-11-30")));
    assert!(over.contains("この週に空きはありません") && !over.contains("空きなし"), "its days are over, not full");
}

/// A calendar file without the folding of its lines.
fn unfold(file: &str) -> String {
    file.replace("\r\n ", "")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_file_of_an_appointment_is_its_patients_alone() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, PATIENT).await;
    let detail = browser.book(0, "1").await;
    let path = format!("{detail}/calendar.ics");
    browser.get(&detail).await.assert_contains(&format!("href=\"{path}\"")).assert_contains("カレンダーに追加");
    let file = browser.get(&path).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8; method=PUBLISH");
    let id = detail.rsplit('/').next().expect("an id");
    let text = unfold(&file.body);
    for line in [&format!("UID:{id}"), "SEQUENCE:1", "DTSTART:20261125T010000Z", "DTEND:20261125T011500Z"] {
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}: {text}");
    }

    let mut stranger = world.browser();
    assert_eq!(stranger.get(&path).await.status, StatusCode::SEE_OTHER, "signs in first");
    stranger.sign_in(&world, "stranger@example.jp").await;
    assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
    for wrong in ["/appointments/1/calendar.ics", "/appointments/x%0d%0ay/calendar.ics", &format!("{path}/")] {
        assert_eq!(browser.get(wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_carry_the_calendar_file_of_what_was_booked_moved_and_cancelled() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, PATIENT).await;
    let detail = browser.book(0, "1").await;
    let start = parse_timestamp("2026-11-25T11:00:00+09:00").milliseconds().to_string();
    let confirm = format!("{detail}/move/confirm?start={start}");
    browser.open_and_submit(&confirm, &format!("{detail}/move"), &[("start", &start)]).await;
    browser.open_and_submit(&format!("{detail}/cancel"), &format!("{detail}/cancel"), &[]).await;
    let letters = world.consult.context.store.list_outbox().await.expect("the outbox");
    let mut files: Vec<_> = letters.into_iter().filter_map(|entry| entry.letter.calendar).collect();
    files.reverse();
    let methods: Vec<_> = files.iter().map(|file| file.method.as_str()).collect();
    assert_eq!(methods, ["PUBLISH", "PUBLISH", "CANCEL"]);
    for (file, (sequence, start)) in files.iter().zip([(1, "T010000Z"), (2, "T020000Z"), (3, "T020000Z")]) {
        let text = unfold(&file.content);
        assert!(text.contains(&format!("SEQUENCE:{sequence}\r\n")), "{text}");
        assert!(text.contains(&format!("DTSTART:20261125{start}\r\n")), "{text}");
    }
    let file = browser.get(&format!("{detail}/calendar.ics")).await;
    assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8; method=CANCEL");
}
