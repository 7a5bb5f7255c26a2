use base::{Id, InstitutionCode, Randomness, ReceptionNumber, Span};
use database::test_database;

use crate::{
    MIGRATIONS, Role,
    eligibility::rules::{DateCriterion, Finding, HiddenReason, ListQuery},
    receptions::store::{Confirmation, ConfirmationRecord},
    samples::fixtures,
    store::Store,
};

fn confirmation(seed: &str, finding: Finding) -> Confirmation {
    let randomness = Randomness::repeatable(seed);
    Confirmation {
        id: Id::new(fixtures::now(), &randomness),
        reception: ReceptionNumber::new(&randomness),
        visit: Some(fixtures::day(fixtures::VISIT_DATE)),
        finding,
    }
}

fn list_query() -> ListQuery {
    ListQuery { criterion: DateCriterion::Visit, day: fixtures::day(fixtures::VISIT_DATE) }
}

#[tokio::test]
async fn what_was_confirmed_is_listed_for_its_institution_and_day() {
    let (code, now, today) = (fixtures::institution(), fixtures::now(), fixtures::day(fixtures::VISIT_DATE));
    let other_institution = InstitutionCode::from_parts(code.prefecture(), base::ScoreTable::Medical, 777_777);
    for trial in test_database::open_on_each_engine("terminal", MIGRATIONS) {
        let store = Store::new(trial.database.clone());
        let first = confirmation("first", Finding::Valid);
        let second = Confirmation { visit: None, ..confirmation("second", Finding::Several) };
        store.record_confirmation(code, first.clone(), list_query(), None, Role::Staff, now).await.unwrap();
        store
            .record_confirmation(code, second.clone(), list_query(), None, Role::Staff, now.plus(Span::from_mins(1)))
            .await
            .unwrap();
        let listed: Vec<_> = store.list_confirmations_on(code, today).await.unwrap();
        assert_eq!(listed.iter().map(|record| &record.confirmation).collect::<Vec<_>>(), [&second, &first]);
        assert_eq!(
            listed[1],
            ConfirmationRecord { confirmation: first, role: Role::Staff, confirmed_at: now },
            "{}",
            trial.engine
        );
        assert_eq!(store.list_confirmations_on(code, today.tomorrow().unwrap()).await.unwrap(), []);
        assert_eq!(store.list_confirmations_on(other_institution, today).await.unwrap(), []);
    }
}

#[tokio::test]
async fn the_same_form_sent_twice_is_noted_once_and_a_later_look_is_the_last() {
    let (code, now) = (fixtures::institution(), fixtures::now());
    for trial in test_database::open_on_each_engine("terminal", MIGRATIONS) {
        let store = Store::new(trial.database.clone());
        let first = confirmation("first", Finding::Hidden(HiddenReason::Expired));
        for _ in 0..2 {
            store.record_confirmation(code, first.clone(), list_query(), None, Role::Staff, now).await.unwrap();
        }
        let later =
            Confirmation { id: confirmation("later", Finding::Valid).id, finding: Finding::Valid, ..first.clone() };
        store
            .record_confirmation(code, later.clone(), list_query(), None, Role::Staff, now.plus(Span::from_mins(5)))
            .await
            .unwrap();
        assert_eq!(store.list_confirmations_on(code, fixtures::day(fixtures::VISIT_DATE)).await.unwrap().len(), 2);
        let last =
            store.list_last_confirmations(code, vec![first.reception, fixtures::reception_number()]).await.unwrap();
        assert_eq!(last.iter().map(|record| &record.confirmation).collect::<Vec<_>>(), [&later]);
    }
}

#[tokio::test]
async fn the_list_forgets_after_five_years() {
    let (code, now) = (fixtures::institution(), fixtures::now());
    for trial in test_database::open_on_each_engine("terminal", MIGRATIONS) {
        let store = Store::new(trial.database.clone());
        store
            .record_confirmation(code, confirmation("old", Finding::Valid), list_query(), None, Role::Staff, now)
            .await
            .unwrap();
        let later = now.plus(Span::from_hours(24 * 366 * 5));
        store
            .record_confirmation(code, confirmation("new", Finding::Valid), list_query(), None, Role::Staff, later)
            .await
            .unwrap();
        assert_eq!(store.list_confirmations_on(code, now.japan_date()).await.unwrap(), []);
        assert_eq!(store.list_confirmations_on(code, later.japan_date()).await.unwrap().len(), 1);
    }
}
