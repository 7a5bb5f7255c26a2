//! Data of former versions is found by the present one.

use base::{Id, Randomness, Span, Token};
use database::{Database, test_database};

use super::{MIGRATION_SETS, RequestContext, Store, now};
use crate::{AuthenticationKind, MIGRATIONS, ProcedureKind, Refusal};

#[tokio::test]
async fn an_authentication_begun_before_its_table_was_renamed_goes_on() {
    let former = MIGRATIONS.iter().position(|migration| migration.name == "reception authentication").unwrap();
    let [eligibility, _] = MIGRATION_SETS;
    for (engine, location, _folder) in test_database::locations() {
        let browser = Token::new(&Randomness::system()).digest();
        let authentication: Id<AuthenticationKind> = Id::new(now(), &Randomness::system());
        let procedure: Id<ProcedureKind> = Id::new(now(), &Randomness::system());
        let old =
            Database::open_shared(&location, "national", &[eligibility, ("reception", &MIGRATIONS[..former])]).unwrap();
        let fill = move |transaction: &mut database::Transaction<'_>| -> Result<(), Refusal> {
            let ends = now().plus(Span::from_hours(1));
            transaction.execute(
                "INSERT INTO errand (id, browser, procedure, purpose, ticket, nonce, stage, browser_words, version, began, ends)
                 VALUES ($1, $2, $3, '', $2, $2, '', '', 0, $4, $5)",
                &[&authentication, &browser, &procedure, &now(), &ends],
            )?;
            transaction.execute(
                "INSERT INTO procedure (id, browser, asked, stage, errand, version, began, ends)
                 VALUES ($1, $2, '', '', $3, 0, $4, $5)",
                &[&procedure, &browser, &authentication, &now(), &ends],
            )?;
            Ok(())
        };
        old.write(fill).await.unwrap();
        drop(old);
        let new = Database::open_shared(&location, "national", &MIGRATION_SETS).unwrap();
        let store = Store::new(new.clone(), Randomness::system());
        let newest = store.find_newest_authentication(RequestContext { browser, now: now() }).await;
        assert_eq!(newest.ok().flatten(), Some(authentication), "{engine}");
        let read = move |transaction: &mut database::Transaction<'_>| -> Result<_, Refusal> {
            let of_procedure = "SELECT authentication FROM procedure WHERE id = $1";
            Ok(transaction.fetch_optional(of_procedure, &[&procedure], |row| row.get(0))?)
        };
        let of_procedure: Option<Id<AuthenticationKind>> = new.read(read).await.unwrap();
        assert_eq!(of_procedure, Some(authentication), "{engine}");
    }
}
