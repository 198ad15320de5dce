#include "core/status_report.h"

#include <unistd.h>

#include "core/condition_texts.h"
#include "core/version.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;
using ipc::StreamReason;
using ipc::StreamState;
using media::StreamRole;

json::value iso_or_null(const std::optional<base::WallTime>& t) {
  return t ? json::value(base::to_iso8601(*t)) : json::value(nullptr);
}

double rounded(double value) { return static_cast<double>(static_cast<std::int64_t>(value * 100 + 0.5)) / 100; }

std::string state_word(const StreamView& stream) {
  if (stream.quarantined && stream.state != StreamState::kStreaming) return "quarantined";
  switch (stream.reason) {
    case StreamReason::kNoMedia:
      return "no_media";
    case StreamReason::kAuthRefused:
      return "auth_refused";
    case StreamReason::kCameraUnreachable:
    case StreamReason::kConnectionRefused:
      return "unreachable";
    case StreamReason::kForbiddenAddress:
    case StreamReason::kUnsupportedCodec:
    case StreamReason::kNotFound:
    case StreamReason::kRateExceeded:
      return "error";
    default:
      break;
  }
  return stream.state == StreamState::kBackoff ? "backoff" : "connecting";
}

json::object stream_json(const StreamView& stream, const MeterView& meter, base::MonoTime now) {
  json::object out;
  out["role"] = stream.role == StreamRole::kMain ? "main" : "sub";
  out["state"] = ipc::stream_state_name(stream.state);
  out["reason"] = ipc::stream_reason_name(stream.reason);
  out["detail"] = stream.detail;
  out["codec"] =
      meter.codec == media::Codec::kNone ? json::value(nullptr) : json::value(media::codec_name(meter.codec));
  out["width"] = meter.width;
  out["height"] = meter.height;
  out["fps"] = rounded(meter.frames_per_second);
  out["bits_per_second"] = static_cast<std::int64_t>(meter.bits_per_second);
  out["gop_s"] = rounded(meter.gop_seconds);
  out["transport"] = stream.transport == ipc::Transport::kTcp ? "tcp" : "udp";
  out["frames"] = meter.frames;
  out["packets_lost"] = stream.stats.packets_lost;
  out["loss_percent"] = rounded(stream.loss_percent);
  out["damaged_frames"] = meter.damaged_frames;
  out["clock_offset_ms"] =
      stream.stats.offset_valid ? json::value(stream.stats.camera_offset_us / 1000) : json::value(nullptr);
  out["last_frame_at"] = iso_or_null(meter.last_frame);
  out["attempts"] = stream.attempts;
  out["retry_in_s"] = stream.retry_at
                          ? json::value(rounded(static_cast<double>((*stream.retry_at - now).count()) / 1e6))
                          : json::value(nullptr);
  return out;
}

void add_loss(CameraCondition& condition, const StreamView& stream, const char* which_vi, const char* which_en) {
  if (stream.state != StreamState::kStreaming || stream.loss_remedy == LossRemedy::kNone) return;
  const LossSentence sentence = loss_sentence(stream.loss_remedy, stream.loss_percent);
  condition.message_vi += std::string(" ") + which_vi + sentence.vi;
  condition.message_en += std::string(" ") + which_en + sentence.en;
}

json::array tampers_json(const std::vector<TamperView>& tampers) {
  json::array list;
  for (const TamperView& tamper : tampers) {
    const Sentence sentence = ipc::sentence_of(tamper.kind);
    list.push_back(json::object{{"kind", ipc::tamper_kind_name(tamper.kind)},
                                {"since", base::to_iso8601(tamper.since)},
                                {"message", json::object{{"vi", sentence.vi}, {"en", sentence.en}}}});
  }
  return list;
}

}  // namespace

