use base::{Randomness, Span};
use database::test_database;

use crate::{MIGRATIONS, samples::fixtures, store::Store};

#[tokio::test]
async fn appointments_are_one_browsers_to_the_end_of_the_day() {
    let now = fixtures::now();
    let browser = |seed: &str| base::Token::new(&Randomness::repeatable(seed)).digest();
    for trial in test_database::open_on_each_engine("terminal", MIGRATIONS) {
        let store = Store::new(trial.database.clone());
        store.replace_imported_appointments(browser("a"), Some("first".to_owned()), now).await.unwrap();
        store.replace_imported_appointments(browser("a"), Some("sealed".to_owned()), now).await.unwrap();
        assert_eq!(store.find_imported_appointments(browser("a"), now).await.unwrap().as_deref(), Some("sealed"));
        assert_eq!(store.find_imported_appointments(browser("b"), now).await.unwrap(), None);
        let midnight = base::end_of_day(now.japan_date());
        assert!(
            store.find_imported_appointments(browser("a"), midnight.minus(Span::from_secs(1))).await.unwrap().is_some()
        );
        assert_eq!(store.find_imported_appointments(browser("a"), midnight).await.unwrap(), None);
        store.replace_imported_appointments(browser("a"), None, now).await.unwrap();
        assert_eq!(store.find_imported_appointments(browser("a"), now).await.unwrap(), None);
    }
}
