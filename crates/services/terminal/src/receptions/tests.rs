mod confirmations;
mod home_visits;
mod list;
mod receipt_computer;
mod report;
