//! uketsuke
