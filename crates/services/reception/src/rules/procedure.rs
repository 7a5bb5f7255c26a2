//! The consent procedure (同意の登録手続き): one patient, one institution, one visit date (or home visits).
//!
//! ```text
//! Requested ──choose──▶ Chosen ──confirm──▶ Confirmed ──register──▶ Registered ──complete──▶ Completed
//!   │          ▲          │ ▲                  │  │                      │
//!   │          └──choose──┘ └──────choose──────┘  │                      └──cancel_registration──▶ Lapsed
//!   └────────────────────────┴────────────────────┴──▶ Lapsed (abandon, or an hour without end)
//! ```
//!
//! Once registered it does not lapse by itself, and it cannot be registered twice: `register` takes a
//! [`ProcedureStage::Confirmed`] and leaves none behind. What was registered with another person's card can be cancelled
//! in the browser that began, as long as the service has not been notified.

use base::{Date, InstitutionCode, ReceptionNumber, Span, Timestamp};
use eligibility::{ConsentChoice, ConsentChoices, ConsentItem};
use handover::{ClientId, CodeChallenge, RedirectUri, Reference, State};
use serde::{Deserialize, Serialize};

use super::renewal::Renewal;

/// How long a procedure may take before it lapses: enough to look for the card and the PIN.
pub const PROCEDURE_LIFE: Span = Span::from_mins(60);

/// What was requested. It never changes.
#[derive(Clone, Serialize, Deserialize)]
pub struct ConsentRequest {
    /// The institution that may read.
    pub institution: InstitutionCode,
    /// The visit date; none for home visits (訪問診療等), whose consent lasts until it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_date: Option<Date>,
    /// How the person came here.
    #[serde(rename = "via")]
    pub route: EntryRoute,
}

/// How the person came to the reception.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryRoute {
    /// A service pushed a request and waits for the result.
    HandOver(HandOver),
    /// The institution's fixed URL: no service waits, the institution checks its terminal.
    FixedUrl,
}

/// Where the result of a handed-over procedure is sent.
#[derive(Clone, Serialize, Deserialize)]
pub struct HandOver {
    pub client: ClientId,
    pub redirect_uri: RedirectUri,
    /// Returned unchanged with the result (RFC 6749 §4.1.1).
    #[serde(with = "state")]
    pub state: Option<State>,
    /// The code will be bound to it (RFC 7636).
    pub challenge: CodeChallenge,
    /// The service's own reference of the appointment.
    pub reference: Reference,
}

/// The stage of a procedure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureStage {
    /// No item is chosen yet.
    #[serde(rename = "asked")]
    Requested,
    /// Every item is chosen and displayed for confirmation.
    Chosen(#[serde(serialize_with = "choices::write", deserialize_with = "choices::read")] ConsentChoices),
    /// The person confirmed the choices; the card is awaited.
    Confirmed(#[serde(serialize_with = "choices::write", deserialize_with = "choices::read")] ConsentChoices),
    /// The reception is registered. The service has not been notified.
    Registered {
        number: ReceptionNumber,
        /// Until when it may be read; none if only a withdrawal ends it.
        valid_until: Option<Timestamp>,
        /// Whether the certificate that was used is due for renewal.
        #[serde(default)]
        renewal: Renewal,
    },
    /// The person pressed 「手続きを終了する」.
    #[serde(rename = "handed")]
    Completed {
        number: ReceptionNumber,
        /// Until when it may be read; none if only a withdrawal ends it.
        valid_until: Option<Timestamp>,
        /// Whether the certificate that was used is due for renewal.
        #[serde(default)]
        renewal: Renewal,
    },
    /// Nothing was registered and nothing will be.
    Lapsed(LapseReason),
}

/// Why nothing was registered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LapseReason {
    /// The person ended it.
    Abandoned,
    /// It took longer than [`PROCEDURE_LIFE`].
    TooLong,
    /// It was registered with another person's card, and cancelled.
    OtherCard,
}

/// Why a transition is not allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProcedureTransitionError {
    /// An earlier step has to be done first.
    #[error("an earlier step is still to be done")]
    TooEarly,
    #[error("the choices were changed since they were shown")]
    OtherChoices,
    /// The reception is registered already.
    #[error("the reception is registered already")]
    AlreadyRegistered,
    #[error("the procedure is over without a registration")]
    Ended,
}

impl ProcedureStage {
    /// The person chose every item. Allowed again until the reception is registered.
    pub fn choose(self, choices: ConsentChoices) -> Result<Self, ProcedureTransitionError> {
        match self {
            Self::Requested | Self::Chosen(_) | Self::Confirmed(_) => Ok(Self::Chosen(choices)),
            Self::Registered { .. } | Self::Completed { .. } => Err(ProcedureTransitionError::AlreadyRegistered),
            Self::Lapsed(_) => Err(ProcedureTransitionError::Ended),
        }
    }

