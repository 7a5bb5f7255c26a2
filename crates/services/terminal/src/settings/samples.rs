use text::Language;

use super::pages;
use crate::{
    Refusal, Role,
    client::EligibilityError,
    exchange::ExchangeStatus,
    pages::SystemResponse,
    samples::{
        fixtures::{institution, unreachable_system},
        frames::{Pages, STATION_NAME, frame},
    },
};

pub(crate) fn add_pages(language: Language, samples: &mut Pages) {
    let frame = frame(language, Role::Administrator, "/settings");
    let environment_settings = oqs::EnvironmentSettings {
        viewing_consent: Some(oqs::Use::Used),
        medical_assistance: Some(oqs::Use::Unused),
        home_visit: Some(oqs::Use::Unused),
        online: Some(oqs::Use::Used),
        prescription: Some(oqs::PrescriptionUse::Both),
        prescription_timing: Some(oqs::PrescriptionTiming::WithQualification),
    };
    let message = Some("この要求には対応していません。".to_owned());
    let unsupported = EligibilityError::Refused(oqs::Fault { code: Some("U003".to_owned()), message });
    let refused =
        oqs::Fault { code: Some("U002".to_owned()), message: Some("受け付けられません。".to_owned()) };
    let refused = pages::SettingsNotice::Refused(Refusal::Interface(EligibilityError::Refused(refused)));
    for (name, environment, notice) in [
        ("answered", SystemResponse::Received(Some(environment_settings.clone())), pages::SettingsNotice::None),
        ("changed", SystemResponse::Received(Some(environment_settings.clone())), pages::SettingsNotice::Changed),
        ("refused", SystemResponse::Received(Some(environment_settings)), refused),
        ("unanswered", SystemResponse::Failed(Refusal::Interface(unsupported)), pages::SettingsNotice::None),
        ("silent", SystemResponse::Received(None), pages::SettingsNotice::None),
        ("trouble", SystemResponse::Failed(unreachable_system()), pages::SettingsNotice::None),
    ] {
        let interface = "https://eligibility.localhost:8443".to_owned();
        let exchange = match name {
            "answered" => Some(ExchangeStatus::default()),
            "changed" => Some(ExchangeStatus {
                unknown_requests: 3,
                blocked_responses: vec![
                    "OQSsiquc01res_202611240001.xml".to_owned(),
                    "YZKsiquc01res_0426112409001.xml".to_owned(),
                ],
            }),
            _ => None,
        };
        let (institution, station_name) = (institution(), STATION_NAME.to_owned());
        let view = pages::SettingsPage { institution, name: station_name, interface, exchange, environment, notice };
        samples.push((format!("settings/{name}"), pages::render_page(&frame, &view)));
    }
}
