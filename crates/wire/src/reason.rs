//! Why a geometry is invalid, in the terms of OGC Simple Features 1.2.1, 6.1.11 and 6.1.14.

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// The rule of validity that a geometry breaks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// All reasons.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)*];

            /// Returns its identifier, which keys the texts.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Reason::$name => $text,)* }
            }

            pub(crate) const fn code(self) -> u8 {
                match self { $(Reason::$name => $code,)* }
            }

            pub(crate) const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Reason::$name),)* _ => None }
            }
        }
    };
}

reasons! {
    /// A ring has fewer than three distinct corners.
    RingTooFewPoints = 1, "ring_too_few_points";
    /// A ring runs back over its own last edge.
    Spike = 2, "spike";
    /// A ring crosses itself or runs along itself.
    SelfIntersection = 3, "self_intersection";
    /// A ring touches itself in a point.
    RingSelfTouch = 4, "ring_self_touch";
    /// Two rings of one polygon cross.
    RingsCross = 5, "rings_cross";
    /// Two rings of one polygon share an edge or a piece of one.
    RingsShareEdge = 6, "rings_share_edge";
    /// A hole lies outside its polygon.
    HoleOutsideShell = 7, "hole_outside_shell";
    /// A hole lies inside another hole.
    HolesNested = 8, "holes_nested";
    /// Rings touch so that the inside of a polygon falls apart.
    InteriorDisconnected = 9, "interior_disconnected";
    /// Two parts cross.
    PartsCross = 10, "parts_cross";
    /// Two parts share an edge or a piece of one.
    PartsShareEdge = 11, "parts_share_edge";
    /// A part lies inside another part.
    PartsNested = 12, "parts_nested";
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
