//! What an institution says and sets: 照会番号登録, 閲覧同意取り消し, 医療機関アクセスURL取得, 医療機関環境設定情報.

use database::{Error, Transaction};
use oqs::{
    AccessUrl, AccessUrlAnswer, AccessUrlChange, AccessUrlKind, AccessUrlRequest, Answer, AnswerHeader,
    ConsentedInformation, EnvironmentAnswer, Outcome, Processing, ReferenceNumberAnswer, ReferenceNumberRequest,
    Request, RequestHeader, ResultCode, WithdrawalAnswer, WithdrawalRequest,
};

use super::{
    answer::{Asker, Means},
    document::{meant, registered},
    wrong,
};
use crate::{
    Item, Kind, OnlineFunction,
    rules::reading::{Access, Subject, Wanted, of_person},
    store::{
        audit::{self, Entry, Matter},
        institution, reception, reference,
    },
};

/// OQSsiimm01: what the institution calls a patient from now on. That it learns whether anybody is insured so is a
/// reading.
pub(super) fn reference_number(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: Request<ReferenceNumberRequest>,
    entries: &mut Vec<Entry>,
) -> Result<Answer<ReferenceNumberAnswer>, Error> {
    let header = AnswerHeader::to(&request.header, asker.now);
    let registration = request.body.registration;
    let mut registered = None;
    let processing = match registration.insurer.right() {
        None => wrong::insurer(&registration.insurer),
        Some(insurer) => match &meant(tx, (*insurer, &registration))?[..] {
            [] => ResultCode::NoInsurance.processing(),
            [one] => {
                reference::register(tx, asker.institution, one.person, &registration.reference, asker.now)?;
                registered = Some(one.person);
                Processing::normal()
            }
            _ => ResultCode::SeveralPersons.processing(),
        },
    };
    let access = if registered.is_some() { Access::Readable } else { Access::NotThere };
    entries.push(asker.entry(None, Subject::Eligibility, access));
    let body = ReferenceNumberAnswer { registration: Some(registration), processing };
    Ok(Answer { header, outcome: Outcome::Normal(body) })
}

/// OQSsihvd: gives back what a patient of 訪問診療等 lets the institution see.
pub(super) fn withdrawal(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Request<WithdrawalRequest>,
    entries: &mut Vec<Entry>,
) -> Result<Answer<WithdrawalAnswer>, Error> {
    let header = AnswerHeader::to(&request.header, asker.now);
    let consent = &request.body.consent;
    let answered = |processing| Ok(Answer { header, outcome: Outcome::Normal(WithdrawalAnswer { processing }) });
    let Some(insurer) = consent.insurer.right() else {
        entries.push(asker.entry(None, Matter::Consents, ResultCode::WrongInsurerNumber));
        return answered(wrong::insurer(&consent.insurer));
    };
    let mut found = registered(tx, asker, (*insurer, consent), Wanted::HomeVisit)?;
    found.retain(|candidate| candidate.birth == consent.birthdate);
    if found.len() > 1 {
        entries.push(asker.entry(None, Matter::Consents, ResultCode::SeveralPersons));
        return answered(ResultCode::SeveralPersons.processing());
    }
    let receptions = found.first().map_or(&[][..], |candidate| &candidate.receptions);
    let (access, by) = of_person(asker.institution, receptions, Wanted::HomeVisit, Subject::Eligibility, asker.now);
    let (None, Some(by)) = (access.result_code(), by) else {
        entries.push(asker.entry(by.map(|by| by.number), Matter::Consents, access));
        return answered(access.result_code().unwrap_or(ResultCode::NotThere).processing());
    };
    let items = consent.kinds.iter().map(|kind| match kind {
        ConsentedInformation::SpecificDiseases => Item::SpecificDiseases,
        ConsentedInformation::CheckUps => Item::CheckUps,
        ConsentedInformation::Medicines => Item::Medicines,
        ConsentedInformation::Diagnoses => Item::Treatments,
        ConsentedInformation::Operations => Item::Operations,
    });
    let items = (!consent.kinds.is_empty()).then(|| items.collect());
    reception::give_back(tx, by, items, asker.now)?;
    entries.push(asker.entry(Some(by.number), Matter::Consents, audit::Outcome::Changed));
    answered(Processing::normal())
}

/// OQSsiurl: the institution's fixed URL at マイナ在宅受付Web, as it is or another one.
pub(super) fn access_url(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Request<AccessUrlRequest>,
    means: &Means<'_>,
    entries: &mut Vec<Entry>,
) -> Result<Answer<AccessUrlAnswer>, Error> {
    let header = AnswerHeader::to(&request.header, asker.now);
    let wanted = &request.body.wanted;
    let kind = match wanted.kind {
        AccessUrlKind::Online => Kind::Online,
        AccessUrlKind::HomeVisit => Kind::HomeVisit,
    };
    if institution::function(tx, asker.institution, kind)? != Some(OnlineFunction::On) {
        entries.push(asker.entry(None, Matter::FixedUrl, ResultCode::FunctionOff));
        let body = AccessUrlAnswer { processing: ResultCode::FunctionOff.processing(), address: None };
        return Ok(Answer { header, outcome: Outcome::Normal(body) });
    }
    let known = institution::entrance(tx, asker.institution, kind)?;
    let entrance = if let Some(entrance) = known.filter(|_| wanted.change == AccessUrlChange::Keep) {
        entrance
    } else {
        institution::open_entrance(tx, asker.institution, kind, &means.entrance, asker.now)?;
        entries.push(asker.entry(None, Matter::FixedUrl, audit::Outcome::Changed));
        means.entrance.clone()
    };
    let url = means.reception.at(&format!("/i/{entrance}"));
    let address = AccessUrl { kind: wanted.kind, url, image: None, code: None };
    let body = AccessUrlAnswer { processing: Processing::normal(), address: Some(address) };
    Ok(Answer { header, outcome: Outcome::Normal(body) })
}

/// OQSsiinq, OQSsiupd: what is set now.
pub(super) fn settings(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    header: &RequestHeader,
) -> Result<Answer<EnvironmentAnswer>, Error> {
    let header = AnswerHeader::to(header, asker.now);
    let settings = Some(institution::settings(tx, asker.institution)?);
    Ok(Answer { header, outcome: Outcome::Normal(EnvironmentAnswer { processing: Processing::normal(), settings }) })
}
