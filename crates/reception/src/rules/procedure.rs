//! 同意の登録手続き: one patient, one institution, one visit date (or home visits).
//!
//! ```text
//! Asked ──choose──▶ Chosen ──confirm──▶ Confirmed ──register──▶ Registered ──finish──▶ Handed
//!   │      ▲          │ ▲                  │  │                      │
//!   │      └──choose──┘ └──────choose──────┘  │                      └──disown──▶ Lapsed
//!   └────────────────────┴────────────────────┴──▶ Lapsed (abandon, or an hour without end)
//! ```
//!
//! Once registered it does not lapse by itself, and it cannot be registered twice: `register` takes a
//! [`Stage::Confirmed`] and leaves none behind. What was registered with another person's card is taken back by whoever
//! began, as long as the service has not been told.

use base::{Date, InstitutionCode, ReceptionNumber, Span, Timestamp};
use eligibility::{Choice, Choices, Item};
use handover::{ClientId, CodeChallenge, RedirectUri, Reference, State};
use serde::{Deserialize, Serialize};

use super::renewal::Renewal;

/// How long a procedure may take before it lapses. Long enough to look for the card, the PIN and one's glasses.
pub const LONGEST: Span = Span::from_mins(60);

/// What was asked: it never changes.
#[derive(Clone, Serialize, Deserialize)]
pub struct Asked {
    /// Which institution may read.
    pub institution: InstitutionCode,
    /// On which day; none for home visits (訪問診療等), whose consent lasts until it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_date: Option<Date>,
    /// Who sent the person here.
    pub via: Via,
}

/// How the person came.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// A service pushed a request and waits for its end.
    HandOver(HandOver),
    /// The institution's fixed URL: nobody waits, the institution looks into its terminal.
    FixedUrl,
}

/// Where the end of a handed-over procedure is told.
#[derive(Clone, Serialize, Deserialize)]
pub struct HandOver {
    /// Which service.
    pub client: ClientId,
    /// Where it is told.
    pub redirect_uri: RedirectUri,
    /// The word that goes back with it.
    #[serde(with = "state")]
    pub state: Option<State>,
    /// What the code will be bound to (RFC 7636).
    pub challenge: CodeChallenge,
    /// The service's own reference.
    pub reference: Reference,
}

/// Where a procedure stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is chosen.
    Asked,
    /// Every item is chosen, and shown once more.
    Chosen(#[serde(serialize_with = "choices::write", deserialize_with = "choices::read")] Choices),
    /// The person said that these are to be registered; the card is awaited.
    Confirmed(#[serde(serialize_with = "choices::write", deserialize_with = "choices::read")] Choices),
    /// The reception stands. The service does not know it yet.
    Registered {
        /// Its number.
        number: ReceptionNumber,
        /// Until when it may be read; none where only a withdrawal ends it.
        valid_until: Option<Timestamp>,
        /// Whether the certificate that it was registered with is to be renewed.
        #[serde(default)]
        renewal: Renewal,
    },
    /// The person said 「手続きを終了する」.
    Handed {
        /// The reception's number.
        number: ReceptionNumber,
        /// Until when it may be read; none where only a withdrawal ends it.
        valid_until: Option<Timestamp>,
        /// Whether the certificate that it was registered with is to be renewed.
        #[serde(default)]
        renewal: Renewal,
    },
    /// Nothing was registered and nothing will be.
    Lapsed(Why),
}

/// Why nothing was registered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The person ended it.
    Abandoned,
    /// It took longer than [`LONGEST`].
    TooLong,
    /// It was registered with a card that is not the person's, and taken back.
    OtherCard,
}

/// Why a move cannot be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Misstep {
    /// Something else has to be done first.
    #[error("an earlier step is still to be done")]
    TooEarly,
    /// What is to be confirmed is not what was shown.
    #[error("the choices were changed since they were shown")]
    OtherChoices,
    /// The reception stands already.
    #[error("the reception is registered already")]
    AlreadyRegistered,
    /// The procedure is over.
    #[error("the procedure is over without a registration")]
    Over,
}

impl Stage {
    /// The person chose every item. May be done again until the reception stands.
    pub fn choose(self, choices: Choices) -> Result<Self, Misstep> {
        match self {
            Self::Asked | Self::Chosen(_) | Self::Confirmed(_) => Ok(Self::Chosen(choices)),
            Self::Registered { .. } | Self::Handed { .. } => Err(Misstep::AlreadyRegistered),
            Self::Lapsed(_) => Err(Misstep::Over),
        }
    }

