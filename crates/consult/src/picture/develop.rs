//! Decode, turn upright, shrink, re-encode. Runs in the worker.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Rgb, RgbImage, codecs::jpeg::JpegEncoder,
    imageops::FilterType, metadata::Orientation,
};

use super::measure;
use crate::rules::picture::{
    Hints, KEPT_LONG_EDGE, LARGEST_BYTES, MEASURED_LONG_EDGE, MOST_PIXELS, SHORTEST_LONG_EDGE, SHORTEST_SHORT_EDGE,
    THUMBNAIL_LONG_EDGE, Unusable, hints,
};

/// The JPEG quality at which small print stays readable and a picture stays under a megabyte.
const QUALITY: u8 = 85;

/// A picture as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Developed {
    /// Pixels across.
    pub(crate) width: u32,
    /// Pixels down.
    pub(crate) height: u32,
    /// What its pixels hint at.
    pub(crate) hints: Hints,
    /// The picture, JPEG.
    pub(crate) picture: Vec<u8>,
    /// A small copy, JPEG.
    pub(crate) thumbnail: Vec<u8>,
}

/// What a file is, by its content. Phones name HEIC files `.jpg`; names and media types say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    WebP,
    Heic,
}

fn kind(bytes: &[u8]) -> Result<Kind, Unusable> {
    let at = |from: usize, magic: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(magic));
    if at(0, &[0xFF, 0xD8, 0xFF]) {
        Ok(Kind::Jpeg)
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        Ok(Kind::Png)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Ok(Kind::WebP)
    } else if at(4, b"ftyp") && is_heic(bytes) {
        Ok(Kind::Heic)
    } else if at(0, b"%PDF-") {
        Err(Unusable::Pdf)
    } else {
        Err(Unusable::UnknownKind)
    }
}

/// Whether a file type box (ISO/IEC 14496-12 §4.3) names an HEVC still among its brands. `mif1` says only that it is some
/// still: an AVIF says so too, and names itself beside it (AV1 Image File Format §6).
fn is_heic(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk::<4>().map_or(0, |length| u32::from_be_bytes(*length));
    let end = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len()).min(256);
    let brands = || bytes.get(8..end).unwrap_or_default().chunks_exact(4);
    let hevc = brands().any(|brand| matches!(brand, b"heic" | b"heix" | b"heim" | b"heis"));
    let (some, av1) = (
        brands().any(|brand| matches!(brand, b"mif1" | b"mif2")),
        brands().any(|brand| matches!(brand, b"avif" | b"avis")),
    );
    hevc || (some && !av1)
}

/// Whether the end of the image comes after its first scan (ISO/IEC 10918-1 §B.1.1.3). Decoders fill what is cut off with
/// grey, and a document of which half is grey is of no use to anybody.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        if *marker == 0xDA {
            return bytes[at..].windows(2).any(|pair| pair == [0xFF, 0xD9]);
        }
        // A marker may be preceded by any number of fill bytes.
        at += if *marker == 0xFF { 1 } else { 2 + usize::from(u16::from_be_bytes([*high, *low])) };
    }
    false
}

/// Makes of `bytes` what is kept.
pub(crate) fn develop(bytes: &[u8]) -> Result<Developed, Unusable> {
    if bytes.len() > LARGEST_BYTES {
        return Err(Unusable::TooLarge);
    }
    let upright = match kind(bytes)? {
        Kind::Jpeg if !is_whole_jpeg(bytes) => return Err(Unusable::Unreadable),
        Kind::Jpeg => raster(bytes, ImageFormat::Jpeg)?,
        Kind::Png => raster(bytes, ImageFormat::Png)?,
        Kind::WebP => raster(bytes, ImageFormat::WebP)?,
        Kind::Heic => heic(bytes)?,
    };
    let kept = shrink(upright, KEPT_LONG_EDGE);
    let measured = shrink(kept.clone(), MEASURED_LONG_EDGE).into_luma8();
    let is_larger = kept.width().max(kept.height()) > MEASURED_LONG_EDGE;
    if measure::shows_my_number(&measured) || (is_larger && measure::shows_my_number(&kept.to_luma8())) {
        return Err(Unusable::MyNumber);
    }
    Ok(Developed {
        width: kept.width(),
        height: kept.height(),
        hints: hints(&measure::measure(&measured)),
        thumbnail: encode(&kept.thumbnail(THUMBNAIL_LONG_EDGE, THUMBNAIL_LONG_EDGE))?,
        picture: encode(&kept)?,
    })
}

/// Refuses by size before a pixel is decoded.
fn fits(width: u32, height: u32) -> Result<(), Unusable> {
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Unusable::TooManyPixels);
    }
    if width.max(height) < SHORTEST_LONG_EDGE || width.min(height) < SHORTEST_SHORT_EDGE {
        return Err(Unusable::TooSmall);
    }
    Ok(())
}

/// JPEG, PNG or WebP. Their orientation is what EXIF says (JEITA CP-3451 §4.6.5), as every viewer shows it.
fn raster(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, Unusable> {
    let reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut decoder = reader.into_decoder().map_err(|_| Unusable::Unreadable)?;
    let (width, height) = decoder.dimensions();
    fits(width, height)?;
    // Broken EXIF is no reason to refuse the pixels; the desk can turn the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let lying = DynamicImage::from_decoder(decoder).map_err(|_| Unusable::Unreadable)?;
    let mut upright = DynamicImage::ImageRgb8(on_white(lying));
    upright.apply_orientation(orientation);
    Ok(upright)
}

/// HEIC. Turning is a property of the container (`irot`, `imir`; ISO/IEC 23008-12 §6.5.10) and done by the decoder; the EXIF
/// orientation in the same file only repeats it, or contradicts it, and is not looked at.
fn heic(bytes: &[u8]) -> Result<DynamicImage, Unusable> {
    let file = heifer::heifer_isobmff::HeifFile::parse(bytes).map_err(|_| Unusable::Unreadable)?;
    if let Ok(Some((width, height))) = file.image_size(file.primary_id) {
        fits(width, height)?;
    }
    let options = heifer::Options { max_threads: 1, max_pixels: MOST_PIXELS };
    let decoded = match heifer::decode_srgb_rgba8(bytes, &options) {
        // A colour space that cannot be brought to sRGB still shows the print.
        Err(heifer::Error::Unsupported(_)) => heifer::decode_rgba8(bytes, &options),
        answer => answer,
    }
    .map_err(|_| Unusable::Unreadable)?;
    fits(decoded.width, decoded.height)?;
    let pixels = image::RgbaImage::from_raw(decoded.width, decoded.height, decoded.data).ok_or(Unusable::Unreadable)?;
    Ok(DynamicImage::ImageRgb8(on_white(DynamicImage::ImageRgba8(pixels))))
}

/// What is transparent becomes white paper, not black.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let from = image.into_rgba8();
    let blend = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u16::from(colour), u16::from(alpha));
        u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    RgbImage::from_fn(from.width(), from.height(), |x, y| {
        let [red, green, blue, alpha] = from.get_pixel(x, y).0;
        Rgb([blend(red, alpha), blend(green, alpha), blend(blue, alpha)])
    })
}

fn shrink(image: DynamicImage, long_edge: u32) -> DynamicImage {
    if image.width().max(image.height()) <= long_edge {
        return image;
    }
    image.resize(long_edge, long_edge, FilterType::CatmullRom)
}

fn encode(image: &DynamicImage) -> Result<Vec<u8>, Unusable> {
    let mut bytes = Vec::new();
    // The encoder writes the pixels and nothing beside them.
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(image).map_err(|_| Unusable::Unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
