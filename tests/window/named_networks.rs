//! Named networks on the page of the simulated network.

use super::automatic::window;
use super::driver::Window;
use netpeer::automation::impair::Loss;
use netpeer::session::SessionKind;
use netpeer::words::Lang;

/// Opens the list and chooses one.
fn choose(window: &mut Window, chinese: &str, english: &str) {
    window.click("常见网络", "Named network");
    window.click(chinese, english);
}

fn shown(window: &Window) -> String {
    window.value("常见网络", "Named network")
}

/// The value of a field; whether a number has a fraction of nothing depends on its speed.
fn value(window: &Window, chinese: &str, english: &str) -> String {
    window.value(chinese, english).replace(".0 ", " ")
}

/// The delay, the rate and the loss that the page shows.
fn figures(window: &Window) -> [String; 3] {
    [
        value(window, "延迟", "Delay"),
        value(window, "限速", "Rate"),
        value(window, "丢包", "Loss"),
    ]
}

#[test]
fn a_named_network_fills_in_the_settings_and_is_named_until_they_change() {
    for lang in Lang::ALL {
        let mut window = window(lang, |_| {});
        window.click("弱网模拟", "Simulated network");
        let own = window.name("自定义", "Own settings").to_owned();
        assert_eq!(shown(&window), own);
        choose(&mut window, "弱网", "Weak network");
        assert_eq!(shown(&window), window.name("弱网", "Weak network"));
        let random = window.name("随机", "Random").to_owned();
        let sent = ["440 ms", "200000 bit/s", random.as_str()].map(str::to_owned);
        assert_eq!(figures(&window), sent);
        assert_eq!(value(&window, "丢包率", "Loss rate"), "1 %");
        assert!(!window.is_ticked("启用", "On"));
        window.click("收到的", "Received");
        let received = ["400 ms", "240000 bit/s", random.as_str()].map(str::to_owned);
        assert_eq!(figures(&window), received);
        // The next one takes the loss back.
        choose(&mut window, "卫星", "Satellite");
        let (none, unlimited) = (window.name("不丢", "None"), window.name("不限", "no limit"));
        let expected = ["279 ms", unlimited, none].map(str::to_owned);
        assert_eq!(figures(&window), expected);
        assert_eq!(shown(&window), window.name("卫星", "Satellite"));
        window.fill("延迟", "Delay", "280");
        window.harness.key_press(egui::Key::Enter);
        window.steps();
        assert!(figures(&window)[0].starts_with("280"));
        assert_eq!(shown(&window), own);
    }
}

#[test]
fn a_named_network_leaves_settings_that_it_does_not_have() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            let conditions = &mut tab.bad_network.conditions;
            conditions.outgoing.datagrams.corrupt.percent = 5.0;
            conditions.incoming.datagrams.loss = Loss::EveryNth(3);
        });
        window.click("弱网模拟", "Simulated network");
        choose(&mut window, "Wi-Fi", "Wi-Fi");
        let others = window.name("Wi-Fi，另有自定义", "Wi-Fi and own settings");
        assert_eq!(shown(&window), others);
        assert_eq!(value(&window, "误码", "Corrupt"), "5 %");
        assert_eq!(figures(&window)[0], "40 ms");
        window.click("收到的", "Received");
        let every_nth = window.name("每隔几个", "Every nth");
        assert_eq!(figures(&window)[2], every_nth);
        assert_eq!(figures(&window)[0], "0 ms");
    }
}

#[test]
fn a_stream_has_the_delay_and_the_rate_of_a_named_network() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| tab.network.kind = SessionKind::TcpClient);
        window.click("弱网模拟", "Simulated network");
        choose(&mut window, "3G", "3G");
        assert_eq!(value(&window, "延迟", "Delay"), "100 ms");
        assert_eq!(value(&window, "限速", "Rate"), "330000 bit/s");
        assert_eq!(shown(&window), "3G");
    }
}
