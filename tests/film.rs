//! Films and pictures, read back by other hands: mp4-atom for the boxes,
//! `OpenH264`'s decoder for the frames, the png crate's decoder, and ffprobe
//! where the machine has it.

use std::fs;
use std::path::{Path, PathBuf};

use thalweg::film::{
    DEFAULT_QUALITY, FilmError, FilmSettings, Writer, write_png, write_png_with_alpha,
};

fn settings(width: u32, height: u32) -> FilmSettings {
    FilmSettings {
        width,
        height,
        fps: 30,
        quality: DEFAULT_QUALITY,
    }
}

/// A smooth picture with a hard-edged square that moves by two pixels a frame.
fn frame(settings: FilmSettings, number: u64) -> Vec<u8> {
    let mut rgba = Vec::new();
    for y in 0..settings.height {
        for x in 0..settings.width {
            let left = 4 + 2 * (number as u32 % 16);
            let in_square = (left..left + 12).contains(&x) && (8..20).contains(&y);
            let smooth = [
                (255 * x / settings.width) as u8,
                (255 * y / settings.height) as u8,
                (128 + number % 64) as u8,
                255,
            ];
            rgba.extend(if in_square {
                [250, 240, 20, 255]
            } else {
                smooth
            });
        }
    }
    rgba
}

fn push_frames(writer: &mut Writer, settings: FilmSettings, frames: std::ops::Range<u64>) {
    for number in frames {
        writer
            .push(number, frame(settings, number))
            .expect("a frame is taken");
    }
}

/// Every file of a folder by name.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

fn read_png(path: &Path) -> (png::OutputInfo, bool, Vec<u8>) {
    let file = std::io::BufReader::new(fs::File::open(path).expect("a picture"));
    let mut reader = png::Decoder::new(file).read_info().expect("a header");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut bytes).expect("pixels");
    let is_srgb = reader.info().srgb.is_some();
    (info, is_srgb, bytes)
}

fn without_alpha(rgba: &[u8]) -> Vec<u8> {
    let pixels = rgba.chunks_exact(4);
    pixels.flat_map(|p| [p[0], p[1], p[2]]).collect()
}

#[test]
fn a_still_holds_the_pixels_and_says_srgb() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("still.png");
    let rgba = frame(settings(33, 17), 3);
    write_png(&path, 33, 17, &rgba).expect("a still");
    let (info, is_srgb, bytes) = read_png(&path);
    assert_eq!((info.width, info.height), (33, 17));
    assert!(is_srgb);
    assert_eq!(bytes, without_alpha(&rgba));
    assert_eq!(names(folder.path()), ["still.png"]);
}

#[test]
fn a_still_keeps_its_alpha_where_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("clear.png");
    let rgba = [0, 0, 0, 0, 255, 128, 0, 100, 10, 20, 30, 255];
    write_png_with_alpha(&path, 3, 1, &rgba).expect("a still");
    let file = std::io::BufReader::new(fs::File::open(&path).expect("a file"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut kept = vec![0; reader.output_buffer_size().expect("its size")];
    let info = reader.next_frame(&mut kept).expect("a whole PNG");
    assert_eq!(info.color_type, png::ColorType::Rgba);
    assert_eq!(kept, rgba);
}

#[test]
fn a_still_never_spoils_the_one_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("still.png");
    fs::write(&path, "good").expect("a file");
    let mut good = fs::File::open(&path).expect("the good one");
    let error = write_png(&path, 8, 8, &[0; 7]).expect_err("seven bytes are no picture");
    assert!(matches!(
        error,
        FilmError::FrameBytes {
            expected: 256,
            got: 7
        }
    ));
    assert_eq!(fs::read(&path).expect("the good one"), b"good");
    // A still that succeeds takes the place of the good one, and never writes into it.
    write_png(&path, 1, 1, &[0; 4]).expect("a still");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut good, &mut text).expect("the good one");
    assert_eq!(text, "good");
    let onto_folder = folder.path().join("folder.png");
    fs::create_dir(&onto_folder).expect("a folder");
    write_png(&onto_folder, 1, 1, &[0; 4]).expect_err("a folder is no picture");
    assert_eq!(names(folder.path()), ["folder.png", "still.png"]);
    let into_nothing = folder.path().join("none/still.png");
    let error = write_png(&into_nothing, 1, 1, &[0; 4]).expect_err("there is no folder");
    assert_eq!(error.exit_code(), 4);
    assert!(error.to_string().contains("none/still.png"), "{error}");
    assert!(error.to_string().contains("create the folder"), "{error}");
}

