#include "motion/module.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "motion/analyse_shard.h"
#include "motion/motion_command.h"
#include "motion/still_worker.h"
#include "motion/zone_settings.h"

namespace {

constexpr int kUsage = 2;

int run_motion(const std::vector<std::string>& arguments) {
  constexpr const char* kDetector = "--detector=";
  constexpr const char* kZones = "--zones=";
  vonggac::motion::MotionCommand command;
  bool options = true;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (options && argument == "--") {
      options = false;
    } else if (options && argument == "--json") {
      command.json = true;
    } else if (options && argument == "--explain" && i + 1 < arguments.size()) {
      command.explain = arguments[++i];
    } else if (options && argument == "--sensitivity" && i + 1 < arguments.size()) {
      command.sensitivity = std::atoi(arguments[++i].c_str());
    } else if (options && argument.rfind(kDetector, 0) == 0) {
      command.detector = argument.substr(std::string(kDetector).size());
    } else if (options && argument.rfind(kZones, 0) == 0) {
      auto zones = vonggac::motion::zones_from_text(argument.substr(std::string(kZones).size()));
      if (!zones) {
        std::fputs("motion: the zones cannot be read\n", stderr);
        return kUsage;
      }
      command.zones = std::move(*zones);
    } else {
      command.files.push_back(argument);
    }
  }
  if (command.files.empty() || (!command.explain.empty() && command.files.size() > 1)) {
    std::fputs("motion: name at least one video file, and only one with --explain\n", stderr);
    return kUsage;
  }
  return vonggac::motion::run_motion_command(command);
}

}  // namespace

extern "C" int vonggac_analyse_main(int argc, char** argv) {
  std::vector<std::string> arguments(argv, argv + argc);
  for (std::size_t i = 0; i < arguments.size() && i < 2; ++i) {
    const std::vector<std::string> rest(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
    if (arguments[i] == "analyse-shard") return vonggac::motion::run_analyse_shard(rest.empty() ? "analyse" : rest[0]);
    if (arguments[i] == "still-worker") return vonggac::motion::run_still_worker(rest.empty() ? "still" : rest[0]);
    if (arguments[i] == "motion") return run_motion(rest);
  }
  std::fputs("this module runs 'analyse-shard', 'still-worker' or 'motion'\n", stderr);
  return kUsage;
}
