#include "core/service.h"

#include <csignal>
#include <cstdio>

#include <malloc.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "core/analyse_pool.h"
#include "core/commands.h"
#include "core/control_server.h"
#include "core/ingest_pool.h"
#include "core/probe_desk.h"
#include "core/router.h"
#include "core/status_report.h"
#include "core/version.h"
#include "core/web_link.h"
#include "record/data_dir.h"

namespace vonggac::core {
namespace {

constexpr int kMainTickMs = 100;
constexpr int kStoreLockWaitMs = 2'000;
constexpr std::int64_t kFirstFragmentUs = 200'000;   // a start stores each camera's first frames within 3 s
constexpr std::int64_t kStopDeadlineUs = 4'000'000;  // PRC-12: out within 5 s
constexpr int kExitFailure = 1;

record::RecorderConfig recorder_config(const ServiceOptions& options) {
  const RecordConfig& from = options.config.record;
  record::RecorderConfig config;
  config.data_dir = options.data_dir;
  config.segment_max_us = static_cast<std::int64_t>(from.segment_max_s) * 1'000'000;
  config.fragment_max_us = static_cast<std::int64_t>(from.fragment_max_ms) * 1'000;
  config.first_fragment_us = kFirstFragmentUs;
  config.flush_interval_us = static_cast<std::int64_t>(from.flush_interval_ms) * 1'000;
  config.flush_interval_max_us = static_cast<std::int64_t>(from.flush_interval_max_ms) * 1'000;
  config.ram_budget_bytes = static_cast<std::uint64_t>(from.ram_budget_mib) << 20;
  config.ring_bytes_per_camera = static_cast<std::uint64_t>(from.ring_mib_per_camera) << 20;
  config.low_water_fraction = from.low_water_percent / 100;
  config.low_water_min_bytes = static_cast<std::uint64_t>(from.low_water_min_mib) << 20;
  return config;
}

int fail(const base::Status& status) {
  base::log::error("core", "{}", status.message());
  return kExitFailure;
}

/// SIGTERM and SIGINT end the service in order; blocked before any thread starts, so that all inherit it.
base::Result<base::UniqueFd> catch_stop_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  sigprocmask(SIG_BLOCK, &stop_signals, nullptr);
  base::UniqueFd fd(signalfd(-1, &stop_signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return base::from_errno(errno, "catch signals");
  return fd;
}

/// Footage is taken in on one thread and freed on another, tens of megabytes a second: given back to the system each
/// time, its pages would be cleared and faulted in again.
void keep_freed_memory() {
  constexpr int kKeptBytes = 8 << 20, kLargestFromHeapBytes = 1 << 20;
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  mallopt(M_MMAP_THRESHOLD, kLargestFromHeapBytes);
}

base::Result<VendorFile> vendors_of(const ServiceConfig& config) {
  return load_vendors(config.probe.vendors.empty() ? installed_vendors_path() : config.probe.vendors);
}

void begin_cameras(const CameraStore& store, Router& router, IngestPool& ingest, AnalysePool& analyse) {
  for (const CameraConfig& camera : store.cameras()) {
    router.add_camera(camera.id, camera.policy);
    if (!camera.policy.paused) ingest.add_camera(camera);
    analyse.add_camera(camera);
  }
}

}  // namespace

int run_service(const ServiceOptions& options) {
  keep_freed_memory();
  base::init_logging("core", options.config.log.level, options.config.log.format);
  auto signals = catch_stop_signals();
  if (!signals) return fail(signals.error());
  const base::SystemClock clock;
  // Before the camera list, whose lock is waited for: it may be a person's command that has it for a moment.
  if (const base::Status free = record::check_not_in_use(options.data_dir); !free.ok()) return fail(free);
  auto store = CameraStore::open(options.data_dir, clock, kStoreLockWaitMs);
  if (!store) return fail(store.error());
  auto recorder = record::Recorder::create(clock, recorder_config(options));
  if (!recorder) return fail(recorder.error());
  auto loop = EventLoop::create();
  if (!loop) return fail(loop.error());

  // The hooks run on the route thread and only post; WebLink is made later, so they go through this pointer,
  // which is set before the loop runs.
  WebLink* web_pointer = nullptr;
  IngestPool* ingest_pointer = nullptr;
  EventLoop& main_loop = **loop;
  RouterHooks hooks;
  hooks.on_live = [&main_loop, &web_pointer](ipc::Message message) {
    main_loop.post([&web_pointer, message = std::move(message)] {
      if (web_pointer != nullptr) web_pointer->forward_live(message);
    });
  };
  hooks.on_broken_shard = [&main_loop, &ingest_pointer](std::uint32_t ring_id) {
    main_loop.post([&ingest_pointer, ring_id] {
      if (ingest_pointer != nullptr) ingest_pointer->end_shard_of_ring(ring_id);
    });
  };
  Router router(clock, **recorder, std::move(hooks));
  if (const base::Status started = router.start(); !started.ok()) return fail(started);
  IngestPool ingest(main_loop, clock, options.config, **store, router);
  AnalysePool analyse(main_loop, clock, options.config, router, **recorder);
  StatusReport status(clock, options.data_dir, **store, **recorder, router, ingest, analyse);
  ProbeDesk probes(main_loop, clock, options.config, vendors_of(options.config));
  Commands commands({clock, **store, **recorder, router, ingest, analyse, status, probes});
  ControlServer control(main_loop, commands);
  WebLink web(main_loop, clock, options.config, options.data_dir, commands, router, ingest);
  ingest_pointer = &ingest;
  web_pointer = &web;
  status.set_web_process([&web] { return web.view(); });

  base::Status started = control.start(options.data_dir);
  if (started.ok()) started = web.start();
  if (started.ok()) {
    started = main_loop.add(signals->get(), EPOLLIN, [&](std::uint32_t) {
      signalfd_siginfo info{};
      (void)!::read(signals->get(), &info, sizeof info);
      main_loop.stop();
    });
  }
  if (!started.ok()) {
    router.stop(record::GapCause::kServiceStopped, kStopDeadlineUs);
    return fail(started);
  }
  analyse.remember(record::load_camera_memory(options.data_dir));
  begin_cameras(**store, router, ingest, analyse);
  main_loop.set_tick(kMainTickMs, [&] {
    ingest.tick();
    analyse.tick();
    probes.tick();
    web.tick();
  });
  base::log::info("core", "vonggac {} serves {}://{}/ from {}", kVersion,
                  options.config.server.uses_tls() ? "https" : "http", web.address(), options.data_dir);
  main_loop.run();

  base::log::info("core", "stopping");
  web.stop();
  probes.stop();
  analyse.stop();
  ingest.stop();
  router.stop(record::GapCause::kServiceStopped, kStopDeadlineUs);
  base::log::info("core", "stopped");
  return 0;
}

}  // namespace vonggac::core
