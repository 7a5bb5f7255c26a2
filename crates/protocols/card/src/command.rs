use std::fmt;

use zeroize::Zeroizing;

use crate::StatusWord;

/// The instructions of the card.
pub mod instruction {
    /// VERIFY: presents a PIN, or queries the remaining tries.
    pub const VERIFY: u8 = 0x20;
    /// CHANGE REFERENCE DATA: a new PIN (class 00).
    pub const CHANGE_REFERENCE_DATA: u8 = 0x24;
    /// COMPUTE DIGITAL SIGNATURE (class 80).
    pub const SIGN: u8 = 0x2A;
    /// CHANGE KEY: a new PIN (class 80).
    pub const CHANGE_KEY: u8 = 0x32;
    /// GET CHALLENGE: random bytes.
    pub const CHALLENGE: u8 = 0x84;
    /// SELECT an application or a file.
    pub const SELECT: u8 = 0xA4;
    /// READ BINARY: a part of a transparent file.
    pub const READ_BINARY: u8 = 0xB0;
    /// READ RECORD: one record of a record file.
    pub const READ_RECORD: u8 = 0xB2;
    /// GET DATA: a data object.
    pub const DATA: u8 = 0xCA;
}

/// The longest data of a command: Lc of the extended form has two bytes.
const LONGEST_DATA: usize = 0xFFFF;
/// The longest response that can be requested (Le).
const LONGEST_RESPONSE: u32 = 0x1_0000;

/// A command (C-APDU, ISO/IEC 7816-4:2005 §5.1). Its data may be a PIN: it is zeroized on drop and not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    header: [u8; 4],
    data: Zeroizing<Vec<u8>>,
    expected: Option<u32>,
}

/// Why bytes are no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Shorter than class, instruction, P1 and P2.
    #[error("a command has at least four bytes")]
    Header,
    /// Lc, Le and the number of bytes do not agree.
    #[error("the lengths in the command do not agree with its bytes")]
    Length,
    /// The class is FF, which is invalid (ISO/IEC 7816-4:2005 §5.1.1).
    #[error("a command's class is not FF")]
    Class,
    /// The instruction is 6X or 9X, which is invalid (ISO/IEC 7816-4:2005 §5.1.2).
    #[error("a command's instruction is neither 6X nor 9X")]
    Instruction,
}

impl Malformed {
    /// The card's status for it.
    pub fn status(self) -> StatusWord {
        match self {
            Self::Header | Self::Length => StatusWord::WRONG_LENGTH,
            Self::Class => StatusWord::UNKNOWN_CLASS,
            Self::Instruction => StatusWord::UNKNOWN_INSTRUCTION,
        }
    }
}

impl Command {
    /// A command of class, instruction, P1 and P2, with up to 65,535 bytes of data, that expects a response of at most
    /// `expected` bytes (1 to 65,536).
    pub fn new(header: [u8; 4], data: &[u8], expected: Option<u32>) -> Result<Self, Malformed> {
        if header[0] == 0xFF {
            return Err(Malformed::Class);
        }
        if matches!(header[1] >> 4, 6 | 9) {
            return Err(Malformed::Instruction);
        }
        if data.len() > LONGEST_DATA || expected.is_some_and(|length| length == 0 || length > LONGEST_RESPONSE) {
            return Err(Malformed::Length);
        }
        Ok(Self { header, data: Zeroizing::new(data.to_vec()), expected })
    }

    /// Parses a command in the short or the extended form (ISO/IEC 7816-4:2005 §5.1).
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let (header, body) = bytes.split_first_chunk::<4>().ok_or(Malformed::Header)?;
        let (data, expected) = match *body {
            [] => (&[][..], None),
            [le] => (&[][..], Some(decode_short_le(le))),
            [0, high, low] => (&[][..], Some(decode_extended_le(high, low))),
            [0, high, low, ref rest @ ..] => {
                let (data, le) = divide(rest, usize::from(u16::from_be_bytes([high, low])))?;
                match *le {
                    [] => (data, None),
                    [high, low] => (data, Some(decode_extended_le(high, low))),
                    _ => return Err(Malformed::Length),
                }
            }
            [lc, ref rest @ ..] => {
                let (data, le) = divide(rest, usize::from(lc))?;
                match *le {
                    [] => (data, None),
                    [le] => (data, Some(decode_short_le(le))),
                    _ => return Err(Malformed::Length),
                }
            }
        };
        Self::new(*header, data, expected)
    }

    /// Encodes it: short where data and response fit, extended otherwise.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(9 + self.data.len()));
        bytes.extend(self.header);
        // `new` accepts no longer data and no longer response.
        let length = u16::try_from(self.data.len()).expect("a command's data are at most 65,535 bytes");
        let expected = self.expected.map(u32::to_be_bytes);
        let is_short = length <= 255 && self.expected.is_none_or(|expected| expected <= 256);
        if !is_short {
            bytes.push(0);
        }
        if length > 0 {
            bytes.extend(&length.to_be_bytes()[usize::from(is_short)..]);
            bytes.extend(self.data.iter());
        }
        if let Some([_, _, high, low]) = expected {
            bytes.extend(&[high, low][usize::from(is_short)..]);
        }
        bytes
    }

    /// CLA
    pub fn class(&self) -> u8 {
        self.header[0]
    }

    /// INS
    pub fn instruction(&self) -> u8 {
        self.header[1]
    }

    /// P1
    pub fn p1(&self) -> u8 {
        self.header[2]
    }

    /// P2
    pub fn p2(&self) -> u8 {
        self.header[3]
    }

    /// The data, of Lc bytes.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The maximum length of the response (Le), or `None` where none is expected.
    pub fn max_response_length(&self) -> Option<u32> {
        self.expected
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Command({} with {} bytes", hex::encode_upper(self.header), self.data.len())?;
        match self.expected {
            Some(expected) => write!(formatter, ", expects {expected})"),
            None => formatter.write_str(")"),
        }
    }
}

