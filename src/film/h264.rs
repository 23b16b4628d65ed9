//! One closed group of pictures through `OpenH264`, and nothing of the file around it.
//!
//! The C interface is used as it is, since the safe wrappers cannot switch
//! CABAC on or hold the quality constant.

use std::ptr::{self, NonNull};

use openh264_sys2::source::APILoader;
use openh264_sys2::{
    CAMERA_VIDEO_REAL_TIME, CM_BT709, CONSTANT_ID, CP_BT709, ENCODER_OPTION_TRACE_LEVEL,
    ISVCEncoder, ISVCEncoderVtbl, NAL_PPS, NAL_SPS, PRO_MAIN, RC_OFF_MODE, SEncParamExt,
    SFrameBSInfo, SLayerBSInfo, SM_SINGLE_SLICE, SSourcePicture, TRC_BT709, VF_UNDEF,
    WELS_LOG_QUIET, videoFormatI420,
};

use super::colour::Planes;
use super::{FilmError, FilmSettings};

/// Longer and shorter side that the encoder takes, in pixels.
const LARGEST: (u32, u32) = (3840, 2160);
/// Shortest side that the encoder takes, in pixels.
const SMALLEST: u32 = 16;

/// What a decoder must know before the first frame, each without its start code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ParameterSets {
    pub(super) sequence: Vec<u8>,
    pub(super) picture: Vec<u8>,
}

/// Tells in words what H.264, or `OpenH264`, cannot take.
pub(super) fn check(settings: FilmSettings) -> Result<(), FilmError> {
    let FilmSettings {
        width,
        height,
        fps,
        quality,
    } = settings;
    let refuse = |text: String| Err(FilmError::Settings(text));
    if width % 2 != 0 || height % 2 != 0 {
        let (even_width, even_height) = (width.next_multiple_of(2), height.next_multiple_of(2));
        return refuse(format!(
            "H.264 needs even sizes: use {even_width}x{even_height} instead of {width}x{height}"
        ));
    }
    let (long, short) = (width.max(height), width.min(height));
    if long > LARGEST.0 || short > LARGEST.1 {
        return refuse(format!(
            "H.264 films go up to {}x{}, not {width}x{height}; write PNG pictures, as in frame-%05d.png",
            LARGEST.0, LARGEST.1
        ));
    }
    if short < SMALLEST {
        return refuse(format!(
            "H.264 films begin at {SMALLEST}x{SMALLEST}, not {width}x{height}"
        ));
    }
    if !(1..=1000).contains(&fps) {
        return refuse(format!("a film has 1 to 1000 frames per second, not {fps}"));
    }
    if quality > 51 {
        return refuse(format!(
            "the quality of an H.264 film is 0 (best) to 51 (worst), not {quality}"
        ));
    }
    Ok(())
}

/// Encodes the frames of one closed group: the first stands alone, each other leans on the one before.
pub(super) struct Encoder {
    /// Lives from `new` to `drop`, and in one thread at a time.
    raw: NonNull<ISVCEncoder>,
    fps: u32,
    frames: u32,
}

impl Encoder {
    /// A fresh encoder for settings that [`check`] let pass.
    pub(super) fn new(settings: FilmSettings) -> Result<Self, FilmError> {
        let mut raw = ptr::null_mut();
        // SAFETY: `raw` is a place for one pointer; the callee fills it or returns an error.
        let code = unsafe { APILoader::WelsCreateSVCEncoder(&raw mut raw) };
        succeeded(code, "it could not be created")?;
        let raw = NonNull::new(raw).ok_or_else(|| failed("it could not be created"))?;
        let mut encoder = Self {
            raw,
            fps: settings.fps,
            frames: 0,
        };
        encoder.silence()?;
        encoder.initialize(settings)?;
        Ok(encoder)
    }

    /// The functions of the C++ object.
    fn table(&self) -> &ISVCEncoderVtbl {
        // SAFETY: `raw` points at the live object, whose first word points at its static table.
        unsafe { &**self.raw.as_ptr() }
    }

