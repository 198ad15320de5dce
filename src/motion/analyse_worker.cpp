/// The worker process around AnalyseShard: descriptors from core, libraries loaded, sandbox, loop.
#include <exception>
#include <utility>
#include <vector>

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

base::Status run(const std::string& name) {
  VG_ASSIGN(std::unique_ptr<ipc::WorkerContext> context,
            ipc::WorkerContext::take_over(ipc::WorkerKind::kAnalyse, name));
  if (context->ring_in() == nullptr) return base::invalid_argument("the media ring was not handed down");
  const base::SystemClock clock;
  WorkerLinks links(*context);
  // Everything that opens or maps something comes before the sandbox.
  VG_ASSIGN(std::unique_ptr<AnalyseShard> shard, AnalyseShard::create(links, clock));
  VG_TRY(prepare_libraries());
  VG_TRY(context->enter_sandbox(ipc::SandboxProfile::kAnalyse));
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
