//! The sessions with virtual cards, and their durable memory.

use card::{
    CardData, Content, Counters, File, Memory, MemoryFailure, PinReference, PrivateKey, ReferenceData, VirtualCard,
    aid, file,
};
use tokio::{runtime::Handle, task};

use crate::{
    CardId, Refusal,
    simulated_contact::{RemovalFault, SimulatedContact},
    store::{CardLease, Store},
};

/// The memory of a virtual card in the database. Counters and changed PINs are written before the card responds.
pub(crate) struct StoredMemory {
    store: Store,
    runtime: Handle,
    lease: CardLease,
    data: CardData,
}

impl StoredMemory {
    /// For the card with this lease, of the data it had when leased.
    pub(crate) fn new(store: Store, runtime: Handle, lease: CardLease, data: CardData) -> Self {
        Self { store, runtime, lease, data }
    }
}

fn memory_failure(refusal: &dyn std::error::Error) -> MemoryFailure {
    MemoryFailure(refusal.to_string())
}

/// The methods return when the change is durable. They block, so the card must not run on a runtime thread.
impl Memory for StoredMemory {
    fn store_counters(&mut self, counters: &Counters) -> Result<(), MemoryFailure> {
        self.runtime
            .block_on(self.store.update_counters(self.lease.clone(), counters.clone()))
            .map_err(|refusal| memory_failure(&refusal))?;
        self.data.counters = counters.clone();
        Ok(())
    }

    fn store_reference_data(&mut self, pin: PinReference, data: &ReferenceData) -> Result<(), MemoryFailure> {
        let mut updated = self.data.clone();
        updated.replace_pin(pin, data.clone()).map_err(|refusal| memory_failure(&refusal))?;
        self.runtime
            .block_on(self.store.update_card(self.lease.clone(), &updated))
            .map_err(|refusal| memory_failure(&refusal))?;
        self.data = updated;
        Ok(())
    }
}

/// Runs one session with an exclusively leased card; `None` if it is leased by another. Once begun, `operation` runs to its
/// end.
pub(crate) async fn run_card_session<T, S>(
    store: &Store,
    id: &CardId,
    removal_fault: RemovalFault,
    operation: S,
) -> Result<Option<T>, Refusal>
where
    T: Send + 'static,
    S: FnOnce(&mut SimulatedContact) -> T + Send + 'static,
{
    let Some(leased) = store.lease_card(id.clone()).await? else { return Ok(None) };
    let memory = StoredMemory::new(store.clone(), Handle::current(), leased.lease.clone(), leased.data.clone());
    let result = task::spawn_blocking(move || {
        let mut contact = SimulatedContact::start(VirtualCard::new(leased.data, Box::new(memory)), removal_fault);
        let outcome = operation(&mut contact);
        contact.end();
        outcome
    })
    .await;
    store.release_card(leased.lease).await?;
    result.map(Some).map_err(Refusal::CardSession)
}

/// The operations of the municipal office on a card.
pub(crate) enum OfficeOperation {
    /// Resets the tries.
    Unlock(PinReference),
    SetPin(PinReference, ReferenceData),
    /// Replaces the authentication key and certificate (DER).
    Renew(PrivateKey, Vec<u8>),
}

/// DER of the authentication certificate on a card.
pub(crate) async fn read_certificate(store: &Store, id: &CardId) -> Result<Vec<u8>, Refusal> {
    let leased = store.lease_card(id.clone()).await?.ok_or(Refusal::CardInUse)?;
    let certificate = match leased.data.file(aid::JPKI, file::AUTHENTICATION_CERTIFICATE) {
        Some(File::Transparent { content, .. }) => Ok(content.0.clone()),
        _ => Err(Refusal::NoSuchCard),
    };
    store.release_card(leased.lease).await?;
    certificate
}

fn replace_key(data: &mut card::CardData, key: PrivateKey, certificate: Vec<u8>) -> Result<(), Refusal> {
    match data.file_mut(aid::JPKI, file::AUTHENTICATION_KEY) {
        Some(File::Key { pkcs8, .. }) => *pkcs8 = key,
        _ => return Err(Refusal::NoSuchCard),
    }
    match data.file_mut(aid::JPKI, file::AUTHENTICATION_CERTIFICATE) {
        Some(File::Transparent { content, .. }) => *content = Content::from(certificate),
        _ => return Err(Refusal::NoSuchCard),
    }
    Ok(())
}

/// Runs an operation of the office on an exclusively leased card.
pub(crate) async fn run_office_operation(
    store: &Store,
    id: &CardId,
    operation: OfficeOperation,
) -> Result<(), Refusal> {
    let leased = store.lease_card(id.clone()).await?.ok_or(Refusal::CardInUse)?;
    let mut data = leased.data;
    let result = match operation {
        OfficeOperation::Unlock(pin) => data.unlock(pin).map_err(Refusal::from),
        OfficeOperation::SetPin(pin, value) => data.set_pin(pin, value).map_err(Refusal::from),
        OfficeOperation::Renew(key, certificate) => replace_key(&mut data, key, certificate),
    };
    let result = match result {
        Ok(()) => store.update_card(leased.lease.clone(), &data).await,
        Err(refusal) => Err(refusal),
    };
    store.release_card(leased.lease).await?;
    result
}
