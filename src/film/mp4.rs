//! The MP4 file around the encoded frames.
//!
//! While a film runs, the file is a *fragmented* MP4 (`moov`, then a `moof` and
//! an `mdat` for each group), so that it plays wherever the process is killed.
//! At the end one index over all frames is added, and the small box kept free
//! before the fragments becomes an `mdat` that spans them: a plain MP4, which
//! slide programs and video editors open too.
//!
//! ```text
//! running:   ftyp  free  moov  moof mdat  moof mdat …
//! finished:  ftyp  mdat(…………………………………………………………………………)  moov
//! ```
//! Boxes by ISO/IEC 14496-12 and -15.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use mp4_atom::{
    Atom, Avc1, Avcc, Co64, Codec, Colr, Dinf, Dref, Encode, Ftyp, Hdlr, Mdhd, Mdia, Mfhd, Minf,
    Moof, Moov, Mvex, Mvhd, Pasp, Stbl, Stsc, StscEntry, Stsd, Stss, Stsz, StszSamples, Stts,
    SttsEntry, Tfdt, Tfhd, Tkhd, Traf, Trak, Trex, Trun, TrunEntry, Url, Visual, Vmhd,
};

use super::h264::ParameterSets;
use super::{FilmError, FilmSettings, Summary};

/// Ticks of the file's clock a frame: the clock runs at this times the frame rate, so that every frame is exact.
const TICKS: u32 = 512;
/// The one track.
const TRACK: u32 = 1;
/// Flags of a sample that stands alone, and of one that leans on others (ISO/IEC 14496-12, 8.8.3.1).
const ALONE: u32 = 0x0200_0000;
const LEANING: u32 = 0x0101_0000;
/// Bytes of the box kept free: the header of an `mdat` whose size has 64 bits.
const KEPT_FREE: u64 = 16;

/// An MP4 file that grows by groups of frames.
#[derive(Debug)]
pub(super) struct Mp4 {
    path: PathBuf,
    file: File,
    /// Whether the file is ours alone, for it was not there before.
    is_new: bool,
    settings: FilmSettings,
    parameter_sets: ParameterSets,
    /// Where the next byte goes. Behind it nothing counts.
    end: u64,
    /// Where the box kept free begins.
    kept_free: u64,
    sample_sizes: Vec<u32>,
    groups: Vec<Group>,
}

/// Where the samples of a group lie.
#[derive(Debug)]
struct Group {
    offset: u64,
    samples: u32,
}

