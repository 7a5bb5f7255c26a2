//! Addresses as QR codes (ISO/IEC 18004).

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder, QRCode};

/// The quiet zone around a code, in modules (ISO/IEC 18004 §6.3.8).
pub const QUIET_ZONE: u32 = 4;

/// An address as a QR code.
pub struct QrCode(QRCode);

impl QrCode {
    /// `None` if the address is too long for a code.
    pub fn encode(address: &str) -> Option<Self> {
        QRBuilder::new(address).ecl(ECL::M).build().ok().map(Self)
    }

    /// Modules on an edge, without the quiet zone: at most 177 (ISO/IEC 18004 §5.1).
    pub fn size(&self) -> u32 {
        u32::try_from(self.0.size).unwrap_or(0)
    }

    /// The dark modules, by column and row.
    pub fn dark_modules(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let size = self.0.size;
        (0..size).flat_map(move |y| (0..size).map(move |x| (x, y))).filter_map(|(x, y)| {
            let position = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
            self.0[y][x].value().then_some(position)
        })
    }

    /// An SVG with one path, black on white, quiet zone included. Neighbouring modules are one stroke: half the bytes.
    pub fn to_svg(&self) -> String {
        let mut path = String::new();
        for (y, row) in (QUIET_ZONE..).zip(self.0.data.chunks(self.0.size).take(self.0.size)) {
            let mut x = usize::try_from(QUIET_ZONE).unwrap_or(0);
            for run in row.chunk_by(|current, next| current.value() == next.value()) {
                let length = run.len();
                if run[0].value() {
                    // Writing to a String cannot fail.
                    let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
                }
                x += length;
            }
        }
        let edge = self.size() + 2 * QUIET_ZONE;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {edge} {edge}\" shape-rendering=\"crispEdges\">\
             <rect width=\"{edge}\" height=\"{edge}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws the path of an SVG into a grey picture, a pixel for each module.
    fn draw(svg: &str, edge: usize) -> Vec<u8> {
        let mut pixels = vec![255; edge * edge];
        let path = svg.split_once(" d=\"").unwrap().1.split_once('"').unwrap().0;
        for stroke in path.split('M').skip(1) {
            let (start, rest) = stroke.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = rest.split_once('v').unwrap().0.parse().unwrap();
            pixels[y * edge + x..][..length].fill(0);
        }
        pixels
    }

    #[test]
    fn a_reader_reads_the_drawn_code() {
        let address = "https://reception.example/open?ticket=0123456789abcdef";
        let code = QrCode::encode(address).unwrap();
        let edge = usize::try_from(code.size() + 2 * QUIET_ZONE).unwrap();
        let pixels = draw(&code.to_svg(), edge);
        // A reader finds no pattern of single pixels.
        let scale = 4;
        let pixel = |x: usize, y: usize| pixels[y / scale * edge + x / scale];
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(edge * scale, edge * scale, pixel);
        assert_eq!(prepared.detect_grids()[0].decode().unwrap().1, address);
    }

    #[test]
    fn an_address_that_no_code_can_hold_has_none() {
        assert!(QrCode::encode(&"a".repeat(4_000)).is_none());
    }
}
