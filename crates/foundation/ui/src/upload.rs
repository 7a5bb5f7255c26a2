use maud::{Markup, Render, html};
use text::Language;

use super::{
    drawing,
    field::{FieldMessages, Need, field_id},
    icon,
};

/// The largest accepted picture, in bytes.
pub const LARGEST_PICTURE: u64 = 20 * 1024 * 1024;

/// The types that the file chooser offers. The server decides by the content of the file.
const ACCEPT: &str = "image/jpeg,image/png,image/webp,image/heic,image/heif,.jpg,.jpeg,.png,.webp,.heic,.heif";

/// Which side of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// おもて面
    Front,
    /// うら面
    Back,
}

impl Side {
    /// The usual name.
    pub fn label(self, language: Language) -> &'static str {
        match self {
            Self::Front => language.t("おもて面", "Front"),
            Self::Back => language.t("うら面", "Back"),
        }
    }
}

/// The input of one picture of one side, with a drawn example and two alternatives: the field `NAME_camera` takes a photo, the
/// field `NAME` an existing picture. The reason why a script rejected a file is in `NAME_turned_down`.
#[derive(Debug, Clone)]
pub struct FileSlot<'a> {
    language: Language,
    side: Side,
    name: &'a str,
    document: Option<&'a str>,
    need: Need,
    camera: bool,
    messages: FieldMessages<'a>,
}

impl<'a> FileSlot<'a> {
    /// A required picture.
    pub fn new(language: Language, side: Side, name: &'a str) -> Self {
        Self {
            language,
            side,
            name,
            document: None,
            need: Need::Required,
            camera: true,
            messages: FieldMessages::default(),
        }
    }

    /// The name of the document: 資格確認書.
    #[must_use]
    pub fn document_name(mut self, document: &'a str) -> Self {
        self.document = Some(document);
        self
    }

    /// What the picture should show.
    #[must_use]
    pub fn support(mut self, support: &'a str) -> Self {
        self.messages.support = Some(support);
        self
    }

    /// What is wrong with the picture, and what to do.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.messages.error = error;
        self
    }

    /// It is not required.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// Without the camera field, as for a screenshot.
    #[must_use]
    pub fn without_camera(mut self) -> Self {
        self.camera = false;
        self
    }

    fn legend(&self) -> Markup {
        let language = self.language;
        html! {
            legend {
                @if let Some(document) = self.document { (document) (language.t("の", ": ")) }
                (self.side.label(language)) (self.need.mark(language))
            }
        }
    }
}

impl Render for FileSlot<'_> {
    fn render(&self) -> Markup {
        let language = self.language;
        let id = field_id(self.name);
        let camera = format!("{id}-camera");
        let described_by = match self.messages.described_by(&id) {
            Some(described_by) => format!("{id}-formats {described_by}"),
            None => format!("{id}-formats"),
        };
        html! {
            fieldset.field.slot.wrong[self.messages.error.is_some()] data-upload data-largest=(LARGEST_PICTURE)
                data-needed[self.need.is_required()]
                data-too-large=(language.t(
                    "この画像は20MBを超えています。別の画像を選んでください。",
                    "This picture is larger than 20 MB. Please choose another one.",
                ))
                data-empty=(language.t(
                    "このファイルは空です。別の画像を選んでください。",
                    "This file is empty. Please choose another one.",
                ))
                data-pdf=(language.t(
                    "PDFは送れません。画面を撮影した画像（スクリーンショット）か、写真を選んでください。",
                    "A PDF cannot be sent. Please choose a screenshot or a photo of it.",
                ))
                data-unknown-kind=(language.t(
                    "画像ではないファイルです。写真（JPEG・PNG・WebP・HEIC）を選んでください。",
                    "This file is not a picture. Please choose a photo (JPEG, PNG, WebP or HEIC).",
                ))
                data-chosen=(language.t("この画像を送ります：", "This picture will be sent: "))
                data-no-preview=(language.t(
                    "この端末では確認表示できませんが、送ることができます。",
                    "This device cannot show it here, but it can be sent.",
                ))
                data-preview=(language.t("選んだ画像", "The chosen picture")) {
                (self.legend())
                (self.messages.support(&id))
                @if self.camera {
                    // Some phones offer the camera only where it is requested, and then offer nothing else.
                    div.slot-way.slot-camera {
                        label.button for=(camera) { (icon::camera()) (language.t("写真を撮る", "Take a photo")) }
                        input type="file" id=(camera) name={ (self.name) "_camera" } accept="image/*" capture="environment"
                            aria-describedby=(described_by) aria-invalid=[self.messages.invalid()];
                    }
                }
                div.slot-way {
                    label.button for=(id) { (icon::picture()) (language.t("画像を選ぶ", "Choose a picture")) }
                    input type="file" id=(id) name=(self.name) accept=(ACCEPT)
                        aria-describedby=(described_by) aria-invalid=[self.messages.invalid()];
                }
                input type="hidden" name={ (self.name) "_turned_down" } value="";
                p.slot-said role="status" {}
                (self.messages.error(language, &id))
                p.support id={ (id) "-formats" } {
                    (language.t("写真の形式：JPEG・PNG・WebP・HEIC、20MBまで", "Photo: JPEG, PNG, WebP or HEIC, up to 20 MB"))
                }
                div.slot-picture { (drawing::document(language, self.side)) }
            }
        }
    }
}
