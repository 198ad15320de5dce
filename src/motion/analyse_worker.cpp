/// The worker process around AnalyseShard: descriptors from core, libraries loaded, sandbox, loop.
#include <cerrno>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include <poll.h>
#include <sched.h>
#include <sys/resource.h>

#include <opencv2/core.hpp>

#include "base/log.h"
#include "ipc/worker.h"
#include "media/av/decoder.h"
#include "motion/analyse_shard.h"

namespace vonggac::motion {
namespace {

class WorkerLinks final : public AnalyseLinks {
 public:
  explicit WorkerLinks(ipc::WorkerContext& context) : context_(context) {}

  int control_fd() const override { return context_.control().fd(); }
  int bell_fd() const override { return context_.ring_in()->doorbell_fd(); }
  base::Result<std::vector<ipc::Received>> receive() override { return context_.control().receive(); }
  void clear_bell() override { context_.ring_in()->clear_bell(); }
  base::Result<ipc::Message> read_media() override { return context_.ring_in()->read(); }
  base::Status send(const ipc::Message& message) override { return context_.control().send(message); }
  base::Status flush() override {
    return context_.control().wants_write() ? context_.control().flush() : base::Status();
  }
  void beat(base::MonoTime now) override { context_.beat(now); }
  void mark_part(ipc::AnalysePart part) override { context_.mark_part(part); }
  void guarded(std::uint16_t slot, const std::function<void()>& work) override {
    const ipc::WorkerContext::Guard guard = context_.guard(slot);
    work();
  }

 private:
  ipc::WorkerContext& context_;
};

/// Lets the engine run over a few pictures with something moving, so that OpenCV has done its lazy part.
void warm_up_engine() {
  cv::setNumThreads(0);
  const std::unique_ptr<Engine> engine = Engine::create({});
  constexpr int kWidth = 320, kHeight = 180, kPictures = 24;
  std::vector<std::uint8_t> luma(std::size_t{kWidth} * kHeight);
  for (int i = 0; i < kPictures; ++i) {
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const bool inside = i > 16 && x > 8 * i && x < 8 * i + 40 && y > 60 && y < 120;
        luma[static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)] =
            inside ? 250 : static_cast<std::uint8_t>((x ^ y) & 127);
      }
    }
    (void)engine->look({luma.data(), kWidth, kHeight, kWidth}, i * FrameSampler::kIntervalUs);
  }
}

}  // namespace

base::Status prepare_libraries() {
  VG_TRY(media::av::warm_up());
  warm_up_engine();
  return {};
}

namespace {

constexpr int kSetupWaitMs = 10'000;
constexpr int kNice = 5;  // a third of the recorder's share where both want the processor

/// Looking gives way to reading cameras and to recording.
void give_way() {
  (void)setpriority(PRIO_PROCESS, 0, kNice);
  const sched_param none{};
  (void)sched_setscheduler(0, SCHED_BATCH, &none);
}

/// Core's first message. kCancelled: core wants us to stop already.
base::Result<ipc::AnalyseSetup> receive_setup(ipc::Channel& control) {
  for (;;) {
    pollfd waiting{control.fd(), POLLIN, 0};
    const int ready = poll(&waiting, 1, kSetupWaitMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return base::timed_out("core did not say what to load");
    VG_ASSIGN(const std::vector<ipc::Received> messages, control.receive());
    for (const ipc::Received& received : messages) {
      if (const auto* setup = std::get_if<ipc::AnalyseSetup>(&received.message)) return *setup;
      if (std::holds_alternative<ipc::Shutdown>(received.message))
        return base::Status(base::ErrorKind::kCancelled, "core stops");
    }
  }
}

/// Everything of other people that is opened before the sandbox: plug-ins and the graphics device.
ShardParts prepare_parts(const ipc::AnalyseSetup& setup, WorkerLinks& links, ipc::AnalysePartReport& hardware) {
  ShardParts parts;
  parts.plugins = PluginHost::prepare(setup, [&links](ipc::AnalysePart part) { links.mark_part(part); });
  hardware.part = ipc::AnalysePart::kHardwareDecode;
  hardware.name = "va-api";
  if (!setup.hardware_decode) return parts;
  links.mark_part(ipc::AnalysePart::kHardwareDecode);
  media::av::HardwareDecode::Probed probed = media::av::HardwareDecode::open();
  links.mark_part(ipc::AnalysePart::kNone);
  hardware.state = probed.device ? ipc::AnalysePartState::kRunning : ipc::AnalysePartState::kOff;
  hardware.detail = probed.detail;
  if (!probed.device) return parts;
  parts.hardware = std::move(probed.device);
  parts.hardware->in_hand = [&links](bool begins) {
    links.mark_part(begins ? ipc::AnalysePart::kHardwareDecode : ipc::AnalysePart::kNone);
  };
  return parts;
}

base::Status run(const std::string& name) {
  VG_ASSIGN(std::unique_ptr<ipc::WorkerContext> context,
            ipc::WorkerContext::take_over(ipc::WorkerKind::kAnalyse, name));
  if (context->ring_in() == nullptr) return base::invalid_argument("the media ring was not handed down");
  const base::SystemClock clock;
  WorkerLinks links(*context);
  give_way();
  // Everything that opens or maps something comes before the sandbox.
  base::Result<ipc::AnalyseSetup> setup = receive_setup(context->control());
  if (!setup) return setup.error().kind() == base::ErrorKind::kCancelled ? base::Status() : setup.error();
  VG_TRY(prepare_libraries());
  ipc::AnalysePartReport hardware;
  ShardParts parts = prepare_parts(*setup, links, hardware);
  const auto profile = parts.hardware ? ipc::SandboxProfile::kAnalyseHardware : ipc::SandboxProfile::kAnalyse;
  VG_ASSIGN(std::unique_ptr<AnalyseShard> shard,
            AnalyseShard::create(links, clock, std::move(parts), setup->cpu_percent));
  VG_TRY(context->enter_sandbox(profile));
  VG_TRY(links.send(hardware));
  context->beat(clock.mono_now());  // a large model takes its time
  shard->start_parts();
  while (!shard->done()) shard->turn();
  return links.flush();
}

}  // namespace

int run_analyse_shard(const std::string& name) {
  try {
    const base::Status status = run(name);
    if (status.ok()) return 0;
    base::log::error("motion", "{}", status.message());
  } catch (const std::exception& failure) {  // memory limit: core restarts the process
    base::log::error("motion", "{}", failure.what());
  }
  return 1;
}

}  // namespace vonggac::motion
