use base::{InstitutionCode, Randomness};
use database::test_database;

use crate::{
    MIGRATIONS, Role,
    appointments::rules::ServiceAppointment,
    eligibility::rules::{DateCriterion, Finding, HiddenReason, ListQuery},
    rules::follow_up::{FollowUpNote, FollowUpReason, FollowUpSubject, LookupFailure},
    samples::fixtures,
    store::{Store, confirmation::Confirmation},
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
