//! Tests of compressed captures.

use super::{ImportPosition, ImportProblem, PcapngFile, datagram, error, imported, udp};

#[test]
fn compressed_files_are_unpacked_or_named() {
    let mut file = PcapngFile::new(false);
    file.interface(101, &[]);
    file.packet(0, 1, &udp((1, 5), (2, 7), b"x"));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &file.bytes).unwrap();
    let gzip = gzip.finish().unwrap();
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let zstd = ruzstd::encoding::compress_to_vec(file.bytes.as_slice(), level);
    for packed in [&gzip, &zstd] {
        assert_eq!(imported(packed).0, [datagram(1, (1, 5), 2, b"x")]);
        assert!(imported(&packed[..packed.len() / 2]).1.is_err());
    }
    assert_eq!(error(&gzip[..gzip.len() - 9]).1, ImportProblem::Cut);
    // Another gzip member may follow a gzip file, or padding, which is no member.
    for after in [&[0; 3][..], b"not of it, but whole", &[0; 512]] {
        let (rows, result) = imported(&[&gzip[..], after].concat());
        assert_eq!(rows, [datagram(1, (1, 5), 2, b"x")]);
        assert_eq!(result.map(|summary| summary.records), Ok(1));
    }
    for packed in [&gzip, &zstd] {
        let (rows, result) = imported(&[&packed[..], packed].concat());
        assert_eq!((rows.len(), result.is_ok()), (2, true));
        let two = [&packed[..], &packed[..5]].concat();
        assert_eq!(error(&two).1, ImportProblem::Cut);
    }
    for whole in [&file.bytes, &gzip, &zstd] {
        for length in [2, 3] {
            let cut = (ImportPosition::Byte(0), ImportProblem::Cut);
            assert_eq!(error(&whole[..length]), cut, "{length}");
        }
    }
    assert_eq!(error(&[0xD4, 0xC3, 0xB2]).1, ImportProblem::Cut);
    // The position of an error is one in the decompressed content.
    let mut wrong = file.bytes.clone();
    let last = wrong.len() - 4;
    wrong[last..].copy_from_slice(&[8, 0, 0, 0]);
    let (ImportPosition::Byte(plain), problem) = error(&wrong) else {
        panic!("no byte");
    };
    let packed = ruzstd::encoding::compress_to_vec(wrong.as_slice(), level);
    assert_eq!(error(&packed), (ImportPosition::Unpacked(plain), problem));
    assert_eq!(
        error(b"\xFD7zXZ\0"),
        (ImportPosition::Byte(0), ImportProblem::Compressed("xz -d"))
    );
}