impl Mp4 {
    /// Opens the file and leaves an older one as it is until the first group comes.
    pub(super) fn create(
        path: &Path,
        settings: FilmSettings,
        parameter_sets: ParameterSets,
    ) -> Result<Self, FilmError> {
        let is_new = !path.exists();
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|e| FilmError::output(path, e))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            is_new,
            settings,
            parameter_sets,
            end: 0,
            kept_free: 0,
            sample_sizes: Vec::new(),
            groups: Vec::new(),
        })
    }

    /// Adds a closed group of samples, of which the first stands alone. Afterwards it is the system's to keep.
    ///
    /// On an error the file ends with the group before.
    pub(super) fn append(&mut self, samples: &[Vec<u8>]) -> Result<(), FilmError> {
        let before = self.end;
        let appended = self.write_header().and_then(|()| self.write_group(samples));
        appended.map_err(|e| self.cut_back(before, e))
    }

    /// Turns the file into a plain MP4 and tells what it holds.
    ///
    /// On an error it stays a fragmented one that plays.
    pub(super) fn finish(&mut self) -> Result<Summary, FilmError> {
        if self.groups.is_empty() {
            self.remove_if_new();
        } else {
            let before = self.end;
            let finished = self.write_index();
            finished.map_err(|e| self.cut_back(before, e))?;
        }
        Ok(Summary {
            frames: self.sample_sizes.len() as u64,
            bytes: self.end,
        })
    }

    /// Removes what `create` left, if it was nothing but an empty file.
    fn remove_if_new(&self) {
        if self.is_new {
            // An empty file is a blemish, not an error.
            let _ = fs::remove_file(&self.path);
        }
    }

    fn cut_back(&mut self, end: u64, error: io::Error) -> FilmError {
        // Players skip a torn last box as well; the error to tell is the first one.
        let _ = self.file.set_len(end);
        self.end = end;
        FilmError::output(&self.path, error)
    }

    fn write_header(&mut self) -> io::Result<()> {
        if self.end > 0 {
            return Ok(());
        }
        self.file.set_len(0)?;
        let mut header = to_bytes(&brands())?;
        self.kept_free = header.len() as u64;
        header.extend((KEPT_FREE as u32).to_be_bytes());
        header.extend(b"free");
        header.resize((self.kept_free + KEPT_FREE) as usize, 0);
        header.extend(to_bytes(&self.moov_of_fragments())?);
        self.write(&header)
    }

    fn write_group(&mut self, samples: &[Vec<u8>]) -> io::Result<()> {
        // A folder that was removed still takes bytes, but nobody would find them.
        fs::metadata(&self.path)?;
        let mut bytes = to_bytes(&self.moof(samples, 0))?;
        let to_data = bytes.len() + 8;
        bytes = to_bytes(&self.moof(samples, to_data as i32))?;
        let data_bytes: usize = samples.iter().map(Vec::len).sum();
        bytes.extend((data_bytes as u32 + 8).to_be_bytes());
        bytes.extend(b"mdat");
        bytes.extend(samples.iter().flatten());

        let group = Group {
            offset: self.end + to_data as u64,
            samples: samples.len() as u32,
        };
        self.write(&bytes)?;
        self.groups.push(group);
        self.sample_sizes
            .extend(samples.iter().map(|sample| sample.len() as u32));
        Ok(())
    }

    fn write_index(&mut self) -> io::Result<()> {
        fs::metadata(&self.path)?;
        let mut header = Vec::from(1_u32.to_be_bytes());
        header.extend(b"mdat");
        header.extend((self.end - self.kept_free).to_be_bytes());
        let index = to_bytes(&self.moov_of_all())?;
        self.write(&index)?;
        // Only now do the fragments vanish, so that at no moment the frames have no index.
        self.file.seek(SeekFrom::Start(self.kept_free))?;
        self.file.write_all(&header)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// The fragment of a group; its data begin `to_data` bytes after its own first byte.
    fn moof(&self, samples: &[Vec<u8>], to_data: i32) -> Moof {
        let entries: Vec<TrunEntry> = samples
            .iter()
            .enumerate()
            .map(|(i, sample)| TrunEntry {
                size: Some(sample.len() as u32),
                flags: (i == 0).then_some(ALONE),
                ..TrunEntry::default()
            })
            .collect();
        Moof {
            mfhd: Mfhd {
                sequence_number: self.groups.len() as u32 + 1,
            },
            traf: vec![Traf {
                tfhd: Tfhd {
                    track_id: TRACK,
                    default_sample_duration: Some(TICKS),
                    default_sample_flags: Some(LEANING),
                    default_base_is_moof: true,
                    ..Tfhd::default()
                },
                tfdt: Some(Tfdt {
                    base_media_decode_time: self.duration(),
                }),
                trun: vec![Trun {
                    data_offset: Some(to_data),
                    samples: entries.into(),
                }],
                ..Traf::default()
            }],
        }
    }

    /// The index of a file whose frames all lie in fragments to come.
    fn moov_of_fragments(&self) -> Moov {
        let defaults = Trex {
            track_id: TRACK,
            default_sample_description_index: 1,
            default_sample_duration: TICKS,
            default_sample_flags: LEANING,
            ..Trex::default()
        };
        let samples = Stbl {
            stsd: self.description(),
            stco: Some(Default::default()),
            ..Stbl::default()
        };
        Moov {
            mvex: Some(Mvex {
                mehd: None,
                trex: vec![defaults],
            }),
            ..self.moov(samples)
        }
    }

    /// The index of all frames so far.
    fn moov_of_all(&self) -> Moov {
        self.moov(Stbl {
            stsd: self.description(),
            stts: Stts {
                entries: vec![SttsEntry {
                    sample_count: self.sample_sizes.len() as u32,
                    sample_delta: TICKS,
                }],
            },
            stss: Some(Stss {
                entries: self.firsts(),
            }),
            stsc: Stsc {
                entries: self.samples_per_group(),
            },
            stsz: Stsz {
                samples: StszSamples::Different {
                    sizes: self.sample_sizes.clone(),
                },
            },
            co64: Some(Co64 {
                entries: self.groups.iter().map(|group| group.offset).collect(),
            }),
            ..Stbl::default()
        })
    }

    /// The numbers, from 1 on, of the frames that stand alone.
    fn firsts(&self) -> Vec<u32> {
        let starts = self.groups.iter().scan(1, |next, group| {
            let first = *next;
            *next += group.samples;
            Some(first)
        });
        starts.collect()
    }

    /// How many samples each group has, told where it changes.
    fn samples_per_group(&self) -> Vec<StscEntry> {
        let mut entries: Vec<StscEntry> = Vec::new();
        for (group, number) in self.groups.iter().zip(1..) {
            if entries
                .last()
                .is_none_or(|entry| entry.samples_per_chunk != group.samples)
            {
                entries.push(StscEntry {
                    first_chunk: number,
                    samples_per_chunk: group.samples,
                    sample_description_index: 1,
                });
            }
        }
        entries
    }

    /// Ticks of all frames so far.
    fn duration(&self) -> u64 {
        self.sample_sizes.len() as u64 * u64::from(TICKS)
    }

    /// What the index has in common, running and finished.
    fn moov(&self, samples: Stbl) -> Moov {
        Moov {
            mvhd: Mvhd {
                timescale: self.settings.fps * TICKS,
                duration: self.duration(),
                rate: 1.into(),
                volume: 1.into(),
                next_track_id: TRACK + 1,
                ..Mvhd::default()
            },
            trak: vec![self.track(samples)],
            ..Moov::default()
        }
    }

    fn track(&self, samples: Stbl) -> Trak {
        Trak {
            tkhd: Tkhd {
                track_id: TRACK,
                duration: self.duration(),
                enabled: true,
                in_movie: true,
                width: (self.settings.width as u16).into(),
                height: (self.settings.height as u16).into(),
                ..Tkhd::default()
            },
            mdia: Mdia {
                mdhd: Mdhd {
                    timescale: self.settings.fps * TICKS,
                    duration: self.duration(),
                    language: "und".to_owned(),
                    ..Mdhd::default()
                },
                hdlr: Hdlr {
                    handler: b"vide".into(),
                    name: "video".to_owned(),
                },
                minf: Minf {
                    vmhd: Some(Vmhd::default()),
                    dinf: Dinf {
                        dref: Dref {
                            entries: vec![Url::default().into()],
                        },
                    },
                    stbl: samples,
                    ..Minf::default()
                },
            },
            ..Trak::default()
        }
    }

    /// What kind of samples there are: H.264 in BT.709, limited range.
    fn description(&self) -> Stsd {
        let ParameterSets { sequence, picture } = &self.parameter_sets;
        let avc1 = Avc1 {
            visual: Visual {
                data_reference_index: 1,
                width: self.settings.width as u16,
                height: self.settings.height as u16,
                ..Visual::default()
            },
            avcc: Avcc::new(sequence, picture)
                .expect("a sequence parameter set has four bytes and more"),
            colr: Some(Colr::Nclx {
                colour_primaries: 1,
                transfer_characteristics: 1,
                matrix_coefficients: 1,
                full_range_flag: false,
            }),
            pasp: Some(Pasp {
                h_spacing: 1,
                v_spacing: 1,
            }),
            ..Avc1::default()
        };
        Stsd {
            codecs: vec![Codec::Avc1(avc1)],
        }
    }
}

fn brands() -> Ftyp {
    Ftyp {
        major_brand: b"isom".into(),
        minor_version: 512,
        compatible_brands: [b"isom", b"iso6", b"avc1", b"mp41"].map(Into::into).into(),
    }
}

fn to_bytes(atom: &(impl Atom + Encode)) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    atom.encode(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}
