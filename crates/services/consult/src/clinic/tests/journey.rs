//! The actions of the desk over HTTP: the ledgers, the letters and the patient's pages after each of them.

use std::collections::BTreeSet;

use base::Span;
use handover::RegistrationStatus;
use test_browser::Browser;

use crate::{
    appointments::rules::{AppointmentId, UNDO_WINDOW},
    clinic::{
        rules::staff_role::StaffRole,
        store::staff::{AddStaffError, NewStaffMember},
    },
    desk_news::rules::GATHERING_SPAN,
    directory,
    mail::letter::{FORBIDDEN_WORDS, Letter},
    people::rules::account::AccountId,
    pictures::{
        rules::picture::{DocumentKind, DocumentSide, PictureHints, PictureId},
        store::{SendIntent, UploadOutcome, UploadedPicture},
    },
    proof::registration_watch,
    tests::world::{PatientBrowser, World, parse_timestamp, world},
};

const PATIENT: &str = "hanako@example.jp";
const DESK: &str = "desk@example.jp";
const PASSWORD: &str = "correct horse battery";
const START: &str = "2026-11-25T10:00:00+09:00";

impl World {
    /// A browser that is signed in at the desk of the sample institution of this index.
    async fn sign_in_desk(&self, institution_index: usize) -> Browser {
        let code = directory::samples::institutions()[institution_index].code;
        let new = NewStaffMember { institution: code, mail: DESK, name: "受付 見本", role: StaffRole::Desk };
        match self.consult.add_staff(new, PASSWORD).await {
            Ok(_) | Err(AddStaffError::AddressTaken) => {}
            Err(error) => panic!("{error}"),
        }
        let mut desk = self.browser();
        let credentials = [("mail", DESK), ("password", PASSWORD)];
        assert_eq!(
            desk.open_and_submit("/desk/sign-in", "/desk/sign-in", &credentials).await.redirect_target(),
            "/desk/visits"
        );
        desk
    }

    /// The letters to this address, newest first.
    async fn letters_to(&self, address: &str) -> Vec<Letter> {
        let letters = self.consult.list_outbox().await.expect("the outbox");
        letters.into_iter().map(|entry| entry.letter).filter(|letter| letter.to == address).collect()
    }

    /// The subjects of the letters to this address after the first `before` ones. Asserts that no letter contains a word about
    /// health.
    async fn subjects_since(&self, address: &str, before: usize) -> Vec<String> {
        let mut letters = self.letters_to(address).await;
        letters.truncate(letters.len() - before);
        for letter in &mut letters {
            // The names of the service and the clinic may contain such words.
            let body = letter.body.split("\n-- \n").next().unwrap_or_default();
            let lines = body.lines().filter(|line| !line.starts_with("http") && !line.starts_with("予約先："));
            let lines = lines.filter(|line| !line.starts_with("予約番号："));
            letter.subject = letter.subject.rsplit('】').next().unwrap_or_default().to_owned();
            let text = format!("{}\n{}", letter.subject, lines.collect::<Vec<_>>().join("\n")).to_lowercase();
            for forbidden in FORBIDDEN_WORDS {
                assert!(!text.contains(forbidden), "'{forbidden}' in:\n{text}");
            }
        }
        letters.into_iter().map(|letter| letter.subject).collect()
    }

    /// The subjects of the letters to the desk after the first `before` ones, once gathered letters are due.
    async fn desk_subjects_since(&self, before: usize) -> Vec<String> {
        self.clock.set(self.clock.now().plus(GATHERING_SPAN));
        self.consult.context.store.enqueue_gathered_letters(self.clock.now()).await.expect("a round");
        self.subjects_since(DESK, before).await
    }

