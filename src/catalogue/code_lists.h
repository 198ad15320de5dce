/// Lists people choose from. What is kept is the code; what is shown is the word.
/// Flow     forms check against them, lists and the API show them.
/// Threads  constant tables.
/// Source   docs of the domain, section 3.8.
#pragma once

#include <span>
#include <string_view>

#include "catalogue/named_code.h"
#include "catalogue/problems.h"

namespace vonggac::catalogue {

struct CodeList {
  std::string_view name;  ///< "ownership"
  std::string_view vi, en;
  std::span<const NamedCode> values;

  const NamedCode* find(std::string_view code) const;
};

/// Recorded here, live only, registry only.
const CodeList& camera_kinds();
const CodeList& ownership_kinds();
const CodeList& critical_points();
const CodeList& health_states();
const CodeList& tamper_kinds();
const CodeList& fault_kinds();
const CodeList& retention_classes();
const CodeList& stream_roles();
const CodeList& stream_transports();
const CodeList& mounts();
const CodeList& power_sources();
const CodeList& uplinks();
const CodeList& payers();
/// All of them, for the API.
std::span<const CodeList> code_lists();

/// Refuses what is not in the list. `may_be_empty`: nothing chosen is right too.
void check_choice(const CodeList& list, std::string_view code, std::string_view field, bool may_be_empty,
                  Problems& problems);

}  // namespace vonggac::catalogue
