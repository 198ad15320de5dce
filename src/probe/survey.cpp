#include "probe/survey.h"

#include <algorithm>

#include "probe/rtsp_greeting.h"

namespace vonggac::probe {
namespace {

constexpr base::Micros kPortTime{2'000'000};
constexpr base::Micros kOnvifTime{9'000'000}, kOnvifRecorderTime{20'000'000};
constexpr base::Micros kGreetTime{2'000'000};
constexpr base::Micros kDoorTime{5'000'000};
constexpr base::Micros kBatchTime{8'000'000};
constexpr base::Micros kAtTheEnd{500'000};  ///< to tell what was found
constexpr std::size_t kStreamsAtOnce = 12;
constexpr int kMaxChannels = 64;

bool contains(const std::vector<std::uint16_t>& ports, std::uint16_t port) {
  return std::find(ports.begin(), ports.end(), port) != ports.end();
}

class Surveyor {
 public:
  Surveyor(CoreLine& line, const ProbeTask& task, const Progress& progress)
      : line_(line), task_(task), progress_(progress), bench_(line, task), started_(line.now()) {}
  base::Result<Survey> run();

 private:
  base::Status find_ports();
  base::Status find_streams();
  base::Status try_templates();
  base::Status add_channels(const onvif::StreamTemplate& pair, const std::string& source);
  base::Result<bool> enter(const StreamOffer& offer);
  base::Status measure();
  base::Status play(const std::vector<StreamWish>& wishes, base::Micros time);
  std::optional<StreamOffer> offer_of(const std::string& path, int channel, media::StreamRole role,
                                      const std::string& source) const;
  std::vector<std::pair<const onvif::Vendor*, const onvif::StreamTemplate*>> templates() const;
  bool recorder() const { return task_.channels > 1 || (!offers_.empty() && offers_.back().channel > 1); }
  base::MonoTime end() const { return started_ + (recorder() ? kRecorderProbeTime : kProbeTime) - kAtTheEnd; }

  CoreLine& line_;
  const ProbeTask& task_;
  const Progress& progress_;
  StreamBench bench_;
  base::MonoTime started_;
  Survey survey_;
  std::vector<std::uint16_t> onvif_open_;
  std::vector<StreamOffer> offers_;
  ipc::Transport transport_ = ipc::Transport::kTcp;  ///< what the door was opened with
  bool shut_ = false;  ///< nothing more may be tried: wrong or missing password, or it does not answer
};

std::vector<std::uint16_t> rtsp_ports_of(const ProbeTask& task) {
  if (task.rtsp_port != 0) return {task.rtsp_port};
  std::vector<std::uint16_t> ports;
  if (const onvif::Vendor* vendor = task.vendors.find(task.brand)) ports = vendor->rtsp_ports;
  for (const std::uint16_t port : task.vendors.rtsp_ports()) {
    if (!contains(ports, port)) ports.push_back(port);
  }
  return ports;
}

base::Status Surveyor::find_ports() {
  VG_TRY(progress_("ports"));
  const std::vector<std::uint16_t> asked = onvif_ports_of(task_), rtsp = rtsp_ports_of(task_);
  std::vector<std::uint16_t> all = asked;
  for (const std::uint16_t port : rtsp) {
    if (!contains(all, port)) all.push_back(port);
  }
  VG_ASSIGN(const std::vector<std::uint16_t> open, line_.open_ports(all, line_.now() + kPortTime));
  survey_.nothing_listens = open.empty();
  survey_.public_address = line_.public_address();
  for (const std::uint16_t port : open) {
    if (contains(asked, port)) onvif_open_.push_back(port);
    if (survey_.rtsp_port == 0 && contains(rtsp, port)) survey_.rtsp_port = port;
  }
  return {};
}

std::optional<StreamOffer> Surveyor::offer_of(const std::string& path, int channel, media::StreamRole role,
                                              const std::string& source) const {
  const auto target = onvif::expand(path, channel, task_.username, task_.password.reveal());
  if (!target) return std::nullopt;
  return StreamOffer{channel, role, survey_.rtsp_port, base::Secret(*target), source, {}};
}

/// True: the stream is there and lets us in. Whatever else is worth knowing stands in survey_ and shut_.
base::Result<bool> Surveyor::enter(const StreamOffer& offer) {
  StreamWish wish{offer, Depth::kDoor, transport_};
  VG_ASSIGN(std::vector<StreamResult> results,
            bench_.play({wish}, kWatchTime, std::min(end(), line_.now() + kDoorTime)));
  StreamResult& result = results.front();
  transport_ = result.transport;
  if (result.let_in) {
    if (task_.has_password()) survey_.budget.note_accepted();
    return true;
  }
  if (result.password_refused) survey_.budget.note_refused();
  if (result.reason == ipc::StreamReason::kAuthRefused) {
    survey_.needs_password = !task_.has_password();
    shut_ = true;
  }
  const bool silent = result.reason == ipc::StreamReason::kCameraUnreachable ||
                      result.reason == ipc::StreamReason::kTimedOut ||
                      result.reason == ipc::StreamReason::kConnectionRefused;
  shut_ = shut_ || silent;
  survey_.streams.push_back({offer, std::move(result)});  // why not: for the words
  return false;
}

std::vector<std::pair<const onvif::Vendor*, const onvif::StreamTemplate*>> Surveyor::templates() const {
  std::vector<std::pair<const onvif::Vendor*, const onvif::StreamTemplate*>> pairs;
  for (const onvif::Vendor& vendor : task_.vendors.all()) {
    if (survey_.vendor != nullptr && &vendor != survey_.vendor) continue;
    for (const onvif::StreamTemplate& pair : vendor.streams) {
      // A password inside of a path crosses the network in the clear: only where the brand is known to want it so.
      const bool reveals = pair.main.find("{password}") != std::string::npos;
      if (survey_.vendor != nullptr || !reveals) pairs.emplace_back(&vendor, &pair);
    }
  }
  return pairs;
}

base::Status Surveyor::add_channels(const onvif::StreamTemplate& pair, const std::string& source) {
  const bool numbered = pair.main.find("{channel}") != std::string::npos;
  const int most = numbered ? std::clamp(task_.channels, 1, kMaxChannels) : 1;
  for (int channel = 1; channel <= most; ++channel) {
    if (auto main = offer_of(pair.main, channel, media::StreamRole::kMain, source)) offers_.push_back(*main);
    if (pair.sub.empty()) continue;
    if (auto sub = offer_of(pair.sub, channel, media::StreamRole::kSub, source)) offers_.push_back(*sub);
  }
  return {};
}

base::Status Surveyor::try_templates() {
  VG_TRY(progress_("paths"));
  for (const auto& [vendor, pair] : templates()) {
    if (shut_ || !survey_.budget.may_try() || line_.now() >= end()) break;
    const auto offer = offer_of(pair->main, 1, media::StreamRole::kMain, vendor->id);
    if (!offer) continue;
    VG_ASSIGN(const bool there, enter(*offer));
    if (!there) continue;
    if (survey_.vendor == nullptr) survey_.vendor = vendor;
    survey_.streams.clear();
    return add_channels(*pair, vendor->id);
  }
  return {};
}

base::Status Surveyor::find_streams() {
  const std::string typed = task_.target.reveal();
  if (typed.size() > 1) {
    offers_ = {{1, media::StreamRole::kMain, survey_.rtsp_port, base::Secret(typed), "url", {}}};
    for (const StreamOffer& one : survey_.onvif.streams) {
      const bool its_sub = one.channel == 1 && one.role == media::StreamRole::kSub && one.target.reveal() != typed;
      if (its_sub) offers_.push_back(one);
    }
  } else {
    offers_ = survey_.onvif.streams;
  }
  if (offers_.empty()) return survey_.rtsp_port != 0 ? try_templates() : base::Status();
  if (!survey_.budget.may_try()) return {};
  VG_ASSIGN(const bool there, enter(offers_.front()));
  // A typed address that is not there, or a profile that is broken: the others may still be.
  if (!there && (shut_ || offers_.size() == 1)) offers_.clear();
  if (!there && !offers_.empty()) survey_.streams.clear();
  return {};
}

base::Status Surveyor::play(const std::vector<StreamWish>& wishes, base::Micros time) {
  const base::MonoTime until = std::min(end(), line_.now() + time);
  VG_ASSIGN(std::vector<StreamResult> results, bench_.play(wishes, kWatchTime, until));
  for (std::size_t i = 0; i < results.size(); ++i) {
    survey_.streams.push_back({wishes[i].offer, std::move(results[i])});
  }
  return {};
}

/// The first channel is watched; of the others one key picture each is enough, some in the first one's company.
base::Status Surveyor::measure() {
  VG_TRY(progress_("streams"));
  std::vector<StreamWish> wishes;
  bool first = true;
  for (std::size_t i = 0; i < offers_.size(); ++i) {
    wishes.push_back({offers_[i], offers_[i].channel == 1 ? Depth::kWatch : Depth::kGlance, transport_});
    if (wishes.size() < kStreamsAtOnce && i + 1 < offers_.size()) continue;
    if (line_.now() >= end()) break;
    VG_TRY(play(wishes, first ? kWatchTime + kDoorTime : kBatchTime));
    VG_TRY(progress_("streams"));
    first = false;
    wishes.clear();
  }
  return {};
}

base::Result<Survey> Surveyor::run() {
  VG_TRY(find_ports());
  if (survey_.nothing_listens) return std::move(survey_);
  survey_.vendor = task_.vendors.find(task_.brand);
  if (!onvif_open_.empty()) {
    VG_TRY(progress_("onvif"));
    const base::Micros time = task_.channels > 1 ? kOnvifRecorderTime : kOnvifTime;
    VG_ASSIGN(survey_.onvif, survey_onvif(line_, task_, survey_.budget, onvif_open_, line_.now() + time));
  }
  if (survey_.rtsp_port != 0) {
    VG_ASSIGN(survey_.server, greet_rtsp(line_, task_, survey_.rtsp_port, line_.now() + kGreetTime));
  }
  if (survey_.vendor == nullptr) survey_.vendor = task_.vendors.match(survey_.onvif.device.manufacturer);
  if (survey_.vendor == nullptr) survey_.vendor = task_.vendors.match(survey_.onvif.name);
  if (survey_.vendor == nullptr) survey_.vendor = task_.vendors.match(survey_.server);
  VG_TRY(find_streams());
  if (!offers_.empty()) VG_TRY(measure());
  return std::move(survey_);
}

}  // namespace

base::Result<Survey> survey_device(CoreLine& line, const ProbeTask& task, const Progress& progress) {
  return Surveyor(line, task, progress).run();
}

}  // namespace vonggac::probe
