//! What can be wrong with a stream.

use crate::ShapeError;

/// Why a stream is refused; every variant names the byte offset from the stream's start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes could not be read.
    #[error("stream at byte {offset}: cannot be read")]
    Io {
        /// Offset of the frame.
        offset: u64,
        /// The cause.
        source: std::io::Error,
    },
    /// The stream ends inside a frame.
    #[error("stream at byte {offset}: ends inside a frame")]
    Truncated {
        /// Offset of the frame.
        offset: u64,
    },
    /// The stream ends without a `Done` or a `Failed`.
    #[error("stream at byte {offset}: ends without a terminal frame")]
    NoTerminal {
        /// Offset of the end.
        offset: u64,
    },
    /// A frame follows the terminal one.
    #[error("stream at byte {offset}: goes on after its terminal frame")]
    AfterTerminal {
        /// Offset of the first byte too many.
        offset: u64,
    },
    /// A tag has no meaning.
    #[error("stream at byte {offset}: tag {tag} is unknown")]
    UnknownTag {
        /// Offset of the frame.
        offset: u64,
        /// The tag.
        tag: u8,
    },
    /// The first frame is not a `Hello`.
    #[error("stream at byte {offset}: does not start with a hello frame")]
    NotHello {
        /// Offset of the frame.
        offset: u64,
    },
    /// A second `Hello` follows.
    #[error("stream at byte {offset}: has a second hello frame")]
    SecondHello {
        /// Offset of the frame.
        offset: u64,
    },
    /// The stream has a version that this package does not read.
    #[error("stream at byte {offset}: format {found} is not supported")]
    Format {
        /// Offset of the frame.
        offset: u64,
        /// The version that it names.
        found: u32,
    },
    /// A limit is exceeded.
    #[error("stream at byte {offset}: more than {limit} {what}")]
    Limit {
        /// Offset of the frame or of the value.
        offset: u64,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The payload of a frame is too short for what it claims to hold.
    #[error("stream at byte {offset}: payload ends inside its {what}")]
    ShortPayload {
        /// Offset of the value.
        offset: u64,
        /// What is incomplete.
        what: &'static str,
    },
    /// The payload of a frame goes on after its last value.
    #[error("stream at byte {offset}: payload has trailing bytes")]
    TrailingBytes {
        /// Offset of the first byte too many.
        offset: u64,
    },
    /// A string is not UTF-8.
    #[error("stream at byte {offset}: {what} is not UTF-8")]
    NotUtf8 {
        /// Offset of the string.
        offset: u64,
        /// What the string is.
        what: &'static str,
    },
    /// A JSON payload does not have the form of its frame.
    #[error("stream at byte {offset}: {what} frame is not the expected JSON")]
    Json {
        /// Offset of the payload.
        offset: u64,
        /// Name of the frame.
        what: &'static str,
        /// The cause.
        source: serde_json::Error,
    },
    /// A feature has another number of values than the hello has fields.
    #[error("stream at byte {offset}: feature has {found} values, {expected} are expected")]
    ValueCount {
        /// Offset of the value count.
        offset: u64,
        /// Its number of values.
        found: u64,
        /// Number of fields of the hello.
        expected: u64,
    },
    /// A feature is made of no member.
    #[error("stream at byte {offset}: feature has no member")]
    NoMember {
        /// Offset of the member count.
        offset: u64,
    },
    /// The reason of an invalid geometry has no meaning.
    #[error("stream at byte {offset}: reason {code} is unknown")]
    UnknownReason {
        /// Offset of the code.
        offset: u64,
        /// The code.
        code: u8,
    },
    /// The place of an invalid geometry is not finite.
    #[error("stream at byte {offset}: place of the invalidity is not finite")]
    Place {
        /// Offset of the place.
        offset: u64,
    },
    /// A feature has no polygon.
    #[error("stream at byte {offset}: geometry has no polygon")]
    NoPolygon {
        /// Offset of the polygon count.
        offset: u64,
    },
    /// A feature has no line or no point.
    #[error("stream at byte {offset}: geometry is empty")]
    EmptyGeometry {
        /// Offset of the count.
        offset: u64,
    },
    /// The kind of a geometry has no meaning.
    #[error("stream at byte {offset}: kind of geometry {kind} is unknown")]
    UnknownKind {
        /// Offset of the kind.
        offset: u64,
        /// The kind.
        kind: u8,
    },
    /// The hello has another number of types than of fields.
    #[error("stream at byte {offset}: hello has {found} types, {expected} are expected")]
    TypeCount {
        /// Offset of the hello.
        offset: u64,
        /// Its number of types.
        found: usize,
        /// Its number of fields.
        expected: usize,
    },
    /// A ring or a polygon has not the form that it must have.
    #[error("stream at byte {offset}: {source}")]
    Shape {
        /// Offset of the ring or polygon.
        offset: u64,
        /// What is wrong with it.
        source: ShapeError,
    },
}

impl Error {
    /// Returns the offset in bytes from the stream's start.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        match self {
            Self::Io { offset, .. }
            | Self::Truncated { offset }
            | Self::NoTerminal { offset }
            | Self::AfterTerminal { offset }
            | Self::UnknownTag { offset, .. }
            | Self::NotHello { offset }
            | Self::SecondHello { offset }
            | Self::Format { offset, .. }
            | Self::Limit { offset, .. }
            | Self::ShortPayload { offset, .. }
            | Self::TrailingBytes { offset }
            | Self::NotUtf8 { offset, .. }
            | Self::Json { offset, .. }
            | Self::ValueCount { offset, .. }
            | Self::NoMember { offset }
            | Self::UnknownReason { offset, .. }
            | Self::Place { offset }
            | Self::NoPolygon { offset }
            | Self::EmptyGeometry { offset }
            | Self::UnknownKind { offset, .. }
            | Self::TypeCount { offset, .. }
            | Self::Shape { offset, .. } => *offset,
        }
    }
}

/// Why a frame could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The bytes could not be written.
    #[error("stream cannot be written")]
    Io(#[from] std::io::Error),
    /// A value cannot be written as JSON.
    #[error("frame cannot be written as json")]
    Json(#[from] serde_json::Error),
    /// A frame or a count in it is too large for its 32 bits.
    #[error("{0} is too large for the stream")]
    TooLarge(&'static str),
    /// A frame comes before the hello, twice, or after the terminal frame.
    #[error("{0} frame is out of order")]
    Order(&'static str),
    /// A feature has another number of values than the hello has fields.
    #[error("feature has {found} values, {expected} are expected")]
    ValueCount {
        /// Its number of values.
        found: usize,
        /// Number of fields of the hello.
        expected: usize,
    },
    /// A feature has no polygon.
    #[error("feature has no polygon")]
    NoPolygon,
    /// A feature has no line or no point.
    #[error("feature has an empty geometry")]
    EmptyGeometry,
    /// The hello has another number of types than of fields.
    #[error("hello has {types} types for {fields} fields")]
    TypeCount {
        /// Its number of types.
        types: usize,
        /// Its number of fields.
        fields: usize,
    },
}
