//! Searching the log, and going to a time.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::{Key, Modifiers, vec2};
use netpeer::words::Lang;

/// A connected window that received `count` datagrams, each seventh with a temperature.
fn flooded(lang: Lang, count: usize) -> Window {
    let mut window = Window::udp(lang);
    let local = window.connect();
    let (socket, _) = far_side();
    for number in 0..count {
        let payload = if number % 7 == 0 {
            format!("温度 temp={number}")
        } else {
            format!("pressure={number}")
        };
        socket.send_to(payload.as_bytes(), local).unwrap();
    }
    let last = format!("={}", count - 1);
    window.until_says(&last);
    window
}

#[test]
fn only_the_rows_with_the_words_are_shown_and_new_ones_join_them() {
    for lang in Lang::ALL {
        let mut window = flooded(lang, 100);
        window.fill("过滤", "Filter", "temp= 温度");
        let found = match lang {
            Lang::Chinese => "匹配 15 条，日志共 101 条",
            Lang::English => "15 matches in 101 rows",
        };
        window.until_says(found);
        assert!(window.says("temp=98") && !window.says("pressure=99"));
        let (socket, _) = far_side();
        let local = window.bound();
        socket.send_to("温度 temp=new".as_bytes(), local).unwrap();
        window.until_says("temp=new");
        window.click("清除过滤", "Clear filter");
        assert!(window.says("pressure=99") && !window.says(found));
    }
}

#[test]
fn events_are_found_by_their_words_and_an_empty_result_says_so() {
    let mut window = flooded(Lang::English, 20);
    window.fill("过滤", "Filter", "receive buffer");
    window.until_says("1 match in 21 rows");
    assert!(window.says("receive buffer") && !window.says("pressure=1"));
    window.fill("过滤", "Filter", "no such thing");
    window.until_says("No row matches “no such thing”");
}

#[test]
fn enter_goes_from_one_found_row_to_the_next_among_all() {
    let mut window = flooded(Lang::English, 100);
    window.fill("过滤", "Filter", "temp=");
    window.until_says("15 matches in 101 rows");
    window.click("只看匹配", "Only matches");
    window.press(Modifiers::COMMAND, Key::F);
    let steps = [
        // The details leave the log little room, so that the numbers stand without words. The view follows the newest row: the search starts there, then wraps.
        (Modifiers::NONE, "Row 100 · received", "No. 15 · 15 / 101"),
        (Modifiers::NONE, "Row 2 · received", "No. 1 · 15 / 101"),
        (Modifiers::NONE, "Row 9 · received", "No. 2 · 15 / 101"),
        (Modifiers::SHIFT, "Row 2 · received", "No. 1 · 15 / 101"),
    ];
    for (modifiers, title, number) in steps {
        window.press(modifiers, Key::Enter);
        window.until_says(title);
        assert!(window.says(number), "{number}");
    }
    assert!(window.says("pressure=3"), "the other rows are shown too");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.says("15 / 101"));
}

#[test]
fn a_misspelt_term_is_pointed_at() {
    for lang in Lang::ALL {
        let mut window = flooded(lang, 5);
        window.fill("过滤", "Filter", "form:127.0.0.1");
        let hint = window.name("“form:”按文字查找", "“form:” is searched as text");
        window.until_says(hint);
        assert!(window.says("from:"));
    }
}

#[test]
fn a_time_leads_to_its_row() {
    let mut window = flooded(Lang::English, 50);
    let row = window.row("pressure=48");
    let time = row
        .split(' ')
        .find(|word| word.contains(':'))
        .unwrap()
        .to_owned();
    window.press(Modifiers::COMMAND, Key::G);
    window.fill("时间", "Go to this time", "soon");
    assert!(window.says("Write 14:03"));
    window.fill("时间", "Go to this time", &time);
    window.press(Modifiers::NONE, Key::Enter);
    // All rows arrived within milliseconds: the first row of that time.
    window.until("a row of that time", |window| {
        window.says("· received") && window.says(&time)
    });
}

#[test]
fn what_is_typed_in_the_same_moment_as_ctrl_f_is_searched_for() {
    let mut window = flooded(Lang::English, 20);
    window.fill("过滤", "Filter", "old");
    window.press(Modifiers::NONE, Key::Escape);
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.harness.event(egui::Event::Text("temp=14".into()));
    window.until_says("1 match in 21 rows");
}

