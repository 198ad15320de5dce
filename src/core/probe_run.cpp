#include "core/probe_run.h"

#include "base/log.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr base::Seconds kLongestProbe{70};
constexpr base::Seconds kStillTime{10};
constexpr base::Millis kTimePerStill{100};  ///< a recorder of 64 channels has 128

std::string report_text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t report_number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

bool report_flag(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::string in_url(const HostAndPort& where) {
  return where.kind == HostKind::kIpv6 ? "[" + where.host + "]" : where.host;
}

struct StateWords {
  const char* name;
  const char* vi;
  const char* en;
};
StateWords words_of(ProbeState state, const std::string& step) {
  switch (state) {
    case ProbeState::kWaiting:
      return {"waiting", "Đang chờ đến lượt", "Waiting for its turn"};
    case ProbeState::kRunning:
      if (step == "onvif") return {"running", "Đang hỏi camera qua ONVIF", "Asking the device by ONVIF"};
      if (step == "paths") return {"running", "Đang thử đường dẫn của hãng", "Trying the paths of its brand"};
      if (step == "streams") return {"running", "Đang đo các luồng hình", "Measuring its streams"};
      return {"running", "Đang tìm cổng của camera", "Looking for its ports"};
    case ProbeState::kStills:
      return {"stills", "Đang lấy ảnh", "Making stills"};
    case ProbeState::kDone:
      return {"done", "Đã dò xong", "Done"};
    case ProbeState::kFailed:
      return {"failed", "Không dò được", "It could not be done"};
    case ProbeState::kCancelled:
      return {"cancelled", "Đã dừng", "Stopped"};
  }
  return {"", "", ""};
}

json::object error_json(const std::string& code, const std::string& detail) {
  if (code == "forbidden") {
    return {{"code", code},
            {"vi",
             "Địa chỉ này nằm ngoài mạng camera được phép. Người quản trị thêm mạng vào network.camera_networks "
             "trong cấu hình nếu đúng."},
            {"en",
             "This address is outside of the camera networks. An administrator adds the network to "
             "network.camera_networks in the configuration if it is right."}};
  }
  return {{"code", code},
          {"vi", "Việc dò camera bị gián đoạn, hãy thử lại."},
          {"en", "The probe broke off; try again. " + detail}};
}

}  // namespace

const char* probe_state_name(ProbeState state) { return words_of(state, "").name; }

ProbeRun::ProbeRun(const ProbeParts& parts, ProbeRequest request, std::uint32_t index)
    : parts_(parts),
      request_(std::move(request)),
      index_(index),
      asked_(parts.clock.mono_now()),
      asked_at_(parts.clock.wall_now()) {}

std::string ProbeRun::settings() const {
  json::object settings{{"host", in_url(request_.where)},  {"http_port", request_.http_port},
                        {"rtsp_port", request_.rtsp_port}, {"brand", request_.brand},
                        {"channels", request_.channels},   {"vendors", parts_.vendors.json}};
  return json::serialize(settings);
}

void ProbeRun::begin() {
  state_ = ProbeState::kRunning;
  deadline_ = parts_.clock.mono_now() + kLongestProbe;
  worker_ = std::make_unique<OneShotWorker>(
      parts_.loop, [this](ipc::Received received) { on_message(std::move(received)); }, [this] { on_worker_end(); });
  sockets_ = std::make_unique<ProbeSockets>(
      parts_.connector, request_, parts_.vendors.table,
      [this](const ipc::Message& message, std::vector<base::UniqueFd> fds) { worker_->send(message, std::move(fds)); });
  if (const base::Status started = worker_->start(ipc::WorkerKind::kProbe, index_, parts_.config.log); !started.ok()) {
    return end(ProbeState::kFailed, "failed", started.message());
  }
  worker_->send(ipc::ProbeStart{settings(), request_.request_url, request_.username, request_.password});
  base::log::info("core", "probe {} of {}{}", request_.id.to_string(), request_.shown,
                  request_.owner.empty() ? "" : " by " + request_.owner);
}

void ProbeRun::end(ProbeState state, std::string error_code, std::string detail) {
  state_ = state;
  error_code_ = std::move(error_code);
  detail_ = std::move(detail);
  ended_ = parts_.clock.mono_now();
  keys_.clear();
  if (worker_) worker_->kill();
  if (still_worker_) still_worker_->kill();
  base::log::info("core", "probe {}: {} {}", request_.id.to_string(), probe_state_name(state), detail_);
}

void ProbeRun::cancel() {
  if (!over()) end(ProbeState::kCancelled);
}

void ProbeRun::tick() {
  if (!busy() || parts_.clock.mono_now() < deadline_) return;
  if (state_ == ProbeState::kStills) return end(ProbeState::kDone);
  end(ProbeState::kFailed, "timed_out", "it took too long");
}

void ProbeRun::on_message(ipc::Received received) {
  if (state_ != ProbeState::kRunning) return;
  if (const auto* connect = std::get_if<ipc::ProbeConnect>(&received.message)) {
    sockets_->connect(*connect);
  } else if (const auto* udp = std::get_if<ipc::UdpRequest>(&received.message)) {
    sockets_->give_udp(*udp);
  } else if (const auto* aim = std::get_if<ipc::UdpConnect>(&received.message)) {
    sockets_->aim_udp(*aim);
  } else if (const auto* news = std::get_if<ipc::ProbeNews>(&received.message)) {
    on_news(*news);
  } else if (auto* parameters = std::get_if<ipc::MediaParameters>(&received.message)) {
    if (parameters->slot < kMaxStreams) keys_[parameters->slot].parameters = std::move(parameters->parameters);
  } else if (auto* unit = std::get_if<ipc::MediaUnit>(&received.message)) {
    const std::size_t size = unit->unit.payload ? unit->unit.payload->size() : 0;
    if (unit->slot >= kMaxStreams || key_bytes_ + size > kMaxKeyBytes) return;
    key_bytes_ += size;
    keys_[unit->slot].unit = std::move(unit->unit);
  } else if (!std::holds_alternative<ipc::WorkerReady>(received.message)) {
    end(ProbeState::kFailed, "failed", "the worker sent a message that is not its to send");
  }
}

