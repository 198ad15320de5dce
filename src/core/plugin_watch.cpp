#include "core/plugin_watch.h"

namespace vonggac::core {
namespace {

using ipc::AnalysePart;
using ipc::AnalysePartState;

constexpr AnalysePart kAllParts[] = {AnalysePart::kDetector, AnalysePart::kClassifier, AnalysePart::kHardwareDecode};

const char* what_goes_on(AnalysePart part) {
  switch (part) {
    case AnalysePart::kDetector:
      return "the built-in engine goes on";
    case AnalysePart::kClassifier:
      return "events have no labels";
    case AnalysePart::kHardwareDecode:
      return "software decodes";
    case AnalysePart::kNone:
      break;
  }
  return "";
}

}  // namespace

PluginWatch::PluginWatch(const AnalyseConfig& analyse, const PluginConfig& plugins) {
  if (analyse.detector != "builtin") configured_.detector = analyse.detector;
  if (analyse.classifier != "none") configured_.classifier = analyse.classifier;
  configured_.plugin_directory = plugins.directory;
  configured_.plugin_options = plugins.options;
  configured_.cpu_percent = static_cast<std::uint8_t>(analyse.cpu_percent);
  configured_.hardware_decode = analyse.hardware_decode == HardwareDecodeChoice::kAuto;
  part(AnalysePart::kDetector).wanted = !configured_.detector.empty();
  part(AnalysePart::kDetector).report.name = configured_.detector;
  part(AnalysePart::kClassifier).wanted = !configured_.classifier.empty();
  part(AnalysePart::kClassifier).report.name = configured_.classifier;
  part(AnalysePart::kHardwareDecode).wanted = configured_.hardware_decode;
  part(AnalysePart::kHardwareDecode).report.name = "va-api";
}

ipc::AnalyseSetup PluginWatch::setup() const {
  ipc::AnalyseSetup setup = configured_;
  if (part(AnalysePart::kDetector).disabled) setup.detector.clear();
  if (part(AnalysePart::kClassifier).disabled) setup.classifier.clear();
  if (part(AnalysePart::kHardwareDecode).disabled) setup.hardware_decode = false;
  return setup;
}

void PluginWatch::on_report(const ipc::AnalysePartReport& report) {
  if (report.part == AnalysePart::kNone) return;
  Part& one = part(report.part);
  if (!one.wanted || one.disabled) return;
  one.report = report;
  one.reported = true;
}

bool PluginWatch::on_crash(AnalysePart which, const std::string& how, base::MonoTime now) {
  if (which == AnalysePart::kNone) return false;
  Part& one = part(which);
  if (!one.wanted || one.disabled) return false;
  if (one.crashes_in_window == 0 || now - one.first_crash > kCrashWindow) {
    one.crashes_in_window = 0;
    one.first_crash = now;
  }
  ++one.crashes;
  ++one.crashes_in_window;
  one.report.detail = "its code ended an analyse process (" + how + ")";
  if (one.crashes_in_window < kCrashesBeforeOff) return false;
  one.disabled = true;
  one.report.detail = "its code ended an analyse process " + std::to_string(one.crashes_in_window) +
                      " times in ten minutes (last: " + how + "); it is left out until the service starts anew; " +
                      what_goes_on(which);
  return true;
}

std::vector<PartView> PluginWatch::views() const {
  std::vector<PartView> views;
  for (const AnalysePart which : kAllParts) {
    const Part& one = part(which);
    if (!one.wanted) continue;
    PartView view{
        ipc::analyse_part_name(which), one.report.name, one.report.version, "starting", one.report.detail, one.crashes};
    if (one.disabled) {
      view.state = "disabled";
    } else if (one.reported) {
      view.state = one.report.state == AnalysePartState::kRunning  ? "running"
                   : one.report.state == AnalysePartState::kFailed ? "failed"
                                                                   : "off";
    }
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace vonggac::core