    /// Keeps the library from writing to stderr.
    fn silence(&mut self) -> Result<(), FilmError> {
        let set_option = self.table().SetOption.expect("the table is complete");
        let mut level = WELS_LOG_QUIET;
        // SAFETY: the object is live, and this option reads one int.
        let code = unsafe {
            set_option(
                self.raw.as_ptr(),
                ENCODER_OPTION_TRACE_LEVEL,
                (&raw mut level).cast(),
            )
        };
        succeeded(code, "it would not be silent")
    }

    fn initialize(&mut self, settings: FilmSettings) -> Result<(), FilmError> {
        let defaults = self
            .table()
            .GetDefaultParams
            .expect("the table is complete");
        let initialize = self.table().InitializeExt.expect("the table is complete");
        let mut parameters = SEncParamExt::default();
        // SAFETY: the object is live, and `parameters` is a whole struct to write to.
        let code = unsafe { defaults(self.raw.as_ptr(), &raw mut parameters) };
        succeeded(code, "it has no defaults")?;
        choose(&mut parameters, settings);
        // SAFETY: the object is live, and `parameters` is read during the call alone.
        let code = unsafe { initialize(self.raw.as_ptr(), &raw const parameters) };
        succeeded(code, "it refused the settings")
    }

    /// The parameter sets of every group with these settings.
    pub(super) fn parameter_sets(&mut self) -> Result<ParameterSets, FilmError> {
        let encode = self
            .table()
            .EncodeParameterSets
            .expect("the table is complete");
        let mut info = SFrameBSInfo::default();
        // SAFETY: the object is initialised, and `info` is a whole struct to write to.
        let code = unsafe { encode(self.raw.as_ptr(), &raw mut info) };
        succeeded(code, "it gave no parameter sets")?;
        let units = units(&info);
        let of_kind = |kind| {
            let unit = units.iter().find(|unit| kind_of(unit) == kind);
            unit.map(|unit| unit.to_vec())
                .ok_or_else(|| failed("it gave no parameter sets"))
        };
        Ok(ParameterSets {
            sequence: of_kind(NAL_SPS)?,
            picture: of_kind(NAL_PPS)?,
        })
    }

    /// Encodes the next frame to an MP4 sample: units, each after its length in four bytes.
    pub(super) fn encode(&mut self, planes: &Planes) -> Result<Vec<u8>, FilmError> {
        let encode = self.table().EncodeFrame.expect("the table is complete");
        let picture = source_picture(planes, 1000 * i64::from(self.frames) / i64::from(self.fps));
        let mut info = SFrameBSInfo::default();
        // SAFETY: the object is initialised; the planes live through the call, have
        // the sizes and strides that `picture` names, and are only read.
        let code = unsafe { encode(self.raw.as_ptr(), &raw const picture, &raw mut info) };
        succeeded(code, "it refused a frame")?;
        self.frames += 1;
        let sample = to_sample(&units(&info));
        if sample.is_empty() {
            return Err(failed("it left out a frame"));
        }
        Ok(sample)
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the object is live, and nobody uses it after this; it uninitialises itself.
        unsafe { APILoader::WelsDestroySVCEncoder(self.raw.as_ptr()) };
    }
}

