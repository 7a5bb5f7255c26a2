use std::sync::{Arc, Mutex};

use base::{InstitutionCode, Randomness};
use database::test_database;
use http::StatusCode;
use oqs::{Message, QualificationValidity};
use serde_json::json;

use super::rules::{FollowUpNote, FollowUpReason, FollowUpSubject, LookupFailure};
use crate::{
    MIGRATIONS, Role,
    appointments::rules::ServiceAppointment,
    eligibility::rules::{DateCriterion, Finding, HiddenReason, ListQuery},
    receptions::store::Confirmation,
    samples::fixtures,
    store::Store,
    tests::{
        browser::{StationBrowser, open_browser, open_terminal, open_terminal_with},
        fake_service::{CONFIRMATION_BODY, start_service_with, visit},
        fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour, response_header, sample_units},
    },
};

fn confirmation(seed: &str, finding: Finding) -> Confirmation {
    let id = base::Id::new(fixtures::now(), &Randomness::repeatable(seed));
    Confirmation {
        id,
        reception: fixtures::reception_number(),
        visit: Some(fixtures::day(fixtures::VISIT_DATE)),
        finding,
    }
}

fn list_query() -> ListQuery {
    ListQuery { criterion: DateCriterion::Visit, day: fixtures::day(fixtures::VISIT_DATE) }
}

#[tokio::test]
async fn what_is_not_proven_stays_until_it_is() {
    let (code, now) = (fixtures::institution(), fixtures::now());
    for trial in test_database::open_on_each_engine("terminal", MIGRATIONS) {
        let store = Store::new(trial.database.clone());
        for (seed, finding) in [("a", Finding::NotFound), ("b", Finding::Several)] {
            store
                .record_confirmation(code, confirmation(seed, finding), list_query(), None, Role::Staff, now)
                .await
                .unwrap();
            // The same form sent twice counts once.
            store
                .record_confirmation(code, confirmation(seed, finding), list_query(), None, Role::Staff, now)
                .await
                .unwrap();
        }
        let open = store.list_open_follow_ups(code).await.unwrap();
        assert_eq!(open.len(), 1, "{}", trial.engine);
        assert_eq!(
            (open[0].note.subject, open[0].attempts),
            (FollowUpSubject::Reception(fixtures::reception_number()), 2)
        );
        let visit = Some(fixtures::day(fixtures::VISIT_DATE));
        assert_eq!((open[0].note.reason, open[0].note.visit), (FollowUpReason::Finding(Finding::Several), visit));
        assert_eq!(open[0].note.list, Some(list_query()));
        store
            .record_confirmation(code, confirmation("c", Finding::Valid), list_query(), None, Role::Staff, now)
            .await
            .unwrap();
        assert_eq!(store.list_open_follow_ups(code).await.unwrap(), []);
        // A later failure opens it again.
        let withdrawn = Finding::Hidden(HiddenReason::WithdrawnByPatient);
        store
            .record_confirmation(code, confirmation("d", withdrawn), list_query(), None, Role::Staff, now)
            .await
            .unwrap();
        let open = store.list_open_follow_ups(code).await.unwrap();
        assert_eq!((open[0].attempts, open[0].note.reason), (1, FollowUpReason::Finding(withdrawn)));
    }
}

