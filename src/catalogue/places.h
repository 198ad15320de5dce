/// Lists filter cameras and sites by the area they lie in today, so both keep a copy of it. After a change of areas the
/// copies are made new: in the same transaction, and once a day for changes that were decided before their day.
/// Flow     area change -> catch_up_places; every day -> catch_up_places
/// Threads  within a write of room store.
#pragma once

#include "catalogue/area_members.h"

namespace vonggac::catalogue {

/// True: something was out of date. Call it after every change of areas, in its transaction.
base::Result<bool> catch_up_places(store::WriteSession& session);
/// The day it is for this write.
inline Day today_of(const store::WriteSession& session) { return Day::at(session.now()); }

}  // namespace vonggac::catalogue
