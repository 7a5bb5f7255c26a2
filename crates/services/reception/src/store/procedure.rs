//! Procedures: found by their id together with the cookie of the browser that began them, changed by compare-and-set.

use base::{Digest, Id, InstitutionCode, ReceptionNumber, Span, Timestamp};
use database::Transaction;
use eligibility::{
    CareKind, ConsentChoices, FixedUrlTarget, FixedUrlToken, Institution, InsuranceCard, OnlineFunction, ReceptionTerm,
    check_registrable, find_online_function,
};
use handover::Location;

use super::{
    RequestContext, Store,
    authentication::{self, NewAuthentication},
    expect_one_row, from_json,
    oauth::{self, CodeBinding},
    to_json,
};
use crate::{
    AuthenticationKind, ProcedureKind, Refusal,
    rules::{
        authentication::AuthenticationEnd,
        holder_name::mask_name,
        procedure::{ConsentRequest, EntryRoute, HandOver, PROCEDURE_LIFE, ProcedureStage, ProcedureTransitionError},
    },
};

/// A procedure as stored.
#[derive(Clone)]
pub(crate) struct ConsentProcedure {
    pub(crate) id: Id<ProcedureKind>,
    pub(crate) request: ConsentRequest,
    pub(crate) stage: ProcedureStage,
    pub(crate) authentication: Option<Id<AuthenticationKind>>,
    pub(crate) institution: Institution,
    version: i64,
    began: Timestamp,
}

/// How much time a procedure must have left to be resumed: enough to find the card and type the PIN.
const MIN_TIME_LEFT: Span = Span::from_mins(10);

/// Where 「手続きを終了する」 leads.
pub(crate) enum CompletionOutcome {
    /// To the service, with the code.
    HandOver(HandOver),
    /// Nowhere: no service waits.
    FixedUrl,
    /// The service has redeemed its code. It is not notified twice.
    AlreadyRedeemed,
}

