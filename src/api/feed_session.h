/// One WebSocket of the feed of events. Internal to the room.
/// Flow     EventFeed -> FeedAnswer -> bounded queue -> socket. Who reads slowly is asked again later instead of being
///          queued for: nothing is lost, and what it is sent is decided when it can take it.
/// Threads  bound to the loop. Keeps itself alive while something is under way.
/// Limits   256 messages and 256 kB wait; what waits longer than 2 s is decided anew; 10 s without a finished write end
///          the socket; commands of 32 kB, 10 a second.
#pragma once

#include <memory>

#include "api/server_context.h"
#include "api/web_socket.h"

namespace vonggac::api {

/// `request` is the checked upgrade request of `visitor`; the stream has no operation under way.
void start_feed_session(ClientStream stream, UpgradeRequest request, ServerContext& context,
                        std::shared_ptr<ConnectionSlot> slot, std::shared_ptr<PersonSlot> share,
                        gate::Credentials credentials);

/// Opens the WebSocket only to say why it is closed again: a refused upgrade has no words for a page.
void refuse_socket(ClientStream stream, UpgradeRequest request, ServerContext& context,
                   std::shared_ptr<ConnectionSlot> slot, std::string reason);

}  // namespace vonggac::api
