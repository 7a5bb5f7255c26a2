use base::{Digest, Timestamp};
use database::Error;

use super::Store;
use crate::{Refusal, rules::phone::Phone};

impl Store {
    /// The phone of this browser, if it has settings.
    pub(crate) async fn find_phone(&self, browser: Digest) -> Result<Option<Phone>, Refusal> {
        let row = self
            .database
            .read(move |transaction| {
                transaction.fetch_optional(
                    "SELECT device, app, card FROM phone WHERE browser = $1",
                    &[&browser],
                    |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get(2)?)),
                )
            })
            .await
            .map_err(|error: Error| Refusal::Store(error))?;
        // A code of a newer version counts as no settings.
        Ok(row
            .and_then(|(device, app, card)| Some(Phone { device: device.parse().ok()?, app: app.parse().ok()?, card })))
    }

    /// Stores the phone of this browser.
    pub(crate) async fn store_phone(&self, browser: Digest, phone: Phone, now: Timestamp) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                transaction.execute(
                    "INSERT INTO phone (browser, device, app, card, used) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (browser) DO UPDATE SET device = excluded.device, app = excluded.app,
                        card = excluded.card, used = excluded.used",
                    &[&browser, &phone.device.as_str(), &phone.app.as_str(), &phone.card, &now],
                )?;
                Ok(())
            })
            .await
    }
}
