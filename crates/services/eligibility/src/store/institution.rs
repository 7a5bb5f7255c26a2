//! Institutions, their fixed URLs and their certificates.

use base::{InstitutionCode, Timestamp};
use database::{Error, Row, Transaction};

use super::coded::read_optional;
use crate::{
    Fingerprint, FixedUrlToken, Institution, Refusal,
    rules::{consent_registration::OnlineFunction, reception::CareKind},
};

/// The institution with this code.
pub fn find_institution(tx: &mut Transaction<'_>, code: InstitutionCode) -> Result<Option<Institution>, Error> {
    tx.fetch_optional("SELECT code, name, online FROM institution WHERE code = $1", &[&code], read_institution)
}

/// The target of a fixed URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixedUrlTarget {
    Open(Institution, CareKind),
    /// The institution has changed it.
    Changed,
    /// It never existed.
    Unknown,
}

/// The present target of the fixed URL with this token.
pub fn resolve_fixed_url(tx: &mut Transaction<'_>, token: &FixedUrlToken) -> Result<FixedUrlTarget, Error> {
    let row = tx.fetch_optional(
        "SELECT i.code, i.name, i.online, e.kind FROM entrance e JOIN institution i ON i.code = e.institution
         WHERE e.word = $1",
        &[token],
        |row| Ok((read_institution(row)?, row.get(3)?)),
    )?;
    if let Some((institution, kind)) = row {
        return Ok(FixedUrlTarget::Open(institution, kind));
    }
    let former = tx.fetch_optional("SELECT institution FROM former_entrance WHERE word = $1", &[token], |row| {
        row.get::<String>(0)
    })?;
    Ok(former.map_or(FixedUrlTarget::Unknown, |_| FixedUrlTarget::Changed))
}

/// Whether the institution takes receptions for this kind of care; none if the institution is unknown.
pub fn find_online_function(
    tx: &mut Transaction<'_>,
    code: InstitutionCode,
    kind: CareKind,
) -> Result<Option<OnlineFunction>, Error> {
    let Some(institution) = find_institution(tx, code)? else { return Ok(None) };
    Ok(Some(match kind {
        CareKind::Online => institution.online,
        CareKind::HomeVisit => OnlineFunction::from_bool(find_used_functions(tx, code)?.home_visit == oqs::Use::Used),
    }))
}

/// 医療機関環境設定情報: all settings.
pub(crate) fn find_settings(
    tx: &mut Transaction<'_>,
    code: InstitutionCode,
) -> Result<oqs::EnvironmentSettings, Error> {
    let online = find_institution(tx, code)?.is_some_and(|institution| institution.online.is_on());
    let functions = find_used_functions(tx, code)?;
    Ok(oqs::EnvironmentSettings {
        viewing_consent: Some(functions.viewing_consent),
        medical_assistance: Some(functions.medical_assistance),
        home_visit: Some(functions.home_visit),
        online: Some(if online { oqs::Use::Used } else { oqs::Use::Unused }),
        prescription: Some(functions.prescription),
        prescription_timing: Some(functions.prescription_timing),
    })
}

/// The functions an institution uses, by its settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UsedFunctions {
    /// 閲覧同意
    pub(crate) viewing_consent: oqs::Use,
    /// 医療扶助
    pub(crate) medical_assistance: oqs::Use,
    /// 訪問診療等機能
    home_visit: oqs::Use,
    /// 電子処方箋
    prescription: oqs::PrescriptionUse,
    /// 処方箋発行形態選択タイミング
    prescription_timing: oqs::PrescriptionTiming,
}

/// The functions an institution uses, with defaults for those that it has not set.
pub(crate) fn find_used_functions(tx: &mut Transaction<'_>, code: InstitutionCode) -> Result<UsedFunctions, Error> {
    let default = UsedFunctions {
        viewing_consent: oqs::Use::Used,
        medical_assistance: oqs::Use::Unused,
        home_visit: oqs::Use::Unused,
        prescription: oqs::PrescriptionUse::Unused,
        prescription_timing: oqs::PrescriptionTiming::Apart,
    };
    let stored = tx.fetch_optional(
        "SELECT viewing_consent, medical_assistance, home_visit, prescription, prescription_timing
         FROM institution_setting WHERE institution = $1",
        &[&code],
        |row| {
            Ok(UsedFunctions {
                viewing_consent: read_optional(row, 0, oqs::Use::from_code)?.unwrap_or(default.viewing_consent),
                medical_assistance: read_optional(row, 1, oqs::Use::from_code)?.unwrap_or(default.medical_assistance),
                home_visit: read_optional(row, 2, oqs::Use::from_code)?.unwrap_or(default.home_visit),
                prescription: read_optional(row, 3, oqs::PrescriptionUse::from_code)?.unwrap_or(default.prescription),
                prescription_timing: read_optional(row, 4, oqs::PrescriptionTiming::from_code)?
                    .unwrap_or(default.prescription_timing),
            })
        },
    )?;
    Ok(stored.unwrap_or(default))
}