#[test]
fn pictures_are_named_by_the_frames_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings(16, 9);
    let path = folder.path().join("f-%03d.png");
    let mut writer = Writer::create(&path, settings).expect("a film");
    push_frames(&mut writer, settings, 9..12);
    let summary = writer.finish().expect("an end");
    assert_eq!(
        names(folder.path()),
        ["f-009.png", "f-010.png", "f-011.png"]
    );
    assert_eq!(summary.frames, 3);
    let sizes = names(folder.path()).into_iter().map(|name| {
        let file = fs::metadata(folder.path().join(name)).expect("a picture");
        file.len()
    });
    assert_eq!(summary.bytes, sizes.sum::<u64>());
    let (_, _, bytes) = read_png(&folder.path().join("f-010.png"));
    assert_eq!(bytes, without_alpha(&frame(settings, 10)));
}

#[test]
fn a_second_frame_for_one_picture_tells_the_pattern() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings(4, 4);
    let mut writer = Writer::create(&folder.path().join("race.png"), settings).expect("a film");
    push_frames(&mut writer, settings, 0..1);
    let error = writer.push(1, frame(settings, 1)).expect_err("one picture");
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("race-%05d.png"), "{error}");
}

#[test]
fn an_unknown_ending_names_those_known() {
    for name in ["race.avi", "race", "mp4"] {
        let error = Writer::create(Path::new(name), settings(16, 16)).expect_err("no format");
        assert_eq!(error.exit_code(), 2);
        let text = error.to_string();
        assert!(text.contains(".mp4") && text.contains(".png"), "{text}");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_a_frame() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("folder.png")).expect("a folder");
    let mut places: Vec<PathBuf> = ["none/f%d.png", "folder.png"].map(PathBuf::from).into();
    if cfg!(feature = "h264") {
        fs::create_dir(folder.path().join("folder.mp4")).expect("a folder");
        places.extend(["none/f.mp4", "folder.mp4"].map(PathBuf::from));
    }
    for place in places {
        let path = folder.path().join(place);
        let error = Writer::create(&path, settings(16, 16)).expect_err("no place");
        assert_eq!(error.exit_code(), 4, "{error}");
        assert!(
            error.to_string().contains(&*path.to_string_lossy()),
            "{error}"
        );
    }
}

#[test]
fn a_frame_of_another_size_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer =
        Writer::create(&folder.path().join("f%d.png"), settings(16, 16)).expect("a film");
    let error = writer.push(0, vec![0; 15 * 16 * 4]).expect_err("too few");
    assert_eq!(error.exit_code(), 1);
    assert_eq!(names(folder.path()).len(), 0);
}

#[cfg(not(feature = "h264"))]
#[test]
fn without_the_encoder_an_mp4_tells_how_to_get_it() {
    let error = Writer::create(Path::new("race.mp4"), settings(16, 16)).expect_err("no encoder");
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("--features h264"), "{error}");
}

#[cfg(feature = "h264")]
mod h264 {
    use std::io::{self, Write};
    use std::process::Command;

    use mp4_atom::{Any, Avc1, Codec, Colr, Decode, Moof, Moov, StszSamples};
    use openh264_sys2::source::APILoader;
    use openh264_sys2::{
        DECODER_OPTION_TRACE_LEVEL, ISVCDecoder, SBufferInfo, SDecodingParam, WELS_LOG_QUIET,
    };

    use super::*;