/// The settings that differ from the library's defaults, which are for video calls.
fn choose(parameters: &mut SEncParamExt, settings: FilmSettings) {
    let quality = i32::from(settings.quality);
    parameters.iUsageType = CAMERA_VIDEO_REAL_TIME;
    parameters.iPicWidth = settings.width as i32;
    parameters.iPicHeight = settings.height as i32;
    parameters.fMaxFrameRate = settings.fps as f32;
    parameters.iEntropyCodingModeFlag = 1;
    parameters.eSpsPpsIdStrategy = CONSTANT_ID;
    parameters.iMultipleThreadIdc = 1;
    // Constant quality: no rate control, and nothing that changes the quality within a film.
    parameters.iRCMode = RC_OFF_MODE;
    parameters.iMinQp = quality;
    parameters.iMaxQp = quality;
    parameters.bEnableAdaptiveQuant = false;
    parameters.bEnableFrameSkip = false;
    // A slow fade must not be taken for a background that may be skipped.
    parameters.bEnableBackgroundDetection = false;
    // A group begins where its frames are counted, not where a picture changes.
    parameters.bEnableSceneChangeDetect = false;

    let layer = &mut parameters.sSpatialLayers[0];
    layer.iVideoWidth = parameters.iPicWidth;
    layer.iVideoHeight = parameters.iPicHeight;
    layer.fFrameRate = parameters.fMaxFrameRate;
    layer.uiProfileIdc = PRO_MAIN;
    layer.iDLayerQp = quality;
    layer.sSliceArgument.uiSliceMode = SM_SINGLE_SLICE;
    layer.bVideoSignalTypePresent = true;
    layer.uiVideoFormat = VF_UNDEF as u8;
    layer.bFullRange = false;
    layer.bColorDescriptionPresent = true;
    layer.uiColorPrimaries = CP_BT709 as u8;
    layer.uiTransferCharacteristics = TRC_BT709 as u8;
    layer.uiColorMatrix = CM_BT709 as u8;
}

fn source_picture(planes: &Planes, time_ms: i64) -> SSourcePicture {
    let (width, height) = planes.size();
    let [luma, blue, red] = planes.planes().map(|plane| plane.as_ptr().cast_mut());
    let (stride, half_stride) = (width as i32, width as i32 / 2);
    SSourcePicture {
        iColorFormat: videoFormatI420,
        iStride: [stride, half_stride, half_stride, 0],
        pData: [luma, blue, red, ptr::null_mut()],
        iPicWidth: width as i32,
        iPicHeight: height as i32,
        uiTimeStamp: time_ms,
        ..SSourcePicture::default()
    }
}

/// The units of a frame without their start codes. They live until the next call of the encoder.
fn units(info: &SFrameBSInfo) -> Vec<&[u8]> {
    let layers = &info.sLayerInfo[..usize::try_from(info.iLayerNum).unwrap_or(0)];
    layers.iter().flat_map(units_of_layer).collect()
}

fn units_of_layer(layer: &SLayerBSInfo) -> Vec<&[u8]> {
    let count = usize::try_from(layer.iNalCount).unwrap_or(0);
    let mut start = layer.pBsBuf.cast_const();
    (0..count)
        .map(|i| {
            // SAFETY: the encoder fills `iNalCount` lengths, and `pBsBuf` with as many bytes as they sum to.
            let unit = unsafe {
                let length = *layer.pNalLengthInByte.add(i) as usize;
                let unit = std::slice::from_raw_parts(start, length);
                start = start.add(length);
                unit
            };
            let code = unit.iter().position(|&byte| byte != 0).unwrap_or(0);
            &unit[code + 1..]
        })
        .collect()
}

fn kind_of(unit: &[u8]) -> i32 {
    unit.first().map_or(0, |header| i32::from(header & 0x1f))
}

/// Joins units to an MP4 sample; the parameter sets stand in the file's header instead.
fn to_sample(units: &[&[u8]]) -> Vec<u8> {
    let mut sample = Vec::new();
    for unit in units
        .iter()
        .filter(|unit| ![NAL_SPS, NAL_PPS].contains(&kind_of(unit)))
    {
        sample.extend((unit.len() as u32).to_be_bytes());
        sample.extend_from_slice(unit);
    }
    sample
}

fn succeeded(code: i32, what: &str) -> Result<(), FilmError> {
    match code {
        0 => Ok(()),
        code => Err(FilmError::Encoder(format!("{what} (code {code})"))),
    }
}

fn failed(what: &str) -> FilmError {
    FilmError::Encoder(what.to_owned())
}
