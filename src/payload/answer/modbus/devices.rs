//! The devices of a session.

use super::super::Replies;
use super::device::Device;
use super::either;
use std::sync::Arc;

/// The devices of a session with the values that clients wrote. Every connection and every rule
/// that describes the same device gets the same one.
#[derive(Debug, Default)]
pub struct Devices(Vec<DeviceInUse>);

#[derive(Debug)]
struct DeviceInUse {
    /// As its rule describes it.
    initial: Arc<Device>,
    current: Device,
}

impl Devices {
    /// Answers all requests to the device that began as `initial`, RTU or TCP, one after the
    /// other. It begins with the first message to it.
    pub fn answer(&mut self, initial: &Arc<Device>, request: &[u8]) -> Replies {
        let mut devices = self.0.iter_mut();
        if let Some(device) = devices.find(|device| device.initial == *initial) {
            return either(request, &mut device.current);
        }
        let mut current = Device::clone(initial);
        let replies = either(request, &mut current);
        self.0.push(DeviceInUse {
            initial: Arc::clone(initial),
            current,
        });
        replies
    }

    /// Forgets the devices that began otherwise than all of these.
    pub fn retain<'a>(&mut self, wanted: impl Iterator<Item = &'a Arc<Device>> + Clone) {
        self.0
            .retain(|device| wanted.clone().any(|initial| *initial == device.initial));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::answer::modbus::DeviceSettings;

    /// The value of register 1, over TCP.
    fn value(devices: &mut Devices, initial: &Arc<Device>) -> u8 {
        let read = [0, 1, 0, 0, 0, 6, 1, 3, 0, 1, 0, 1];
        devices.answer(initial, &read).bytes.unwrap()[10]
    }

    fn other() -> Arc<Device> {
        let settings = DeviceSettings {
            holding: [(1, 7)].into(),
            ..DeviceSettings::default()
        };
        Arc::new(settings.device().unwrap())
    }

    #[test]
    fn rules_that_describe_the_same_device_share_it() {
        let (mut devices, usual) = (Devices::default(), Arc::<Device>::default());
        devices.answer(&usual, &[0, 1, 0, 0, 0, 6, 1, 6, 0, 1, 0, 9]);
        assert_eq!(value(&mut devices, &Arc::default()), 9);
        assert_eq!(value(&mut devices, &other()), 7);
    }

    #[test]
    fn a_device_that_no_rule_describes_is_forgotten() {
        let (mut devices, usual) = (Devices::default(), Arc::<Device>::default());
        devices.answer(&usual, &[0, 1, 0, 0, 0, 6, 1, 6, 0, 1, 0, 9]);
        devices.retain([&other(), &Arc::default()].into_iter());
        assert_eq!(value(&mut devices, &usual), 9);
        devices.retain([&other()].into_iter());
        assert!(devices.0.is_empty());
        assert_eq!(value(&mut devices, &usual), 1);
    }
}
