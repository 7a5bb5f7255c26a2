//! Insurance pictures: which documents are accepted, how a picture is checked, and for how long it is kept.

use base::{Date, Id, Span, Timestamp};
use text::Text;

use super::note::Note;
use crate::{pictures::texts, proof::rules::ledgers::RequestReason};

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

base::text_enum! {
    /// Which of the two slots of a document a picture fills.
    #[derive(PartialOrd, Ord)]
    pub enum DocumentSide {
        /// おもて面
        Front = "front",
        /// うら面, or the second sheet or screen of a document
        Back = "back",
    }
}

base::text_enum! {
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
            Self::Certificate => texts::ELIGIBILITY_CERTIFICATE,
            Self::NoticeWithCard => texts::ELIGIBILITY_NOTICE_AND_MY_NUMBER_CARD,
            Self::PortalScreen => texts::ELIGIBILITY_SCREEN_OF_MYNAPORTAL,
        }
    }
}

impl PictureSubject {
    /// The name in both languages.
    pub fn name(self) -> Text {
        match self {
            Self::CertificateFront => texts::FRONT_OF_THE_CERTIFICATE,
            Self::CertificateBack => texts::BACK_OF_THE_CERTIFICATE,
            Self::Notice => texts::ELIGIBILITY_NOTICE,
            Self::CardFront => texts::FRONT_OF_MY_NUMBER_CARD,
            Self::Screen => texts::ELIGIBILITY_SCREEN,
            Self::ScreenContinued => texts::ELIGIBILITY_SCREEN_CONTINUED,
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
            Self::Blurred => texts::THE_TEXT_MAY_BE_BLURRED,
            Self::Dark => texts::IT_MAY_BE_TOO_DARK_TO_READ,
            Self::Glare => texts::LIGHT_MAY_BE_REFLECTED_IN_IT,
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

base::text_enum! {
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
            Self::TooLarge => texts::THIS_PICTURE_IS_LARGER_THAN_20_MB,
            Self::Pdf => texts::PDF_CANNOT_BE_SENT,
            Self::UnknownKind => texts::THIS_KIND_OF_FILE_CANNOT_BE_SENT,
            Self::Unreadable => texts::THIS_PICTURE_IS_BROKEN,
            Self::TooSmall => texts::THIS_PICTURE_IS_TOO_SMALL_TO_READ,
            Self::TooManyPixels => texts::THIS_PICTURE_HAS_TOO_MANY_PIXELS,
            Self::TooCostly => texts::THIS_PICTURE_COULD_NOT_BE_PROCESSED,
            Self::MyNumber => texts::BACK_OF_CARD_MUST_NOT_BE_SENT,
            Self::Empty => texts::THIS_FILE_IS_EMPTY,
        }
    }
}

base::text_enum! {
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
