#include "motion/plugin_library.h"

#include <algorithm>
#include <cerrno>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vonggac::motion {
namespace {

constexpr std::size_t kMaxNameBytes = 32;
constexpr std::size_t kMaxDescriptionBytes = 64;

bool is_plugin_name(const std::string& name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kMaxNameBytes && std::all_of(name.begin(), name.end(), allowed);
}

/// Whether only root and ourselves can change what is open there.
base::Status check_owner(int fd, const std::string& path) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return base::from_errno(errno, path);
  if (info.st_uid != 0 && info.st_uid != geteuid()) {
    return base::permission_denied(path + " belongs to another user (id " + std::to_string(info.st_uid) +
                                   "); it must belong to root or to the user of the service");
  }
  const bool group_may_write = (info.st_mode & S_IWGRP) != 0 && info.st_gid != getegid();
  if ((info.st_mode & S_IWOTH) != 0 || group_may_write) {
    return base::permission_denied(path + " can be written by other users; take that away with: chmod go-w " + path);
  }
  return {};
}

base::Result<base::UniqueFd> open_checked(const std::string& directory, const std::string& name) {
  if (!is_plugin_name(name)) {
    return base::invalid_argument("a plug-in's name has small letters, digits, _ and -, at most 32");
  }
  base::UniqueFd folder(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return base::from_errno(errno, "plug-in directory " + directory);
  VG_TRY(check_owner(folder.get(), directory));
  const std::string path = directory + "/" + name + ".so";
  base::UniqueFd file(openat(folder.get(), (name + ".so").c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.valid() && errno == ELOOP) return base::permission_denied(path + " is a symbolic link; put the file there");
  if (!file.valid()) return base::from_errno(errno, path);
  struct stat info {};
  if (fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return base::invalid_argument(path + " is not a file");
  VG_TRY(check_owner(file.get(), path));
  return file;
}

std::string version_text(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

std::string printable(const char* text, std::size_t max_bytes) {
  std::string out;
  for (; text != nullptr && *text != '\0' && out.size() < max_bytes; ++text) {
    out += *text >= ' ' && *text < '\x7f' ? *text : '?';
  }
  return out;
}

base::Status too_short(const std::string& what, std::uint32_t got, std::size_t wanted) {
  return base::invalid_argument(what + " is shorter than the plug-in interface " +
                                version_text(VONGGAC_PLUGIN_ABI_MAJOR, 0) + " has it (" + std::to_string(got) + " of " +
                                std::to_string(wanted) + " bytes)");
}

}  // namespace

std::string default_plugin_directory() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&default_plugin_directory), &info) == 0 || info.dli_fname == nullptr) return {};
  const std::string path = info.dli_fname;
  const std::size_t slash = path.rfind('/');
  return (slash == std::string::npos ? std::string(".") : path.substr(0, slash)) + "/plugins";
}

PluginOptions::PluginOptions(const std::vector<std::string>& all, const std::string& plugin) {
  const std::string beginning = plugin + ".";
  for (const std::string& option : all) {
    const std::size_t equals = option.find('=');
    if (option.rfind(beginning, 0) != 0 || equals == std::string::npos) continue;
    texts_.emplace_back(option.substr(beginning.size(), equals - beginning.size()), option.substr(equals + 1));
  }
  for (const auto& [key, value] : texts_) items_.push_back({key.c_str(), value.c_str()});
  abi_ = {sizeof abi_, static_cast<std::uint32_t>(items_.size()), items_.data()};
}