CameraCondition condition_of(const CameraConfig& camera, const std::vector<StreamView>& streams,
                             const record::CameraRecordState& record, bool disk_takes_footage) {
  CameraCondition condition;
  if (camera.policy.paused) {
    condition.state = "paused";
    condition.message_vi = "Đang tạm dừng: chủ camera yêu cầu, hoặc chưa có thỏa thuận. Không xem, không ghi.";
    condition.message_en = "Paused: its owner asked for it or has not agreed. Not shown, not recorded.";
    return condition;
  }
  if (streams.empty()) return condition;
  const StreamView& main = streams.front();
  condition.since = main.since;
  condition.reason = ipc::stream_reason_name(main.reason);
  if (main.state == StreamState::kStreaming) {
    if (record.recording && !disk_takes_footage) {
      condition.state = "live";
      condition.reason = "disk_failed";
      condition.message_vi = "Có hình nhưng không ghi được: ổ đĩa đầy hoặc hỏng.";
      condition.message_en = "Picture is there but cannot be recorded: the disk is full or failed.";
      return condition;
    }
    condition.state = record.recording ? "recording" : "live";
    condition.message_vi = record.recording ? "Đang ghi." : "Có hình, đang chờ chuyển động hoặc lịch ghi.";
    condition.message_en = record.recording ? "Recording." : "Picture is there; waiting for motion or the schedule.";
    add_loss(condition, main, "", "");
    if (streams.size() > 1) add_loss(condition, streams[1], "Luồng phụ: ", "Sub stream: ");
    if (streams.size() > 1 && streams[1].state != StreamState::kStreaming) {
      const Sentence sub = sentence_of(streams[1].reason);
      if (*sub.vi != '\0') {
        condition.message_vi += std::string(" Luồng phụ: ") + sub.vi;
        condition.message_en += std::string(" Sub stream: ") + sub.en;
      }
    }
    return condition;
  }
  condition.state = state_word(main);
  const Sentence sentence = sentence_of(main.reason);
  condition.message_vi = *sentence.vi != '\0' ? sentence.vi : "Đang kết nối với camera.";
  condition.message_en = *sentence.en != '\0' ? sentence.en : "Connecting to the camera.";
  return condition;
}

/// How much of the camera is looked at, in words.
static json::object watch_json(const MotionView& motion) {
  using ipc::AnalyseLevel;
  Sentence words{"Xem ảnh khoá; khi có chuyển động thì xem mọi ảnh.",
                 "Key pictures are looked at, and every picture while something moves."};
  switch (motion.level) {
    case AnalyseLevel::kAsNeeded:
      break;
    case AnalyseLevel::kEveryPicture:
      words = {
          "Camera gửi ảnh khoá quá thưa nên mọi ảnh đều được xem; đặt khoảng cách ảnh khoá 2 giây sẽ đỡ tốn máy.",
          "Its key pictures are too far apart, so every picture is looked at; a key picture every 2 s costs less."};
      break;
    case AnalyseLevel::kMainKeyPictures:
      words = {
          "Không có luồng phụ: chỉ xem ảnh khoá của luồng chính. Thêm luồng phụ để phát hiện đầy đủ.",
          "No sub stream: only key pictures of the main stream are looked at. Add a sub stream to see everything."};
      break;
    case AnalyseLevel::kShedToKeys:
      words = {"Máy quá tải: tạm thời chỉ xem ảnh khoá của camera này. Việc ghi hình không bị ảnh hưởng.",
               "This machine is overloaded: for now only this camera's key pictures are looked at. Recording goes on."};
      break;
    case AnalyseLevel::kShedKeys:
      words = {"Máy quá tải nặng: chỉ xem ảnh khoá mới nhất của camera này. Việc ghi hình không bị ảnh hưởng.",
               "This machine is badly overloaded: only the newest key picture of this camera is looked at. Recording "
               "goes on."};
      break;
  }
  if (!motion.analysed) words = {"Chưa tìm chuyển động ở camera này.", "Motion is not looked for on this camera now."};
  return {{"state", motion.analysed ? ipc::analyse_level_name(motion.level) : "off"},
          {"message", json::object{{"vi", words.vi}, {"en", words.en}}}};
}

StatusReport::StatusReport(const base::Clock& clock, const std::string& data_dir, const CameraStore& store,
                           const record::Recorder& recorder, const Router& router, const IngestPool& ingest,
                           const AnalysePool& analyse)
    : clock_(clock),
      data_dir_(data_dir),
      store_(store),
      recorder_(recorder),
      router_(router),
      ingest_(ingest),
      analyse_(analyse),
      started_(clock.wall_now()),
      started_mono_(clock.mono_now()) {}

