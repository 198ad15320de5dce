/// The worker process around IngestShard: descriptors from core, sandbox, loop.
#include <cstdlib>
#include <exception>
#include <utility>

#include "base/digest.h"
#include "base/log.h"
#include "ingest/ingest_shard.h"
#include "ipc/worker.h"

namespace vonggac::ingest {
namespace {

class WorkerLinks final : public ShardLinks {
 public:
  explicit WorkerLinks(ipc::WorkerContext& context) : context_(context) {}

  int control_fd() const override { return context_.control().fd(); }
  base::Result<std::vector<ipc::Received>> receive() override { return context_.control().receive(); }
  base::Status send(const ipc::Message& message) override { return context_.control().send(message); }
  base::Status flush() override {
    return context_.control().wants_write() ? context_.control().flush() : base::Status();
  }
  bool write_media(const ipc::Message& message) override {
    const base::Status written = context_.ring_out()->write(message, false);
    if (!written.ok() && written.kind() != base::ErrorKind::kNoSpace && !std::exchange(ring_error_said_, true)) {
      base::log::error("ingest", "media ring: {}", written.message());
    }
    return written.ok();
  }
  void ring_bell() override { context_.ring_out()->ring(); }
  void beat(base::MonoTime now) override { context_.beat(now); }
  void name_camera(std::optional<std::uint16_t> camera_slot) override { context_.name_camera(camera_slot); }

 private:
  ipc::WorkerContext& context_;
  bool ring_error_said_ = false;
};

/// Core's setting `ingest.gather_ms`; anything that core would not have written is ignored.
base::Micros gather_time() {
  const char* text = std::getenv("VONGGAC_GATHER_MS");
  const long milliseconds = text != nullptr ? std::strtol(text, nullptr, 10) : 0;
  return milliseconds >= 1 && milliseconds <= 100 ? base::Micros(milliseconds * 1000) : kGatherTime;
}

base::Status run(const std::string& name) {
  VG_ASSIGN(std::unique_ptr<ipc::WorkerContext> context, ipc::WorkerContext::take_over(ipc::WorkerKind::kIngest, name));
  if (context->ring_out() == nullptr) return base::invalid_argument("the media ring was not handed down");
  const base::SystemClock clock;
  WorkerLinks links(*context);
  // Everything that opens something comes before the sandbox.
  VG_ASSIGN(std::unique_ptr<IngestShard> shard, IngestShard::create(links, clock, gather_time()));
  base::digest_warm_up();
  VG_TRY(context->enter_sandbox(ipc::SandboxProfile::kIngest));
  while (!shard->done()) shard->turn();
  return {};
}

}  // namespace

int run_ingest_shard(const std::string& name) {
  try {
    const base::Status status = run(name);
    if (status.ok()) return 0;
    base::log::error("ingest", "{}", status.message());
  } catch (const std::exception& failure) {  // memory limit: core restarts the process
    base::log::error("ingest", "{}", failure.what());
  }
  return 1;
}

}  // namespace vonggac::ingest
