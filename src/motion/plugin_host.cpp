#include "motion/plugin_host.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/log.h"
#include "motion/plugin_engine.h"

namespace vonggac::motion {
namespace {

using ipc::AnalysePart;
using ipc::AnalysePartState;

constexpr std::size_t kMostBatch = 32;

class PluginClassifier final : public Classifier {
 public:
  static base::Result<std::unique_ptr<Classifier>> create(std::shared_ptr<PluginLibrary> library, PartMark mark) {
    std::unique_ptr<PluginClassifier> out(new PluginClassifier(std::move(library), std::move(mark)));
    vonggac_error error{};
    const std::int32_t result =
        out->guarded(error, [&] { return out->functions().create(out->library_->shared(), &out->instance_, &error); });
    if (result != VONGGAC_OK) return base::unavailable(text_of(error));
    out->created_ = true;
    return std::unique_ptr<Classifier>(std::move(out));
  }
  ~PluginClassifier() override {
    if (created_) functions().destroy(instance_);
  }

  std::size_t max_batch() const override { return std::clamp<std::size_t>(functions().max_batch, 1, kMostBatch); }

  base::Result<std::vector<media::ObjectLabel>> classify(const std::vector<const media::av::RgbCrop*>& crops) override {
    std::vector<vonggac_crop> pictures(crops.size());
    std::vector<vonggac_verdict> verdicts(crops.size());
    std::vector<const vonggac_crop*> picture_pointers;
    std::vector<vonggac_verdict*> verdict_pointers;
    for (std::size_t i = 0; i < crops.size(); ++i) {
      pictures[i] = {sizeof(vonggac_crop), crops[i]->width_px, crops[i]->height_px, crops[i]->width_px * 3,
                     crops[i]->rgb.data()};
      verdicts[i].size_bytes = sizeof(vonggac_verdict);
      picture_pointers.push_back(&pictures[i]);
      verdict_pointers.push_back(&verdicts[i]);
    }
    vonggac_error error{};
    const std::int32_t result = guarded(error, [&] {
      return functions().classify(instance_, picture_pointers.data(), static_cast<std::uint32_t>(crops.size()),
                                  verdict_pointers.data(), &error);
    });
    if (result != VONGGAC_OK) return base::unavailable(text_of(error));
    std::vector<media::ObjectLabel> labels;
    for (const vonggac_verdict& verdict : verdicts) {
      const bool known = verdict.object_class <= VONGGAC_CLASS_OTHER && std::isfinite(verdict.score);
      labels.push_back(known ? media::ObjectLabel{static_cast<media::ObjectClass>(verdict.object_class),
                                                  std::clamp(verdict.score, 0.0F, 1.0F)}
                             : media::ObjectLabel{});
    }
    return labels;
  }

 private:
  PluginClassifier(std::shared_ptr<PluginLibrary> library, PartMark mark)
      : library_(std::move(library)), mark_(std::move(mark)) {}
  const vonggac_object_classifier& functions() const { return *library_->plugin().classifier; }

  template <typename Work>
  std::int32_t guarded(vonggac_error& error, Work&& work) {
    return call_plugin(mark_, AnalysePart::kClassifier, error, std::forward<Work>(work));
  }

  std::shared_ptr<PluginLibrary> library_;
  PartMark mark_;
  void* instance_ = nullptr;
  bool created_ = false;
};

}  // namespace

std::unique_ptr<PluginHost> PluginHost::prepare(const ipc::AnalyseSetup& setup, PartMark mark) {
  std::unique_ptr<PluginHost> host(new PluginHost(setup, std::move(mark)));
  host->detector_library_ = host->load(AnalysePart::kDetector, setup.detector, VONGGAC_MOTION_DETECTOR);
  host->classifier_library_ = host->load(AnalysePart::kClassifier, setup.classifier, VONGGAC_OBJECT_CLASSIFIER);
  return host;
}

std::shared_ptr<PluginLibrary> PluginHost::load(AnalysePart part, const std::string& name, vonggac_plugin_kind kind) {
  if (name.empty()) return nullptr;
  const std::string& directory = setup_.plugin_directory.empty() ? default_plugin_directory() : setup_.plugin_directory;
  mark_(part);
  base::Result<std::shared_ptr<PluginLibrary>> library = PluginLibrary::load(directory, name, kind);
  const base::Status prepared = library ? (*library)->prepare(setup_.plugin_options) : library.error();
  mark_(AnalysePart::kNone);
  if (prepared.ok()) return *library;
  report(part, AnalysePartState::kFailed, prepared.message());
  return nullptr;
}

void PluginHost::start() {
  if (detector_library_) report(AnalysePart::kDetector, AnalysePartState::kRunning, "");
  if (!classifier_library_) return;
  auto classifier = PluginClassifier::create(classifier_library_, mark_);
  if (classifier) {
    classifier_ = std::move(*classifier);
    report(AnalysePart::kClassifier, AnalysePartState::kRunning, "");
  } else {
    report(AnalysePart::kClassifier, AnalysePartState::kFailed, classifier.error().message());
  }
}

std::unique_ptr<Engine> PluginHost::make_engine(const EngineSettings& settings) {
  if (!detector_library_) return Engine::create(settings);
  return make_plugin_engine(detector_library_, settings, mark_, [this](const std::string& why) {
    if (!detector_library_) return;
    report(AnalysePart::kDetector, AnalysePartState::kFailed, why + "; the built-in engine goes on");
    detector_library_.reset();  // engines that still run with it have their own reference
  });
}

void PluginHost::drop_classifier(const std::string& why) {
  report(AnalysePart::kClassifier, AnalysePartState::kFailed, why);
  classifier_.reset();
}

void PluginHost::report(AnalysePart part, AnalysePartState state, const std::string& detail) {
  ipc::AnalysePartReport out;
  out.part = part;
  out.state = state;
  out.name = part == AnalysePart::kDetector ? setup_.detector : setup_.classifier;
  const auto& library = part == AnalysePart::kDetector ? detector_library_ : classifier_library_;
  if (library) out.version = library->version();
  out.detail = detail;
  if (state == AnalysePartState::kFailed) {
    base::log::error("motion", "{} plug-in {}: {}", ipc::analyse_part_name(part), out.name, detail);
  }
  reports_.push_back(std::move(out));
}

std::vector<ipc::AnalysePartReport> PluginHost::take_reports() { return std::exchange(reports_, {}); }

}  // namespace vonggac::motion
