/// Code lists of people and bodies (domain 3.2, 3.8): kinds of parties, organisations, units, forces, and their
/// levels.
/// Threads  constant tables.
#pragma once

#include <span>
#include <string_view>

#include "catalogue/day.h"
#include "catalogue/named_code.h"

namespace vonggac::catalogue {

/// The law on forces at the grass roots is in force: 2024-07-01. Older forces end there, the new one begins.
inline constexpr Day kOneForceSince{19'905};

std::span<const NamedCode> party_kinds();
std::span<const NamedCode> organisation_kinds();
std::span<const NamedCode> organisation_levels();
std::span<const NamedCode> unit_kinds();
std::span<const NamedCode> committee_roles();
std::span<const NamedCode> force_kinds();
/// [from, until) in which a force of this kind could exist.
struct ForceTime {
  Day from, until;
};
ForceTime force_time(std::string_view kind);

}  // namespace vonggac::catalogue
