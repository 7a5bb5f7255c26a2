//! What the pages call an approximate time, the sex of a person, and a name with replaced characters.

use text::texts;

texts! {
    approximate_time(time) = "{time}ごろ", "about {time}";
    MALE = "男", "Male";
    FEMALE = "女", "Female";
    SEX_NOT_SET = "未設定", "Not set";
    HAS_UNKNOWN_CHARACTERS = "外字あり", "Has ●";
}