base::Result<std::shared_ptr<PluginLibrary>> PluginLibrary::load(const std::string& directory, const std::string& name,
                                                                 vonggac_plugin_kind kind) {
  VG_ASSIGN(base::UniqueFd file, open_checked(directory, name));
  // By descriptor: what was judged is what is loaded, whatever happens to the path meanwhile.
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const reason = dlerror();
    return base::internal_error(name + ".so cannot be loaded: " + (reason == nullptr ? "no reason given" : reason));
  }
  std::shared_ptr<PluginLibrary> loaded(new PluginLibrary(std::move(file)));
  const auto entry = reinterpret_cast<vonggac_plugin_entry_function>(dlsym(library, "vonggac_plugin_entry"));
  if (entry == nullptr) return base::invalid_argument(name + ".so is not a plug-in: it lacks vonggac_plugin_entry");
  loaded->plugin_ = entry(VONGGAC_PLUGIN_ABI_MAJOR, VONGGAC_PLUGIN_ABI_MINOR);
  VG_TRY(check_plugin(loaded->plugin_, name, kind));
  return loaded;
}

PluginLibrary::~PluginLibrary() {
  // The library stays loaded: unloading code that may have left threads or handlers behind helps nobody.
  if (prepared_ && plugin_->release != nullptr) plugin_->release(shared_);
  (void)file_.release();
}

std::string PluginLibrary::version() const { return printable(plugin_->version, kMaxDescriptionBytes); }

base::Status PluginLibrary::prepare(const std::vector<std::string>& options) {
  if (plugin_->prepare == nullptr) return {};
  const PluginOptions own(options, printable(plugin_->name, kMaxNameBytes));
  vonggac_error error{};
  if (plugin_->prepare(&own.abi(), &shared_, &error) != VONGGAC_OK) return base::unavailable(text_of(error));
  prepared_ = true;
  return {};
}

base::Status check_plugin(const vonggac_plugin* plugin, const std::string& name, vonggac_plugin_kind kind) {
  const std::string file = name + ".so";
  if (plugin == nullptr) {
    return base::invalid_argument(file + " does not work with plug-in interface " +
                                  version_text(VONGGAC_PLUGIN_ABI_MAJOR, VONGGAC_PLUGIN_ABI_MINOR));
  }
  if (plugin->abi_major != VONGGAC_PLUGIN_ABI_MAJOR) {
    return base::invalid_argument(file + " was made for plug-in interface " +
                                  version_text(plugin->abi_major, plugin->abi_minor) + ", this program has " +
                                  version_text(VONGGAC_PLUGIN_ABI_MAJOR, VONGGAC_PLUGIN_ABI_MINOR) +
                                  ": it must be built anew");
  }
  if (plugin->size_bytes < sizeof(vonggac_plugin)) {
    return too_short("the description in " + file, plugin->size_bytes, sizeof(vonggac_plugin));
  }
  if (plugin->kind != static_cast<std::uint32_t>(kind)) {
    return base::invalid_argument(
        file + (kind == VONGGAC_MOTION_DETECTOR ? " is not a motion detector" : " is not an object classifier"));
  }
  bool complete = plugin->name != nullptr && (plugin->prepare == nullptr || plugin->release != nullptr);
  if (kind == VONGGAC_MOTION_DETECTOR) {
    const vonggac_motion_detector* const d = plugin->detector;
    if (d != nullptr && d->size_bytes < sizeof *d)
      return too_short("the detector in " + file, d->size_bytes, sizeof *d);
    complete = complete && d != nullptr && d->create != nullptr && d->destroy != nullptr && d->look != nullptr;
  } else {
    const vonggac_object_classifier* const c = plugin->classifier;
    if (c != nullptr && c->size_bytes < sizeof *c)
      return too_short("the classifier in " + file, c->size_bytes, sizeof *c);
    complete = complete && c != nullptr && c->create != nullptr && c->destroy != nullptr && c->classify != nullptr;
  }
  if (!complete) return base::invalid_argument(file + " lacks functions that the plug-in interface demands");
  return {};
}

std::string text_of(vonggac_error& error) {
  error.text[sizeof error.text - 1] = '\0';
  const std::string text = printable(error.text, sizeof error.text);
  return text.empty() ? std::string("it gave no reason") : text;
}

}  // namespace vonggac::motion