    /// The person confirms the choices displayed as `seen`. Confirming again needs the card again.
    pub fn confirm(self, seen: &str) -> Result<Self, ProcedureTransitionError> {
        match self {
            Self::Chosen(choices) | Self::Confirmed(choices) if format_choices(choices) == seen => {
                Ok(Self::Confirmed(choices))
            }
            Self::Chosen(_) | Self::Confirmed(_) => Err(ProcedureTransitionError::OtherChoices),
            Self::Requested => Err(ProcedureTransitionError::TooEarly),
            Self::Registered { .. } | Self::Completed { .. } => Err(ProcedureTransitionError::AlreadyRegistered),
            Self::Lapsed(_) => Err(ProcedureTransitionError::Ended),
        }
    }

    /// The choices to register once the card has authenticated the person in the browser that began.
    pub fn confirmed_choices(&self) -> Result<ConsentChoices, ProcedureTransitionError> {
        match self {
            Self::Confirmed(choices) => Ok(*choices),
            Self::Requested | Self::Chosen(_) => Err(ProcedureTransitionError::TooEarly),
            Self::Registered { .. } | Self::Completed { .. } => Err(ProcedureTransitionError::AlreadyRegistered),
            Self::Lapsed(_) => Err(ProcedureTransitionError::Ended),
        }
    }

    /// The reception is registered under `number`.
    pub fn register(
        self,
        number: ReceptionNumber,
        valid_until: Option<Timestamp>,
        renewal: Renewal,
    ) -> Result<Self, ProcedureTransitionError> {
        self.confirmed_choices()?;
        Ok(Self::Registered { number, valid_until, renewal })
    }

    /// 「手続きを終了する」. Idempotent.
    pub fn complete(self) -> Result<Self, ProcedureTransitionError> {
        match self {
            Self::Registered { number, valid_until, renewal } | Self::Completed { number, valid_until, renewal } => {
                Ok(Self::Completed { number, valid_until, renewal })
            }
            Self::Lapsed(_) => Err(ProcedureTransitionError::Ended),
            Self::Requested | Self::Chosen(_) | Self::Confirmed(_) => Err(ProcedureTransitionError::TooEarly),
        }
    }

    /// The card was not the person's own: the registration is cancelled. Also returns the number to withdraw.
    pub fn cancel_registration(self) -> Result<(Self, ReceptionNumber), ProcedureTransitionError> {
        match self {
            Self::Registered { number, .. } => Ok((Self::Lapsed(LapseReason::OtherCard), number)),
            Self::Completed { .. } => Err(ProcedureTransitionError::AlreadyRegistered),
            Self::Lapsed(_) => Err(ProcedureTransitionError::Ended),
            Self::Requested | Self::Chosen(_) | Self::Confirmed(_) => Err(ProcedureTransitionError::TooEarly),
        }
    }

    /// The person ends it without registering.
    pub fn abandon(self) -> Result<Self, ProcedureTransitionError> {
        match self {
            Self::Requested | Self::Chosen(_) | Self::Confirmed(_) => Ok(Self::Lapsed(LapseReason::Abandoned)),
            Self::Registered { .. } | Self::Completed { .. } => Err(ProcedureTransitionError::AlreadyRegistered),
            Self::Lapsed(reason) => Ok(Self::Lapsed(reason)),
        }
    }

    /// The stage as it is at `now`: a procedure that was not registered in time has lapsed.
    #[must_use]
    pub fn at_time(self, now: Timestamp, ends: Timestamp) -> Self {
        match self {
            Self::Requested | Self::Chosen(_) | Self::Confirmed(_) if now >= ends => Self::Lapsed(LapseReason::TooLong),
            stage => stage,
        }
    }
}

/// The displayed choices as text: the confirmation page carries it, so that a change in another tab between display and
/// confirmation is noticed.
///
/// It is no secret and needs no digest: six items fit into a line.
pub fn format_choices(choices: ConsentChoices) -> String {
    agreed_items(choices).map(ConsentItem::as_str).collect::<Vec<_>>().join(",")
}

fn agreed_items(choices: ConsentChoices) -> impl Iterator<Item = ConsentItem> {
    choices.iter().filter(|(_, choice)| *choice == ConsentChoice::Agree).map(|(item, _)| item)
}

/// Choices are stored as the list of agreed items.
mod choices {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{ConsentChoice, ConsentChoices, ConsentItem};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    pub(super) fn write<S: Serializer>(choices: &ConsentChoices, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(super::agreed_items(*choices).map(ConsentItem::as_str))
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ConsentChoices, D::Error> {
        let keys = Vec::<String>::deserialize(deserializer)?;
        if let Some(unknown) = keys.iter().find(|key| key.parse::<ConsentItem>().is_err()) {
            return Err(serde::de::Error::custom(format!("no item is called {unknown}")));
        }
        let agrees = |item: ConsentItem| keys.iter().any(|key| key == item.as_str());
        Ok(ConsentChoices::from_fn(|item| if agrees(item) { ConsentChoice::Agree } else { ConsentChoice::Decline }))
    }
}

/// [`State`] cannot be printed; it is stored because it goes back to the service unchanged.
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
    use eligibility::ConsentChoice;
    use proptest::prelude::{Just, Strategy, prop_oneof, proptest};

    use super::*;

    fn all_choices(choice: ConsentChoice) -> ConsentChoices {
        ConsentChoices::all(choice)
    }

