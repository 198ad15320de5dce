/// One plug-in file: found, judged, loaded, and its description checked. Before the sandbox.
/// A plug-in runs with the rights of the process it is loaded into, so whoever can write the file owns the cameras'
/// pictures: the file and its folder must belong to root or to the service's user and be writable by nobody else.
/// Threads  one thread at a time.
/// Owns     the loaded library and the descriptor it was loaded from, until the process ends.
/// Errors   kInvalidArgument: a name that is none, a file of another interface, a description that lacks something.
///          kNotFound: no such file. kPermissionDenied: others can write it. kInternal: it cannot be loaded.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "plugins/abi/vonggac_plugin.h"

namespace vonggac::motion {

/// "plugins" beside the library that this code is in.
std::string default_plugin_directory();

/// The options "NAME.KEY=VALUE" of one plug-in, with the structures that hand them over.
class PluginOptions {
 public:
  PluginOptions(const std::vector<std::string>& all, const std::string& plugin);
  const vonggac_options& abi() const { return abi_; }
  PluginOptions(const PluginOptions&) = delete;
  PluginOptions& operator=(const PluginOptions&) = delete;

 private:
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<vonggac_option> items_;
  vonggac_options abi_{};
};

class PluginLibrary {
 public:
  /// Loads DIRECTORY/NAME.so and checks that it is a plug-in of that kind.
  static base::Result<std::shared_ptr<PluginLibrary>> load(const std::string& directory, const std::string& name,
                                                           vonggac_plugin_kind kind);
  ~PluginLibrary();
  PluginLibrary(const PluginLibrary&) = delete;
  PluginLibrary& operator=(const PluginLibrary&) = delete;

  const vonggac_plugin& plugin() const { return *plugin_; }
  std::string version() const;
  /// Calls its prepare().
  base::Status prepare(const std::vector<std::string>& options);
  void* shared() const { return shared_; }

 private:
  explicit PluginLibrary(base::UniqueFd file) : file_(std::move(file)) {}

  base::UniqueFd file_;  ///< kept: the loader knows the library by this descriptor's name
  const vonggac_plugin* plugin_ = nullptr;
  bool prepared_ = false;
  void* shared_ = nullptr;
};

/// The description's numbers and pointers, before anything in it is called.
base::Status check_plugin(const vonggac_plugin* plugin, const std::string& name, vonggac_plugin_kind kind);

/// What a plug-in wrote, ended, printable and not empty.
std::string text_of(vonggac_error& error);

}  // namespace vonggac::motion