void ProbeRun::on_news(const ipc::ProbeNews& news) {
  boost::system::error_code error;
  json::parse_options limits;
  limits.max_depth = 8;
  const json::value value = json::parse(news.json, error, {}, limits);
  if (error || !value.is_object()) return end(ProbeState::kFailed, "failed", "the worker's report is not JSON");
  if (!news.finished) {
    step_ = report_text(value.get_object(), "step").substr(0, 16);
    return;
  }
  on_result(value.get_object());
}

void ProbeRun::take_stream(const json::object& stream) {
  const std::int64_t port = report_number(stream, "port");
  const std::string target = report_text(stream, "target");
  if (port < 1 || port > 65'535 || streams_.size() >= kMaxStreams) return;
  const std::string whole = "rtsp://" + in_url(request_.where) + ":" + std::to_string(port) + target;
  auto parsed = strip_credentials(whole);
  ProbedStream one;
  one.channel = report_number(stream, "channel");
  one.main = report_text(stream, "role") != "sub";
  one.streamed = report_flag(stream, "streamed") && parsed.has_value();
  one.transport = report_text(stream, "transport") == "udp" ? "udp" : "tcp";
  if (parsed) one.display_url = parsed->display_url;
  one.url = base::Secret(whole);
  one.shown = stream;
  one.shown.erase("target");
  one.shown["still"] = false;
  one.shown["url"] = one.display_url;
  streams_.push_back(std::move(one));
}

void ProbeRun::on_result(const json::object& result) {
  if (result.contains("error"))
    return end(ProbeState::kFailed, report_text(result, "error"), report_text(result, "detail"));
  for (const char* part : {"device", "onvif", "password", "rtsp_port", "findings"}) {
    if (const json::value* value = result.if_contains(part)) found_[part] = *value;
  }
  const json::value* streams = result.if_contains("streams");
  if (streams != nullptr && streams->is_array()) {
    for (const json::value& one : streams->get_array()) {
      if (one.is_object()) take_stream(one.get_object());
    }
  }
  begin_stills();
}

void ProbeRun::on_worker_end() {
  sockets_.reset();
  if (state_ == ProbeState::kRunning) end(ProbeState::kFailed, "failed", "the worker ended before it was done");
}

void ProbeRun::begin_stills() {
  state_ = ProbeState::kStills;
  for (auto at = keys_.begin(); at != keys_.end();)
    at = at->second.unit && at->first < streams_.size() ? std::next(at) : keys_.erase(at);
  if (keys_.empty() || !parts_.config.analyse.enabled) return end(ProbeState::kDone);
  still_worker_ = std::make_unique<OneShotWorker>(
      parts_.loop, [this](const ipc::Received& received) { on_still(received); },
      [this] {
        if (state_ == ProbeState::kStills) end(ProbeState::kDone);  // without the picture that ended it
      });
  const base::Status started = still_worker_->start(ipc::WorkerKind::kStill, index_, parts_.config.log);
  if (!started.ok()) return end(ProbeState::kDone, "", started.message());
  stills_due_ = keys_.size();
  deadline_ = parts_.clock.mono_now() + kStillTime + kTimePerStill * static_cast<std::int64_t>(stills_due_);
  for (auto& [slot, key] : keys_) {
    still_worker_->send(ipc::MediaParameters{slot, 0, media::TrackKind::kVideo, key.parameters});
    still_worker_->send(ipc::MediaUnit{slot, 0, *key.unit});
  }
}

void ProbeRun::on_still(const ipc::Received& received) {
  const auto* snapshot = std::get_if<ipc::Snapshot>(&received.message);
  if (snapshot == nullptr || state_ != ProbeState::kStills) return;
  if (snapshot->slot < streams_.size() && !snapshot->jpeg.empty()) {
    streams_[snapshot->slot].still = snapshot->jpeg;
    streams_[snapshot->slot].shown["still"] = true;
  }
  if (--stills_due_ == 0) end(ProbeState::kDone);
}

json::object ProbeRun::device() const {
  const json::value* device = found_.if_contains("device");
  return device != nullptr && device->is_object() ? device->get_object() : json::object();
}

std::size_t ProbeRun::still_bytes() const {
  std::size_t bytes = 0;
  for (const ProbedStream& one : streams_) bytes += one.still.size();
  return bytes;
}

json::object ProbeRun::view() const {
  const StateWords words = words_of(state_, step_);
  json::object view{{"probe", request_.id.to_string()},
                    {"address", request_.shown},
                    {"asked_at", base::to_iso8601(asked_at_)},
                    {"state", words.name},
                    {"over", over()},
                    {"text", json::object{{"vi", words.vi}, {"en", words.en}}}};
  if (state_ == ProbeState::kFailed) view["error"] = error_json(error_code_, detail_);
  if (state_ != ProbeState::kDone) return view;
  for (const auto& [key, value] : found_) view[key] = value;
  json::array streams;
  for (const ProbedStream& one : streams_) streams.push_back(one.shown);
  view["streams"] = std::move(streams);
  return view;
}

}  // namespace vonggac::core