    /// Draws `frames` frames to `film.mp4` in a folder of its own.
    fn film(settings: FilmSettings, frames: u64) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film.mp4");
        let mut writer = Writer::create(&path, settings).expect("a film");
        push_frames(&mut writer, settings, 0..frames);
        let summary = writer.finish().expect("an end");
        assert_eq!(summary.frames, frames);
        assert_eq!(summary.bytes, fs::metadata(&path).expect("a file").len());
        (folder, path)
    }

    fn boxes(bytes: &[u8]) -> Vec<Any> {
        let mut rest = bytes;
        let mut boxes = Vec::new();
        while !rest.is_empty() {
            boxes.push(Any::decode(&mut rest).expect("whole boxes to the end"));
        }
        boxes
    }

    fn index(boxes: &[Any]) -> &Moov {
        let found = boxes.iter().find_map(|b| match b {
            Any::Moov(moov) => Some(moov),
            _ => None,
        });
        found.expect("an index")
    }

    /// The fragments of an unfinished film, each with the place of its first byte.
    fn fragments(bytes: &[u8]) -> Vec<(usize, Moof)> {
        let mut rest = bytes;
        let mut moofs = Vec::new();
        while !rest.is_empty() {
            let at = bytes.len() - rest.len();
            if let Any::Moof(moof) = Any::decode(&mut rest).expect("whole boxes to the end") {
                moofs.push((at, moof));
            }
        }
        moofs
    }

    fn description(moov: &Moov) -> &Avc1 {
        match &moov.trak[0].mdia.minf.stbl.stsd.codecs[..] {
            [Codec::Avc1(avc1)] => avc1,
            other => panic!("not one H.264 description: {other:?}"),
        }
    }

    /// The samples of a finished film, found by its index alone.
    fn samples(bytes: &[u8]) -> Vec<&[u8]> {
        let boxes = boxes(bytes);
        let table = &index(&boxes).trak[0].mdia.minf.stbl;
        let StszSamples::Different { sizes } = &table.stsz.samples else {
            panic!("sizes differ");
        };
        let chunks = &table.co64.as_ref().expect("offsets").entries;
        let mut sizes = sizes.iter();
        let mut samples = Vec::new();
        for (number, &offset) in (1..).zip(chunks) {
            let runs = table.stsc.entries.iter();
            let run = runs
                .rev()
                .find(|run| run.first_chunk <= number)
                .expect("a run");
            let mut at = offset as usize;
            for &size in sizes.by_ref().take(run.samples_per_chunk as usize) {
                samples.push(&bytes[at..at + size as usize]);
                at += size as usize;
            }
        }
        samples
    }

    /// The samples of an unfinished film, found by its fragments alone.
    fn samples_of_fragments(bytes: &[u8]) -> Vec<&[u8]> {
        let mut samples = Vec::new();
        for (start, moof) in fragments(bytes) {
            let run = &moof.traf[0].trun[0];
            let mut at = start + run.data_offset.expect("an offset") as usize;
            for entry in &run.samples {
                let size = entry.size.expect("a size") as usize;
                samples.push(&bytes[at..at + size]);
                at += size;
            }
        }
        samples
    }

    /// An MP4 sample as the decoder wants it: a start code instead of each length.
    fn to_stream(sample: &[u8]) -> Vec<u8> {
        let mut rest = sample;
        let mut stream = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let (unit, after) = after.split_at(u32::from_be_bytes(*length) as usize);
            stream.extend([0, 0, 0, 1]);
            stream.extend(unit);
            rest = after;
        }
        stream
    }

    /// Y', Cb and Cr of every frame of a finished film.
    fn decode(bytes: &[u8], settings: FilmSettings) -> Vec<[Vec<u8>; 3]> {
        decode_samples(bytes, &samples(bytes), settings)
    }

    /// Y', Cb and Cr of samples of a film, by `OpenH264`'s decoder.
    fn decode_samples(
        bytes: &[u8],
        samples: &[&[u8]],
        settings: FilmSettings,
    ) -> Vec<[Vec<u8>; 3]> {
        let boxes = boxes(bytes);
        let avcc = &description(index(&boxes)).avcc;
        let mut stream = Vec::new();
        for unit in [
            &avcc.sequence_parameter_sets[0],
            &avcc.picture_parameter_sets[0],
        ] {
            stream.extend([0, 0, 0, 1]);
            stream.extend(unit);
        }
        let mut decoder = Decoder::new();
        let mut frames = Vec::new();
        for sample in samples {
            stream.extend(to_stream(sample));
            frames.extend(decoder.decode(&stream, settings));
            stream.clear();
        }
        frames.extend(decoder.flush(settings));
        frames
    }

    struct Decoder(*mut ISVCDecoder);

    impl Decoder {
        fn new() -> Self {
            let mut raw = std::ptr::null_mut();
            let parameters = SDecodingParam::default();
            let mut level = WELS_LOG_QUIET;
            // SAFETY: the decoder fills `raw`, then reads the options, each of its own type.
            unsafe {
                assert_eq!(APILoader::WelsCreateDecoder(&raw mut raw), 0);
                let set_option = (**raw).SetOption.expect("a function");
                set_option(raw, DECODER_OPTION_TRACE_LEVEL, (&raw mut level).cast());
                let initialize = (**raw).Initialize.expect("a function");
                assert_eq!(initialize(raw, &raw const parameters), 0);
            }
            Self(raw)
        }

        fn decode(&mut self, stream: &[u8], settings: FilmSettings) -> Option<[Vec<u8>; 3]> {
            let (mut planes, mut info) = ([std::ptr::null_mut(); 3], SBufferInfo::default());
            // SAFETY: the stream lives through the call; the outputs are whole.
            let state = unsafe {
                let decode = (**self.0).DecodeFrameNoDelay.expect("a function");
                let length = stream.len() as i32;
                decode(
                    self.0,
                    stream.as_ptr(),
                    length,
                    planes.as_mut_ptr(),
                    &raw mut info,
                )
            };
            assert_eq!(state, 0, "a faultless stream");
            copy(planes, &info, settings)
        }

        fn flush(&mut self, settings: FilmSettings) -> Option<[Vec<u8>; 3]> {
            let (mut planes, mut info) = ([std::ptr::null_mut(); 3], SBufferInfo::default());
            // SAFETY: the outputs are whole.
            unsafe {
                let flush = (**self.0).FlushFrame.expect("a function");
                flush(self.0, planes.as_mut_ptr(), &raw mut info);
            }
            copy(planes, &info, settings)
        }
    }

    impl Drop for Decoder {
        fn drop(&mut self) {
            // SAFETY: the decoder is live and not used again.
            unsafe {
                (**self.0).Uninitialize.expect("a function")(self.0);
                APILoader::WelsDestroyDecoder(self.0);
            }
        }
    }

    /// Copies the decoder's planes, if it has some, without the gaps between their rows.
    fn copy(
        planes: [*mut u8; 3],
        info: &SBufferInfo,
        settings: FilmSettings,
    ) -> Option<[Vec<u8>; 3]> {
        if info.iBufferStatus != 1 {
            return None;
        }
        // SAFETY: with status 1 the union holds the picture's sizes, and the planes have them.
        unsafe {
            let memory = info.UsrData.sSystemBuffer;
            let size = (memory.iWidth as u32, memory.iHeight as u32);
            assert_eq!(size, (settings.width, settings.height));
            let plane = |i: usize, shrink: usize| {
                let (width, height) = (size.0 as usize / shrink, size.1 as usize / shrink);
                let stride = memory.iStride[i.min(1)] as usize;
                let rows = (0..height)
                    .map(|row| std::slice::from_raw_parts(planes[i].add(row * stride), width));
                rows.flatten().copied().collect()
            };
            Some([plane(0, 1), plane(1, 2), plane(2, 2)])
        }
    }

    /// BT.709 in limited range, in f64: the planes of a frame before encoding.
    fn planes_of(rgba: &[u8], width: usize) -> [Vec<f64>; 3] {
        let of_pixel = |x: usize, y: usize| {
            let at = 4 * (y * width + x);
            let [r, g, b] = [0, 1, 2].map(|i| f64::from(rgba[at + i]) / 255.0);
            let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            let (blue, red) = ((b - luma) / 1.8556, (r - luma) / 1.5748);
            [
                16.0 + 219.0 * luma,
                128.0 + 224.0 * blue,
                128.0 + 224.0 * red,
            ]
        };
        let height = rgba.len() / 4 / width;
        let mut planes = [Vec::new(), Vec::new(), Vec::new()];
        for y in 0..height {
            planes[0].extend((0..width).map(|x| of_pixel(x, y)[0]));
        }
        for y in (0..height).step_by(2) {
            for x in (0..width).step_by(2) {
                let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| of_pixel(x + i, y + j));
                planes[1].push(four.iter().map(|p| p[1]).sum::<f64>() / 4.0);
                planes[2].push(four.iter().map(|p| p[2]).sum::<f64>() / 4.0);
            }
        }
        planes
    }

    /// Peak signal to noise ratio in dB, for a peak of 255.
    fn psnr(decoded: &[u8], wanted: &[f64]) -> f64 {
        assert_eq!(decoded.len(), wanted.len());
        let pairs = decoded.iter().zip(wanted);
        let squares: f64 = pairs.map(|(&d, w)| (f64::from(d) - w).powi(2)).sum();
        10.0 * (255.0_f64.powi(2) * wanted.len() as f64 / squares).log10()
    }

    #[test]
    fn decoded_frames_are_the_frames_pushed() {
        // Sizes that fill no 16x16 block, and frames that fill no group.
        let settings = settings(98, 54);
        let (_folder, path) = film(settings, 67);
        let bytes = fs::read(path).expect("the film");
        let frames = decode(&bytes, settings);
        assert_eq!(frames.len(), 67);
        for (number, planes) in (0..).zip(&frames) {
            let wanted = planes_of(&frame(settings, number), settings.width as usize);
            for (decoded, wanted) in planes.iter().zip(&wanted) {
                let ratio = psnr(decoded, wanted);
                assert!(ratio > 37.0, "frame {number}: {ratio:.1} dB");
            }
        }
    }

    #[test]
    fn a_lower_quantiser_is_a_better_picture() {
        let worst = FilmSettings {
            quality: 44,
            ..settings(64, 48)
        };
        let best = FilmSettings {
            quality: 4,
            ..worst
        };
        let ratio = |settings| {
            let (_folder, path) = film(settings, 3);
            let frames = decode(&fs::read(path).expect("the film"), settings);
            psnr(&frames[2][0], &planes_of(&frame(settings, 2), 64)[0])
        };
        let (worst, best) = (ratio(worst), ratio(best));
        assert!(
            worst < 35.0 && best > 50.0,
            "{worst:.1} dB and {best:.1} dB"
        );
    }

    #[test]
    fn the_finished_file_is_a_plain_mp4_with_every_figure_right() {
        let settings = FilmSettings {
            fps: 24,
            ..settings(64, 48)
        };
        let (_folder, path) = film(settings, 61);
        let bytes = fs::read(path).expect("the film");
        let boxes = boxes(&bytes);
        let kinds: Vec<String> = boxes.iter().map(|b| b.kind().to_string()).collect();
        assert_eq!(kinds, ["ftyp", "mdat", "moov"]);
        let moov = index(&boxes);
        assert!(moov.mvex.is_none());
        assert_eq!(samples(&bytes).len(), 61);

        let track = &moov.trak[0];
        assert_eq!(
            (track.tkhd.width.integer(), track.tkhd.height.integer()),
            (64, 48)
        );
        let clock = &track.mdia.mdhd;
        let [times] = &track.mdia.minf.stbl.stts.entries[..] else {
            panic!("all frames last equally long");
        };
        assert_eq!(times.sample_count, 61);
        assert_eq!(times.sample_delta * settings.fps, clock.timescale);
        assert_eq!(clock.duration, 61 * u64::from(times.sample_delta));
        assert_eq!(
            (moov.mvhd.timescale, moov.mvhd.duration),
            (clock.timescale, clock.duration)
        );
        assert_eq!(track.tkhd.duration, clock.duration);

        let avc1 = description(moov);
        assert_eq!((avc1.visual.width, avc1.visual.height), (64, 48));
        let bt709 = Colr::new(1, 1, 1, false).expect("a colour box");
        assert_eq!(avc1.colr, Some(bt709));
    }

    #[test]
    fn frames_marked_to_stand_alone_do() {
        let (_folder, path) = film(settings(64, 48), 61);
        let bytes = fs::read(path).expect("the film");
        let boxes = boxes(&bytes);
        let table = &index(&boxes).trak[0].mdia.minf.stbl;
        let marked = &table.stss.as_ref().expect("marks").entries;
        let alone = (1..)
            .zip(samples(&bytes))
            .filter(|(_, sample)| sample[4] & 0x1f == 5);
        let alone: Vec<u32> = alone.map(|(number, _)| number).collect();
        assert_eq!(*marked, alone);
        assert_eq!(alone[0], 1);
        assert!(alone.len() > 1, "a player must be able to seek");
    }

    #[test]
    fn a_film_of_one_frame_is_a_film() {
        let settings = settings(16, 16);
        let (_folder, path) = film(settings, 1);
        assert_eq!(
            decode(&fs::read(path).expect("the film"), settings).len(),
            1
        );
    }

    #[test]
    fn a_film_that_is_dropped_keeps_every_frame() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film.mp4");
        let settings = settings(32, 32);
        let mut writer = Writer::create(&path, settings).expect("a film");
        push_frames(&mut writer, settings, 0..70);
        drop(writer);
        assert_eq!(
            decode(&fs::read(path).expect("the film"), settings).len(),
            70
        );
    }

    #[test]
    fn a_killed_film_keeps_its_closed_groups() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film.mp4");
        let settings = settings(32, 32);
        let mut writer = Writer::create(&path, settings).expect("a film");
        // So many that groups must have been written to make room for others.
        let groups = std::thread::available_parallelism().map_or(1, usize::from) as u64 + 3;
        push_frames(&mut writer, settings, 0..30 * groups);
        // What is on disk now is all that a killed process leaves.
        std::mem::forget(writer);

        let bytes = fs::read(&path).expect("the film");
        let boxes = boxes(&bytes);
        let moov = index(&boxes);
        assert_eq!(moov.mvhd.duration, 0);
        assert_eq!(moov.mvex.as_ref().expect("fragments to come").trex.len(), 1);
        let moofs = fragments(&bytes);
        assert!(moofs.len() >= 2, "{} groups", moofs.len());
        let mut time = 0;
        for (number, (_, moof)) in (1..).zip(&moofs) {
            assert_eq!(moof.mfhd.sequence_number, number);
            let run = &moof.traf[0];
            let begin = run.tfdt.as_ref().expect("a time");
            assert_eq!(begin.base_media_decode_time, time);
            let first = run.trun[0].samples.get(0).expect("a first frame");
            assert_eq!(first.flags, Some(0x0200_0000), "the first stands alone");
            assert_eq!(run.tfhd.default_sample_flags, Some(0x0101_0000));
            let frame_time = run.tfhd.default_sample_duration.expect("a frame's time");
            time += u64::from(frame_time) * run.trun[0].samples.len() as u64;
        }
        let frames = decode_samples(&bytes, &samples_of_fragments(&bytes), settings);
        assert_eq!(frames.len(), 30 * moofs.len());
        for (number, planes) in (0..).zip(&frames) {
            let ratio = psnr(&planes[0], &planes_of(&frame(settings, number), 32)[0]);
            assert!(ratio > 37.0, "frame {number}: {ratio:.1} dB");
        }
        if let Some(answer) = ffprobe(&path) {
            let line = format!("nb_read_frames={}\n", frames.len());
            assert!(answer.contains(&line), "{answer}");
        }
    }

    #[test]
    fn a_film_without_frames_leaves_what_was_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let old = folder.path().join("old.mp4");
        fs::write(&old, "an older film").expect("a file");
        for path in [&old, &folder.path().join("new.mp4")] {
            drop(Writer::create(path, settings(16, 16)).expect("a film"));
            let writer = Writer::create(path, settings(16, 16)).expect("a film");
            assert_eq!(writer.finish().expect("an end").frames, 0);
        }
        assert_eq!(names(folder.path()), ["old.mp4"]);
        assert_eq!(fs::read(&old).expect("the old film"), b"an older film");
    }

    #[test]
    fn a_longer_film_in_the_same_place_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film.mp4");
        fs::write(&path, vec![7; 1 << 20]).expect("a file");
        let settings = settings(16, 16);
        let mut writer = Writer::create(&path, settings).expect("a film");
        push_frames(&mut writer, settings, 0..2);
        writer.finish().expect("an end");
        assert_eq!(samples(&fs::read(&path).expect("the film")).len(), 2);
    }

    #[test]
    fn settings_beyond_the_encoder_are_told_in_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film.mp4");
        let good = settings(64, 48);
        let cases = [
            (FilmSettings { width: 65, ..good }, "66x48"),
            (FilmSettings { height: 47, ..good }, "64x48"),
            (
                FilmSettings {
                    width: 3842,
                    ..good
                },
                "3840x2160",
            ),
            (
                FilmSettings {
                    width: 2162,
                    height: 2162,
                    ..good
                },
                "3840x2160",
            ),
            (FilmSettings { height: 14, ..good }, "16x16"),
            (FilmSettings { width: 0, ..good }, "0x48"),
            (FilmSettings { fps: 0, ..good }, "frames per second"),
            (
                FilmSettings {
                    quality: 52,
                    ..good
                },
                "51",
            ),
        ];
        for (settings, word) in cases {
            let error = Writer::create(&path, settings).expect_err("beyond");
            assert_eq!(error.exit_code(), 2, "{error}");
            assert!(error.to_string().contains(word), "{error}");
        }
        assert_eq!(names(folder.path()).len(), 0);
    }

    #[test]
    fn the_largest_films_are_taken_lying_and_upright() {
        let folder = tempfile::tempdir().expect("a folder");
        for (width, height) in [(3840, 2160), (2160, 3840)] {
            let path = folder.path().join("film.mp4");
            let settings = settings(width, height);
            let mut writer = Writer::create(&path, settings).expect("a film");
            let grey = vec![128; 4 * width as usize * height as usize];
            writer.push(0, grey).expect("a frame");
            writer.finish().expect("an end");
            let frames = decode(&fs::read(&path).expect("the film"), settings);
            assert_eq!(frames[0][0][0], 126);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_vanishes_is_an_error_of_output() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film.mp4");
        let settings = settings(16, 16);
        let mut writer = Writer::create(&path, settings).expect("a film");
        push_frames(&mut writer, settings, 0..1);
        folder.close().expect("the folder goes");
        let error = writer.finish().expect_err("no place");
        assert_eq!(error.exit_code(), 4, "{error}");
        assert!(error.to_string().contains("create the folder"), "{error}");
    }

    /// What ffprobe tells of a film's picture, with every frame decoded; `None` without ffprobe.
    fn ffprobe(path: &Path) -> Option<String> {
        let shown = "stream=codec_name,profile,width,height,pix_fmt,color_range,color_space,\
                     color_transfer,color_primaries,r_frame_rate,avg_frame_rate,duration,\
                     nb_frames,nb_read_frames,has_b_frames";
        let run = Command::new("ffprobe")
            .args([
                "-v",
                "error",
                "-count_frames",
                "-of",
                "default=noprint_wrappers=1",
            ])
            .args(["-show_entries", shown])
            .arg(path)
            .output();
        let Ok(answer) = run else {
            // Past the test runner, which keeps a passing test's `eprintln!` to itself.
            writeln!(io::stderr(), "skipped: there is no ffprobe on this machine")
                .expect("stderr takes text");
            return None;
        };
        let complaints = String::from_utf8_lossy(&answer.stderr);
        assert_eq!(complaints, "", "ffprobe complains of {}", path.display());
        Some(String::from_utf8_lossy(&answer.stdout).into_owned())
    }

    #[test]
    fn ffprobe_tells_the_same() {
        let (_folder, path) = film(
            FilmSettings {
                fps: 60,
                ..settings(64, 48)
            },
            90,
        );
        let Some(answer) = ffprobe(&path) else { return };
        for line in [
            "codec_name=h264",
            "profile=Main",
            "width=64",
            "height=48",
            "pix_fmt=yuv420p",
            "color_range=tv",
            "color_space=bt709",
            "color_transfer=bt709",
            "color_primaries=bt709",
            "r_frame_rate=60/1",
            "avg_frame_rate=60/1",
            "duration=1.500000",
            "nb_frames=90",
            "nb_read_frames=90",
            "has_b_frames=0",
        ] {
            assert!(
                answer.lines().any(|l| l == line),
                "{line} is not in\n{answer}"
            );
        }
    }
}
