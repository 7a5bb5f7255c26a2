//! The virtual cards of the room: who may use one, and how what it must remember becomes durable.

use card::{
    Content, Counters, File, Memory, MemoryFailure, PinReference, PrivateKey, ReferenceData, VirtualCard, aid, file,
};
use tokio::{runtime::Handle, task};

use crate::{
    CardId, Refusal,
    hand::{Hand, Slip},
    store::{Lease, Store},
};

/// What a virtual card writes before it answers: its counters, into the room's database.
struct Kept {
    store: Store,
    database_runs_on: Handle,
    lease: Lease,
}

impl Memory for Kept {
    /// Answers once the counters are durable. The session runs on a thread that may wait, never on one of the runtime's.
    fn keep(&mut self, counters: &Counters) -> Result<(), MemoryFailure> {
        self.database_runs_on
            .block_on(self.store.keep_counters(self.lease.clone(), counters.clone()))
            .map_err(|refusal| MemoryFailure(refusal.to_string()))
    }
}

/// Holds a card for one session, alone: none if another session has it. The session runs to its end once begun.
pub(crate) async fn session<T, S>(store: &Store, id: &CardId, slip: Slip, session: S) -> Result<Option<T>, Refusal>
where
    T: Send + 'static,
    S: FnOnce(&mut Hand) -> T + Send + 'static,
{
    let Some(held) = store.hold_card(id.clone()).await? else { return Ok(None) };
    let memory = Kept { store: store.clone(), database_runs_on: Handle::current(), lease: held.lease.clone() };
    let carried_out = task::spawn_blocking(move || {
        let mut hand = Hand::holding(VirtualCard::new(held.data, Box::new(memory)), slip);
        let outcome = session(&mut hand);
        hand.take_away();
        outcome
    })
    .await;
    store.put_card_down(held.lease).await?;
    carried_out.map(Some).map_err(Refusal::Reader)
}

/// What the municipal office does with a card.
pub(crate) enum AtTheOffice {
    /// Gives all tries back.
    Unlock(PinReference),
    /// Sets a new PIN.
    SetPin(PinReference, ReferenceData),
    /// Puts another key and certificate (DER) for authentication in the place of the old.
    Renew(PrivateKey, Vec<u8>),
}

/// The DER of the authentication certificate that a card shows to whoever reads it.
pub(crate) async fn certificate(store: &Store, id: &CardId) -> Result<Vec<u8>, Refusal> {
    let held = store.hold_card(id.clone()).await?.ok_or(Refusal::CardInUse)?;
    let shown = match held.data.file(aid::JPKI, file::AUTHENTICATION_CERTIFICATE) {
        Some(File::Transparent { content, .. }) => Ok(content.0.clone()),
        _ => Err(Refusal::NoSuchCard),
    };
    store.put_card_down(held.lease).await?;
    shown
}

fn renew(data: &mut card::CardData, key: PrivateKey, certificate: Vec<u8>) -> Result<(), Refusal> {
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
pub(crate) async fn at_the_office(store: &Store, id: &CardId, what: AtTheOffice) -> Result<(), Refusal> {
    let held = store.hold_card(id.clone()).await?.ok_or(Refusal::CardInUse)?;
    let mut data = held.data;
    let done = match what {
        AtTheOffice::Unlock(pin) => data.unlock(pin).map_err(Refusal::from),
        AtTheOffice::SetPin(pin, value) => data.set_pin(pin, value).map_err(Refusal::from),
        AtTheOffice::Renew(key, certificate) => renew(&mut data, key, certificate),
    };
    let kept = match done {
        Ok(()) => store.keep_card(held.lease.clone(), &data).await,
        Err(refusal) => Err(refusal),
    };
    store.put_card_down(held.lease).await?;
    kept
}
