mod folders;
mod receipt_computer;
