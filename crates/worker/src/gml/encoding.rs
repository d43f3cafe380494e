//! UTF-8 passes; ISO-8859-1 and windows-1252 become UTF-8; the rest is refused.

use std::io::{self, Cursor, ErrorKind, Read};

use crate::failure::{Failure, FailureKind};

/// Bytes in which the XML declaration must end.
const HEAD: u64 = 1024;

/// The bytes 0x80 to 0x9F of windows-1252; zero stands where it has no character.
const WINDOWS_1252: [u32; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
    0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
];

/// An encoding that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// ISO-8859-1 is read as windows-1252, as browsers do: the bytes in which they differ
    /// are control characters there.
    SingleByte,
}

impl Encoding {
    /// Returns the encoding that an XML declaration names.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Some(Self::Utf8),
            "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252" => {
                Some(Self::SingleByte)
            }
            _ => None,
        }
    }
}

/// An input that gives UTF-8.
pub(crate) enum Decoded<R> {
    Utf8(R),
    SingleByte { input: R, ready: Cursor<Vec<u8>> },
}

/// Returns an input that gives UTF-8, after a look at the start of a file.
pub(crate) fn decoded<R: Read>(mut input: R) -> Result<(Encoding, Decoded<impl Read>), Failure> {
    let mut head = Vec::new();
    (&mut input)
        .take(HEAD)
        .read_to_end(&mut head)
        .map_err(|error| Failure::unreadable(&error))?;
    let encoding = detect(&head)?;
    let all = Cursor::new(head).chain(input);
    let decoded = match encoding {
        Encoding::Utf8 => Decoded::Utf8(all),
        Encoding::SingleByte => Decoded::SingleByte {
            input: all,
            ready: Cursor::new(Vec::new()),
        },
    };
    Ok((encoding, decoded))
}

fn detect(head: &[u8]) -> Result<Encoding, Failure> {
    let utf16 = [&b"\xFE\xFF"[..], b"\xFF\xFE", b"\0<", b"<\0"];
    if utf16.iter().any(|start| head.starts_with(start)) {
        return Err(unsupported("UTF-16"));
    }
    let Some(declaration) = head.strip_prefix(b"<?xml") else {
        return Ok(Encoding::Utf8);
    };
    let end = declaration
        .windows(2)
        .position(|pair| pair == b"?>")
        .unwrap_or(declaration.len());
    let declaration = String::from_utf8_lossy(&declaration[..end]);
    let Some((_, after)) = declaration.split_once("encoding") else {
        return Ok(Encoding::Utf8);
    };
    let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
        return Ok(Encoding::Utf8);
    };
    let name: String = value
        .chars()
        .skip(1)
        .take_while(|char| *char != '"' && *char != '\'')
        .collect();
    Encoding::named(&name).ok_or_else(|| unsupported(&name))
}

/// Returns the failure of a file in an encoding that is not read.
pub(crate) fn unsupported(name: &str) -> Failure {
    Failure::at(
        FailureKind::Encoding,
        1,
        format!("The file is encoded in {name}; UTF-8, ISO-8859-1 and windows-1252 can be read."),
    )
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Utf8(input) => input.read(into),
            Self::SingleByte { input, ready } => {
                if ready.position() == ready.get_ref().len() as u64 {
                    refill(input, ready)?;
                }
                ready.read(into)
            }
        }
    }
}

fn refill(input: &mut impl Read, ready: &mut Cursor<Vec<u8>>) -> io::Result<()> {
    let mut bytes = [0; 1 << 14];
    let count = loop {
        match input.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => break other?,
        }
    };
    ready.set_position(0);
    let text = ready.get_mut();
    text.clear();
    for byte in &bytes[..count] {
        let char = match byte {
            0x80..=0x9F => match WINDOWS_1252[usize::from(byte - 0x80)] {
                0 => char::from(*byte),
                code => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
            },
            _ => char::from(*byte),
        };
        text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(())
}
