//! One insurance of a person, as the response states it.

use base::Date;
use maud::{Markup, html};
use oqs::{
    CheckedNumber, InsuredCardClassification, LimitCertificate, MedicalTicket, PersonalFamily, QualificationResult,
    SpecificDiseaseCertificate,
};
use text::Language;
use ui::components::{self, BadgeTone};

use super::{
    client::EligibilityCheck,
    rules::{Care, ConsentItem, ConsentState, Consents},
    wording::{consent_label, finding_label, format_available_until, item_label},
};
use crate::wording::{age, format_both_calendars, format_time, render_kana, render_name, sex_label};

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
    let heading = match (position, language) {
        (None, _) => language.t("資格情報", "Insurance").to_owned(),
        (Some(position), Language::Japanese) => format!("資格情報（{position}）"),
        (Some(position), Language::English) => format!("Insurance ({position})"),
    };
    let day = visit.or(check.confirmed_for);
    let certificates = certificate_rows(language, result, &consents);
    // One below the other: side by side they would be too narrow on A4.
    html! {
        (components::panel(language.t("患者", "Patient"), components::description_list(&person_rows(language, result, day))))
        (components::panel(&heading, components::description_list(&insurance_rows(language, check, result))))
        (components::panel(
            language.t("限度額・高齢受給者・特定疾病", "Certificates"),
            components::description_list(&certificates),
        ))
        @for ticket in &result.tickets { (render_medical_ticket(language, ticket)) }
        @if let Some(care) = care {
            (components::panel(language.t("同意の状況", "Consents"), render_consents(language, &consents, care)))
        }
    }
}

fn render_text(value: Option<&str>) -> Markup {
    html! { @match value { Some(value) => span lang="ja" { (value) }, None => "—" } }
}

fn render_date(language: Language, date: Option<Date>) -> Markup {
    html! { @match date { Some(date) => (format_both_calendars(language, date)), None => "—" } }
}

fn person_rows(language: Language, result: &QualificationResult, day: Option<Date>) -> Vec<FactRow<'static>> {
    let age = day.and_then(|day| age(result.birthdate, day));
    let mut rows = vec![
        (language.t("氏名", "Name"), render_name(language, &result.name)),
        (language.t("氏名カナ", "Kana"), render_kana(result.kana.as_ref())),
        (
            language.t("生年月日", "Born"),
            html! {
                (format_both_calendars(language, result.birthdate))
                @if let Some(age) = age { " " (age) (language.t("歳", " years old")) }
            },
        ),
        (language.t("性別", "Sex"), html! { (sex_label(language, result.sex)) }),
        (
            language.t("住所", "Address"),
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
            (language.t("氏名（その他）", "Other name"), html! { (render_name(language, other_name)) " " (kana) }),
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
        PersonalFamily::Insured => language.t("本人", "Insured person"),
        PersonalFamily::Family => language.t("家族", "Family member"),
    });
    let mut rows = vec![
        (language.t("資格有効性", "Verdict"), html! { (components::badge(tone, verdict)) }),
        (
            language.t("保険者番号", "Insurer number"),
            html! {
                (result.insurer)
                @if let CheckedNumber::Invalid(_) = result.insurer {
                    " " (components::badge(BadgeTone::Attention, language.t("保険者番号を確認してください", "Check this number")))
                }
            },
        ),
        (language.t("保険者名称", "Insurer"), render_text(result.insurer_name.as_deref())),
        (language.t("記号", "Symbol"), render_text(result.symbol.as_ref().map(oqs::CardSymbol::as_str))),
        (language.t("番号", "Number"), render_text(Some(result.number.as_str()))),
        (
            language.t("枝番", "Branch"),
            html! {
                @match result.branch { Some(branch) => (branch), None => "—" }
            },
        ),
        (
            language.t("被保険者証区分", "Classification"),
            render_text(result.card.map(InsuredCardClassification::label)),
        ),
        (language.t("本人・家族", "Relation"), html! { (relation.unwrap_or("—")) }),
        (language.t("資格取得年月日", "Insured since"), render_date(language, result.qualified_on)),
        (
            language.t("資格喪失年月日", "Lost on"),
            html! {
                (render_date(language, result.disqualified_on))
                @if let Some(reason) = result.reason_of_loss { " " span lang="ja" { (reason.label()) } }
            },
        ),
        (language.t("負担割合", "Share"), render_share(language, result)),
    ];
    if let Some(name) = &result.insured_name {
        rows.insert(8, (language.t("被保険者（世帯主）氏名", "Insured person's name"), render_name(language, name)));
    }
    for (label, day) in [
        (language.t("交付年月日", "Issued on"), result.card_issued_on),
        (language.t("有効開始年月日", "Document valid from"), result.card_valid_from),
        (language.t("有効終了年月日", "Document valid until"), result.card_valid_to),
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
                @if result.elderly.is_some() { (language.t("（高齢受給者）", " (70 to 74 years)")) }
            }
            // 生活保護法 §15: the care is provided in kind; the person's own payment is on the ticket.
            (None, _) if result.card == Some(InsuredCardClassification::MedicalAssistance) => (language.t(
                "医療扶助（患者の支払いは医療券の本人支払額）",
                "Public assistance (the patient pays what the ticket says)"
            )),
            (None, Some(_)) => (language.t("2割（未就学）", "2割 (preschool child)")),
            (None, None) => (language.t("記載なし（70歳未満は原則3割）", "Not stated (3割 below 70 years)")),
        }
    }
}

