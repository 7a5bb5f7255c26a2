//! The virtual cards of the room: who may use one, and how what it must remember becomes durable.

use card::{
    CardData, Content, Counters, File, Memory, MemoryFailure, PinReference, PrivateKey, ReferenceData, VirtualCard,
    aid, file,
};
use tokio::{runtime::Handle, task};

use crate::{
    CardId, Refusal,
    simulated_contact::{RemovalFault, SimulatedContact},
    store::{Lease, Store},
};

/// What a virtual card writes before it answers: its counters and changed PINs, into the room's database.
pub(crate) struct StoredMemory {
    store: Store,
    runtime: Handle,
    lease: Lease,
    data: CardData,
}

impl StoredMemory {
    /// For the card that was taken with this lease, as it was then.
    pub(crate) fn new(store: Store, database_runs_on: Handle, lease: Lease, data: CardData) -> Self {
        Self { store, runtime: database_runs_on, lease, data }
    }
}

fn memory_failure(refusal: &dyn std::error::Error) -> MemoryFailure {
    MemoryFailure(refusal.to_string())
}

/// Each answers once it is durable. The card works on a thread that may wait, never on one of the runtime's.
impl Memory for StoredMemory {
    fn store_counters(&mut self, counters: &Counters) -> Result<(), MemoryFailure> {
        self.runtime
            .block_on(self.store.update_counters(self.lease.clone(), counters.clone()))
            .map_err(|refusal| memory_failure(&refusal))?;
        self.data.counters = counters.clone();
        Ok(())
    }

    fn store_reference_data(&mut self, pin: PinReference, data: &ReferenceData) -> Result<(), MemoryFailure> {
        let mut changed = self.data.clone();
        changed.replace_pin(pin, data.clone()).map_err(|refusal| memory_failure(&refusal))?;
        self.runtime
            .block_on(self.store.update_card(self.lease.clone(), &changed))
            .map_err(|refusal| memory_failure(&refusal))?;
        self.data = changed;
        Ok(())
    }
}

/// Holds a card for one session, alone: none if another session has it. The session runs to its end once begun.
pub(crate) async fn run_card_session<T, S>(
    store: &Store,
    id: &CardId,
    slip: RemovalFault,
    session: S,
) -> Result<Option<T>, Refusal>
where
    T: Send + 'static,
    S: FnOnce(&mut SimulatedContact) -> T + Send + 'static,
{
    let Some(held) = store.lease_card(id.clone()).await? else { return Ok(None) };
    let memory = StoredMemory::new(store.clone(), Handle::current(), held.lease.clone(), held.data.clone());
    let carried_out = task::spawn_blocking(move || {
        let mut hand = SimulatedContact::start(VirtualCard::new(held.data, Box::new(memory)), slip);
        let outcome = session(&mut hand);
        hand.end();
        outcome
    })
    .await;
    store.release_card(held.lease).await?;
    carried_out.map(Some).map_err(Refusal::CardSession)
}

/// What the municipal office does with a card.
pub(crate) enum OfficeOperation {
    /// Gives all tries back.
    Unlock(PinReference),
    /// Sets a new PIN.
    SetPin(PinReference, ReferenceData),
    /// Puts another key and certificate (DER) for authentication in the place of the old.
    Renew(PrivateKey, Vec<u8>),
}

/// The DER of the authentication certificate that a card shows to whoever reads it.
pub(crate) async fn read_certificate(store: &Store, id: &CardId) -> Result<Vec<u8>, Refusal> {
    let held = store.lease_card(id.clone()).await?.ok_or(Refusal::CardInUse)?;
    let shown = match held.data.file(aid::JPKI, file::AUTHENTICATION_CERTIFICATE) {
        Some(File::Transparent { content, .. }) => Ok(content.0.clone()),
        _ => Err(Refusal::NoSuchCard),
    };
    store.release_card(held.lease).await?;
    shown
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

/// Has the office do something with a card, which nobody else may hold meanwhile.
pub(crate) async fn run_office_operation(store: &Store, id: &CardId, what: OfficeOperation) -> Result<(), Refusal> {
    let held = store.lease_card(id.clone()).await?.ok_or(Refusal::CardInUse)?;
    let mut data = held.data;
    let done = match what {
        OfficeOperation::Unlock(pin) => data.unlock(pin).map_err(Refusal::from),
        OfficeOperation::SetPin(pin, value) => data.set_pin(pin, value).map_err(Refusal::from),
        OfficeOperation::Renew(key, certificate) => replace_key(&mut data, key, certificate),
    };
    let kept = match done {
        Ok(()) => store.update_card(held.lease.clone(), &data).await,
        Err(refusal) => Err(refusal),
    };
    store.release_card(held.lease).await?;
    kept
}
