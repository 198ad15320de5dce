#include "motion/analyse_shard.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include <sys/epoll.h>

#include "base/log.h"

namespace vonggac::motion {
namespace {

constexpr int kIdleWaitMs = 500;  // the heartbeat is due once a second
constexpr int kLabelWaitMs = 50;
constexpr int kBudgetWaitMs = 20;
constexpr base::Millis kShedEvery{200};  // what one camera gave up shows before the next one has to
constexpr base::Micros kWorkSlice{20'000};
constexpr base::Seconds kTick{1};
constexpr std::size_t kMaxMediaPerTurn = 512;

std::int64_t thread_cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
}

bool watch(int epoll_fd, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

std::optional<std::size_t> choose_to_shed(const std::vector<Backlog>& backlogs) {
  const auto late = [](const Backlog& backlog) { return backlog.age > kMaxBacklog; };
  if (std::none_of(backlogs.begin(), backlogs.end(), late)) return std::nullopt;
  const Backlog* chosen = nullptr;
  for (const Backlog& backlog : backlogs) {
    if (!backlog.can_shed) continue;
    if (chosen == nullptr || std::pair(backlog.cost_us, backlog.age) > std::pair(chosen->cost_us, chosen->age)) {
      chosen = &backlog;
    }
  }
  return chosen != nullptr ? std::optional(chosen->index) : std::nullopt;
}

base::Result<std::unique_ptr<AnalyseShard>> AnalyseShard::create(AnalyseLinks& links, const base::Clock& clock,
                                                                 ShardParts parts, int cpu_percent) {
  base::UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid() || !watch(epoll.get(), links.control_fd()) || !watch(epoll.get(), links.bell_fd())) {
    return base::from_errno(errno, "wait for core");
  }
  return std::unique_ptr<AnalyseShard>(new AnalyseShard(links, clock, std::move(epoll), std::move(parts), cpu_percent));
}

AnalyseShard::AnalyseShard(AnalyseLinks& links, const base::Clock& clock, base::UniqueFd epoll, ShardParts parts,
                           int cpu_percent)
    : links_(links),
      clock_(clock),
      epoll_(std::move(epoll)),
      parts_(std::move(parts)),
      budget_(cpu_percent),
      next_tick_(clock.mono_now() + kTick) {}

AnalyseShard::~AnalyseShard() = default;

const CameraAnalyser* AnalyseShard::camera(std::uint16_t slot) const {
  return slot < cameras_.size() ? cameras_[slot].get() : nullptr;
}

bool AnalyseShard::has_work() const {
  return std::any_of(cameras_.begin(), cameras_.end(), [](const auto& c) { return c && c->has_work(); });
}

int AnalyseShard::wait_ms() {
  if (has_work()) return budget_.allows(clock_.mono_now()) ? 0 : kBudgetWaitMs;
  return labeller_ && labeller_->waiting() ? kLabelWaitMs : kIdleWaitMs;
}

void AnalyseShard::turn() {
  std::array<epoll_event, 2> events;
  epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms());
  const base::MonoTime now = clock_.mono_now();
  links_.beat(now);
  // Control first: core announces a camera there before it writes the camera's units to the ring.
  receive_control();
  receive_media();
  work();
  label();
  shed_if_late();
  if (now >= next_tick_) tick(now);
  if (!links_.flush().ok()) done_ = true;
}

// ---- core ------------------------------------------------------------------------------------------------

void AnalyseShard::receive_control() {
  base::Result<std::vector<ipc::Received>> messages = links_.receive();
  if (!messages) {
    base::log::info("motion", "core is gone: {}", messages.error().message());
    done_ = true;
    return;
  }
  for (const ipc::Received& received : *messages) handle(received.message);
}

void AnalyseShard::handle(const ipc::Message& message) {
  if (const auto* settings = std::get_if<ipc::AnalyseCamera>(&message)) {
    start(*settings);
  } else if (const auto* stop = std::get_if<ipc::AnalyseStop>(&message)) {
    if (stop->slot >= cameras_.size() || !cameras_[stop->slot]) return;
    cameras_[stop->slot]->finish();
    cameras_[stop->slot].reset();
  } else if (const auto* request = std::get_if<ipc::SnapshotRequest>(&message)) {
    if (request->slot < cameras_.size() && cameras_[request->slot]) cameras_[request->slot]->request_snapshot();
  } else if (const auto* wake = std::get_if<ipc::AnalyseWake>(&message)) {
    if (CameraAnalyser* const camera = active(wake->slot, wake->generation)) camera->wake_until(wake->until);
  } else if (const auto* shadow = std::get_if<ipc::AnalyseShadow>(&message)) {
    if (CameraAnalyser* const camera = active(shadow->slot, shadow->generation)) camera->start_shadow(*shadow);
  } else if (const auto* view = std::get_if<ipc::TamperView>(&message)) {
    if (CameraAnalyser* const camera = active(view->slot, view->generation)) camera->restore_view(*view);
  } else if (const auto* accepted = std::get_if<ipc::TamperAccept>(&message)) {
    if (CameraAnalyser* const camera = active(accepted->slot, accepted->generation)) camera->accept_view();
  } else if (std::holds_alternative<ipc::Shutdown>(message)) {
    for (const auto& camera : cameras_) {
      if (camera) camera->finish();
    }
    done_ = true;
  } else {
    base::log::warning("motion", "core sent a message that is not for an analyse shard (type {})", message.index());
  }
}

void AnalyseShard::start(const ipc::AnalyseCamera& settings) {
  if (settings.slot >= cameras_.size()) {
    base::log::error("motion", "slot {} is out of range", settings.slot);
    return;
  }
  std::unique_ptr<CameraAnalyser>& camera = cameras_[settings.slot];
  if (camera && camera->generation() == settings.generation) {
    camera->change_settings(settings);
    return;
  }
  if (camera) camera->finish();
  camera = std::make_unique<CameraAnalyser>(
      settings, clock_,
      [this](const ipc::Message& message) {
        if (!links_.send(message).ok()) done_ = true;
      },
      AnalyserParts{parts_.plugins.get(), labeller_.get(), parts_.hardware.get()});
}

CameraAnalyser* AnalyseShard::active(std::uint16_t slot, std::uint32_t generation) {
  if (slot >= cameras_.size() || !cameras_[slot] || cameras_[slot]->generation() != generation) return nullptr;
  return cameras_[slot].get();
}

void AnalyseShard::receive_media() {
  links_.clear_bell();
  for (std::size_t i = 0; i < kMaxMediaPerTurn; ++i) {
    base::Result<ipc::Message> message = links_.read_media();
    if (message) {
      take(std::move(message).value());
      continue;
    }
    if (message.error().kind() != base::ErrorKind::kNotFound) {
      base::log::error("motion", "media ring: {}", message.error().message());
      done_ = true;
    }
    return;
  }
}

void AnalyseShard::take(ipc::Message message) {
  if (auto* unit = std::get_if<ipc::MediaUnit>(&message)) {
    if (CameraAnalyser* camera = active(unit->slot, unit->generation)) camera->take(std::move(unit->unit));
  } else if (const auto* parameters = std::get_if<ipc::MediaParameters>(&message)) {
    CameraAnalyser* const camera = active(parameters->slot, parameters->generation);
    if (camera == nullptr || parameters->track != media::TrackKind::kVideo) return;
    links_.guarded(parameters->slot, [&] { camera->set_parameters(parameters->parameters); });
  }
}

// ---- plug-ins --------------------------------------------------------------------------------------------

void AnalyseShard::start_parts() {
  if (!parts_.plugins) return;
  parts_.plugins->start();
  if (Classifier* const classifier = parts_.plugins->classifier()) {
    labeller_ = std::make_unique<ObjectLabeller>(*classifier, thread_cpu_us);
  }
  report_parts();
}

void AnalyseShard::report_parts() {
  if (!parts_.plugins) return;
  for (const ipc::AnalysePartReport& report : parts_.plugins->take_reports()) {
    if (!links_.send(report).ok()) done_ = true;
  }
}

/// Labels wait for pictures: a machine that is behind with looking does not classify.
void AnalyseShard::label() {
  if (!labeller_) return;
  const auto late = [](const auto& camera) { return camera && camera->backlog() > kMaxBacklog / 2; };
  if (std::any_of(cameras_.begin(), cameras_.end(), late)) return;
  for (const LabelResult& result : labeller_->work(clock_.mono_now())) {
    if (CameraAnalyser* const camera = active(result.slot, result.generation)) {
      camera->take_label(result.event, result.label);
    }
  }
  if (labeller_->failed().empty()) return;
  for (const auto& camera : cameras_) {
    if (camera) camera->drop_labeller();
  }
  parts_.plugins->drop_classifier(labeller_->failed());
  labeller_.reset();
}

// ---- work ------------------------------------------------------------------------------------------------

void AnalyseShard::work() {
  const base::MonoTime until = clock_.mono_now() + kWorkSlice;
  std::size_t idle = 0;
  while (idle < cameras_.size() && budget_.allows(clock_.mono_now())) {
    const auto slot = static_cast<std::uint16_t>(turn_of_);
    turn_of_ = (turn_of_ + 1) % cameras_.size();
    CameraAnalyser* const camera = cameras_[slot].get();
    if (camera == nullptr || !camera->has_work()) {
      ++idle;
      continue;
    }
    idle = 0;
    const std::int64_t before_us = thread_cpu_us();
    links_.guarded(slot, [&] { camera->step(); });
    const std::int64_t spent_us = thread_cpu_us() - before_us;
    camera->charge(spent_us);
    budget_.spend(spent_us);
    if (clock_.mono_now() >= until) return;
  }
}

void AnalyseShard::shed_if_late() {
  const base::MonoTime now = clock_.mono_now();
  if (now < next_shed_) return;
  std::vector<Backlog> backlogs;
  for (std::size_t i = 0; i < cameras_.size(); ++i) {
    if (!cameras_[i]) continue;
    const base::Micros age = cameras_[i]->backlog();
    backlogs.push_back({i, age, cameras_[i]->can_shed(), cameras_[i]->cost_us()});
  }
  const std::optional<std::size_t> chosen = choose_to_shed(backlogs);
  if (!chosen) {
    shed_waiting_keys();
    return;
  }
  next_shed_ = now + kShedEvery;
  CameraAnalyser& camera = *cameras_[*chosen];
  const std::uint64_t before = camera.counters().shed;
  camera.shed();
  shed_units_ += camera.counters().shed - before;
}

/// Nobody is awake, and still key pictures wait: each camera keeps its newest.
void AnalyseShard::shed_waiting_keys() {
  for (const auto& camera : cameras_) {
    if (camera && camera->backlog() > kMaxBacklog) shed_units_ += camera->shed_keys();
  }
}

void AnalyseShard::tick(base::MonoTime now) {
  next_tick_ = now + kTick;
  for (const auto& camera : cameras_) {
    if (camera) camera->tick();
  }
  report_parts();
  if (shed_units_ == shed_told_) return;
  base::log::warning("motion", "this machine cannot keep up: {} pictures were not looked at", shed_units_ - shed_told_);
  shed_told_ = shed_units_;
}

}  // namespace vonggac::motion
