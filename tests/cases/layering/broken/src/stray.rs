//! A module without a number.
