use base::{Id, InstitutionCode, Randomness, ReceptionNumber, Span};
use database::trial;

use crate::{
    MIGRATIONS, Role,
    pages::made_up,
    rules::{
        finding::{Finding, Reason},
        listed::{Asked, By},
    },
    store::{
        Store,
        confirmation::{Confirmation, Confirmed},
    },
};

fn seen(seed: &str, finding: Finding) -> Confirmation {
    let randomness = Randomness::repeatable(seed);
    Confirmation {
        id: Id::new(made_up::now(), &randomness),
        reception: ReceptionNumber::new(&randomness),
        visit: Some(made_up::day(made_up::VISIT)),
        finding,
    }
}

fn list() -> Asked {
    Asked { by: By::Visit, day: made_up::day(made_up::VISIT) }
}

#[tokio::test]
async fn what_was_confirmed_is_listed_for_its_institution_and_day() {
    let (code, now, today) = (made_up::institution(), made_up::now(), made_up::day(made_up::VISIT));
    let other = InstitutionCode::of(code.prefecture(), base::ScoreTable::Medical, 777_777);
    for trial in trial::each("terminal", MIGRATIONS) {
        let store = Store::on(trial.database.clone());
        let first = seen("first", Finding::Valid);
        let second = Confirmation { visit: None, ..seen("second", Finding::Several) };
        store.confirm(code, first.clone(), list(), None, Role::Staff, now).await.unwrap();
        store.confirm(code, second.clone(), list(), None, Role::Staff, now.plus(Span::from_mins(1))).await.unwrap();
        let listed: Vec<_> = store.confirmed_on(code, today).await.unwrap();
        assert_eq!(listed.iter().map(|confirmed| &confirmed.what).collect::<Vec<_>>(), [&second, &first]);
        assert_eq!(listed[1], Confirmed { what: first, role: Role::Staff, at: now }, "{}", trial.engine);
        assert_eq!(store.confirmed_on(code, today.tomorrow().unwrap()).await.unwrap(), []);
        assert_eq!(store.confirmed_on(other, today).await.unwrap(), []);
    }
}

#[tokio::test]
async fn the_same_form_sent_twice_is_noted_once_and_a_later_look_is_the_last() {
    let (code, now) = (made_up::institution(), made_up::now());
    for trial in trial::each("terminal", MIGRATIONS) {
        let store = Store::on(trial.database.clone());
        let first = seen("first", Finding::Hidden(Reason::Expired));
        for _ in 0..2 {
            store.confirm(code, first.clone(), list(), None, Role::Staff, now).await.unwrap();
        }
        let later = Confirmation { id: seen("later", Finding::Valid).id, finding: Finding::Valid, ..first.clone() };
        store.confirm(code, later.clone(), list(), None, Role::Staff, now.plus(Span::from_mins(5))).await.unwrap();
        assert_eq!(store.confirmed_on(code, made_up::day(made_up::VISIT)).await.unwrap().len(), 2);
        let last = store.last_confirmed(code, vec![first.reception, made_up::number()]).await.unwrap();
        assert_eq!(last.iter().map(|confirmed| &confirmed.what).collect::<Vec<_>>(), [&later]);
    }
}

#[tokio::test]
async fn the_list_forgets_after_five_years() {
    let (code, now) = (made_up::institution(), made_up::now());
    for trial in trial::each("terminal", MIGRATIONS) {
        let store = Store::on(trial.database.clone());
        store.confirm(code, seen("old", Finding::Valid), list(), None, Role::Staff, now).await.unwrap();
        let later = now.plus(Span::from_hours(24 * 366 * 5));
        store.confirm(code, seen("new", Finding::Valid), list(), None, Role::Staff, later).await.unwrap();
        assert_eq!(store.confirmed_on(code, now.japan_date()).await.unwrap(), []);
        assert_eq!(store.confirmed_on(code, later.japan_date()).await.unwrap().len(), 1);
    }
}
