//! The appointments that a desk imported, per browser, until the end of the day. They are sealed with the browser's secret,
//! so that they cannot be read here, nor by anybody after the account has signed out.

use base::{Digest, Timestamp, end_of_day};
use database::Error;

use crate::store::Store;

impl Store {
    /// Replaces the imported appointments of a browser; `None` deletes them.
    pub(crate) async fn replace_imported_appointments(
        &self,
        browser: Digest,
        sealed: Option<String>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let ends = end_of_day(now.japan_date());
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM brought WHERE ends <= $1 OR browser = $2", &[&now, &browser])?;
                if let Some(sealed) = &sealed {
                    transaction.execute(
                        "INSERT INTO brought (browser, sealed, ends) VALUES ($1, $2, $3)",
                        &[&browser, sealed, &ends],
                    )?;
                }
                Ok(())
            })
            .await
    }

    /// The sealed appointments that this browser imported today.
    pub(crate) async fn find_imported_appointments(
        &self,
        browser: Digest,
        now: Timestamp,
    ) -> Result<Option<String>, Error> {
        self.database
            .read(move |transaction| {
                let sql = "SELECT sealed FROM brought WHERE browser = $1 AND ends > $2";
                transaction.fetch_optional(sql, &[&browser, &now], |row| row.get(0))
            })
            .await
    }
}