#[tokio::test]
async fn what_the_service_is_to_be_told_is_kept_from_before_it_is_told() {
    let (code, now) = (fixtures::institution(), fixtures::now());
    let appointment = ServiceAppointment { id: "visit".to_owned(), version: 7 };
    let subject = FollowUpSubject::Reception(fixtures::reception_number());
    for trial in test_database::open_on_each_engine("terminal", MIGRATIONS) {
        let store = Store::new(trial.database.clone());
        let service_link = Some(appointment.clone());
        // The terminal may stop after this.
        store
            .record_confirmation(code, confirmation("a", Finding::Valid), list_query(), service_link, Role::Staff, now)
            .await
            .unwrap();
        let open = store.list_open_follow_ups(code).await.unwrap();
        assert_eq!((open.len(), open[0].note.reason), (1, FollowUpReason::ServiceNotInformed), "{}", trial.engine);
        assert_eq!(open[0].note.unreported_appointment, Some(appointment.clone()));
        assert_eq!(store.find_open_follow_up(code, open[0].id).await.unwrap().as_ref(), Some(&open[0]));
        store.mark_service_informed(code, subject, now).await.unwrap();
        assert_eq!(store.list_open_follow_ups(code).await.unwrap(), []);
        assert_eq!(store.find_open_follow_up(code, open[0].id).await.unwrap(), None);
        // Without proof nothing is reported, and a report closes no other follow-up.
        let service_link = Some(appointment.clone());
        store
            .record_confirmation(
                code,
                confirmation("b", Finding::Invalid),
                list_query(),
                service_link,
                Role::Staff,
                now,
            )
            .await
            .unwrap();
        store.mark_service_informed(code, subject, now).await.unwrap();
        let open = store.list_open_follow_ups(code).await.unwrap();
        assert_eq!(
            (open[0].note.reason, &open[0].note.unreported_appointment),
            (FollowUpReason::Finding(Finding::Invalid), &None)
        );
    }
}

#[tokio::test]
async fn the_desk_closes_its_own_and_nobody_elses() {
    let (code, now, randomness) = (fixtures::institution(), fixtures::now(), Randomness::system());
    let other_institution = InstitutionCode::from_parts(code.prefecture(), base::ScoreTable::Medical, 777_777);
    for trial in test_database::open_on_each_engine("terminal", MIGRATIONS) {
        let store = Store::new(trial.database.clone());
        let subject = FollowUpSubject::Day(DateCriterion::Visit, fixtures::day(fixtures::VISIT_DATE));
        let note = FollowUpNote {
            retry_at: Some(now),
            ..FollowUpNote::for_list(list_query(), FollowUpReason::LookupFailure(LookupFailure::Closed))
        };
        for institution in [code, other_institution] {
            store.upsert_follow_up(institution, note.clone(), &randomness, now).await.unwrap();
        }
        let open = store.list_open_follow_ups(code).await.unwrap();
        assert_eq!(open[0].note, note);
        store.complete_follow_up(other_institution, open[0].id, now).await.unwrap();
        assert_eq!(store.list_open_follow_ups(code).await.unwrap(), open);
        store.complete_follow_up(code, open[0].id, now).await.unwrap();
        assert_eq!(store.list_open_follow_ups(code).await.unwrap(), []);
        assert_eq!(store.list_open_follow_ups(other_institution).await.unwrap().len(), 1);
        store.close_follow_up(other_institution, subject, now).await.unwrap();
        assert_eq!(store.list_open_follow_ups(other_institution).await.unwrap(), []);
    }
}

#[tokio::test]
async fn the_service_is_told_again_from_the_list() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let visits = json!({ "visits": [visit("by-number", "", Some(fixtures::reception_number()))] });
    let status = Arc::new(Mutex::new(StatusCode::BAD_GATEWAY));
    let (service, requests) = start_service_with(visits, status.clone()).await;
    let (terminal, _folder) = open_terminal_with(&system, Some(service)).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    desk.submit_form(&page, "/appointments/fetch", &[("day", fixtures::VISIT_DATE)]).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    desk.submit_form(&sheet, "/confirm", &[]).await;
    let follow_ups = desk.get("/follow-ups").await;
    let failed = desk.submit_form(&follow_ups, "/tell", &[]).await;
    assert_eq!(failed.location(), Some("/follow-ups?said=untold"));
    let follow_ups = desk.get("/follow-ups?said=untold").await;
    assert!(
        follow_ups.body.contains("受付デスクに知らせられませんでした") && follow_ups.body.contains("予約側に未通知")
    );
    *status.lock().unwrap() = StatusCode::NO_CONTENT;
    let response = desk.submit_form(&follow_ups, "/tell", &[]).await;
    assert_eq!(response.location(), Some("/follow-ups?said=told"));
    let settled = desk.get("/follow-ups?said=told").await;
    assert!(settled.body.contains("受付デスクに知らせました") && settled.body.contains("再確認するものはありません"));
    let requests = requests.lock().unwrap().clone();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| *request == requests[0]) && requests[0].2 == CONFIRMATION_BODY.as_bytes());
    // A reported confirmation is not reported again.
    assert_eq!(desk.submit_form(&follow_ups, "/tell", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_list_of_what_is_to_be_asked_again_leads_to_the_reception() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::NotFound))).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    desk.submit_form(&sheet, "/confirm", &[]).await;
    let link = desk.get("/follow-ups").await.link("/receptions?");
    let response = desk.get(&link).await;
    assert_eq!(response.status, StatusCode::SEE_OTHER);
    let sheet = desk.get(response.redirect_target()).await;
    assert!(
        sheet.body.contains(&fixtures::reception_number().to_grouped_string()) && sheet.body.contains("確認を記録する")
    );
    // A reception that is no longer in the list is reported as missing.
    let missing = base::ReceptionNumber::new(&base::Randomness::repeatable("gone"));
    let page = desk.get(&format!("/receptions?day={}&reception={missing}", fixtures::VISIT_DATE)).await;
    assert!(page.body.contains(&format!("受付 {} はこの一覧にありません", missing.to_grouped_string())));
}

