#include "motion/module.h"

#include <cstdio>
#include <string>
#include <vector>

#include "motion/analyse_shard.h"
#include "motion/motion_command.h"

namespace {

constexpr int kUsage = 2;

int run_motion(const std::vector<std::string>& arguments) {
  constexpr const char* kDetector = "--detector=";
  std::vector<std::string> files;
  std::string detector;
  bool json = false;
  bool options = true;
  for (const std::string& argument : arguments) {
    if (options && argument == "--") {
      options = false;
    } else if (options && argument == "--json") {
      json = true;
    } else if (options && argument.rfind(kDetector, 0) == 0) {
      detector = argument.substr(std::string(kDetector).size());
    } else {
      files.push_back(argument);
    }
  }
  if (!files.empty()) return vonggac::motion::run_motion_command(files, json, detector);
  std::fputs("motion: name at least one video file\n", stderr);
  return kUsage;
}

}  // namespace

extern "C" int vonggac_analyse_main(int argc, char** argv) {
  std::vector<std::string> arguments(argv, argv + argc);
  for (std::size_t i = 0; i < arguments.size() && i < 2; ++i) {
    const std::vector<std::string> rest(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
    if (arguments[i] == "analyse-shard") return vonggac::motion::run_analyse_shard(rest.empty() ? "analyse" : rest[0]);
    if (arguments[i] == "motion") return run_motion(rest);
  }
  std::fputs("this module runs 'analyse-shard' or 'motion'\n", stderr);
  return kUsage;
}
