//! Procedures: found by their id together with the cookie of the browser that began them, changed by compare-and-set.

use base::{Digest, Id, InstitutionCode, Span, Timestamp};
use database::Transaction;
use eligibility::{AtEntrance, Choices, Entrance, Institution, Kind, OnlineFunction, function};
use handover::Location;

use super::{
    Asking, Store, changed_once,
    errand::{self, NewErrand},
    oauth::{self, Bound},
    read, written,
};
use crate::{
    ErrandKind, ProcedureKind, Refusal,
    rules::{
        errand::End,
        procedure::{Asked, HandOver, LONGEST, Misstep, Stage, Via},
    },
};

/// A procedure as its browser sees it.
#[derive(Clone)]
pub(crate) struct ProcedureView {
    pub(crate) id: Id<ProcedureKind>,
    pub(crate) asked: Asked,
    pub(crate) stage: Stage,
    pub(crate) errand: Option<Id<ErrandKind>>,
    pub(crate) institution: Institution,
    version: i64,
    began: Timestamp,
}

/// How much time a procedure must have left to be gone on with: enough to find the card and type the PIN.
const LEAST_LEFT: Span = Span::from_mins(10);

/// Where 「手続きを終了する」 leads.
pub(crate) enum Finish {
    /// To the service, with this code.
    HandOver(HandOver),
    /// Nowhere: nobody waits.
    FixedUrl,
    /// The service has had its code. There is nothing to tell it twice.
    Told,
}

