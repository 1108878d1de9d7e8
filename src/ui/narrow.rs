//! Texts that are too long for their place.

use super::theme;
use egui::{Color32, FontId, Painter};

/// A text that fits, or its end behind `…`: the end of a path says more than its beginning. The
/// end begins with a whole part of the path, if there is one. Of two ends the shorter must fit
/// where the longer does.
pub fn end_of(text: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let end = |at: usize| format!("…{}", text.get(at..).unwrap_or_default());
    let begins: Vec<usize> = text.char_indices().skip(1).map(|(at, _)| at).collect();
    let first = begins.partition_point(|at| !fits(&end(*at)));
    let Some(longest) = begins.get(first).copied() else {
        return end(text.len());
    };
    let folder = text.get(longest..).and_then(|rest| rest.find('/'));
    end(longest + folder.unwrap_or(0))
}

/// A text that fits, or its beginning and its end around `…`. The end, which has the port of an
/// address and the name of a file, is the longer one.
pub fn middle_of(text: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let kept = |count: usize| {
        let begin = count / 3;
        let ends = [
            characters.get(..begin),
            characters.get(characters.len().saturating_sub(count - begin)..),
        ];
        let [begin, end] = ends.map(|end| end.unwrap_or_default().iter().collect::<String>());
        format!("{begin}…{end}")
    };
    let counts: Vec<usize> = (1..characters.len()).collect();
    let most = counts.partition_point(|count| fits(&kept(*count)));
    kept(most)
}

/// Whether a text of fixed width has room.
pub fn fits(painter: &Painter, text: &str, width: f32) -> bool {
    fits_in(painter, text, theme::mono(), width)
}

/// An address that is as wide as this at most, and its font; its beginning and its end where no font
/// has room for all of it.
pub fn address(painter: &Painter, text: &str, width: f32) -> (String, FontId) {
    match font_of(painter, text, width) {
        Some(font) => (text.to_owned(), font),
        None => {
            let shown = middle_of(text, |part| fits(painter, part, width));
            (shown, theme::mono())
        }
    }
}

/// The font in which an address is as wide as this at most: that of fixed width, or a narrower one of
/// words.
pub fn font_of(painter: &Painter, text: &str, width: f32) -> Option<FontId> {
    let fonts = [theme::mono(), theme::body(), theme::small()];
    let mut fonts = fonts.into_iter();
    fonts.find(|font| fits_in(painter, text, font.clone(), width))
}

fn fits_in(painter: &Painter, text: &str, font: FontId, width: f32) -> bool {
    let galley = painter.layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER);
    galley.size().x <= width
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str, most: usize) -> String {
        end_of(text, |text| text.chars().count() <= most)
    }

    #[test]
    fn the_end_of_a_path_is_kept_from_a_whole_part_on() {
        let path = "unix:/run/user/1000/dir/x.sock";
        assert_eq!(short(path, 40), path);
        assert_eq!(short(path, 14), "…/dir/x.sock");
        assert_eq!(short(path, 11), "…/x.sock");
        assert_eq!(short(path, 6), "….sock");
        assert_eq!(short("unix:/套接字/一个.sock", 12), "…/一个.sock");
        assert_eq!(short(path, 1), "…");
    }

    #[test]
    fn both_ends_of_a_long_address_are_kept() {
        let short = |text: &str, most| middle_of(text, |text| text.chars().count() <= most);
        let address = "[fe80::1ff:fe23:4567:890a%enp0s31f6]:5020";
        assert_eq!(short(address, 41), address);
        assert_eq!(short(address, 20), "[fe80:…p0s31f6]:5020");
        assert_eq!(
            short("/home/某人/一个很长的文件夹/a.sock", 13),
            "/hom…夹/a.sock"
        );
        assert_eq!(short("abc", 1), "…");
        assert_eq!(short("", 0), "");
    }

    #[test]
    fn what_has_no_parts_keeps_as_much_as_fits() {
        assert_eq!(short("unix:@a-long-abstract-name", 10), "…ract-name");
        assert_eq!(short("", 3), "");
    }
}
