use base::{InstitutionCode, Randomness, Span};
use database::trial;

use crate::{
    MIGRATIONS, Role,
    pages::made_up,
    rules::{
        appointment::KnownAs,
        finding::{Finding, Reason},
        follow_up::{About, Noted, Trouble, Why},
        listed::{Asked, By},
    },
    store::{Store, confirmation::Confirmation},
};

fn confirmation(seed: &str, finding: Finding) -> Confirmation {
    let id = base::Id::new(made_up::now(), &Randomness::repeatable(seed));
    Confirmation { id, reception: made_up::number(), visit: Some(made_up::day(made_up::VISIT)), finding }
}

fn list() -> Asked {
    Asked { by: By::Visit, day: made_up::day(made_up::VISIT) }
}

#[tokio::test]
async fn what_is_not_proven_stays_until_it_is() {
    let (code, now) = (made_up::institution(), made_up::now());
    for trial in trial::each("terminal", MIGRATIONS) {
        let store = Store::on(trial.database.clone());
        for (seed, finding) in [("a", Finding::NotFound), ("b", Finding::Several)] {
            store.confirm(code, confirmation(seed, finding), list(), None, Role::Staff, now).await.unwrap();
            // The same form sent twice is the same look.
            store.confirm(code, confirmation(seed, finding), list(), None, Role::Staff, now).await.unwrap();
        }
        let open = store.follow_ups(code).await.unwrap();
        assert_eq!(open.len(), 1, "{}", trial.engine);
        assert_eq!((open[0].what.about, open[0].times), (About::Reception(made_up::number()), 2));
        let visit = Some(made_up::day(made_up::VISIT));
        assert_eq!((open[0].what.why, open[0].what.visit), (Why::Finding(Finding::Several), visit));
        assert_eq!(open[0].what.list, Some(list()));
        store.confirm(code, confirmation("c", Finding::Valid), list(), None, Role::Staff, now).await.unwrap();
        assert_eq!(store.follow_ups(code).await.unwrap(), []);
        // What went wrong again later is open again.
        let gone = Finding::Hidden(Reason::WithdrawnByPatient);
        store.confirm(code, confirmation("d", gone), list(), None, Role::Staff, now).await.unwrap();
        let open = store.follow_ups(code).await.unwrap();
        assert_eq!((open[0].times, open[0].what.why), (1, Why::Finding(gone)));
    }
}

#[tokio::test]
async fn what_the_service_is_to_be_told_is_kept_from_before_it_is_told() {
    let (code, now) = (made_up::institution(), made_up::now());
    let appointment = KnownAs { id: "visit".to_owned(), seen: 7 };
    let about = About::Reception(made_up::number());
    for trial in trial::each("terminal", MIGRATIONS) {
        let store = Store::on(trial.database.clone());
        let telling = Some(appointment.clone());
        // Here the terminal may stop.
        store.confirm(code, confirmation("a", Finding::Valid), list(), telling, Role::Staff, now).await.unwrap();
        let open = store.follow_ups(code).await.unwrap();
        assert_eq!((open.len(), open[0].what.why), (1, Why::Untold), "{}", trial.engine);
        assert_eq!(open[0].what.untold, Some(appointment.clone()));
        assert_eq!(store.open_follow_up(code, open[0].id).await.unwrap().as_ref(), Some(&open[0]));
        store.told(code, about, now).await.unwrap();
        assert_eq!(store.follow_ups(code).await.unwrap(), []);
        assert_eq!(store.open_follow_up(code, open[0].id).await.unwrap(), None);
        // What is not proven is nobody's to be told, and being told settles nothing else.
        let telling = Some(appointment.clone());
        store.confirm(code, confirmation("b", Finding::Invalid), list(), telling, Role::Staff, now).await.unwrap();
        store.told(code, about, now).await.unwrap();
        let open = store.follow_ups(code).await.unwrap();
        assert_eq!((open[0].what.why, &open[0].what.untold), (Why::Finding(Finding::Invalid), &None));
    }
}

#[tokio::test]
async fn the_desk_closes_its_own_and_nobody_elses() {
    let (code, now, randomness) = (made_up::institution(), made_up::now(), Randomness::system());
    let other = InstitutionCode::of(code.prefecture(), base::ScoreTable::Medical, 777_777);
    for trial in trial::each("terminal", MIGRATIONS) {
        let store = Store::on(trial.database.clone());
        let about = About::Day(By::Visit, made_up::day(made_up::VISIT));
        let what = Noted { again_at: Some(now), ..Noted::list(list(), Why::Trouble(Trouble::Closed)) };
        for institution in [code, other] {
            store.follow_up(institution, what.clone(), &randomness, now).await.unwrap();
        }
        let open = store.follow_ups(code).await.unwrap();
        assert_eq!(open[0].what, what);
        store.done(other, open[0].id, now).await.unwrap();
        assert_eq!(store.follow_ups(code).await.unwrap(), open);
        store.done(code, open[0].id, now).await.unwrap();
        assert_eq!(store.follow_ups(code).await.unwrap(), []);
        assert_eq!(store.follow_ups(other).await.unwrap().len(), 1);
        store.settle(other, about, now).await.unwrap();
        assert_eq!(store.follow_ups(other).await.unwrap(), []);
    }
}

#[tokio::test]
async fn appointments_are_one_browsers_to_the_end_of_the_day() {
    let now = made_up::now();
    let browser = |seed: &str| base::Token::new(&Randomness::repeatable(seed)).digest();
    for trial in trial::each("terminal", MIGRATIONS) {
        let store = Store::on(trial.database.clone());
        store.bring(browser("a"), Some("first".to_owned()), now).await.unwrap();
        store.bring(browser("a"), Some("sealed".to_owned()), now).await.unwrap();
        assert_eq!(store.brought(browser("a"), now).await.unwrap().as_deref(), Some("sealed"));
        assert_eq!(store.brought(browser("b"), now).await.unwrap(), None);
        let midnight = base::end_of_day(now.japan_date());
        assert!(store.brought(browser("a"), midnight.minus(Span::from_secs(1))).await.unwrap().is_some());
        assert_eq!(store.brought(browser("a"), midnight).await.unwrap(), None);
        store.bring(browser("a"), None, now).await.unwrap();
        assert_eq!(store.brought(browser("a"), now).await.unwrap(), None);
    }
}
