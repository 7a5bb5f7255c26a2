use std::io::Cursor;

use image::{
    DynamicImage, GenericImageView, GrayImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, codecs::jpeg::JpegEncoder,
    metadata::Orientation,
};

use super::{normalise_image, normalise_image_with};
use crate::pictures::rules::picture::{MAX_PICTURE_BYTES, PictureHint, UnusablePicture};

const UPRIGHT_HEIC: &[u8] = include_bytes!("../../../tests/samples/upright.heic");
const TURNED_HEIC: &[u8] = include_bytes!("../../../tests/samples/turned.heic");

/// Red, green / blue, white: different in every orientation.
fn colour_quarters(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([200, 30, 30]),
        (false, true) => Rgb([30, 160, 30]),
        (true, false) => Rgb([30, 30, 200]),
        (false, false) => Rgb([230, 230, 230]),
    }))
}

/// Fine print all over, as on a document.
fn fine_print(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        if (x / 4 + y / 6) % 3 == 0 { Rgb([20, 20, 20]) } else { Rgb([190, 190, 180]) }
    }))
}

fn to_jpeg(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(image).unwrap();
    bytes
}

fn encode_as(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// An orientation and a location, as a phone writes them (TIFF 6.0 in JEITA CP-3451).
fn exif_segment(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend([0x01, 0x0e, 0, 2, 0, 0, 0, 21, 0, 0, 0, 38]);
    tiff.extend([0, 0, 0, 0]);
    tiff.extend(b"GPSLatitude 35.681236\0");
    tiff
}

/// Inserts a segment before all others of a JPEG.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, marker]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(content);
    bytes.extend(&jpeg[2..]);
    bytes
}

fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    with_segment(jpeg, 0xE1, &[b"Exif\0\0".as_slice(), &exif_segment(orientation)].concat())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The colours of the four quarters: r, g, b or w.
fn quarter_colours(jpeg: &[u8]) -> String {
    let image = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap();
    let (width, height) = image.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)]
        .into_iter()
        .map(|(x, y)| {
            let Rgba([red, green, blue, _]) = image.get_pixel(width * x / 4, height * y / 4);
            match (red > 150, green > 120, blue > 150) {
                (true, true, true) => 'w',
                (true, false, false) => 'r',
                (false, true, false) => 'g',
                (false, false, true) => 'b',
                _ => '?',
            }
        })
        .collect()
}

fn check_normalised(bytes: &[u8], size: (u32, u32)) {
    let normalised = normalise_image(bytes).unwrap();
    assert_eq!((normalised.width, normalised.height), size);
    assert_eq!(quarter_colours(&normalised.picture), "rgbw");
    assert_eq!(quarter_colours(&normalised.thumbnail), "rgbw");
}

fn check_refused(bytes: &[u8], expected: UnusablePicture) {
    assert_eq!(normalise_image(bytes).map(|_| ()), Err(expected));
}

#[test]
fn all_four_formats_are_taken() {
    check_normalised(&to_jpeg(&colour_quarters(900, 600)), (900, 600));
    check_normalised(&encode_as(&colour_quarters(900, 600), ImageFormat::Png), (900, 600));
    check_normalised(&encode_as(&colour_quarters(900, 600), ImageFormat::WebP), (900, 600));
    check_normalised(UPRIGHT_HEIC, (900, 600));
}

#[test]
fn all_eight_orientations_of_exif_are_turned_upright() {
    // Stored with the inverse orientation, so that applying EXIF makes it upright; 6 and 8 are inverse to each other.
    for (orientation, inverse) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 8), (7, 7), (8, 6)] {
        let mut stored = colour_quarters(900, 600);
        stored.apply_orientation(Orientation::from_exif(inverse).unwrap());
        check_normalised(&with_exif(&to_jpeg(&stored), orientation), (900, 600));
    }
}

#[test]
fn heic_is_turned_by_its_container_once() {
    // Stored rotated, with `irot` in the container and the same orientation again in EXIF.
    assert!(contains(TURNED_HEIC, b"irot") && contains(TURNED_HEIC, b"Exif"));
    check_normalised(TURNED_HEIC, (900, 600));
}

#[test]
fn nothing_of_the_metadata_is_left() {
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPSLatitude 35.681236</x:xmpmeta>";
    let original = with_segment(&with_exif(&to_jpeg(&colour_quarters(900, 600)), 1), 0xE1, xmp);
    let original =
        [with_segment(&original, 0xFE, b"GPSLatitude in a comment"), b"PK\x03\x04 hidden behind".to_vec()].concat();
    for bytes in [original.as_slice(), TURNED_HEIC] {
        let normalised = normalise_image(bytes).unwrap();
        for jpeg in [&normalised.picture, &normalised.thumbnail] {
            for trace in [b"GPS".as_slice(), b"Exif", b"xmp", b"ICC_PROFILE", b"35.68", b"hidden", b"Mihon"] {
                assert!(!contains(jpeg, trace), "{}", String::from_utf8_lossy(trace));
            }
            // JFIF, tables, frame, scan and nothing else (ISO/IEC 10918-1 table B.1).
            let markers = [0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9];
            assert!(segment_markers(jpeg).iter().all(|marker| markers.contains(marker)));
            assert!(jpeg.ends_with(&[0xFF, 0xD9]));
        }
    }
}

