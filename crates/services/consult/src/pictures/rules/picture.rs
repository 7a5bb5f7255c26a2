//! Insurance pictures: which documents are accepted, how a picture is checked, and for how long it is kept.

use base::{Date, Id, Span, Timestamp};
use text::Text;

use super::note::Note;
use crate::{proof::rules::ledgers::RequestReason, string_enum::string_enum};

/// The largest picture that is accepted, in bytes.
pub const MAX_PICTURE_BYTES: usize = 20 * 1024 * 1024;
/// The most pixels that are decoded. Phones take 12 to 50 million (2026); a decoded picture of 60 million fills 240 MB.
pub const MAX_PIXELS: u64 = 60_000_000;
/// The shortest long edge, in pixels, at which a document's small print is legible.
pub const MIN_LONG_EDGE: u32 = 640;
/// The shortest short edge, in pixels.
pub const MIN_SHORT_EDGE: u32 = 360;
/// The long edge of the stored picture, in pixels.
pub const STORED_LONG_EDGE: u32 = 2400;
/// The long edge of its thumbnail, in pixels.
pub const THUMBNAIL_LONG_EDGE: u32 = 320;
/// The long edge at which sharpness is measured, in pixels, so that one threshold fits every camera.
pub const MEASURED_LONG_EDGE: u32 = 1600;

string_enum! {
    /// Which of the two slots of a document a picture fills.
    pub enum DocumentSide {
        /// おもて面
        Front = "front",
        /// うら面, or the second sheet or screen of a document
        Back = "back",
    }
}

string_enum! {
    /// The documents that are accepted. The old 健康保険証 ended on 2025-12-01 and is not among them.
    pub enum DocumentKind {
        /// 資格確認書
        Certificate = "certificate",
        /// 資格情報のお知らせ, shown together with the front of the マイナンバーカード
        NoticeWithCard = "notice",
        /// マイナポータルの資格情報画面
        PortalScreen = "screen",
    }
}

/// A slot of a document for one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureSlot {
    pub side: DocumentSide,
    /// What the picture has to show.
    pub subject: PictureSubject,
    /// Whether the document is incomplete without this slot.
    pub requirement: Requirement,
}

/// What a picture has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureSubject {
    /// The front of the 資格確認書.
    CertificateFront,
    /// Its back, with address and remarks unless these are on the front.
    CertificateBack,
    /// The 資格情報のお知らせ.
    Notice,
    /// The front of the マイナンバーカード: photograph and name. Never the back.
    CardFront,
    /// The 資格情報 screen of マイナポータル.
    Screen,
    /// The rest of the screen, if it did not fit into the first picture.
    ScreenContinued,
}

/// Whether a slot must be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    Required,
    /// Only if there is something on that side.
    IfPresent,
}

impl DocumentKind {
    /// The two slots of the document.
    pub fn slots(self) -> [PictureSlot; 2] {
        let (front, back, back_requirement) = match self {
            Self::Certificate => {
                (PictureSubject::CertificateFront, PictureSubject::CertificateBack, Requirement::IfPresent)
            }
            Self::NoticeWithCard => (PictureSubject::Notice, PictureSubject::CardFront, Requirement::Required),
            Self::PortalScreen => (PictureSubject::Screen, PictureSubject::ScreenContinued, Requirement::IfPresent),
        };
        [
            PictureSlot { side: DocumentSide::Front, subject: front, requirement: Requirement::Required },
            PictureSlot { side: DocumentSide::Back, subject: back, requirement: back_requirement },
        ]
    }

    /// The slot for one side.
    pub fn slot(self, side: DocumentSide) -> PictureSlot {
        let [front, back] = self.slots();
        if side == DocumentSide::Front { front } else { back }
    }

    /// The name in both languages.
    pub fn name(self) -> Text {
        match self {
            Self::Certificate => Text::from_static("資格確認書", "Eligibility certificate (資格確認書)"),
            Self::NoticeWithCard => Text::from_static(
                "資格情報のお知らせ と マイナンバーカード（おもて面）",
                "Eligibility notice (資格情報のお知らせ) and the front of the My Number Card",
            ),
            Self::PortalScreen => {
                Text::from_static("マイナポータルの資格情報画面", "Eligibility screen of Mynaportal (資格情報)")
            }
        }
    }
}

