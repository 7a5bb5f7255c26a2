//! One insurance of a person, as the response states it.

use base::Date;
use maud::{Markup, html};
use oqs::{
    CheckedNumber, InsuredCardClassification, LimitCertificate, MedicalTicket, PersonalFamily, QualificationResult,
    SpecificDiseaseCertificate,
};
use text::{Language, dates};
use ui::components::{self, BadgeTone};

use super::{
    client::EligibilityCheck,
    rules::{Care, ConsentItem, ConsentState, Consents},
    wording::{consent_label, finding_label, format_available_until, item_label},
};
use crate::{
    eligibility::texts,
    wording::{age, render_kana, render_name, sex_label},
};

type FactRow<'a> = (&'a str, Markup);

/// One insurance: person, insurance, certificates, and the consents if the person registered for a kind of care.
/// `position` numbers several insurances, from 1.
pub(crate) fn render_insurance(
    language: Language,
    check: &EligibilityCheck,
    result: &QualificationResult,
    (visit, care): (Option<Date>, Option<Care>),
    position: Option<usize>,
) -> Markup {
    let consents = Consents::from_result(result);
    let heading = match position {
        None => texts::INSURANCE.in_language(language).to_owned(),
        Some(position) => texts::numbered_insurance(language, position),
    };
    let day = visit.or(check.confirmed_for);
    let certificates = certificate_rows(language, result, &consents);
    // One below the other: side by side they would be too narrow on A4.
    html! {
        (components::panel(texts::PATIENT.in_language(language), components::description_list(&person_rows(language, result, day))))
        (components::panel(&heading, components::description_list(&insurance_rows(language, check, result))))
        (components::panel(
            texts::CERTIFICATES.in_language(language),
            components::description_list(&certificates),
        ))
        @for ticket in &result.tickets { (render_medical_ticket(language, ticket)) }
        @if let Some(care) = care {
            (components::panel(texts::CONSENTS.in_language(language), render_consents(language, &consents, care)))
        }
    }
}

fn render_text(value: Option<&str>) -> Markup {
    html! { @match value { Some(value) => span lang="ja" { (value) }, None => "—" } }
}

fn render_date(language: Language, date: Option<Date>) -> Markup {
    html! { @match date { Some(date) => (dates::format_in_both_calendars(language, date)), None => "—" } }
}

fn person_rows(language: Language, result: &QualificationResult, day: Option<Date>) -> Vec<FactRow<'static>> {
    let age = day.and_then(|day| age(result.birthdate, day));
    let mut rows = vec![
        (texts::NAME.in_language(language), render_name(language, &result.name)),
        (texts::KANA.in_language(language), render_kana(result.kana.as_ref())),
        (
            texts::BORN.in_language(language),
            html! {
                (dates::format_in_both_calendars(language, result.birthdate))
                @if let Some(age) = age { " " (age) (texts::YEARS_OLD.in_language(language)) }
            },
        ),
        (texts::SEX.in_language(language), html! { (sex_label(language, result.sex)) }),
        (
            texts::ADDRESS.in_language(language),
            html! {
                @if let Some(post) = &result.post_number { "〒" (post) " " }
                (render_text(result.address.as_deref()))
            },
        ),
    ];
    if let Some(other_name) = &result.other_name {
        let kana = render_kana(result.other_kana.as_ref());
        rows.insert(
            2,
            (texts::OTHER_NAME.in_language(language), html! { (render_name(language, other_name)) " " (kana) }),
        );
    }
    rows
}