#[tokio::test]
async fn a_list_that_is_being_made_settles_nothing() {
    let state = Arc::new(Mutex::new(0));
    let current = state.clone();
    let respond = ordinary_behaviour(sample_units(QualificationValidity::Valid));
    let system = FakeEligibilitySystem::start(move |name: &oqs::FileName, question| {
        match (*current.lock().unwrap(), question) {
            (0, _) => Reply::Closed("1800"),
            (1, Message::BulkFetch(request)) => {
                let outcome = oqs::Outcome::InProgress(oqs::Fault { code: None, message: None });
                let header = response_header(&request.header);
                Reply::Message(Message::BulkResult(oqs::ResponseMessage { header, outcome }))
            }
            (_, question) => respond(name, question),
        }
    })
    .await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    // It is 9:30, and Retry-After is half an hour.
    system.site.clock().set(fixtures::now());
    assert!(desk.get("/receptions").await.body.contains("11月24日（火） 10:00ごろに、もう一度照会してください"));
    assert!(desk.get("/follow-ups").await.body.contains("11月24日（火） 10:00ごろ"));
    *state.lock().unwrap() = 1;
    assert!(desk.get("/receptions").await.body.contains("一覧を作成しています"));
    let page = desk.get("/follow-ups").await;
    assert!(page.body.contains("処理中") && !page.body.contains("再確認するものはありません"));
    *state.lock().unwrap() = 2;
    desk.get("/receptions").await;
    assert!(desk.get("/follow-ups").await.body.contains("再確認するものはありません"));
}

#[tokio::test]
async fn a_closed_system_is_kept_in_mind_until_it_answers() {
    let closed = Arc::new(Mutex::new(true));
    let state = closed.clone();
    let respond = ordinary_behaviour(sample_units(QualificationValidity::NotFound));
    let system =
        FakeEligibilitySystem::start(
            move |name: &oqs::FileName, question| {
                if *state.lock().unwrap() { Reply::Status(503) } else { respond(name, question) }
            },
        )
        .await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    for _ in 0..2 {
        desk.get("/receptions").await;
    }
    let page = desk.get("/follow-ups").await;
    for text in ["システム停止中", "被保険者資格申立書", "2回", "2026年11月24日"] {
        assert!(page.body.contains(text), "{text}");
    }
    *closed.lock().unwrap() = false;
    let href = desk.get("/receptions").await.link("/receptions/");
    assert!(desk.get("/follow-ups").await.body.contains("再確認するものはありません"));
    // The response then does not prove insurance either.
    let sheet = desk.get(&href).await;
    desk.submit_form(&sheet, "/confirm", &[]).await;
    let page = desk.get("/follow-ups").await;
    assert!(
        page.body.contains("該当資格なし") && page.body.contains(&fixtures::reception_number().to_grouped_string())
    );
    assert!(!page.body.contains("花子"));
}
