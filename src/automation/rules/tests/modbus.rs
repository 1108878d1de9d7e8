//! Facts about rules that answer as a Modbus device.

use super::*;
use crate::payload::answer::modbus::{DeviceSettings, NotARegister};

fn answering(settings: DeviceSettings) -> Rule {
    let what = ReplyContent::ModbusDevice(settings);
    let kind = ActionKind::Reply { what, to: None };
    Rule {
        then: vec![RuleAction {
            kind,
            ..RuleAction::default()
        }],
        ..Rule::default()
    }
}

#[test]
fn a_device_begins_with_the_values_of_its_rule() {
    let device = answering(DeviceSettings {
        holding: [(5, -1)].into(),
        ..DeviceSettings::default()
    });
    let off = Rule {
        on: false,
        ..device.clone()
    };
    let mut all = rules(&[off, device]);
    let registers = answer(&mut all, &[1, 3, 0, 5, 0, 2, 0xD4, 0x0A]).unwrap();
    assert_eq!(registers[..7], [1, 3, 4, 0xFF, 0xFF, 0, 6]);
    assert_eq!(all.modbus_devices().count(), 1);
    let (address, value) = (5, 65_536);
    let wrong = answering(DeviceSettings {
        input: [(address, value)].into(),
        ..DeviceSettings::default()
    });
    let mistake = Rules::new(&[wrong], Charset::Utf8).unwrap_err();
    let expected = RuleProblem::Register(NotARegister { address, value });
    assert_eq!(mistake.problem, expected);
}

#[test]
fn a_rule_of_an_older_version_is_read() {
    let text = "(then: [(act: Reply(what: Modbus, to: None))])";
    let kind = ActionKind::Reply {
        what: ReplyContent::Modbus,
        to: None,
    };
    assert_eq!(ron::from_str::<Rule>(text).unwrap().then[0].kind, kind);
}
