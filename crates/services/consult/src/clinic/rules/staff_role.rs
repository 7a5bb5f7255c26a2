//! What an account of a clinic may do.

base::text_enum! {
    /// 役割: what an account of a clinic may do.
    pub enum StaffRole {
        /// 受付: the visits of the day and what is done with them.
        Desk = "desk",
        /// 医師: as the desk.
        Doctor = "doctor",
        /// 管理者: as the desk, and who works at the clinic.
        Manager = "manager",
    }
}
