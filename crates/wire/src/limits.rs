//! What a reader accepts at most.

/// Upper bounds of a stream; whatever exceeds one ends the reading with an error.
///
/// Memory in use is bounded by `frame_bytes` plus one decoded frame. The defaults fit the
/// largest municipalities of Italy several times over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole stream.
    pub stream_bytes: u64,
    /// Bytes of the payload of one frame.
    pub frame_bytes: u32,
    /// Bytes of the payload of one frame that carries JSON.
    pub json_bytes: u32,
    /// Bytes of one string.
    pub string_bytes: u32,
    /// Fields of a feature.
    pub fields: u32,
    /// Features in the stream.
    pub features: u64,
    /// Findings in the stream.
    pub findings: u64,
    /// Vertices of one feature, closing ones included.
    pub feature_vertices: u64,
    /// Vertices in the stream, closing ones included.
    pub vertices: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stream_bytes: 8 << 30,
            frame_bytes: 16 << 20,
            json_bytes: 64 << 10,
            string_bytes: 16 << 10,
            fields: 256,
            features: 5_000_000,
            findings: 100_000,
            feature_vertices: 200_000,
            vertices: 100_000_000,
        }
    }
}