    /// The person has seen exactly `seen` and wants it registered. Confirming again asks the card again.
    pub fn confirm(self, seen: &str) -> Result<Self, Misstep> {
        match self {
            Self::Chosen(choices) | Self::Confirmed(choices) if shown_as(choices) == seen => {
                Ok(Self::Confirmed(choices))
            }
            Self::Chosen(_) | Self::Confirmed(_) => Err(Misstep::OtherChoices),
            Self::Asked => Err(Misstep::TooEarly),
            Self::Registered { .. } | Self::Handed { .. } => Err(Misstep::AlreadyRegistered),
            Self::Lapsed(_) => Err(Misstep::Over),
        }
    }

    /// What a confirmed procedure registers, once the card has answered in the browser that began.
    pub fn to_register(&self) -> Result<Choices, Misstep> {
        match self {
            Self::Confirmed(choices) => Ok(*choices),
            Self::Asked | Self::Chosen(_) => Err(Misstep::TooEarly),
            Self::Registered { .. } | Self::Handed { .. } => Err(Misstep::AlreadyRegistered),
            Self::Lapsed(_) => Err(Misstep::Over),
        }
    }

    /// The reception stands under `number`.
    pub fn register(
        self,
        number: ReceptionNumber,
        valid_until: Option<Timestamp>,
        renewal: Renewal,
    ) -> Result<Self, Misstep> {
        self.to_register()?;
        Ok(Self::Registered { number, valid_until, renewal })
    }

    /// 「手続きを終了する」. Pressing it twice is the same as once.
    pub fn finish(self) -> Result<Self, Misstep> {
        match self {
            Self::Registered { number, valid_until, renewal } | Self::Handed { number, valid_until, renewal } => {
                Ok(Self::Handed { number, valid_until, renewal })
            }
            Self::Lapsed(_) => Err(Misstep::Over),
            Self::Asked | Self::Chosen(_) | Self::Confirmed(_) => Err(Misstep::TooEarly),
        }
    }

    /// The card was not the person's own: what it registered is taken back. The number of the reception to withdraw.
    pub fn disown(self) -> Result<(Self, ReceptionNumber), Misstep> {
        match self {
            Self::Registered { number, .. } => Ok((Self::Lapsed(Why::OtherCard), number)),
            Self::Handed { .. } => Err(Misstep::AlreadyRegistered),
            Self::Lapsed(_) => Err(Misstep::Over),
            Self::Asked | Self::Chosen(_) | Self::Confirmed(_) => Err(Misstep::TooEarly),
        }
    }

    /// The person ends it without registering.
    pub fn abandon(self) -> Result<Self, Misstep> {
        match self {
            Self::Asked | Self::Chosen(_) | Self::Confirmed(_) => Ok(Self::Lapsed(Why::Abandoned)),
            Self::Registered { .. } | Self::Handed { .. } => Err(Misstep::AlreadyRegistered),
            Self::Lapsed(why) => Ok(Self::Lapsed(why)),
        }
    }

    /// The stage as it is at `now`: what was not registered in time has lapsed.
    #[must_use]
    pub fn at(self, now: Timestamp, ends: Timestamp) -> Self {
        match self {
            Self::Asked | Self::Chosen(_) | Self::Confirmed(_) if now >= ends => Self::Lapsed(Why::TooLong),
            stage => stage,
        }
    }
}

/// What stands for choices that were shown: the page that confirms carries it, so that a change in another tab between
/// showing and confirming is noticed.
///
/// It is no secret and needs no digest: six items fit into a line.
pub fn shown_as(choices: Choices) -> String {
    agreed(choices).map(Item::key).collect::<Vec<_>>().join(",")
}

fn agreed(choices: Choices) -> impl Iterator<Item = Item> {
    choices.each().filter(|(_, choice)| *choice == Choice::Agree).map(|(item, _)| item)
}

/// Choices are kept as the list of what was agreed to.
mod choices {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Choice, Choices, Item};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    pub(super) fn write<S: Serializer>(choices: &Choices, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(super::agreed(*choices).map(Item::key))
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Choices, D::Error> {
        let keys = Vec::<String>::deserialize(deserializer)?;
        if let Some(unknown) = keys.iter().find(|key| Item::from_key(key).is_none()) {
            return Err(serde::de::Error::custom(format!("no item is called {unknown}")));
        }
        let agrees = |item: Item| keys.iter().any(|key| key == item.key());
        Ok(Choices::of(|item| if agrees(item) { Choice::Agree } else { Choice::Decline }))
    }
}