    fn number() -> ReceptionNumber {
        ReceptionNumber::new(&Randomness::repeatable("number"))
    }

    fn timestamp(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn a_procedure_goes_its_way() {
        let choices = all_choices(ConsentChoice::Agree);
        let seen = format_choices(choices);
        let stage = ProcedureStage::Requested.choose(choices).unwrap().confirm(&seen).unwrap();
        let stage = stage.register(number(), Some(timestamp(9)), Renewal::NotDue).unwrap().complete().unwrap();
        assert_eq!(
            stage,
            ProcedureStage::Completed { number: number(), valid_until: Some(timestamp(9)), renewal: Renewal::NotDue }
        );
        assert_eq!(stage.clone().complete(), Ok(stage));
    }

    #[test]
    fn what_was_not_shown_cannot_be_confirmed() {
        let stage = ProcedureStage::Chosen(all_choices(ConsentChoice::Agree));
        assert_eq!(
            stage.confirm(&format_choices(all_choices(ConsentChoice::Decline))),
            Err(ProcedureTransitionError::OtherChoices)
        );
    }

    #[test]
    fn nothing_registered_lapses_and_nothing_unregistered_stays_for_ever() {
        let registered =
            ProcedureStage::Registered { number: number(), valid_until: Some(timestamp(9)), renewal: Renewal::NotDue };
        assert_eq!(registered.clone().at_time(timestamp(100), timestamp(10)), registered);
        assert_eq!(
            ProcedureStage::Requested.at_time(timestamp(10), timestamp(10)),
            ProcedureStage::Lapsed(LapseReason::TooLong)
        );
        assert_eq!(ProcedureStage::Requested.at_time(timestamp(9), timestamp(10)), ProcedureStage::Requested);
    }

    #[test]
    fn a_stage_that_was_kept_before_renewals_were_spoken_of_is_still_read() {
        let stored =
            r#"{"registered":{"number":"NUMBER","valid_until":null}}"#.replace("NUMBER", &number().to_string());
        let stage: ProcedureStage = serde_json::from_str(&stored).unwrap();
        assert_eq!(stage, ProcedureStage::Registered { number: number(), valid_until: None, renewal: Renewal::NotDue });
    }

    #[test]
    fn what_another_card_registered_is_taken_back_until_the_service_is_told() {
        let registered =
            ProcedureStage::Registered { number: number(), valid_until: Some(timestamp(9)), renewal: Renewal::NotDue };
        assert_eq!(
            registered.clone().cancel_registration(),
            Ok((ProcedureStage::Lapsed(LapseReason::OtherCard), number()))
        );
        assert_eq!(
            registered.complete().unwrap().cancel_registration(),
            Err(ProcedureTransitionError::AlreadyRegistered)
        );
        assert_eq!(ProcedureStage::Requested.cancel_registration(), Err(ProcedureTransitionError::TooEarly));
        assert_eq!(
            ProcedureStage::Lapsed(LapseReason::OtherCard).abandon(),
            Ok(ProcedureStage::Lapsed(LapseReason::OtherCard))
        );
        assert_eq!(
            ProcedureStage::Lapsed(LapseReason::OtherCard).cancel_registration(),
            Err(ProcedureTransitionError::Ended)
        );
    }

    #[derive(Clone, Debug)]
    enum Move {
        Choose(ConsentChoice),
        Confirm(ConsentChoice),
        Register,
        Complete,
        Abandon,
    }

    fn moves() -> impl Strategy<Value = Move> {
        prop_oneof![
            Just(Move::Choose(ConsentChoice::Agree)),
            Just(Move::Choose(ConsentChoice::Decline)),
            Just(Move::Confirm(ConsentChoice::Agree)),
            Just(Move::Confirm(ConsentChoice::Decline)),
            Just(Move::Register),
            Just(Move::Complete),
            Just(Move::Abandon),
        ]
    }

    proptest! {
        #[test]
        fn it_is_registered_at_most_once_and_only_as_last_shown(path in proptest::collection::vec(moves(), 0..24)) {
            let mut stage = ProcedureStage::Requested;
            let (mut last_choice, mut registered) = (None, 0);
            for step in path {
                let previous = stage.clone();
                let next = match step {
                    Move::Choose(choice) => stage.clone().choose(all_choices(choice)).inspect(|_| last_choice = Some(choice)),
                    Move::Confirm(choice) => stage.clone().confirm(&format_choices(all_choices(choice))),
                    Move::Register => {
                        if let Ok(choices) = stage.confirmed_choices() {
                            assert_eq!(Some(choices), last_choice.map(all_choices));
                        }
                        stage.clone().register(number(), Some(timestamp(9)), Renewal::NotDue).inspect(|_| registered += 1)
                    }
                    Move::Complete => stage.clone().complete(),
                    Move::Abandon => stage.clone().abandon(),
                };
                stage = next.unwrap_or(previous);
            }
            assert!(registered <= 1);
            assert_eq!(registered == 1, matches!(stage, ProcedureStage::Registered { .. } | ProcedureStage::Completed { .. }));
        }
    }
}
