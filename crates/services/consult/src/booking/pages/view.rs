//! An appointment as its pages show it.

use axum::response::{IntoResponse, Redirect, Response};
use web::Origin;

use crate::{
    appointments::{
        pages::AppointmentPage,
        rules::{AppointmentId, Openness, VisitPhase},
    },
    booking::store::details::AppointmentDetails,
    context::Context,
    directory::rules::institution::ProofMethod,
    people::rules::{account::Account, patient::Profile},
    proof::{
        registration_watch,
        rules::{
            ledgers::PatientSide,
            next_steps::{NextSteps, determine_standing},
        },
    },
    refusal::Refusal,
};

/// An appointment with what follows from it at this time, as its pages show it.
#[derive(Clone)]
pub(crate) struct AppointmentView {
    pub(crate) case: AppointmentDetails,
    pub(crate) standing: NextSteps,
    pub(crate) openness: Openness,
    pub(crate) phase: VisitPhase,
    pub(crate) can_be_rescheduled: bool,
    /// What cancelling costs now, in yen.
    pub(crate) cancellation_fee: u32,
    /// The origin of the reception that 「同意可否を選択する」 redirects to, by hand-over alone.
    pub(crate) reception_origin: Option<Origin>,
    /// The patient, where it is somebody other than the holder of the account.
    pub(crate) relative: Option<Profile>,
    /// The former start, if the patient rescheduled just now.
    pub(crate) rescheduled_from: Option<base::Timestamp>,
}

impl AppointmentView {
    pub(crate) fn new(mut case: AppointmentDetails, now: base::Timestamp, reception_origin: Option<Origin>) -> Self {
        case.appointment = case.appointment.as_shown_to_patient(now);
        let proof_method = case.institution.proof_method.kind();
        let standing = determine_standing(&case.appointment, proof_method, case.proof.as_ref(), now);
        let openness = case.appointment.openness(now);
        let phase = case.appointment.phase(now);
        let can_be_rescheduled = case.appointment.can_be_rescheduled(now);
        let cancellation_fee = case.appointment.cancellation_fee_at(now);
        Self {
            case,
            standing,
            openness,
            phase,
            can_be_rescheduled,
            cancellation_fee,
            reception_origin,
            relative: None,
            rescheduled_from: None,
        }
    }

    /// The appointment as it is shown to an account.
    #[must_use]
    pub(crate) fn for_account(mut self, account: &Account) -> Self {
        let is_own = account.own_patient().is_some_and(|own| own.id == self.case.patient.id);
        self.relative = self.case.patient.profile.clone().filter(|_| !is_own);
        self
    }

    pub(crate) fn id(&self) -> AppointmentId {
        self.case.appointment.id
    }
}

/// Loads the appointment after refreshing the status of its registration at the reception (at most once a minute). A
/// reception that does not respond changes nothing.
pub(crate) async fn load_appointment_view(
    context: &Context,
    AppointmentPage { visitor, account, id }: &AppointmentPage,
) -> Result<AppointmentView, Refusal> {
    let mut case = context.store.find_appointment_details(account.id, *id).await?;
    let registered = case.proof.as_ref().is_some_and(|proof| matches!(proof.patient, PatientSide::Registered { .. }));
    if registered && registration_watch::refresh_registration(context, *id, visitor.now()).await {
        case = context.store.find_appointment_details(account.id, *id).await?;
    }
    let reception_origin = match &case.institution.proof_method {
        ProofMethod::HandOver { issuer } => context.receptions.find_origin(issuer).cloned(),
        _ => None,
    };
    Ok(AppointmentView::new(case, visitor.now(), reception_origin).for_account(account))
}

/// The appointment, if it can still be changed; else a redirect to its page.
pub(crate) async fn load_changeable_appointment(
    context: &Context,
    AppointmentPage { visitor, account, id }: &AppointmentPage,
) -> Result<AppointmentView, Response> {
    let case = context.store.find_appointment_details(account.id, *id).await?;
    let view = AppointmentView::new(case, visitor.now(), None).for_account(account);
    if view.openness != Openness::Changeable {
        // Mostly a patient who went back after cancelling. The page of the appointment shows its state.
        return Err(Redirect::to(&format!("/appointments/{id}")).into_response());
    }
    Ok(view)
}
