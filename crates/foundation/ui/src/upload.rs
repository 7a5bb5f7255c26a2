use maud::{Markup, Render, html};
use text::Language;

use super::{
    drawing,
    field::{FieldMessages, Need, field_id},
    icon,
};
use crate::texts;

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
            Self::Front => texts::FRONT.in_language(language),
            Self::Back => texts::BACK.in_language(language),
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
                @if let Some(document) = self.document { (document) (texts::COLON_IN_LEGEND.in_language(language)) }
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
                data-too-large=(texts::THIS_PICTURE_IS_LARGER_THAN_20_MB.in_language(language))
                data-empty=(texts::THIS_FILE_IS_EMPTY.in_language(language))
                data-pdf=(texts::PDF_CANNOT_BE_SENT.in_language(language))
                data-unknown-kind=(texts::THIS_FILE_IS_NOT_PICTURE.in_language(language))
                data-chosen=(texts::THIS_PICTURE_WILL_BE_SENT.in_language(language))
                data-no-preview=(texts::THIS_DEVICE_CANNOT_SHOW_IT_HERE.in_language(language))
                data-preview=(texts::THE_CHOSEN_PICTURE.in_language(language)) {
                (self.legend())
                (self.messages.support(&id))
                @if self.camera {
                    // Some phones offer the camera only where it is requested, and then offer nothing else.
                    div.slot-way.slot-camera {
                        label.button for=(camera) { (icon::camera()) (texts::TAKE_A_PHOTO.in_language(language)) }
                        input type="file" id=(camera) name={ (self.name) "_camera" } accept="image/*" capture="environment"
                            aria-describedby=(described_by) aria-invalid=[self.messages.invalid()];
                    }
                }
                div.slot-way {
                    label.button for=(id) { (icon::picture()) (texts::CHOOSE_A_PICTURE.in_language(language)) }
                    input type="file" id=(id) name=(self.name) accept=(ACCEPT)
                        aria-describedby=(described_by) aria-invalid=[self.messages.invalid()];
                }
                input type="hidden" name={ (self.name) "_turned_down" } value="";
                p.slot-said role="status" {}
                (self.messages.error(language, &id))
                p.support id={ (id) "-formats" } {
                    (texts::PHOTO_JPEG_PNG_WEBP_OR_HEIC.in_language(language))
                }
                div.slot-picture { (drawing::document(language, self.side)) }
            }
        }
    }
}
