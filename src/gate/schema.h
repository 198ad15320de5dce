/// All steps of the register's schema, in their order. A step that has been released is never changed again: what must
/// change comes as a new step at the end.
/// Threads  constant data.
#pragma once

#include <span>

#include "store/migrations.h"

namespace vonggac::gate {

std::span<const store::Migration> schema_steps();

}  // namespace vonggac::gate
