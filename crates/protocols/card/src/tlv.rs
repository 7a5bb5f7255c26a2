/// Encodes one BER-TLV object with a tag of two bytes (ISO/IEC 8825-1, definite lengths).
pub(crate) fn encode_object(tag: u16, value: &[u8]) -> Vec<u8> {
    [&tag.to_be_bytes()[..], &encode_length(value.len()), value].concat()
}

/// The length bytes of a BER-TLV object of less than 64 KiB.
fn encode_length(length: usize) -> Vec<u8> {
    let length = u16::try_from(length).expect("no file of the card reaches 64 KiB");
    let [high, low] = length.to_be_bytes();
    match length {
        0..=0x7F => vec![low],
        0x80..=0xFF => vec![0x81, low],
        _ => vec![0x82, high, low],
    }
}

/// A file of the text and surface applications: `tag { offsets_tag offsets, objects… }`, where the offsets are the positions
/// of the objects' tags, counted from the start of the file.
pub(crate) fn encode_indexed_file(tag: u16, offsets_tag: u16, objects: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let body: Vec<Vec<u8>> = objects.iter().map(|(tag, value)| encode_object(*tag, value)).collect();
    let table = encode_object(offsets_tag, &vec![0; 2 * body.len()]).len();
    let total = table + body.iter().map(Vec::len).sum::<usize>();
    let mut position = 2 + encode_length(total).len() + table;
    let mut offsets = Vec::new();
    for object in &body {
        offsets.extend(u16::try_from(position).expect("no file of the card reaches 64 KiB").to_be_bytes());
        position += object.len();
    }
    encode_object(tag, &[encode_object(offsets_tag, &offsets), body.concat()].concat())
}

/// The length of the DER or BER object at the beginning of `bytes`, with tag (one byte) and length bytes, up to 64 KiB.
pub(crate) fn object_length(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [_, short @ 0..=0x7F, ..] => Some(2 + usize::from(short)),
        [_, 0x81, low, ..] => Some(3 + usize::from(low)),
        [_, 0x82, high, low, ..] => Some(4 + usize::from(u16::from_be_bytes([high, low]))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_point_at_the_tags() {
        for size in [1, 100, 120, 200, 300] {
            let file = encode_indexed_file(0xFF20, 0xDF21, &[(0xDF22, vec![b'a'; size]), (0xDF23, vec![b'b'; 3])]);
            let head = file.windows(3).position(|window| window == [0xDF, 0x21, 4]).unwrap();
            for (position, tag) in [(head + 3, 0xDF22_u16), (head + 5, 0xDF23)] {
                let offset = usize::from(u16::from_be_bytes([file[position], file[position + 1]]));
                assert_eq!(file[offset..offset + 2], tag.to_be_bytes());
            }
        }
    }

    #[test]
    fn lengths_are_written_in_one_to_three_bytes() {
        assert_eq!(encode_object(0xDF22, &[1]), [0xDF, 0x22, 1, 1]);
        assert_eq!(encode_object(0xDF22, &[1; 128])[..4], [0xDF, 0x22, 0x81, 128]);
        assert_eq!(encode_object(0xDF22, &[1; 256])[..5], [0xDF, 0x22, 0x82, 1, 0]);
    }

    #[test]
    fn a_length_is_read_from_the_first_bytes() {
        assert_eq!(object_length(&[0x30, 3]), Some(5));
        assert_eq!(object_length(&[0x30, 0x82, 1, 2]), Some(262));
        for wrong in [&[0x30][..], &[0x30, 0x80], &[0x30, 0x82, 1], &[0x30, 0x83, 0, 0, 1]] {
            assert_eq!(object_length(wrong), None);
        }
    }
}