fn insurance_rows(language: Language, check: &EligibilityCheck, result: &QualificationResult) -> Vec<FactRow<'static>> {
    let (verdict, tone) = {
        let finding = crate::eligibility::rules::Finding::from_processing(
            Some(&check.response.processing),
            check.response.validity,
        );
        let (label, tone, _) = finding_label(language, finding);
        (label, tone)
    };
    let relation = result.person.map(|person| match person {
        PersonalFamily::Insured => texts::INSURED_PERSON.in_language(language),
        PersonalFamily::Family => texts::FAMILY_MEMBER.in_language(language),
    });
    let mut rows = vec![
        (texts::VERDICT.in_language(language), html! { (components::badge(tone, verdict)) }),
        (
            texts::INSURER_NUMBER.in_language(language),
            html! {
                (result.insurer)
                @if let CheckedNumber::Invalid(_) = result.insurer {
                    " " (components::badge(BadgeTone::Attention, texts::CHECK_THIS_NUMBER.in_language(language)))
                }
            },
        ),
        (texts::INSURER.in_language(language), render_text(result.insurer_name.as_deref())),
        (texts::SYMBOL.in_language(language), render_text(result.symbol.as_ref().map(oqs::CardSymbol::as_str))),
        (texts::NUMBER.in_language(language), render_text(Some(result.number.as_str()))),
        (
            texts::BRANCH.in_language(language),
            html! {
                @match result.branch { Some(branch) => (branch), None => "—" }
            },
        ),
        (texts::CLASSIFICATION.in_language(language), render_text(result.card.map(InsuredCardClassification::label))),
        (texts::RELATION.in_language(language), html! { (relation.unwrap_or("—")) }),
        (texts::INSURED_SINCE.in_language(language), render_date(language, result.qualified_on)),
        (
            texts::LOST_ON.in_language(language),
            html! {
                (render_date(language, result.disqualified_on))
                @if let Some(reason) = result.reason_of_loss { " " span lang="ja" { (reason.label()) } }
            },
        ),
        (texts::SHARE.in_language(language), render_share(language, result)),
    ];
    if let Some(name) = &result.insured_name {
        rows.insert(8, (texts::INSURED_PERSONS_NAME.in_language(language), render_name(language, name)));
    }
    for (label, day) in [
        (texts::ISSUED_ON.in_language(language), result.card_issued_on),
        (texts::DOCUMENT_VALID_FROM.in_language(language), result.card_valid_from),
        (texts::DOCUMENT_VALID_UNTIL.in_language(language), result.card_valid_to),
    ] {
        if day.is_some() {
            rows.push((label, render_date(language, day)));
        }
    }
    rows
}

/// 一部負担割合. The data have it only from 70 years on; for others the law sets it (健康保険法 §74, §110).
fn render_share(language: Language, result: &QualificationResult) -> Markup {
    let stated = result.share.or_else(|| result.elderly.as_ref().and_then(|elderly| elderly.share));
    html! {
        @match (stated, result.preschool) {
            (Some(share), _) => {
                (share)
                @if result.elderly.is_some() { (texts::SHARE_OF_70_TO_74_YEARS.in_language(language)) }
            }
            // 生活保護法 §15: the care is provided in kind; the person's own payment is on the ticket.
            (None, _) if result.card == Some(InsuredCardClassification::MedicalAssistance) => (texts::SHARE_OF_PUBLIC_ASSISTANCE.in_language(language)),
            (None, Some(_)) => (texts::SHARE_OF_PRESCHOOL_CHILD.in_language(language)),
            (None, None) => (texts::SHARE_NOT_STATED.in_language(language)),
        }
    }
}

fn certificate_rows(language: Language, result: &QualificationResult, consents: &Consents) -> Vec<FactRow<'static>> {
    let mut rows = Vec::new();
    if let Some(elderly) = &result.elderly {
        rows.push((
            texts::CERTIFICATE_OF_70_TO_74_YEARS.in_language(language),
            html! {
                @match elderly.share { Some(share) => (share), None => "—" }
                br; (render_term(language, elderly.valid_from, elderly.valid_to))
            },
        ));
    }
    rows.push((
        texts::LIMIT_CERTIFICATE.in_language(language),
        html! {
            @match &result.limit {
                Some(limit) => (render_limit_certificate(language, limit)),
                None => (render_missing_certificate(language, consents.item_state(ConsentItem::Limits))),
            }
        },
    ));
    rows.push((
        texts::SPECIFIC_DISEASE_CERTIFICATE.in_language(language),
        html! {
            @if result.diseases.is_empty() { (render_missing_certificate(language, consents.item_state(ConsentItem::SpecificDiseases))) }
            @for disease in &result.diseases { (render_disease_certificate(language, disease)) }
        },
    ));
    rows
}