    /// Sends a picture of the patient, as the upload does after normalising it.
    async fn send_picture(&self, detail: &str) -> PictureId {
        let (store, now) = (&self.consult.context.store, self.clock.now());
        let account: AccountId = store
            .database
            .read(|transaction| {
                transaction.fetch_one("SELECT id FROM account WHERE mail = $1", &[&PATIENT], |row| row.get(0))
            })
            .await
            .unwrap_or_else(|error: database::Error| panic!("{error}"));
        let appointment: AppointmentId = last_path_segment(detail).parse().expect("an id");
        let id = PictureId::new(now, &store.randomness);
        store.reserve_pictures(vec![id], now).await.expect("expected");
        let vault = &self.consult.context.vault;
        let key =
            vault.store_picture(&id.to_string(), b"a picture", b"small", &store.randomness).await.expect("stored");
        let original = base::digest(&[b"original"]);
        let pictures = vec![UploadedPicture {
            id,
            side: DocumentSide::Front,
            hints: PictureHints::default(),
            size: (900, 600),
            original_digest: original,
            key,
        }];
        let certificate = DocumentKind::Certificate;
        let outcome = store.receive_pictures(account, appointment, certificate, pictures, SendIntent::Send, now).await;
        assert_eq!(outcome.expect("received"), UploadOutcome::Sent);
        id
    }
}

fn last_path_segment(detail: &str) -> &str {
    detail.rsplit('/').next().expect("a path has a last part")
}

/// The buttons of the desk's pages that were offered and those that were pressed.
#[derive(Default)]
struct DeskButtons {
    offered: BTreeSet<String>,
    pressed: BTreeSet<String>,
}

impl DeskButtons {
    /// Presses a button that `page` offers, and returns the page of the visit after it.
    async fn press_button(
        &mut self,
        desk: &mut Browser,
        page: &str,
        visit: &str,
        action: &str,
        more_fields: &[(&str, &str)],
    ) -> String {
        let page = desk.get(page).await;
        let (url, body) = (&page.url, &page.body);
        self.offered.extend(page.list_fields("act"));
        assert!(page.list_fields("act").iter().any(|offered| offered == action), "{url} does not offer {action}");
        for (field, value) in more_fields {
            assert!(body.contains(&format!("name=\"{field}\"")), "{url} has no field {field}");
            assert!(*field == "note" || body.contains(&format!("value=\"{value}\"")), "{field} cannot be {value}");
        }
        self.pressed.insert(action.to_owned());
        let seen_version = page.field("seen");
        let pictures = page.list_fields("pictures").pop().unwrap_or_default();
        let mut fields = vec![("act", action), ("seen", &seen_version), ("pictures", &pictures)];
        fields.extend(more_fields);
        let response = desk.post_with_token(&page, visit, &fields).await;
        assert_eq!(response.redirect_target(), format!("{visit}?said=done"), "{action}");
        let after = desk.get(response.redirect_target()).await;
        assert!(after.body.contains("記録しました"), "{action}");
        self.offered.extend(after.list_fields("act"));
        after.body
    }
}

/// A button with its fields; then the text for the desk, the text for the patient, and the subject of the patient's letter.
type JourneyStep<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str, &'a str);

