//! A service with one clinic, which takes proof by picture alone.

use base::{Clock, InstitutionCode, Key, Prefecture, Randomness, ScoreTable};
use consult::{
    CancellationTerms, Charge, Consult, HandOverSettings, ImageWorker, Institution, MailTransport, MasterKeys, Menu,
    MenuRules, NewInstitution, NewMenu, NewPractitioner, OpeningHours, OpeningSchedule, ProofMethod, Settings,
    Specialty, VaultLocation, VisitMedium,
};
use database::Location;
use jiff::civil::Weekday;
use test_browser::Browser;
use ui::Theme;
use web::Site;

const ORIGIN: &str = "http://consult.localhost:8400";
const NOW: &str = "2026-11-24T09:00:00+09:00";

pub struct Service {
    pub consult: Consult,
    _folder: tempfile::TempDir,
}

impl Service {
    /// A service in a folder of its own.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let randomness = Randomness::system();
        let clock = Clock::stopped_at(NOW.parse().expect("a time"));
        let consult = Consult::open(Settings {
            site: Site::new(Theme::Service, ORIGIN.parse().expect("an origin"), clock, randomness.clone()),
            database: Location::Sqlite(folder.path().join("consult.db")),
            operator: "見本".to_owned(),
            sealing_key: Key::new(&randomness),
            http: reqwest::Client::new(),
            hand_over: HandOverSettings {
                client_id: "uketsuke".parse().expect("a client's name"),
                client_key: handover::ClientKey::generate(),
                receptions: Vec::new(),
            },
            pictures: VaultLocation::Folder(folder.path().join("pictures")),
            picture_keys: MasterKeys::new("one", Key::new(&randomness)),
            image_worker: ImageWorker::new(env!("CARGO_BIN_EXE_picture-worker").into(), Vec::new()),
            contact: None,
            mail_transport: MailTransport::Outbox,
            picture_retention_days: 30,
            limits: consult::Limits::default(),
            notices: consult::sample_notices(),
        })
        .expect("the service opens");
        consult.add_institution(clinic()).await.expect("an institution is added");
        Self { consult, _folder: folder }
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.consult.pages(), ORIGIN)
    }
}

/// The code of the clinic.
pub fn institution() -> InstitutionCode {
    InstitutionCode::from_parts(tokyo(), ScoreTable::Medical, 1)
}

fn tokyo() -> Prefecture {
    Prefecture::from_code(13).expect("Tokyo")
}

fn clinic() -> NewInstitution {
    let text = || "見本".to_owned();
    NewInstitution {
        institution: Institution {
            code: institution(),
            name: text(),
            name_kana: "ミホン".to_owned(),
            name_english: "Mihon".to_owned(),
            prefecture: tokyo(),
            city: text(),
            city_english: text(),
            address: text(),
            address_english: text(),
            phone: "03-0000-0000".to_owned(),
            opening_text: text(),
            opening_text_english: text(),
            description: text(),
            description_english: text(),
            specialties: vec![Specialty::InternalMedicine],
            languages: Vec::new(),
            proof_method: ProofMethod::PictureOnly,
        },
        opening: OpeningSchedule {
            hours: vec![OpeningHours { weekday: Weekday::Wednesday, from_minute: 540, to_minute: 720 }],
            closed_on_holidays: true,
        },
        notice: consult::ClinicNotice::default(),
        practitioners: vec![NewPractitioner::generic()],
        menus: vec![NewMenu {
            menu: Menu {
                number: 1,
                charge: Charge::Insured,
                name: text(),
                name_english: text(),
                minutes: 15,
                buffer_minutes: 0,
                fee: text(),
                fee_english: text(),
                system_fee: 550,
                cancellation: CancellationTerms::default(),
                medium: VisitMedium::Browser,
            },
            rules: MenuRules::default(),
            practitioners: Vec::new(),
        }],
    }
}