impl Store {
    /// Begins a procedure at an institution's fixed URL.
    pub(crate) async fn begin_at_fixed_url(
        &self,
        id: Id<ProcedureKind>,
        institution: InstitutionCode,
        visit_date: Option<base::Date>,
        context: RequestContext,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                if let Some(day) = visit_date {
                    let function = find_online_function(transaction, institution, CareKind::Online)?;
                    check_registrable(InsuranceCard::Registered, function, ReceptionTerm::Visit(day), context.now)
                        .map_err(|_| Refusal::VisitDate)?;
                } else if find_online_function(transaction, institution, CareKind::HomeVisit)?
                    != Some(OnlineFunction::On)
                {
                    return Err(Refusal::Eligibility(eligibility::Refusal::FunctionOff));
                }
                insert_procedure(
                    transaction,
                    id,
                    &ConsentRequest { institution, visit_date, route: EntryRoute::FixedUrl },
                    context,
                )
            })
            .await
    }

    /// The institution of a fixed URL, the kind of care, and whether it takes receptions for it.
    pub(crate) async fn find_institution_by_fixed_url(
        &self,
        token: FixedUrlToken,
    ) -> Result<(Institution, CareKind, OnlineFunction), Refusal> {
        self.database
            .read(move |transaction| match eligibility::resolve_fixed_url(transaction, &token)? {
                FixedUrlTarget::Open(institution, kind) => {
                    let function = find_online_function(transaction, institution.code, kind)?;
                    Ok((institution, kind, function.unwrap_or(OnlineFunction::Off)))
                }
                FixedUrlTarget::Changed => Err(Refusal::Eligibility(eligibility::Refusal::FixedUrlChanged)),
                FixedUrlTarget::Unknown => Err(Refusal::Eligibility(eligibility::Refusal::UnknownInstitution)),
            })
            .await
    }

    /// The procedure, if this browser began it.
    pub(crate) async fn find_procedure(
        &self,
        id: Id<ProcedureKind>,
        context: RequestContext,
    ) -> Result<ConsentProcedure, Refusal> {
        self.database
            .read(move |transaction| find_procedure(transaction, id, context)?.ok_or(Refusal::NoSuchProcedure))
            .await
    }

    /// Every item was chosen. A running app authentication is for the previous choices, and is superseded.
    pub(crate) async fn choose(
        &self,
        id: Id<ProcedureKind>,
        choices: ConsentChoices,
        context: RequestContext,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let procedure = find_procedure(transaction, id, context)?.ok_or(Refusal::NoSuchProcedure)?;
                supersede_authentication(transaction, &procedure, context)?;
                let stage = procedure.stage.clone().choose(choices)?;
                update_stage(transaction, &procedure, &stage, None)
            })
            .await
    }

    /// The displayed choices are confirmed; a new app authentication begins.
    pub(crate) async fn confirm(
        &self,
        id: Id<ProcedureKind>,
        seen: String,
        new: NewAuthentication,
        context: RequestContext,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let procedure = find_procedure(transaction, id, context)?.ok_or(Refusal::NoSuchProcedure)?;
                let stage = procedure.stage.clone().confirm(&seen)?;
                supersede_authentication(transaction, &procedure, context)?;
                let purpose = ::app_auth::Purpose::Register {
                    institution: procedure.institution.name.clone(),
                    visit_date: procedure.request.visit_date,
                };
                authentication::insert_authentication(transaction, &new, Some(id), &purpose, context)?;
                update_stage(transaction, &procedure, &stage, Some(new.id))
            })
            .await
    }

    /// The masked name of the card's holder, by the reception number of a procedure that [`Self::find_procedure`] returned.
    pub(crate) async fn find_masked_holder_name(&self, number: ReceptionNumber) -> Result<Option<String>, Refusal> {
        self.database
            .read(move |transaction| {
                let Some(reception) = eligibility::find_reception(transaction, number)? else { return Ok(None) };
                let name = eligibility::find_full_name(transaction, reception.person)?;
                Ok(Some(mask_name(name.as_str())))
            })
            .await
    }

    /// The card was not the person's own: the reception is withdrawn, and the procedure is over.
    pub(crate) async fn cancel_registration(
        &self,
        id: Id<ProcedureKind>,
        context: RequestContext,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let procedure = find_procedure(transaction, id, context)?.ok_or(Refusal::NoSuchProcedure)?;
                let (stage, number) = procedure.stage.clone().cancel_registration()?;
                eligibility::withdraw_reception(transaction, number, context.now)?;
                update_stage(transaction, &procedure, &stage, None)
            })
            .await
    }

    /// Ends a procedure without a registration.
    pub(crate) async fn abandon(
        &self,
        id: Id<ProcedureKind>,
        context: RequestContext,
    ) -> Result<ConsentProcedure, Refusal> {
        self.database
            .write(move |transaction| {
                let mut procedure = find_procedure(transaction, id, context)?.ok_or(Refusal::NoSuchProcedure)?;
                let stage = procedure.stage.clone().abandon()?;
                supersede_authentication(transaction, &procedure, context)?;
                update_stage(transaction, &procedure, &stage, None)?;
                procedure.stage = stage;
                Ok(procedure)
            })
            .await
    }

    /// 「手続きを終了する」: the service gets a code with this digest, unless it has redeemed one.
    pub(crate) async fn complete_procedure(
        &self,
        id: Id<ProcedureKind>,
        code: Digest,
        context: RequestContext,
    ) -> Result<CompletionOutcome, Refusal> {
        self.database
            .write(move |transaction| {
                let procedure = find_procedure(transaction, id, context)?.ok_or(Refusal::NoSuchProcedure)?;
                let stage = procedure.stage.clone().complete()?;
                let ProcedureStage::Completed { number, valid_until, .. } = stage else {
                    return Err(ProcedureTransitionError::TooEarly.into());
                };
                update_stage(transaction, &procedure, &stage, procedure.authentication)?;
                // A service is only notified of a reception with a visit date; a handed-over one always has it.
                let (EntryRoute::HandOver(hand_over), Some(valid_until)) =
                    (procedure.request.route.clone(), valid_until)
                else {
                    return Ok(CompletionOutcome::FixedUrl);
                };
                let redeemed = transaction.fetch_optional(
                    "SELECT 1 FROM code WHERE procedure = $1 AND spent IS NOT NULL LIMIT 1",
                    &[&id],
                    |_| Ok(()),
                )?;
                if redeemed.is_some() {
                    return Ok(CompletionOutcome::AlreadyRedeemed);
                }
                // Pressed twice: the newer code is valid, as the browser follows the newer response.
                transaction.execute("DELETE FROM code WHERE procedure = $1 AND spent IS NULL", &[&id])?;
                let granted = to_json(&CodeBinding { request: procedure.request, number, valid_until })?;
                transaction.execute(
                    "INSERT INTO code (code, procedure, client, granted, ends) VALUES ($1, $2, $3, $4, $5)",
                    &[
                        &code,
                        &id,
                        &hand_over.client.as_str(),
                        &granted,
                        &context.now.plus(oauth::AUTHORIZATION_CODE_LIFE),
                    ],
                )?;
                Ok(CompletionOutcome::HandOver(hand_over))
            })
            .await
    }
}

/// Begins a procedure for the requesting browser.
pub(super) fn insert_procedure(
    transaction: &mut Transaction<'_>,
    id: Id<ProcedureKind>,
    request: &ConsentRequest,
    context: RequestContext,
) -> Result<(), Refusal> {
    let (client, reference) = match &request.route {
        EntryRoute::HandOver(hand_over) => (Some(hand_over.client.to_string()), Some(hand_over.reference.to_string())),
        EntryRoute::FixedUrl => (None, None),
    };
    transaction.execute(
        "INSERT INTO procedure (id, browser, asked, stage, client, reference, version, began, ends)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)",
        &[
            &id,
            &context.browser,
            &to_json(request)?,
            &to_json(&ProcedureStage::Requested)?,
            &client,
            &reference,
            &context.now,
            &context.now.plus(PROCEDURE_LIFE),
        ],
    )?;
    Ok(())
}