#[tokio::test(flavor = "multi_thread")]
async fn every_button_of_the_desk_is_in_the_ledger_in_a_letter_and_on_the_patients_page() {
    let world = world().await;
    let mut account = world.browser();
    account.sign_in(&world, PATIENT).await;
    let detail = account.book(0, "1").await;
    // Ten minutes before the visit: a document can be shown on screen, and the visit cannot be completed.
    world.clock.set(parse_timestamp(START).minus(Span::from_mins(10)));
    let mut account = world.browser();
    account.sign_in(&world, PATIENT).await;
    let mut desk = world.sign_in_desk(0).await;
    let visit = format!("/desk/visits/{}", last_path_segment(&detail));
    assert!(!desk.get(&visit).await.body.contains("value=\"complete\""), "not before it begins");
    let mut buttons = DeskButtons::default();
    let request_subject = "手続きのお願いがあります";
    let confirmed_subject = "確認が終わりました";
    let steps: [JourneyStep<'_>; 6] = [
        (
            "ask_consent",
            &[("why_consent", "nothing_at_terminal")],
            "同意を依頼中",
            "医療機関から、同意登録のお願いが届いています。医療機関で、診察日の同意登録が見つかりませんでした。",
            request_subject,
        ),
        (
            "ask_picture",
            &[("why_picture", "nothing_yet")],
            "画像を依頼中",
            "保険証画像のお願いが届いています",
            request_subject,
        ),
        (
            "refuse",
            &[("why_refused", "not_insured")],
            "確認できず",
            "診察日に有効な保険として確認できませんでした。",
            "ご確認のお願い",
        ),
        ("screen", &[], "画面で確認済み", "医療機関が保険を確認しました", confirmed_subject),
        (
            "refuse",
            &[("why_refused", "other_person")],
            "確認できず",
            "予約した方とは別の方の保険でした。",
            "ご確認のお願い",
        ),
        ("terminal", &[], "端末で確認済み", "医療機関が保険を確認しました", confirmed_subject),
    ];
    for (action, fields, desk_text, patient_text, subject) in steps {
        let before = world.letters_to(PATIENT).await.len();
        let after = buttons.press_button(&mut desk, &visit, &visit, action, fields).await;
        assert!(after.contains(desk_text), "{action}: {after}");
        account.get(&detail).await.assert_contains(patient_text);
        assert_eq!(world.subjects_since(PATIENT, before).await, [subject], "{action}");
    }
    // A picture that arrives after the confirmation: it is requested again with a note, then accepted.
    let picture = world.send_picture(&detail).await;
    let picture_page = format!("{visit}/pictures/{picture}");
    let before = world.letters_to(PATIENT).await.len();
    let picture_id = picture.to_string();
    let fields_again = [("why_again", "blurred"), ("note", "右下が\u{0}読めません"), ("picture", picture_id.as_str())];
    let after = buttons.press_button(&mut desk, &picture_page, &visit, "ask_again", &fields_again).await;
    assert!(after.contains("画像を依頼中") && after.contains("送り直しを依頼中"), "{after}");
    account.get(&detail).await.assert_contains("画像がぼやけていて読めませんでした。");
    account.get(&format!("{detail}/picture")).await.assert_contains("右下が読めません");
    assert_eq!(world.subjects_since(PATIENT, before).await, [request_subject]);
    assert!(!world.letters_to(PATIENT).await[0].body.contains("右下"), "what the desk wrote is in no letter");
    let picture = world.send_picture(&detail).await;
    let before = world.letters_to(PATIENT).await.len();
    let picture_page = format!("{visit}/pictures/{picture}");
    let picture_id = picture.to_string();
    let compared = [
        ("picture", picture_id.as_str()),
        ("compared_name", "1"),
        ("compared_birth_date", "1"),
        ("compared_expiry", "1"),
    ];
    let after = buttons.press_button(&mut desk, &picture_page, &visit, "accept", &compared).await;
    assert!(after.contains("画像で確認済み"), "{after}");
    account.get(&detail).await.assert_contains("医療機関が保険を確認しました");
    account.get(&format!("{detail}/picture")).await.assert_contains("医療機関が画像を確認しました");
    assert_eq!(world.subjects_since(PATIENT, before).await, [confirmed_subject]);
    world.clock.set(parse_timestamp(START));
    // The patient's page shows the completion once it can no longer be undone.
    let before = world.letters_to(PATIENT).await.len();
    let after = buttons.press_button(&mut desk, &visit, &visit, "no_show", &[]).await;
    assert!(after.contains("来院なし"), "{after}");
    desk.open_and_submit(&visit, &format!("{visit}/take-back"), &[]).await;
    let after = buttons.press_button(&mut desk, &visit, &visit, "complete", &[]).await;
    assert!(after.contains("診察済み"), "{after}");
    account.get(&detail).await.assert_contains("医療機関が保険を確認しました");
    world.clock.set(world.clock.now().plus(UNDO_WINDOW));
    account.get(&detail).await.assert_contains("診察が終わりました");
    assert!(world.subjects_since(PATIENT, before).await.is_empty(), "no letter about a completed visit");
    // A button of a page that is out of date changes nothing, and the desk is told so.
    let list = desk.get("/desk/visits").await;
    let late = desk.post_with_token(&list, &visit, &[("act", "terminal"), ("seen", "1")]).await;
    assert_eq!(late.redirect_target(), format!("{visit}?said=changed"));
    desk.get(late.redirect_target()).await.assert_contains("先に変更がありました");
    assert!(world.subjects_since(PATIENT, before).await.is_empty());
    assert_eq!(buttons.offered, buttons.pressed, "no button is left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_without_a_check_can_be_held() {
    let world = world().await;
    let mut account = world.browser();
    account.sign_in(&world, PATIENT).await;
    let (insured, self_pay) = (account.book(0, "1").await, account.book(1, "2").await);
    let mut desk = world.sign_in_desk(0).await;
    let visit = format!("/desk/visits/{}", last_path_segment(&insured));
    assert!(!desk.get(&visit).await.body.contains("value=\"complete\""), "not before it begins");
    world.clock.set(parse_timestamp("2026-11-25T10:20:00+09:00"));
    // The session of the desk has ended overnight.
    let mut desk = world.sign_in_desk(0).await;
    DeskButtons::default().press_button(&mut desk, &visit, &visit, "complete", &[]).await;
    world.clock.set(world.clock.now().plus(UNDO_WINDOW));
    account.get(&insured).await.assert_contains("診察が終わりました");
    let foreign = format!("/desk/visits/{}", last_path_segment(&self_pay));
    assert_eq!(desk.get(&foreign).await.status, http::StatusCode::NOT_FOUND, "another institution's");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_side_is_told_of_what_the_other_does() {
    let world = world().await;
    let mut account = world.browser();
    account.sign_in(&world, PATIENT).await;
    let mut desk = world.sign_in_desk(0).await;
    let (patient_letters, desk_letters) = (world.letters_to(PATIENT).await.len(), 0);
    let detail = account.book(0, "1").await;
    assert_eq!(world.subjects_since(PATIENT, patient_letters).await, ["予約を受け付けました"]);
    assert_eq!(world.subjects_since(DESK, desk_letters).await, ["新しい予約が入りました"]);

    let departure = account.depart(&detail).await;
    assert_eq!(world.subjects_since(DESK, 1).await.len(), 0, "who left has done nothing yet");
    let return_path = world.reception.register(departure.redirect_target());
    account.get(&return_path).await;
    assert_eq!(world.subjects_since(DESK, 1).await.len(), 0, "it is gathered");
    assert_eq!(world.desk_subjects_since(1).await, ["オンラインの手続きが終わりました"]);

    let start = parse_timestamp("2026-11-26T10:00:00+09:00").milliseconds().to_string();
    let confirm = format!("{detail}/move/confirm?start={start}");
    account.open_and_submit(&confirm, &format!("{detail}/move"), &[("start", &start)]).await;
    assert_eq!(world.subjects_since(PATIENT, patient_letters + 1).await, ["予約の日時が変わりました"]);
    assert_eq!(world.desk_subjects_since(2).await, ["予約の日時が変わりました"]);

    world.send_picture(&detail).await;
    assert_eq!(world.desk_subjects_since(3).await, ["画像が届きました"]);

    let confirmation = account.get(&format!("{detail}/cancel")).await;
    confirmation.assert_contains("予約をキャンセルしますか");
    let cancelled = account.open_and_submit(&format!("{detail}/cancel"), &format!("{detail}/cancel"), &[]).await;
    assert_eq!(cancelled.redirect_target(), detail);
    account.get(&detail).await.assert_contains("この予約はキャンセル済みです");
    account.get("/appointments").await.assert_contains("キャンセル済み");
    desk.get("/desk/visits?date=2026-11-26").await.assert_contains("キャンセル");
    assert_eq!(world.subjects_since(PATIENT, patient_letters + 2).await, ["予約を取り消しました"]);
    assert_eq!(world.desk_subjects_since(4).await, ["予約が取り消されました"]);
    // The slot is free again.
    let mut other_patient = world.browser();
    other_patient.sign_in(&world, "taro@example.jp").await;
    other_patient.book(0, "1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_told_of_her_word_at_a_fixed_url() {
    let world = world().await;
    let mut account = world.browser();
    account.sign_in(&world, PATIENT).await;
    let mut desk = world.sign_in_desk(1).await;
    let detail = account.book(1, "1").await;
    let page = account.depart(&detail).await.redirect_target().to_owned();
    account.open_and_submit(&page, &format!("{detail}/done"), &[]).await;
    assert_eq!(world.desk_subjects_since(1).await, ["手続きが終わったとの連絡がありました"]);
    desk.get(&format!("/desk/visits/{}", last_path_segment(&detail)))
        .await
        .assert_contains("登録は端末でしか確認できません");
}

/// A patient who registered consent and then withdrew it at the reception.
async fn withdrawn_registration() -> (World, String, Browser) {
    registration_with_status(RegistrationStatus::Withdrawn).await
}

/// A patient who registered consent, whose registration then has this status.
async fn registration_with_status(status: RegistrationStatus) -> (World, String, Browser) {
    let world = world().await;
    let mut account = world.browser();
    account.sign_in(&world, PATIENT).await;
    let desk = world.sign_in_desk(0).await;
    let detail = account.book(0, "1").await;
    let departure = account.depart(&detail).await;
    let return_path = world.reception.register(departure.redirect_target());
    account.get(&return_path).await;
    world.reception.update_state(|state| state.registration_status = status);
    (world, detail, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_ran_out_is_not_told_as_withdrawn() {
    let (world, _, _) = registration_with_status(RegistrationStatus::Expired).await;
    let letters_before = world.letters_to(DESK).await.len();
    world.clock.set(world.clock.now().plus(Span::from_mins(11)));
    registration_watch::check_due_registrations(&world.consult.context, world.clock.now()).await.expect("a round");
    assert_eq!(
        world.subjects_since(DESK, letters_before).await,
        ["新しいお知らせが2件あります"],
        "registered, and over"
    );
    assert!(world.letters_to(DESK).await[0].body.contains("手続きの期限が切れました"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_reaches_the_desk_though_nobody_looks() {
    let (world, _, mut desk) = withdrawn_registration().await;
    let list = "/desk/visits?date=2026-11-25";
    let letters_before = world.letters_to(DESK).await.len();
    let status_requests = || world.reception.state.lock().expect("not poisoned").status_requests;
    let round = || async {
        registration_watch::check_due_registrations(&world.consult.context, world.clock.now()).await.expect("a round");
    };
    round().await;
    assert_eq!(status_requests(), 0, "just heard");
    world.clock.set(world.clock.now().plus(Span::from_mins(11)));
    desk.get(list).await.assert_contains("同意登録済み");
    assert_eq!(status_requests(), 0, "a list of many asks nobody");
    round().await;
    assert_eq!(status_requests(), 1);
    assert_eq!(
        world.subjects_since(DESK, letters_before).await,
        ["新しいお知らせが2件あります"],
        "registered, and withdrawn"
    );
    assert!(world.letters_to(DESK).await[0].body.contains("手続きが取り消されました"));
    desk.get(list).await.assert_contains("同意を取消し").assert_contains("患者さんにお願いする");
    world.clock.set(world.clock.now().plus(Span::from_mins(11)));
    round().await;
    assert_eq!(status_requests(), 1, "nothing is in force any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reception_is_asked_while_the_service_works() {
    let (world, _, _) = withdrawn_registration().await;
    world.clock.set(world.clock.now().plus(Span::from_mins(11)));
    let status_requested = world.reception.status_requested.clone();
    tokio::select! {
        () = world.consult.run_background_work() => unreachable!("the work has no end"),
        () = status_requested.notified() => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_that_opens_a_visit_sees_the_withdrawal_at_once() {
    let (world, detail, mut desk) = withdrawn_registration().await;
    let visit = format!("/desk/visits/{}", last_path_segment(&detail));
    desk.get(&visit).await.assert_contains("同意が登録されました");
    let letters_before = world.letters_to(DESK).await.len();
    world.clock.set(world.clock.now().plus(Span::from_mins(2)));
    desk.get(&visit).await.assert_contains("患者さんが同意を取り消しました");
    assert_eq!(
        world.desk_subjects_since(letters_before).await,
        ["新しいお知らせが2件あります"],
        "registered, and withdrawn"
    );
}

/// A desk with a picture to review: the path of its page, the path of the visit, and its id.
async fn picture_sent_to_desk() -> (World, Browser, String, String, PictureId) {
    let world = world().await;
    let mut account = world.browser();
    account.sign_in(&world, PATIENT).await;
    let detail = account.book(0, "1").await;
    let picture = world.send_picture(&detail).await;
    let desk = world.sign_in_desk(0).await;
    let visit = format!("/desk/visits/{}", last_path_segment(&detail));
    (world, desk, format!("{visit}/pictures/{picture}"), visit, picture)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_confirmed_beside_the_patient_and_part_by_part() {
    let (_world, mut desk, picture_page, visit, picture) = picture_sent_to_desk().await;
    let page = desk.get(&picture_page).await;
    let page = page
        .assert_contains("山田 花子")
        .assert_contains("ヤマダ ハナコ")
        .assert_contains("1985年（昭和60年）4月3日")
        .assert_contains("41歳");
    let (seen, pictures) = (page.field("seen"), page.field("pictures"));
    let picture = picture.to_string();
    let mut fields = vec![("act", "accept"), ("seen", seen.as_str()), ("picture", &picture), ("pictures", &pictures)];
    fields.extend([("compared_name", "1"), ("compared_birth_date", "1")]);
    let returned_page = desk.post_with_token(&page, &visit, &fields).await;
    let returned_page =
        returned_page.assert_contains("有効期限を確かめて、チェックを入れてください。").assert_contains("エラー：");
    assert!(
        returned_page.body.contains("name=\"compared_name\" value=\"1\" checked"),
        "ticks are kept: {}",
        returned_page.body
    );
    fields.push(("compared_expiry", "1"));
    let done = desk.post_with_token(&page, &visit, &fields).await;
    assert_eq!(done.redirect_target(), format!("{visit}?said=done"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_in_a_note_is_asked_about_before_it_is_sent() {
    let (_world, mut desk, picture_page, visit, picture) = picture_sent_to_desk().await;
    let page = desk.get(&picture_page).await;
    let seen = page.field("seen");
    let picture = picture.to_string();
    let fields = |action, note| {
        [
            ("act", action),
            ("seen", seen.as_str()),
            ("picture", picture.as_str()),
            ("why_again", "glare"),
            ("note", note),
        ]
    };
    let note = "番号は1183046ですか";
    let returned_page = desk.post_with_token(&page, &visit, &fields("ask_again", note)).await;
    let returned_page = returned_page
        .assert_contains("ひとことに番号が入っているようです")
        .assert_contains(note)
        .assert_contains("番号を含めたまま送る");
    assert!(returned_page.body.contains("value=\"glare\" selected"), "the reason is kept: {}", returned_page.body);
    let response = desk.post_with_token(&page, &visit, &fields("ask_again_with_number", note)).await;
    assert_eq!(response.redirect_target(), format!("{visit}?said=done"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_is_taken_back_from_the_page_of_the_visit() {
    let (world, mut desk, _, visit, _) = picture_sent_to_desk().await;
    let page = desk.get(&visit).await;
    let seen = page.field("seen");
    let refuse = [("act", "refuse"), ("seen", seen.as_str()), ("why_refused", "not_insured")];
    let done = desk.post_with_token(&page, &visit, &refuse).await;
    desk.get(done.redirect_target()).await.assert_contains("8:10まで取り消せます");
    let undone = desk.open_and_submit(&visit, &format!("{visit}/take-back"), &[]).await;
    assert_eq!(undone.redirect_target(), format!("{visit}?said=taken-back"));
    desk.get(undone.redirect_target()).await.assert_contains("取り消しました").assert_contains("を取り消した");
    assert!(world.subjects_since(PATIENT, 2).await.is_empty(), "code and booking, and nothing of the refusal");
    // A forged version, and one that is out of date, change nothing, and the desk is told so.
    for (action, seen, notice) in [("complete", "-1", "changed"), ("complete", seen.as_str(), "changed")] {
        let response = desk.post_with_token(&page, &visit, &[("act", action), ("seen", seen)]).await;
        assert_eq!(response.redirect_target(), format!("{visit}?said={notice}"), "{action} {seen}");
    }
    let page = desk.get(&visit).await;
    let early = desk.post_with_token(&page, &visit, &[("act", "complete"), ("seen", &page.field("seen"))]).await;
    desk.get(early.redirect_target()).await.assert_contains("まだこの操作はできません");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_whom_to_telephone() {
    let world = world().await;
    let mut account = world.browser();
    account.sign_in(&world, PATIENT).await;
    account.book(0, "1").await;
    world.clock.set(parse_timestamp(START).minus(Span::from_mins(121)));
    let mut desk = world.sign_in_desk(0).await;
    let list = "/desk/visits?date=2026-11-25";
    let page = desk.get(list).await;
    assert!(!page.body.contains("class=\"calls\""), "{}", page.body);
    world.clock.set(parse_timestamp(START).minus(Span::from_mins(6)));
    desk.get(list)
        .await
        .assert_contains("class=\"calls\"")
        .assert_contains("あと6分")
        .assert_contains("更新 <b>9:54</b>");
    desk.get(&format!("{list}&show=todo&renew=1")).await.assert_contains("class=\"calls\"");
}
