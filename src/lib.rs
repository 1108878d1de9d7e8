//! netpeer (网络调试助手): the other end of your socket.
pub mod net;
pub mod payload;
pub mod traffic;
pub mod words;
rust_i18n::i18n!("assets/locales", fallback = "en");