json::object StatusReport::camera_json(const CameraConfig& camera, const CameraMediaView& media,
                                       bool disk_takes_footage) const {
  const base::MonoTime now = clock_.mono_now();
  const std::vector<StreamView> streams = ingest_.streams(camera.id);
  CameraCondition condition = condition_of(camera, streams, media.record, disk_takes_footage);
  const MotionView motion = analyse_.motion(camera.id);
  json::object out = to_json(camera);
  out["state"] = condition.state;
  out["reason"] = condition.reason;
  for (const TamperView& tamper : motion.tampers) {
    condition.message_vi += std::string(" ") + ipc::sentence_of(tamper.kind).vi;
    condition.message_en += std::string(" ") + ipc::sentence_of(tamper.kind).en;
  }
  out["message"] = json::object{{"vi", condition.message_vi}, {"en", condition.message_en}};
  out["since"] = base::to_iso8601(clock_.wall_now() - (now - condition.since));
  out["recording"] = media.record.recording && disk_takes_footage;
  out["motion_active"] = motion.active;
  out["motion_trouble"] = motion.trouble;
  out["motion_watch"] = watch_json(motion);
  out["alarm"] = motion.alarm ? json::value({{"zone", motion.alarm->zone}, {"at", base::to_iso8601(motion.alarm->at)}})
                              : json::value(nullptr);
  out["tamper"] = tampers_json(motion.tampers);
  out["last_motion_at"] = iso_or_null(motion.last_motion);
  out["last_fragment_at"] = iso_or_null(media.record.last_fragment);
  out["footage_from"] = iso_or_null(media.record.footage_from);
  out["stored_bytes"] = media.record.stored_bytes;
  out["ring_bytes"] = media.record.ring_bytes;
  json::array list;
  for (const StreamView& stream : streams) {
    list.push_back(stream_json(stream, media.meters[static_cast<std::size_t>(stream.role)], now));
  }
  out["streams"] = std::move(list);
  return out;
}

json::array StatusReport::processes_json() const {
  std::vector<ProcessView> views = ingest_.processes();
  for (ProcessView& view : analyse_.processes()) views.push_back(std::move(view));
  if (web_process_) views.push_back(web_process_());
  json::array list;
  for (const ProcessView& view : views) {
    list.push_back(json::object{{"kind", view.kind == ipc::WorkerKind::kIngest    ? "ingest"
                                         : view.kind == ipc::WorkerKind::kAnalyse ? "analyse"
                                                                                  : "web"},
                                {"index", view.index},
                                {"pid", view.pid},
                                {"restarts", view.restarts},
                                {"cameras", view.cameras},
                                {"quarantine", view.quarantine},
                                {"sandbox", view.sandbox}});
  }
  return list;
}

json::array StatusReport::parts_json() const {
  json::array list;
  for (const PartView& view : analyse_.parts()) {
    list.push_back(json::object{{"part", view.part},
                                {"name", view.name},
                                {"version", view.version},
                                {"state", view.state},
                                {"detail", view.detail},
                                {"crashes", view.crashes}});
  }
  return list;
}

json::object StatusReport::disk_json(const record::RecorderHealth& health) const {
  return {{"path", data_dir_},
          {"state", health.disk_state},
          {"detail", health.detail},
          {"free_bytes", health.free_bytes},
          {"total_bytes", health.total_bytes},
          {"low_water_bytes", health.low_water_bytes},
          {"queued_bytes", health.queued_bytes},
          {"flush_interval_ms", health.flush_interval_us / 1000},
          {"last_flush_ms", health.last_flush_us / 1000},
          {"fragments_acknowledged", health.fragments_acknowledged},
          {"fragments_dropped", health.fragments_dropped},
          {"media_bytes_written", health.media_bytes_written},
          {"index_locked", health.index_locked},
          {"age_deletion_frozen", health.age_deletion_frozen}};
}

json::object StatusReport::make() const {
  const auto media = router_.views();
  const record::RecorderHealth health = recorder_.health();
  json::array cameras;
  for (const CameraConfig& camera : store_.cameras()) {
    const auto found = media.find(camera.id);
    cameras.push_back(
        camera_json(camera, found == media.end() ? CameraMediaView{} : found->second, health.takes_footage));
  }
  return {{"version", kVersion},
          {"installation_id", recorder_.installation().to_string()},
          {"started_at", base::to_iso8601(started_)},
          {"uptime_s", (clock_.mono_now() - started_mono_).count() / 1'000'000},
          {"pid", getpid()},
          {"now", base::to_iso8601(recorder_.wall_of(clock_.mono_now()))},
          {"processes", processes_json()},
          {"analyse_parts", parts_json()},
          {"disk", disk_json(health)},
          {"cameras", std::move(cameras)}};
}

}  // namespace vonggac::core
