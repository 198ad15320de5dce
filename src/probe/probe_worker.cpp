#include "probe/probe_worker.h"

#include <poll.h>

#include "base/digest.h"
#include "base/log.h"
#include "ipc/worker.h"
#include "onvif/soap.h"
#include "probe/discovery_round.h"
#include "probe/survey_json.h"

namespace vonggac::probe {
namespace {

namespace json = boost::json;

constexpr base::Micros kFirstMessage{10'000'000};
constexpr base::Micros kFlushTime{5'000'000};

class WorkerLinks final : public ProbeLinks {
 public:
  explicit WorkerLinks(ipc::WorkerContext& context) : context_(context) {}
  int control_fd() const override { return context_.control().fd(); }
  base::Result<std::vector<ipc::Received>> receive() override { return context_.control().receive(); }
  base::Status send(const ipc::Message& message) override { return context_.control().send(message); }
  base::Status flush() override {
    return context_.control().wants_write() ? context_.control().flush() : base::Status();
  }
  void beat(base::MonoTime now) override { context_.beat(now); }

 private:
  ipc::WorkerContext& context_;
};

constexpr std::size_t kMostStills = 2 * ipc::kMaxSlots;  ///< main and sub stream of 64 channels

/// One whole key picture of each stream; decoding is not done here.
base::Status send_key_pictures(CoreLine& line, const Survey& survey) {
  for (std::size_t i = 0; i < survey.streams.size() && i < kMostStills; ++i) {
    const StreamGauge& gauge = survey.streams[i].result.gauge;
    if (!gauge.has_key()) continue;
    const auto slot = static_cast<std::uint16_t>(i);
    VG_TRY(line.send(ipc::MediaParameters{slot, 0, media::TrackKind::kVideo, gauge.video()}));
    VG_TRY(line.send(ipc::MediaUnit{slot, 0, gauge.key()}));
  }
  return {};
}

base::Status probe_device(CoreLine& line, ipc::ProbeStart start) {
  VG_ASSIGN(const ProbeTask task, read_task(std::move(start)));
  const Progress progress = [&line](const char* step) {
    return line.send(ipc::ProbeNews{false, json::serialize(json::object{{"step", step}})});
  };
  const base::Result<Survey> survey = survey_device(line, task, progress);
  if (!survey) {
    if (survey.error().kind() == base::ErrorKind::kCancelled) return survey.error();
    const json::object failure{
        {"error", survey.error().kind() == base::ErrorKind::kOutOfRange ? "forbidden" : "failed"},
        {"detail", survey.error().message()}};
    return line.send(ipc::ProbeNews{true, json::serialize(failure)});
  }
  VG_TRY(send_key_pictures(line, *survey));
  return line.send(ipc::ProbeNews{true, json::serialize(survey_json(*survey, task))});
}

base::Status flush_all(ProbeLinks& links, const base::Clock& clock) {
  const base::MonoTime until = clock.mono_now() + kFlushTime;
  while (clock.mono_now() < until) {
    VG_TRY(links.flush());
    if (!wait_for(links.control_fd(), POLLIN, clock, std::min(until, clock.mono_now() + base::Millis(50)))) continue;
    const auto received = links.receive();
    if (!received) return {};  // core has what it wanted and is gone
  }
  return {};
}

base::Status run_worker(const std::string& name) {
  VG_ASSIGN(std::unique_ptr<ipc::WorkerContext> context, ipc::WorkerContext::take_over(ipc::WorkerKind::kProbe, name));
  const base::SystemClock clock;
  base::digest_warm_up();
  onvif::soap_warm_up();
  VG_TRY(context->enter_sandbox(ipc::SandboxProfile::kProbe));
  WorkerLinks links(*context);
  VG_TRY(serve_probe(links, clock));
  return flush_all(links, clock);
}

}  // namespace

base::Status serve_probe(ProbeLinks& links, const base::Clock& clock) {
  CoreLine line(links, clock);
  const base::MonoTime until = clock.mono_now() + kFirstMessage;
  while (wait_for(links.control_fd(), POLLIN, clock, until)) {
    VG_ASSIGN(std::vector<ipc::Received> received, line.pump());
    for (ipc::Received& one : received) {
      if (auto* start = std::get_if<ipc::ProbeStart>(&one.message)) return probe_device(line, std::move(*start));
      const auto* listen = std::get_if<ipc::DiscoveryListen>(&one.message);
      if (listen != nullptr && !one.fds.empty()) {
        return listen_for_devices(line, std::move(one.fds.front()), base::Millis(listen->milliseconds));
      }
    }
  }
  return base::timed_out("core did not say what to look at");
}

int run_probe_worker(const std::string& name) {
  try {
    const base::Status status = run_worker(name);
    if (status.ok() || status.kind() == base::ErrorKind::kCancelled) return 0;
    base::log::error("probe", "{}", status.message());
  } catch (const std::exception& failure) {
    base::log::error("probe", "{}", failure.what());
  }
  return 1;
}

}  // namespace vonggac::probe
