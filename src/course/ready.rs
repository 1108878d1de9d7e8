//! The exercises that the program has.

use super::exercise::Bilingual;

/// An exercise: the scenario that checks it, and the files of the learner.
#[derive(Clone, Copy, Debug)]
pub struct ReadyExercise {
    /// Its number and its name: `03-udp-recvfrom`.
    pub name: &'static str,
    /// The scenario.
    pub check: &'static str,
    task_en: &'static str,
    task_zh: &'static str,
    /// The program that a learner begins with.
    pub start: &'static str,
}

/// The exercise in the folder of this name.
macro_rules! ready {
    ($name:literal) => {
        ReadyExercise {
            name: $name,
            check: include_str!(concat!("../../assets/course/", $name, "/check.ron")),
            task_en: include_str!(concat!("../../assets/course/", $name, "/task.en.md")),
            task_zh: include_str!(concat!("../../assets/course/", $name, "/task.zh.md")),
            start: include_str!(concat!("../../assets/course/", $name, "/start.py")),
        }
    };
}

/// All of them, in the order of the course.
pub const READY_MADE: [ReadyExercise; 25] = [
    ready!("01-udp-send"),
    ready!("02-udp-bind"),
    ready!("03-udp-recvfrom"),
    ready!("04-udp-client"),
    ready!("05-udp-server"),
    ready!("06-udp-size"),
    ready!("07-udp-encodings"),
    ready!("08-udp-two-processes"),
    ready!("09-udp-chat"),
    ready!("10-udp-broadcast"),
    ready!("11-udp-multicast"),
    ready!("12-udp-retry"),
    ready!("13-udp-numbers"),
    ready!("14-tcp-client"),
    ready!("15-tcp-server"),
    ready!("16-tcp-one-after-another"),
    ready!("17-tcp-sticky"),
    ready!("18-tcp-lines"),
    ready!("19-tcp-length"),
    ready!("20-tcp-all-bytes"),
    ready!("21-tcp-half-close"),
    ready!("22-tcp-select"),
    ready!("23-tcp-timeout"),
    ready!("24-binary-struct"),
    ready!("25-binary-crc"),
];

impl ReadyExercise {
    /// The one with this number, counted from 1, or with this name.
    pub fn find(text: &str) -> Option<Self> {
        let number: Option<usize> = text.parse().ok();
        let mut all = READY_MADE.into_iter().zip(1..);
        let found = all.find(|(ready, count)| Some(*count) == number || ready.name == text);
        found.map(|(ready, _)| ready)
    }

    /// Its title, which is the heading of the task.
    pub fn title(&self) -> Bilingual {
        let [en, zh] = [self.task_en, self.task_zh].map(|task| {
            let heading = task.lines().next().unwrap_or_default();
            heading.trim_start_matches(['#', ' ']).to_owned()
        });
        Bilingual { en, zh }
    }

    /// The task in Markdown.
    pub fn task(&self) -> Bilingual {
        Bilingual {
            en: self.task_en.to_owned(),
            zh: self.task_zh.to_owned(),
        }
    }
}