/// The unfinished procedure of this browser for the same appointment and day: a registered one, else the newest that was
/// at choosing, confirming or authenticating.
pub(super) fn find_resumable(
    transaction: &mut Transaction<'_>,
    request: &ConsentRequest,
    context: RequestContext,
) -> Result<Option<Id<ProcedureKind>>, Refusal> {
    let EntryRoute::HandOver(hand_over) = &request.route else { return Ok(None) };
    let ids: Vec<Id<ProcedureKind>> = transaction.fetch_all(
        "SELECT id FROM procedure WHERE browser = $1 AND client = $2 AND reference = $3 AND ends > $4
         ORDER BY began DESC",
        &[&context.browser, &hand_over.client.as_str(), &hand_over.reference.as_str(), &context.now],
        |row| row.get(0),
    )?;
    let mut unfinished = None;
    for id in ids {
        let Some(procedure) = find_procedure(transaction, id, context)? else { continue };
        if procedure.request.institution != request.institution || procedure.request.visit_date != request.visit_date {
            continue;
        }
        match procedure.stage {
            ProcedureStage::Registered { number, .. } => {
                let state = eligibility::find_reception_state(transaction, number, context.now)?;
                if matches!(state, Some(eligibility::ReceptionState::Registered { .. })) {
                    return Ok(Some(id));
                }
            }
            ProcedureStage::Requested | ProcedureStage::Chosen(_) | ProcedureStage::Confirmed(_) => {
                let enough_time = context.now.plus(MIN_TIME_LEFT) < procedure.began.plus(PROCEDURE_LIFE);
                unfinished = unfinished.or(enough_time.then_some(id));
            }
            ProcedureStage::Completed { .. } | ProcedureStage::Lapsed(_) => {}
        }
    }
    Ok(unfinished)
}

/// The service pushed another request for the same procedure: its newer state and challenge are used.
pub(super) fn update_request(
    transaction: &mut Transaction<'_>,
    id: Id<ProcedureKind>,
    request: &ConsentRequest,
) -> Result<(), Refusal> {
    let update = "UPDATE procedure SET asked = $2, version = version + 1 WHERE id = $1";
    Ok(expect_one_row(transaction.execute(update, &[&id, &to_json(request)?])?, update)?)
}

/// The procedure with this id, if this browser began it, as it is now.
pub(super) fn find_procedure(
    transaction: &mut Transaction<'_>,
    id: Id<ProcedureKind>,
    context: RequestContext,
) -> Result<Option<ConsentProcedure>, Refusal> {
    let row = transaction.fetch_optional(
        "SELECT asked, stage, authentication, version, began FROM procedure WHERE id = $1 AND browser = $2",
        &[&id, &context.browser],
        |row| {
            Ok((
                row.get::<String>(0)?,
                row.get::<String>(1)?,
                row.get(2)?,
                row.get::<i64>(3)?,
                row.get::<Timestamp>(4)?,
            ))
        },
    )?;
    let Some((request, stage, authentication, version, began)) = row else { return Ok(None) };
    let request: ConsentRequest = from_json(&request, "procedure.asked")?;
    let stage: ProcedureStage = from_json(&stage, "procedure.stage")?;
    let ends = oauth::procedure_expiry(&stage, began);
    let institution =
        eligibility::find_institution(transaction, request.institution)?.ok_or(Refusal::NoSuchProcedure)?;
    Ok(Some(ConsentProcedure {
        id,
        request,
        stage: stage.at_time(context.now, ends),
        authentication,
        institution,
        version,
        began,
    }))
}

/// Stores the procedure's new stage, if it has not changed in between.
pub(super) fn update_stage(
    transaction: &mut Transaction<'_>,
    procedure: &ConsentProcedure,
    stage: &ProcedureStage,
    authentication: Option<Id<AuthenticationKind>>,
) -> Result<(), Refusal> {
    let update = "UPDATE procedure SET stage = $3, authentication = $4, ends = $5, version = version + 1
         WHERE id = $1 AND version = $2";
    let ends = oauth::procedure_expiry(stage, procedure.began);
    let changed =
        transaction.execute(update, &[&procedure.id, &procedure.version, &to_json(stage)?, &authentication, &ends])?;
    Ok(expect_one_row(changed, update)?)
}

fn supersede_authentication(
    transaction: &mut Transaction<'_>,
    procedure: &ConsentProcedure,
    context: RequestContext,
) -> Result<(), Refusal> {
    match procedure.authentication {
        Some(authentication) => {
            authentication::end_authentication(transaction, authentication, AuthenticationEnd::Superseded, context.now)
        }
        None => Ok(()),
    }
}

/// Where the browser of an abandoned procedure is sent: the service learns that nothing was registered.
pub(crate) fn abandoned_redirect(hand_over: &HandOver, issuer: &handover::Issuer) -> Location {
    let error = handover::OauthError::access_denied();
    hand_over.redirect_uri.with_error(&error, hand_over.state.as_ref(), issuer)
}
