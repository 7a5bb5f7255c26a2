//! The virtual cards of the room: who may use one, and how what it must remember becomes durable.

use card::{CardData, Counters, Memory, MemoryFailure, PinReference, ReferenceData, VirtualCard};
use tokio::{runtime::Handle, task};

use crate::{
    CardId, Refusal,
    hand::{Hand, Slip},
    store::{Lease, Store},
};

/// What a virtual card writes before it answers: its counters and changed PINs, into the room's database.
pub(crate) struct Kept {
    store: Store,
    database_runs_on: Handle,
    lease: Lease,
    data: CardData,
}

impl Kept {
    /// For the card that was taken with this lease, as it was then.
    pub(crate) fn new(store: Store, database_runs_on: Handle, lease: Lease, data: CardData) -> Self {
        Self { store, database_runs_on, lease, data }
    }
}

fn not_kept(refusal: &dyn std::error::Error) -> MemoryFailure {
    MemoryFailure(refusal.to_string())
}

/// Each answers once it is durable. The card works on a thread that may wait, never on one of the runtime's.
impl Memory for Kept {
    fn keep(&mut self, counters: &Counters) -> Result<(), MemoryFailure> {
        self.database_runs_on
            .block_on(self.store.keep_counters(self.lease.clone(), counters.clone()))
            .map_err(|refusal| not_kept(&refusal))?;
        self.data.counters = counters.clone();
        Ok(())
    }

    fn keep_reference_data(&mut self, pin: PinReference, data: &ReferenceData) -> Result<(), MemoryFailure> {
        let mut changed = self.data.clone();
        changed.put_pin(pin, data.clone()).map_err(|refusal| not_kept(&refusal))?;
        self.database_runs_on
            .block_on(self.store.keep_card(self.lease.clone(), &changed))
            .map_err(|refusal| not_kept(&refusal))?;
        self.data = changed;
        Ok(())
    }
}

/// Holds a card for one session, alone: none if another session has it. The session runs to its end once begun.
pub(crate) async fn session<T, S>(store: &Store, id: &CardId, slip: Slip, session: S) -> Result<Option<T>, Refusal>
where
    T: Send + 'static,
    S: FnOnce(&mut Hand) -> T + Send + 'static,
{
    let Some(held) = store.hold_card(id.clone()).await? else { return Ok(None) };
    let memory = Kept::new(store.clone(), Handle::current(), held.lease.clone(), held.data.clone());
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
}

/// Has the office do something with a card, which nobody else may hold meanwhile.
pub(crate) async fn at_the_office(store: &Store, id: &CardId, what: AtTheOffice) -> Result<(), Refusal> {
    let held = store.hold_card(id.clone()).await?.ok_or(Refusal::CardInUse)?;
    let mut data = held.data;
    let done = match what {
        AtTheOffice::Unlock(pin) => data.unlock(pin),
        AtTheOffice::SetPin(pin, value) => data.set_pin(pin, value),
    };
    let kept = match done {
        Ok(()) => store.keep_card(held.lease.clone(), &data).await,
        Err(refusal) => Err(refusal.into()),
    };
    store.put_card_down(held.lease).await?;
    kept
}
