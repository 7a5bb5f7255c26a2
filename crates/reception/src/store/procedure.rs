//! Procedures: found by their id together with the cookie of the browser that began them, changed by compare-and-set.

use base::{Digest, Id, InstitutionCode, Span, Timestamp};
use database::Transaction;
use eligibility::{
    CareKind, ConsentChoices, FixedUrlTarget, FixedUrlToken, Institution, OnlineFunction, find_online_function,
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

/// A procedure as its browser sees it.
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

/// How much time a procedure must have left to be gone on with: enough to find the card and type the PIN.
const MIN_TIME_LEFT: Span = Span::from_mins(10);

/// Where 「手続きを終了する」 leads.
pub(crate) enum CompletionOutcome {
    /// To the service, with this code.
    HandOver(HandOver),
    /// Nowhere: nobody waits.
    FixedUrl,
    /// The service has had its code. There is nothing to tell it twice.
    AlreadyRedeemed,
}

impl Store {
    /// Begins a procedure at an institution's fixed URL.
    pub(crate) async fn begin_at_fixed_url(
        &self,
        id: Id<ProcedureKind>,
        institution: InstitutionCode,
        visit_date: Option<base::Date>,
        asking: RequestContext,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                if let Some(day) = visit_date {
                    let known = eligibility::find_institution(transaction, institution)?;
                    crate::rules::request::check_registrable(known.as_ref(), day, asking.now)
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
                    asking,
                )
            })
            .await
    }

    /// The institution whose fixed URL this is, for which care, and whether it takes receptions for it.
    pub(crate) async fn find_institution_by_fixed_url(
        &self,
        entrance: FixedUrlToken,
    ) -> Result<(Institution, CareKind, OnlineFunction), Refusal> {
        self.database
            .read(move |transaction| match eligibility::resolve_fixed_url(transaction, &entrance)? {
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
        asking: RequestContext,
    ) -> Result<ConsentProcedure, Refusal> {
        self.database
            .read(move |transaction| find_procedure(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure))
            .await
    }

    /// Every item was chosen. A running errand asks for something else now, and is over.
    pub(crate) async fn choose(
        &self,
        id: Id<ProcedureKind>,
        choices: ConsentChoices,
        asking: RequestContext,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let view = find_procedure(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                supersede_authentication(transaction, &view, asking)?;
                let stage = view.stage.clone().choose(choices)?;
                update_stage(transaction, &view, &stage, None)
            })
            .await
    }

    /// What was shown is to be registered; the card is asked by a new errand.
    pub(crate) async fn confirm(
        &self,
        id: Id<ProcedureKind>,
        seen: String,
        new: NewAuthentication,
        asking: RequestContext,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let view = find_procedure(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                let stage = view.stage.clone().confirm(&seen)?;
                supersede_authentication(transaction, &view, asking)?;
                let purpose = ::errand::Purpose::Register {
                    institution: view.institution.name.clone(),
                    visit_date: view.request.visit_date,
                };
                authentication::insert_authentication(transaction, &new, Some(id), &purpose, asking)?;
                update_stage(transaction, &view, &stage, Some(new.id))
            })
            .await
    }

    /// Whose card a registered procedure was registered with, by the masked name; none where nothing is registered.
    pub(crate) async fn find_masked_holder_name(
        &self,
        id: Id<ProcedureKind>,
        asking: RequestContext,
    ) -> Result<Option<String>, Refusal> {
        self.database
            .read(move |transaction| {
                let view = find_procedure(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                let (ProcedureStage::Registered { number, .. } | ProcedureStage::Completed { number, .. }) = view.stage
                else {
                    return Ok(None);
                };
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
        asking: RequestContext,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let view = find_procedure(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                let (stage, number) = view.stage.clone().cancel_registration()?;
                eligibility::withdraw_reception(transaction, number, asking.now)?;
                update_stage(transaction, &view, &stage, None)
            })
            .await
    }

    /// Ends a procedure without a registration.
    pub(crate) async fn abandon(
        &self,
        id: Id<ProcedureKind>,
        asking: RequestContext,
    ) -> Result<ConsentProcedure, Refusal> {
        self.database
            .write(move |transaction| {
                let mut view = find_procedure(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                let stage = view.stage.clone().abandon()?;
                supersede_authentication(transaction, &view, asking)?;
                update_stage(transaction, &view, &stage, None)?;
                view.stage = stage;
                Ok(view)
            })
            .await
    }

    /// 「手続きを終了する」: the service gets a code of this digest, once it has not had one.
    pub(crate) async fn complete_procedure(
        &self,
        id: Id<ProcedureKind>,
        code: Digest,
        asking: RequestContext,
    ) -> Result<CompletionOutcome, Refusal> {
        self.database
            .write(move |transaction| {
                let view = find_procedure(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                let stage = view.stage.clone().complete()?;
                let ProcedureStage::Completed { number, valid_until, .. } = stage else {
                    return Err(ProcedureTransitionError::TooEarly.into());
                };
                update_stage(transaction, &view, &stage, view.authentication)?;
                // A service is told of a visit's day only: whoever comes by it has one.
                let (EntryRoute::HandOver(hand_over), Some(valid_until)) = (view.request.route.clone(), valid_until)
                else {
                    return Ok(CompletionOutcome::FixedUrl);
                };
                let told = transaction.fetch_optional(
                    "SELECT 1 FROM code WHERE procedure = $1 AND spent IS NOT NULL LIMIT 1",
                    &[&id],
                    |_| Ok(()),
                )?;
                if told.is_some() {
                    return Ok(CompletionOutcome::AlreadyRedeemed);
                }
                // Pressed twice: the newer code is the good one, as the browser follows the newer answer.
                transaction.execute("DELETE FROM code WHERE procedure = $1 AND spent IS NULL", &[&id])?;
                let granted = to_json(&CodeBinding { request: view.request, number, valid_until })?;
                transaction.execute(
                    "INSERT INTO code (code, procedure, client, granted, ends) VALUES ($1, $2, $3, $4, $5)",
                    &[
                        &code,
                        &id,
                        &hand_over.client.as_str(),
                        &granted,
                        &asking.now.plus(oauth::AUTHORIZATION_CODE_LIFE),
                    ],
                )?;
                Ok(CompletionOutcome::HandOver(hand_over))
            })
            .await
    }
}

/// Begins a procedure for the browser that asks.
pub(super) fn insert_procedure(
    transaction: &mut Transaction<'_>,
    id: Id<ProcedureKind>,
    asked: &ConsentRequest,
    asking: RequestContext,
) -> Result<(), Refusal> {
    let (client, reference) = match &asked.route {
        EntryRoute::HandOver(hand_over) => (Some(hand_over.client.to_string()), Some(hand_over.reference.to_string())),
        EntryRoute::FixedUrl => (None, None),
    };
    transaction.execute(
        "INSERT INTO procedure (id, browser, asked, stage, client, reference, version, began, ends)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)",
        &[
            &id,
            &asking.browser,
            &to_json(asked)?,
            &to_json(&ProcedureStage::Requested)?,
            &client,
            &reference,
            &asking.now,
            &asking.now.plus(PROCEDURE_LIFE),
        ],
    )?;
    Ok(())
}

/// What this browser began before for the same appointment and day, and has not finished: what it registered, else what it
/// was choosing, confirming or authenticating last.
pub(super) fn find_resumable(
    transaction: &mut Transaction<'_>,
    asked: &ConsentRequest,
    asking: RequestContext,
) -> Result<Option<Id<ProcedureKind>>, Refusal> {
    let EntryRoute::HandOver(hand_over) = &asked.route else { return Ok(None) };
    let ids: Vec<Id<ProcedureKind>> = transaction.fetch_all(
        "SELECT id FROM procedure WHERE browser = $1 AND client = $2 AND reference = $3 AND ends > $4
         ORDER BY began DESC",
        &[&asking.browser, &hand_over.client.as_str(), &hand_over.reference.as_str(), &asking.now],
        |row| row.get(0),
    )?;
    let mut under_way = None;
    for id in ids {
        let Some(view) = find_procedure(transaction, id, asking)? else { continue };
        if view.request.institution != asked.institution || view.request.visit_date != asked.visit_date {
            continue;
        }
        match view.stage {
            ProcedureStage::Registered { number, .. } => {
                let standing = eligibility::find_reception_state(transaction, number, asking.now)?;
                if matches!(standing, Some(eligibility::ReceptionState::Registered { .. })) {
                    return Ok(Some(id));
                }
            }
            ProcedureStage::Requested | ProcedureStage::Chosen(_) | ProcedureStage::Confirmed(_) => {
                let enough_time = asking.now.plus(MIN_TIME_LEFT) < view.began.plus(PROCEDURE_LIFE);
                under_way = under_way.or(enough_time.then_some(id));
            }
            ProcedureStage::Completed { .. } | ProcedureStage::Lapsed(_) => {}
        }
    }
    Ok(under_way)
}

/// The service asked again for what stands: its newer words are the ones that go back.
pub(super) fn update_request(
    transaction: &mut Transaction<'_>,
    id: Id<ProcedureKind>,
    asked: &ConsentRequest,
) -> Result<(), Refusal> {
    let update = "UPDATE procedure SET asked = $2, version = version + 1 WHERE id = $1";
    Ok(expect_one_row(transaction.execute(update, &[&id, &to_json(asked)?])?, update)?)
}

/// The procedure with this id, if this browser began it, as it stands now.
pub(super) fn find_procedure(
    transaction: &mut Transaction<'_>,
    id: Id<ProcedureKind>,
    asking: RequestContext,
) -> Result<Option<ConsentProcedure>, Refusal> {
    let found = transaction.fetch_optional(
        "SELECT asked, stage, errand, version, began FROM procedure WHERE id = $1 AND browser = $2",
        &[&id, &asking.browser],
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
    let Some((asked, stage, errand, version, began)) = found else { return Ok(None) };
    let asked: ConsentRequest = from_json(&asked, "procedure.asked")?;
    let stage: ProcedureStage = from_json(&stage, "procedure.stage")?;
    let ends = oauth::procedure_expiry(&stage, began);
    let institution = eligibility::find_institution(transaction, asked.institution)?.ok_or(Refusal::NoSuchProcedure)?;
    Ok(Some(ConsentProcedure {
        id,
        request: asked,
        stage: stage.at_time(asking.now, ends),
        authentication: errand,
        institution,
        version,
        began,
    }))
}

/// Keeps the stage that the procedure moved to, if nobody moved it in between.
pub(super) fn update_stage(
    transaction: &mut Transaction<'_>,
    view: &ConsentProcedure,
    stage: &ProcedureStage,
    errand: Option<Id<AuthenticationKind>>,
) -> Result<(), Refusal> {
    let update = "UPDATE procedure SET stage = $3, errand = $4, ends = $5, version = version + 1
         WHERE id = $1 AND version = $2";
    let ends = oauth::procedure_expiry(stage, view.began);
    let changed = transaction.execute(update, &[&view.id, &view.version, &to_json(stage)?, &errand, &ends])?;
    Ok(expect_one_row(changed, update)?)
}

fn supersede_authentication(
    transaction: &mut Transaction<'_>,
    view: &ConsentProcedure,
    asking: RequestContext,
) -> Result<(), Refusal> {
    match view.authentication {
        Some(errand) => {
            authentication::end_authentication(transaction, errand, AuthenticationEnd::Superseded, asking.now)
        }
        None => Ok(()),
    }
}

/// Where an ended procedure's browser is sent: the service is told that nothing was registered.
pub(crate) fn abandoned_redirect(hand_over: &HandOver, issuer: &handover::Issuer) -> Location {
    let ended = handover::OauthError::access_denied();
    hand_over.redirect_uri.with_error(&ended, hand_over.state.as_ref(), issuer)
}