/// Why a certificate is not shown: there is no consent, or there is one and no certificate.
fn render_missing_certificate(language: Language, state: ConsentState) -> Markup {
    html! {
        @match state {
            ConsentState::Given => (texts::AGREED_BUT_THERE_IS_NONE.in_language(language)),
            state => {
                @let (label, tone) = consent_label(language, state);
                (components::badge(tone, label))
            }
        }
    }
}

fn render_term(language: Language, from: Option<Date>, to: Option<Date>) -> Markup {
    html! {
        (render_date(language, from)) (texts::BETWEEN_DAYS_OF_TERM.in_language(language)) (render_date(language, to)) (texts::AFTER_DAYS_OF_TERM.in_language(language))
    }
}

fn render_limit_certificate(language: Language, limit: &LimitCertificate) -> Markup {
    html! {
        (render_text(limit.classification.map(oqs::LimitCertificateClassification::label)))
        br; (texts::LIMIT_CLASS.in_language(language)) b lang="ja" { (limit.class.map_or("—", oqs::LimitClass::label)) }
        br; (render_term(language, limit.valid_from, limit.valid_to))
        @if let Some(long) = limit.long_term_from {
            br; (texts::LONG_STAY_SINCE.in_language(language)) (dates::format_in_both_calendars(language, long))
        }
    }
}

fn render_disease_certificate(language: Language, disease: &SpecificDiseaseCertificate) -> Markup {
    html! {
        p {
            (render_text(disease.disease.map(oqs::SpecificDisease::label)))
            br; (render_term(language, disease.valid_from, disease.valid_to))
            @if let Some(yen) = disease.self_pay {
                br; (texts::LIMIT_A_MONTH.in_language(language)) (yen) (texts::YEN.in_language(language))
            }
        }
    }
}

/// 医療券・調剤券
fn render_medical_ticket(language: Language, ticket: &MedicalTicket) -> Markup {
    components::panel(
        texts::PUBLIC_ASSISTANCE_TICKET.in_language(language),
        components::description_list(&[
            (texts::TICKET_KIND.in_language(language), render_text(ticket.kind.map(oqs::TicketType::label))),
            (texts::TICKET_ISSUE_NUMBER.in_language(language), render_text(ticket.issue_number.as_deref())),
            (texts::TICKET_VALID.in_language(language), render_term(language, ticket.valid_from, ticket.valid_to)),
            (texts::TICKET_INSTITUTION.in_language(language), render_text(ticket.institution_name.as_deref())),
            (
                texts::OWN_PAYMENT.in_language(language),
                html! {
                    @match ticket.self_pay { Some(yen) => { (yen) (texts::YEN.in_language(language)) }, None => "—" }
                },
            ),
            (texts::TICKET_REMARKS.in_language(language), html! { span lang="ja" { (ticket.remarks.join("、")) } }),
        ]),
    )
}

/// Each consent with its state, the time of consent and the end of access.
pub(crate) fn render_consents(language: Language, consents: &Consents, care: Care) -> Markup {
    let mut rows: Vec<FactRow<'_>> = consents
        .items
        .iter()
        .map(|(item, state)| {
            let (label, tone) = consent_label(language, *state);
            (item_label(language, *item), components::badge(tone, label))
        })
        .collect();
    rows.push((
        texts::CONSENT_GIVEN_AT.in_language(language),
        html! {
            @match consents.given_at { Some(time) => (dates::format_date_time(language, time)), None => "—" }
        },
    ));
    rows.push((
        texts::MEDICAL_INFORMATION_UNTIL.in_language(language),
        html! { (format_available_until(language, consents, care)) },
    ));
    components::description_list(&rows)
}
