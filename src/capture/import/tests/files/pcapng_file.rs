//! A pcapng file for tests.

/// A pcapng file built block by block, in either byte order.
pub struct PcapngFile {
    pub big: bool,
    pub bytes: Vec<u8>,
}

impl PcapngFile {
    pub fn new(big: bool) -> Self {
        let mut file = Self {
            big,
            bytes: Vec::new(),
        };
        file.section();
        file
    }

    pub fn number(&self, value: u32) -> [u8; 4] {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    pub fn short(&self, value: u16) -> [u8; 2] {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    pub fn block(&mut self, kind: u32, body: &[u8]) {
        let pad = vec![0; body.len().next_multiple_of(4) - body.len()];
        let length = self.number((body.len() + pad.len() + 12) as u32);
        let kind = self.number(kind);
        self.bytes
            .extend([&kind[..], &length, body, &pad, &length].concat());
    }

    pub fn section(&mut self) {
        let magic = self.number(0x1A2B_3C4D);
        let version = [self.short(1), self.short(0)].concat();
        self.block(0x0A0D_0D0A, &[&magic[..], &version, &[0xFF; 8]].concat());
    }

    /// The options have no end marker, which is optional.
    pub fn interface(&mut self, link: u16, options: &[(u16, &[u8])]) {
        let mut body = [&self.short(link)[..], &[0; 2], &self.number(0)].concat();
        for (code, value) in options {
            body.extend(self.short(*code));
            body.extend(self.short(value.len() as u16));
            body.extend(*value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        self.block(1, &body);
    }

    pub fn packet(&mut self, interface: u32, units: u64, packet: &[u8]) {
        self.cut_packet(interface, units, packet, packet.len());
    }

    /// The first bytes of a packet of this length.
    pub fn cut_packet(&mut self, interface: u32, units: u64, packet: &[u8], length: usize) {
        let fields = [
            interface,
            (units >> 32) as u32,
            units as u32,
            packet.len() as u32,
            length as u32,
        ];
        let mut body = fields.map(|field| self.number(field)).concat();
        body.extend(packet);
        self.block(6, &body);
    }
}