impl PictureSubject {
    /// The name in both languages.
    pub fn name(self) -> Text {
        match self {
            Self::CertificateFront => Text::from_static("資格確認書のおもて面", "Front of the certificate"),
            Self::CertificateBack => Text::from_static("資格確認書のうら面", "Back of the certificate"),
            Self::Notice => Text::from_static("資格情報のお知らせ", "Eligibility notice"),
            Self::CardFront => Text::from_static("マイナンバーカードのおもて面", "Front of the My Number Card"),
            Self::Screen => Text::from_static("資格情報の画面", "Eligibility screen"),
            Self::ScreenContinued => Text::from_static("資格情報の画面（続き）", "Eligibility screen (continued)"),
        }
    }
}

/// What may be wrong with a picture, by its pixels. Hints only: they do not prevent sending, and the desk decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PictureHints(u8);

/// One hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureHint {
    /// Probably out of focus.
    Blurred,
    /// Probably too dark.
    Dark,
    /// Probably a reflection.
    Glare,
}

impl PictureHint {
    const ALL: [Self; 3] = [Self::Blurred, Self::Dark, Self::Glare];

    fn bit(self) -> u8 {
        match self {
            Self::Blurred => 1,
            Self::Dark => 2,
            Self::Glare => 4,
        }
    }

    /// The hint in words for the patient.
    pub fn text(self) -> Text {
        match self {
            Self::Blurred => Text::from_static("文字がぼやけているかもしれません。", "The text may be blurred."),
            Self::Dark => Text::from_static("暗くて読みにくいかもしれません。", "It may be too dark to read."),
            Self::Glare => Text::from_static("光が反射しているかもしれません。", "Light may be reflected in it."),
        }
    }
}

impl PictureHints {
    /// From the stored form. Unknown bits are dropped.
    pub fn from_bits(bits: u8) -> Self {
        Self(bits & 7)
    }

    /// The stored form.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Adds a hint.
    #[must_use]
    pub fn with_hint(self, hint: PictureHint) -> Self {
        Self(self.0 | hint.bit())
    }

    /// Whether there are no hints.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Iterates over the hints.
    pub fn iter(self) -> impl Iterator<Item = PictureHint> {
        PictureHint::ALL.into_iter().filter(move |hint| self.0 & hint.bit() != 0)
    }
}

/// Measurements of a picture at [`MEASURED_LONG_EDGE`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImageMeasures {
    /// The variance of the Laplacian, a measure of sharpness.
    pub detail: f64,
    /// The mean brightness, 0 to 255.
    pub brightness: f64,
    /// The share of pixels at maximum brightness, 0 to 1.
    pub saturated: f64,
    /// The mean brightness of all other pixels.
    pub brightness_of_the_rest: f64,
}

/// Derives hints from the measurements.
pub fn derive_hints(measures: &ImageMeasures) -> PictureHints {
    let mut hints = PictureHints::default();
    if measures.detail < 25.0 {
        hints = hints.with_hint(PictureHint::Blurred);
    }
    if measures.brightness < 55.0 {
        hints = hints.with_hint(PictureHint::Dark);
    }
    // A white screen is saturated nearly everywhere; a reflection is a saturated patch on a darker document.
    if (0.02..0.30).contains(&measures.saturated) && measures.brightness_of_the_rest < 185.0 {
        hints = hints.with_hint(PictureHint::Glare);
    }
    hints
}

string_enum! {
    /// Why a picture was not accepted. Shown at its slot; the rest of the form is kept.
    pub enum UnusablePicture {
        /// More than [`MAX_PICTURE_BYTES`].
        TooLarge = "too_large",
        Pdf = "pdf",
        /// Neither JPEG, PNG, WebP nor HEIC by its content.
        UnknownKind = "unknown_kind",
        /// Of an accepted kind, but damaged.
        Unreadable = "unreadable",
        /// Too few pixels to read the document.
        TooSmall = "too_small",
        /// More than [`MAX_PIXELS`].
        TooManyPixels = "too_many_pixels",
        /// Decoding exceeded the limit of time or memory.
        TooCostly = "too_costly",
        /// The back of the マイナンバーカード: its QR code holds the My Number.
        MyNumber = "my_number",
        /// A file without content.
        Empty = "empty",
    }
}