#[test]
fn a_quotation_mark_alone_is_no_search_and_no_error() {
    let mut window = flooded(Lang::English, 20);
    window.fill("过滤", "Filter", "\"");
    assert!(!window.says("no thread") && !window.says(" match"));
    assert!(window.says("pressure=19"));
    let next = window
        .harness
        .output()
        .viewport_output
        .values()
        .map(|viewport| viewport.repaint_delay)
        .min();
    assert!(next > Some(std::time::Duration::ZERO), "{next:?}");
}

#[test]
fn a_filter_that_starts_is_no_error() {
    for lang in Lang::ALL {
        let mut window = flooded(lang, 20);
        let no_thread = window.name("没有可用的线程", "no thread left").to_owned();
        let name = window.name("过滤", "Filter").to_owned();
        window.control(&name).focus();
        window.steps();
        // The second filter begins while the first is in force.
        for text in ["temp=1", "4"] {
            window.harness.event(egui::Event::Text(text.into()));
            for frame in 0..6 {
                window.harness.step();
                let wrong = window.says(&no_thread);
                assert!(!wrong, "frame {frame}: {}", window.labels());
            }
        }
        let found = window.name("匹配 1 条", "1 match");
        assert!(window.says(found), "{}", window.labels());
    }
}

#[test]
fn going_to_a_time_begins_with_the_old_text_selected_each_time() {
    let mut window = flooded(Lang::English, 20);
    for text in ["25:99", "14:03", "9:00"] {
        window.press(Modifiers::COMMAND, Key::G);
        window.harness.event(egui::Event::Text(text.into()));
        window.steps();
        assert_eq!(window.value("时间", "Go to this time"), text);
        window.press(Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn terms_narrow_the_rows_and_a_mistake_leaves_none_out() {
    for lang in Lang::ALL {
        let mut window = flooded(lang, 30);
        let said = |chinese: &'static str, english: &'static str| match lang {
            Lang::Chinese => chinese,
            Lang::English => english,
        };
        let found = said("匹配 4 条，日志共 31 条", "4 matches in 31 rows");
        window.fill(
            "过滤",
            "Filter",
            "/temp=\\d+/ from:127.0.0.1 len:>12 hex:3d -temp=0",
        );
        window.until_says(found);
        assert!(window.says("temp=28") && !window.says("pressure=29"));
        window.fill("过滤", "Filter", "dir:收 -temp len:＞10 pressure=2");
        window.until_says(said("匹配 8 条，日志共 31 条", "8 matches in 31 rows"));
        window.harness.event(egui::Event::Text(" len:many".into()));
        window.until_says(said(
            "第 36 个字符：“many”不是长度",
            "Character 36: “many” is not a length",
        ));
        assert!(window.says("pressure=29") && window.says("temp=28"));
        window.click("清除过滤", "Clear filter");
        assert!(window.says("temp=28"));
    }
}

#[test]
fn a_switch_lets_words_be_found_in_either_case() {
    for lang in Lang::ALL {
        let mut window = flooded(lang, 20);
        window.fill("过滤", "Filter", "TEMP=");
        window.until("no row", |window| !window.says("temp=14"));
        window.click("区分大小写", "Match case");
        window.until("the rows", |window| window.says("temp=14"));
        assert_eq!(window.value("过滤", "Filter"), "/TEMP=/i");
        assert!(!window.says("pressure=19"));
        window.click("区分大小写", "Match case");
        window.until("no row", |window| !window.says("temp=14"));
        assert_eq!(window.value("过滤", "Filter"), "TEMP=");
    }
}

#[test]
fn keys_are_completed_with_the_tab_key() {
    for lang in Lang::ALL {
        let mut window = flooded(lang, 20);
        window.fill("过滤", "Filter", "temp -le");
        window.press(Modifiers::NONE, Key::Tab);
        assert_eq!(window.value("过滤", "Filter"), "temp -len:");
        window.harness.event(egui::Event::Text(">99".into()));
        window.steps();
        assert_eq!(window.value("过滤", "Filter"), "temp -len:>99");
        window.until("the rows", |window| window.says("temp=14"));
    }
}

#[test]
fn the_syntax_is_listed_by_examples_in_two_columns() {
    for (lang, meaning) in [
        (Lang::Chinese, "含这些字节"),
        (Lang::English, "these bytes"),
    ] {
        let mut window = Window::udp(lang);
        window.click("过滤语法", "Filter syntax");
        let example = |window: &Window, text: &str| window.place(text, text);
        let (bytes, meaning) = (example(&window, "hex:0d0a"), example(&window, meaning));
        let length = example(&window, "len:>100");
        assert_eq!(bytes.left(), length.left());
        assert!(bytes.y_range().contains(meaning.center().y), "{meaning}");
        assert!(meaning.left() > length.right().max(bytes.right()));
        let painted = Painted::of(&window);
        assert_eq!(painted.places_of("since:14:03").len(), 1);
    }
}

#[test]
fn the_heads_of_the_columns_stay_whole_beside_matches_and_beside_a_mistake() {
    for lang in Lang::ALL {
        for size in [vec2(1280.0, 800.0), vec2(760.0, 480.0)] {
            let mut window = flooded(lang, 20);
            window.harness.set_size(size);
            window.steps();
            window.fill("过滤", "Filter", "temp=");
            let found = match (lang, size.x < 800.0) {
                (_, true) => "3 / 21",
                (Lang::Chinese, false) => "匹配 3 条，日志共 21 条",
                (Lang::English, false) => "3 matches in 21 rows",
            };
            window.until_says(found);
            window.steps();
            let heads = |window: &Window, mistake: Option<&str>| {
                let painted = Painted::of(window);
                let whole: Vec<&str> = painted.whole().iter().map(|(text, _)| *text).collect();
                let last = window.name("内容", "Content");
                assert!(whole.contains(&last), "{size}: {whole:?}");
                if let Some(mistake) = mistake {
                    let is_said = whole.iter().any(|text| text.contains(mistake));
                    assert!(is_said, "{size}: {whole:?}");
                }
            };
            heads(&window, None);
            let only = window.place("只看匹配", "Only matches");
            assert!(only.width() > 10.0, "{only}");
            window.fill("过滤", "Filter", "len:>x");
            window.steps();
            let mistake = window.name("“>x”", "“>x”").to_owned();
            if size.x > 800.0 {
                heads(&window, Some(&mistake));
            }
        }
    }
}

#[test]
fn beside_a_page_the_number_of_matches_and_the_last_head_stay_whole() {
    for lang in Lang::ALL {
        let mut window = flooded(lang, 20);
        window.harness.set_size(vec2(1280.0, 800.0));
        window.steps();
        window.fill("过滤", "Filter", "temp=");
        window.press(Modifiers::NONE, Key::Enter);
        window.until_says(" · 3 / 21");
        window.steps();
        let painted = Painted::of(&window);
        let whole: Vec<&str> = painted.whole().iter().map(|(text, _)| *text).collect();
        let last = window.name("内容", "Content");
        assert!(whole.contains(&last), "{whole:?}");
        assert!(
            whole.iter().any(|text| text.contains("3 / 21")),
            "{whole:?}"
        );
    }
}

#[test]
fn the_switch_beside_a_page_has_its_caption_where_there_is_room_and_always_a_name() {
    for lang in Lang::ALL {
        let mut window = flooded(lang, 20);
        window.fill("过滤", "Filter", "temp=");
        window.click("程序设置", "Program settings");
        let only = window.name("只看匹配", "Only matches").to_owned();
        let content = window.name("内容", "Content").to_owned();
        for (width, is_captioned) in [(1280.0, false), (1440.0, true), (1920.0, true)] {
            window.harness.set_size(vec2(width, 800.0));
            window.steps();
            assert!(window.has(&only), "{width}: {}", window.labels());
            let painted = Painted::of(&window);
            let captions = painted.places_of(&only).len();
            assert_eq!(captions, usize::from(is_captioned), "{width}");
            assert_eq!(painted.places_of(&content).len(), 1, "{width}");
        }
    }
}

#[test]
fn the_number_of_matches_cuts_no_title_of_the_log() {
    for lang in Lang::ALL {
        let mut window = flooded(lang, 30);
        window.fill("过滤", "Filter", "temp=");
        window.until_says("temp=28");
        let content = window.name("内容", "Content").to_owned();
        let mut whole = 0;
        for width in (700..=1200).step_by(25) {
            window.harness.set_size(vec2(width as f32, 600.0));
            window.steps();
            let painted = Painted::of(&window);
            for (_, text, clip) in &painted.texts {
                let place = text.visual_bounding_rect();
                if text.galley.text() != content || !clip.intersects(place) {
                    continue;
                }
                whole += usize::from(!text.galley.elided);
                assert!(
                    clip.contains_rect(place.shrink(1.0)),
                    "{width}: {place} in {clip}"
                );
            }
        }
        assert!(whole > 0, "{content}");
    }
}
