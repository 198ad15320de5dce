#include "cli/analyse_module.h"

#include <climits>

#include <dlfcn.h>
#include <unistd.h>

#include "base/log.h"

namespace vonggac::cli {
namespace {

using AnalyseMain = int (*)(int, char**);

std::vector<std::string> candidates() {
  constexpr const char* kName = "/libvonggac_analyse.so";
  std::vector<std::string> paths;
  char program[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", program, sizeof program);
  if (size > 0 && size < static_cast<ssize_t>(sizeof program)) {
    const std::string path(program, static_cast<std::size_t>(size));
    paths.push_back(path.substr(0, path.rfind('/')) + "/../lib/vonggac" + kName);
  }
  paths.push_back(std::string("/usr/lib/vonggac") + kName);
  return paths;
}

AnalyseMain load() {
  std::string reasons;
  for (const std::string& path : candidates()) {
    // RTLD_LOCAL: the module carries its own copies of our rooms; they must not be mixed with the program's.
    void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      reasons += std::string("; ") + ::dlerror();
      continue;
    }
    void* symbol = ::dlsym(module, "vonggac_analyse_main");
    if (symbol != nullptr) return reinterpret_cast<AnalyseMain>(symbol);
    reasons += "; " + path + " lacks vonggac_analyse_main";
  }
  base::log::error("cli", "motion detection cannot be loaded{}", reasons);
  return nullptr;
}

}  // namespace

int run_analyse_module(const std::vector<std::string>& arguments) {
  const AnalyseMain entry = load();
  if (entry == nullptr) return 1;
  std::vector<std::string> owned{"vonggac"};
  owned.insert(owned.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : owned) argv.push_back(text.data());
  argv.push_back(nullptr);
  return entry(static_cast<int>(owned.size()), argv.data());
}

}  // namespace vonggac::cli