/// 医療機関環境設定情報更新: changes the settings that are present, and leaves the rest.
pub(crate) fn update_settings(
    tx: &mut Transaction<'_>,
    code: InstitutionCode,
    settings: &oqs::EnvironmentSettings,
) -> Result<(), Error> {
    if let Some(online) = settings.online {
        let on = online == oqs::Use::Used;
        tx.execute("UPDATE institution SET online = $2 WHERE code = $1", &[&code, &on])?;
    }
    tx.execute(
        "INSERT INTO institution_setting
            (institution, viewing_consent, medical_assistance, home_visit, prescription, prescription_timing)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (institution) DO UPDATE SET
            viewing_consent = COALESCE(excluded.viewing_consent, institution_setting.viewing_consent),
            medical_assistance = COALESCE(excluded.medical_assistance, institution_setting.medical_assistance),
            home_visit = COALESCE(excluded.home_visit, institution_setting.home_visit),
            prescription = COALESCE(excluded.prescription, institution_setting.prescription),
            prescription_timing = COALESCE(excluded.prescription_timing, institution_setting.prescription_timing)",
        &[
            &code,
            &settings.viewing_consent.map(oqs::Use::code),
            &settings.medical_assistance.map(oqs::Use::code),
            &settings.home_visit.map(oqs::Use::code),
            &settings.prescription.map(oqs::PrescriptionUse::code),
            &settings.prescription_timing.map(oqs::PrescriptionTiming::code),
        ],
    )
    .map(|_| ())
}

fn read_institution(row: &Row<'_>) -> Result<Institution, Error> {
    Ok(Institution { code: row.get(0)?, name: row.get(1)?, online: OnlineFunction::from_bool(row.get(2)?) })
}

pub(crate) fn insert_institution(tx: &mut Transaction<'_>, institution: &Institution) -> Result<(), Refusal> {
    let added = tx.execute(
        "INSERT INTO institution (code, name, online) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[&institution.code, &institution.name, &institution.online.is_on()],
    )?;
    if added == 1 { Ok(()) } else { Err(Refusal::AlreadyExists("institution code")) }
}

pub(crate) fn update_online_function(
    tx: &mut Transaction<'_>,
    code: InstitutionCode,
    online: OnlineFunction,
) -> Result<(), Refusal> {
    let changed = tx.execute("UPDATE institution SET online = $2 WHERE code = $1", &[&code, &online.is_on()])?;
    if changed == 1 { Ok(()) } else { Err(Refusal::UnknownInstitution) }
}

/// The token of the institution's fixed URL for a kind of care, if it has one.
pub fn find_fixed_url(
    tx: &mut Transaction<'_>,
    code: InstitutionCode,
    kind: CareKind,
) -> Result<Option<FixedUrlToken>, Error> {
    tx.fetch_optional("SELECT word FROM entrance WHERE institution = $1 AND kind = $2", &[&code, &kind], |row| {
        row.get(0)
    })
}

/// Gives the institution a fixed URL for a kind of care, or a new one: the previous one stops working.
pub(crate) fn set_fixed_url(
    tx: &mut Transaction<'_>,
    code: InstitutionCode,
    kind: CareKind,
    new: &FixedUrlToken,
    now: Timestamp,
) -> Result<(), Error> {
    if let Some(former) = find_fixed_url(tx, code, kind)?.filter(|former| former != new) {
        tx.execute(
            "INSERT INTO former_entrance (word, institution, ended) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&former, &code, &now],
        )?;
    }
    tx.execute(
        "INSERT INTO entrance (word, institution, kind, issued) VALUES ($1, $2, $3, $4)
         ON CONFLICT (institution, kind) DO UPDATE SET word = excluded.word, issued = excluded.issued",
        &[new, &code, &kind, &now],
    )?;
    Ok(())
}

pub(crate) fn insert_certificate(
    tx: &mut Transaction<'_>,
    code: InstitutionCode,
    certificate: Fingerprint,
    now: Timestamp,
) -> Result<(), Refusal> {
    find_institution(tx, code)?.ok_or(Refusal::UnknownInstitution)?;
    let added = tx.execute(
        "INSERT INTO institution_certificate (fingerprint, institution, admitted) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
        &[&certificate.0, &code, &now],
    )?;
    if added == 1 { Ok(()) } else { Err(Refusal::AlreadyExists("certificate")) }
}

/// Returns whether there was a certificate to revoke.
pub(crate) fn revoke_certificate(
    tx: &mut Transaction<'_>,
    certificate: Fingerprint,
    now: Timestamp,
) -> Result<bool, Error> {
    let changed = tx.execute(
        "UPDATE institution_certificate SET revoked = $2 WHERE fingerprint = $1 AND revoked IS NULL",
        &[&certificate.0, &now],
    )?;
    Ok(changed == 1)
}

/// The institution with this certificate, if it is admitted and not revoked.
pub(crate) fn find_caller(
    tx: &mut Transaction<'_>,
    certificate: Fingerprint,
) -> Result<Option<InstitutionCode>, Error> {
    tx.fetch_optional(
        "SELECT institution FROM institution_certificate WHERE fingerprint = $1 AND revoked IS NULL",
        &[&certificate.0],
        |row| row.get(0),
    )
}