/// Splits off exactly `length` bytes, at least one.
fn divide(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), Malformed> {
    if length == 0 { Err(Malformed::Length) } else { bytes.split_at_checked(length).ok_or(Malformed::Length) }
}

fn decode_short_le(le: u8) -> u32 {
    if le == 0 { 256 } else { u32::from(le) }
}

fn decode_extended_le(high: u8, low: u8) -> u32 {
    match u16::from_be_bytes([high, low]) {
        0 => LONGEST_RESPONSE,
        length => u32::from(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &str, expected: Result<(&str, &str, Option<u32>), Malformed>) {
        let parsed = Command::parse(&hex::decode(bytes).unwrap());
        let parts =
            parsed.as_ref().map(|command| (hex::encode(command.header), hex::encode(command.data()), command.expected));
        let expected = expected.map(|(header, data, length)| (header.to_owned(), data.to_owned(), length));
        assert_eq!(parts.map_err(|malformed| *malformed), expected, "{bytes}");
        if let Ok(command) = parsed {
            assert_eq!(Command::parse(&command.encode()), Ok(command), "{bytes}");
        }
    }

    #[test]
    fn a_command_is_read_in_all_seven_forms() {
        check("00200080", Ok(("00200080", "", None)));
        check("00b0000000", Ok(("00b00000", "", Some(256))));
        check("00b0000020", Ok(("00b00000", "", Some(32))));
        check("00a4020c020018", Ok(("00a4020c", "0018", None)));
        check("802a00800101 00".replace(' ', "").as_str(), Ok(("802a0080", "01", Some(256))));
        check("00b00000000000", Ok(("00b00000", "", Some(65536))));
        check("00b00000000800", Ok(("00b00000", "", Some(2048))));
        check("00a4020c0000020018", Ok(("00a4020c", "0018", None)));
        check("802a0080000001010000", Ok(("802a0080", "01", Some(65536))));
    }

    #[test]
    fn lengths_that_do_not_agree_are_refused() {
        check("", Err(Malformed::Header));
        check("00a404", Err(Malformed::Header));
        check("00a4020c0200", Err(Malformed::Length));
        check("00a4020c0200180000", Err(Malformed::Length));
        check("00a4020c0000", Err(Malformed::Length));
        check("00a4020c00000018", Err(Malformed::Length));
        check("00a4020c0000030018", Err(Malformed::Length));
        check("00a4020c000002001800", Err(Malformed::Length));
        check("ffa4020c", Err(Malformed::Class));
        check("0060020c", Err(Malformed::Instruction));
        check("009f020c", Err(Malformed::Instruction));
    }

    #[test]
    fn a_command_is_written_as_short_as_it_fits() {
        let encoded =
            |data: &[u8], expected| hex::encode(&Command::new([0, 0x84, 0, 0], data, expected).unwrap().encode()[4..]);
        assert_eq!(encoded(&[], None), "");
        assert_eq!(encoded(&[], Some(256)), "00");
        assert_eq!(encoded(&[], Some(257)), "000101");
        assert_eq!(encoded(&[], Some(65536)), "000000");
        assert_eq!(encoded(&[7], Some(256)), "010700");
        assert_eq!(encoded(&[7], Some(257)), "000001070101");
        assert_eq!(encoded(&[7; 256], None).len(), 2 * (3 + 256));
        assert_eq!(Command::new([0; 4], &vec![0; 0x1_0000], None), Err(Malformed::Length));
        assert_eq!(Command::new([0; 4], &[], Some(0)), Err(Malformed::Length));
    }

    #[test]
    fn a_command_does_not_show_its_data() {
        let command = Command::parse(b"\x00\x20\x00\x80\x041234").unwrap();
        assert_eq!(format!("{command:?}"), "Command(00200080 with 4 bytes)");
    }
}