impl UnusablePicture {
    /// The problem and its remedy, in words for the patient.
    pub fn text(self) -> Text {
        match self {
            Self::TooLarge => Text::from_static(
                "この画像は20MBを超えています。別の画像を選んでください。",
                "This picture is larger than 20 MB. Please choose another one.",
            ),
            Self::Pdf => Text::from_static(
                "PDFは送れません。画面を撮影した画像（スクリーンショット）か、写真を送ってください。",
                "A PDF cannot be sent. Please send a screenshot or a photo of it.",
            ),
            Self::UnknownKind => Text::from_static(
                "この種類のファイルは送れません。写真（JPEG・PNG・WebP・HEIC）を選んでください。",
                "This kind of file cannot be sent. Please choose a photo (JPEG, PNG, WebP or HEIC).",
            ),
            Self::Unreadable => Text::from_static(
                "この画像は壊れているか、途中までしか届きませんでした。もう一度撮って送ってください。",
                "This picture is broken or arrived only in part. Please take it again and send it.",
            ),
            Self::TooSmall => Text::from_static(
                "この画像は小さすぎて文字が読めません。書類に近づいて撮った写真か、もとの大きさの画像を選んでください。",
                "This picture is too small to read. Please take it from nearer, or choose it in its original size.",
            ),
            Self::TooManyPixels => Text::from_static(
                "この画像は画素数が多すぎます（6000万画素まで）。カメラの通常の設定で撮り直してください。",
                "This picture has too many pixels (up to 60 million). Please take it with the camera's usual settings.",
            ),
            Self::TooCostly => Text::from_static(
                "この画像は処理できませんでした。もう一度撮るか、JPEGで保存した画像を送ってください。",
                "This picture could not be processed. Please take it again, or send it saved as JPEG.",
            ),
            Self::MyNumber => Text::from_static(
                "マイナンバーカードのうら面は送れません。うら面にはマイナンバー（個人番号）がのっています。この画像は保存していません。おもて面を撮ってください。",
                "The back of the My Number Card must not be sent: it shows your My Number. This picture was not kept. Please photograph the front.",
            ),
            Self::Empty => Text::from_static(
                "このファイルは空です。別の画像を選んでください。",
                "This file is empty. Please choose another one.",
            ),
        }
    }
}

string_enum! {
    /// The state of a picture.
    pub enum PictureState {
        /// Received and shown to the patient, not sent: a picture is missing, or the patient has to look at a hint first.
        Draft = "draft",
        /// Sent to the desk.
        Sent = "sent",
        /// The desk confirmed the insurance by it.
        Accepted = "accepted",
        /// The desk requests another picture.
        Refused = "refused",
    }
}

/// The id of a picture, and its name in the vault.
pub type PictureId = Id<InsurancePicture>;

/// A picture of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsurancePicture {
    pub id: PictureId,
    pub document: DocumentKind,
    pub side: DocumentSide,
    pub state: PictureState,
    pub hints: PictureHints,
    /// Width and height, in pixels.
    pub size: (u32, u32),
    /// The time of the upload.
    pub made_at: Timestamp,
    /// Present in [`PictureState::Refused`].
    pub refusal: Option<PictureRefusal>,
}

/// The request of the desk for another picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRefusal {
    pub reason: RequestReason,
    /// The desk's note. Shown to the patient on the page of the appointment and nowhere else.
    pub note: Option<Note>,
}

/// What a desk decides about a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PictureJudgement {
    pub(crate) picture: PictureId,
    /// For undoing it.
    pub(crate) state_before: PictureState,
    pub(crate) verdict: PictureVerdict,
}

/// Whether a desk accepts a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PictureVerdict {
    Accepted,
    Refused(PictureRefusal),
}

impl PictureJudgement {
    /// The desk accepts the picture.
    pub(crate) fn accept(picture: &InsurancePicture) -> Self {
        Self { picture: picture.id, state_before: picture.state, verdict: PictureVerdict::Accepted }
    }

