//! What the letters to a clinic's desk say.

use text::texts;

texts! {
    // rules
    A_NEW_APPOINTMENT_WAS_BOOKED = "新しい予約が入りました", "A new appointment was booked";
    AN_APPOINTMENT_WAS_MOVED = "予約の日時が変わりました", "An appointment was moved";
    AN_APPOINTMENT_WAS_CANCELLED = "予約が取り消されました", "An appointment was cancelled";
    AN_ONLINE_PROCEDURE_WAS_COMPLETED = "オンラインの手続きが終わりました", "An online procedure was completed";
    A_PROCEDURE_WAS_REPORTED_AS_DONE = "手続きが終わったとの連絡がありました", "A procedure was reported as done";
    A_PICTURE_HAS_ARRIVED = "画像が届きました", "A picture has arrived";
    A_PICTURE_WAS_ERASED = "送られた画像が消されました", "A picture was erased by its sender";
    A_PROCEDURE_WAS_WITHDRAWN = "手続きが取り消されました", "A procedure was withdrawn";
    A_PROCEDURE_HAS_EXPIRED = "手続きの期限が切れました", "A procedure has expired and has to be done again";
    A_STEP_IS_MISSING_PLEASE_TELEPHONE =
        "手続きが済んでいないまま予約の日時が近づきました。電話でご確認ください",
        "A step is still missing shortly before an appointment: please telephone";

    // letter
    event_of_appointment(event, time) = "{event}。予約の日時：{time}", "{event}. Appointment: {time}";
    more_events(count) = "ほか{count}件", "{count} more";
    THIS_ADDRESS_READS_NO_REPLIES =
        "このメールは送信専用です。くわしい内容は、上のページでご確認ください。\nメールでのお知らせは、次のページで止められます。",
        "This address reads no replies. The pages above have the details; the page below switches these letters off.";
}
