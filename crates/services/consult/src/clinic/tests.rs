//! Tests of the desk.

mod day_copy;
mod desk_action;
mod desk_booking;
mod invitation;
mod journey;
mod roles;
mod second_factor;
mod staff;
mod visit_change;
mod week;