    /// The desk does not accept the picture.
    pub(crate) fn refuse(picture: &InsurancePicture, refusal: PictureRefusal) -> Self {
        Self { picture: picture.id, state_before: picture.state, verdict: PictureVerdict::Refused(refusal) }
    }
}

/// The required slots of a document that are not filled. A refused picture does not fill its slot.
pub fn missing_slots(document: DocumentKind, pictures: &[InsurancePicture]) -> Vec<PictureSlot> {
    let filled = |side| {
        pictures.iter().any(|picture| {
            picture.document == document && picture.side == side && picture.state != PictureState::Refused
        })
    };
    document
        .slots()
        .into_iter()
        .filter(|slot| slot.requirement == Requirement::Required && !filled(slot.side))
        .collect()
}

/// The reasons for requesting one picture again.
pub const PICTURE_REASONS: &[RequestReason] = &[
    RequestReason::Blurred,
    RequestReason::CutOff,
    RequestReason::Glare,
    RequestReason::WrongDocument,
    RequestReason::SideMissing,
    RequestReason::Expired,
    RequestReason::OtherPerson,
    RequestReason::Other,
];

/// Whether `text` is a 個人番号 (My Number): twelve digits of which the last is the check digit
/// (行政手続における特定の個人を識別するための番号の利用等に関する法律施行令による省令 §5).
pub fn is_my_number(text: &str) -> bool {
    let digits: Vec<u32> = text.trim().chars().map_while(|c| c.to_digit(10)).collect();
    if digits.len() != 12 || text.trim().len() != 12 {
        return false;
    }
    let sum: u32 = digits[..11]
        .iter()
        .rev()
        .zip(1..)
        .map(|(digit, position)| digit * if position <= 6 { position + 1 } else { position - 5 })
        .sum();
    let check = match sum % 11 {
        0 | 1 => 0,
        remainder => 11 - remainder,
    };
    digits[11] == check
}

/// The end of a picture's retention: the end of the `days`th day after the visit (Japan).
///
/// No law sets a number: personal data is erased when no longer needed (個人情報保護法 §22), and the clinic keeps its own records.
pub fn retention_end(visit: Date, days: u16) -> Timestamp {
    base::end_of_day(visit).plus(Span::from_hours(24 * i64::from(days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_my_number_is_known_by_its_check_digit() {
        let check = |text: &str, expected| assert_eq!(is_my_number(text), expected, "{text}");
        check("123456789018", true);
        check(" 123456789018\n", true);
        check("123456789010", false);
        check("023456789013", true);
        check("12345678901", false);
        check("1234567890180", false);
        check("https://example.jp/123456789018", false);
        check("", false);
    }

    #[test]
    fn every_document_needs_its_front() {
        for kind in DocumentKind::ALL.iter().copied() {
            assert_eq!(kind.slot(DocumentSide::Front).requirement, Requirement::Required);
        }
        assert_eq!(DocumentKind::NoticeWithCard.slot(DocumentSide::Back).requirement, Requirement::Required);
    }

    #[test]
    fn hints_are_what_the_measures_say() {
        let good = ImageMeasures { detail: 300.0, brightness: 150.0, saturated: 0.0, brightness_of_the_rest: 150.0 };
        let check = |measures: ImageMeasures, expected: &[PictureHint]| {
            assert_eq!(derive_hints(&measures).iter().collect::<Vec<_>>(), expected, "{measures:?}");
        };
        check(good, &[]);
        check(ImageMeasures { detail: 5.0, ..good }, &[PictureHint::Blurred]);
        check(ImageMeasures { brightness: 30.0, ..good }, &[PictureHint::Dark]);
        check(ImageMeasures { saturated: 0.1, ..good }, &[PictureHint::Glare]);
        check(ImageMeasures { saturated: 0.8, ..good }, &[]);
    }

    #[test]
    fn a_picture_is_kept_to_the_end_of_a_day_in_japan() {
        let visit = base::parse_date("2026-11-24").expect("a date");
        assert_eq!(retention_end(visit, 30).to_string(), "2026-12-25T00:00:00+09:00");
    }
}