impl Store {
    /// Begins a procedure at an institution's fixed URL.
    pub(crate) async fn begin_fixed(
        &self,
        id: Id<ProcedureKind>,
        institution: InstitutionCode,
        visit_date: Option<base::Date>,
        asking: Asking,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                if let Some(day) = visit_date {
                    let known = eligibility::institution(transaction, institution)?;
                    crate::rules::request::takes(known.as_ref(), day, asking.now).map_err(|_| Refusal::VisitDate)?;
                } else if function(transaction, institution, Kind::HomeVisit)? != Some(OnlineFunction::On) {
                    return Err(Refusal::Eligibility(eligibility::Refusal::FunctionOff));
                }
                begin(transaction, id, &Asked { institution, visit_date, via: Via::FixedUrl }, asking)
            })
            .await
    }

    /// The institution whose fixed URL this is, for which care, and whether it takes receptions for it.
    pub(crate) async fn at_entrance(&self, entrance: Entrance) -> Result<(Institution, Kind, OnlineFunction), Refusal> {
        self.database
            .read(move |transaction| match eligibility::at_entrance(transaction, &entrance)? {
                AtEntrance::Open(institution, kind) => {
                    let function = function(transaction, institution.code, kind)?;
                    Ok((institution, kind, function.unwrap_or(OnlineFunction::Off)))
                }
                AtEntrance::Changed => Err(Refusal::Eligibility(eligibility::Refusal::EntranceChanged)),
                AtEntrance::Unknown => Err(Refusal::Eligibility(eligibility::Refusal::UnknownInstitution)),
            })
            .await
    }

    /// The procedure, if this browser began it.
    pub(crate) async fn procedure(&self, id: Id<ProcedureKind>, asking: Asking) -> Result<ProcedureView, Refusal> {
        self.database.read(move |transaction| load(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)).await
    }

    /// Every item was chosen. A running errand asks for something else now, and is over.
    pub(crate) async fn choose(&self, id: Id<ProcedureKind>, choices: Choices, asking: Asking) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let view = load(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                supersede(transaction, &view, asking)?;
                let stage = view.stage.clone().choose(choices)?;
                keep(transaction, &view, &stage, None)
            })
            .await
    }

    /// What was shown is to be registered; the card is asked by a new errand.
    pub(crate) async fn confirm(
        &self,
        id: Id<ProcedureKind>,
        seen: String,
        new: NewErrand,
        asking: Asking,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let view = load(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                let stage = view.stage.clone().confirm(&seen)?;
                supersede(transaction, &view, asking)?;
                let purpose = ::errand::Purpose::Register {
                    institution: view.institution.name.clone(),
                    visit_date: view.asked.visit_date,
                };
                errand::begin(transaction, &new, Some(id), &purpose, asking)?;
                keep(transaction, &view, &stage, Some(new.id))
            })
            .await
    }

    /// Ends a procedure without a registration.
    pub(crate) async fn abandon(&self, id: Id<ProcedureKind>, asking: Asking) -> Result<ProcedureView, Refusal> {
        self.database
            .write(move |transaction| {
                let mut view = load(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                let stage = view.stage.clone().abandon()?;
                supersede(transaction, &view, asking)?;
                keep(transaction, &view, &stage, None)?;
                view.stage = stage;
                Ok(view)
            })
            .await
    }

    /// 「手続きを終了する」: the service gets a code of this digest, once it has not had one.
    pub(crate) async fn finish(&self, id: Id<ProcedureKind>, code: Digest, asking: Asking) -> Result<Finish, Refusal> {
        self.database
            .write(move |transaction| {
                let view = load(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?;
                let stage = view.stage.clone().finish()?;
                let Stage::Handed { number, valid_until, .. } = stage else { return Err(Misstep::TooEarly.into()) };
                keep(transaction, &view, &stage, view.errand)?;
                // A service is told of a visit's day only: whoever comes by it has one.
                let (Via::HandOver(hand_over), Some(valid_until)) = (view.asked.via.clone(), valid_until) else {
                    return Ok(Finish::FixedUrl);
                };
                let told = transaction.optional(
                    "SELECT 1 FROM code WHERE procedure = $1 AND spent IS NOT NULL LIMIT 1",
                    &[&id],
                    |_| Ok(()),
                )?;
                if told.is_some() {
                    return Ok(Finish::Told);
                }
                // Pressed twice: the newer code is the good one, as the browser follows the newer answer.
                transaction.execute("DELETE FROM code WHERE procedure = $1 AND spent IS NULL", &[&id])?;
                let granted = written(&Bound { asked: view.asked, number, valid_until })?;
                transaction.execute(
                    "INSERT INTO code (code, procedure, client, granted, ends) VALUES ($1, $2, $3, $4, $5)",
                    &[&code, &id, &hand_over.client.as_str(), &granted, &asking.now.plus(oauth::CODE_LIFE)],
                )?;
                Ok(Finish::HandOver(hand_over))
            })
            .await
    }
}

/// Begins a procedure for the browser that asks.
pub(super) fn begin(
    transaction: &mut Transaction<'_>,
    id: Id<ProcedureKind>,
    asked: &Asked,
    asking: Asking,
) -> Result<(), Refusal> {
    let (client, reference) = match &asked.via {
        Via::HandOver(hand_over) => (Some(hand_over.client.to_string()), Some(hand_over.reference.to_string())),
        Via::FixedUrl => (None, None),
    };
    transaction.execute(
        "INSERT INTO procedure (id, browser, asked, stage, client, reference, version, began, ends)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)",
        &[
            &id,
            &asking.browser,
            &written(asked)?,
            &written(&Stage::Asked)?,
            &client,
            &reference,
            &asking.now,
            &asking.now.plus(LONGEST),
        ],
    )?;
    Ok(())
}

/// What this browser began before for the same appointment and day, and has not finished: what it registered, else what it
/// was choosing, confirming or authenticating last.
pub(super) fn resumable(
    transaction: &mut Transaction<'_>,
    asked: &Asked,
    asking: Asking,
) -> Result<Option<Id<ProcedureKind>>, Refusal> {
    let Via::HandOver(hand_over) = &asked.via else { return Ok(None) };
    let ids: Vec<Id<ProcedureKind>> = transaction.all(
        "SELECT id FROM procedure WHERE browser = $1 AND client = $2 AND reference = $3 AND ends > $4
         ORDER BY began DESC",
        &[&asking.browser, &hand_over.client.as_str(), &hand_over.reference.as_str(), &asking.now],
        |row| row.at(0),
    )?;
    let mut under_way = None;
    for id in ids {
        let Some(view) = load(transaction, id, asking)? else { continue };
        if view.asked.institution != asked.institution || view.asked.visit_date != asked.visit_date {
            continue;
        }
        match view.stage {
            Stage::Registered { number, .. } => {
                let standing = eligibility::standing(transaction, number, asking.now)?;
                if matches!(standing, Some(eligibility::Standing::Registered { .. })) {
                    return Ok(Some(id));
                }
            }
            Stage::Asked | Stage::Chosen(_) | Stage::Confirmed(_) => {
                let enough_time = asking.now.plus(LEAST_LEFT) < view.began.plus(LONGEST);
                under_way = under_way.or(enough_time.then_some(id));
            }
            Stage::Handed { .. } | Stage::Lapsed(_) => {}
        }
    }
    Ok(under_way)
}

/// The service asked again for what stands: its newer words are the ones that go back.
pub(super) fn ask_again(
    transaction: &mut Transaction<'_>,
    id: Id<ProcedureKind>,
    asked: &Asked,
) -> Result<(), Refusal> {
    let update = "UPDATE procedure SET asked = $2, version = version + 1 WHERE id = $1";
    Ok(changed_once(transaction.execute(update, &[&id, &written(asked)?])?, update)?)
}

/// The procedure with this id, if this browser began it, as it stands now.
pub(super) fn load(
    transaction: &mut Transaction<'_>,
    id: Id<ProcedureKind>,
    asking: Asking,
) -> Result<Option<ProcedureView>, Refusal> {
    let found = transaction.optional(
        "SELECT asked, stage, errand, version, began FROM procedure WHERE id = $1 AND browser = $2",
        &[&id, &asking.browser],
        |row| Ok((row.at::<String>(0)?, row.at::<String>(1)?, row.at(2)?, row.at::<i64>(3)?, row.at::<Timestamp>(4)?)),
    )?;
    let Some((asked, stage, errand, version, began)) = found else { return Ok(None) };
    let asked: Asked = read(&asked, "procedure.asked")?;
    let stage: Stage = read(&stage, "procedure.stage")?;
    let ends = oauth::ends(&stage, began);
    let institution = eligibility::institution(transaction, asked.institution)?.ok_or(Refusal::NoSuchProcedure)?;
    Ok(Some(ProcedureView { id, asked, stage: stage.at(asking.now, ends), errand, institution, version, began }))
}

/// Keeps the stage that the procedure moved to, if nobody moved it in between.
pub(super) fn keep(
    transaction: &mut Transaction<'_>,
    view: &ProcedureView,
    stage: &Stage,
    errand: Option<Id<ErrandKind>>,
) -> Result<(), Refusal> {
    let update = "UPDATE procedure SET stage = $3, errand = $4, ends = $5, version = version + 1
         WHERE id = $1 AND version = $2";
    let ends = oauth::ends(stage, view.began);
    let changed = transaction.execute(update, &[&view.id, &view.version, &written(stage)?, &errand, &ends])?;
    Ok(changed_once(changed, update)?)
}

fn supersede(transaction: &mut Transaction<'_>, view: &ProcedureView, asking: Asking) -> Result<(), Refusal> {
    match view.errand {
        Some(errand) => errand::end(transaction, errand, End::Superseded, asking.now),
        None => Ok(()),
    }
}

/// Where an ended procedure's browser is sent: the service is told that nothing was registered.
pub(crate) fn told_abandoned(hand_over: &HandOver, issuer: &handover::Issuer) -> Location {
    let ended = handover::OauthError::ended_without_registering();
    hand_over.redirect_uri.with_error(&ended, hand_over.state.as_ref(), issuer)
}