/// A state cannot be printed; it is kept because it must go back to the service as it came.
mod state {
    use handover::State;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands a reference")]
    pub(super) fn serialize<S: Serializer>(state: &Option<State>, serializer: S) -> Result<S::Ok, S::Error> {
        match state {
            Some(state) => serializer.serialize_some(state.reveal()),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<State>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use base::Randomness;
    use eligibility::Choice;
    use proptest::prelude::{Just, Strategy, prop_oneof, proptest};

    use super::*;

    fn all(choice: Choice) -> Choices {
        Choices::all(choice)
    }

    fn number() -> ReceptionNumber {
        ReceptionNumber::new(&Randomness::repeatable("number"))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn a_procedure_goes_its_way() {
        let choices = all(Choice::Agree);
        let seen = shown_as(choices);
        let stage = Stage::Asked.choose(choices).unwrap().confirm(&seen).unwrap();
        let stage = stage.register(number(), Some(at(9)), Renewal::NotDue).unwrap().finish().unwrap();
        assert_eq!(stage, Stage::Handed { number: number(), valid_until: Some(at(9)), renewal: Renewal::NotDue });
        assert_eq!(stage.clone().finish(), Ok(stage));
    }

    #[test]
    fn what_was_not_shown_cannot_be_confirmed() {
        let stage = Stage::Chosen(all(Choice::Agree));
        assert_eq!(stage.confirm(&shown_as(all(Choice::Decline))), Err(Misstep::OtherChoices));
    }

    #[test]
    fn nothing_registered_lapses_and_nothing_unregistered_stays_for_ever() {
        let registered = Stage::Registered { number: number(), valid_until: Some(at(9)), renewal: Renewal::NotDue };
        assert_eq!(registered.clone().at(at(100), at(10)), registered);
        assert_eq!(Stage::Asked.at(at(10), at(10)), Stage::Lapsed(Why::TooLong));
        assert_eq!(Stage::Asked.at(at(9), at(10)), Stage::Asked);
    }

    #[test]
    fn a_stage_that_was_kept_before_renewals_were_spoken_of_is_still_read() {
        let kept = r#"{"registered":{"number":"NUMBER","valid_until":null}}"#.replace("NUMBER", &number().to_string());
        let stage: Stage = serde_json::from_str(&kept).unwrap();
        assert_eq!(stage, Stage::Registered { number: number(), valid_until: None, renewal: Renewal::NotDue });
    }

    #[test]
    fn what_another_card_registered_is_taken_back_until_the_service_is_told() {
        let registered = Stage::Registered { number: number(), valid_until: Some(at(9)), renewal: Renewal::NotDue };
        assert_eq!(registered.clone().disown(), Ok((Stage::Lapsed(Why::OtherCard), number())));
        assert_eq!(registered.finish().unwrap().disown(), Err(Misstep::AlreadyRegistered));
        assert_eq!(Stage::Asked.disown(), Err(Misstep::TooEarly));
        assert_eq!(Stage::Lapsed(Why::OtherCard).abandon(), Ok(Stage::Lapsed(Why::OtherCard)));
        assert_eq!(Stage::Lapsed(Why::OtherCard).disown(), Err(Misstep::Over));
    }

    #[derive(Clone, Debug)]
    enum Move {
        Choose(Choice),
        Confirm(Choice),
        Register,
        Finish,
        Abandon,
    }

    fn moves() -> impl Strategy<Value = Move> {
        prop_oneof![
            Just(Move::Choose(Choice::Agree)),
            Just(Move::Choose(Choice::Decline)),
            Just(Move::Confirm(Choice::Agree)),
            Just(Move::Confirm(Choice::Decline)),
            Just(Move::Register),
            Just(Move::Finish),
            Just(Move::Abandon),
        ]
    }

    proptest! {
        #[test]
        fn it_is_registered_at_most_once_and_only_as_last_shown(path in proptest::collection::vec(moves(), 0..24)) {
            let mut stage = Stage::Asked;
            let (mut shown, mut registered) = (None, 0);
            for step in path {
                let before = stage.clone();
                let next = match step {
                    Move::Choose(choice) => stage.clone().choose(all(choice)).inspect(|_| shown = Some(choice)),
                    Move::Confirm(choice) => stage.clone().confirm(&shown_as(all(choice))),
                    Move::Register => {
                        if let Ok(choices) = stage.to_register() {
                            assert_eq!(Some(choices), shown.map(all));
                        }
                        stage.clone().register(number(), Some(at(9)), Renewal::NotDue).inspect(|_| registered += 1)
                    }
                    Move::Finish => stage.clone().finish(),
                    Move::Abandon => stage.clone().abandon(),
                };
                stage = next.unwrap_or(before);
            }
            assert!(registered <= 1);
            assert_eq!(registered == 1, matches!(stage, Stage::Registered { .. } | Stage::Handed { .. }));
        }
    }
}
