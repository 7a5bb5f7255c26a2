//! An institution's address as a QR code: on a page, as a picture, and as a sheet of paper to hang up.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use pdf_writer::{
    Content, Name, Pdf, Rect, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo},
};
use ui::{QUIET_ZONE, QrCode};

/// The edge of a module in the PNG, in pixels.
const DOTS_PER_MODULE: u32 = 10;

/// The texts on the printed sheet.
pub(crate) struct PrintedSheet<'a> {
    pub(crate) institution: &'a str,
    /// 訪問診療等 or オンライン診療等
    pub(crate) kind: &'a str,
    pub(crate) address: &'a str,
}

/// PNG形式
pub(crate) fn render_png(code: &QrCode) -> Vec<u8> {
    let edge = (code.size() + 2 * QUIET_ZONE) * DOTS_PER_MODULE;
    let mut picture = GrayImage::from_pixel(edge, edge, Luma([255]));
    for (x, y) in code.dark_modules() {
        for (across, down) in
            (0..DOTS_PER_MODULE).flat_map(|across| (0..DOTS_PER_MODULE).map(move |down| (across, down)))
        {
            picture.put_pixel(
                (x + QUIET_ZONE) * DOTS_PER_MODULE + across,
                (y + QUIET_ZONE) * DOTS_PER_MODULE + down,
                Luma([0]),
            );
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    // Writing to memory does not fail, and PNG takes grey pictures of this size.
    picture.write_to(&mut bytes, ImageFormat::Png).expect("a grey picture is written as PNG");
    bytes.into_inner()
}

/// PDF形式: an A4 sheet with the code, its purpose, and the notice that it is simulated.
///
/// The font is not embedded: viewers have this Japanese font (ISO 32000-1 §9.7.5.2). Texts are in UTF-16.
pub(crate) fn render_pdf(code: &QrCode, sheet: &PrintedSheet<'_>) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let [catalog, pages, page, content, font, descendant, descriptor] = [1, 2, 3, 4, 5, 6, 7].map(Ref::new);
    let (japanese, base) = (Name(b"J"), Name(b"KozMinPr6N-Regular"));
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut paper = pdf.page(page);
    paper.media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).parent(pages).contents(content);
    paper.resources().fonts().pair(japanese, font);
    drop(paper);
    pdf.type0_font(font).base_font(base).encoding_predefined(Name(b"UniJIS-UTF16-H")).descendant_font(descendant);
    let system = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Japan1"), supplement: 6 };
    pdf.cid_font(descendant)
        .subtype(CidFontType::Type0)
        .base_font(base)
        .system_info(system)
        .font_descriptor(descriptor)
        .default_width(1000.0);
    pdf.font_descriptor(descriptor)
        .name(base)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(-437.0, -340.0, 1147.0, 1317.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(740.0)
        .stem_v(80.0);
    pdf.stream(content, &draw_page_content(code, sheet, japanese));
    pdf.finish()
}

#[expect(clippy::cast_precision_loss, reason = "a code has at most 177 modules")]
fn draw_page_content(code: &QrCode, sheet: &PrintedSheet<'_>, font: Name<'_>) -> Vec<u8> {
    let mut content = Content::new();
    let mut line = |size: f32, height: f32, text: &str| {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        content.begin_text().set_font(font, size).next_line(60.0, height).show(Str(&utf16)).end_text();
    };
    line(12.0, 790.0, "【模擬環境】本物の医療機関・制度とは関係ありません (simulated)");
    line(22.0, 740.0, sheet.institution);
    line(16.0, 708.0, &format!("オンライン資格確認の同意登録（{}）", sheet.kind));
    line(12.0, 240.0, "マイナンバーカードと4桁の暗証番号をご用意のうえ、二次元コードを読み取ってください。");
    line(9.0, 210.0, sheet.address);
    let module = 400.0 / code.size() as f32;
    for (x, y) in code.dark_modules() {
        content.rect(97.0 + x as f32 * module, 672.0 - (y + 1) as f32 * module, module, module);
    }
    content.fill_nonzero();
    content.finish().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "http://reception.localhost:8400/i/23456789bcdfghjkmnpq";

    #[test]
    fn a_reader_reads_the_picture() {
        let png = render_png(&QrCode::encode(ADDRESS).unwrap());
        let picture = image::load_from_memory(&png).unwrap().into_luma8();
        let mut prepared = rqrr::PreparedImage::prepare(picture);
        assert_eq!(prepared.detect_grids()[0].decode().unwrap().1, ADDRESS);
    }

    #[test]
    fn the_sheet_says_that_it_is_simulated() {
        let sheet =
            PrintedSheet { institution: "見本クリニック", kind: "オンライン診療等", address: ADDRESS };
        let pdf = render_pdf(&QrCode::encode(ADDRESS).unwrap(), &sheet);
        assert!(pdf.starts_with(b"%PDF-1.7") && pdf.trim_ascii_end().ends_with(b"%%EOF"));
        let contains_text = |text: &str| {
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let hex = utf16.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02X}"));
            let contains = |part: &[u8]| pdf.windows(part.len()).any(|window| window == part);
            contains(&utf16) || contains(hex.as_bytes())
        };
        for text in ["模擬環境", "見本クリニック"] {
            assert!(contains_text(text), "{text}");
        }
    }
}
