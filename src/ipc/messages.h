/// Every message between processes: one struct each, encode() and decode() beside it in messages.cpp.
/// Wire form: [u32 length][u16 type][body], big-endian, no padding, over a SOCK_STREAM Unix socket (control) or
/// a ShmRing (media). decode() refuses trailing bytes, short bodies, lengths above the caps and enum values
/// that do not exist; a process that sent such a message is ended by core.
/// Direction is in the comment. slot = index of a stream in its shard (0..kMaxSlots-1); generation grows with
/// every start of a slot, so that late messages of an older session are told apart.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"
#include "media/access_unit.h"
#include "media/object_class.h"

namespace vonggac::ipc {

constexpr std::size_t kMaxSlots = 64;  ///< 32 cameras with main and sub stream
constexpr std::size_t kMaxControlBytes = 4U << 20;
constexpr std::size_t kMaxProbeNewsBytes = 1U << 20;   ///< a recorder with 64 channels needs some 100 kB
constexpr std::size_t kMaxAccessUnitBytes = 8U << 20;  ///< a 4K IDR at very high quality is below 4 MiB

enum class WorkerKind : std::uint8_t { kIngest = 1, kAnalyse = 2, kWeb = 3, kProbe = 4, kStill = 5 };

enum class Transport : std::uint8_t { kTcp = 0, kUdp = 1 };

/// Where a stream stands; shown to people with its reason.
enum class StreamState : std::uint8_t {
  kIdle = 0,
  kConnecting,    ///< TCP connect by core
  kDescribing,    ///< OPTIONS/DESCRIBE
  kSettingUp,     ///< SETUP
  kWaitingMedia,  ///< PLAY answered, no picture yet
  kStreaming,     ///< access units arrive
  kBackoff,       ///< waiting before the next try
  kQuarantined,   ///< moved to a shard of its own after killing one
};

/// Why a session ended or is not well. Names are stable: they appear in gap rows and in the API.
enum class StreamReason : std::uint8_t {
  kNone = 0,
  kCameraUnreachable,  ///< no answer to connect, or no route
  kConnectionRefused,
  kLinkLost,       ///< reset or closed while streaming
  kTimedOut,       ///< a stage deadline passed
  kNoMedia,        ///< handshake fine, no (non-empty) media
  kAuthRefused,    ///< 401/403 with the stored credentials
  kNotFound,       ///< 404/454: no such stream at the camera
  kProtocolError,  ///< cannot be understood
  kUnsupportedCodec,
  kForbiddenAddress,  ///< outside the allow-list, or the camera names another host
  kRateExceeded,      ///< far above the caps (CAM-15)
  kWorkerDied,        ///< the ingest process crashed or was stopped
  kStoppedByUser,
  kServiceStopped,
  kTransportRefused,  ///< TCP or UDP not offered (461): core tries the other
};
const char* stream_state_name(StreamState state);     ///< "streaming", ...
const char* stream_reason_name(StreamReason reason);  ///< "auth_refused", ...

// ---- core -> ingest shard ---------------------------------------------------------------------------

/// Open a session on the connected TCP socket that travels with this message (one fd, SCM_RIGHTS).
/// The shard owns the socket from here.
struct StartStream {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint16_t camera_slot = 0;  ///< what the shard writes to the culprit page before parsing
  std::string request_url;        ///< rtsp://host:port/path?query, no userinfo; may hold a secret path: never logged
  std::string username;
  base::Secret password;
  Transport transport = Transport::kTcp;
  bool want_audio = false;
  bool watched = false;
  std::uint32_t max_bits_per_second = 0;    ///< 0 = the default, see ingest/rate_cap.h
  std::uint32_t max_frames_per_second = 0;  ///< 0 = the default
};
struct StopStream {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
};
struct SetWatched {
  std::uint16_t slot = 0;
  bool watched = false;
};
/// Answer to UdpRequest; two fds travel with it (RTP, RTCP), bound and not yet connected.
struct UdpSockets {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint8_t track = 0;
  std::uint16_t rtp_port = 0;
  std::uint16_t rtcp_port = 0;
};
struct Shutdown {};

// ---- ingest shard -> core ---------------------------------------------------------------------------

/// First message of any worker after its sandbox stands.
struct WorkerReady {
  WorkerKind kind = WorkerKind::kIngest;
  std::string sandbox;  ///< what was applied, for the status page: "user+net+mount+seccomp"
};
struct StreamStatus {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  StreamState state = StreamState::kIdle;
};
struct StreamEnded {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  StreamReason reason = StreamReason::kNone;
  std::string detail;               ///< one sentence for people; camera text already made printable
  std::uint16_t rtsp_status = 0;    ///< 0 if none
  std::uint32_t media_seconds = 0;  ///< how long media had been flowing (back-off resets after 30)
  bool credentials_tried = false;   ///< an answer to a challenge was sent and refused
};
/// The camera closed after the challenge, or a fresh connection is needed for the same attempt. Core connects
/// again (same pinned address) and sends StartStream with the next generation; no back-off, at most twice.
struct ReconnectNow {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
};
struct UdpRequest {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint8_t track = 0;
};
/// After SETUP: core connects its copies of the two sockets to the camera's pinned address and these ports.
struct UdpConnect {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint8_t track = 0;
  std::uint16_t server_rtp_port = 0;
  std::uint16_t server_rtcp_port = 0;
};
/// Every 2 s for a streaming slot.
struct StreamStats {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint64_t packets = 0;
  std::uint64_t packets_lost = 0;
  std::uint64_t bytes = 0;
  std::uint64_t access_units = 0;
  std::uint64_t damaged_units = 0;
  std::int64_t camera_offset_us = 0;  ///< camera's NTP clock minus ours; valid if offset_valid
  bool offset_valid = false;
};

// ---- ingest shard -> core, over the media ring, in order with each other ------------------------------

struct MediaParameters {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  media::TrackKind track = media::TrackKind::kVideo;
  media::TrackParameters parameters;
};
struct MediaUnit {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  media::AccessUnit unit;
};

// ---- core -> analyse shard, over a media ring: the same MediaParameters and MediaUnit, and by control: ---

struct Polygon {
  std::vector<std::pair<float, float>> points;  ///< 0..1 of picture width and height
};
/// What a zone is for. Stored by name in the camera file.
enum class ZoneKind : std::uint8_t {
  kDetect = 0,   ///< only here, once there is one
  kIgnore = 1,   ///< not here
  kWatch = 2,    ///< here too, and what comes in raises an alarm
  kPrivacy = 3,  ///< painted over before anything looks: never analysed, in no thumbnail and no snapshot
};
const char* zone_kind_name(ZoneKind kind);  ///< "detect", "ignore", "watch", "privacy"
struct Zone {
  std::string id;
  ZoneKind kind = ZoneKind::kDetect;
  Polygon polygon;
  std::string hours;  ///< of a watch zone: when it raises alarms, as typed; empty: always. Core's own, never sent
};
struct AnalyseCamera {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint8_t sensitivity = 5;  ///< 1 (only large, clear movement) .. 9; 5 default
  std::vector<Zone> zones;       ///< none = whole picture
  bool key_frames_only = false;  ///< main stream of a camera without sub-stream
  bool full_decode = false;      ///< long GOP: decode every frame
};
struct AnalyseStop {
  std::uint16_t slot = 0;
};
/// Look at every picture until then, whatever the pictures say: the camera or a person knows of something.
struct AnalyseWake {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  base::MonoTime until;  ///< in the past: as usual again
};
/// Somebody tunes: run a second engine with these settings beside the camera's own, and tell MotionLive each second.
/// Ends by itself; nothing it finds becomes an event.
struct AnalyseShadow {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  base::MonoTime until;  ///< in the past: stop now
  std::uint8_t sensitivity = 5;
  std::vector<Zone> zones;
};
struct SnapshotRequest {
  std::uint16_t slot = 0;
};

// ---- analyse shard -> core ------------------------------------------------------------------------------

/// Why an event began or ended. Stored in index.db, so the numbers keep their meaning.
enum class MotionReason : std::uint8_t {
  kUnknown = 0,
  kTravelled = 1,       ///< began: something was followed over a distance, as people and vehicles move
  kLargeChange = 2,     ///< began: something large changed inside, as a vehicle that leaves its place
  kOtherPlace = 3,      ///< began: between two key pictures it changed its place
  kNothingMoves = 4,    ///< ended: nothing has moved for a moment
  kCameToRest = 5,      ///< ended: it stands still
  kStreamEnded = 6,     ///< ended: the pictures stopped, or analysis did
  kPictureChanged = 7,  ///< ended: a new picture size or time axis; the background is learned anew
};
const char* motion_reason_name(MotionReason reason);  ///< "travelled", ...; "" for kUnknown and what is none

/// What the engine thinks of something it follows.
enum class MotionVerdict : std::uint8_t {
  kMoves = 0,        ///< raises an event
  kTooFewPictures,   ///< not seen often enough
  kNoChange,         ///< nothing changes inside it
  kLikeAnInsect,     ///< only brighter than the background, blurred, quick or erratic
  kTooLittleTravel,  ///< has not left its place
  kNotStraight,      ///< goes to and fro, as leaves do
  kUnstableSize,     ///< its size jumps
  kLearning,         ///< the background is being learned; no event begins now
  kOutsideZones,     ///< moves, but not in a zone that is looked at
  kLikeLight,        ///< leaves what is behind it visible, or has no edges: a beam, haze, something at the lens
};
const char* motion_verdict_name(MotionVerdict verdict);  ///< "moves", "too_few_pictures", ...

enum class MotionPhase : std::uint8_t { kStart = 1, kUpdate = 2, kEnd = 3 };
/// An event was in a watch zone.
struct WatchHit {
  std::string zone;
  base::MonoTime first, last;
};
struct MotionReport {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint64_t event = 0;  ///< counts up per slot
  MotionPhase phase = MotionPhase::kStart;
  base::MonoTime start;                              ///< capture time of the first moving picture
  base::MonoTime end;                                ///< of the last one so far
  float score = 0;                                   ///< 0..1, best so far
  float box_x = 0, box_y = 0, box_w = 0, box_h = 0;  ///< 0..1, at the best moment
  std::string zone;                                  ///< id of the detect or watch zone hit, or empty
  std::vector<WatchHit> watched;                     ///< the watch zones it was in so far, at most 16
  MotionReason start_reason = MotionReason::kUnknown, end_reason = MotionReason::kUnknown;
  base::Bytes thumbnail;                   ///< JPEG <= 20 kB with kEnd (and kUpdate if it got better), else empty
  std::vector<media::ObjectLabel> labels;  ///< so far, at most one of each class; empty without a classifier
};
/// One second with motion: 32 x 18 cells, row by row, one bit each.
struct MotionGrid {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  base::MonoTime second;  ///< capture time, floored to a second by core's wall clock later
  std::array<std::uint8_t, 72> cells{};
};
/// Something that was followed and is gone, whether it raised an event or not: what other settings would have made of
/// it can be said from this alone.
struct MotionCandidate {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  bool shadow = false;  ///< seen by the shadow engine
  base::MonoTime start, end;
  MotionVerdict verdict = MotionVerdict::kMoves;
  std::uint16_t fires_at = 0;  ///< bit n-1: sensitivity n would have raised an event, as far as it saw the thing
  std::uint16_t pictures = 0;  ///< in which it was found
  float travel = 0;            ///< from first to last place, in picture widths
  float straightness = 0;      ///< travel per way gone, 0..1
  float area = 0;              ///< largest, share of the picture
  float contrast = 0;          ///< largest, in units of the threshold
  float brighter = 0;          ///< share of it brighter than the background
  float score = 0;             ///< best, 0..1
  float box_x = 0, box_y = 0, box_w = 0, box_h = 0;  ///< latest, 0..1
  Polygon feet;                                      ///< where it stood, at most kMaxFeet points
  static constexpr std::size_t kMaxFeet = 16;
};
/// One engine's view of the present moment.
struct EngineView {
  bool active = false;                            ///< an event is open
  float score = 0;                                ///< of the best thing in the picture
  float threshold_grey = 0;                       ///< mean grey-level difference from which a pixel counts
  float foreground = 0;                           ///< share of the picture that differs from the background
  std::uint16_t things = 0;                       ///< followed now
  MotionVerdict verdict = MotionVerdict::kMoves;  ///< of the best thing
  std::uint16_t pictures = 0, pictures_needed = 0;
  float travel = 0, travel_needed = 0;  ///< picture widths
  std::uint32_t events = 0;             ///< raised since the tuning began
};
/// Each second while somebody tunes.
struct MotionLive {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  base::MonoTime time;
  EngineView own, shadow;
};
/// What keeps a camera from showing its view. Stored in index.db, so the numbers keep their meaning.
enum class TamperKind : std::uint8_t {
  kNone = 0,
  kCovered = 1,    ///< something lies over the lens: nothing of the view is left
  kDefocused = 2,  ///< the view is there, without its fine structure
  kMoved = 3,      ///< the camera looks elsewhere; lasts until the view is back or a person accepts the new one
  kBlack = 4,      ///< an even, dark picture without any noise
  kFrozen = 5,     ///< the very same picture again and again
};
const char* tamper_kind_name(TamperKind kind);  ///< "covered", ...; "" for kNone and what is none
struct TamperReport {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  TamperKind kind = TamperKind::kNone;
  bool active = false;   ///< it has begun; false: it is over
  base::MonoTime since;  ///< capture time of the first picture that showed it, or that no longer did
};
/// What a camera usually shows, so that another process can go on with it. Shard -> core when it has learned, and back
/// with the next start. `view` is the shard's own affair, at most kMaxViewBytes.
struct TamperView {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint8_t active = 0;  ///< bit n: TamperKind n is active
  base::Bytes view;         ///< empty: not known
  static constexpr std::size_t kMaxViewBytes = 256U << 10;
};
/// core -> shard: a person says that what the camera shows now is its view.
struct TamperAccept {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
};
struct Snapshot {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  base::MonoTime capture;
  base::Bytes jpeg;
};
/// A decoder gave up on a stream (too large, broken): recording goes on, motion does not.
struct AnalyseFailed {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::string detail;
};

/// How much of a camera's pictures is looked at, and why not more.
enum class AnalyseLevel : std::uint8_t {
  kAsNeeded = 0,         ///< key pictures; all while something may move
  kEveryPicture = 1,     ///< its key pictures are too far apart to rely on
  kMainKeyPictures = 2,  ///< no sub stream, and continuous recording does not depend on it: key pictures only
  kShedToKeys = 3,       ///< this machine cannot keep up: key pictures only, for a while
  kShedKeys = 4,         ///< nor with those: of the key pictures that wait only the newest
};
const char* analyse_level_name(AnalyseLevel level);  ///< "as_needed", "every_picture", ...
/// shard -> core, whenever it changes.
struct AnalyseWatch {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  AnalyseLevel level = AnalyseLevel::kAsNeeded;
};

// ---- the parts of an analyse shard that it can do without --------------------------------------------------

/// Plug-ins and hardware decoding. What fails by itself is switched off by itself.
enum class AnalysePart : std::uint8_t { kNone = 0, kDetector = 1, kClassifier = 2, kHardwareDecode = 3 };
const char* analyse_part_name(AnalysePart part);  ///< "detector", "classifier", "hardware_decode"
/// core -> shard, the first message: what to load before the sandbox shuts.
struct AnalyseSetup {
  std::string detector;                     ///< name of a plug-in; empty: the built-in engine
  std::string classifier;                   ///< name of a plug-in; empty: no labels
  std::string plugin_directory;             ///< empty: "plugins" beside the analyse module
  std::vector<std::string> plugin_options;  ///< "NAME.KEY=VALUE"
  bool hardware_decode = false;             ///< use it if it is there
  std::uint8_t cpu_percent = 100;           ///< of one core, for looking; 1 to 100
};
enum class AnalysePartState : std::uint8_t { kOff = 0, kRunning = 1, kFailed = 2 };
/// shard -> core: once after the start, and when a part fails.
struct AnalysePartReport {
  AnalysePart part = AnalysePart::kNone;
  AnalysePartState state = AnalysePartState::kOff;
  std::string name, version;
  std::string detail;  ///< why it failed or is off; a sentence for people
};

// ---- core <-> web and command line ----------------------------------------------------------------------

/// A JSON request over the control socket, answered with the same id. Requests stand in docs/reference/control.md.
struct ControlRequest {
  std::uint32_t id = 0;
  std::string json;
};
struct ControlReply {
  std::uint32_t id = 0;
  std::string json;
};
/// web -> core: send (or stop sending) live units of a stream. Core answers with the parameters and the GOP so far.
struct LiveSubscribe {
  std::uint32_t subscription = 0;  ///< chosen by web
  base::CameraId camera;
  media::StreamRole role = media::StreamRole::kSub;
  bool subscribe = true;
};
struct LiveParameters {
  std::uint32_t subscription = 0;
  media::TrackParameters parameters;
};
struct LiveUnit {
  std::uint32_t subscription = 0;
  media::AccessUnit unit;
};
/// The stream is not there now; the reason is for the tile.
struct LiveEnded {
  std::uint32_t subscription = 0;
  StreamReason reason = StreamReason::kNone;
  std::string detail;
};

// ---- core <-> probe worker: one device is looked at, once ------------------------------------------------

/// core -> probe, the first message: what to look at. One worker serves one probe and ends with it.
struct ProbeStart {
  std::string settings;      ///< JSON: host, ports, brand, channels, the vendor table; no secret
  base::Secret request_url;  ///< the address a person typed, without userinfo; empty: only a host was given
  std::string username;
  base::Secret password;
};
/// probe -> core: a connection to this port of the device. The host is core's alone to know.
struct ProbeConnect {
  std::uint32_t connection = 0;  ///< chosen by the worker
  std::uint16_t port = 0;
};
/// Answer to ProbeConnect; the connected socket travels with it if `reason` is kNone.
struct ProbeSocket {
  std::uint32_t connection = 0;
  StreamReason reason = StreamReason::kNone;
  bool public_address = false;  ///< outside of private networks: only a configuration that says so allows it
  std::string detail;
};
/// probe -> core: how far it is, or with `finished` what was found. JSON, docs/reference/control.md.
struct ProbeNews {
  bool finished = false;
  std::string json;
};
/// core -> probe instead of ProbeStart: read the answers to WS-Discovery from the UDP socket that travels along, for so
/// long. They come back as one finished ProbeNews.
struct DiscoveryListen {
  std::uint32_t milliseconds = 0;
};

/// The still worker makes JPEGs of key pictures: MediaParameters, MediaUnit -> Snapshot of the same slot, empty if it
/// could not.

using Message =
    std::variant<StartStream, StopStream, SetWatched, UdpSockets, Shutdown, WorkerReady, StreamStatus, StreamEnded,
                 ReconnectNow, UdpRequest, UdpConnect, StreamStats, MediaParameters, MediaUnit, AnalyseCamera,
                 AnalyseStop, SnapshotRequest, MotionReport, MotionGrid, Snapshot, AnalyseFailed, ControlRequest,
                 ControlReply, LiveSubscribe, LiveParameters, LiveUnit, LiveEnded, AnalyseWake, AnalyseShadow,
                 MotionCandidate, MotionLive, AnalyseSetup, AnalysePartReport, AnalyseWatch, TamperReport, TamperView,
                 TamperAccept, ProbeStart, ProbeConnect, ProbeSocket, ProbeNews, DiscoveryListen>;

/// Appends type and body (without the length prefix).
void encode(const Message& message, base::Bytes& out);
/// kInvalidArgument for anything that encode() would not have written.
base::Result<Message> decode(base::ByteSpan type_and_body);

}  // namespace vonggac::ipc
