//! What letters about appointments and their calendar files say in common.

use text::texts;

texts! {
    // letter
    YOUR_APPOINTMENT_LABEL = "予約の日時：", "Your appointment: ";
    FOR_WHOM = "ご予約の方：", "For: ";
    BOOKED_WITH = "予約先：", "Booked with: ";
    BOOKING_NUMBER_LABEL = "予約番号：", "Booking number: ";
    PLEASE_DONT_REPLY_TO_THIS_EMAIL =
        "このメールは送信専用です。くわしい内容は、上のページでご確認ください。",
        "Please don't reply to this email. You will find the details on the page above.";
    appointment_in_calendar(number) = "予約（予約番号：{number}）", "Appointment (booking number {number})";
}
