//! A card in hand, wherever it is from.

use std::time::Duration;

use base::Randomness;
use card::{CardData, Memory, VirtualCard};
use portal::{Drawer, InHand};
use tokio::{sync::Mutex, time};

use super::{
    Failure, Fault, Where, Which,
    file::{Beside, CardFile},
};
use crate::keep::{Keep, named_by};

/// How often it is said that a card is still in hand: three times before anybody may think otherwise.
const AGAIN: Duration = Duration::from_secs(InHand::TERM.as_secs().unsigned_abs() / 3);

/// A card that nobody else has.
pub(super) enum Taken {
    FromDrawer(InHand),
    FromFile(CardData, Mutex<Option<Beside>>),
}

/// The drawer of the demo whose folder this is. It is never made here.
pub(super) fn drawer(place: &Where) -> Result<Drawer, Failure> {
    if !place.data.join("master.key").is_file() {
        return Err(Failure::NoCards(place.data.clone()));
    }
    let randomness = Randomness::system();
    let keep = Keep::open(&place.data, &randomness)?;
    let url = place.database.as_ref();
    let location = keep.database("portal", url).map_err(|wrong| Failure::Location(named_by(url), wrong))?;
    Ok(Drawer::open(&location, keep.key("portal"), randomness)?)
}

impl Taken {
    /// Takes the card, alone.
    pub(super) async fn take(which: &Which, place: &Where) -> Result<Self, Failure> {
        match which {
            Which::Persona(card) => {
                let taken = drawer(place)?.take(card).await?;
                Ok(Self::FromDrawer(taken.ok_or(Failure::InUse)?))
            }
            Which::File(path) => {
                let CardFile { data, memory } = CardFile::open(path)?;
                Ok(Self::FromFile(data, Mutex::new(Some(memory))))
            }
        }
    }

    /// The card with these faults. What it begins with is kept before anybody sees it.
    pub(super) async fn lay_out(&self, faults: &[Fault]) -> Result<VirtualCard, Failure> {
        let with_faults = |data: &CardData| faults.iter().fold(data.clone(), |data, fault| fault.lay_into(data));
        match self {
            Self::FromDrawer(taken) => Ok(taken.lay_out(with_faults(taken.data())).await?),
            Self::FromFile(data, memory) => {
                let data = with_faults(data);
                let mut memory = memory.lock().await.take().ok_or(Failure::InUse)?;
                memory.keep(&data.counters())?;
                Ok(VirtualCard::new(data, Box::new(memory)))
            }
        }
    }

    /// Holds on to it until it is lost, which is answered.
    pub(super) async fn hold_on(&self) -> Failure {
        let mut turn = time::interval(AGAIN);
        loop {
            turn.tick().await;
            if let Self::FromDrawer(taken) = self
                && let Err(refusal) = taken.hold_on().await
            {
                return refusal.into();
            }
        }
    }

    /// Puts it back.
    pub(super) async fn put_back(self) -> Result<(), Failure> {
        match self {
            Self::FromDrawer(taken) => Ok(taken.put_back().await?),
            Self::FromFile(..) => Ok(()),
        }
    }
}