fn certificate_rows(language: Language, result: &QualificationResult, consents: &Consents) -> Vec<FactRow<'static>> {
    let mut rows = Vec::new();
    if let Some(elderly) = &result.elderly {
        rows.push((
            language.t("高齢受給者証", "70 to 74 years"),
            html! {
                @match elderly.share { Some(share) => (share), None => "—" }
                br; (render_term(language, elderly.valid_from, elderly.valid_to))
            },
        ));
    }
    rows.push((
        language.t("限度額適用認定証", "Limit of payment"),
        html! {
            @match &result.limit {
                Some(limit) => (render_limit_certificate(language, limit)),
                None => (render_missing_certificate(language, consents.item_state(ConsentItem::Limits))),
            }
        },
    ));
    rows.push((
        language.t("特定疾病療養受療証", "Specific diseases"),
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
            ConsentState::Given => (language.t("なし（該当する情報がありません）", "None (agreed, but there is none)")),
            state => {
                @let (label, tone) = consent_label(language, state);
                (components::badge(tone, label))
            }
        }
    }
}

fn render_term(language: Language, from: Option<Date>, to: Option<Date>) -> Markup {
    html! {
        (render_date(language, from)) (language.t("から", " to ")) (render_date(language, to)) (language.t("まで", ""))
    }
}

fn render_limit_certificate(language: Language, limit: &LimitCertificate) -> Markup {
    html! {
        (render_text(limit.classification.map(oqs::LimitCertificateClassification::label)))
        br; (language.t("適用区分：", "Class: ")) b lang="ja" { (limit.class.map_or("—", oqs::LimitClass::label)) }
        br; (render_term(language, limit.valid_from, limit.valid_to))
        @if let Some(long) = limit.long_term_from {
            br; (language.t("長期入院該当：", "Long stay since: ")) (format_both_calendars(language, long))
        }
    }
}

fn render_disease_certificate(language: Language, disease: &SpecificDiseaseCertificate) -> Markup {
    html! {
        p {
            (render_text(disease.disease.map(oqs::SpecificDisease::label)))
            br; (render_term(language, disease.valid_from, disease.valid_to))
            @if let Some(yen) = disease.self_pay {
                br; (language.t("自己負担限度額：月", "Limit a month: ")) (yen) (language.t("円", " yen"))
            }
        }
    }
}

/// 医療券・調剤券
fn render_medical_ticket(language: Language, ticket: &MedicalTicket) -> Markup {
    components::panel(
        language.t("医療券・調剤券", "Public assistance ticket"),
        components::description_list(&[
            (language.t("種別", "Kind"), render_text(ticket.kind.map(oqs::TicketType::label))),
            (language.t("交付番号", "Issue number"), render_text(ticket.issue_number.as_deref())),
            (language.t("有効期間", "Valid"), render_term(language, ticket.valid_from, ticket.valid_to)),
            (language.t("指定医療機関", "Institution"), render_text(ticket.institution_name.as_deref())),
            (
                language.t("本人支払額", "Own payment"),
                html! {
                    @match ticket.self_pay { Some(yen) => { (yen) (language.t("円", " yen")) }, None => "—" }
                },
            ),
            (language.t("備考", "Remarks"), html! { span lang="ja" { (ticket.remarks.join("、")) } }),
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
        language.t("同意日時", "Given at"),
        html! {
            @match consents.given_at { Some(time) => (format_time(language, time)), None => "—" }
        },
    ));
    rows.push((
        language.t("医療情報の閲覧期限", "Medical information until"),
        html! { (format_available_until(language, consents, care)) },
    ));
    components::description_list(&rows)
}
