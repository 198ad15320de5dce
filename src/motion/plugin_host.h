/// The plug-ins of one analyse shard: loaded before the sandbox shuts, run inside it, and replaced by the built-in
/// engine (or by no labels) when they fail. What crashes takes the shard along; core counts that (core/plugin_watch.h).
/// Flow     ipc::AnalyseSetup -> prepare() -> [sandbox] -> start() -> make_engine(), classifier()
/// Threads  one thread at a time, the shard's.
/// Owns     libraries and the classifier; engines made here must not outlive it.
/// Errors   none outwards: reports say what runs and what does not, and why.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ipc/messages.h"
#include "media/av/picture_crop.h"
#include "motion/engine.h"
#include "motion/plugin_library.h"

namespace vonggac::motion {

/// Told before plug-in code runs, and kNone after.
using PartMark = std::function<void(ipc::AnalysePart)>;

/// The shard's object classifier.
class Classifier {
 public:
  virtual ~Classifier() = default;
  virtual std::size_t max_batch() const = 0;
  /// One label per crop; kNone where the classifier sees nothing it knows.
  virtual base::Result<std::vector<media::ObjectLabel>> classify(
      const std::vector<const media::av::RgbCrop*>& crops) = 0;
};

class PluginHost {
 public:
  /// Loads and prepares what the setup names. Before the sandbox.
  static std::unique_ptr<PluginHost> prepare(const ipc::AnalyseSetup& setup, PartMark mark);
  /// Inside the sandbox, once.
  void start();

  /// With the plug-in, where one runs; it falls back to the built-in engine by itself.
  std::unique_ptr<Engine> make_engine(const EngineSettings& settings);
  /// nullptr: none runs.
  Classifier* classifier() { return classifier_.get(); }
  /// It failed while it ran: no more labels.
  void drop_classifier(const std::string& why);
  /// What is new since the last call.
  std::vector<ipc::AnalysePartReport> take_reports();

 private:
  PluginHost(ipc::AnalyseSetup setup, PartMark mark) : setup_(std::move(setup)), mark_(std::move(mark)) {}
  std::shared_ptr<PluginLibrary> load(ipc::AnalysePart part, const std::string& name, vonggac_plugin_kind kind);
  void report(ipc::AnalysePart part, ipc::AnalysePartState state, const std::string& detail);

  ipc::AnalyseSetup setup_;
  PartMark mark_;
  std::shared_ptr<PluginLibrary> detector_library_, classifier_library_;
  std::unique_ptr<Classifier> classifier_;
  std::vector<ipc::AnalysePartReport> reports_;
};

}  // namespace vonggac::motion
