//! Tests of the desk.

mod desk_action;
mod journey;
mod roles;
mod staff;