/// The markers up to the first scan.
fn segment_markers(jpeg: &[u8]) -> Vec<u8> {
    let (mut markers, mut position) = (Vec::new(), 2);
    while let Some([0xFF, marker, high, low]) = jpeg.get(position..position + 4) {
        markers.push(*marker);
        if *marker == 0xDA {
            break;
        }
        position += 2 + usize::from(u16::from_be_bytes([*high, *low]));
    }
    markers
}

#[test]
fn a_file_is_what_its_content_says() {
    check_refused(b"%PDF-1.7 resource", UnusablePicture::Pdf);
    check_refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnusablePicture::UnknownKind);
    check_refused(b"GIF89a", UnusablePicture::UnknownKind);
    // An AVIF has the brand mif1 too, and must not be reported as broken.
    check_refused(b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", UnusablePicture::UnknownKind);
    check_refused(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", UnusablePicture::UnknownKind);
    check_refused(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", UnusablePicture::Unreadable);
    check_refused(b"\0\0\0\x14ftypmif1\0\0\0\0mif1", UnusablePicture::Unreadable);
    check_refused(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", UnusablePicture::UnknownKind);
    check_refused(b"", UnusablePicture::UnknownKind);
}

#[test]
fn what_is_broken_is_refused_and_panics_nowhere() {
    for whole in [
        to_jpeg(&colour_quarters(900, 600)),
        encode_as(&colour_quarters(900, 600), ImageFormat::Png),
        UPRIGHT_HEIC.to_vec(),
    ] {
        for end in [12, 40, whole.len() / 3, whole.len() / 2] {
            assert!(normalise_image(&whole[..end]).is_err(), "cut at {end} of {}", whole.len());
        }
    }
    // Invalid EXIF does not refuse the picture.
    let broken = with_segment(&to_jpeg(&colour_quarters(900, 600)), 0xE1, b"Exif\0\0MM\0\x2a\xff\xff\xff\xff");
    check_normalised(&broken, (900, 600));
}

#[test]
fn too_small_too_large_and_bombs_are_refused() {
    check_refused(&to_jpeg(&colour_quarters(639, 500)), UnusablePicture::TooSmall);
    check_refused(&to_jpeg(&colour_quarters(900, 359)), UnusablePicture::TooSmall);
    check_normalised(&to_jpeg(&colour_quarters(640, 360)), (640, 360));
    check_refused(&vec![0xFF; MAX_PICTURE_BYTES + 1], UnusablePicture::TooLarge);
    // A PNG of 30000 × 30000 in a few bytes: refused by its header, before memory is allocated.
    let mut bomb = encode_as(&colour_quarters(900, 600), ImageFormat::Png);
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let crc = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    check_refused(&bomb, UnusablePicture::TooManyPixels);
}

/// The CRC of a PNG chunk (ISO/IEC 15948 annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[test]
fn a_large_picture_is_kept_smaller() {
    let normalised = normalise_image(&to_jpeg(&colour_quarters(4000, 3000))).unwrap();
    assert_eq!((normalised.width, normalised.height), (2400, 1800));
    let thumbnail = image::load_from_memory(&normalised.thumbnail).unwrap();
    assert_eq!(thumbnail.dimensions(), (320, 240));
}

#[test]
fn what_is_transparent_is_white() {
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(900, 600, Rgba([0, 0, 0, 0])));
    let normalised = normalise_image(&encode_as(&clear, ImageFormat::Png)).unwrap();
    assert_eq!(quarter_colours(&normalised.picture), "wwww");
}

#[test]
fn print_is_sharp_and_what_is_out_of_focus_is_hinted_at() {
    let hints = |image: &DynamicImage| normalise_image(&to_jpeg(image)).unwrap().hints.iter().collect::<Vec<_>>();
    assert_eq!(hints(&fine_print(1600, 1000)), []);
    assert_eq!(hints(&fine_print(1600, 1000).blur(8.0)), [PictureHint::Blurred]);
    assert!(hints(&fine_print(1600, 1000).brighten(-170)).contains(&PictureHint::Dark));
}

/// A card with a QR code on it.
fn card_with_qr_code(code: &str) -> DynamicImage {
    let code = fast_qr::QRBuilder::new(code).build().unwrap();
    let (size, module) = (u32::try_from(code.size).unwrap(), 8);
    let dark = |x: u32, y: u32| {
        let (column, row) = ((x.wrapping_sub(700)) / module, (y.wrapping_sub(150)) / module);
        column < size && row < size && code[row as usize][column as usize].value()
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(1200, 760, |x, y| if dark(x, y) { Rgb([25; 3]) } else { Rgb([225; 3]) }))
}

#[test]
fn the_back_of_the_card_is_refused_by_its_qr_code() {
    check_refused(&to_jpeg(&card_with_qr_code("123456789018")), UnusablePicture::MyNumber);
    let mut turned = card_with_qr_code("123456789018");
    turned.apply_orientation(Orientation::Rotate90);
    check_refused(&to_jpeg(&turned), UnusablePicture::MyNumber);
    assert!(
        normalise_image(&to_jpeg(&card_with_qr_code("123456789010"))).is_ok(),
        "another number, which is no My Number"
    );
    assert!(normalise_image(&to_jpeg(&card_with_qr_code("https://example.jp/"))).is_ok());
}

#[test]
fn a_check_that_falls_over_costs_no_picture() {
    fn always_panics(_: &GrayImage) -> bool {
        panic!("an assertion of the reader")
    }
    /// Panics at one size, and succeeds at any other.
    fn panics_on_one_size(image: &GrayImage) -> bool {
        assert!(image.width() != 1200, "an assertion of the reader");
        true
    }
    let picture = to_jpeg(&card_with_qr_code("https://example.jp/"));
    assert!(normalise_image_with(&picture, always_panics).is_ok());
    assert_eq!(normalise_image_with(&picture, panics_on_one_size).map(|_| ()), Err(UnusablePicture::MyNumber));
}

/// Drawings with finder patterns of QR codes at odd angles, at which readers are known to panic.
#[test]
fn drawings_that_look_like_codes_are_pictures() {
    for seed in 0..8 {
        assert!(normalise_image(&to_jpeg(&finder_marks(seed))).is_ok(), "arrangement {seed}");
    }
}

/// Three to six finder patterns of a QR code, each of another size and angle.
fn finder_marks(seed: u64) -> DynamicImage {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |limit: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let number = (state % limit) as f64;
        number
    };
    let count = 3 + seed % 4;
    let placed: Vec<_> =
        (0..count).map(|_| (60.0 + next(680), 60.0 + next(480), 3.0 + next(9), next(628) / 100.0)).collect();
    let dark = |x: f64, y: f64| {
        placed.iter().any(|(left, top, module, angle)| {
            let (dx, dy) = (x - left, y - top);
            let across = (dx * angle.cos() + dy * angle.sin()) / module;
            let down = (dy * angle.cos() - dx * angle.sin()) / module;
            let ring = across.abs().max(down.abs());
            ring < 1.5 || (2.5..3.5).contains(&ring)
        })
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(800, 600, |x, y| {
        if dark(f64::from(x), f64::from(y)) { Rgb([20; 3]) } else { Rgb([235; 3]) }
    }))
}

#[test]
fn what_every_viewer_shows_is_taken() {
    let whole = to_jpeg(&colour_quarters(900, 600));
    // Without the end marker, with and without bytes after the scan.
    let without_end = &whole[..whole.len() - 2];
    check_normalised(without_end, (900, 600));
    check_normalised(&[without_end, b"\0\0padding"].concat(), (900, 600));
    // Stray bytes before each segment.
    let mut positions = vec![2];
    let mut position = 2;
    while whole[position + 1] != 0xDA {
        position += 2 + usize::from(u16::from_be_bytes([whole[position + 2], whole[position + 3]]));
        positions.push(position);
    }
    for insert_at in positions {
        let stray = [&whole[..insert_at], b"stray\0bytes".as_slice(), &whole[insert_at..]].concat();
        check_normalised(&stray, (900, 600));
    }
}

#[test]
fn lost_blocks_are_told_with_an_end_mark_behind_them_too() {
    for quality in [30, 90] {
        let mut whole = Vec::new();
        JpegEncoder::new_with_quality(&mut whole, quality).encode_image(&fine_print(900, 600)).unwrap();
        let scan = whole.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
        for share in [1, 3, 6, 9] {
            let cut = scan + (whole.len() - scan) * share / 10;
            check_refused(&[&whole[..cut], &[0xFF, 0xD9]].concat(), UnusablePicture::Unreadable);
            check_refused(&whole[..cut], UnusablePicture::Unreadable);
        }
        // Less than a row of blocks may be missing.
        assert!(normalise_image(&[&whole[..whole.len() - 12], &[0xFF, 0xD9]].concat()).is_ok());
    }
}

#[test]
fn a_jpeg_of_hundreds_of_scans_is_refused_before_it_is_decoded() {
    let whole = to_jpeg(&colour_quarters(900, 600));
    let scan = whole.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let repeated = whole[scan..whole.len() - 2].repeat(101);
    check_refused(&[&whole[..scan], &repeated, &[0xFF, 0xD9]].concat(), UnusablePicture::TooCostly);
}

#[test]
fn a_picture_of_nothing_in_millions_of_pixels_is_refused_by_its_header() {
    let mut large = encode_as(&colour_quarters(900, 600), ImageFormat::Png);
    // 7000 by 7000, announced in a file of a few kilobytes.
    large[16..24].copy_from_slice(&[0, 0, 0x1B, 0x58, 0, 0, 0x1B, 0x58]);
    let crc = crc32(&large[12..29]);
    large[29..33].copy_from_slice(&crc.to_be_bytes());
    check_refused(&large, UnusablePicture::TooCostly);
}
